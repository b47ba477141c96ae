/* playlist.h - .m3u, .m3u8 and .pls; relative names start from the playlist's folder. */
#ifndef PLAYLIST_H
#define PLAYLIST_H

#include "listing.h"

bool playlist_has_name(const char *path);

/* How a line is looked up that is no path: source_find(). */
typedef int playlist_find(struct listing *listing, const char *uri, struct item *item,
                          struct fv_error *error);

/* Add its tracks. returns  0; -ECANCELED; or -errno with error filled */
int playlist_read(struct listing *listing, const char *path, playlist_find *find,
                  struct fv_error *error);

#endif
