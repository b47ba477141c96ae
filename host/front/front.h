/* front.h - the front process: owns the loop, every socket and the frames.
 *
 * Runs on one thread, does short bounded work only, and never maps a plugin.
 */
#ifndef FRONT_H
#define FRONT_H

#include "admin.h"
#include "config.h"
#include "engine_link.h"
#include "server.h"
#include "stream.h"
#include "timeline.h"
#include "wheel.h"

struct front_options {
    const char *config_path; /* NULL = none */
    json_t *overrides;       /* object, dotted names of the command line; borrowed */
    const char *admin_path, *plugins_dir, *state_dir;
    int (*engine_main)(int fd); /* for one process; NULL = start a second one */
};

struct front {
    uv_loop_t loop;
    const struct front_options *options;
    struct config config;
    struct stream stream;
    struct timeline timeline;
    struct wheel wheel;
    struct server server;
    struct admin admin;
    struct engine_link link;
    uv_timer_t tick;
    uv_signal_t signals[3];
    json_t *queue, *plugins; /* as the engine last said */
    char run_dir[256];
    double started;                    /* unix seconds of frame 0 as sent; 0 = not yet */
    uint64_t opened_ns;                /* when the process began */
    uint64_t swept_ms;                 /* when slow things were last looked at */
    char title[TIMELINE_TITLE];        /* last said on /events ... */
    char logged_title[TIMELINE_TITLE]; /* ... and in the log */
    int64_t on_air;                    /* start of the segment last said on /events */
    bool is_dry, has_listener_news, wants_stop;
    int status; /* exit status */
};

/* Serve until told to stop. returns the exit status */
int front_run(const struct front_options *options);

/* Close everything; front_run returns when that is done. */
void front_stop(struct front *front);

/* Read the configuration again. returns 0 or -errno with error filled */
int front_reload_config(struct front *front, struct config_error *error);

/* The configuration with the command line's values in place. */
int front_load_config(const struct front_options *options, struct config *config,
                      struct config_error *error);

struct listener_view front_view(const struct front *front);

/* The number of listeners has changed. */
void front_note_listeners(struct front *front);

/* Why nothing flows; NULL = audio flows. */
const char *front_fault(const struct front *front);

/* Someone new reads /events: say again what is on air. */
void front_greet(struct front *front);

/* Prometheus text. */
void front_metrics(const struct front *front, struct bytes *text);

/* The numbers that people and programs ask for. New reference. */
json_t *front_status(const struct front *front);
json_t *front_now(const struct front *front);

/* What the engine said comes next, without what has begun meanwhile. New reference. */
json_t *front_queue(const struct front *front);

#endif
