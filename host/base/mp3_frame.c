/* mp3_frame.c - only what this program itself makes: MPEG-1, layer III, 44.1 kHz. */
#include "mp3_frame.h"

#include <string.h>

static const uint16_t kbps_of[16] = {0,   32,  40,  48,  56,  64,  80,  96,
                                     112, 128, 160, 192, 224, 256, 320, 0};

#define SIDE_INFO 32 /* bytes behind the 4 of the header, stereo */
#define SEEK_POINTS 100

static size_t length_at(uint32_t kbps, uint32_t padding)
{
    return 144000u * kbps / MP3_RATE + padding;
}

uint32_t mp3_frame_kbps(const uint8_t *at)
{
    return kbps_of[at[2] >> 4];
}

size_t mp3_frame_length(const uint8_t *at, size_t available)
{
    if (available < 4 || at[0] != 0xff || (at[1] & 0xfe) != 0xfa)
        return 0; /* sync, MPEG-1, layer III */
    uint32_t kbps = mp3_frame_kbps(at);
    if (kbps == 0 || (at[2] & 0x0c) != 0)
        return 0;
    return length_at(kbps, at[2] >> 1 & 1);
}

size_t mp3_frame_silent(uint32_t kbps, uint8_t *out)
{
    uint32_t index = 1;
    while (index < 15 && kbps_of[index] != kbps)
        index++;
    if (index == 15)
        return 0;
    size_t length = length_at(kbps, 0);
    memset(out, 0, length); /* side info of zeros: no main data, all coefficients 0 */
    out[0] = 0xff;
    out[1] = 0xfb;
    out[2] = (uint8_t)(index << 4);
    out[3] = 0x44; /* joint stereo, original */
    return length;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    return at + 4;
}

static uint8_t *put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

size_t mp3_info_frame(const struct mp3_info *info, uint8_t *out)
{
    size_t length = mp3_frame_silent(info->kbps, out);
    if (length < 4 + SIDE_INFO + 156)
        return 0;
    uint8_t *at = out + 4 + SIDE_INFO;
    memcpy(at, "Info", 4);
    at = put32(at + 4, 0x0f); /* frames, bytes, seek table and quality follow */
    at = put32(at, info->frames);
    at = put32(at, info->bytes);
    for (int i = 0; i < SEEK_POINTS; i++)
        *at++ = (uint8_t)(i * 256 / SEEK_POINTS); /* constant bit rate */
    at = put32(at, 100);
    memcpy(at, "LAME3.100", 9);
    at += 9;
    *at++ = 0x01; /* tag revision 0, constant bit rate */
    *at++ = 0;    /* low-pass: unknown */
    at += 4 + 2 + 2;
    *at++ = 0;
    *at++ = (uint8_t)(info->kbps > 255 ? 255 : info->kbps);
    *at++ = (uint8_t)(info->delay >> 4);
    *at++ = (uint8_t)((info->delay & 15) << 4 | (info->padding >> 8 & 15));
    *at++ = (uint8_t)info->padding;
    at += 1 + 1 + 2;
    at = put32(at, info->bytes);
    at = put16(at, info->music_crc);
    put16(at, mp3_crc16(0, out, (size_t)(at - out)));
    return length;
}

/* With this polynomial two bytes come down to their parity and a few shifts. */
static uint16_t crc16_of_two(unsigned two)
{
    unsigned odd = __builtin_parity(two) ? 0xc001 : 0, last = two & 3;
    return (uint16_t)(two >> 1 ^ two >> 2 ^ last << 12 ^ last << 14 ^ last >> 1 ^ odd);
}

uint16_t mp3_crc16(uint16_t crc, const uint8_t *at, size_t length)
{
    size_t i = 0;
    for (; i + 2 <= length; i += 2)
        crc = crc16_of_two(crc ^ (at[i] | (unsigned)at[i + 1] << 8));
    if (i < length) /* a last one alone is as one behind 0 */
        crc = crc16_of_two((unsigned)((crc ^ at[i]) & 0xff) << 8) ^ crc >> 8;
    return crc;
}
