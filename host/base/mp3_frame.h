/* mp3_frame.h - MPEG-1 layer III at 44.1 kHz: a frame's header, silence, and the Info
 * frame in front of a file. Formats: ISO 11172-3 2.4; the Info tag as LAME 3.100 writes
 * it (http://gabriel.mp3-tech.org/mp3infotag.html).
 */
#ifndef MP3_FRAME_H
#define MP3_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define MP3_RATE 44100
#define MP3_SAMPLES 1152 /* PCM frames in an MP3 frame */
#define MP3_MAX 1441     /* bytes of the largest frame, 320 kbit/s with padding */

/* Bytes of the MPEG-1 layer III 44.1 kHz frame that begins at `at`.
 * returns  its length; 0 when no such frame begins there */
size_t mp3_frame_length(const uint8_t *at, size_t available);

/* The bit rate that the header of such a frame tells. */
uint32_t mp3_frame_kbps(const uint8_t *at);

/* A frame that decodes to silence. kbps: 64 .. 320 as layer III has them.
 * returns  bytes written to `out` (room for MP3_MAX); 0: no such bit rate */
size_t mp3_frame_silent(uint32_t kbps, uint8_t *out);

/* What the Info frame says of a finished file. */
struct mp3_info {
    uint32_t kbps;
    uint32_t frames;    /* without the Info frame */
    uint32_t bytes;     /* of the whole file, the Info frame included */
    uint32_t delay;     /* encoder delay in PCM frames (LAME: 576) */
    uint32_t padding;   /* PCM frames to drop at the end */
    uint16_t music_crc; /* mp3_crc16 of all frames but this one */
};

/* Write the Info frame; it is the length of mp3_frame_silent(kbps). returns as that one
 */
size_t mp3_info_frame(const struct mp3_info *info, uint8_t *out);

/* CRC-16 as the LAME tag has it (polynomial 0x8005 reflected, start 0). */
uint16_t mp3_crc16(uint16_t crc, const uint8_t *at, size_t length);

#endif
