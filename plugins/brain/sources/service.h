/* service.h - an online service that has tracks: the small interface that each has. */
#ifndef SERVICE_H
#define SERVICE_H

#include "listing.h"

/* An address, and a header that goes with it. */
struct way_in {
    char url[LISTING_URL];
    char header[1024]; /* "" = none */
};

struct service {
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

extern const struct service audius_service, jamendo_service, ccmixter_service,
    archive_service, soundcloud_service;

#endif
