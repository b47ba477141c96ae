/* mpeg_sync.h - where in a file MPEG audio begins and ends, if it is there at all.
 *
 * A decoder that resynchronises will find "frames" in any file that is long enough. Here
 * a file is MPEG audio only if several frames of one kind follow each other exactly.
 */
#ifndef CODEC_MPEG_SYNC_H
#define CODEC_MPEG_SYNC_H

#include <stdint.h>

#include "byte_span.h"

/* Find the audio between the tags and the junk of a file.
 *
 * file     borrowed
 * audio    filled: from the first frame to behind the last
 * returns  0; -EINVAL: no MPEG audio; -ENODATA: a tag, but cut short before any audio;
 *          or -errno
 */
int mpeg_find_audio(const struct byte_span *file, struct byte_span *audio);

/* Find the damage in it: what stands between two chains of frames. libmpg123 would take
 * the first bytes that look like a header for a frame, and end there.
 *
 * gaps     given, NULL if there are none; free() it
 * returns  how many; or -ENOMEM
 */
ssize_t mpeg_find_gaps(const struct byte_span *audio, struct byte_gap **gaps);

/* The offset behind the ID3v2 tags at the beginning of a file, 0 if it has none. */
int64_t id3v2_end(int file);

#endif
