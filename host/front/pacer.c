/* pacer.c - 44100/1152 frames a second are 1225 in 32 s exactly; whole spans of 32 s are
 * taken out first, so that the product stays far below 2^64 for centuries. */
#include "pacer.h"

#include <math.h>

#define SPAN_FRAMES 1225u
#define SPAN_NS 32000000000u

void pacer_start(struct pacer *pacer, uint64_t now_ns, uint64_t first)
{
    *pacer = (struct pacer){.is_running = true, .start_ns = now_ns, .first = first};
}

uint64_t pacer_edge(const struct pacer *pacer, uint64_t now_ns)
{
    if (!pacer->is_running || now_ns < pacer->start_ns)
        return pacer->first;
    uint64_t elapsed = now_ns - pacer->start_ns;
    uint64_t spans = elapsed / SPAN_NS, rest = elapsed % SPAN_NS;
    return pacer->first + spans * SPAN_FRAMES + rest * SPAN_FRAMES / SPAN_NS;
}

uint64_t pacer_frames(double seconds)
{
    return (uint64_t)ceil(seconds * 44100 / 1152);
}
