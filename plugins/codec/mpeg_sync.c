/* mpeg_sync.c - see mpeg_sync.h. Frame headers: ISO/IEC 11172-3, 2.4.1.3, and 13818-3. */
#include "mpeg_sync.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHAIN = 6,            /* so many frames in a row are no accident */
    SHORT_CHAIN = 2,      /* enough when they end where the file does */
    JUNK_LIMIT = 4 << 20, /* how far to look for the first of them */
    WINDOW = 64 << 10,
    GAPS_MAX = 1000, /* with more of them it is no music any more */
};

struct frame_header {
    uint32_t kind; /* version, layer and sample rate: the same in all frames */
    uint32_t bytes;
};

static bool parse_frame_header(const uint8_t head[4], struct frame_header *frame)
{
    static const uint16_t kbps[5][15] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, /* 1, I */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}, /* 1, II */
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},  /* 1, III */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}, /* 2, I */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, /* 2, II, III */
    };
    static const uint16_t rates[3] = {44100, 48000, 32000};

    uint32_t version = head[1] >> 3 & 3; /* 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5 */
    uint32_t layer = 4u - (head[1] >> 1 & 3);
    uint32_t rate_index = head[2] >> 2 & 3;
    uint32_t rate_code = head[2] >> 4;
    bool is_sync = head[0] == 0xff && (head[1] & 0xe0) == 0xe0;
    if (!is_sync || version == 1 || layer == 4 || rate_index == 3)
        return false;
    if (rate_code == 0 || rate_code == 15)
        return false;

    uint32_t table = version == 3 ? layer - 1 : layer == 1 ? 3 : 4;
    uint32_t bits = kbps[table][rate_code] * 1000u;
    uint32_t rate = rates[rate_index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    uint32_t padding = head[2] >> 1 & 1;
    if (layer == 1)
        frame->bytes = (12 * bits / rate + padding) * 4;
    else
        frame->bytes = (layer == 3 && version != 3 ? 72 : 144) * bits / rate + padding;
    frame->kind = (uint32_t)(head[1] & 0x1e) << 8 | (head[2] & 0x0c);
    return true;
}

/* Do frames of a kind (0: of any, but one) follow each other from `at`, to the end or for
 * a while? */
static bool is_chain(int file, int64_t at, int64_t end, uint32_t kind)
{
    for (int count = 0; count < CHAIN; count++) {
        uint8_t head[4];
        if (at == end)
            return count >= SHORT_CHAIN;
        if (pread(file, head, 4, at) != 4)
            return count > SHORT_CHAIN; /* the file was cut within a header */
        struct frame_header frame;
        if (!parse_frame_header(head, &frame) || (kind && frame.kind != kind))
            return false;
        if (at + frame.bytes > end)
            return count > SHORT_CHAIN; /* or within a frame */
        kind = frame.kind;
        at += frame.bytes;
    }
    return true;
}

/* The size of an ID3v2 tag at `at`, 0 if there is none. */
static int64_t id3v2_bytes(int file, int64_t at)
{
    uint8_t head[10];
    if (pread(file, head, 10, at) != 10 || memcmp(head, "ID3", 3) != 0)
        return 0;
    if ((head[6] | head[7] | head[8] | head[9]) & 0x80)
        return 0;
    int64_t body = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9];
    int64_t footer = head[5] & 0x10 ? 10 : 0;
    return 10 + body + footer;
}

int64_t id3v2_end(int file)
{
    int64_t end = 0;
    for (int64_t tag; (tag = id3v2_bytes(file, end)) > 0;)
        end += tag;
    return end;
}

/* Take ID3v1 and APE tags off the end: the pictures in these hold false frames. */
static int64_t end_before_tags(int file, int64_t end)
{
    uint8_t tail[32];
    if (end >= 128 && pread(file, tail, 3, end - 128) == 3 && !memcmp(tail, "TAG", 3))
        end -= 128;
    if (end >= 32 && pread(file, tail, 32, end - 32) == 32 &&
        !memcmp(tail, "APETAGEX", 8)) {
        uint32_t body = tail[12] | (uint32_t)tail[13] << 8 | (uint32_t)tail[14] << 16 |
                        (uint32_t)tail[15] << 24;
        int64_t header = tail[23] & 0x80 ? 32 : 0;
        if (body + header < end)
            end -= body + header;
    }
    return end;
}

/* The offset of the first chain from `at` on; -EINVAL: none within JUNK_LIMIT, -errno */
static int64_t find_chain(int file, int64_t at, int64_t end, uint32_t kind)
{
    int64_t limit = at + JUNK_LIMIT < end ? at + JUNK_LIMIT : end;
    uint8_t window[WINDOW];
    while (at < limit) {
        ssize_t got = pread(file, window, sizeof window, at);
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            if (window[i] == 0xff && is_chain(file, at + i, end, kind))
                return at + i;
        at += got;
    }
    return -EINVAL;
}

int mpeg_find_audio(const struct byte_span *file, struct byte_span *audio)
{
    int64_t end = end_before_tags(file->file, file->end);
    if (file->start >= end)
        return file->start > 0 ? -ENODATA : -EINVAL;
    int64_t start = find_chain(file->file, file->start, end, 0);
    if (start < 0)
        return (int)start;
    *audio = (struct byte_span){.file = file->file, .start = start, .end = end};
    return 0;
}

/* Where the frames that follow each other from `at` end. */
static int64_t chain_end(struct byte_span *audio, int64_t at, uint32_t kind)
{
    struct frame_header frame;
    uint8_t head[4];
    while (span_seek(audio, at - audio->start, SEEK_SET) >= 0 &&
           span_read(audio, head, 4) == 4 && parse_frame_header(head, &frame) &&
           frame.kind == kind)
        at += frame.bytes;
    return at;
}

ssize_t mpeg_find_gaps(const struct byte_span *audio, struct byte_gap **gaps)
{
    struct byte_span walked = *audio;
    struct frame_header first;
    struct byte_gap *found = NULL;
    uint8_t head[4];
    ssize_t count = 0;
    int64_t lost = 0, at = audio->start;
    *gaps = NULL;
    if (pread(audio->file, head, 4, at) != 4 || !parse_frame_header(head, &first))
        return 0;
    while (count < GAPS_MAX) {
        int64_t end = chain_end(&walked, at, first.kind);
        at = end < audio->end ? find_chain(audio->file, end, audio->end, first.kind)
                              : -EINVAL;
        if (at < 0)
            break;
        if (!found && !(found = malloc(GAPS_MAX * sizeof *found)))
            return -ENOMEM;
        found[count++] = (struct byte_gap){end - audio->start - lost, at - end};
        lost += at - end;
    }
    *gaps = found;
    return count;
}
