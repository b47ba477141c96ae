/* track.c - the file descriptor keeps a planned track readable whatever happens to its
 * name. */
#include "track.h"

#include "bytes.h"
#include "finding.h"
#include "utf8.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *clean_copy(const char *text)
{
    char clean[FV_TAG];
    utf8_clean(text, clean, sizeof clean);
    return must_strdup(clean);
}

void track_file_name(const char *path, char *out, size_t cap)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(name, '.');
    char text[FV_TAG];
    snprintf(text, sizeof text, "%.*s", dot && dot > name ? (int)(dot - name) : 200,
             name);
    utf8_clean(text, out, cap);
}

static void fill_abi(struct track *track)
{
    track->abi = (struct fv_track){.struct_size = sizeof track->abi,
                                   .id = track->id,
                                   .uri = track->uri,
                                   .title = track->title,
                                   .artist = track->artist,
                                   .album = track->album,
                                   .genre = track->genre,
                                   .length = track->length,
                                   .analysis = track->finding,
                                   .hash = track->hash};
}

struct track *track_new(const char *uri, const char *path, const char *hash,
                        const struct fv_media *media, struct fv_analysis *finding)
{
    struct track *track = must_alloc(sizeof *track);
    atomic_init(&track->references, 1);
    track->uri = must_strdup(uri);
    track->path = must_strdup(path);
    snprintf(track->hash, sizeof track->hash, "%s", hash);
    char name[FV_TAG];
    track_file_name(path, name, sizeof name);
    track->title = clean_copy(*media->title ? media->title : name);
    track->artist = clean_copy(media->artist);
    track->album = clean_copy(media->album);
    track->genre = clean_copy(media->genre);
    track->why = must_strdup("");
    track->license = must_strdup("");
    track->length = media->length;
    track->source_rate = media->source_rate;
    track->file = -1;
    track->finding = finding;
    fill_abi(track);
    return track;
}

struct track *track_play(const struct track *track, const char *id, const char *why)
{
    struct fv_media media = {.length = track->length, .source_rate = track->source_rate};
    snprintf(media.title, sizeof media.title, "%s", track->title);
    snprintf(media.artist, sizeof media.artist, "%s", track->artist);
    snprintf(media.album, sizeof media.album, "%s", track->album);
    snprintf(media.genre, sizeof media.genre, "%s", track->genre);
    struct track *play = track_new(track->uri, track->path, track->hash, &media,
                                   finding_copy(track->finding));
    free(play->why);
    play->why = must_strdup(why);
    play->id = must_strdup(id);
    play->file =
        track->file >= 0 ? dup(track->file) : open(track->path, O_RDONLY | O_CLOEXEC);
    fill_abi(play);
    return play;
}

static void call(char **name, const char *text)
{
    if (!*text)
        return;
    free(*name);
    *name = clean_copy(text);
}

void track_call(struct track *track, const char *title, const char *artist,
                const char *license)
{
    call(&track->title, title);
    call(&track->artist, artist);
    call(&track->license, license);
    fill_abi(track);
}

struct track *track_hold(struct track *track)
{
    if (track)
        atomic_fetch_add(&track->references, 1);
    return track;
}

void track_drop(struct track *track)
{
    if (!track || atomic_fetch_sub(&track->references, 1) != 1)
        return;
    if (track->file >= 0)
        close(track->file);
    free(track->finding);
    free(track->id);
    free(track->uri);
    free(track->path);
    free(track->title);
    free(track->artist);
    free(track->album);
    free(track->genre);
    free(track->why);
    free(track->license);
    free(track);
}

void track_open_path(const struct track *track, char *path, size_t cap)
{
    if (track->file >= 0)
        snprintf(path, cap, "/proc/self/fd/%d", track->file);
    else
        snprintf(path, cap, "%s", track->path);
}

json_t *track_json(const struct track *track)
{
    const struct fv_analysis *finding = track->finding;
    char path[4096], uri[4096];
    utf8_clean(track->path, path, sizeof path);
    utf8_clean(track->uri, uri, sizeof uri);
    json_t *json =
        json_pack("{s:s?, s:s, s:s, s:s, s:s, s:s, s:f}", "id", track->id, "path", path,
                  "uri", uri, "hash", track->hash, "title", track->title, "artist",
                  track->artist, "duration", (double)track->length / FV_RATE);
    if (*track->why)
        json_object_set_new(json, "why", json_string(track->why));
    if (*track->license)
        json_object_set_new(json, "license", json_string(track->license));
    if (!finding)
        return json;
    json_object_set_new(json, "bpm", json_real(finding->bpm));
    json_object_set_new(json, "key", json_string(finding_key_name(finding->key)));
    json_object_set_new(json, "camelot", json_string(finding_camelot(finding->key)));
    return json;
}

json_t *track_wave_json(const struct track *track)
{
    static const char *const names[FV_WAVE_BANDS] = {"low", "mid", "high"};
    const struct fv_analysis *finding = track->finding;
    uint32_t count = finding ? finding->wave_count : 0;
    json_t *json = json_pack("{s:s?, s:f, s:f}", "id", track->id, "duration",
                             (double)track->length / FV_RATE, "step",
                             finding ? finding->wave_step : 0.0);
    for (uint32_t band = 0; band < FV_WAVE_BANDS; band++) {
        json_t *peaks = json_array();
        for (uint32_t i = 0; i < count; i++)
            json_array_append_new(peaks,
                                  json_integer(finding->wave[i * FV_WAVE_BANDS + band]));
        json_object_set_new(json, names[band], peaks);
    }
    return json;
}

/* Rounded for people and files; 10 microseconds are finer than any ear. */
static json_t *shown(double value, double step)
{
    return json_real(round(value / step) * step);
}

static json_t *shown_times(const double *times, uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, shown(times[i], 1e-5));
    return list;
}

static json_t *shown_spans(const struct fv_span *spans, uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("[o, o]", shown(spans[i].start, 1e-5),
                                              shown(spans[i].end, 1e-5)));
    return list;
}

static json_t *shown_sections(const struct fv_analysis *finding)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < finding->section_count; i++) {
        const struct fv_section *section = &finding->sections[i];
        char label[sizeof section->label];
        utf8_clean(section->label, label, sizeof label);
        json_array_append_new(list, json_pack("{s:o, s:o, s:s, s:o}", "start",
                                              shown(section->start, 1e-5), "end",
                                              shown(section->end, 1e-5), "label", label,
                                              "energy", shown(section->energy, 1e-3)));
    }
    return list;
}

static json_t *best_cue(const struct fv_cue *cues, uint32_t count)
{
    return count ? shown(cues[0].time, 1e-5) : json_null();
}

json_t *track_analysis_json(const struct track *track, uint32_t analysis_version)
{
    const struct fv_analysis *f = track->finding;
    char path[4096];
    utf8_clean(track->path, path, sizeof path);
    json_t *json = json_pack(
        "{s:s, s:s, s:I, s:o, s:I, s:s, s:s}", "path", path, "hash", track->hash,
        "analysis_version", (json_int_t)analysis_version, "duration",
        shown((double)track->length / FV_RATE, 1e-6), "sample_rate",
        (json_int_t)track->source_rate, "title", track->title, "artist", track->artist);
    json_t *found = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:s, s:o, s:o}", "bpm",
        shown(f->bpm, 1e-4), "tempo_confidence", shown(f->tempo_confidence, 1e-3),
        "beat_confidence", shown(f->beat_confidence, 1e-3), "bar_confidence",
        shown(f->bar_confidence, 1e-3), "phrase_confidence",
        shown(f->phrase_confidence, 1e-3), "beats", shown_times(f->beats, f->beat_count),
        "downbeats", shown_times(f->downbeats, f->downbeat_count), "unsure",
        shown_spans(f->unsure, f->unsure_count), "beats_per_bar",
        (json_int_t)f->beats_per_bar, "key", finding_key_name(f->key), "camelot",
        finding_camelot(f->key), "key_confidence", shown(f->key_confidence, 1e-3),
        "tuning_cents", shown(f->tuning_cents, 1e-1));
    json_t *sound = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "loudness_lufs",
        shown(f->loudness_lufs, 1e-2), "loudness_range_lu",
        shown(f->loudness_range_lu, 1e-2), "true_peak_dbtp",
        shown(f->true_peak_dbtp, 1e-2), "energy", shown(f->energy, 1e-3), "danceability",
        shown(f->danceability, 1e-3), "sections", shown_sections(f), "phrases",
        shown_times(f->phrases, f->phrase_count), "mix_in",
        best_cue(f->mix_in, f->mix_in_count), "mix_out",
        best_cue(f->mix_out, f->mix_out_count), "silence_head",
        shown(f->silence_head, 1e-5), "silence_tail", shown(f->silence_tail, 1e-5));
    json_object_update(json, found);
    json_object_update(json, sound);
    json_decref(found);
    json_decref(sound);
    return json;
}
