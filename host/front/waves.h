/* waves.h - the waveforms of the tracks on the timeline, as the engine sent them.
 */
#ifndef WAVES_H
#define WAVES_H

#include "bytes.h"

#include <stdint.h>

#define WAVES_KEPT 64 /* more tracks than ten minutes and a plan ever hold */

struct waves {
    struct bytes texts[WAVES_KEPT]; /* "ID JSON"; the oldest makes room */
    size_t next;
};

/* `text` is "ID JSON"; without a blank it is nothing. */
void waves_put(struct waves *waves, const uint8_t *text, size_t length);

/* The JSON of a track's waveform. returns its length; 0: it is not known */
size_t waves_find(const struct waves *waves, const char *id, const uint8_t **json);

void waves_release(struct waves *waves);

#endif
