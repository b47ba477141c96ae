/* graft_test.c - pieces whose tempo changes once or twice: their beats change with it. */
#include "rhythm.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/ears.h"
#include "../../../../plugins/brain/ears/ears_found.h"

#include "piece.h"

#define MOST 400
#define FIRST_S 0.3
#define NEAR_S 0.004

struct song {
    struct piece piece;
    double beat[MOST];
    int beats;
};

/* ---- drums ---------------------------------------------------------------------------
 */

/* A tone that falls to `hz`, and noise. */
static void hit(struct piece *piece, double time, double hz, double tone, double noise,
                double length_s)
{
    int64_t at = llrint(time * FV_RATE);
    uint32_t state = 12345;
    double turn = 0.0;
    for (int64_t i = 0; i < 8000 && at + i < piece->frames; i++) {
        double t = (double)i / FV_RATE, fade = exp(-t / length_s);
        turn += 2.0 * M_PI * hz * (1.0 + 3.0 * exp(-t / 0.02)) / FV_RATE;
        double x = fade * (tone * sin(turn) + noise * (double)hiss(&state));
        piece->samples[2 * (at + i)] += (float)x;
        piece->samples[2 * (at + i) + 1] += (float)x;
    }
}

static void kick(struct piece *piece, double time)
{
    hit(piece, time, 50.0, 0.5, 0.05, 0.1);
}

static void snare(struct piece *piece, double time)
{
    hit(piece, time, 190.0, 0.2, 0.3, 0.07);
}

static void hat(struct piece *piece, double time)
{
    hit(piece, time, 9000.0, 0.0, 0.2, 0.02);
}

/* A rock beat with a kick before every third beat; beats are as long as `period` says. */
static struct song play(const double *period, int beats)
{
    struct song song = {.beats = beats};
    double time = FIRST_S;
    for (int i = 0; i < beats; i++) {
        song.beat[i] = time;
        time += period[i];
    }
    song.piece = silence_of(time);
    for (int i = 0; i < beats; i++) {
        (i % 2 ? snare : kick)(&song.piece, song.beat[i]);
        if (i % 4 == 2)
            kick(&song.piece, song.beat[i] - 0.5 * period[i]);
        hat(&song.piece, song.beat[i]);
        hat(&song.piece, song.beat[i] + 0.5 * period[i]);
    }
    return song;
}

static void hear(struct ears *ears, struct piece *piece)
{
    const struct fv_host host = {.struct_size = sizeof host,
                                 .ctx = piece,
                                 .cancelled = is_cancelled,
                                 .progress = note_progress};
    const struct fv_pcm pcm = {.struct_size = sizeof pcm,
                               .ctx = piece,
                               .length = piece->frames,
                               .read = read_piece};
    assert_int_equal(ears_find(ears, &host, &pcm), 0);
    free(piece->samples);
}

/* Every beat that is played is heard, and no other. */
static void expect_beats(const struct ears *ears, const struct song *song)
{
    const struct strip_d *found = &ears->rhythm.beats.time;
    assert_int_equal(found->count, song->beats);
    for (int i = 0; i < song->beats; i++)
        if (fabs(found->at[i] - song->beat[i]) > NEAR_S)
            fail_msg("beat %d is heard at %.3f s, played at %.3f s", i, found->at[i],
                     song->beat[i]);
}

/* ---- the tests -----------------------------------------------------------------------
 */

static struct ears ears;

/* `before` beats at one tempo, `middle` at another, `after` at the first again. */
static struct song change(int before, int middle, int after, double bpm, double other)
{
    double period[MOST];
    for (int i = 0; i < before + middle + after; i++)
        period[i] = 60.0 / (i >= before && i < before + middle ? other : bpm);
    return play(period, before + middle + after);
}

static void expect_change(int before, int middle, int after, double bpm, double other)
{
    struct song song = change(before, middle, after, bpm, other);
    hear(&ears, &song.piece);
    expect_beats(&ears, &song);
    ears_release(&ears);
}

static void test_an_end_in_another_tempo_has_its_own_beats(void **state)
{
    static const double other[] = {122.0, 84.0, 109.0};
    (void)state;
    for (int k = 0; k < 3; k++) {
        struct song song = change(130, 48, 0, 100.0, other[k]);
        hear(&ears, &song.piece);
        expect_beats(&ears, &song);
        assert_true(fabs(ears.rhythm.beats.bpm - 100.0) < 0.02);
        ears_release(&ears);
    }
}

static void test_so_has_a_beginning(void **state)
{
    struct song song = change(0, 45, 150, 120.0, 97.0);
    (void)state;
    hear(&ears, &song.piece);
    expect_beats(&ears, &song);
    assert_true(fabs(ears.rhythm.beats.bpm - 120.0) < 0.02);
    ears_release(&ears);
}

/* 42 beats of the one last as long as 50 of the other: one line is left and met again.
 * After all others another line at the old tempo begins. */
static void test_so_has_what_lies_between(void **state)
{
    static const int beats[][3] = {{96, 42, 96},  {96, 45, 96},  {90, 40, 140},
                                   {140, 40, 90}, {200, 20, 60}, {60, 20, 200}};
    (void)state;
    for (size_t k = 0; k < sizeof beats / sizeof *beats; k++) {
        struct song song = change(beats[k][0], beats[k][1], beats[k][2], 100.0, 84.0);
        hear(&ears, &song.piece);
        expect_beats(&ears, &song);
        assert_true(fabs(ears.rhythm.beats.bpm - 100.0) < 0.02);
        ears_release(&ears);
    }
}

/* Where it is little, the line of the one is met again by chance. */
static void test_so_have_both_ends_of_a_long_one(void **state)
{
    (void)state;
    expect_change(103, 49, 28, 96.8, 87.6);
}

/* The first sound lies half way between beats of the line that is laid behind it. */
static void test_how_it_begins_is_told_of_its_beginning(void **state)
{
    (void)state;
    expect_change(74, 106, 0, 86.0, 80.770);
}

static void test_where_tempos_meet_beats_stay_in_doubt(void **state)
{
    struct song song = change(130, 48, 0, 100.0, 122.0);
    double seam = song.beat[130];
    (void)state;
    hear(&ears, &song.piece);
    assert_int_equal(ears.rhythm.unsure.count, 1);
    assert_true(ears.rhythm.unsure.at[0].start < seam &&
                ears.rhythm.unsure.at[0].end > seam);
    assert_true(ears.rhythm.unsure.at[0].start > seam - 15.0);
    assert_true(ears.rhythm.unsure.at[0].end < seam + 15.0);
    ears_release(&ears);
}

/* The network may be wrong about the half beat at home, and lines do not meet then. */
static void test_half_a_beat_off_at_home_is_heard_where_lines_meet(void **state)
{
    struct song song = change(130, 48, 0, 100.0, 109.0);
    struct rhythm *rhythm = &ears.rhythm;
    double left;
    (void)state;
    hear(&ears, &song.piece);
    const struct rhythm_ears parts = {&ears.maps, &ears.hearing.bands, ears.start,
                                      ears.start, ears.end};
    assert_int_equal(shift_home(rhythm, &parts, 0.5 * rhythm->meter.per_beat, &left), 0);
    assert_false(is_even(&rhythm->beats.time));
    rhythm->meter.beat_chance = 0.9f; /* it is sure: the lines may be what is wrong */
    assert_int_equal(try_off_beats(rhythm, &parts, &left), 0);
    assert_false(is_even(&rhythm->beats.time));
    rhythm->meter.beat_chance = 0.5f;
    assert_int_equal(try_off_beats(rhythm, &parts, &left), 0);
    expect_beats(&ears, &song);
    ears_release(&ears);
}

/* A player hurries and hesitates about a tempo, by so many seconds. */
static void be_played(double *period, int from, int to, double bpm, double off_s)
{
    for (int i = from; i < to; i++)
        period[i] = 60.0 / bpm + off_s * (cos(0.15 * (i + 1)) - cos(0.15 * i));
}

/* 128 beats at 100 BPM, then some at 122, each played as far off its line as is said. */
static void expect_followed(double off_s, int after, double other_off_s)
{
    double period[MOST];
    be_played(period, 0, 128, 100.0, off_s);
    be_played(period, 128, 128 + after, 122.0, other_off_s);
    struct song song = play(period, 128 + after);
    hear(&ears, &song.piece);
    expect_beats(&ears, &song);
    ears_release(&ears);
}

static void test_beats_of_each_tempo_follow_the_player(void **state)
{
    (void)state;
    expect_followed(0.015, 112, 0.015);
}

/* The commonest tempo may be no line to graft upon where another is. */
static void test_either_tempo_may_be_the_stock(void **state)
{
    (void)state;
    expect_followed(0.022, 102, 0.0);
}

/* From the one to the other in sixteen beats. */
static void test_a_tempo_that_glides_is_followed(void **state)
{
    double period[180];
    (void)state;
    for (int i = 0; i < 180; i++)
        period[i] = 60.0 / (115.2 + 11.0 * fmin(fmax((i - 92) / 16.0, 0.0), 1.0));
    struct song song = play(period, 180);
    hear(&ears, &song.piece);
    expect_beats(&ears, &song);
    assert_int_equal(ears.rhythm.unsure.count, 0);
    ears_release(&ears);
}

/* A player who hurries at both tempos keeps to no line of either. */
static void test_where_no_graft_holds_beats_are_followed(void **state)
{
    double period[180];
    (void)state;
    for (int i = 0; i < 180; i++) {
        double hurry = i < 52 ? i / 52.0 : 0.941 * (i - 52) / 128.0;
        period[i] = 60.0 / ((i < 52 ? 135.6 : 127.6) + 1.68 * hurry) +
                    0.0206 * (cos(0.0688 * (i + 1)) - cos(0.0688 * i));
    }
    struct song song = play(period, 180);
    hear(&ears, &song.piece);
    assert_int_equal(ears.rhythm.beats.time.count, song.beats);
    for (int i = 0; i < song.beats; i++)
        assert_true(fabs(ears.rhythm.beats.time.at[i] - song.beat[i]) < 0.035);
    ears_release(&ears);
}

/* Notes that all sound alike have a tempo but no beat: the line goes on through them. */
static void test_an_arpeggio_in_no_time_is_left_to_the_line(void **state)
{
    struct song song = change(150, 0, 0, 120.0, 120.0);
    (void)state;
    memset(song.piece.samples, 0,
           (size_t)(20.0 * FV_RATE) * 2 * sizeof *song.piece.samples);
    for (double time = FIRST_S; time < 20.0; time += 0.148)
        hit(&song.piece, time, 440.0, 0.3, 0.0, 0.05);
    hear(&ears, &song.piece);
    assert_true(ears.rhythm.unsure.count > 0);
    expect_beats(&ears, &song);
    ears_release(&ears);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_end_in_another_tempo_has_its_own_beats),
        cmocka_unit_test(test_so_has_a_beginning),
        cmocka_unit_test(test_so_has_what_lies_between),
        cmocka_unit_test(test_so_have_both_ends_of_a_long_one),
        cmocka_unit_test(test_how_it_begins_is_told_of_its_beginning),
        cmocka_unit_test(test_where_tempos_meet_beats_stay_in_doubt),
        cmocka_unit_test(test_half_a_beat_off_at_home_is_heard_where_lines_meet),
        cmocka_unit_test(test_beats_of_each_tempo_follow_the_player),
        cmocka_unit_test(test_either_tempo_may_be_the_stock),
        cmocka_unit_test(test_a_tempo_that_glides_is_followed),
        cmocka_unit_test(test_where_no_graft_holds_beats_are_followed),
        cmocka_unit_test(test_an_arpeggio_in_no_time_is_left_to_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
