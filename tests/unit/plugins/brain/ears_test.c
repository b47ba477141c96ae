/* ears_test.c - whole analyses of small pieces whose truth is known, and of bad input. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/ears.c"

#include "piece.h"

#define PI 3.14159265358979323846

struct result {
    struct fv_analysis a;
    double beats[4096], downbeats[1024];
    struct fv_section sections[64];
    double mix_in_s, mix_out_s; /* the best; -1: none */
    double power_lufs;          /* of the whole, ungated */
    double last_phrase_s;
    double levels[3]; /* low, mid, high of all features, RMS */
    uint64_t digest;
    int calls, is_finite;
};

static uint64_t digest(uint64_t hash, const void *at, size_t size)
{
    const unsigned char *byte = at;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 0x100000001B3u;
    return hash;
}

static int all_finite(const struct fv_analysis *a)
{
    int good = isfinite(a->bpm) && isfinite(a->loudness_lufs) &&
               isfinite(a->loudness_range_lu) && isfinite(a->true_peak_dbtp) &&
               isfinite(a->energy) && isfinite(a->danceability) &&
               isfinite(a->tuning_cents);
    const float chance[] = {a->tempo_confidence, a->beat_confidence, a->bar_confidence,
                            a->phrase_confidence, a->key_confidence};
    for (int i = 0; i < 5; i++)
        good = good && chance[i] >= 0.0f && chance[i] <= 1.0f;
    for (uint32_t i = 1; i < a->beat_count; i++)
        good = good && a->beats[i] > a->beats[i - 1];
    for (uint32_t i = 0; i < a->feature_count; i++) {
        const float *value = (const float *)&a->features[i];
        for (size_t k = 0; k < sizeof *a->features / sizeof *value; k++)
            good = good && isfinite(value[k]);
    }
    return good;
}

static double lufs_of(const float *power, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++)
        sum += (double)power[i];
    return 10.0 * log10(sum / count) - 0.691;
}

static void add_levels(const struct fv_analysis *a, double out[3])
{
    for (uint32_t i = 0; i < a->feature_count; i++) {
        const float level[3] = {a->features[i].low, a->features[i].mid,
                                a->features[i].high};
        for (int band = 0; band < 3; band++)
            out[band] += (double)level[band] * (double)level[band] / a->feature_count;
    }
    for (int band = 0; band < 3; band++)
        out[band] = sqrt(out[band]);
}

static int keep(void *ctx, const struct fv_analysis *a)
{
    struct result *out = ctx;
    out->a = *a;
    out->calls++;
    out->is_finite = all_finite(a);
    if (a->beat_count <= 4096 && a->downbeat_count <= 1024 && a->beat_count > 0) {
        memcpy(out->beats, a->beats, a->beat_count * sizeof(double));
        memcpy(out->downbeats, a->downbeats, a->downbeat_count * sizeof(double));
    }
    out->mix_in_s = a->mix_in_count > 0 ? a->mix_in[0].time : -1.0;
    out->mix_out_s = a->mix_out_count > 0 ? a->mix_out[0].time : -1.0;
    for (uint32_t i = 0; i < a->section_count && i < 64; i++)
        out->sections[i] = a->sections[i];
    out->last_phrase_s = a->phrase_count > 0 ? a->phrases[a->phrase_count - 1] : -1.0;
    add_levels(a, out->levels);
    out->power_lufs = lufs_of(a->power, a->power_count);
    uint64_t hash = digest(0xCBF29CE484222325u, &a->bpm, sizeof a->bpm);
    hash = digest(hash, a->beats, a->beat_count * sizeof(double));
    hash = digest(hash, a->features, a->feature_count * sizeof *a->features);
    hash = digest(hash, a->wave, a->wave_count * FV_WAVE_BANDS);
    hash = digest(hash, a->power, a->power_count * sizeof *a->power);
    hash = digest(hash, a->unsure, a->unsure_count * sizeof *a->unsure);
    hash = digest(hash, a->fingerprint, a->fingerprint_count * sizeof(uint32_t));
    hash = digest(hash, &a->loudness_lufs, sizeof a->loudness_lufs);
    out->digest = digest(hash, &a->true_peak_dbtp, sizeof a->true_peak_dbtp);
    return 0;
}

static int hear_parts(struct piece *piece, struct result *out, double longest_s)
{
    const struct fv_host host = {.struct_size = sizeof host,
                                 .ctx = piece,
                                 .cancelled = is_cancelled,
                                 .progress = note_progress};
    const struct fv_pcm pcm = {.struct_size = sizeof pcm,
                               .ctx = piece,
                               .length = piece->frames,
                               .read = read_piece};
    const struct fv_analysis_sink sink = {
        .struct_size = sizeof sink, .ctx = out, .found = keep};
    memset(out, 0, sizeof *out);
    piece->reads = 0;
    return analyse_in_parts(&host, &pcm, &sink, (int64_t)(longest_s * FV_RATE));
}

static int hear_piece(struct piece *piece, struct result *out)
{
    return hear_parts(piece, out, EARS_PART_S);
}

/* kind 'k' kick, 's' snare, 'h' hat */
static void hit(struct piece *piece, double time, char kind, double gain)
{
    int64_t at = llrint(time * 44100.0);
    uint32_t state = 12345;
    float before = 0.0f;
    double turn = 0.0;
    for (int64_t i = 0; i < 8000 && at + i < piece->frames; i++) {
        double t = (double)i / 44100.0, x;
        float n = hiss(&state);
        turn += 2.0 * PI * (50.0 + 150.0 * exp(-t / 0.02)) / 44100.0;
        if (kind == 'k')
            x = sin(turn) * exp(-t / 0.12) + 0.3 * (double)n * exp(-t / 0.002);
        else if (kind == 's')
            x = 0.6 * (double)n * exp(-t / 0.08) +
                0.4 * sin(2 * PI * 190 * t) * exp(-t / 0.05);
        else
            x = (double)(n - before) * 0.5 * exp(-t / 0.03);
        before = n;
        for (int side = 0; side < 2; side++)
            if (at + i >= 0)
                piece->samples[2 * (at + i) + side] += (float)(gain * x);
    }
}

/* Four to the floor with claps, hats between that are louder than the kicks, and a bass
 * note that changes with the bar. */
static struct piece house(double bpm, double first, double seconds)
{
    struct piece piece = silence_of(seconds);
    static const double root[4] = {110.0, 82.4, 98.0, 73.4};
    double beat = 60.0 / bpm;
    for (int b = 0; first + b * beat < seconds - 0.5; b++) {
        hit(&piece, first + b * beat, 'k', 0.5);
        hit(&piece, first + (b + 0.5) * beat, 'h', 0.7);
        if (b % 2)
            hit(&piece, first + b * beat, 's', 0.3);
    }
    for (int64_t i = 0; i < piece.frames; i++) {
        double t = (double)i / 44100.0 - first;
        int bar = t < 0 ? 0 : (int)(t / beat / 4.0);
        float tone = (float)(0.12 * sin(2 * PI * root[bar % 4] * t) * (t > 0));
        piece.samples[2 * i] += tone;
        piece.samples[2 * i + 1] += tone;
    }
    return piece;
}

static struct result out; /* large */

static void test_steady_tempo_is_exact(void **state)
{
    (void)state;
    struct piece piece = house(126.37, 0.4, 60.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(fabs(out.a.bpm - 126.37) < 0.01);
    assert_true(out.a.tempo_confidence > 0.7f);
    free(piece.samples);
}

static void test_beats_lie_on_the_kicks_not_on_louder_hats(void **state)
{
    (void)state;
    struct piece piece = house(124.0, 0.25, 60.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(out.a.beat_count > 110);
    for (uint32_t i = 0; i < out.a.beat_count; i++) {
        double at = (out.beats[i] - 0.25) * 124.0 / 60.0;
        double off_s = (at - round(at)) * 60.0 / 124.0;
        if (fabs(off_s) > 0.003)
            fail_msg("beat %u is %.1f ms off", i, off_s * 1000.0);
    }
    free(piece.samples);
}

static void test_bars_begin_with_the_harmony(void **state)
{
    (void)state;
    struct piece piece = house(120.0, 0.5, 64.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_int_equal(out.a.beats_per_bar, 4);
    double at = (out.downbeats[3] - 0.5) / 2.0;
    assert_true(fabs(at - round(at)) < 0.01);
    free(piece.samples);
}

/* Every beat alike, the first at `first`. returns where the first bar begins */
static double first_one_of_kicks(double first)
{
    struct piece piece = silence_of(60.0);
    for (double time = first; time < 59.5; time += 0.5) {
        hit(&piece, time, 'k', 0.5);
        hit(&piece, time + 0.25, 'h', 0.3);
    }
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(fabs(out.a.bpm - 120.0) < 0.1);
    free(piece.samples);
    return out.downbeats[0];
}

static void test_a_bar_begins_with_the_sound_or_with_the_file(void **state)
{
    (void)state;
    assert_true(fabs(first_one_of_kicks(1.7) - 1.7) < 0.01);
    assert_true(fabs(first_one_of_kicks(1.5) - 2.0) < 0.01); /* three beats of rest */
}

/* 32 bars, and their last sound fades. */
static void test_what_rings_on_begins_no_phrase(void **state)
{
    (void)state;
    struct piece piece = house(120.0, 0.5, 66.5);
    int64_t end = llrint(64.4 * FV_RATE), ring = llrint(0.5 * FV_RATE);
    for (int64_t i = end; i < piece.frames; i++) {
        double gain = exp(-5.0 * (double)(i - end) / (double)ring);
        for (int side = 0; side < 2; side++)
            piece.samples[2 * i + side] =
                (float)(gain * 0.12 * sin(2 * PI * 110.0 * (double)i / FV_RATE));
    }
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(out.a.phrase_count > 0);
    assert_true(out.last_phrase_s < 60.0);
    assert_true(fabs(out.beats[out.a.beat_count - 1] - 64.0) < 0.01);
    assert_true(fabs(out.downbeats[out.a.downbeat_count - 1] - 62.5) < 0.01);
    free(piece.samples);
}

/* A long track is heard in parts; nobody should see where they meet. */
static void test_parts_join_without_a_seam(void **state)
{
    static struct result at_once;
    const double beat = 60.0 / 123.0;
    struct piece piece = house(123.0, 0.3, 75.0);
    (void)state;
    assert_int_equal(hear_piece(&piece, &at_once), 0);
    assert_int_equal(hear_parts(&piece, &out, 25.0), 0);
    assert_true(out.is_finite);
    assert_true(out.a.duration == 75.0);
    assert_true(fabs(out.a.bpm - 123.0) < 0.05);
    assert_true(out.a.loudness_lufs == at_once.a.loudness_lufs);
    assert_true(out.a.silence_tail == at_once.a.silence_tail);
    assert_int_equal(out.a.wave_count, at_once.a.wave_count);
    assert_int_equal(out.a.power_count, 750);
    assert_true(out.power_lufs == at_once.power_lufs);
    assert_true(fabs(out.power_lufs - out.a.loudness_lufs) < 0.5);
    assert_int_equal(out.a.fingerprint_count, at_once.a.fingerprint_count);
    assert_int_equal(out.a.feature_count, out.a.beat_count);
    assert_true(abs((int)out.a.beat_count - (int)at_once.a.beat_count) <= 1);
    for (uint32_t i = 0; i < out.a.beat_count; i++) {
        double off = (out.beats[i] - 0.3) / beat;
        assert_true(fabs(off - round(off)) * beat < 0.005);
        assert_true(i == 0 || fabs(out.beats[i] - out.beats[i - 1] - beat) < 0.008);
    }
    for (uint32_t i = 1; i < out.a.section_count; i++) {
        assert_true(out.sections[i].start >= out.sections[i - 1].end - 0.001);
        assert_string_not_equal(out.sections[i].label, "intro");
        assert_string_not_equal(out.sections[i - 1].label, "outro");
    }
    assert_true(out.mix_in_s >= 0.0 && out.mix_in_s < 25.0);
    assert_true(out.mix_out_s > 50.0);
    free(piece.samples);
}

/* The middle of it is silent: its beats are those of the parts around. */
static void test_a_silent_part_has_no_beats(void **state)
{
    struct piece piece = house(123.0, 0.3, 90.0);
    (void)state;
    memset(piece.samples + 2 * 29 * FV_RATE, 0, sizeof(float) * 2 * 32 * FV_RATE);
    assert_int_equal(hear_parts(&piece, &out, 30.0), 0);
    assert_true(out.is_finite);
    assert_int_equal(out.a.feature_count, out.a.beat_count);
    assert_true(out.a.beat_count > 100);
    for (uint32_t i = 0; i < out.a.beat_count; i++)
        assert_true(out.beats[i] < 30.5 || out.beats[i] > 59.0);
    free(piece.samples);
}

static void test_same_audio_gives_same_bits(void **state)
{
    (void)state;
    struct piece piece = house(131.0, 0.1, 30.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    uint64_t first = out.digest;
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(out.digest == first);
    free(piece.samples);
}

static void *hear_on_thread(void *ctx)
{
    struct result *mine = calloc(1, sizeof *mine);
    uint64_t *hash = ctx;
    struct piece piece = house(131.0, 0.1, 30.0);
    if (mine && hear_piece(&piece, mine) == 0)
        *hash = mine->digest;
    free(piece.samples);
    free(mine);
    return NULL;
}

static void test_several_analyses_at_once_agree(void **state)
{
    (void)state;
    pthread_t thread[3];
    uint64_t hash[3] = {0};
    for (int t = 0; t < 3; t++)
        assert_int_equal(pthread_create(&thread[t], NULL, hear_on_thread, &hash[t]), 0);
    for (int t = 0; t < 3; t++)
        pthread_join(thread[t], NULL);
    assert_true(hash[0] != 0 && hash[0] == hash[1] && hash[1] == hash[2]);
}

static void test_quiet_and_loud_copies_have_the_same_beats(void **state)
{
    (void)state;
    struct piece piece = house(118.0, 0.3, 40.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    double bpm = out.a.bpm, beat = out.beats[10], lufs = out.a.loudness_lufs;
    for (int64_t i = 0; i < piece.frames * 2; i++)
        piece.samples[i] *= 0.05f;
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(fabs(out.a.bpm - bpm) < 0.01);
    assert_true(fabs(out.beats[10] - beat) < 0.002);
    assert_true(fabs(lufs - out.a.loudness_lufs - 26.02) < 0.1);
    free(piece.samples);
}

/* A swell on each beat: nothing in it says to a millisecond where it begins. Every other
 * eight bars it rises more slowly, and `noise` is what an encoder adds. */
static struct piece swells(double bpm, double seconds, double noise)
{
    struct piece piece = silence_of(seconds);
    uint32_t state = 99;
    for (int64_t i = 0; i < piece.frames; i++) {
        double t = (double)i / 44100.0 - 0.3, beat = floor(t * bpm / 60.0);
        double in = t - beat * 60.0 / bpm, rise = fmod(beat, 64.0) < 32.0 ? 0.02 : 0.06;
        double level = t < 0.0 ? 0.0 : fmin(1.0, in / rise) * exp(-in / 0.15);
        double pitch = fmod(beat, 4.0) < 1.0 ? 110.0 : 165.0;
        float x =
            (float)(0.3 * level * sin(2 * PI * pitch * t) + noise * (double)hiss(&state));
        piece.samples[2 * i] = piece.samples[2 * i + 1] = x;
    }
    return piece;
}

static void test_what_encoders_add_hardly_moves_beats(void **state)
{
    (void)state;
    static struct result clean;
    static const double noise[] = {0.0003, 0.001, 0.003};
    struct piece piece = swells(121.0, 90.0, 0.0);
    assert_int_equal(hear_piece(&piece, &clean), 0);
    assert_true(clean.a.beat_count > 150);
    free(piece.samples);
    for (size_t k = 0; k < sizeof noise / sizeof *noise; k++) {
        piece = swells(121.0, 90.0, noise[k]);
        assert_int_equal(hear_piece(&piece, &out), 0);
        assert_int_equal(out.a.beat_count, clean.a.beat_count);
        for (uint32_t i = 0; i < out.a.beat_count; i++)
            if (fabs(out.beats[i] - clean.beats[i]) > 0.001)
                fail_msg("noise %.4f: beat %u moves by %.2f ms", noise[k], i,
                         1000.0 * (out.beats[i] - clean.beats[i]));
        free(piece.samples);
    }
}

static void test_cancelled_work_stops_within_a_block(void **state)
{
    (void)state;
    struct piece piece = house(120.0, 0.0, 30.0);
    piece.cancel_at = 5;
    assert_int_equal(hear_piece(&piece, &out), -ECANCELED);
    assert_int_equal(piece.reads, 5);
    assert_int_equal(out.calls, 0);
    free(piece.samples);
}

static void test_read_error_is_handed_on(void **state)
{
    (void)state;
    struct piece piece = house(120.0, 0.0, 10.0);
    piece.fail_at = 3;
    assert_int_equal(hear_piece(&piece, &out), -EIO);
    assert_int_equal(out.calls, 0);
    free(piece.samples);
}

static void test_nothing_at_all_is_an_answer(void **state)
{
    (void)state;
    static const double lengths[] = {0.0, 0.00003, 0.01, 0.3, 1.0, 3.9, 4.1, 12.5};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct piece piece = silence_of(lengths[i]);
        assert_int_equal(hear_piece(&piece, &out), 0);
        assert_int_equal(out.calls, 1);
        assert_true(out.is_finite);
        assert_true(out.a.tempo_confidence < 0.5f);
        assert_true(out.a.loudness_lufs <= -69.9);
        free(piece.samples);
    }
}

/* Too short or too quiet for a tempo: there are no beats then, and nobody is sure. */
static void test_no_tempo_means_no_beats_and_no_confidence(void **state)
{
    (void)state;
    for (double seconds = 4.2; seconds < 9.0; seconds += 0.7) {
        struct piece piece = house(64.0, 0.0, seconds);
        for (int64_t i = 0; seconds > 8.0 && i < 2 * piece.frames; i++)
            piece.samples[i] *= 5e-4f;
        assert_int_equal(hear_piece(&piece, &out), 0);
        if ((out.a.bpm > 0.0) != (out.a.beat_count > 0) ||
            (out.a.bpm <= 0.0 && out.a.tempo_confidence > 0.2f))
            fail_msg("%.1f s: %.1f BPM, %u beats, confidence %.2f", seconds, out.a.bpm,
                     out.a.beat_count, (double)out.a.tempo_confidence);
        free(piece.samples);
    }
}

enum bad { NOISE, CLICK, DC, HUGE_DC, SQUARE, SWEEP, NOT_A_NUMBER, HUGE_SAMPLES, BAD };

static void spoil(struct piece *piece, enum bad kind)
{
    uint32_t state = 7;
    double turn = 0.0;
    for (int64_t i = 0; i < piece->frames; i++) {
        double t = (double)i / 44100.0;
        float x = 0.0f;
        turn += 2.0 * PI * (20.0 + 500.0 * t) / 44100.0;
        switch (kind) {
        case NOISE:
            x = hiss(&state);
            break;
        case CLICK:
            x = i == 44100 ? 1.0f : 0.0f;
            break;
        case DC:
            x = 0.7f;
            break;
        case HUGE_DC:
            x = -391.0f;
            break;
        case SQUARE:
            x = fmod(t * 440.0, 1.0) < 0.5 ? 1.0f : -1.0f;
            break;
        case SWEEP:
            x = (float)sin(turn);
            break;
        case NOT_A_NUMBER:
            x = i % 1000 == 0 ? NAN : i % 777 == 0 ? INFINITY : 0.1f * hiss(&state);
            break;
        default:
            x = 1e30f * hiss(&state);
        }
        piece->samples[2 * i] = piece->samples[2 * i + 1] = x;
    }
}

static void test_bad_input_gives_finite_numbers_and_doubt(void **state)
{
    (void)state;
    for (int kind = 0; kind < BAD; kind++) {
        struct piece piece = silence_of(30.0);
        spoil(&piece, (enum bad)kind);
        assert_int_equal(hear_piece(&piece, &out), 0);
        if (!out.is_finite || out.a.tempo_confidence > 0.5f)
            fail_msg("kind %d: finite %d, confidence %.2f", kind, out.is_finite,
                     (double)out.a.tempo_confidence);
        free(piece.samples);
    }
}

static void test_silence_at_both_ends_is_measured(void **state)
{
    (void)state;
    struct piece piece = silence_of(10.0);
    for (int64_t i = 2 * 44100; i < 7 * 44100; i++)
        piece.samples[2 * i] = 0.5f * (float)sin(0.05 * (double)i + 1.0);
    assert_int_equal(hear_piece(&piece, &out), 0);
    assert_true(fabs(out.a.silence_head - 2.0) < 0.01);
    assert_true(fabs(out.a.silence_tail - 3.0) < 0.01);
    free(piece.samples);
}

static void assert_levels(const double hz[3], const double gains[3])
{
    struct piece piece = silence_of(10.0);
    for (int64_t i = 0; i < 2 * piece.frames; i++)
        for (int band = 0; band < 3; band++)
            piece.samples[i] +=
                (float)(gains[band] * sin(2 * PI * hz[band] * (double)(i / 2) / 44100.0));
    assert_int_equal(hear_piece(&piece, &out), 0);
    for (int band = 0; band < 3; band++)
        if (fabs(out.levels[band] - gains[band] * sqrt(0.5)) > 0.01)
            fail_msg("%.0f Hz: level %.3f", hz[band], out.levels[band]);
    free(piece.samples);
}

static void test_levels_of_bands_are_those_of_their_tones(void **state)
{
    (void)state;
    assert_levels((double[]){60, 1000, 8000}, (double[]){0.4, 0.2, 0.1});
    assert_levels((double[]){120, 1000, 8000}, (double[]){0.5, 0.0, 0.0});
    assert_levels((double[]){120, 400, 2500}, (double[]){0.0, 0.5, 0.0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady_tempo_is_exact),
        cmocka_unit_test(test_beats_lie_on_the_kicks_not_on_louder_hats),
        cmocka_unit_test(test_bars_begin_with_the_harmony),
        cmocka_unit_test(test_a_bar_begins_with_the_sound_or_with_the_file),
        cmocka_unit_test(test_what_rings_on_begins_no_phrase),
        cmocka_unit_test(test_parts_join_without_a_seam),
        cmocka_unit_test(test_a_silent_part_has_no_beats),
        cmocka_unit_test(test_same_audio_gives_same_bits),
        cmocka_unit_test(test_several_analyses_at_once_agree),
        cmocka_unit_test(test_quiet_and_loud_copies_have_the_same_beats),
        cmocka_unit_test(test_what_encoders_add_hardly_moves_beats),
        cmocka_unit_test(test_cancelled_work_stops_within_a_block),
        cmocka_unit_test(test_read_error_is_handed_on),
        cmocka_unit_test(test_nothing_at_all_is_an_answer),
        cmocka_unit_test(test_no_tempo_means_no_beats_and_no_confidence),
        cmocka_unit_test(test_bad_input_gives_finite_numbers_and_doubt),
        cmocka_unit_test(test_silence_at_both_ends_is_measured),
        cmocka_unit_test(test_levels_of_bands_are_those_of_their_tones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
