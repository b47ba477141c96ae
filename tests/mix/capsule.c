/* capsule.c - the mixer that forever.fm had, as it is described: one track's beat-by-beat
 * timbre slid over the other's, thirty seconds of crossmatch in which each pair of beats
 * is stretched by itself to a length between both, faded by x^0.6, softly clipped. Bars,
 * phrases, keys and bands play no part. */
#include "rival.h"

#include "beat_stretch.h"

#define TRANSITION_S 30.0
#define FADE_S 3.0
#define BEATS 128
#define KNEE (30000.0f / 32767.0f)

static double rival_gain_db(const struct fv_track *track)
{
    if (!track->analysis)
        return 0;
    double linear = 1 + 0.08 * (-8 - track->analysis->loudness_lufs);
    return 20 * log10(fmax(linear, 0.1));
}

static float fade_out(double share)
{
    return (float)pow(1 - share, 0.6);
}

static float fade_in(double share)
{
    return (float)pow(share, 0.6);
}

static float soft(float x)
{
    float over = fabsf(x) - KNEE;
    if (over <= 0)
        return x;
    return copysignf(KNEE + (1 - KNEE) * atanf(over / (1 - KNEE)) / 1.5708f, x);
}

/* ---- plan -----------------------------------------------------------------------------
 */

static int beat_behind(const struct fv_analysis *found, double frame)
{
    uint32_t i = 0;
    while (i < found->beat_count && found->beats[i] * FV_RATE < frame)
        i++;
    return (int)i;
}

/* Where in the incoming track its timbre is nearest to that of the outgoing one. */
static int align(const struct fv_analysis *a, int first, const struct fv_analysis *b,
                 int count, int ratio)
{
    int best = 0, most = (int)b->feature_count - ratio * count - 8;
    double least = HUGE_VAL;
    if (most > (int)b->feature_count / 3)
        most = (int)b->feature_count / 3;
    for (int at = 0; at < most; at++) {
        double sum = 0;
        for (int i = 0; i < count && first + i < (int)a->feature_count; i++)
            for (int k = 0; k < FV_TIMBRE; k++) {
                double d = (double)a->features[first + i].timbre[k] -
                           (double)b->features[at + ratio * i].timbre[k];
                sum += d * d;
            }
        if (sum < least) {
            least = sum;
            best = at;
        }
    }
    return best;
}

static int crossmatch(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                      int out_beat, int in_beat, int count, int ratio, int64_t *at,
                      struct fv_cursor *cursor)
{
    const double *a = ask->from->analysis->beats + out_beat;
    const double *b = ask->to->analysis->beats + in_beat;
    struct fv_warp warps[2][BEATS + 1];
    double mix = 0;
    for (int i = 0; i <= count; i++) {
        warps[0][i] = (struct fv_warp){round(mix), a[i] * FV_RATE};
        warps[1][i] = (struct fv_warp){round(mix), b[ratio * i] * FV_RATE};
        if (i == count)
            break;
        double c = 1 - (double)i / count;
        mix += FV_RATE *
               (c * (a[i + 1] - a[i]) + (1 - c) * (b[ratio * (i + 1)] - b[ratio * i]));
    }
    struct rival_line lines[2] = {{ask->from, warps[0], (uint32_t)count + 1},
                                  {ask->to, warps[1], (uint32_t)count + 1}};
    *cursor = (struct fv_cursor){round(warps[1][count].track), 1};
    return rival_put(ask, sink, FV_BEATMATCH, (int64_t)warps[0][count].mix, lines, 2, at);
}

static int rival_plan(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                      struct fv_cursor *cursor)
{
    int64_t at = ask->at, fade = (int64_t)(FADE_S * FV_RATE);
    if (!ask->from && ask->to) {
        double from = 0;
        *cursor = (struct fv_cursor){10.0 * FV_RATE, 1};
        return rival_put_plain(ask, sink, FV_FADEIN, 10 * FV_RATE, &ask->to, &from, 1,
                               &at);
    }
    if (!ask->from)
        return 0;
    double from[2] = {round(ask->cursor.track), 0};
    int64_t left = ask->from->length - (int64_t)from[0];
    if (!ask->to)
        return rival_put_plain(ask, sink, FV_PLAY, left, &ask->from, from, 1, &at);
    const struct fv_analysis *a = ask->from->analysis, *b = ask->to->analysis;
    double shorter = fmin((double)ask->from->length, (double)ask->to->length);
    double stay = fmax(shorter - 3 * TRANSITION_S * FV_RATE, FV_RATE);
    double leave =
        fmin(from[0] + stay, (double)ask->from->length - (TRANSITION_S + 2) * FV_RATE);
    int first = beat_behind(a, fmax(leave, from[0]));
    int ratio = b->bpm > a->bpm * 1.4142 ? 2 : 1; /* beats of one to a beat */
    int count = (int)(TRANSITION_S * a->bpm / 60);
    count = count > BEATS ? BEATS : count;
    bool is_possible = a->beat_count > 8 && b->beat_count > 8 &&
                       first + count < (int)a->beat_count &&
                       ratio * count + 8 < (int)b->beat_count && count > 4;
    if (is_possible) {
        int in = align(a, first, b, count, ratio);
        int64_t play = (int64_t)(round(a->beats[first] * FV_RATE) - from[0]);
        int rc = rival_put_plain(ask, sink, FV_PLAY, play, &ask->from, from, 1, &at);
        return rc ? rc : crossmatch(ask, sink, first, in, count, ratio, &at, cursor);
    }
    const struct fv_track *both[2] = {ask->from, ask->to};
    fade = left < fade ? left : fade;
    int rc = rival_put_plain(ask, sink, FV_PLAY, left - fade, &ask->from, from, 1, &at);
    from[0] += (double)(left - fade);
    *cursor = (struct fv_cursor){(double)fade, 1};
    return rc ? rc : rival_put_plain(ask, sink, FV_CROSSFADE, fade, both, from, 2, &at);
}

/* ---- sound ----------------------------------------------------------------------------
 */

/* Stretch one beat of both tracks to the length of the pair, each with a new stretcher.
 */
static int make_beat(struct fv_render *render, struct beat *beat, int index)
{
    const struct fv_part *parts = render->segment->parts;
    drop_beat(beat);
    beat->index = index;
    beat->length = (int)(parts[0].warp[index + 1].mix - parts[0].warp[index].mix);
    for (int p = 0; p < 2; p++) {
        int64_t from = llround(parts[p].warp[index].track);
        int count = (int)(llround(parts[p].warp[index + 1].track) - from);
        float *in = calloc((size_t)count * 2 + 2, sizeof *in);
        beat->pcm[p] = calloc((size_t)beat->length * 2 + 2, sizeof *beat->pcm[p]);
        if (!in || !beat->pcm[p])
            return -ENOMEM;
        int rc = render->pcm[p]->read(render->pcm[p]->ctx, from, in, count);
        beat_stretch(in, count, beat->pcm[p], beat->length);
        free(in);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int mix_beats(struct fv_render *render, int64_t pos, int frames, float *out)
{
    const struct fv_part *parts = render->segment->parts;
    float gains[2] = {(float)pow(10, parts[0].gain_db / 20),
                      (float)pow(10, parts[1].gain_db / 20)};
    struct beat *beat = &render->own;
    int index = 0, rc = 0;
    for (int i = 0; i < frames && rc == 0; i++) {
        while (index + 2 < (int)parts[0].warp_count &&
               parts[0].warp[index + 1].mix <= (double)(pos + i))
            index++;
        if (!beat->pcm[0] || beat->index != index)
            rc = make_beat(render, beat, index);
        int64_t at = pos + i - (int64_t)parts[0].warp[index].mix;
        double share = (double)(pos + i) / (double)render->segment->length;
        for (int c = 0; c < 2 && rc == 0 && at < beat->length; c++)
            out[2 * i + c] = gains[0] * fade_out(share) * beat->pcm[0][2 * at + c] +
                             gains[1] * fade_in(share) * beat->pcm[1][2 * at + c];
    }
    return rc;
}

static int rival_mix(struct fv_render *render, int64_t pos, int frames, float *out)
{
    enum fv_kind kind = render->segment->kind;
    int rc;
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    if (kind == FV_BEATMATCH)
        rc = mix_beats(render, pos, frames, out);
    else
        rc = rival_add(render, 0, pos, frames,
                       kind == FV_CROSSFADE ? fade_out
                       : kind == FV_FADEIN  ? fade_in
                                            : NULL,
                       out);
    if (rc == 0 && kind == FV_CROSSFADE)
        rc = rival_add(render, 1, pos, frames, fade_in, out);
    for (int i = 0; i < 2 * frames; i++)
        out[i] = soft(out[i]);
    return rc;
}

RIVAL("capsule");
