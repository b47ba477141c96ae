/* series.h - the songs that teach: seeds far from those of the bench. */
#ifndef SERIES_H
#define SERIES_H

#include <stdint.h>

#define SERIES 2
#define SERIES_SONGS                                                                     \
    660 /* of each; the style is that of the song's place in its series */
#define SERIES_LENGTH_S 60.0

static const uint64_t series_first_seed[SERIES] = {710000, 720018};

#endif
