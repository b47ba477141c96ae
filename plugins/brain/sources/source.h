/* source.h - where tracks come from, whatever it is.
 *
 * A crate names its sources by text: a folder, a playlist, a feed, or a service by name
 * ("audius:trending?genre=House"). Reading one adds items to the crate; what can't be
 * read is one line in the log, once.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "listing.h"

/* Read one source of the crate. returns  0; -ECANCELED; or -errno with error filled */
int source_read(struct listing *listing, const char *text, struct fv_error *error);

/* One track by its uri: a path, an address, or NAME:ID.
 * item     filled, item_release frees it
 * returns  as source_read; -ENOENT, -EPROTONOSUPPORT */
int source_find(struct listing *listing, const char *uri, struct item *item,
                struct fv_error *error);

/* Fetch a track's audio into the store by the first of its streams that works.
 * returns  as store_fetch */
int source_fetch(struct listing *listing, const char *uri, const char *streams,
                 char *path, size_t cap, struct fv_error *error);

#endif
