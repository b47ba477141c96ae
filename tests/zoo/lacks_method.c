/* lacks_method.c - opens renders that no one can close. */
#include "zoo.h"

MISBEHAVE
{
    mixer.close = NULL;
}

PLUGIN(mixer);
