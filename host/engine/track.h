/* track.h - a track of the show: what it is called, where it lies, what was found in it.
 *
 * Never changed once it is shared; counted references, any thread.
 */
#ifndef TRACK_H
#define TRACK_H

#include "file_hash.h"

#include <forever/codec.h>
#include <forever/track.h>
#include <jansson.h>
#include <stdatomic.h>

struct track {
    atomic_int references;
    char *id;  /* of this playing; NULL while it is only known */
    char *uri; /* as the brain names it */
    char *path;
    char hash[FILE_HASH];
    char *title, *artist, *album, *genre;
    char *why;      /* why the brain chose it */
    char *license;  /* as its source states it; "" = none */
    int64_t length; /* PCM frames */
    uint32_t source_rate;
    int file; /* open for as long as the track lives, so that it may be deleted; or -1 */
    struct fv_analysis *finding;
    struct fv_track abi; /* the same for plugins */
};

/* A new track with one reference. `finding` is given and may be NULL; an empty title
 * becomes the file's name. */
struct track *track_new(const char *uri, const char *path, const char *hash,
                        const struct fv_media *media, struct fv_analysis *finding);

/* The same track for one playing: its own id, its file held open. */
struct track *track_play(const struct track *track, const char *id, const char *why);

/* Call it as its source does; empty texts change nothing. Before it is shared. */
void track_call(struct track *track, const char *title, const char *artist,
                const char *license);

/* The name of a path's or an address's file, for one that has no title. */
void track_file_name(const char *path, char *out, size_t cap);

struct track *track_hold(struct track *track);
void track_drop(struct track *track);

/* A path that opens the file even when its name is gone. */
void track_open_path(const struct track *track, char *path, size_t cap);

/* What the timeline shows of it, and what finds it again: id, uri, path, hash, ... */
json_t *track_json(const struct track *track);

/* The shape of /waveform/ID.json. */
json_t *track_wave_json(const struct track *track);

/* The shape of `analyze --json`. */
json_t *track_analysis_json(const struct track *track, uint32_t analysis_version);

#endif
