/* week_test.c - a week on air with a pool of 500, in a second: refreshes, requests,
 * failures, skips and restarts; and pools that can't give what the rules ask for. Judged
 * from what was settled alone. */
#include "distance.h"
#include "rig.h"

#include <errno.h>
#include <math.h>

#define WEEK_S (7 * 86400.0)
#define TRACKS_MAX 600

/* ---- a catalogue ----------------------------------------------------------------------
 */

struct made {
    double bpm, length_s;
    int key, artist;
    float energy;
};

struct catalogue {
    struct made tracks[TRACKS_MAX];
    int count, artists;
    struct fv_track track;
    struct fv_analysis found;
    char artist[32];
};

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
    uint64_t x = *dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

static void make(struct catalogue *catalogue, int count, int artists, uint64_t seed)
{
    static const double tempos[] = {86,  92,  100, 110, 118, 122,
                                    124, 126, 128, 134, 140, 174};
    *catalogue = (struct catalogue){.count = count, .artists = artists};
    for (int i = 0; i < count; i++)
        catalogue->tracks[i] =
            (struct made){.bpm = tempos[roll(&seed, 12)] + roll(&seed, 500) / 100.0 - 2.5,
                          .length_s = 150 + roll(&seed, 240),
                          .key = (int)roll(&seed, 24),
                          .artist = (int)roll(&seed, (uint32_t)artists),
                          .energy = (float)roll(&seed, 1000) / 1000};
}

static int number_of(const char *uri)
{
    return atoi(strrchr(uri, '/') + 1);
}

static const struct fv_track *find(struct rig *rig, const char *uri)
{
    struct catalogue *c = rig->ctx;
    int n = number_of(uri);
    if (n < 0 || n >= c->count)
        return NULL;
    const struct made *made = &c->tracks[n];
    snprintf(c->artist, sizeof c->artist, "artist %d", made->artist);
    c->found = (struct fv_analysis){.struct_size = sizeof c->found,
                                    .duration = made->length_s,
                                    .bpm = made->bpm,
                                    .tempo_confidence = 1,
                                    .key = made->key,
                                    .key_confidence = 0.8f,
                                    .energy = made->energy,
                                    .danceability = made->energy,
                                    .loudness_lufs = -10};
    c->track = (struct fv_track){.struct_size = sizeof c->track,
                                 .uri = uri,
                                 .title = "",
                                 .artist = c->artist,
                                 .album = "",
                                 .genre = "",
                                 .analysis = &c->found};
    return &c->track;
}

/* ---- a station ------------------------------------------------------------------------
 */

struct station {
    struct rig rig;
    struct catalogue catalogue;
    struct fv_brain *brain;
    int heard[20000];
    double began_s[20000];
    bool was_asked_for[20000];
    int count;
    double now_s;
};

static const struct fv_brain_methods *methods;

static double airtime(const struct made *made)
{
    return fmax(made->length_s - 30, made->length_s / 2);
}

/* The crate as a playlist; `without` leaves out every so many-th. */
static void write_crate(struct station *s, int from, int to)
{
    char path[200];
    snprintf(path, sizeof path, "%s/crate.m3u", s->rig.room);
    FILE *file = fopen(path, "w");
    for (int i = from; i < to; i++)
        fprintf(file, "/music/%d.mp3\n", i);
    fclose(file);
}

static void look(struct station *s)
{
    struct fv_error error = {{0}};
    s->rig.now_ms += 10000;
    assert_true(methods->refresh(s->brain, &error) > 0);
}

static void open_station(struct station *s, int count, int artists, uint64_t seed)
{
    char crate[200];
    *s = (struct station){0};
    make(&s->catalogue, count, artists, seed);
    rig_open(&s->rig);
    s->rig.find = find;
    s->rig.ctx = &s->catalogue;
    snprintf(crate, sizeof crate, "%s/crate.m3u", s->rig.room);
    rig_set(&s->rig, "crate", json_pack("[s]", crate));
    rig_set(&s->rig, "brain.pool", json_integer(1000));
    rig_set(&s->rig, "brain.budget_ms", json_integer(30));
    write_crate(s, 0, count);
    methods = forever_plugin.brain;
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    look(s);
}

static void close_station(struct station *s)
{
    methods->destroy(s->brain);
    rig_close(&s->rig);
    free(s);
}

/* Choose and settle one. */
static void play(struct station *s)
{
    struct fv_choice choice = {.struct_size = sizeof choice};
    assert_int_equal(methods->next(s->brain, 0, &choice), 0);
    int n = number_of(choice.uri);
    s->heard[s->count] = n;
    s->was_asked_for[s->count] = strstr(choice.why, "requested") != NULL;
    s->began_s[s->count++] = s->now_s;
    s->now_s += airtime(&s->catalogue.tracks[n]);
    methods->report(s->brain, choice.uri, FV_SETTLED, NULL);
}

static void ask_for(struct station *s, const char *verb, const char *format, int n)
{
    char line[100], reply[4096];
    struct fv_error error = {{0}};
    snprintf(line, sizeof line, format, n);
    int rc = methods->wish(s->brain, verb, line, reply, sizeof reply, &error);
    if (rc)
        fail_msg("%s %s: %s", verb, line, error.text);
}

/* ---- a state that goes over -----------------------------------------------------------
 */

static int put_int(void *ctx, const char *name, int64_t value)
{
    return json_object_set_new(ctx, name, json_integer(value));
}

static int put_real(void *ctx, const char *name, double value)
{
    return json_object_set_new(ctx, name, json_real(value));
}

static int put_text(void *ctx, const char *name, const char *value)
{
    return json_object_set_new(ctx, name, json_string(value));
}

static int put_json(void *ctx, const char *name, const char *json)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return json_object_set_new(ctx, name, value);
}

static int64_t get_int(void *ctx, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(ctx, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static double get_real(void *ctx, const char *name, double otherwise)
{
    const json_t *value = json_object_get(ctx, name);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static const char *get_text(void *ctx, const char *name, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(ctx, name));
    return value ? value : otherwise;
}

static const char *get_json(void *ctx, const char *name, const char *otherwise)
{
    static char *text;
    free(text);
    text = NULL;
    if (json_object_get(ctx, name))
        text = json_dumps(json_object_get(ctx, name), JSON_ENCODE_ANY);
    return text ? text : otherwise;
}

static json_t *save(struct station *s)
{
    json_t *state = json_object();
    struct fv_writer to = {.struct_size = sizeof to,
                           .ctx = state,
                           .put_int = put_int,
                           .put_real = put_real,
                           .put_text = put_text,
                           .put_json = put_json};
    assert_int_equal(methods->save(s->brain, &to), 0);
    return state;
}

/* Another brain takes over with what of the state is left. */
static void swap(struct station *s, const char *without)
{
    json_t *state = save(s);
    if (without)
        json_object_del(state, without);
    struct fv_reader from = {.struct_size = sizeof from,
                             .ctx = state,
                             .get_int = get_int,
                             .get_real = get_real,
                             .get_text = get_text,
                             .get_json = get_json};
    methods->destroy(s->brain);
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    assert_int_equal(methods->load(s->brain, &from), 0);
    get_json(state, "nothing", "");
    json_decref(state);
    look(s);
}

/* ---- judges ---------------------------------------------------------------------------
 */

struct verdict {
    int track_too_soon, artist_too_soon, matched, in_key, pairs, least, most;
};

/* The same key, its relative, or a fifth to either side. */
static bool keys_agree(int a, int b)
{
    int steps = abs(traits_camelot(a) - traits_camelot(b));
    steps = steps > 6 ? 12 - steps : steps;
    return steps == 0 || (steps == 1 && (a < 12) == (b < 12));
}

static struct verdict judge(const struct station *s, double track_s, double artist_s)
{
    struct verdict v = {.least = s->count};
    int times[TRACKS_MAX] = {0};
    for (int i = 0; i < s->count; i++) {
        const struct made *made = &s->catalogue.tracks[s->heard[i]];
        times[s->heard[i]]++;
        for (int j = i - 1; j >= 0; j--) {
            double apart = s->began_s[i] - s->began_s[j];
            bool is_asked_for = s->was_asked_for[i];
            if (apart > track_s && apart > artist_s)
                break;
            v.track_too_soon +=
                s->heard[j] == s->heard[i] && apart < track_s - 1e-6 && !is_asked_for;
            v.artist_too_soon +=
                s->catalogue.tracks[s->heard[j]].artist == made->artist &&
                apart < artist_s - 1e-6 && !is_asked_for;
        }
        if (i > 0) {
            v.pairs++;
            v.matched +=
                tempo_can_match(s->catalogue.tracks[s->heard[i - 1]].bpm, made->bpm);
            v.in_key += keys_agree(s->catalogue.tracks[s->heard[i - 1]].key, made->key);
        }
    }
    for (int n = 0; n < s->catalogue.count; n++) {
        v.least = times[n] < v.least ? times[n] : v.least;
        v.most = times[n] > v.most ? times[n] : v.most;
    }
    return v;
}

/* ---- tests ----------------------------------------------------------------------------
 */

static void test_a_week_with_all_that_happens(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    uint64_t dice = 99;
    (void)state;
    open_station(s, 500, 180, 7);
    while (s->now_s < WEEK_S) {
        if (s->count % 40 == 13)
            look(s);
        if (s->count % 37 == 5)
            ask_for(s, "add", "/music/%d.mp3", (int)roll(&dice, 500));
        if (s->count % 300 == 50)
            ask_for(s, "add", "/music/%d.mp3 next", (int)roll(&dice, 500));
        if (s->count % 500 == 70)
            swap(s, NULL);
        if (s->count % 90 == 20) { /* one can't be read this time */
            struct fv_choice choice = {.struct_size = sizeof choice};
            assert_int_equal(methods->next(s->brain, 0, &choice), 0);
            methods->report(s->brain, choice.uri, FV_FAILED, "broken");
        }
        play(s);
    }
    struct verdict v = judge(s, 10800, 3600);
    print_message("           %d tracks: too soon: tracks %d, artists %d; beatmatchable "
                  "%.1f %%, keys agree %.1f %%; each heard %d to %d times\n",
                  s->count, v.track_too_soon, v.artist_too_soon,
                  100.0 * v.matched / v.pairs, 100.0 * v.in_key / v.pairs, v.least,
                  v.most);
    assert_int_equal(v.track_too_soon, 0);
    assert_int_equal(v.artist_too_soon, 0);
    assert_true(v.matched >= 0.95 * v.pairs);
    assert_true(v.in_key >= 0.8 * v.pairs);
    assert_true(v.least >= 4); /* a week is five times the pool */
    assert_true(v.most <= v.least + 6);
    close_station(s);
}

static void test_the_pool_changes_under_way(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 560, 200, 8);
    write_crate(s, 0, 500);
    look(s);
    for (int i = 0; i < 300; i++)
        play(s);
    write_crate(s, 60, 560); /* 60 go, 60 come */
    look(s);
    int begun = s->count;
    for (int i = 0; i < 520; i++)
        play(s);
    int fresh = 0;
    for (int i = begun; i < s->count; i++) {
        assert_true(s->heard[i] >= 60);
        fresh += s->heard[i] >= 500 && i < begun + 300;
    }
    assert_true(fresh >= 30); /* new ones are not put off to the next tour */
    struct verdict v = judge(s, 10800, 3600);
    assert_int_equal(v.track_too_soon + v.artist_too_soon, 0);
    close_station(s);
}

static void test_one_artist_only_is_played_all_the_same(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 20, 1, 9);
    for (int i = 0; i < 60; i++)
        play(s);
    struct verdict v = judge(s, 1800, 0);
    assert_int_equal(v.least, 3);
    assert_int_equal(v.most, 3);
    for (int i = 1; i < s->count; i++)
        assert_int_not_equal(s->heard[i], s->heard[i - 1]);
    close_station(s);
}

static void test_an_artist_with_a_third_of_the_pool_is_spread_out(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    int running = 0;
    (void)state;
    open_station(s, 90, 60, 10);
    for (int i = 0; i < 30; i++)
        s->catalogue.tracks[i].artist = 1000;
    methods->destroy(s->brain);
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    look(s);
    for (int i = 0; i < 90; i++)
        play(s);
    for (int i = 1; i < s->count; i++)
        running += s->heard[i] < 30 && s->heard[i - 1] < 30;
    assert_int_equal(running, 0);
    close_station(s);
}

static void test_one_track_alone_is_repeated(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 1, 1, 11);
    for (int i = 0; i < 5; i++)
        play(s);
    close_station(s);
}

static void test_a_swapped_brain_goes_on_from_the_same_place(void **state)
{
    struct station *kept = calloc(1, sizeof *kept), *swapped = calloc(1, sizeof *swapped);
    (void)state;
    open_station(kept, 60, 30, 12);
    open_station(swapped, 60, 30, 12);
    for (int i = 0; i < 200; i++) {
        if (i % 7 == 3)
            swap(swapped, NULL);
        if (i == 50) {
            ask_for(kept, "add", "/music/%d.mp3 next", 5);
            ask_for(swapped, "add", "/music/%d.mp3 next", 5);
        }
        play(kept);
        play(swapped);
        assert_int_equal(kept->heard[i], swapped->heard[i]);
    }
    close_station(kept);
    close_station(swapped);
}

static void test_a_state_without_a_field_is_good_enough(void **state)
{
    static const char *const fields[] = {"order",  "starts", "show_s", "tours",
                                         "guests", "places", "bans",   "history"};
    (void)state;
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        struct station *s = calloc(1, sizeof *s);
        int heard[TRACKS_MAX] = {0};
        open_station(s, 40, 20, 13);
        for (int i = 0; i < 15; i++)
            play(s);
        swap(s, fields[f]);
        for (int i = 0; i < 25; i++)
            play(s);
        for (int i = 0; i < s->count; i++)
            heard[s->heard[i]]++;
        for (int n = 0; n < 40 && f < 6; n++)
            assert_int_equal(heard[n], 1); /* the tour under way is still played out */
        close_station(s);
    }
}

static void test_the_same_seed_makes_the_same_week(void **state)
{
    struct station *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    (void)state;
    open_station(a, 100, 50, 14);
    open_station(b, 100, 50, 14);
    for (int i = 0; i < 300; i++) {
        play(a);
        play(b);
        assert_int_equal(a->heard[i], b->heard[i]);
    }
    close_station(a);
    close_station(b);
}

static void test_the_arc_is_followed(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    double calm = 0, lively = 0;
    int calm_count = 0, lively_count = 0;
    (void)state;
    open_station(s, 200, 100, 15);
    rig_set(&s->rig, "brain.arc", json_pack("[f, f, f, f]", 0.1, 0.1, 0.9, 0.9));
    look(s);
    for (int i = 0; i < 180; i++)
        play(s);
    for (int i = 0; i < s->count; i++) {
        double hour = fmod(s->began_s[i] / 3600, 4);
        double energy = (double)s->catalogue.tracks[s->heard[i]].energy;
        if (hour < 1) {
            calm += energy;
            calm_count++;
        } else if (hour >= 2 && hour < 3) {
            lively += energy;
            lively_count++;
        }
    }
    assert_true(lively / lively_count > calm / calm_count + 0.3);
    close_station(s);
}

static void test_bans_and_moves_are_obeyed_and_outlive_a_swap(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 50, 10, 16);
    play(s);
    ask_for(s, "ban", "artist %d", 3);
    ask_for(s, "move", "/music/%d.mp3 2", s->catalogue.tracks[7].artist == 3 ? 8 : 7);
    swap(s, NULL);
    for (int i = 0; i < 80; i++) {
        play(s);
        assert_int_not_equal(s->catalogue.tracks[s->heard[s->count - 1]].artist, 3);
    }
    assert_true(s->heard[2] == 7 || s->heard[2] == 8);
    close_station(s);
}

static void test_injected_lines_play_next_each_answered(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    char path[128];
    (void)state;
    open_station(s, 50, 25, 17);
    play(s);
    snprintf(path, sizeof path, "%s/wav.wav", s->rig.room);
    rig_write(
        &s->rig, "inject.txt",
        "/music/31.mp3\n# words\nfile:///etc/passwd\n/nowhere/x.mp3\n/music/32.mp3\r\n");
    play(s);
    play(s);
    assert_int_equal(s->heard[1], 31);
    assert_int_equal(s->heard[2], 32);
    assert_int_equal(rig_said(&s->rig, "plays next"), 2);
    assert_int_equal(rig_said(&s->rig, "refused"), 2);
    snprintf(path, sizeof path, "%s/inject.txt", s->rig.room);
    assert_int_not_equal(access(path, F_OK), 0);
    close_station(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_week_with_all_that_happens),
        cmocka_unit_test(test_the_pool_changes_under_way),
        cmocka_unit_test(test_one_artist_only_is_played_all_the_same),
        cmocka_unit_test(test_an_artist_with_a_third_of_the_pool_is_spread_out),
        cmocka_unit_test(test_one_track_alone_is_repeated),
        cmocka_unit_test(test_a_swapped_brain_goes_on_from_the_same_place),
        cmocka_unit_test(test_a_state_without_a_field_is_good_enough),
        cmocka_unit_test(test_the_same_seed_makes_the_same_week),
        cmocka_unit_test(test_the_arc_is_followed),
        cmocka_unit_test(test_bans_and_moves_are_obeyed_and_outlive_a_swap),
        cmocka_unit_test(test_injected_lines_play_next_each_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
