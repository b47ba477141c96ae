/* mix.c - see mix.h. */
#include "mix.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *room(size_t count, size_t size)
{
    void *at = calloc(count ? count : 1, size);
    if (!at)
        abort();
    return at;
}

/* ---- times ----------------------------------------------------------------------------
 */

double mix_track_time(const struct mix_part *part, double mix)
{
    int i = 1;
    while (i + 1 < part->count && part->points[i].mix < mix)
        i++;
    const struct mix_point *a = &part->points[i - 1], *b = &part->points[i];
    return a->track + (mix - a->mix) * (b->track - a->track) / (b->mix - a->mix);
}

double mix_mix_time(const struct mix_part *part, double track)
{
    int i = 1;
    while (i + 1 < part->count && part->points[i].track < track)
        i++;
    const struct mix_point *a = &part->points[i - 1], *b = &part->points[i];
    return a->mix + (track - a->track) * (b->mix - a->mix) / (b->track - a->track);
}

/* ---- sound ----------------------------------------------------------------------------
 */

void mix_mono(const float *samples, int64_t frames, int64_t from, int count, float *mono)
{
    for (int i = 0; i < count; i++) {
        int64_t at = from + i;
        bool is_in = at >= 0 && at < frames;
        mono[i] = is_in ? samples[2 * at] + samples[2 * at + 1] : 0;
    }
}

int mix_lag(const float *heard, const float *source, int count, int most, double *alike)
{
    int best = 0;
    double power = 1e-12;
    *alike = -1;
    for (int i = 0; i < count; i++)
        power += (double)heard[i] * (double)heard[i];
    for (int lag = -most; lag <= most; lag++) {
        const float *at = source + most + lag;
        double dot = 0, other = 1e-12;
        float sums[8] = {0}, squares[8] = {0};
        for (int i = 0; i + 8 <= count; i += 8)
            for (int lane = 0; lane < 8; lane++) {
                sums[lane] += heard[i + lane] * at[i + lane];
                squares[lane] += at[i + lane] * at[i + lane];
            }
        for (int lane = 0; lane < 8; lane++) {
            dot += (double)sums[lane];
            other += (double)squares[lane];
        }
        double like = dot / sqrt(power * other);
        if (like > *alike) {
            *alike = like;
            best = lag;
        }
    }
    return -best;
}

/* ---- loading --------------------------------------------------------------------------
 */

static struct mix_times load_times(const json_t *list)
{
    struct mix_times times = {room(json_array_size(list), sizeof(double)),
                              (int)json_array_size(list)};
    for (int i = 0; i < times.count; i++)
        times.at[i] = json_number_value(json_array_get(list, (size_t)i));
    return times;
}

/* Every eighth downbeat, where the truth does not name phrases. */
static struct mix_times phrases_of(const struct mix_times *downbeats)
{
    struct mix_times times = {room((size_t)downbeats->count, sizeof(double)), 0};
    for (int i = 0; i < downbeats->count; i += 8)
        times.at[times.count++] = downbeats->at[i];
    return times;
}

static void load_truth(struct mix_track *track)
{
    char path[4200];
    const char *dot = strrchr(track->path, '.');
    snprintf(path, sizeof path, "%.*s.truth.json",
             (int)(dot ? dot - track->path : (long)strlen(track->path)), track->path);
    json_t *truth = json_load_file(path, 0, NULL);
    const char *camelot = json_string_value(json_object_get(truth, "camelot"));
    track->beats = load_times(json_object_get(truth, "beats"));
    track->downbeats = load_times(json_object_get(truth, "downbeats"));
    const json_t *phrases = json_object_get(truth, "phrases");
    track->phrases = phrases ? load_times(phrases) : phrases_of(&track->downbeats);
    track->bpm = json_number_value(json_object_get(truth, "bpm"));
    if (camelot) {
        track->camelot = atoi(camelot);
        track->is_minor = strchr(camelot, 'A') != NULL;
    }
    json_decref(truth);
}

static int track_of(struct mix *mix, const char *path, const char *title)
{
    for (int i = 0; i < mix->track_count; i++)
        if (strcmp(mix->tracks[i].path, path) == 0)
            return i;
    mix->tracks =
        realloc(mix->tracks, (size_t)(mix->track_count + 1) * sizeof *mix->tracks);
    if (!mix->tracks)
        abort();
    struct mix_track *track = &mix->tracks[mix->track_count];
    *track = (struct mix_track){.path = strdup(path), .title = strdup(title)};
    load_truth(track);
    return mix->track_count++;
}

static enum mix_kind kind_of(const char *name)
{
    static const char *const names[] = {"play", "beatmatch", "crossfade", "cut"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum mix_kind)i;
    return MIX_FADE;
}

static int load_part(struct mix *mix, const json_t *json, struct mix_part *part)
{
    const json_t *warp = json_object_get(json, "warp");
    part->track = track_of(mix, json_string_value(json_object_get(json, "path")),
                           json_string_value(json_object_get(json, "title")));
    part->gain = pow(10, json_number_value(json_object_get(json, "gain_db")) / 20);
    part->count = (int)json_array_size(warp);
    part->points = room((size_t)part->count, sizeof *part->points);
    for (int i = 0; i < part->count; i++) {
        const json_t *pair = json_array_get(warp, (size_t)i);
        part->points[i] = (struct mix_point){json_number_value(json_array_get(pair, 0)),
                                             json_number_value(json_array_get(pair, 1))};
    }
    return part->count >= 2 ? 0 : -EINVAL;
}

static int load_timeline(struct mix *mix, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const json_t *list = json_object_get(root, "segments");
    int rc = json_is_array(list) ? 0 : -EINVAL;
    mix->segments = room(json_array_size(list), sizeof *mix->segments);
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        const json_t *tracks = json_object_get(json, "tracks");
        struct mix_segment *segment = &mix->segments[mix->segment_count++];
        segment->kind = kind_of(json_string_value(json_object_get(json, "kind")));
        segment->start = json_number_value(json_object_get(json, "start"));
        segment->end = json_number_value(json_object_get(json, "end"));
        segment->part_count = (int)json_array_size(tracks);
        for (int p = 0; rc == 0 && p < segment->part_count && p < 2; p++)
            rc = load_part(mix, json_array_get(tracks, (size_t)p), &segment->parts[p]);
    }
    json_decref(root);
    return rc;
}

int mix_load(struct mix *mix, const char *timeline)
{
    *mix = (struct mix){.pcm_peak_db = NAN};
    int rc = load_timeline(mix, timeline);
    if (rc)
        mix_release(mix);
    return rc;
}

void mix_release(struct mix *mix)
{
    for (int i = 0; i < mix->track_count; i++) {
        struct mix_track *track = &mix->tracks[i];
        free(track->path);
        free(track->title);
        free(track->samples);
        free(track->beats.at);
        free(track->downbeats.at);
        free(track->phrases.at);
    }
    for (int i = 0; i < mix->segment_count; i++)
        for (int p = 0; p < 2; p++)
            free(mix->segments[i].parts[p].points);
    free(mix->tracks);
    free(mix->segments);
    free(mix->samples);
    *mix = (struct mix){0};
}
