/* ogg_pages.h - whether an Ogg file is whole, and its pages lie where they say. */
#ifndef CODEC_OGG_PAGES_H
#define CODEC_OGG_PAGES_H

#include <stdbool.h>

#include <ogg/ogg.h>

#include "byte_span.h"

/* What tells how long packets of a codec are. */
struct ogg_counter {
    /* Whether a stream that begins with a packet is of this codec. */
    bool (*begin)(void *ctx, ogg_packet *first);
    /* The samples that each next packet adds; 0 for headers and what is damaged. */
    long (*count)(void *ctx, ogg_packet *packet);
    void *ctx;
};

/* Whether pages are damaged or missing, or say other positions than their packets add up
 * to: then what lies behind is found elsewhere by a seek, which goes by positions in the
 * pages, than by reading on, which does not.
 *
 * counter  borrowed; NULL: positions are not looked at
 */
bool ogg_seeks_miss(struct byte_span span, const struct ogg_counter *counter);

#endif
