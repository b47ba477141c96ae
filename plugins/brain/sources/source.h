/* source.h - where tracks come from: the small interface that every source has.
 *
 * A crate names its sources by text: a folder, a playlist, a feed, or a source by name
 * ("audius:trending?genre=House"). Reading one adds items to the crate; what can't be
 * read is one line in the log, once.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "crate.h"

#include <forever/host.h>

struct http;

/* Complaints that were made already: the crate is read again and again. */
struct said {
    uint64_t hashes[256];
    size_t count;
};

struct listing {
    struct crate *crate;
    const struct fv_host *host;
    struct said *said;
    struct http *http; /* NULL: no network */
};

struct source {
    const char *name; /* before the colon */

    /* Add what the rest of the text names ("trending?genre=House").
     * returns  0; -ECANCELED; or -errno with error filled */
    int (*list)(struct listing *listing, const char *rest, struct fv_error *error);

    /* One track by its id there, for a request; NULL: there is no such way.
     * item     filled, item_release frees it
     * returns  as list */
    int (*find)(struct listing *listing, const char *id, struct item *item,
                struct fv_error *error);
};

/* Read one source of the crate, whatever it is. returns as list */
int source_read(struct listing *listing, const char *text, struct fv_error *error);

/* One track by its uri: a path, or NAME:ID. returns as find; -ENOENT, -EPROTONOSUPPORT */
int source_find(struct listing *listing, const char *uri, struct item *item,
                struct fv_error *error);

/* Log a complaint, if it is a new one. */
void source_say(struct listing *listing, const char *line);

/* folder.c: search a folder; links are followed, parts that can't be read are logged. */
int folder_read(struct listing *listing, const char *folder);
bool folder_has_audio_name(const char *path);

/* playlist.c: .m3u, .m3u8 and .pls; relative names start from the playlist's folder. */
bool playlist_has_name(const char *path);
int playlist_read(struct listing *listing, const char *path, struct fv_error *error);

#endif
