/* truth.h - the truth file beside a piece of music. */
#ifndef TRUTH_H
#define TRUTH_H

#include <stdbool.h>

struct truth {
    double bpm; /* median */
    bool is_steady;
    int beats_per_bar;
    double *beats;        /* seconds, ascending */
    unsigned char *marks; /* 1: a bar begins */
    int count;
};

/* A line `bpm steady beats_per_bar`, then a line `time mark` for each beat.
 * returns  0; -ENOENT; -EINVAL: not such a file */
int truth_read(const char *path, struct truth *out);
void truth_release(struct truth *truth);

#endif
