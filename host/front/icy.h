/* icy.h - the metadata that ICY players expect between the frames.
 *
 * A block is one byte, its length in units of 16, then that many bytes:
 * StreamTitle='...'; padded with zeros.
 */
#ifndef ICY_H
#define ICY_H

#include <stddef.h>

#define ICY_INTERVAL 16000 /* bytes of MP3 between two blocks */
#define ICY_MAX 481        /* bytes of the longest block that is made here */

/* returns bytes written to `out` (room for ICY_MAX); NULL gives the empty block */
size_t icy_block(const char *title, char *out);

#endif
