/* write.h - a finished track to disk: the MP3, and the truth about it beside. */
#ifndef DEMO_WRITE_H
#define DEMO_WRITE_H

#include "compose.h"
#include "mix.h"

/* Each file is written under a temporary name and renamed when it is whole.
 *
 * folder   must exist
 * name     filled with the file's name without its ending
 * returns  0 or -errno
 */
int write_track(const struct song *song, const struct mix *mix, const char *folder,
                char name[192]);

#endif
