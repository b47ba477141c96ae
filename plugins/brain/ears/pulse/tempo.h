/* tempo.h - the tempo class of each moment: periods within one octave.
 *
 * A cyclic tempogram (Grosche, Mueller and Kurth, ICASSP 2010) of windowed
 * autocorrelations and the best path through it. Which octave is the beat, and which of
 * its phases, is not decided here but in meter.h.
 */
#ifndef TEMPO_H
#define TEMPO_H

#include <stdbool.h>

#include "flux.h"

struct tempo {
    double *period;   /* seconds, one each TEMPO_HOP_S */
    size_t count;     /* 0 when the track is too short for one window */
    double main;      /* the commonest period */
    double reach;     /* share of that by which it may be off */
    double elsewhere; /* 0..1: share of the track in which another is much clearer */
    double away_from, away_to; /* seconds: the longest stretch that is at another */
    double home_from, home_to; /* and that is at `main` */
    double clarity;            /* mean height of the path in the tempogram, about 0..1 */
    bool is_lines;             /* a machine's: it stands still, whatever accents say */
    float *rows;               /* of the tempogram, of mean 0, one each TEMPO_HOP_S */
    double longest_s;          /* of their octave */
};

#define TEMPO_HOP_S 3.0
#define TEMPO_WINDOW_S 12.0

/* out      filled; tempo_release frees it; of an error too
 * returns  0 or -ENOMEM */
int tempo_init(struct tempo *out, const struct flux *flux);
void tempo_release(struct tempo *tempo);

/* Whether another tempo than the commonest is heard in much of the track. */
bool tempo_changes(const struct tempo *tempo);

/* Let what is away be at home, and the other way round; its period is then the commonest.
 */
void tempo_trade_places(struct tempo *tempo);

/* The period in force at a time. */
double tempo_at(const struct tempo *tempo, double time);

/* How high the tempogram is at a period's class in one of its `count` windows; `most`: at
 * the highest. */
double tempo_height(const struct tempo *tempo, size_t window, double period,
                    double *most);

/* The last time from `start` to `end` at which the tempo jumps, about; or -1. */
double tempo_jump(const struct tempo *tempo, double start, double end);

#endif
