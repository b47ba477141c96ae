/* ears_found.h - everything that is found in a track, or in a part of a long one, in the
 * order in which it is found. Times are seconds from the part's beginning. */
#ifndef EARS_FOUND_H
#define EARS_FOUND_H

#include "form.h"
#include "hearing.h"
#include "maps.h"
#include "phrases.h"
#include "rhythm.h"

struct ears {
    struct hearing hearing;
    struct level_found level; /* of all that was heard so far */
    double start, end;        /* of the part without its silent ends */
    bool is_last;             /* the track ends with it */
    struct maps maps;
    struct rhythm rhythm;
    struct changes changes;
    struct bars bars;
    struct phrases phrases;
    struct strip_d stretch; /* the beats, or each half second of a track without */
    struct fv_beat *features;
    struct form form;
};

/* Hear a track, however long, as one part. As ears_analyse(); ears_release() frees it, of
 * an error too. */
int ears_find(struct ears *out, const struct fv_host *host, const struct fv_pcm *pcm);
void ears_release(struct ears *ears);

#endif
