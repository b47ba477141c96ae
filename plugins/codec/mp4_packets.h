/* mp4_packets.h - where the sound of an MP4 file lies in it, packet by packet. */
#ifndef CODEC_MP4_PACKETS_H
#define CODEC_MP4_PACKETS_H

#include <stdint.h>

#include <libavcodec/codec_par.h>

#include <forever/codec.h>

#include "byte_span.h"
#include "fail.h"

struct mp4_packet {
    int64_t at; /* bytes from the span's start */
    int bytes;
};

struct mp4_packets {
    AVCodecParameters *codec;
    struct mp4_packet *list;
    int64_t count;
    int largest; /* bytes of the largest packet */

    /* What of the decoded sound is the music, in ticks of which there are `ticks_hz` in a
     * second: an encoder puts silence before it and behind it. length 0: to the end. */
    int64_t skip, length;
    int ticks_hz;
};

/* Read a file through, once, with libavformat.
 *
 * span     the file, from its start; where it stands is changed
 * out      filled; mp4_packets_free, also after a failure
 * about    the tags are filled in
 * error    filled on failure
 * returns  0; -EINVAL damaged, or no sound in it; or -errno
 */
int mp4_packets_read(struct byte_span *span, struct mp4_packets *out,
                     struct fv_media *about, struct fv_error *error);
void mp4_packets_free(struct mp4_packets *packets);

#endif
