/* timeline_file.h - the timeline of a render: a segment a line, written when it is over,
 * so that a show of any length takes no memory. */
#ifndef TIMELINE_FILE_H
#define TIMELINE_FILE_H

#include "plan.h"

#include <stdio.h>

struct timeline_file {
    FILE *file; /* NULL: nobody wants one */
    size_t count;
};

/* returns 0 or -errno */
int timeline_file_open(struct timeline_file *timeline, const char *path);

/* Add a segment that changes no more; what lies behind output frame `until` is not heard.
 */
void timeline_file_add(struct timeline_file *timeline, const struct segment *segment,
                       int64_t until);

/* Whole JSON from here on. Fine if it was never opened. returns 0 or -EIO */
int timeline_file_close(struct timeline_file *timeline);

#endif
