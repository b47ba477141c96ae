/* voice.h - one part of a segment as it sounds before any gain: the track along its warp.
 *
 * Where the warp runs at the recorded speed from a whole frame, the samples are those of
 * the recording, bit for bit. Elsewhere the recording is cut into stretches that play at
 * the recorded speed and pitch and are joined where they fit: just before attacks, which
 * are so left whole and on time, and between them where waves agree. What is joined where
 * follows from the segment's start, so that it comes out the same from any offset.
 */
#ifndef VOICE_H
#define VOICE_H

#include <forever/mixer.h>
#include <stdbool.h>

#define VOICE_PHASES 32 /* steps between two frames */
#define VOICE_TAPS 16   /* of the interpolator */

/* Track frame minus segment frame: whole frames and steps between two. */
struct place {
    int64_t frames;
    int phase; /* 0..VOICE_PHASES - 1 */
};

struct join {
    int64_t begin, end; /* segment frames */
    struct place fresh; /* behind it */
    float alike;
};

struct voice {
    const struct fv_pcm *pcm;
    const struct fv_warp *warp;
    uint32_t warp_count;
    int64_t length; /* of the segment */
    bool is_plain;
    int64_t pos;        /* next frame to read */
    struct place place; /* until the next join */
    struct join next;   /* end 0: none is known yet */
    int64_t searched;   /* joins are known up to here */
    uint32_t slot_warp; /* the next place where a join may be made */
    int slot_step;
    int64_t echo_at, echo_beat; /* voice_echo; beat 0: none */
    float taps[VOICE_PHASES][VOICE_TAPS];
};

/* Get ready to read from `pos` on, which may lie before the segment.
 * returns 0 or -errno */
int voice_open(struct voice *voice, const struct fv_segment *segment, uint32_t part,
               const struct fv_pcm *pcm, int64_t pos);

/* Let a plain voice end at a segment frame and repeat its last beat from there on. */
void voice_echo(struct voice *voice, int64_t at, int64_t beat);

/* The next frames, at most VOICE_FRAMES. returns 0 or -errno */
#define VOICE_FRAMES 1152
int voice_read(struct voice *voice, float *out, int frames);

/* Track frame that is heard at a segment frame, by the warp. */
double voice_at(const struct voice *voice, double mix);

#endif
