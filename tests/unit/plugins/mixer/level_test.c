/* level_test.c - how loud a track is, where that asks to leave it, and what the knobs do
 * about it.
 */
#include "fixture.h"

#include "cross.h"
#include "lock.h"
#include "loud.h"
#include "match.h"
#include "overlap.h"
#include "trim.h"

struct tone {
    float power[2000];
    struct fv_analysis found;
    struct fv_track track;
    struct side side;
};

/* Sines of an amplitude: its square is the power of both channels together. */
static void tone_make(struct tone *tone, double seconds, double amplitude)
{
    *tone = (struct tone){.found = {.struct_size = sizeof tone->found,
                                    .power = tone->power,
                                    .power_count = (uint32_t)(seconds / FV_POWER_S),
                                    .key = -1},
                          .track = {.struct_size = sizeof tone->track,
                                    .length = (int64_t)(seconds * FV_RATE)}};
    tone->track.analysis = &tone->found;
    for (uint32_t i = 0; i < tone->found.power_count; i++)
        tone->power[i] = (float)(amplitude * amplitude * pow(10, 0.0691));
    side_init(&tone->side, &tone->track, NULL, 0);
}

static void scale(struct tone *tone, double from_s, double to_s, float gain)
{
    for (int i = (int)(from_s / FV_POWER_S); i < (int)(to_s / FV_POWER_S); i++)
        tone->power[i] *= gain * gain;
}

static void test_what_is_known_of_loudness_is_told_with_the_gain(void **state)
{
    (void)state;
    static struct tone tone;
    tone_make(&tone, 10, 0.1);
    scale(&tone, 0, 5, 0.1f);
    tone.side.gain_db = 3;
    assert_true(fabs(loud_level(&tone.side, 6 * FV_RATE, 8 * FV_RATE) + 17) < 0.01);
    assert_true(fabs(loud_level(&tone.side, 1 * FV_RATE, 5 * FV_RATE) + 37) < 0.01);
    assert_true(fabs(loud_level(&tone.side, 9.99 * FV_RATE, 12 * FV_RATE) + 17) < 0.01);
    assert_true(loud_level(&tone.side, 10 * FV_RATE, 12 * FV_RATE) == -HUGE_VAL);
}

static void test_without_power_beats_tell_the_loudness(void **state)
{
    (void)state;
    static struct tone tone;
    static struct fv_beat halves[20];
    tone_make(&tone, 10, 0.1);
    tone.found.power_count = 0;
    assert_false(loud_is_known(&tone.side));
    for (int i = 0; i < 20; i++)
        halves[i].mid = i < 10 ? 0.1f : 0.2f;
    tone.found.features = halves;
    tone.found.feature_count = 20;
    tone.found.loudness_lufs = -14;
    side_init(&tone.side, &tone.track, NULL, 0);
    assert_true(loud_is_known(&tone.side));
    double quiet = loud_level(&tone.side, 0, 5 * FV_RATE);
    double loud = loud_level(&tone.side, 5 * FV_RATE, 10 * FV_RATE);
    assert_true(fabs(loud - quiet - 6.02) < 0.01);
    assert_true(quiet < -14 && loud > -14);
}

static void test_both_are_brought_to_one_level_and_back(void **state)
{
    (void)state;
    static struct tone out, in;
    static struct trim trim;
    tone_make(&out, 60, 0.1);
    tone_make(&in, 60, 0.16); /* 4 dB more */
    trim = (struct trim){.sides = {&out.side, &in.side},
                         .tracks = {50 * FV_RATE, 0},
                         .rates = {1, 1},
                         .at = 1000000,
                         .length = 4 * FV_RATE};
    trim_init(&trim);
    double last = 0;
    for (int64_t at = trim.at - TRIM_LEAD; at <= trim.at + trim.length;
         at += FV_RATE / 10) {
        double turned = trim_db(&trim, 0, at);
        assert_true(fabs(turned - last) < 0.1);
        last = turned;
    }
    for (int64_t at = trim.at + FV_RATE; at < trim.at + trim.length; at += FV_RATE) {
        double loud = -20 + trim_db(&trim, 0, at);
        assert_true(fabs(loud - (-15.9 + trim_db(&trim, 1, at))) < 0.2);
    }
    assert_true(trim_db(&trim, 0, trim.at - TRIM_LEAD) == 0);
    assert_true(trim_db(&trim, 1, trim.at) < -1);
    assert_true(trim_db(&trim, 1, trim.at + trim.length + trim.lag) == 0);
}

static void test_the_way_between_two_levels_is_longer_than_the_overlap(void **state)
{
    (void)state;
    static struct tone out, in;
    static struct trim trim;
    tone_make(&out, 120, 0.1);
    tone_make(&in, 120, 0.25); /* 8 dB more */
    trim = (struct trim){.sides = {&out.side, &in.side},
                         .tracks = {80 * FV_RATE, 0},
                         .rates = {1, 1},
                         .at = 10000000,
                         .length = 30 * FV_RATE};
    trim_init(&trim);
    double apart = trim.levels[1] - trim.levels[0];
    assert_true(trim_db(&trim, 0, trim.at) > 0.2 * apart);
    assert_true(trim_db(&trim, 1, trim.at + trim.length) < -0.2 * apart);
    assert_true(trim_db(&trim, 0, trim.at - TRIM_LEAD) == 0);
    assert_true(trim_db(&trim, 1, trim.at + trim.length + trim.lag) == 0);
}

static void test_a_knob_is_not_turned_at_once_by_a_skip(void **state)
{
    (void)state;
    static struct tone out, in;
    static struct trim trim;
    tone_make(&out, 60, 0.1);
    tone_make(&in, 60, 0.3);
    trim = (struct trim){.sides = {&out.side, &in.side},
                         .tracks = {30 * FV_RATE, 0},
                         .rates = {1, 1},
                         .from = 1000000,
                         .at = 1000000 + FV_RATE / 2,
                         .length = 4 * FV_RATE};
    trim_init(&trim);
    assert_true(trim_db(&trim, 0, trim.from) == 0);
    assert_true(fabs(trim_db(&trim, 0, trim.from + FV_RATE / 10)) < 0.1);
    assert_true(trim_db(&trim, 0, trim.at + trim.length) > 1);
}

/* From half a minute of the first on, for sixteen seconds. */
static struct trim meet(const struct tone *out, const struct tone *in)
{
    struct trim trim = {.sides = {&out->side, &in->side},
                        .tracks = {30 * FV_RATE, 0},
                        .rates = {1, 1},
                        .at = 30 * FV_RATE,
                        .length = 16 * FV_RATE};
    trim_init(&trim);
    return trim;
}

/* One has only chords, which are faded to a half; the other only a bass, which is not let
 * in before the end. */
static void test_what_the_faders_leave_is_made_up_for(void **state)
{
    (void)state;
    static struct tone out, in;
    static struct fv_beat chords[120], basses[120];
    struct params params = {.fade_from = HUGE_VAL};
    struct curve *const curves[2] = {params.curves[0], params.curves[1]};
    tone_make(&out, 60, 0.1);
    tone_make(&in, 60, 0.1);
    for (int i = 0; i < 120; i++) {
        chords[i].mid = 0.1f;
        basses[i].low = 0.1f;
    }
    out.found.features = chords;
    in.found.features = basses;
    out.found.feature_count = in.found.feature_count = 120;
    side_init(&out.side, &out.track, NULL, 0);
    side_init(&in.side, &in.track, NULL, 0);
    struct trim trim = meet(&out, &in);
    const double end = 16 * FV_RATE;
    assert_int_equal(params_point(&params, 0, BAND_MID, 4 * FV_RATE, 1), 0);
    assert_int_equal(params_point(&params, 0, BAND_MID, 8 * FV_RATE, 0.5), 0);
    assert_int_equal(params_point(&params, 0, BAND_MID, end - FV_RATE / 4.0, 0.5), 0);
    assert_int_equal(params_point(&params, 0, BAND_MID, end, 0), 0);
    assert_int_equal(params_point(&params, 1, BAND_LOW, end - FV_RATE / 4.0, 0), 0);
    assert_int_equal(params_point(&params, 1, BAND_LOW, end, 1), 0);
    for (int part = 0; part < 2; part++)
        assert_int_equal(trim_draw(&trim, &params, (uint32_t)part, part, trim.at,
                                   trim.at + trim.length),
                         1);
    for (double at = 0; at < end - FV_RATE; at += FV_RATE / 4.0) {
        double gain = (double)(curve_at(&curves[0][BAND_MID], at) *
                               curve_at(&curves[0][BAND_TRIM], at));
        assert_true(fabs(20 * log10(gain)) < 1.5);
    }
    for (int part = 0; part < 2; part++) /* it joins what comes before and behind */
        assert_true(fabsf(curve_at(&curves[part][BAND_TRIM], part * end) - 1) < 0.01f);
    params_release(&params);
}

static void test_next_to_nothing_is_not_raised_to_music(void **state)
{
    (void)state;
    static struct tone out, in;
    static struct fv_beat chords[120];
    struct params params = {.fade_from = HUGE_VAL};
    tone_make(&out, 60, 0.2);
    tone_make(&in, 60, 0.2);
    scale(&in, 0, 20, 0.01f); /* an intro of which hardly anything is heard */
    for (int i = 0; i < 120; i++)
        chords[i].mid = 0.1f;
    in.found.features = chords;
    in.found.feature_count = 120;
    side_init(&in.side, &in.track, NULL, 0);
    struct trim trim = meet(&out, &in);
    assert_int_equal(params_point(&params, 0, BAND_ALL, 0, 1), 0);
    assert_int_equal(params_point(&params, 0, BAND_ALL, 2 * FV_RATE, 0), 0);
    assert_int_equal(trim_draw(&trim, &params, 1, 1, trim.at, trim.at + trim.length), 1);
    double most = 0;
    for (double at = 0; at < 16 * FV_RATE; at += FV_RATE / 4.0)
        most = fmax(most, (double)curve_at(&params.curves[1][BAND_TRIM], at));
    assert_true(fabs(20 * log10(most) - TRIM_MOST_DB) < 0.01);
    params_release(&params);
}

static void test_a_fade_does_not_end_just_before_a_gap(void **state)
{
    (void)state;
    static struct tone out, in;
    struct cross cross;
    tone_make(&out, 200, 0.2);
    tone_make(&in, 20, 0.2);    /* so short that little of it may be left out */
    scale(&in, 4.5, 5.5, 0.1f); /* half a second behind a fade of usual length */
    cross_find(&out.side, &in.side, 0, 12 * FV_RATE, &cross);
    double ends_s = (cross.entry + cross.length) / FV_RATE;
    assert_true(ends_s <= 3 || ends_s >= 5.5);
}

static void test_a_track_is_left_where_it_becomes_quiet(void **state)
{
    (void)state;
    static struct tone out, in;
    struct cross cross;
    tone_make(&out, 200, 0.2);
    tone_make(&in, 100, 0.2);
    scale(&out, 170, 200, 0.02f); /* longer than any fade */
    cross_find(&out.side, &in.side, 0, 12 * FV_RATE, &cross);
    double end = (cross.leave + cross.length) / FV_RATE;
    assert_true(cross.leave / FV_RATE > 160 && cross.leave / FV_RATE < 171);
    assert_true(end > 168);
}

static void test_silence_at_a_beginning_is_left_out(void **state)
{
    (void)state;
    static struct tone out, in;
    struct cross cross;
    tone_make(&out, 100, 0.2);
    tone_make(&in, 100, 0.2);
    scale(&in, 0, 7, 0.001f);
    cross_find(&out.side, &in.side, 0, 12 * FV_RATE, &cross);
    assert_true((cross.entry + cross.length / 2) / FV_RATE > 6.5);
    assert_true(cross.entry / FV_RATE < 7.5);
    assert_true(cross.leave + cross.length > 98.0 * FV_RATE);
}

/* Silence that is longer than the music: the ears' word holds as far as anything is left.
 */
static void test_silence_of_any_length_is_left_out(void **state)
{
    (void)state;
    static struct tone tone;
    struct side side;
    tone_make(&tone, 200, 0.2);
    tone.found.silence_head = 120;
    tone.found.silence_tail = 50;
    side_init(&side, &tone.track, NULL, 0);
    assert_float_equal(side.begins, 120 * FV_RATE, 1);
    assert_float_equal(side.ends, 150 * FV_RATE, 1);
    tone.found.silence_head = 160; /* of a track that is no longer that of the analysis */
    side_init(&side, &tone.track, NULL, 0);
    assert_float_equal(side.begins, 0, 1);
    assert_float_equal(side.ends, 200 * FV_RATE, 1);
}

/* ---- loose tempos ---------------------------------------------------------------------
 */

struct played {
    double beats[256], downbeats[64], phrases[8];
    struct fv_analysis found;
    struct fv_track track;
    struct side side;
};

/* Half a second a beat, swaying off that by some seconds once in sixteen bars. */
static void played_make(struct played *played, double sway_s)
{
    *played = (struct played){.found = {.struct_size = sizeof played->found,
                                        .beats = played->beats,
                                        .beat_count = 256,
                                        .downbeats = played->downbeats,
                                        .downbeat_count = 64,
                                        .phrases = played->phrases,
                                        .phrase_count = 8,
                                        .tempo_confidence = 1,
                                        .beat_confidence = 1,
                                        .bar_confidence = 1,
                                        .phrase_confidence = 1,
                                        .key = -1}};
    for (int i = 0; i < 256; i++)
        played->beats[i] = 0.5 * i + sway_s * (1 - cos(TURN * i / 64));
    for (int i = 0; i < 64; i++)
        played->downbeats[i] = played->beats[4 * i];
    for (int i = 0; i < 8; i++)
        played->phrases[i] = played->beats[32 * i];
    played->track = (struct fv_track){.struct_size = sizeof played->track,
                                      .length = 128 * FV_RATE,
                                      .analysis = &played->found};
    side_init(&played->side, &played->track, NULL, 0);
}

static void test_a_played_tempo_is_not_followed(void **state)
{
    (void)state;
    static struct played steady, breathing, swaying;
    const struct match_wish wish = {.longest = 64}, shorter = {.longest = 16};
    struct match best, second;
    played_make(&steady, 0);
    played_make(&breathing, 0.002);
    played_make(&swaying, 0.05);
    assert_true(match_search(&steady.side, &breathing.side, &wish, &best, &second));
    assert_true(best.steps > 16);
    assert_true(match_search(&breathing.side, &steady.side, &wish, &best, &second));
    assert_true(best.steps > 16);
    assert_false(match_search(&swaying.side, &steady.side, &wish, &best, &second));
    assert_false(match_search(&steady.side, &swaying.side, &shorter, &best, &second));
}

/* The cost of level where an intro ends with the overlap, and so many seconds of next to
 * nothing follow it. */
static double cost_before_a_rest(double rest_s)
{
    static struct played out, in;
    static struct fv_beat chords[256];
    static float loud[1280], rests[1280];
    struct match match = {.out_beat = 192,
                          .steps = 32,
                          .swap = 32,
                          .out_per_step = 1,
                          .in_per_step = 1,
                          .rate = 1};
    struct pair pair = {.sides = {&out.side, &in.side}};
    for (int i = 0; i < 256; i++)
        chords[i].mid = 0.1f;
    for (int i = 0; i < 1280; i++) {
        double behind = i * FV_POWER_S - 16;
        loud[i] = 0.01f;
        rests[i] = behind < 0 ? 0.001f : behind < rest_s ? 1e-6f : 0.01f;
    }
    for (int i = 0; i < 2; i++) {
        struct played *played = i == 0 ? &out : &in;
        played_make(played, 0);
        played->found.power = i == 0 ? loud : rests;
        played->found.power_count = 1280;
        played->found.features = chords;
        played->found.feature_count = 256;
        side_init(&played->side, &played->track, NULL, 0);
    }
    assert_true(overlap_measure(&pair, 0, &match.out_beat, 1));
    assert_true(overlap_measure(&pair, 1, &match.in_beat, 1));
    overlap_cost(&pair, &match);
    overlap_release(&pair);
    return match.reasons[REASON_LEVEL];
}

static void test_an_overlap_does_not_end_just_before_a_rest(void **state)
{
    (void)state;
    assert_true(cost_before_a_rest(0.8) > cost_before_a_rest(0) + 1);
}

/* Kicks, while the ears say that there is one each half second: they sway off that, or
 * are late. */
struct kicks {
    struct sound sound;
    struct played played;
};

static void kicks_make(struct kicks *kicks, double sway_s, double late_s)
{
    played_make(&kicks->played, 0);
    sound_make(&kicks->sound, 40 * FV_RATE);
    for (int i = 0; i < 64; i++) {
        double at = 1 + 0.5 * i + sway_s * (1 - cos(TURN * i / 64)) + late_s;
        sound_add_kick(&kicks->sound, FV_RATE * at, 0.5);
    }
    side_init(&kicks->played.side, &kicks->played.track, &kicks->sound.pcm, 0);
}

static void test_a_tempo_that_is_not_even_is_heard(void **state)
{
    (void)state;
    static const double sways[] = {0, 0.001, 0.006, 0.02};
    static struct kicks even, swaying;
    const struct match match = {
        .out_beat = 2, .in_beat = 2, .steps = 64, .out_per_step = 1, .in_per_step = 1};
    double shift;
    kicks_make(&even, 0, 0);
    for (int i = 0; i < 4; i++) {
        bool is_even = sways[i] < 0.005;
        kicks_make(&swaying, sways[i], 0);
        const struct side *a = &even.played.side, *b = &swaying.played.side;
        assert_int_equal(lock_find(a, b, &match, 0.005, &shift), is_even);
        assert_int_equal(lock_find(b, a, &match, 0.005, &shift), is_even);
        sound_free(&swaying.sound);
    }
    sound_free(&even.sound);
}

static void test_beats_that_are_clearly_off_are_put_on_each_other(void **state)
{
    (void)state;
    static const int lengths[] = {4, 8, 16, 32, 64};
    static struct kicks out, in;
    kicks_make(&out, 0, 0);
    for (int late_ms = -10; late_ms <= 10; late_ms += 10) {
        kicks_make(&in, 0, late_ms / 1000.0);
        for (int i = 0; i < 5; i++) {
            const struct match match = {.out_beat = 2,
                                        .in_beat = 2,
                                        .steps = lengths[i],
                                        .out_per_step = 1,
                                        .in_per_step = 1};
            double shift;
            assert_true(
                lock_find(&out.played.side, &in.played.side, &match, 0.005, &shift));
            assert_true(fabs(shift / FV_RATE * 1000 - late_ms) <= 1);
        }
        sound_free(&in.sound);
    }
    sound_free(&out.sound);
}

static void test_phrases_go_on_behind_the_last_one(void **state)
{
    (void)state;
    static struct played played;
    played_make(&played, 0);
    played.found.phrase_count = 6; /* the last begins with beat 160 */
    assert_true(side_is_phrase(&played.side, 128));
    assert_true(side_is_phrase(&played.side, 192));
    assert_true(side_is_phrase(&played.side, 256));
    assert_false(side_is_phrase(&played.side, 144));
    assert_false(side_is_phrase(&played.side, 208));
    played.found.phrase_count = 0;
    assert_false(side_is_phrase(&played.side, 192));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_known_of_loudness_is_told_with_the_gain),
        cmocka_unit_test(test_without_power_beats_tell_the_loudness),
        cmocka_unit_test(test_both_are_brought_to_one_level_and_back),
        cmocka_unit_test(test_the_way_between_two_levels_is_longer_than_the_overlap),
        cmocka_unit_test(test_a_knob_is_not_turned_at_once_by_a_skip),
        cmocka_unit_test(test_what_the_faders_leave_is_made_up_for),
        cmocka_unit_test(test_next_to_nothing_is_not_raised_to_music),
        cmocka_unit_test(test_a_fade_does_not_end_just_before_a_gap),
        cmocka_unit_test(test_a_track_is_left_where_it_becomes_quiet),
        cmocka_unit_test(test_silence_at_a_beginning_is_left_out),
        cmocka_unit_test(test_silence_of_any_length_is_left_out),
        cmocka_unit_test(test_a_played_tempo_is_not_followed),
        cmocka_unit_test(test_a_tempo_that_is_not_even_is_heard),
        cmocka_unit_test(test_beats_that_are_clearly_off_are_put_on_each_other),
        cmocka_unit_test(test_an_overlap_does_not_end_just_before_a_rest),
        cmocka_unit_test(test_phrases_go_on_behind_the_last_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
