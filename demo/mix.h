/* mix.h - the mixing desk: strips into buses, ducking, reverb, echo, the master. */
#ifndef DEMO_MIX_H
#define DEMO_MIX_H

#include <stdint.h>

/* Whole-track buses, interleaved stereo. */
struct mix {
    int64_t frames;
    float *dry;    /* drums: as they are */
    float *ducked; /* all else: makes room for the kick */
    float *reverb, *echo;
    float *duck; /* one gain a frame, for `ducked` */
};

/* Where a sound goes. Sends are shares of what goes to the bus. */
struct strip {
    float gain;
    float pan; /* -1 left .. 1 right */
    float reverb, echo;
    int is_drum; /* to `dry` */
};

struct mastering {
    float bpm;
    float reverb_s;   /* time to fall by 60 dB */
    float echo_beats; /* of the echo */
    float drive;      /* of the master's saturation, 1 = little */
    float target_lufs;
};

/* returns 0 or -ENOMEM */
int mix_init(struct mix *mix, int64_t frames);
void mix_release(struct mix *mix);

/* Add one stereo frame; frames outside of the track are dropped. */
void mix_add(struct mix *mix, const struct strip *strip, int64_t at, float left,
             float right);

/* A kick at `at`: pull the ducked bus down by `depth` and let it back within `release_s`.
 */
void mix_duck(struct mix *mix, int64_t at, float depth, float release_s);

/* Sum all to `dry`, at the wanted loudness, below -1 dBTP. returns 0 or -ENOMEM */
int mix_master(struct mix *mix, const struct mastering *how);

#endif
