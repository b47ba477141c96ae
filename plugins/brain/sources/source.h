/* source.h - where tracks come from: the small interface that every source has.
 *
 * A crate names its sources by text: a folder, a playlist, a feed, or a source by name
 * ("audius:trending?genre=House"). Reading one adds items to the crate; what can't be
 * read is one line in the log, once.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "crate.h"

#include "http.h"

#include <forever/host.h>
#include <jansson.h>

#define SOURCE_URL 2048

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
    char token[1000]; /* of a source that wants one, while it lasts */
};

/* An address, and a header that goes with it. */
struct way_in {
    char url[SOURCE_URL];
    char header[1024]; /* "" = none */
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

    /* How to ask for the audio of a track whose streams name it as NAME:ID, so that keys
     * and tokens are put in at the last moment and kept nowhere.
     * returns  0 with *way filled; or as list */
    int (*stream)(struct listing *listing, const char *id, struct way_in *way,
                  struct fv_error *error);
};

/* Read one source of the crate, whatever it is. returns as list */
int source_read(struct listing *listing, const char *text, struct fv_error *error);

/* One track by its uri: a path, or NAME:ID. returns as find; -ENOENT, -EPROTONOSUPPORT */
int source_find(struct listing *listing, const char *uri, struct item *item,
                struct fv_error *error);

/* Fetch a track's audio into the store by the first of its streams that works.
 * returns  as store_fetch */
int source_fetch(struct listing *listing, const char *uri, const char *streams,
                 char *path, size_t cap, struct fv_error *error);

/* Log a complaint, if it is a new one. */
void source_say(struct listing *listing, const char *line);

extern const struct source audius_source, jamendo_source, ccmixter_source, archive_source,
    soundcloud_source;

/* feed.c: a JSON feed by file or address. */
bool feed_has_name(const char *text);
int feed_read(struct listing *listing, const char *text, struct fv_error *error);

/* folder.c: search a folder; links are followed, parts that can't be read are logged. */
int folder_read(struct listing *listing, const char *folder);
bool folder_has_audio_name(const char *path);

/* playlist.c: .m3u, .m3u8 and .pls; relative names start from the playlist's folder. */
bool playlist_has_name(const char *path);
int playlist_read(struct listing *listing, const char *path, struct fv_error *error);

#endif
