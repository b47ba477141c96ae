/* ogg_pages.c - see ogg_pages.h. */
#include "ogg_pages.h"

#include <ogg/ogg.h>

enum { PIECE = 65536 };

bool ogg_has_holes(struct byte_span span)
{
    ogg_sync_state sync;
    ogg_page page;
    bool has_holes = false, is_first = true;
    int serial = 0;
    long number = 0;
    ogg_sync_init(&sync);
    span.at = 0;
    while (!has_holes) {
        long got = ogg_sync_pageseek(&sync, &page);
        if (got == 0) {
            char *piece = ogg_sync_buffer(&sync, PIECE);
            ssize_t read = piece ? span_read(&span, piece, PIECE) : 0;
            if (read <= 0)
                break;
            ogg_sync_wrote(&sync, read);
            continue;
        }
        has_holes = got < 0 || (!is_first && !ogg_page_bos(&page) &&
                                ogg_page_serialno(&page) == serial &&
                                ogg_page_pageno(&page) != number + 1);
        if (got > 0) {
            serial = ogg_page_serialno(&page);
            number = ogg_page_pageno(&page);
            is_first = false;
        }
    }
    ogg_sync_clear(&sync);
    return has_holes;
}
