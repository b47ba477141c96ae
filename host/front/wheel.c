/* wheel.c - slots are doubly linked lists; a late wake-up serves each slot once at most.
 */
#include "wheel.h"

uint64_t wheel_tick_ms(size_t count)
{
    uint64_t ms = count / 4;
    return ms < 100 ? 100 : ms > 1000 ? 1000 : ms;
}

void wheel_add(struct wheel *wheel, struct listener *listener)
{
    struct listener **slot = &wheel->slots[wheel->join_slot];
    wheel->join_slot = (wheel->join_slot + 1) % WHEEL_SLOTS;
    listener->id = ++wheel->next_id;
    listener->next = *slot;
    listener->link = slot;
    if (*slot)
        (*slot)->link = &listener->next;
    *slot = listener;
    wheel->count++;
    wheel->total++;
}

void wheel_remove(struct wheel *wheel, struct listener *listener)
{
    *listener->link = listener->next;
    if (listener->next)
        listener->next->link = listener->link;
    listener->next = NULL;
    listener->link = NULL;
    wheel->count--;
    wheel->jumps += listener->jumps;
}

void wheel_turn(struct wheel *wheel, const struct listener_view *view, uint64_t now_ns,
                void (*on_gone)(struct listener *listener, int error))
{
    uint64_t slot_ns = wheel_tick_ms(wheel->count) * 1000000 / WHEEL_SLOTS;
    uint64_t due = (now_ns - wheel->turned_ns) / slot_ns;
    wheel->turned_ns += due * slot_ns;
    if (due > WHEEL_SLOTS)
        due = WHEEL_SLOTS; /* slept through whole ticks: once round is enough */
    for (; due > 0; due--) {
        struct listener *listener = wheel->slots[wheel->slot++ % WHEEL_SLOTS];
        while (listener) {
            struct listener *next = listener->next;
            int rc = listener_serve(listener, view);
            if (rc) {
                wheel_remove(wheel, listener);
                on_gone(listener, rc);
            }
            listener = next;
        }
    }
}

uint64_t wheel_jumps(const struct wheel *wheel)
{
    uint64_t jumps = wheel->jumps;
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        for (const struct listener *l = wheel->slots[i]; l; l = l->next)
            jumps += l->jumps;
    return jumps;
}

struct listener *wheel_find(const struct wheel *wheel, uint64_t id)
{
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        for (struct listener *l = wheel->slots[i]; l; l = l->next)
            if (l->id == id)
                return l;
    return NULL;
}
