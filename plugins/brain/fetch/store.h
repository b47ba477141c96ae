/* store.h - fetched audio on disk: a bounded folder, the least recently used leave first,
 * what is planned stays.
 */
#ifndef STORE_H
#define STORE_H

#include "http.h"

#define STORE_PATH 700

/* The file of a track that has been fetched.
 * path     filled, at least STORE_PATH; it counts as used now
 * returns  0 or -ENOENT */
int store_find(const struct fv_host *host, const char *uri, char *path, size_t cap);

/* Fetch one address into the store: to a .part that a later try goes on with, checked
 * (whole, audio by its first bytes), then renamed. returns  0 with path filled; as
 * http_ask; -EPROTO: what came is no audio */
int store_fetch(struct http *http, const char *uri, const struct http_request *request,
                char *path, size_t cap, struct fv_error *error);

/* Delete the least recently used until no more than `bytes` are taken.
 * is_pinned  says of a file's name whether its track is planned */
void store_trim(const struct fv_host *host, int64_t bytes,
                bool (*is_pinned)(void *ctx, const char *name), void *ctx);

/* The name in the folder, without its ending. */
void store_name(const char *uri, char out[40]);

#endif
