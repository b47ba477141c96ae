/* drums.c - see drums.h. */
#include "drums.h"

enum { FADE = 200 }; /* frames at a sound's end, against clicks */

static float fade_out(int64_t i, int64_t length)
{
    return length - i < FADE ? (float)(length - i) / FADE : 1.0f;
}

void drum_kick(struct mix *mix, const struct kit *kit, int64_t at, float velocity)
{
    const struct strip strip = {.gain = 0.72f * velocity, .is_drum = 1};
    const int64_t length = (int64_t)(kit->kick_decay * 4.0f * RATE);
    const float fall = decay_factor(0.026f), body = decay_factor(0.6f * kit->kick_decay);
    const float click_fall = decay_factor(0.0025f);
    struct rng rng = {7};
    float phase = 0.0f, sweep = kit->kick_sweep - 1.0f, amp = 1.0f,
          click = kit->kick_click;
    for (int64_t i = 0; i < length; i++) {
        float step = kit->kick_hz * (1.0f + sweep) / RATE;
        float tone = amp * soft_clip(1.8f * osc_sine(&phase, step));
        float snap = click * (0.5f * rng_noise(&rng) + (i < 40 ? 0.5f : 0.0f));
        float out = (tone + snap) * fade_out(i, length);
        mix_add(mix, &strip, at + i, out, out);
        sweep *= fall;
        click *= click_fall;
        if (i > RATE / 50)
            amp *= body;
    }
}

/* Three quick hands, then a tail. */
static float clap_shape(int64_t i)
{
    static const float starts[3] = {0.0f, 0.010f, 0.021f};
    float t = (float)i / RATE, shape = 0.0f;
    for (int k = 0; k < 3; k++)
        if (t >= starts[k])
            shape = expf(-(t - starts[k]) / (k == 2 ? 0.075f : 0.006f));
    return shape;
}

void drum_snare(struct mix *mix, const struct kit *kit, int64_t at, float velocity,
                struct rng *rng)
{
    const struct strip strip = {
        .gain = 0.72f * velocity, .reverb = kit->room, .is_drum = 1};
    const int64_t length = (int64_t)((kit->snare_decay * 5.0f + 0.25f) * RATE);
    const float tail = decay_factor(kit->snare_decay), body = decay_factor(0.06f);
    struct svf bright[2] = {0}, dull[2] = {0}, clap[2] = {0};
    for (int c = 0; c < 2; c++) {
        svf_tune(&bright[c], 1500.0f, 0.1f);
        svf_tune(&dull[c], 6500.0f, 0.0f);
        svf_tune(&clap[c], 1250.0f, 0.45f);
    }
    float phase = 0.0f, phase2 = 0.0f, noise = 1.0f, tone = 1.0f;
    for (int64_t i = 0; i < length; i++) {
        float bend = 1.0f + 0.5f * tone * tone;
        float drum =
            tone * (0.7f * osc_sine(&phase, kit->snare_hz * bend / RATE) +
                    0.35f * osc_sine(&phase2, kit->snare_hz * 1.58f * bend / RATE));
        float hands = 2.2f * kit->clap * clap_shape(i);
        float out[2];
        for (int c = 0; c < 2; c++) {
            float white = rng_noise(rng);
            float wires = svf_run(&dull[c], svf_run(&bright[c], white).high).low;
            wires *= noise * kit->snare_noise;
            out[c] = (1.0f - kit->clap) * (drum + wires) +
                     hands * svf_run(&clap[c], white).band;
            out[c] *= fade_out(i, length);
        }
        mix_add(mix, &strip, at + i, out[0], out[1]);
        noise *= tail;
        tone *= body;
    }
}

void drum_hat(struct mix *mix, const struct kit *kit, int64_t at, float velocity,
              int is_open, struct rng *rng)
{
    static const float partials[6] = {1.0f, 1.342f, 1.232f, 1.631f, 1.954f, 2.427f};
    const struct strip strip = {.gain = 0.33f * velocity,
                                .pan = is_open ? -0.2f : 0.25f,
                                .reverb = 0.05f,
                                .is_drum = 1};
    const float decay =
        kit->hat_decay * (is_open ? 5.0f : 1.0f) * (0.8f + 0.4f * velocity);
    const int64_t length = (int64_t)(decay * 5.0f * RATE) + FADE;
    const float fall = decay_factor(decay);
    float phases[6], amp = 1.0f;
    for (int k = 0; k < 6; k++)
        phases[k] = rng_unit(rng);
    struct svf high = {0};
    svf_tune(&high, kit->hat_hz, 0.2f);
    for (int64_t i = 0; i < length; i++) {
        float metal = 0.0f;
        for (int k = 0; k < 6; k++)
            metal += phase_advance(&phases[k], 540.0f * partials[k] / RATE) < 0.5f
                         ? 0.2f
                         : -0.2f;
        float out = svf_run(&high, metal + 0.6f * rng_noise(rng)).high * amp;
        out *= fade_out(i, length);
        mix_add(mix, &strip, at + i, out, 0.9f * out);
        amp *= fall;
    }
}

void drum_perc(struct mix *mix, int64_t at, float velocity, float hz, float pan)
{
    const struct strip strip = {.gain = 0.3f * velocity,
                                .pan = pan,
                                .reverb = 0.25f,
                                .echo = 0.12f,
                                .is_drum = 1};
    const int64_t length = RATE / 3;
    const float fall = decay_factor(0.05f);
    float phase = 0.0f, amp = 1.0f;
    for (int64_t i = 0; i < length; i++) {
        float out = amp * osc_sine(&phase, hz * (1.0f + 0.6f * amp * amp) / RATE);
        out *= fade_out(i, length);
        mix_add(mix, &strip, at + i, out, out);
        amp *= fall;
    }
}

void drum_crash(struct mix *mix, int64_t at, float velocity, struct rng *rng)
{
    const struct strip strip = {.gain = 0.28f * velocity, .reverb = 0.3f, .is_drum = 1};
    const int64_t length = RATE * 3;
    const float fall = decay_factor(0.7f);
    struct svf high[2] = {0};
    svf_tune(&high[0], 4200.0f, 0.1f);
    svf_tune(&high[1], 4600.0f, 0.1f);
    float amp = 1.0f;
    for (int64_t i = 0; i < length; i++) {
        float left = svf_run(&high[0], rng_noise(rng)).high * amp;
        float right = svf_run(&high[1], rng_noise(rng)).high * amp;
        float fade = fade_out(i, length);
        mix_add(mix, &strip, at + i, left * fade, right * fade);
        amp *= fall;
    }
}

void drum_riser(struct mix *mix, int64_t at, int64_t length, float velocity,
                struct rng *rng)
{
    const struct strip strip = {.gain = 0.3f * velocity, .reverb = 0.3f};
    struct svf band[2] = {0};
    for (int64_t i = 0; i < length; i++) {
        float share = (float)i / (float)length;
        if (i % 32 == 0)
            for (int c = 0; c < 2; c++)
                svf_tune(&band[c], 300.0f * exp2f(4.6f * share + 0.1f * (float)c), 0.6f);
        float amp = share * share * fade_out(i, length);
        mix_add(mix, &strip, at + i, amp * svf_run(&band[0], rng_noise(rng)).band,
                amp * svf_run(&band[1], rng_noise(rng)).band);
    }
}
