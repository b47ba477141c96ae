/* ogg_pages.h - whether an Ogg file is whole. */
#ifndef CODEC_OGG_PAGES_H
#define CODEC_OGG_PAGES_H

#include <stdbool.h>

#include "byte_span.h"

/* Whether pages are damaged or missing: then what lies behind is found elsewhere by a
 * seek, which goes by positions in the pages, than by reading on, which does not. */
bool ogg_has_holes(struct byte_span span);

#endif
