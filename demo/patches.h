/* patches.h - the sounds that styles choose from. Data only. */
#ifndef DEMO_PATCHES_H
#define DEMO_PATCHES_H

#include "synth.h"

extern const struct patch bass_round, bass_saw, bass_acid, bass_reese, bass_organ,
    bass_sub;
extern const struct patch chord_stab, chord_dub, chord_keys, chord_organ, chord_super;
extern const struct patch pad_warm, pad_dark, pad_glass;
extern const struct patch pluck_soft, pluck_bright, pluck_bell;
extern const struct patch lead_super, lead_soft, lead_acid, lead_brass;

#endif
