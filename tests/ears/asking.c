/* asking.c - one face for our ears and their rivals. */
#include "asking.h"

#include <stdlib.h>
#include <string.h>

#include "ears.h"
#include "rivals.h"

const char *const tracker_name[TRACKERS] = {"ears", "aubio", "soundtouch"};

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void ignore(void *ctx, double share)
{
    (void)ctx;
    (void)share;
}

static struct times keep(double *room, const double *at, uint32_t count)
{
    size_t kept = count < KEPT ? count : KEPT;
    if (kept > 0)
        memcpy(room, at, kept * sizeof *room);
    return (struct times){room, kept};
}

static int found(void *ctx, const struct fv_analysis *a)
{
    struct kept *kept = ctx;
    size_t sections = a->section_count < KEPT ? a->section_count : KEPT;
    for (size_t s = 0; s < sections; s++)
        kept->sections[s] = a->sections[s].start;
    kept->answer = (struct answer){
        .beats = keep(kept->beats, a->beats, a->beat_count),
        .downbeats = keep(kept->downbeats, a->downbeats, a->downbeat_count),
        .phrases = keep(kept->phrases, a->phrases, a->phrase_count),
        .sections = {kept->sections, sections},
        .bpm = a->bpm,
        .key = a->key,
        .confidence = {(double)a->tempo_confidence, (double)a->beat_confidence,
                       (double)a->bar_confidence, (double)a->phrase_confidence,
                       (double)a->key_confidence},
    };
    return 0;
}

static void ask_ears(struct audio_file *file, struct kept *kept)
{
    const struct fv_host host = {
        .struct_size = sizeof host, .cancelled = never, .progress = ignore};
    const struct fv_analysis_sink sink = {
        .struct_size = sizeof sink, .ctx = kept, .found = found};
    struct fv_pcm pcm;
    audio_file_lend(file, &pcm);
    if (ears_analyse(&host, &pcm, &sink))
        exit(1);
}

static void ask_rival(int (*rival)(const float *, long, double **, double *),
                      const struct audio_file *file, struct kept *kept)
{
    double *beats;
    kept->answer = (struct answer){.key = -1};
    int count = rival(file->samples, (long)file->frames, &beats, &kept->answer.bpm);
    kept->answer.beats = keep(kept->beats, beats, (uint32_t)count);
    free(beats);
}

void ask(enum tracker tracker, struct audio_file *file, struct kept *out)
{
    if (tracker == EARS)
        ask_ears(file, out);
    else
        ask_rival(tracker == AUBIO ? rival_aubio : rival_soundtouch, file, out);
}
