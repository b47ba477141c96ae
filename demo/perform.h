/* perform.h - play a composed song into a mix. */
#ifndef DEMO_PERFORM_H
#define DEMO_PERFORM_H

#include "compose.h"
#include "mix.h"

/* mix      given on success: mix_release frees it; its dry bus is the finished track
 * returns  0 or -ENOMEM */
int perform(const struct song *song, struct mix *mix);

#endif
