/* utf8.h - text from outside, made safe to print, to store and to put in JSON. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* Copy `in` as valid UTF-8 without control characters: what is neither becomes one '?'.
 * out      always ends in 0, cut between characters
 * returns  bytes written without the 0 */
size_t utf8_clean(const char *in, char *out, size_t cap);

#endif
