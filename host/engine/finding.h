/* finding.h - a copy of what a brain found in a track, in one piece of memory, and its
 * form in the library.
 *
 * Stored as named fields with their sizes: a field that is missing reads as 0, one that
 * is unknown is ignored, one whose elements have another size makes the finding unusable
 * (the track is then analysed again).
 */
#ifndef FINDING_H
#define FINDING_H

#include "bytes.h"

#include <forever/track.h>

/* A deep copy with sane values: finite numbers, times in order and inside the track.
 * returns  given, free() it; NULL when it can't be made sane */
struct fv_analysis *finding_copy(const struct fv_analysis *from);

void finding_store(const struct fv_analysis *finding, struct bytes *to);

/* returns given, free() it; NULL when the bytes are not a finding */
struct fv_analysis *finding_load(const uint8_t *at, size_t length);

/* "A minor" and "8A"; "" when the key is unknown. */
const char *finding_key_name(int32_t key);
const char *finding_camelot(int32_t key);

#endif
