/* air.h - what is on air, who hears it, and what is told of it.
 *
 * The front fills it by its clock, the engine's link by what the engine sends, the routes
 * by who comes to listen. One thread.
 */
#ifndef AIR_H
#define AIR_H

#include "bytes.h"
#include "config.h"
#include "stream.h"
#include "timeline.h"
#include "waves.h"
#include "wheel.h"

struct air {
    struct config config;
    struct stream stream;
    struct timeline timeline;
    struct waves waves;
    struct wheel wheel;
    json_t *queue, *plugins; /* as the engine last said */
    struct {
        int pid;
        bool is_ready;
        uint64_t restarts;
    } engine;
    const char *address;      /* HOST:PORT of the server; borrowed */
    double started;           /* unix seconds of frame 0 as sent; 0 = not yet */
    uint64_t opened_ns;       /* when the process began */
    bool is_dry, is_draining; /* no new listeners, and it ends with the last */
    bool has_listener_news;   /* for /events: their number has changed */
};

void air_release(struct air *air);

/* The frame that is sent now, and its number as the engine counts. */
uint64_t air_edge(const struct air *air);
uint64_t air_made_edge(const struct air *air);

/* Seconds of finished audio that are not sent yet. */
double air_buffered_s(const struct air *air);

struct listener_view air_view(const struct air *air);

/* Why nothing flows; NULL = audio flows. */
const char *air_fault(const struct air *air);

/* The numbers that people and programs ask for. New references. */
json_t *air_status(const struct air *air);
json_t *air_now(const struct air *air);
json_t *air_timeline(const struct air *air);

/* What /events says of them. New references; NULL = nothing is on air. */
json_t *air_segment(const struct air *air);
json_t *air_title(const struct air *air);
json_t *air_listeners(const struct air *air);

/* What the engine said comes next, without what has begun meanwhile. New reference. */
json_t *air_queue(const struct air *air);

/* Prometheus text. */
void air_metrics(const struct air *air, struct bytes *text);

#endif
