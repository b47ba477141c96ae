/* voice.c - the chain of joins is followed from the segment's start, a little ahead of
 * what is read; to begin further on means to follow it without making sound. */
#include "voice.h"

#include "splice.h"

#include <math.h>
#include <string.h>

#define AHEAD 2048       /* frames that joins are known before they are read */
#define GUARD 88         /* frames that are left untouched before an attack */
#define STEPS 4          /* places for a join in a beat */
#define STEP_MOST 13230  /* frames between two places */
#define RAMP 256         /* frames at the ends of a repeated beat */
#define ATTACK 352       /* frames before and behind that tell an attack */
#define ATTACK_RISE 2.5f /* of power */
#define DULL 8           /* frames that a dull edge is told from */
#define STRICT 31        /* frames that an attack may lie off */
#define LOOSE 132        /* frames that anything else may */
#define STRICT_LAG 88
#define STRICT_SOFT 110.0
#define LOOSE_SOFT 400.0

/* ---- the warp -------------------------------------------------------------------------
 */

static double slope_of(const struct fv_warp *a)
{
    return (a[1].track - a[0].track) / (a[1].mix - a[0].mix);
}

double voice_at(const struct voice *voice, double mix)
{
    uint32_t low = 0, high = voice->warp_count - 1;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (voice->warp[middle].mix <= mix)
            low = middle;
        else
            high = middle;
    }
    const struct fv_warp *a = voice->warp + low;
    return a->track + (mix - a->mix) * slope_of(a);
}

static double due_offset(const struct voice *voice, double mix)
{
    return voice_at(voice, mix) - mix;
}

static bool is_plain(const struct fv_warp *warp, uint32_t count)
{
    double first = warp[0].track - warp[0].mix;
    for (uint32_t i = 1; i < count; i++)
        if (fabs(warp[i].track - warp[i].mix - first) > 0.01)
            return false;
    return true;
}

/* ---- places for joins -----------------------------------------------------------------
 */

static int steps_behind(const struct voice *voice, uint32_t point)
{
    double span = voice->warp[point + 1].mix - voice->warp[point].mix;
    int needed = (int)fmin(ceil(span / STEP_MOST), 1e6);
    return needed > STEPS ? needed : STEPS;
}

/* The next place, in segment frames; behind the segment's end there is none. */
static double next_place(struct voice *voice)
{
    if (voice->slot_warp + 1 >= voice->warp_count)
        return HUGE_VAL;
    const struct fv_warp *a = voice->warp + voice->slot_warp;
    int steps = steps_behind(voice, voice->slot_warp);
    if (++voice->slot_step >= steps) {
        voice->slot_step = 0;
        voice->slot_warp++;
        return a[1].mix;
    }
    return a->mix + (a[1].mix - a->mix) * voice->slot_step / steps;
}

static int read_track(const struct voice *voice, int64_t from, int frames, float *out)
{
    int rc = voice->pcm->read(voice->pcm->ctx, from, out, frames);
    return rc < 0 ? rc : 0;
}

/* Power of what changes from one run of frames to the next: of attacks more than of what
 * lasts. */
static float edge_power(const float *mono, int count, int run)
{
    float power = 0, last = 0;
    for (int i = 0; i + run <= count; i += run) {
        float sum = 0;
        for (int k = i; k < i + run; k++)
            sum += mono[k];
        if (i > 0)
            power += (sum - last) * (sum - last);
        last = sum;
    }
    return power;
}

/* returns 1: a sound begins at the track frame; 0: none does; or -errno */
static int is_attack(const struct voice *voice, int64_t at)
{
    enum { FRAMES = 2 * ATTACK + GUARD };
    static const int runs[] = {1, DULL}; /* under hiss only the dull ones tell */
    float pcm[2 * FRAMES], mono[FRAMES];
    int rc = read_track(voice, at - ATTACK - GUARD, FRAMES, pcm);
    if (rc < 0)
        return rc;
    for (int i = 0; i < FRAMES; i++)
        mono[i] = pcm[2 * i] + pcm[2 * i + 1];
    for (int i = 0; i < 2; i++) {
        float before = edge_power(mono, ATTACK, runs[i]);
        float behind = edge_power(mono + ATTACK + GUARD, ATTACK, runs[i]);
        if (behind > ATTACK_RISE * before + 1e-6f)
            return 1;
    }
    return 0;
}

static struct place place_at(double offset)
{
    int64_t steps = llround(offset * VOICE_PHASES);
    int64_t frames = (int64_t)floor((double)steps / VOICE_PHASES);
    return (struct place){frames, (int)(steps - frames * VOICE_PHASES)};
}

static double place_offset(const struct voice *voice)
{
    return (double)voice->place.frames + (double)voice->place.phase / VOICE_PHASES;
}

/* Join what is heard to what is due at a place. returns 0 or -errno */
static int join_at(struct voice *voice, double place, bool is_strict, bool is_last)
{
    float old[2 * SPLICE_LIKE], fresh[2 * SPLICE_SPAN];
    int64_t due = llround(due_offset(voice, place));
    int64_t heard = voice->place.frames;
    int64_t early = heard > due ? heard - due : 0;
    int64_t end = llround(place) - GUARD - early;
    int64_t begin = end - SPLICE_FADE;
    int edge = (SPLICE_LIKE - SPLICE_FADE) / 2;
    if (begin < voice->searched)
        return 0;
    int rc = read_track(voice, begin - edge + heard, SPLICE_LIKE, old);
    if (rc == 0)
        rc = read_track(voice, begin - edge + due - SPLICE_LAG, SPLICE_SPAN, fresh);
    if (rc)
        return rc;
    int most = is_last ? 0 : is_strict ? STRICT_LAG : SPLICE_LAG;
    struct splice_fit fit =
        splice_find(old, fresh, most, is_strict ? STRICT_SOFT : LOOSE_SOFT);
    double lag = fit.lag + (double)voice->place.phase / VOICE_PHASES;
    struct place next = is_last ? (struct place){due, 0} : place_at((double)due + lag);
    voice->next = (struct join){begin, end, next, fit.alike};
    voice->searched = end;
    return 0;
}

/* Look for joins up to segment frame `until` or to the next one. */
static int search(struct voice *voice, int64_t until)
{
    while (voice->next.end == 0 && voice->searched < until) {
        double place = next_place(voice);
        if (place >= (double)voice->length + 1) {
            voice->searched = INT64_MAX / 2;
            return 0;
        }
        bool is_last = place > (double)voice->length - 1;
        double off = fabs(place_offset(voice) - due_offset(voice, place));
        int strict = 0;
        if (off > STRICT || (is_last && off > 0.01))
            strict = is_attack(voice, llround(voice_at(voice, place)));
        if (strict < 0)
            return strict;
        int rc = 0;
        if (strict || off > LOOSE || (is_last && off > 0.01))
            rc = join_at(voice, place, strict, is_last);
        if (rc)
            return rc;
        if (voice->next.end == 0 && voice->searched < (int64_t)place - AHEAD)
            voice->searched = (int64_t)place - AHEAD;
    }
    return 0;
}

/* ---- sound ----------------------------------------------------------------------------
 */

/* Sinc in a Hann window for each step between two frames. */
static void make_taps(struct voice *voice)
{
    for (int phase = 0; phase < VOICE_PHASES; phase++) {
        double sum = 0;
        for (int i = 0; i < VOICE_TAPS; i++) {
            double x = i - (VOICE_TAPS / 2 - 1) - (double)phase / VOICE_PHASES;
            double window = 0.5 + 0.5 * cos(M_PI * x / (VOICE_TAPS / 2.0));
            double tap = (x == 0 ? 1 : sin(M_PI * x) / (M_PI * x)) * window;
            voice->taps[phase][i] = (float)tap;
            sum += tap;
        }
        for (int i = 0; i < VOICE_TAPS; i++)
            voice->taps[phase][i] = (float)((double)voice->taps[phase][i] / sum);
    }
}

/* The recording from a place on. returns 0 or -errno */
static int read_place(const struct voice *voice, struct place place, int frames,
                      float *out)
{
    float pcm[2 * (VOICE_FRAMES + VOICE_TAPS)];
    const struct fv_pcm *source = voice->pcm;
    int64_t from = voice->pos + place.frames;
    if (place.phase == 0) {
        int rc = source->read(source->ctx, from, out, frames);
        return rc < 0 ? rc : 0;
    }
    int rc = source->read(source->ctx, from - (VOICE_TAPS / 2 - 1), pcm,
                          frames + VOICE_TAPS - 1);
    if (rc < 0)
        return rc;
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    for (int tap = 0; tap < VOICE_TAPS; tap++) {
        const float weight = voice->taps[place.phase][tap], *at = pcm + 2 * tap;
        for (int i = 0; i < 2 * frames; i++)
            out[i] += weight * at[i];
    }
    return 0;
}

static int read_join(const struct voice *voice, int frames, float *out)
{
    float fresh[2 * VOICE_FRAMES];
    const struct join *join = &voice->next;
    int rc = read_place(voice, voice->place, frames, out);
    rc = rc ? rc : read_place(voice, join->fresh, frames, fresh);
    if (rc)
        return rc;
    for (int i = 0; i < frames; i++) {
        float share = ((float)(voice->pos + i - join->begin) + 0.5f) /
                      (float)(join->end - join->begin);
        float old_gain, fresh_gain;
        splice_weights(join->alike, share, &old_gain, &fresh_gain);
        out[2 * i] = out[2 * i] * old_gain + fresh[2 * i] * fresh_gain;
        out[2 * i + 1] = out[2 * i + 1] * old_gain + fresh[2 * i + 1] * fresh_gain;
    }
    return 0;
}

void voice_echo(struct voice *voice, int64_t at, int64_t beat)
{
    bool is_possible = voice->is_plain && at > 0 && beat > 4 * RAMP;
    voice->echo_at = at;
    voice->echo_beat = is_possible ? beat : 0;
}

/* Ramps at both ends of each repetition, so that nothing clicks. */
static float echo_ramp(const struct voice *voice, int64_t pos)
{
    int64_t behind = pos - voice->echo_at, beat = voice->echo_beat;
    int64_t phase = behind < 0 ? behind + RAMP : behind % beat;
    int64_t left = behind < 0 ? -behind : beat - phase;
    int64_t near = behind < 0 ? left : phase < left ? phase : left;
    return near < RAMP ? ((float)near + 0.5f) / RAMP : 1;
}

static int read_echo(const struct voice *voice, int frames, float *out)
{
    struct place place = voice->place;
    int64_t behind = voice->pos - voice->echo_at;
    if (behind >= 0)
        place.frames -= (behind / voice->echo_beat + 1) * voice->echo_beat;
    int rc = read_place(voice, place, frames, out);
    for (int i = 0; rc == 0 && i < frames; i++) {
        float gain = echo_ramp(voice, voice->pos + i);
        out[2 * i] *= gain;
        out[2 * i + 1] *= gain;
    }
    return rc;
}

/* How far the sound goes on from `pos` without a change of kind. */
static int run_from(const struct voice *voice, int frames)
{
    int64_t behind = voice->pos - voice->echo_at;
    if (voice->echo_beat > 0) {
        int64_t left =
            behind < 0 ? -behind : voice->echo_beat - behind % voice->echo_beat;
        return left < frames ? (int)left : frames;
    }
    const struct join *join = &voice->next;
    int64_t border = voice->pos + frames;
    if (join->end != 0)
        border = voice->pos < join->begin ? join->begin : join->end;
    return border - voice->pos < frames ? (int)(border - voice->pos) : frames;
}

/* Read or, without `out`, only follow the joins. */
static int go_on(struct voice *voice, float *out, int64_t frames)
{
    int rc = 0;
    while (rc == 0 && frames > 0) {
        int64_t step = frames < VOICE_FRAMES ? frames : VOICE_FRAMES;
        if (!voice->is_plain)
            rc = search(voice, voice->pos + step);
        if (rc)
            return rc;
        int run = run_from(voice, (int)step);
        bool is_join = voice->next.end != 0 && voice->pos >= voice->next.begin;
        if (out && is_join)
            rc = read_join(voice, run, out);
        else if (out && voice->echo_beat > 0)
            rc = read_echo(voice, run, out);
        else if (out)
            rc = read_place(voice, voice->place, run, out);
        voice->pos += run;
        frames -= run;
        out = out ? out + 2 * run : NULL;
        if (voice->next.end != 0 && voice->pos >= voice->next.end) {
            voice->place = voice->next.fresh;
            voice->next.end = 0;
        }
    }
    return rc;
}

int voice_open(struct voice *voice, const struct fv_segment *segment, uint32_t part,
               const struct fv_pcm *pcm, int64_t pos)
{
    const struct fv_part *from = &segment->parts[part];
    *voice = (struct voice){.pcm = pcm,
                            .warp = from->warp,
                            .warp_count = from->warp_count,
                            .length = segment->length};
    voice->is_plain = is_plain(from->warp, from->warp_count);
    voice->place = (struct place){llround(due_offset(voice, 0)), 0};
    if (!voice->is_plain)
        make_taps(voice);
    voice->pos = voice->is_plain || pos < 0 ? pos : 0;
    return go_on(voice, NULL, pos - voice->pos);
}

int voice_read(struct voice *voice, float *out, int frames)
{
    return go_on(voice, out, frames);
}
