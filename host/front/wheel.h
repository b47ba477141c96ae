/* wheel.h - all listeners, spread over slots, each served once a tick.
 *
 * A send costs 7 to 12 microseconds whatever its size, so the tick decides the cost: it
 * is 100 ms for a few listeners and stretches to 1000 ms with the crowd.
 */
#ifndef WHEEL_H
#define WHEEL_H

#include "listener.h"

#define WHEEL_SLOTS 20

struct wheel {
    struct listener *slots[WHEEL_SLOTS];
    uint64_t turned_ns; /* time up to which slots have been served */
    size_t slot;        /* the next to be served */
    size_t count, join_slot;
    uint64_t next_id, total;
    uint64_t jumps; /* of listeners that are gone */
};

/* Milliseconds of a tick for so many listeners. */
uint64_t wheel_tick_ms(size_t count);

void wheel_add(struct wheel *wheel, struct listener *listener);
void wheel_remove(struct wheel *wheel, struct listener *listener);

/* Serve the slots that are due at now_ns. `on_gone` is called for each listener that is
 * lost, after it was taken out of the wheel. */
void wheel_turn(struct wheel *wheel, const struct listener_view *view, uint64_t now_ns,
                void (*on_gone)(struct listener *listener, int error));

/* Jumps of all listeners, those that are gone as well. */
uint64_t wheel_jumps(const struct wheel *wheel);

/* The listener with this number, or NULL. */
struct listener *wheel_find(const struct wheel *wheel, uint64_t id);

#endif
