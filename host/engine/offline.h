/* offline.h - the engine's rooms without a front: for render, analyze and order.
 */
#ifndef OFFLINE_H
#define OFFLINE_H

#include "slot.h"

#include <jansson.h>

struct offline_options {
    json_t *config;          /* the whole tree; borrowed */
    const char *plugins_dir; /* where brain.so, mixer.so and codec.so are */
    const char *state_dir;   /* of the library; borrowed */
};

struct offline {
    struct settings settings;
    struct services services;
    struct library *library;
    struct generation *plugins[KINDS];
};

/* returns 0 or -errno with error filled */
int offline_open(struct offline *offline, const struct offline_options *options,
                 struct fv_error *error);
void offline_close(struct offline *offline);

/* A line on a terminal that is written over again and again; nothing elsewhere. */
void progress_show(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);

#endif
