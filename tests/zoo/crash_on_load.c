/* crash_on_load.c - dies while it is mapped. */
#include "zoo.h"

MISBEHAVE
{
    crash();
}

PLUGIN(mixer);
