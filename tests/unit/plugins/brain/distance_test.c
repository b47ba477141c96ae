/* distance_test.c - what is near and what is far, and what is not known. */
#include "distance.c"

#include "rig.h"

static struct rig rig;
static struct genres genres;
static struct distance distance;

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

static struct traits known(double bpm, int key, float energy)
{
    struct traits traits;
    traits_init(&traits);
    traits.bpm = bpm;
    traits.bpm_certainty = traits.key_certainty = 1;
    traits.key = key;
    traits.energy = traits.danceability = energy;
    traits.loudness_db = -10;
    traits.length_s = 200;
    return traits;
}

static double by(enum criterion criterion, struct traits a, struct traits b)
{
    return distance_by(&distance, criterion, &a, &b);
}

static void test_octaves_of_tempo_are_folded(void **state)
{
    (void)state;
    assert_true(by(TEMPO, known(70, 0, 0), known(140, 0, 0)) < 1e-9);
    assert_true(by(TEMPO, known(174, 0, 0), known(87.5, 0, 0)) < 0.02);
    assert_true(fabs(by(TEMPO, known(100, 0, 0), known(100 * sqrt(2), 0, 0)) - 1) < 1e-9);
    assert_true(by(TEMPO, known(120, 0, 0), known(127, 0, 0)) < 0.1); /* can be met */
    assert_true(by(TEMPO, known(120, 0, 0), known(128, 0, 0)) == 1);
    assert_true(tempo_can_match(120, 127) && tempo_can_match(64, 128));
    assert_false(tempo_can_match(120, 128));
    assert_false(tempo_can_match(0, 128));
}

/* What it goes out at is met by what the next comes in at. */
static void test_a_tempo_that_changes_counts_where_tracks_meet(void **state)
{
    double beats[200];
    static struct fv_beat features[200];
    struct traits from = known(100, 0, 0), to = known(122, 0, 0);
    struct fv_analysis found = {.bpm = 100,
                                .duration = 110,
                                .beats = beats,
                                .beat_count = 200,
                                .features = features,
                                .feature_count = 200,
                                .key = -1};
    struct fv_cue out = {.time = 108};
    (void)state;
    for (int i = 0; i < 200; i++) /* 100 BPM, and at the end 122 */
        beats[i] = i < 120 ? i * 0.6 : 72 + (i - 120) * 60.0 / 122;
    found.tempo_confidence = found.beat_confidence = found.bar_confidence = 1;
    found.mix_out = &out;
    found.mix_out_count = 1;
    traits_hear(&from, &found);
    assert_true(by(TEMPO, known(100, 0, 0), to) == 1);
    assert_true(by(TEMPO, from, to) < 0.01);
    assert_true(by(TEMPO, from, known(100, 0, 0)) == 1);
    assert_true(by(TEMPO, known(100, 0, 0), from) < 0.01);
    assert_true(by(TEMPO, to, from) == 1);
}

static void test_keys_are_near_around_the_camelot_wheel(void **state)
{
    (void)state;
    struct traits am = known(120, 21, 0), c = known(120, 0, 0), em = known(120, 16, 0),
                  ebm = known(120, 15, 0);
    assert_true(by(KEY, am, am) == 0);
    assert_true(by(KEY, am, c) < by(KEY, am, em)); /* the relative key */
    assert_true(by(KEY, am, em) < 0.3);            /* a step around */
    assert_true(by(KEY, am, ebm) == 1);            /* across */
}

static double by_keys(int a, int b, float certainty)
{
    struct traits x = known(120, a, 0), y = known(120, b, 0);
    x.key_certainty = y.key_certainty = certainty;
    return by(KEY, x, y);
}

/* A minor for C major and the other way round is what ears mistake. */
static void test_doubt_about_a_key_is_about_its_mode(void **state)
{
    enum { AM = 21, C = 0, EM = 16, EBM = 15, G = 7 };
    (void)state;
    assert_true(by_keys(AM, C, 0.7f) < 0.1);
    assert_true(by_keys(AM, EM, 0.7f) > by_keys(AM, EM, 1.0f) + 0.1);
    assert_true(by_keys(AM, G, 0.7f) < by_keys(AM, G, 1.0f) - 0.1);
    assert_true(fabs(by_keys(AM, EM, 0.5f) - by_keys(AM, G, 0.5f)) < 1e-9);
    assert_true(by_keys(AM, EBM, 0.5f) > 0.9);
    assert_true(by_keys(AM, AM, 0.0f) == by_keys(AM, EBM, 0.0f));
}

static void test_every_way_to_write_a_key_is_read(void **state)
{
    static const struct {
        const char *text;
        int key;
    } keys[] = {{"A minor", 21},
                {"Am", 21},
                {"8A", 21},
                {"8B", 0},
                {"C", 0},
                {"C major", 0},
                {"F# maj", 6},
                {"B flat minor", 22},
                {"Bb minor", 22},
                {"Eb", 3},
                {"F sharp minor", 18},
                {"1A", 20},
                {"B♭ minor", 22},
                {"H", -1},
                {"", -1},
                {"13A", -1},
                {"A dorian", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (traits_key(keys[i].text) != keys[i].key)
            fail_msg("\"%s\" is read as %d", keys[i].text, traits_key(keys[i].text));
}

static void test_length_is_compared_in_seconds(void **state)
{
    (void)state;
    struct traits a = known(120, 0, 0), b = known(120, 0, 0);
    b.length_s = 201;
    assert_true(fabs(by(LENGTH, a, b) - 0.01) < 1e-6);
}

static void test_names_are_compared_without_case_and_accents(void **state)
{
    (void)state;
    struct traits a = known(120, 0, 0), b = known(120, 0, 0);
    a.artist = fold_hash("Björk  Guðmundsdóttir");
    b.artist = fold_hash("bjork gudmundsdottir");
    assert_true(by(SPREAD, a, b) == 1);
    a.genre = genres_number(&genres, "Deep House");
    b.genre = genres_number(&genres, "deep-house");
    assert_true(by(GENRE, a, b) == 0);
    b.genre = genres_number(&genres, "Tech House");
    assert_true(by(GENRE, a, b) > 0.2 && by(GENRE, a, b) < 0.6);
}

static void test_weights_come_from_the_configuration(void **state)
{
    (void)state;
    struct traits a = known(120, 0, 0.2f), b = known(140, 6, 0.2f);
    double before = distance_between(&distance, &a, &b, NULL);
    rig_set(&rig, "weights.energy", json_integer(100000));
    distance_init(&distance, &rig.host, &genres);
    double after = distance_between(&distance, &a, &b, NULL);
    assert_true(fabs(after - before) > 0.1);
    assert_true(after < 0.03);
}

/* The host answers with its own defaults, which are those of the documentation. */
static void test_usual_weights_are_the_configurations_defaults(void **state)
{
    FILE *file = fopen("docs/configuration.md", "r");
    char text[16384];
    (void)state;
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    for (int c = 0; c < CRITERIA; c++) {
        char row[100];
        snprintf(row, sizeof row, "\n| `weights.%s` | `%g` |", criterion_names[c],
                 usual_weights[c]);
        if (!strstr(text, row))
            fail_msg("no row %s", row + 1);
    }
}

static void test_what_is_not_known_is_what_is_to_be_expected(void **state)
{
    enum { COUNT = 60 };
    struct traits tracks[COUNT], unknown;
    const struct traits *list[COUNT];
    double differences[CRITERIA], mean = 0;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        tracks[i] = known(90 + i, i % 24, (float)i / COUNT);
        list[i] = &tracks[i];
    }
    distance_expect(&distance, list, COUNT, 1);
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            mean += fabs((double)(tracks[i].energy - tracks[j].energy)) / COUNT / COUNT;
    traits_init(&unknown);
    distance_between(&distance, &tracks[0], &unknown, differences);
    assert_true(fabs(differences[ENERGY] - mean) < 0.02);
    assert_true(isnan(distance_by(&distance, ENERGY, &tracks[0], &unknown)));
}

/* How many of the tracks have the unknown one among their `near` nearest. */
static int count_as_near(const struct traits *tracks, int count,
                         const struct traits *unknown, int near)
{
    int times = 0;
    for (int i = 0; i < count; i++) {
        double away = distance_between(&distance, &tracks[i], unknown, NULL);
        int nearer = 0;
        for (int j = 0; j < count; j++)
            nearer += j != i &&
                      distance_between(&distance, &tracks[i], &tracks[j], NULL) < away;
        times += nearer < near;
    }
    return times;
}

static void test_a_track_without_analysis_is_no_hub(void **state)
{
    enum { COUNT = 200 };
    struct traits *tracks = calloc(COUNT, sizeof *tracks), unknown;
    const struct traits *list[COUNT];
    uint64_t dice = 5;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        tracks[i] = known(85 + roll(&dice, 90), (int)roll(&dice, 24),
                          (float)roll(&dice, 1000) / 1000);
        list[i] = &tracks[i];
    }
    traits_init(&unknown);
    distance_expect(&distance, list, COUNT, 1);
    /* by chance it would be among the 10 nearest of 1 in 20 */
    assert_true(count_as_near(tracks, COUNT, &unknown, 10) <= COUNT / 20);
    free(tracks);
}

static void test_an_uncertain_tempo_counts_less(void **state)
{
    (void)state;
    struct traits a = known(120, 0, 0), b = known(120, 0, 0), c = known(120, 0, 0);
    c.bpm_certainty = 0;
    assert_true(by(TEMPO, a, b) == 0);
    assert_true(by(TEMPO, a, c) == distance.expected[TEMPO]);
}

static void test_a_tempo_that_no_mixer_uses_counts_little(void **state)
{
    (void)state;
    struct traits sure = known(120, 0, 0), loose = known(120, 0, 0);
    struct fv_analysis found = {.struct_size = sizeof found,
                                .bpm = 120,
                                .tempo_confidence = 1,
                                .beat_confidence = 1,
                                .bar_confidence = 0.85f,
                                .key = -1};
    assert_true(distance_can_match(&sure, &loose));
    traits_hear(&loose, &found);
    assert_false(distance_can_match(&sure, &loose) || distance_can_match(&loose, &sure));
    assert_true(by(TEMPO, sure, loose) > distance.expected[TEMPO] / 2);
    found.bar_confidence = 1;
    traits_hear(&loose, &found);
    assert_true(distance_can_match(&sure, &loose));
    assert_true(by(TEMPO, sure, loose) == 0);
    sure.beats_per_bar = 4;
    found.beats_per_bar = 3;
    traits_hear(&loose, &found);
    assert_false(distance_can_match(&sure, &loose));
    assert_true(by(TEMPO, sure, loose) > distance.expected[TEMPO] / 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_octaves_of_tempo_are_folded),
        T(test_a_tempo_that_changes_counts_where_tracks_meet),
        T(test_keys_are_near_around_the_camelot_wheel),
        T(test_doubt_about_a_key_is_about_its_mode),
        T(test_every_way_to_write_a_key_is_read),
        T(test_length_is_compared_in_seconds),
        T(test_names_are_compared_without_case_and_accents),
        T(test_weights_come_from_the_configuration),
        T(test_usual_weights_are_the_configurations_defaults),
        T(test_what_is_not_known_is_what_is_to_be_expected),
        T(test_a_track_without_analysis_is_no_hub),
        T(test_an_uncertain_tempo_counts_less),
        T(test_a_tempo_that_no_mixer_uses_counts_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
