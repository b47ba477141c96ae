/* short_table.c - a brain of a time before wishes: behind its table lies something else,
 * which the host must not take for a method. A good plugin. */
#include "zoo.h"

static int not_a_method(struct fv_brain *self, const char *verb, const char *argument,
                        char *reply, size_t cap, struct fv_error *error)
{
    (void)self;
    (void)verb;
    (void)argument;
    (void)reply;
    (void)cap;
    (void)error;
    crash();
    return 0;
}

MISBEHAVE
{
    brain.struct_size = offsetof(struct fv_brain_methods, wish);
    brain.wish = not_a_method;
}

PLUGIN(brain);
