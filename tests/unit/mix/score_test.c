/* score_test.c - a good mix has no fault by the scorer, and each planted one is found. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "figures.h"

#define BEAT_S 0.5
#define TRACK_S 48.0
#define BEGIN_S 16.0   /* mix time at which the overlap begins: a phrase of both */
#define OVERLAP_S 16.0 /* eight bars */
#define SWAP_S 8.0
#define MIX_S (BEGIN_S + TRACK_S)
#define TURN 6.283185307179586

struct fixture {
    struct mix mix;
    struct mix_point points[4][2];
    double bass_swap; /* seconds into the overlap at which the second bass comes in */
};

static double noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / 8388608.0 - 1;
}

/* A kick a beat, a hat between, a chord; and, as a layer of its own, a bass. */
static void play_track(float *drums, float *bass, double root, uint32_t seed)
{
    int64_t frames = (int64_t)(TRACK_S * MIX_RATE);
    for (int64_t i = 0; i < frames; i++) {
        double t = (double)i / MIX_RATE, beat = fmod(t, BEAT_S),
               off = fmod(t + 0.25, 0.5);
        double kick = exp(-beat * 30) * sin(TURN * (900 * beat * exp(-beat * 60) + 1)) *
                      fmin(1, beat * 2000);
        double hat = exp(-off * 80) * noise(&seed) * 0.2;
        double chord = 0.06 * (sin(TURN * root * 8 * t) + sin(TURN * root * 12 * t));
        bass[i] = (float)(0.25 * sin(TURN * root * t));
        drums[i] = (float)(0.5 * kick + hat + chord);
    }
}

static struct mix_times grid(double step, int every)
{
    int count = (int)(TRACK_S / step / every);
    struct mix_times times = {calloc((size_t)count, sizeof(double)), count};
    for (int i = 0; i < count; i++)
        times.at[i] = i * step * every;
    return times;
}

/* Mix two tracks of one tempo; the second lies `late` seconds off in the sound. */
static void make_drifting(struct fixture *f, double late, double bass_swap, double rate)
{
    int64_t frames = (int64_t)(TRACK_S * MIX_RATE), all = (int64_t)(MIX_S * MIX_RATE);
    float *layers[2][2];
    memset(f, 0, sizeof *f);
    f->mix.samples = calloc((size_t)all * 2, sizeof(float));
    f->mix.frames = all;
    f->mix.pcm_peak_db = NAN;
    f->mix.tracks = calloc(2, sizeof *f->mix.tracks);
    f->mix.track_count = 2;
    f->mix.segments = calloc(3, sizeof *f->mix.segments);
    f->mix.segment_count = 3;
    const double starts[4] = {0, BEGIN_S, BEGIN_S, BEGIN_S + OVERLAP_S};
    const double ends[4] = {BEGIN_S, BEGIN_S + OVERLAP_S, BEGIN_S + OVERLAP_S, MIX_S};
    for (int t = 0; t < 2; t++) {
        struct mix_track *track = &f->mix.tracks[t];
        for (int l = 0; l < 2; l++)
            layers[t][l] = calloc((size_t)frames, sizeof(float));
        play_track(layers[t][0], layers[t][1], t ? 61 : 52, (uint32_t)t + 7);
        *track = (struct mix_track){.samples = calloc((size_t)frames * 2, sizeof(float)),
                                    .frames = frames,
                                    .beats = grid(BEAT_S, 1),
                                    .downbeats = grid(BEAT_S, 4),
                                    .phrases = grid(BEAT_S, 32),
                                    .bpm = 120,
                                    .camelot = 8,
                                    .is_minor = true};
        for (int64_t i = 0; i < 2 * frames; i++)
            track->samples[i] = layers[t][0][i / 2] + layers[t][1][i / 2];
    }
    for (int p = 0; p < 4; p++) {
        double origin = p < 2 ? 0 : BEGIN_S;
        f->points[p][0] = (struct mix_point){starts[p], starts[p] - origin};
        f->points[p][1] = (struct mix_point){ends[p], ends[p] - origin};
    }
    struct mix_segment *s = f->mix.segments;
    s[0] = (struct mix_segment){MIX_PLAY, 0, BEGIN_S, {{0, 1, f->points[0], 2}}, 1};
    s[1] = (struct mix_segment){MIX_BEATMATCH,
                                BEGIN_S,
                                BEGIN_S + OVERLAP_S,
                                {{0, 1, f->points[1], 2}, {1, 1, f->points[2], 2}},
                                2};
    s[2] = (struct mix_segment){
        MIX_PLAY, BEGIN_S + OVERLAP_S, MIX_S, {{1, 1, f->points[3], 2}}, 1};
    for (int64_t i = 0; i < all; i++) {
        double at = (double)i / MIX_RATE - BEGIN_S;
        double share = fmin(fmax(at / OVERLAP_S, 0), 1) * TURN / 4, sum = 0;
        int64_t other = llround((at - late) * rate * MIX_RATE);
        other = at < late ? -1 : other;
        if (i < frames && share < TURN / 4)
            sum += (double)layers[0][0][i] * cos(share) +
                   (at < SWAP_S ? (double)layers[0][1][i] : 0);
        if (other >= 0 && other < frames)
            sum += (double)layers[1][0][other] * sin(share) +
                   (at > bass_swap ? (double)layers[1][1][other] : 0);
        f->mix.samples[2 * i] = f->mix.samples[2 * i + 1] = (float)(0.7 * sum);
    }
    for (int p = 0; p < 2; p++) {
        s[1].parts[p].gain = 0.7;
        s[p * 2].parts[0].gain = 0.7;
        free(layers[p][0]);
        free(layers[p][1]);
    }
}

static void make(struct fixture *f, double late, double bass_swap)
{
    make_drifting(f, late, bass_swap, 1);
}

static void release(struct fixture *f)
{
    for (int t = 0; t < 2; t++) {
        free(f->mix.tracks[t].samples);
        free(f->mix.tracks[t].beats.at);
        free(f->mix.tracks[t].downbeats.at);
        free(f->mix.tracks[t].phrases.at);
    }
    free(f->mix.tracks);
    free(f->mix.segments);
    free(f->mix.samples);
}

static void test_a_good_mix_has_no_fault(void **state)
{
    (void)state;
    struct fixture f;
    struct score score;
    make(&f, 0, SWAP_S);
    score_mix(&score, &f.mix);
    assert_int_equal(score.transitions, 1);
    assert_int_equal(score.beatmatched, 1);
    const enum figure figures[] = {M1_MEDIAN,  M1_P95,  M1_MAX,  M2_DRIFT,   M3_DOWNBEATS,
                                   M4_PHRASES, M5_MAX,  M5_STEP, M6_MEDIAN,  M7_DIP,
                                   M9_BASS,    M10_KEY, M11_MID, M12_CLICKS, M12_HOLES};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        if (!figure_holds(&score, figures[i]))
            print_message("%s: %g\n", figure_name(figures[i]), score.value[figures[i]]);
        assert_true(figure_holds(&score, figures[i]));
    }
    score_release(&score);
    release(&f);
}

/* Notation may begin behind the sound; its grids go on evenly before that. */
static void test_a_truth_that_begins_late_is_no_fault(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    struct mix_times *beats = &f.mix.tracks[1].beats, *bars = &f.mix.tracks[1].downbeats;
    memmove(beats->at, beats->at + 4, (size_t)(beats->count -= 4) * sizeof *beats->at);
    memmove(bars->at, bars->at + 1, (size_t)(bars->count -= 1) * sizeof *bars->at);
    score_beats(&score, &f.mix);
    assert_true(figure_holds(&score, M1_MAX));
    assert_true(figure_holds(&score, M3_DOWNBEATS));
    score_release(&score);
    release(&f);
}

static void test_a_phase_error_of_15_ms_in_the_timeline_is_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0.015, SWAP_S);
    f.points[2][0].track -= 0.015;
    f.points[2][1].track -= 0.015;
    score_beats(&score, &f.mix);
    assert_true(fabs(score.value[M1_MEDIAN] - 15) < 1);
    score_release(&score);
    release(&f);
}

static void test_a_phase_error_that_the_timeline_hides_is_heard(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0.015, SWAP_S);
    score_beats(&score, &f.mix);
    assert_true(fabs(score.value[M1_MEDIAN] - 15) < 1);
    assert_false(figure_holds(&score, M1_P95));
    score_release(&score);
    release(&f);
}

/* Further off than is looked for at first, where nothing of it is to be heard. */
static void test_a_track_that_the_timeline_has_elsewhere_is_heard(void **state)
{
    (void)state;
    const double lates[] = {0.035, 0.06, 0.1, 0.25};
    for (size_t i = 0; i < sizeof lates / sizeof *lates; i++) {
        struct fixture f;
        struct score score = {0};
        make(&f, lates[i], SWAP_S);
        score_beats(&score, &f.mix);
        assert_false(figure_holds(&score, M1_MEDIAN));
        assert_false(figure_holds(&score, M1_MAX));
        score_release(&score);
        release(&f);
    }
}

/* Who cuts, too, has a choice, and does not say of a fade that its beats lie on others.
 */
static void test_fades_are_judged_only_where_there_is_nothing_else(void **state)
{
    (void)state;
    struct fixture f;
    struct score score;
    make(&f, 0.015, SWAP_S);
    f.mix.segments[1].kind = MIX_CROSSFADE;
    score_begin(&score, &f.mix);
    score_beats(&score, &f.mix);
    assert_true(fabs(score.value[M1_MEDIAN] - 15) < 1);
    score_release(&score);
    f.mix.segments[2].kind = MIX_CUT;
    score_begin(&score, &f.mix);
    score_beats(&score, &f.mix);
    assert_true(isnan(score.value[M1_MEDIAN]));
    score_release(&score);
    release(&f);
}

static void test_a_drift_is_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make_drifting(&f, 0, SWAP_S, 1 + 0.012 / OVERLAP_S);
    f.points[2][1].track += 0.012;
    score_beats(&score, &f.mix);
    assert_false(figure_holds(&score, M2_DRIFT));
    score_release(&score);
    release(&f);
}

static void test_bars_on_the_wrong_beat_and_phrases_off_by_a_bar_are_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    for (int i = 0; i < 2; i++)
        f.points[2][i].track += 4 * BEAT_S;
    score_beats(&score, &f.mix);
    assert_true(figure_holds(&score, M3_DOWNBEATS));
    assert_false(figure_holds(&score, M4_PHRASES));
    for (int i = 0; i < 2; i++)
        f.points[2][i].track += BEAT_S;
    score_release(&score);
    score_beats(&score, &f.mix);
    assert_false(figure_holds(&score, M3_DOWNBEATS));
    score_release(&score);
    release(&f);
}

static void test_a_jump_of_tempo_is_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    f.points[3][1].track += 0.01 * (MIX_S - BEGIN_S - OVERLAP_S);
    score_tempo(&score, &f.mix);
    assert_true(fabs(score.value[M5_MAX] - 1) < 0.01);
    assert_false(figure_holds(&score, M5_STEP));
    score_release(&score);
    release(&f);
}

static void test_two_basses_at_once_are_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, 1.0);
    score_bands(&score, &f.mix);
    assert_true(score.value[M9_BASS] > 25);
    score_release(&score);
    release(&f);
}

static void test_a_click_is_found_once(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    f.mix.samples[2 * (int64_t)((BEGIN_S + OVERLAP_S + 0.1) * MIX_RATE)] += 0.4f;
    score_seams(&score, &f.mix);
    assert_int_equal((int)score.value[M12_CLICKS], 1);
    assert_int_equal((int)score.value[M12_HOLES], 0);
    score_release(&score);
    release(&f);
}

static void test_a_hole_is_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    int64_t at = (int64_t)((BEGIN_S + 8) * MIX_RATE);
    memset(f.mix.samples + 2 * at, 0, (size_t)(0.08 * MIX_RATE) * 2 * sizeof(float));
    score_seams(&score, &f.mix);
    assert_true(score.value[M12_HOLES] >= 1);
    score_release(&score);
    release(&f);
}

/* M13 of a mix whose second track, kicks alone, is said to be stretched where it is
 * alone, and is heard through a mean over so many frames. */
static double rise_through(int frames)
{
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    double last = MIX_S - 1;
    struct mix_point bent[3] = {f.points[3][0], {last, last - BEGIN_S}, f.points[3][1]};
    f.mix.segments[2].parts[0].points = bent;
    f.mix.segments[2].parts[0].count = 3;
    struct mix_track *track = &f.mix.tracks[1];
    for (int64_t i = 0; i < track->frames; i++) {
        double beat = fmod((double)i / MIX_RATE, BEAT_S);
        float kick = (float)(0.5 * exp(-30 * beat) * cos(TURN * 60 * beat));
        track->samples[2 * i] = track->samples[2 * i + 1] = kick;
    }
    int64_t late = (int64_t)(BEGIN_S * MIX_RATE);
    for (int64_t i = 2 * (frames - 1); i < 2 * track->frames; i++) {
        double sum = 0;
        for (int k = 0; k < frames; k++)
            sum += (double)track->samples[i - 2 * k];
        f.mix.samples[2 * late + i] = (float)(0.7 * sum / frames);
    }
    score_attacks(&score, &f.mix);
    double rise = score.value[M13_RISE];
    score_release(&score);
    release(&f);
    return rise;
}

static void test_blunted_attacks_are_found(void **state)
{
    (void)state;
    assert_true(rise_through(1) == 1);
    assert_true(rise_through(24) == 1); /* half a millisecond: too little to tell */
    assert_true(rise_through(120) > 1.3);
}

static void test_few_attacks_say_nothing(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    score.value[M13_RISE] = NAN;
    for (int i = 0; i < 9; i++)
        sample_add(&score.rises, 2);
    score_attacks(&score, &f.mix);
    assert_true(isnan(score.value[M13_RISE]));
    sample_add(&score.rises, 2);
    score_attacks(&score, &f.mix);
    assert_false(figure_holds(&score, M13_RISE));
    score_release(&score);
    release(&f);
}

static void quieten(struct fixture *f, double at, double length, float gain)
{
    int64_t first = llround(at * MIX_RATE), count = llround(length * MIX_RATE);
    for (int64_t i = 2 * first; i < 2 * (first + count); i++)
        f->mix.samples[i] *= gain;
}

static void test_a_dip_and_a_jump_of_loudness_are_found(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    quieten(&f, BEGIN_S + 6, 2, 0.35f);
    score_hear(&score, f.mix.samples, f.mix.frames);
    score_loudness(&score, &f.mix);
    assert_false(figure_holds(&score, M7_DIP));
    assert_false(figure_holds(&score, M6_MEDIAN));
    score_release(&score);
    release(&f);
}

static double jump_of(const struct fixture *f)
{
    struct score score = {0};
    score_hear(&score, f->mix.samples, f->mix.frames);
    score_loudness(&score, &f->mix);
    double jump = score.value[M6_P95];
    score_release(&score);
    return jump;
}

static void test_music_that_jumps_by_itself_may_but_no_further(void **state)
{
    (void)state;
    struct fixture f;
    make(&f, 0, SWAP_S);
    quieten(&f, BEGIN_S + 6, 3, 0.5f);
    assert_true(jump_of(&f) > 4);
    quieten(&f, 0, 9, 0.4f);
    assert_true(jump_of(&f) <= 3);
    quieten(&f, BEGIN_S + 6, 3, 0.3f);
    assert_true(jump_of(&f) > 8);
    release(&f);
}

static void test_rests_of_the_music_are_no_dips_but_what_is_deeper_is(void **state)
{
    (void)state;
    struct fixture f;
    struct score score = {0};
    make(&f, 0, SWAP_S);
    for (double at = 0; at < MIX_S - 3; at += 4)
        quieten(&f, at, 1.5, 0.25f);
    score_hear(&score, f.mix.samples, f.mix.frames);
    score_loudness(&score, &f.mix);
    assert_true(figure_holds(&score, M7_DIP));
    score_release(&score);
    quieten(&f, BEGIN_S + 5, 2, 0.1f);
    score_hear(&score, f.mix.samples, f.mix.frames);
    score_loudness(&score, &f.mix);
    assert_false(figure_holds(&score, M7_DIP));
    score_release(&score);
    release(&f);
}

/* Two keys and two tempos, both in pairs that a beatmatched order has to part. */
static void test_what_keys_the_crate_allows(void **state)
{
    (void)state;
    struct mix_track tracks[4] = {{.bpm = 120, .camelot = 1},
                                  {.bpm = 122, .camelot = 7},
                                  {.bpm = 150, .camelot = 7},
                                  {.bpm = 152, .camelot = 1}};
    const struct mix mix = {.tracks = tracks, .track_count = 4};
    struct score score = {0};
    score_keys(&score, &mix);
    assert_true(fabs(score.value[M10_ALLOWED] - 100.0 / 3) < 0.01);
    tracks[1].bpm = tracks[2].bpm = tracks[3].bpm = 120;
    score_keys(&score, &mix);
    assert_true(fabs(score.value[M10_ALLOWED] - 200.0 / 3) < 0.01);
    score.transitions = 4;
    score_keys(&score, &mix);
    assert_true(fabs(score.value[M10_ALLOWED] - 200.0 / 4) < 0.01);
    score.value[M10_KEY] = 50;
    assert_true(figure_holds(&score, M10_KEY));
    score.value[M10_KEY] = 49;
    assert_false(figure_holds(&score, M10_KEY));
    score.value[M10_ALLOWED] = 90;
    score.value[M10_KEY] = 79;
    assert_false(figure_holds(&score, M10_KEY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_mix_has_no_fault),
        cmocka_unit_test(test_a_truth_that_begins_late_is_no_fault),
        cmocka_unit_test(test_a_phase_error_of_15_ms_in_the_timeline_is_found),
        cmocka_unit_test(test_a_phase_error_that_the_timeline_hides_is_heard),
        cmocka_unit_test(test_a_track_that_the_timeline_has_elsewhere_is_heard),
        cmocka_unit_test(test_fades_are_judged_only_where_there_is_nothing_else),
        cmocka_unit_test(test_a_drift_is_found),
        cmocka_unit_test(test_bars_on_the_wrong_beat_and_phrases_off_by_a_bar_are_found),
        cmocka_unit_test(test_a_jump_of_tempo_is_found),
        cmocka_unit_test(test_two_basses_at_once_are_found),
        cmocka_unit_test(test_a_click_is_found_once),
        cmocka_unit_test(test_a_hole_is_found),
        cmocka_unit_test(test_blunted_attacks_are_found),
        cmocka_unit_test(test_few_attacks_say_nothing),
        cmocka_unit_test(test_a_dip_and_a_jump_of_loudness_are_found),
        cmocka_unit_test(test_music_that_jumps_by_itself_may_but_no_further),
        cmocka_unit_test(test_rests_of_the_music_are_no_dips_but_what_is_deeper_is),
        cmocka_unit_test(test_what_keys_the_crate_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
