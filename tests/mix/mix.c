/* mix.c - see mix.h. */
#include "mix.h"

#include "audio_file.h"

#include <ebur128.h>
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
    struct audio_file audio = {0};
    *track = (struct mix_track){.path = strdup(path), .title = strdup(title)};
    if (audio_file_read(path, &audio))
        return -EINVAL;
    track->samples = audio.samples;
    track->frames = audio.frames;
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
    int track = track_of(mix, json_string_value(json_object_get(json, "path")),
                         json_string_value(json_object_get(json, "title")));
    if (track < 0)
        return track;
    part->track = track;
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

/* How many frames the stream lies behind the timeline: the median over plain segments. */
static int find_delay(const struct mix *mix)
{
    enum { COUNT = 16384, MOST = 3000, PROBES = 9 };
    float *heard = room(COUNT, sizeof(float)),
          *source = room(COUNT + 2 * MOST, sizeof(float));
    int lags[PROBES], found = 0;
    for (int i = 0; i < mix->segment_count && found < PROBES; i++) {
        const struct mix_segment *s = &mix->segments[i];
        if (s->part_count != 1 || s->kind != MIX_PLAY || s->end - s->start < 2)
            continue;
        const struct mix_track *track = &mix->tracks[s->parts[0].track];
        double at = s->end - 1;
        int64_t from = llround(mix_track_time(&s->parts[0], at) * MIX_RATE);
        double alike;
        mix_mono(mix->samples, mix->frames, llround(at * MIX_RATE), COUNT, heard);
        mix_mono(track->samples, track->frames, from - MOST, COUNT + 2 * MOST, source);
        int lag = mix_lag(heard, source, COUNT, MOST, &alike);
        if (alike > 0.8)
            lags[found++] = lag;
    }
    free(heard);
    free(source);
    for (int i = 1; i < found; i++)
        for (int j = i; j > 0 && lags[j] < lags[j - 1]; j--) {
            int swap = lags[j];
            lags[j] = lags[j - 1];
            lags[j - 1] = swap;
        }
    return found ? lags[found / 2] : 0;
}

static void shift(struct mix *mix, int delay)
{
    if (delay < 0 || delay >= mix->frames)
        return;
    mix->frames -= delay;
    memmove(mix->samples, mix->samples + 2 * (int64_t)delay,
            (size_t)mix->frames * 2 * sizeof *mix->samples);
}

static double peak_of(const char *path)
{
    struct audio_file audio = {0};
    double peak = 1e-9;
    if (audio_file_read(path, &audio))
        return NAN;
    ebur128_state *meter = ebur128_init(2, MIX_RATE, EBUR128_MODE_TRUE_PEAK);
    for (int64_t at = 0; at < audio.frames; at += MIX_RATE) {
        int64_t run = audio.frames - at < MIX_RATE ? audio.frames - at : MIX_RATE;
        ebur128_add_frames_float(meter, audio.samples + 2 * at, (size_t)run);
    }
    for (unsigned c = 0; c < 2; c++) {
        double one = 0;
        ebur128_true_peak(meter, c, &one);
        peak = fmax(peak, one);
    }
    ebur128_destroy(&meter);
    audio_file_release(&audio);
    return 20 * log10(peak);
}

int mix_load(struct mix *mix, const char *audio, const char *timeline, const char *wav)
{
    struct audio_file file = {0};
    *mix = (struct mix){.pcm_peak_db = wav ? peak_of(wav) : NAN};
    if (audio_file_read(audio, &file)) {
        fprintf(stderr, "cannot read %s\n", audio);
        return -EINVAL;
    }
    mix->samples = file.samples;
    mix->frames = file.frames;
    if (load_timeline(mix, timeline)) {
        fprintf(stderr, "cannot read the timeline %s or one of its tracks\n", timeline);
        return -EINVAL;
    }
    shift(mix, find_delay(mix));
    return 0;
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
