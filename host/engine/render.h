/* render.h - `forever render`: the show into a file, as fast as the machine allows, byte
 * for byte what listeners of the same plan would get.
 */
#ifndef RENDER_H
#define RENDER_H

#include "offline.h"

struct render_options {
    struct offline_options offline;
    const char *out;        /* .mp3 or .wav */
    const char *timeline;   /* NULL = none */
    const char *order_file; /* NULL = none; read if it is there, else written */
    double duration_s;      /* 0 = each track of the crate once */
    uint32_t kbps;
    int threads; /* encoders at once; 0 = one a processor */
};

/* returns the exit status */
int render_run(const struct render_options *options);

#endif
