/* hearing.h - all that is kept of a track's sound while it streams past.
 *
 * The level and the print are those of the whole track; the maps, 36 MB an hour, are
 * those of the part that was heard last.
 */
#ifndef HEARING_H
#define HEARING_H

#include <forever/brain.h>

#include "bands.h"
#include "deep.h"
#include "halver.h"
#include "level.h"
#include "mel.h"
#include "pitch.h"
#include "print.h"

struct hearing {
    struct level level;
    struct print print;
    struct halver half, quarter, eighth; /* 44100 -> 22050 -> 11025 -> 5512.5 Hz */
    struct mel mel;
    struct bands bands;
    struct pitch pitch;
    struct deep deep;
    int64_t start, frames; /* at 44100 Hz: where the part begins, heard so far */
};

int hearing_init(struct hearing *hearing);
void hearing_release(struct hearing *hearing);

/* Hear a part, from where the one before ended to frame `end` or the track's end.
 * returns 0, -ECANCELED, -ENOMEM or what pcm->read returned */
int hearing_listen(struct hearing *hearing, const struct fv_host *host,
                   const struct fv_pcm *pcm, int64_t end);

/* Seconds by which the filters make the features of each map late. */
#define HEARING_HALF_S (HALVER_DELAY / 44100.0)
#define HEARING_EIGHTH_S                                                                 \
    (HEARING_HALF_S + HALVER_DELAY / 22050.0 + HALVER_DELAY / 11025.0)

#endif
