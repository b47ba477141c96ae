/* pacer.h - the clock of the stream: which frame is due.
 *
 * Integer arithmetic from the monotonic clock, never an accumulated sum, so that the
 * drift after any time is 0.
 */
#ifndef PACER_H
#define PACER_H

#include <stdbool.h>
#include <stdint.h>

struct pacer {
    bool is_running;
    uint64_t start_ns, first; /* frame `first` is due at start_ns */
};

void pacer_start(struct pacer *pacer, uint64_t now_ns, uint64_t first);

/* The live edge: frames before it are due. `first` while not running, or before it is. */
uint64_t pacer_edge(const struct pacer *pacer, uint64_t now_ns);

/* Frames in a number of seconds, rounded up. */
uint64_t pacer_frames(double seconds);

#endif
