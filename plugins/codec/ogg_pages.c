/* ogg_pages.c - see ogg_pages.h. */
#include "ogg_pages.h"

#include <stdint.h>

enum { PIECE = 65536 };

struct walk {
    const struct ogg_counter *counter;
    ogg_stream_state stream; /* the one whose packets are counted ... */
    bool is_counted;         /* ... if there is one */
    bool is_placed;          /* a page has said where it is */
    int64_t at;              /* samples, from where it begins or the pages say */
    bool is_first;
    int serial; /* of the page before, and its number */
    long number;
};

/* Follow a stream, or the next of a chain, if it is of the codec. */
static void begin_stream(struct walk *walk, ogg_page *page)
{
    ogg_stream_state stream;
    ogg_packet packet;
    if (ogg_stream_init(&stream, ogg_page_serialno(page)) != 0)
        return;
    if (ogg_stream_pagein(&stream, page) == 0 &&
        ogg_stream_packetout(&stream, &packet) == 1 &&
        walk->counter->begin(walk->counter->ctx, &packet)) {
        ogg_stream_clear(&walk->stream);
        walk->stream = stream;
        walk->is_counted = true;
        walk->is_placed = false;
        walk->at = 0;
    } else {
        ogg_stream_clear(&stream);
    }
}

/* Samples may be cut off where a stream ends, and it may begin late. */
static bool is_misplaced(const struct walk *walk, const ogg_packet *packet)
{
    if (packet->granulepos < walk->at)
        return !packet->e_o_s;
    return packet->granulepos > walk->at && walk->is_placed;
}

static bool has_misplaced(struct walk *walk, ogg_page *page)
{
    ogg_packet packet;
    bool is_any = false;
    if (!walk->is_counted || ogg_stream_pagein(&walk->stream, page) != 0)
        return false;
    while (ogg_stream_packetout(&walk->stream, &packet) == 1) {
        long samples = walk->counter->count(walk->counter->ctx, &packet);
        walk->at += samples;
        if (samples == 0 || packet.granulepos < 0)
            continue;
        is_any |= is_misplaced(walk, &packet);
        walk->at = packet.granulepos;
        walk->is_placed = true;
    }
    return is_any;
}

static bool is_behind_gap(const struct walk *walk, const ogg_page *page)
{
    return !walk->is_first && !ogg_page_bos(page) &&
           ogg_page_serialno(page) == walk->serial &&
           ogg_page_pageno(page) != walk->number + 1;
}

static bool does_miss(struct walk *walk, ogg_page *page)
{
    bool misses = is_behind_gap(walk, page);
    if (ogg_page_bos(page) && walk->counter)
        begin_stream(walk, page);
    else
        misses |= has_misplaced(walk, page);
    walk->serial = ogg_page_serialno(page);
    walk->number = ogg_page_pageno(page);
    walk->is_first = false;
    return misses;
}

bool ogg_seeks_miss(struct byte_span span, const struct ogg_counter *counter)
{
    struct walk walk = {.counter = counter, .is_first = true};
    ogg_sync_state sync;
    ogg_page page;
    bool misses = false;
    ogg_sync_init(&sync);
    span.at = 0;
    while (!misses) {
        long got = ogg_sync_pageseek(&sync, &page);
        if (got == 0) {
            char *piece = ogg_sync_buffer(&sync, PIECE);
            ssize_t read = piece ? span_read(&span, piece, PIECE) : 0;
            if (read <= 0)
                break;
            ogg_sync_wrote(&sync, read);
            continue;
        }
        misses = got < 0 || does_miss(&walk, &page);
    }
    ogg_stream_clear(&walk.stream);
    ogg_sync_clear(&sync);
    return misses;
}
