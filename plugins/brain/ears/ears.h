/* ears.h - hear one track: the brain's analyse().
 *
 * One pass over the decoded audio in small blocks; what is kept of it are features
 * (about 90 bytes for each hundredth of a second), never samples. A track longer than
 * EARS_PART_S is heard in equal parts, each forgotten before the next, so memory is
 * bounded whatever the length. No state outlives a call, nothing is random: several
 * analyses run at once and the same audio gives the same bits.
 */
#ifndef EARS_H
#define EARS_H

#include <forever/brain.h>

/* Counts up whenever the same audio would be heard differently. */
#define EARS_VERSION 39u

#define EARS_PART_S 1200

/* Analyse a track from front to back.
 *
 * host     borrowed; cancelled() is asked several times a second of work
 * pcm      borrowed; any length, 0 too; NaN counts as silence, infinity as +24 dBFS
 * sink     borrowed; found() is called once unless an error is returned
 * returns  0; -ECANCELED; -ENOMEM; or what pcm->read returned
 * thread   [any]
 */
int ears_analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                 const struct fv_analysis_sink *sink);

#endif
