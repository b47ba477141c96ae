/* analyze.c - results are printed as soon as all before them are. */
#include "analyze.h"

#include "bytes.h"
#include "finding.h"
#include "hear.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct analyzing {
    const char *const *paths;
    size_t count, done, printed;
    uint32_t version;
    bool as_json, has_failed;
    struct {
        bool is_done;
        char *text; /* NULL = failed */
        char *why;
    } * results;
};

static char *row_of(const struct track *track)
{
    const struct fv_analysis *f = track->finding;
    int seconds = (int)(track->length / FV_RATE);
    char text[512];
    snprintf(text, sizeof text, "%3d:%02d %7.2f %4.2f  %-4s %4.2f %7.1f %6.1f  %s%s%s",
             seconds / 60, seconds % 60, f->bpm, (double)f->tempo_confidence,
             finding_camelot(f->key), (double)f->key_confidence, f->loudness_lufs,
             f->true_peak_dbtp, track->artist, *track->artist ? " - " : "", track->title);
    return must_strdup(text);
}

static char *json_of(const struct track *track, uint32_t version)
{
    json_t *json = track_analysis_json(track, version);
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(10));
    json_decref(json);
    return text;
}

static void print_ready(struct analyzing *a)
{
    for (; a->printed < a->count && a->results[a->printed].is_done; a->printed++) {
        char name[4096];
        progress_end();
        utf8_clean(a->paths[a->printed], name, sizeof name);
        if (a->results[a->printed].text)
            puts(a->results[a->printed].text);
        else
            fprintf(stderr, "forever: cannot analyse %s: %s\n", name,
                    a->results[a->printed].why);
        free(a->results[a->printed].text);
        free(a->results[a->printed].why);
    }
    fflush(stdout);
}

static void on_heard(void *ctx, size_t index, struct track *track, int rc,
                     const struct fv_error *error)
{
    struct analyzing *a = ctx;
    if (rc == 0)
        a->results[index].text = a->as_json ? json_of(track, a->version) : row_of(track);
    else
        a->results[index].why = must_strdup(error->text);
    a->has_failed |= rc != 0;
    a->results[index].is_done = true;
    a->done++;
    print_ready(a);
    if (a->done < a->count)
        progress_show("analysing: %zu of %zu", a->done, a->count);
}

int analyze_run(const struct offline_options *options, const char *const *paths,
                size_t count, bool as_json)
{
    struct offline offline;
    struct fv_error error;
    if (offline_open(&offline, options, &error)) {
        fprintf(stderr, "forever: %s\n", error.text);
        return 1;
    }
    struct analyzing a = {.paths = paths,
                          .count = count,
                          .as_json = as_json,
                          .version = offline.plugins[KIND_BRAIN]->brain.analysis_version,
                          .results = must_alloc(count * sizeof *a.results)};
    struct hearing hearing = {.brain = offline.plugins[KIND_BRAIN],
                              .codec = offline.plugins[KIND_CODEC],
                              .library = offline.library,
                              .settings = &offline.settings};
    if (!as_json)
        puts("length     bpm conf  key  conf    LUFS   dBTP  track");
    int threads = (int)settings_number(&offline.settings, "library.analysis_threads", 0);
    hear_files(&hearing, paths, count, threads, on_heard, &a);
    free(a.results);
    offline_close(&offline);
    return a.has_failed;
}
