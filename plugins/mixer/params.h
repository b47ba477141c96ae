/* params.h - what a segment says of its sound besides warps: the mixer's own JSON.
 *
 *     {"style": "beatmatch", "fade": [FROM, TO],
 *      "parts": [{"gain": [[AT, VALUE], ...], "low": ..., "mid": ..., "high": ...,
 *                 "trim": ...}, ...]}
 *
 * Positions are frames from the segment's start, values are linear gains. "fade" is the
 * fade of everything to silence at the end of the show; "echo" [AT, BEAT] lets the first
 * part repeat its last beat from AT on. All of it may be missing.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include "curve.h"

#include <forever/mixer.h>

#define PARAMS_PARTS 2

/* The fader, the equaliser, and the gain knob, which is turned besides the fader. */
enum band { BAND_ALL, BAND_LOW, BAND_MID, BAND_HIGH, BAND_TRIM, BANDS };

struct params {
    struct curve curves[PARAMS_PARTS][BANDS];
    double fade_from, fade_to; /* none: both huge */
    double echo_at, echo_beat; /* of part 0; none: beat 0 */
};

/* Read a segment's params; what is missing or broken is as plain as its kind allows.
 * returns 0 or -ENOMEM */
int params_read(struct params *params, const struct fv_segment *segment);
void params_release(struct params *params);

/* Write them. returns text to be freed with free(), NULL when memory is short */
char *params_write(const struct params *params, const char *style);

/* Add a point to a curve. returns 0 or -ENOMEM */
int params_point(struct params *params, uint32_t part, enum band band, double at,
                 double value);

#endif
