/* fail.h - how a function of this plugin says no: a code and one line for people. */
#ifndef CODEC_FAIL_H
#define CODEC_FAIL_H

#include <forever/host.h>

/* Fill `error` (borrowed, may be NULL) with what is wrong and the mend.
 * returns  `code`, a negative errno */
int fail(struct fv_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
