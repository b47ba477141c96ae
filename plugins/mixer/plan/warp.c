/* warp.c - beats that lie on a line within a few milliseconds are played on that line;
 * others are followed, if they do not jump. */
#include "warp.h"

#include <math.h>

#define RIPPLE (0.0015 * FV_RATE) /* frames that a beat may lie off the line */
#define BEND 4                    /* steps between two bends of a tempo that moves */
#define STEP_MOST 0.004           /* change of speed at a bend */
#define RATE_MOST 0.062           /* away from the recorded speed */
#define HOME_STEP 0.0009        /* change of speed at a beat on the way home, or there */
#define SAME (0.0005 * FV_RATE) /* frames of drift that nobody hears */
#define LEFT (8 * FV_RATE)      /* of a track at home, in which it is left again */

struct straight {
    double at, slope; /* track frame at mix 0; track frames a mix frame */
    double ripple;    /* largest distance of a beat */
};

static struct straight fit(const double *mix, const double *track, int count)
{
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
    for (int i = 0; i < count; i++) {
        mean_x += mix[i] / count;
        mean_y += track[i] / count;
    }
    for (int i = 0; i < count; i++) {
        xx += (mix[i] - mean_x) * (mix[i] - mean_x);
        xy += (mix[i] - mean_x) * (track[i] - mean_y);
    }
    struct straight line = {.slope = xy / xx};
    line.at = mean_y - line.slope * mean_x;
    for (int i = 0; i < count; i++)
        line.ripple = fmax(line.ripple, fabs(track[i] - line.at - line.slope * mix[i]));
    return line;
}

void warp_straight(double track, double rate, int64_t length, struct warp_line *line)
{
    line->points[0] = (struct fv_warp){0, track};
    line->points[1] = (struct fv_warp){(double)length, track + rate * (double)length};
    line->count = 2;
    line->length = length;
}

/* A point at each step, so that joins know where the beats are. */
static void lay_straight(const double *mix, int steps, double at, double slope,
                         struct warp_line *line)
{
    for (int i = 0; i <= steps; i++)
        line->points[i] = (struct fv_warp){mix[i], at + slope * mix[i]};
    line->count = (uint32_t)steps + 1;
}

/* Bends at every few steps. returns whether they are gentle */
static bool lay_bent(const double *mix, const double *track, int steps, double shift,
                     struct warp_line *line)
{
    double last = 0;
    int bend = steps % BEND == 0 ? BEND : 1;
    for (int i = 0; i < steps; i += bend) {
        double slope = (track[i + bend] - track[i]) / (mix[i + bend] - mix[i]);
        if (fabs(slope - 1) > RATE_MOST || (i > 0 && fabs(slope - last) > STEP_MOST))
            return false;
        last = slope;
        for (int j = 0; j < bend; j++)
            line->points[i + j] = (struct fv_warp){
                mix[i + j], track[i] + slope * (mix[i + j] - mix[i]) + shift};
    }
    line->points[steps] = (struct fv_warp){mix[steps], track[steps] + shift};
    line->count = (uint32_t)steps + 1;
    return true;
}

bool warp_overlap(const struct side *out, const struct side *in,
                  const struct match *match, double begin, double shift,
                  struct warp_line *out_line, struct warp_line *in_line)
{
    double mix[OVERLAP_STEPS + 1], track[OVERLAP_STEPS + 1];
    int steps = match->steps;
    for (int i = 0; i <= steps; i++) {
        double beat = side_beat(out, match->out_beat + i * match->out_per_step);
        mix[i] = (beat - begin) / match->lean;
        track[i] = side_beat(in, match->in_beat + i * match->in_per_step);
    }
    mix[0] = 0;
    mix[steps] = round(mix[steps]);
    int64_t length = (int64_t)mix[steps];
    for (int i = 1; i <= steps; i++)
        if (!(mix[i] > mix[i - 1] + 1) || !(track[i] > track[i - 1] + 1))
            return false;
    out_line->length = in_line->length = length;
    if (match->lean == 1)
        warp_straight(begin, 1, length, out_line);
    else
        lay_straight(mix, steps, begin, match->lean, out_line);
    struct straight line = fit(mix, track, steps + 1);
    if (line.ripple > RIPPLE)
        return lay_bent(mix, track, steps, shift, in_line);
    if (fabs(line.slope - 1) > RATE_MOST)
        return false;
    if (fabs(line.slope - 1) * (double)length < SAME)
        warp_straight(round(line.at + shift), 1, length, in_line);
    else
        lay_straight(mix, steps, line.at + shift, line.slope, in_line);
    return true;
}

int warp_lean_beats(double speed)
{
    int steps = (int)ceil(fabs(speed - 1) / HOME_STEP);
    return steps > 0 ? steps - 1 : 0;
}

void warp_lean(const struct side *side, int beat, double speed, struct warp_line *line)
{
    int steps = warp_lean_beats(speed);
    double track = floor(side_beat(side, beat - steps)), mix = 0, rate = 1;
    line->count = 0;
    line->length = 0;
    if (steps == 0)
        return;
    line->points[line->count++] = (struct fv_warp){0, track};
    for (int i = steps - 1; i >= 0; i--) {
        double next = side_beat(side, beat - i);
        if (!(next > track + 0.5 * side->period))
            next = track + side->period;
        rate += copysign(HOME_STEP, speed - 1);
        mix += (next - track) / rate;
        track = next;
        line->points[line->count++] = (struct fv_warp){mix, track};
    }
    struct fv_warp *last = &line->points[line->count - 1];
    double whole = round(last->mix);
    last->track += (whole - last->mix) * rate;
    last->mix = whole;
    line->length = (int64_t)whole;
}

void warp_home(const struct side *side, double track, double rate, struct warp_line *line)
{
    int beat = side->period > 0 ? side_beat_near(side, track) : 0;
    double mix = 0;
    line->count = 0;
    line->length = 0;
    if (!(side->period > 0) || fabs(rate - 1) < WARP_HOME)
        return;
    line->points[line->count++] = (struct fv_warp){0, track};
    while (fabs(rate - 1) > 1e-9 && line->count < WARP_POINTS - 1) {
        double off = rate - 1;
        rate = fabs(off) <= HOME_STEP ? 1 : rate - copysign(HOME_STEP, off);
        if (rate == 1)
            break;
        double next = side_beat(side, ++beat);
        if (!(next > track + 0.5 * side->period))
            next = track + side->period;
        mix += (next - track) / rate;
        track = next;
        line->points[line->count++] = (struct fv_warp){mix, track};
    }
    if (line->count < 2) { /* one step is enough: the next beat ends it */
        mix += side->period;
        track += side->period;
        line->points[line->count++] = (struct fv_warp){mix, track};
    }
    struct fv_warp *last = &line->points[line->count - 1];
    double whole = round(last->mix);
    last->track = round(last->track + (whole - last->mix));
    last->mix = whole;
    line->length = (int64_t)whole;
    if (last->track > side->ends - LEFT)
        line->count = 0;
}
