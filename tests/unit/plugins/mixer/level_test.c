/* level_test.c - how loud a track is, where that asks to leave it, and what the knobs do
 * about it.
 */
#include "fixture.h"

#include "cross.h"
#include "loud.h"
#include "match.h"
#include "trim.h"

struct tone {
    struct sound sound;
    struct fv_track track;
    struct side side;
};

static void tone_make(struct tone *tone, double seconds, double level)
{
    *tone = (struct tone){0};
    sound_make(&tone->sound, (int64_t)(seconds * FV_RATE));
    sound_add_sine(&tone->sound, 997, level);
    tone->track = (struct fv_track){.struct_size = sizeof tone->track,
                                    .length = tone->sound.pcm.length};
    side_init(&tone->side, &tone->track, &tone->sound.pcm, 0);
}

static void scale(struct tone *tone, double from_s, double to_s, float gain)
{
    for (int64_t i = 2 * (int64_t)(from_s * FV_RATE); i < 2 * (int64_t)(to_s * FV_RATE);
         i++)
        tone->sound.samples[i] *= gain;
}

static void test_a_sine_is_as_loud_as_meters_say(void **state)
{
    (void)state;
    struct tone tone;
    struct loud *loud = calloc(1, sizeof *loud);
    tone_make(&tone, 10, 0.1);
    loud_listen(loud, &tone.side, 2 * FV_RATE, 8 * FV_RATE);
    assert_int_equal(loud->count, 12);
    assert_true(fabs(loud_level(loud, 3 * FV_RATE, 8 * FV_RATE) + 20) < 0.1);
    assert_true(loud_level(loud, 9 * FV_RATE, 10 * FV_RATE) == -HUGE_VAL);
    free(loud);
    sound_free(&tone.sound);
}

static void test_both_are_brought_to_one_level_and_back(void **state)
{
    (void)state;
    struct tone out, in;
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
    sound_free(&out.sound);
    sound_free(&in.sound);
}

static void test_a_knob_is_not_turned_at_once_by_a_skip(void **state)
{
    (void)state;
    struct tone out, in;
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
    sound_free(&out.sound);
    sound_free(&in.sound);
}

static void test_a_track_is_left_where_it_becomes_quiet(void **state)
{
    (void)state;
    struct tone out, in;
    struct cross cross;
    tone_make(&out, 200, 0.2);
    tone_make(&in, 100, 0.2);
    scale(&out, 170, 200, 0.02f); /* longer than any fade */
    cross_find(&out.side, &in.side, 0, 12 * FV_RATE, &cross);
    double end = (cross.leave + cross.length) / FV_RATE;
    assert_true(cross.leave / FV_RATE > 160 && cross.leave / FV_RATE < 171);
    assert_true(end > 168);
    sound_free(&out.sound);
    sound_free(&in.sound);
}

static void test_silence_at_a_beginning_is_left_out(void **state)
{
    (void)state;
    struct tone out, in;
    struct cross cross;
    tone_make(&out, 100, 0.2);
    tone_make(&in, 100, 0.2);
    scale(&in, 0, 7, 0.001f);
    cross_find(&out.side, &in.side, 0, 12 * FV_RATE, &cross);
    assert_true((cross.entry + cross.length / 2) / FV_RATE > 6.5);
    assert_true(cross.entry / FV_RATE < 7.5);
    assert_true(cross.leave + cross.length > 98.0 * FV_RATE);
    sound_free(&out.sound);
    sound_free(&in.sound);
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

static void test_the_looser_a_tempo_the_shorter_it_is_followed(void **state)
{
    (void)state;
    static struct played steady, swaying, drunk;
    const struct match_wish wish = {.longest = 64};
    struct match best, second;
    played_make(&steady, 0);
    played_make(&swaying, 0.02);
    played_make(&drunk, 0.4);
    assert_true(match_search(&steady.side, &steady.side, &wish, &best, &second));
    assert_true(best.steps > 16);
    assert_true(match_search(&swaying.side, &steady.side, &wish, &best, &second));
    assert_true(best.steps <= 16);
    assert_true(match_search(&steady.side, &swaying.side, &wish, &best, &second));
    assert_true(best.steps <= 16);
    assert_false(match_search(&drunk.side, &steady.side, &wish, &best, &second) &&
                 best.steps > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sine_is_as_loud_as_meters_say),
        cmocka_unit_test(test_both_are_brought_to_one_level_and_back),
        cmocka_unit_test(test_a_knob_is_not_turned_at_once_by_a_skip),
        cmocka_unit_test(test_a_track_is_left_where_it_becomes_quiet),
        cmocka_unit_test(test_silence_at_a_beginning_is_left_out),
        cmocka_unit_test(test_the_looser_a_tempo_the_shorter_it_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
