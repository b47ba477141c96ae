/* listing.c - complaints are known again by a hash. */
#include "listing.h"

void listing_say(struct listing *listing, const char *line)
{
    struct said *said = listing->said;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *at = line; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    for (size_t i = 0; i < said->count; i++)
        if (said->hashes[i] == hash)
            return;
    if (said->count < sizeof said->hashes / sizeof *said->hashes)
        said->hashes[said->count++] = hash;
    else
        return;
    listing->host->log(listing->host->ctx, FV_WARNING, line);
}
