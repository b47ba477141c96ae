/* weave_test.c - a short way on which nobody comes too soon. */
#include "weave.c"

#include "rig.h"
#include "spacing.h"

#include <limits.h>

#define TRACKS 48
#define ARTISTS 4
#define LENGTH_S 200.0

static struct rig rig;
static struct genres genres;
static struct distance distance;
static struct pool_track track[TRACKS];
static struct pool_track *order[TRACKS];
static struct crowd crowds[ARTISTS];
static struct rules rules;

static int set_up(void **state)
{
    (void)state;
    rig_open(&rig);
    distance_init(&distance, &rig.host, &genres);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    genres_release(&genres);
    rig_close(&rig);
    return 0;
}

/* Each artist has a tempo and keys of their own, so that short ways are unfair ones. */
static void lay_out(void)
{
    rules = (struct rules){.track_s = 3000, .artist_s = 500, .crowds = crowds};
    rules.crowd_count = ARTISTS;
    for (uint32_t a = 0; a < ARTISTS; a++)
        crowds[a] = (struct crowd){a + 1, TRACKS / ARTISTS};
    rules.pool_s = TRACKS * LENGTH_S;
    for (int i = 0; i < TRACKS; i++) {
        struct traits *traits = &track[i].traits;
        traits_init(traits);
        traits->bpm = 100 + 3 * (i / (TRACKS / ARTISTS)) + 0.1 * (i % 7);
        traits->bpm_certainty = traits->key_certainty = 1;
        traits->key = 7 * i % 12;
        traits->energy = traits->danceability = 0.5f;
        traits->length_s = (float)(track[i].airtime_s = LENGTH_S);
        traits->artist = 1 + (uint32_t)(i / (TRACKS / ARTISTS));
        order[i] = &track[i];
    }
}

static double length_of_order(void)
{
    double sum = 0;
    for (int i = 1; i < TRACKS; i++)
        sum +=
            distance_between(&distance, &order[i - 1]->traits, &order[i]->traits, NULL);
    return sum;
}

static int too_soon(const struct past *past)
{
    int count = 0;
    for (int i = 0; i < TRACKS; i++) {
        uint32_t artist = order[i]->traits.artist;
        double gap = rules_artist_gap(&rules, artist);
        for (int j = i - 1; j >= 0 && (i - j) * LENGTH_S < gap; j--)
            count += order[j]->traits.artist == artist;
        for (size_t p = 0; p < past->count; p++)
            count += past->starts[p].artist == artist &&
                     past->now_s + i * LENGTH_S - past->starts[p].at_s < gap;
    }
    return count;
}

static const struct path_options options = {.seed = 1, .budget_ms = 200};

static int weave_all(const struct past *past)
{
    return weave_order(&rules, past, &distance, NULL, order, TRACKS, &options);
}

static void test_nobody_comes_too_soon_and_the_way_stays_short(void **state)
{
    (void)state;
    struct past past = {0};
    lay_out();
    assert_true(too_soon(&past) > 0);
    assert_int_equal(weave_all(&past), 0);
    assert_int_equal(too_soon(&past), 0);
    double woven = length_of_order();
    lay_out();
    spacing_mend(&rules, &past, &distance, NULL, order, TRACKS, &options);
    assert_true(woven < length_of_order());
}

struct asked {
    int times, until; /* it is stopped */
};

static bool ask(void *ctx)
{
    struct asked *asked = ctx;
    return ++asked->times > asked->until;
}

/* A crate of thousands by a few artists can be moved about for minutes: an engine that
 * gives no sign of life for so long is ended. */
static void test_spacing_is_given_up_when_asked_to(void **state)
{
    (void)state;
    struct past past = {0};
    struct asked asked = {0};
    struct path_options how = {.must_stop = ask, .ctx = &asked};
    struct pool_track *before[TRACKS];
    lay_out();
    memcpy(before, order, sizeof order);
    assert_true(spacing_mend(&rules, &past, &distance, NULL, order, TRACKS, &how) > 0);
    assert_true(asked.times > 0);
    assert_memory_equal(order, before, sizeof order);
    asked = (struct asked){.until = INT_MAX};
    spacing_mend(&rules, &past, &distance, NULL, order, TRACKS, &how);
    assert_memory_not_equal(order, before, sizeof order);
}

static void test_spacing_of_many_by_a_few_has_an_end(void **state)
{
    (void)state;
    enum { MANY = 1200 };
    static struct pool_track many[MANY];
    static struct pool_track *of_many[MANY];
    struct past past = {0};
    struct asked asked = {.until = INT_MAX};
    struct path_options how = {.must_stop = ask, .ctx = &asked};
    lay_out();
    for (int i = 0; i < MANY; i++) {
        many[i] = track[i % TRACKS];
        of_many[i] = &many[i];
    }
    rules.pool_s = MANY * LENGTH_S;
    rules.artist_s = 1000; /* five tracks: with four artists that can't be */
    spacing_mend(&rules, &past, &distance, NULL, of_many, MANY, &how);
    assert_in_range(asked.times, 1, 2 * MANY);
}

static void test_what_was_played_last_is_remembered(void **state)
{
    (void)state;
    struct start start = {.artist = 1, .at_s = 900};
    struct past past = {.starts = &start, .count = 1, .now_s = 1000};
    lay_out();
    assert_int_equal(weave_all(&past), 0);
    assert_int_equal(too_soon(&past), 0);
    assert_int_not_equal(order[0]->traits.artist, 1);
}

static void test_every_track_stays_and_each_time_in_the_same_place(void **state)
{
    (void)state;
    struct past past = {0};
    struct pool_track *first[TRACKS];
    int seen[TRACKS] = {0};
    lay_out();
    assert_int_equal(weave_all(&past), 0);
    memcpy(first, order, sizeof order);
    lay_out();
    assert_int_equal(weave_all(&past), 0);
    for (int i = 0; i < TRACKS; i++) {
        assert_ptr_equal(first[i], order[i]);
        assert_int_equal(seen[order[i] - track]++, 0);
    }
}

/* One that goes with nobody, seven and four that go together: of a round that may begin
 * anywhere the seven are heard first. */
static void test_what_goes_together_longest_begins(void **state)
{
    (void)state;
    static const double bpm[] = {104, 119, 121, 125, 129, 133,
                                 137, 139, 171, 173, 87,  90};
    const int count = sizeof bpm / sizeof *bpm;
    struct past past = {0};
    lay_out();
    rules.track_s = rules.artist_s = 0;
    for (int i = 0; i < count; i++)
        track[i].traits.bpm = bpm[i];
    assert_int_equal(
        weave_order(&rules, &past, &distance, NULL, order, (size_t)count, &options), 0);
    for (int i = 1; i < 7; i++)
        assert_true(tempo_can_match(order[i - 1]->traits.bpm, order[i]->traits.bpm));
}

/* All tempos meet, and of every fourth track the ears are unsure: those stand together,
 * for each that stands alone costs two overlaps. */
static void test_tracks_that_can_only_be_faded_stand_together(void **state)
{
    (void)state;
    struct past past = {0};
    int overlaps = 0;
    lay_out();
    rules.track_s = rules.artist_s = 0;
    for (int i = 0; i < TRACKS; i++)
        track[i].traits.is_loose = i % 4 == 0;
    assert_int_equal(weave_all(&past), 0);
    for (int i = 1; i < TRACKS; i++)
        overlaps += distance_can_match(&order[i - 1]->traits, &order[i]->traits);
    assert_true(overlaps >= TRACKS * 3 / 4 - 3); /* of 36 tracks, in at most three rows */
}

/* What the order costs, summed up anew. */
static int64_t cost_of(const uint32_t *places, const struct past *past)
{
    struct round fresh;
    struct pool_track *tracks[TRACKS];
    for (int i = 0; i < TRACKS; i++)
        tracks[i] = order[places[i]];
    assert_int_equal(round_init(&fresh, &distance, NULL, tracks, TRACKS, &rules, past),
                     0);
    int64_t cost = fresh.length + fresh.fines;
    round_release(&fresh);
    return cost;
}

static void lay_out_runs(const struct round *round, const struct change *change,
                         uint32_t *to)
{
    memcpy(to, round->order, TRACKS * sizeof *to);
    uint32_t *at = to + change->low;
    for (size_t r = 0; r < change->count; r++)
        for (size_t n = 0; n < change->runs[r].count; n++)
            *at++ = round->order[change->runs[r].first + n * change->runs[r].step];
    assert_ptr_equal(at, to + change->high + 1);
}

/* Changes of all kinds: those that may cost anything are made, others are refused only if
 * the order would be dearer. */
static void test_a_change_costs_what_the_order_costs_more(void **state)
{
    (void)state;
    struct start start = {.artist = 2, .at_s = 800};
    struct past past = {.starts = &start, .count = 1, .now_s = 1000};
    struct weave weave = {.dice = 5};
    uint32_t near[TRACKS * NEAR], changed[TRACKS];
    struct change change;
    int made = 0, refused = 0;
    lay_out();
    for (int i = 0; i < TRACKS; i++)
        track[i].airtime_s = 120 + 31 * i % 97;
    assert_int_equal(
        round_init(&weave.round, &distance, NULL, order, TRACKS, &rules, &past), 0);
    weave.near = near;
    find_near(&weave);
    for (int i = 0; i < 9000; i++) {
        int64_t before = weave.round.length + weave.round.fines;
        if (!draw_change(&weave, &change, INT64_MAX))
            continue;
        lay_out_runs(&weave.round, &change, changed);
        int64_t after = cost_of(changed, &past);
        int64_t most = i < 500 ? INT64_MAX / 2 : i < 3000 ? 0 : TERRAIN_UNIT / 8;
        bool is_made = round_make(&weave.round, &change,
                                  round_lengthening(&weave.round, &change), most);
        assert_int_equal(is_made, after - before <= most);
        assert_int_equal(weave.round.length + weave.round.fines,
                         is_made ? after : before);
        assert_memory_equal(weave.round.order, changed, is_made ? sizeof changed : 0);
        made += is_made;
        refused += !is_made;
    }
    assert_true(made > 500 && refused > 500);
    round_release(&weave.round);
}

/* Two kinds of change leave artists where they are: with another by the same artist, all
 * of them; with a track from far and one that stands in for it, the place it came from.
 */
static void test_artists_stay_where_they_are(void **state)
{
    (void)state;
    struct past past = {0};
    struct weave weave = {.dice = 7};
    struct round *round = &weave.round;
    struct change change;
    uint32_t changed[TRACKS];
    int swapped = 0, replaced = 0;
    lay_out();
    for (int i = 0; i < TRACKS; i++) /* artists take turns */
        order[i] = &track[i % ARTISTS * (TRACKS / ARTISTS) + i / ARTISTS];
    assert_int_equal(round_init(round, &distance, NULL, order, TRACKS, &rules, &past), 0);
    for (size_t p = 0; p + 1 < TRACKS; p++)
        for (size_t q = 0; q < TRACKS; q++) {
            if (draw_same_artist(round, &change, p, INT64_MAX, shuffle(&weave))) {
                lay_out_runs(round, &change, changed);
                for (int i = 0; i < TRACKS; i++)
                    assert_int_equal(order[changed[i]]->traits.artist,
                                     order[i]->traits.artist);
                swapped++;
            }
            size_t far = q > p ? q - p : p - q;
            if (far <= 2 * ARTISTS || !replace(round, &change, p, q))
                continue;
            lay_out_runs(round, &change, changed);
            assert_int_equal(order[changed[q]]->traits.artist, order[q]->traits.artist);
            assert_int_not_equal(changed[q], q);
            replaced++;
        }
    assert_true(swapped > 100 && replaced > 100);
    round_release(round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_comes_too_soon_and_the_way_stays_short),
        cmocka_unit_test(test_spacing_is_given_up_when_asked_to),
        cmocka_unit_test(test_spacing_of_many_by_a_few_has_an_end),
        cmocka_unit_test(test_what_was_played_last_is_remembered),
        cmocka_unit_test(test_every_track_stays_and_each_time_in_the_same_place),
        cmocka_unit_test(test_what_goes_together_longest_begins),
        cmocka_unit_test(test_tracks_that_can_only_be_faded_stand_together),
        cmocka_unit_test(test_a_change_costs_what_the_order_costs_more),
        cmocka_unit_test(test_artists_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
