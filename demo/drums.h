/* drums.h - drum sounds, each struck once into the mix. */
#ifndef DEMO_DRUMS_H
#define DEMO_DRUMS_H

#include "dsp.h"
#include "mix.h"

/* How the drums of a style sound. */
struct kit {
    float kick_hz;    /* where the kick's body settles */
    float kick_sweep; /* how many times higher it begins */
    float kick_decay; /* seconds */
    float kick_click; /* 0..1 */
    float snare_hz, snare_decay, snare_noise;
    float clap; /* 0: snare alone, 1: clap alone */
    float hat_hz, hat_decay;
    float room; /* reverb on snare and clap */
};

/* `at` is the frame at which the attack begins; velocity 0..1. */
void drum_kick(struct mix *mix, const struct kit *kit, int64_t at, float velocity);
void drum_snare(struct mix *mix, const struct kit *kit, int64_t at, float velocity,
                struct rng *rng);
void drum_hat(struct mix *mix, const struct kit *kit, int64_t at, float velocity,
              int is_open, struct rng *rng);
void drum_perc(struct mix *mix, int64_t at, float velocity, float hz, float pan);
void drum_crash(struct mix *mix, int64_t at, float velocity, struct rng *rng);

/* Noise that rises over `length` frames and stops. */
void drum_riser(struct mix *mix, int64_t at, int64_t length, float velocity,
                struct rng *rng);

#endif
