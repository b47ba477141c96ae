/* listing.h - what a source reads into while the crate is filled: the crate, the host,
 * the way to the network, and what was complained of.
 */
#ifndef LISTING_H
#define LISTING_H

#include "crate.h"

#include "http.h"

#include <forever/host.h>

#define LISTING_URL 2048 /* bytes of an address */

/* Complaints that were made already: the crate is read again and again. */
struct said {
    uint64_t hashes[256];
    size_t count;
};

struct listing {
    struct crate *crate;
    const struct fv_host *host;
    struct said *said;
    struct http *http;
    char token[1000]; /* of a service that wants one, while it lasts */
};

/* Log a complaint, if it is a new one. */
void listing_say(struct listing *listing, const char *line);

#endif
