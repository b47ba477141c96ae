/* synth.c - see synth.h. */
#include "synth.h"

enum {
    VOICES = 7,
    CONTROL = 16, /* frames between two settings of the filter */
};

struct voice {
    const struct patch *patch;
    int count;
    float phase[VOICES], step[VOICES];
    float sub_phase, sub_step, modulator;
    struct svf filter[2];
    float opening; /* of the filter, falls from 1 to 0 */
    float opening_fall;
    float level, level_fall; /* of the amplitude, from 1 to sustain */
    float wobble_phase;
};

static void voice_init(struct voice *v, const struct patch *patch,
                       const struct note *note, struct rng *rng)
{
    *v = (struct voice){
        .patch = patch, .count = patch->voices, .opening = 1.0f, .level = 1.0f};
    for (int k = 0; k < v->count; k++) {
        float spread = v->count > 1 ? (float)k / (float)(v->count - 1) - 0.5f : 0.0f;
        v->step[k] = midi_step(note->pitch + spread * patch->detune / 100.0f);
        v->phase[k] = v->count > 1 ? rng_unit(rng) : 0.0f;
    }
    v->sub_step = midi_step(note->pitch);
    v->opening_fall = patch->env_decay > 0.0f ? decay_factor(patch->env_decay) : 1.0f;
    v->level_fall = patch->decay > 0.0f ? decay_factor(patch->decay) : 1.0f;
    v->wobble_phase = patch->wobble_hz > 0.0f ? rng_unit(rng) : 0.0f;
}

static void voice_tune(struct voice *v, const struct note *note)
{
    const struct patch *p = v->patch;
    float wobble = osc_sine(&v->wobble_phase, p->wobble_hz * CONTROL / RATE);
    float octaves = p->env_octaves * v->opening * (0.5f + 0.5f * note->velocity) +
                    p->wobble_octaves * wobble + log2f(note->brightness);
    float hz = p->cutoff_hz * exp2f(octaves);
    svf_tune(&v->filter[0], hz, p->resonance);
    v->filter[1].g = v->filter[0].g;
    v->filter[1].k = v->filter[0].k;
    v->filter[1].a1 = v->filter[0].a1;
}

/* The raw waves of one frame. */
static void voice_oscillate(struct voice *v, float out[2])
{
    const struct patch *p = v->patch;
    out[0] = out[1] = 0.0f;
    if (p->fm > 0.0f) {
        float bend =
            p->fm * v->level * v->opening * osc_sine(&v->modulator, v->sub_step * 2.0f);
        float phase = phase_advance(&v->phase[0], v->sub_step) + bend / TAU + 8.0f;
        phase -= floorf(phase);
        out[0] = out[1] = osc_sine(&phase, 0.0f);
        return;
    }
    for (int k = 0; k < v->count; k++) {
        float wave = p->square > 0.0f ? p->square * osc_square(&v->phase[k], v->step[k])
                                      : osc_saw(&v->phase[k], v->step[k]);
        out[k & 1] += wave;
    }
    if (v->count == 1) {
        out[1] = out[0];
        return;
    }
    /* An odd voice out sits in the middle; both sides are equally loud. */
    float scale = 1.4f / sqrtf((float)v->count);
    float left = out[0] * scale, right = out[1] * scale;
    out[0] = left + 0.25f * right;
    out[1] = right + 0.25f * left;
}

void synth_note(struct mix *mix, const struct strip *strip, const struct patch *patch,
                const struct note *note, struct rng *rng)
{
    struct voice v;
    voice_init(&v, patch, note, rng);
    const int64_t attack = (int64_t)(fmaxf(patch->attack, 0.001f) * RATE);
    const int64_t release = (int64_t)(fmaxf(patch->release, 0.004f) * RATE);
    const int64_t length = note->length + release;
    for (int64_t i = 0; i < length; i++) {
        if (i % CONTROL == 0)
            voice_tune(&v, note);
        float out[2];
        voice_oscillate(&v, out);
        float sub =
            patch->sub > 0.0f ? patch->sub * osc_sine(&v.sub_phase, v.sub_step) : 0.0f;
        float amp = patch->sustain + (1.0f - patch->sustain) * v.level;
        amp *= note->velocity * envelope_trapeze(i, length, attack, release);
        for (int c = 0; c < 2; c++) {
            out[c] = svf_run(&v.filter[c], out[c]).low + sub;
            if (patch->drive > 0.0f)
                out[c] = soft_clip(out[c] * (1.0f + 3.0f * patch->drive));
            out[c] *= amp;
        }
        mix_add(mix, strip, note->at + i, out[0], out[1]);
        v.opening *= v.opening_fall;
        v.level *= v.level_fall;
    }
}
