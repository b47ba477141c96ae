/* feed.h - a JSON feed by file or address. */
#ifndef FEED_H
#define FEED_H

#include "listing.h"

bool feed_has_name(const char *text);

/* Add its tracks. returns  0; -ECANCELED; or -errno with error filled */
int feed_read(struct listing *listing, const char *text, struct fv_error *error);

#endif
