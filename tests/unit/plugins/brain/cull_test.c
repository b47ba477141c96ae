/* cull_test.c - what is left out of the pool, and what only looks as if it should be. */
#include "cull.c"

#include "rig.h"

static struct rig rig;
static struct pool pool;
static json_t *bans;

static int set_up(void **state)
{
    (void)state;
    rig_open(&rig);
    pool = (struct pool){0};
    bans = json_array();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pool_release(&pool);
    json_decref(bans);
    rig_close(&rig);
    return 0;
}

static struct pool_track *add(const char *uri, const char *title, const char *artist,
                              const char *tags)
{
    struct item item = {.uri = (char *)uri,
                        .title = (char *)title,
                        .artist = (char *)artist,
                        .tags = (char *)tags,
                        .streams = (char *)"http://example.org/x.mp3",
                        .length_s = 200,
                        .key = -1};
    return pool_add(&pool, &item);
}

static void ignore(void *ctx, struct pool_track *track)
{
    (void)track;
    ++*(int *)ctx;
}

static int cull(void)
{
    int changed = 0;
    assert_int_equal(cull_pool(&pool, &rig.host, bans, ignore, &changed), 0);
    return changed;
}

static uint32_t next(uint32_t *dice)
{
    return *dice = *dice * 1664525u + 1013904223u;
}

/* A fingerprint that changes little from word to word, as they do. */
static void give_print(struct pool_track *track, uint32_t seed, double noise,
                       uint32_t skip)
{
    uint32_t dice = seed * 7919u + 1, wear = seed + 77, word = next(&dice);
    track->print = calloc(CULL_WORDS, sizeof *track->print);
    track->print_count = CULL_WORDS;
    for (uint32_t i = 0; i < CULL_WORDS + skip; i++) {
        word ^= next(&dice) & next(&dice) & next(&dice);
        uint32_t worn = word;
        for (int bit = 0; bit < 32; bit++)
            if (next(&wear) / 4294967296.0 < noise)
                worn ^= 1u << bit;
        if (i >= skip)
            track->print[i - skip] = worn;
    }
}

static void test_the_same_title_and_artist_is_one_track(void **state)
{
    (void)state;
    add("a:1", "Night Drive", "Björk", NULL);
    const struct pool_track *again = add("a:2", "NIGHT  DRIVE!", "bjork", NULL);
    const struct pool_track *remix = add("a:3", "Night Drive (Remix)", "Björk", NULL);
    const struct pool_track *cover = add("a:4", "Night Drive", "Brownies", NULL);
    assert_int_equal(cull(), 1);
    assert_non_null(again->verdict);
    assert_null(remix->verdict);
    assert_null(cover->verdict);
    assert_int_equal(cull(), 0); /* said once */
}

static void test_the_same_length_alone_is_no_duplicate(void **state)
{
    (void)state;
    add("a:1", "One", "A", NULL);
    add("a:2", "Two", "B", NULL);
    assert_int_equal(cull(), 0);
}

static void test_the_same_recording_is_found_by_its_sound(void **state)
{
    (void)state;
    struct pool_track *a = add("a:1", "One", "A", NULL),
                      *b = add("a:2", "Two", "B", NULL),
                      *c = add("a:3", "Three", "C", NULL),
                      *d = add("a:4", "Four", "D", NULL),
                      *e = add("a:5", "Five", "E", NULL);
    give_print(a, 1, 0, 0);
    give_print(b, 1, 0.03, 0);  /* another bit rate */
    give_print(c, 1, 0.02, 16); /* two seconds of silence cut off */
    give_print(d, 2, 0, 0);
    give_print(e, 1, 0.115, 0); /* the same chords at the same tempo */
    assert_int_equal(cull(), 2);
    assert_null(a->verdict);
    assert_non_null(b->verdict);
    assert_non_null(c->verdict);
    assert_null(d->verdict);
    assert_null(e->verdict);
}

static const struct fv_track *known_copy(struct rig *known_by, const char *uri)
{
    static struct fv_track track;
    (void)known_by;
    track = (struct fv_track){.struct_size = sizeof track,
                              .uri = uri,
                              .title = uri,
                              .artist = "",
                              .hash = strcmp(uri, "a:other") == 0
                                          ? "00112233445566770000000000000000"
                                          : "00112233445566780000000000000000"};
    return &track;
}

/* Sixty copies, many more than the fingerprints' common words would bear, and a track
 * that is another file. */
static struct pool_track *add_copies_and_another(void)
{
    char uri[16];
    rig.find = known_copy;
    for (int i = 0; i < 60; i++) {
        snprintf(uri, sizeof uri, "a:%02d", i);
        give_print(add(uri, NULL, NULL, NULL), 1, 0, 0);
    }
    struct pool_track *other = add("a:other", NULL, NULL, NULL);
    for (size_t i = 0; i < pool.count; i++)
        pool_learn(&pool, pool.tracks[i], &rig.host);
    return other;
}

static void test_copies_of_a_file_are_one_track_under_any_name(void **state)
{
    (void)state;
    struct pool_track *other = add_copies_and_another();
    assert_int_equal(cull(), 59);
    assert_null(pool_find(&pool, "a:00")->verdict);
    assert_string_equal(pool_find(&pool, "a:59")->verdict, "the same file as a:00");
    assert_null(other->verdict);
}

/* What is left out has no say in which words are common. */
static void test_copies_do_not_hide_another_encoding(void **state)
{
    (void)state;
    struct pool_track *other = add_copies_and_another();
    give_print(other, 1, 0.02, 0);
    assert_int_equal(cull(), 60);
    assert_string_equal(other->verdict, "the same recording as a:00");
}

static void test_blacklists_and_bans_are_obeyed(void **state)
{
    (void)state;
    const struct pool_track *artist = add("a:1", "One", "Ünwanted", NULL),
                            *tag = add("a:2", "Two", "B", "techno\nnsfw\n"),
                            *id = add("a:3", "Three", "C", NULL),
                            *banned = add("a:4", "Four", "D", NULL),
                            *good = add("a:5", "Five", "E", "techno\n");
    rig_set(&rig, "blacklist.artist", json_pack("[s]", "unwanted"));
    rig_set(&rig, "blacklist.tag", json_pack("[s]", "NSFW"));
    rig_set(&rig, "blacklist.id", json_pack("[s]", "a:3"));
    json_array_append_new(bans, json_string("d"));
    assert_int_equal(cull(), 4);
    assert_string_equal(artist->verdict, "blacklist.artist");
    assert_string_equal(tag->verdict, "blacklist.tag");
    assert_string_equal(id->verdict, "blacklist.id");
    assert_string_equal(banned->verdict, "banned");
    assert_null(good->verdict);
    json_array_clear(bans);
    cull();
    assert_null(banned->verdict);
}

static void test_a_length_outside_the_window_is_left_out_unfetched(void **state)
{
    (void)state;
    struct pool_track *track = add("a:1", "One", "A", NULL);
    track->traits.length_s = 20;
    cull();
    assert_string_equal(track->verdict, "too short");
    track->traits.length_s = 5000;
    cull();
    assert_string_equal(track->verdict, "too long");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_same_title_and_artist_is_one_track),
        T(test_the_same_length_alone_is_no_duplicate),
        T(test_the_same_recording_is_found_by_its_sound),
        T(test_copies_of_a_file_are_one_track_under_any_name),
        T(test_copies_do_not_hide_another_encoding),
        T(test_blacklists_and_bans_are_obeyed),
        T(test_a_length_outside_the_window_is_left_out_unfetched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
