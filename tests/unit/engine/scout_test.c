/* scout_test.c - what is ready, whoever puts it there. */
#include "scout.c"

#include "check.h"
#include "finding.h"

#include <unistd.h>

/* A brain that remembers something. */
static int save_places(const struct fv_brain *self, const struct fv_writer *to)
{
    (void)self;
    return to->put_int(to->ctx, "places", 7);
}

static struct generation brain = {
    .references = 1, .kind = KIND_BRAIN, .brain = {.save = save_places}};
static struct slot slot = {.kind = KIND_BRAIN, .current = &brain};

static void ignore_ready(void *ctx)
{
    (void)ctx;
}

static struct track *make_play(void)
{
    struct fv_media media = {.length = FV_RATE, .title = "t"};
    struct fv_analysis *finding = must_alloc(sizeof *finding);
    *finding = (struct fv_analysis){.struct_size = sizeof *finding};
    struct track *known = track_new("/x", "/x", "00", &media, finding);
    struct track *play = track_play(known, "id", "");
    track_drop(known);
    return play;
}

/* A skip gives back all that was planned, while the scout hears what it chose. */
TEST(test_choice_that_comes_when_all_places_are_taken_finds_none)
{
    struct scout scout = {.brain = &slot, .on_ready = ignore_ready};
    struct track *planned = make_play();
    scout_init(&scout);
    for (size_t i = 0; i < SCOUT_READY + SCOUT_BACK + 1; i++)
        scout_put_back(&scout, planned);
    put_ready(&scout, make_play());
    assert_int_equal(scout.ready_count, SCOUT_READY + SCOUT_BACK);
    for (size_t i = 0; i < scout.ready_count; i++)
        assert_ptr_equal(scout.ready[i], planned);
    scout_release(&scout);
    track_drop(planned);
}

TEST(test_choice_is_ready_behind_what_was_given_back)
{
    struct scout scout = {.brain = &slot, .on_ready = ignore_ready};
    struct track *planned = make_play(), *chosen = make_play();
    scout_init(&scout);
    scout_put_back(&scout, planned);
    put_ready(&scout, chosen);
    assert_int_equal(scout.ready_count, 2);
    assert_ptr_equal(scout.ready[1], chosen);
    scout_release(&scout);
    track_drop(planned);
}

static size_t count_told(struct scout *scout)
{
    json_t *json = scout_json(scout);
    size_t count = json_array_size(json_object_get(json, "ready"));
    json_decref(json);
    return count;
}

TEST(test_track_that_is_being_planned_is_told_of_as_ready)
{
    struct scout scout = {.brain = &slot, .on_ready = ignore_ready};
    scout_init(&scout);
    put_ready(&scout, make_play());
    put_ready(&scout, make_play());
    struct track *taken = scout_take(&scout);
    assert_int_equal(count_told(&scout), 2);
    scout_let_go(&scout, taken);
    assert_int_equal(count_told(&scout), 1);
    scout_release(&scout);
    track_drop(taken);
}

static struct track *find_it(void *ctx, const json_t *track)
{
    (void)ctx;
    (void)track;
    return make_play();
}

static size_t count_restored(const json_t *past, bool is_clean)
{
    struct scout next = {0};
    scout_init(&next);
    scout_restore(&next, past, is_clean, find_it, NULL);
    size_t count = next.ready_count;
    scout_release(&next);
    return count;
}

TEST(test_track_that_engines_may_die_of_is_left_out)
{
    struct scout scout = {.brain = &slot, .on_ready = ignore_ready};
    scout_init(&scout);
    put_ready(&scout, make_play());
    put_ready(&scout, make_play());
    struct track *taken = scout_take(&scout);
    json_t *past = scout_json(&scout);
    assert_int_equal(count_restored(past, false), 2);
    assert_int_equal(count_restored(past, true), 1);
    json_decref(past);
    scout_release(&scout);
    track_drop(taken);
}

static void check_memory(void *ctx)
{
    struct scout *scout = ctx;
    json_t *told = scout_json(scout);
    json_t *places = json_object_get(json_object_get(told, "brain"), "places");
    assert_int_equal(json_array_size(json_object_get(told, "ready")), 1);
    assert_int_equal(json_integer_value(places), 7);
    json_decref(told);
}

TEST(test_choice_and_what_the_brain_remembers_of_it_are_told_together)
{
    struct scout scout = {.brain = &slot, .on_ready = check_memory, .ctx = &scout};
    scout_init(&scout);
    put_ready(&scout, make_play());
    scout_release(&scout);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* returns whether a file is still good after a playing of it has failed */
static bool is_good_after_failure(const char *text_at_failure)
{
    char room[] = "/tmp/scout_test.XXXXXX", path[64], hash[FILE_HASH];
    struct fv_error error;
    struct fv_media media = {.length = FV_RATE, .title = "t"};
    struct scout scout = {.brain = &slot, .on_ready = ignore_ready};
    assert_non_null(mkdtemp(room));
    snprintf(path, sizeof path, "%s/song", room);
    write_file(path, "music");
    assert_int_equal(file_hash(path, hash, NULL, NULL), 0);
    struct track *track = track_new(path, path, hash, &media, NULL);
    scout_init(&scout);
    assert_int_equal(library_open(&scout.library, NULL, &error), 0);
    assert_int_equal(library_store(scout.library, track, 1), 0);
    if (text_at_failure)
        write_file(path, text_at_failure);
    scout_note_failed(&scout, track, "it can no longer be read");
    library_knows(scout.library, path, 1, &error);
    scout_release(&scout);
    library_close(scout.library);
    track_drop(track);
    unlink(path);
    rmdir(room);
    return !error.text[0];
}

TEST(test_file_that_was_replaced_on_air_is_not_refused_for_the_old_one)
{
    assert_true(is_good_after_failure("other music"));
    assert_false(is_good_after_failure(NULL));
}

/* A crate of three files, none of which can be read; its pool has room for two. */
struct bare {
    int looks, offered, hopeless;
};

static struct bare bare;

static int look_at_bare(struct fv_brain *self, struct fv_error *error)
{
    (void)self;
    (void)error;
    return bare.looks++ ? 3 : 2;
}

static int list_none(struct fv_brain *self, const struct fv_candidate_sink *sink)
{
    (void)self;
    (void)sink;
    return 0;
}

static int offer_bare(struct fv_brain *self, uint32_t flags, struct fv_choice *out)
{
    (void)self;
    (void)flags;
    snprintf(out->uri, sizeof out->uri, "/nowhere/%d.mp3", bare.offered);
    if (bare.offered == (bare.looks > 1 ? 3 : 2))
        return -ENOENT;
    bare.offered++;
    return 0;
}

static void hear_nothing_of(struct fv_brain *self, const char *uri,
                            enum fv_outcome outcome, const char *reason)
{
    (void)self;
    (void)uri;
    (void)reason;
    assert_int_equal(outcome, FV_FAILED);
}

static void give_up(void *ctx, const char *why)
{
    (void)ctx;
    (void)why;
    bare.hopeless++;
}

TEST(test_crate_is_hopeless_when_all_of_it_was_tried_not_only_the_pool)
{
    struct generation codec = {.references = 1, .kind = KIND_CODEC};
    struct generation poor = {.references = 1,
                              .kind = KIND_BRAIN,
                              .brain = {.refresh = look_at_bare,
                                        .pool = list_none,
                                        .next = offer_bare,
                                        .report = hear_nothing_of}};
    struct slot codecs = {.kind = KIND_CODEC, .current = &codec};
    struct slot brains = {.kind = KIND_BRAIN, .current = &poor};
    struct scout scout = {.brain = &brains, .codec = &codecs, .on_hopeless = give_up};
    struct fv_error error;
    pthread_mutex_init(&codecs.lock, NULL);
    pthread_mutex_init(&brains.lock, NULL);
    scout_init(&scout);
    assert_int_equal(scout_refresh(&scout, &error), 2);
    while (choose(&scout))
        assert_true(bare.looks < 9);
    assert_int_equal(bare.offered, 3);
    assert_int_equal(bare.hopeless, 1);
    scout_release(&scout);
}

/* A crate on a disk that is unplugged, and another fault in between. */
static const char *fault;

static int look_for_crate(struct fv_brain *self, struct fv_error *error)
{
    (void)self;
    if (fault)
        snprintf(error->text, sizeof error->text, "%s", fault);
    return fault ? -ENOENT : 0;
}

static int count_lines(int fd)
{
    char text[4096];
    ssize_t length = pread(fd, text, sizeof text, 0);
    int count = 0;
    for (ssize_t i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

TEST(test_crate_that_stays_away_is_one_line_in_the_log)
{
    static const char *const faults[] = {"gone", "gone", "gone", NULL,
                                         NULL,   "gone", "bad"};
    struct generation looking = {.references = 1,
                                 .kind = KIND_BRAIN,
                                 .brain = {.refresh = look_for_crate, .pool = list_none}};
    struct slot brains = {.kind = KIND_BRAIN, .current = &looking};
    struct settings settings;
    struct scout scout = {.brain = &brains, .settings = &settings, .is_on_air = true};
    FILE *log = tmpfile();
    int stderr_fd = dup(STDERR_FILENO);
    pthread_mutex_init(&brains.lock, NULL);
    settings_init(&settings, json_object());
    scout_init(&scout);
    dup2(fileno(log), STDERR_FILENO);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        fault = faults[i];
        scout.has_config = true; /* it is time to look */
        refresh_when_due(&scout);
    }
    dup2(stderr_fd, STDERR_FILENO);
    assert_int_equal(count_lines(fileno(log)), 3);
    close(stderr_fd);
    fclose(log);
    scout_release(&scout);
    settings_release(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice_that_comes_when_all_places_are_taken_finds_none),
        cmocka_unit_test(test_choice_is_ready_behind_what_was_given_back),
        cmocka_unit_test(test_track_that_is_being_planned_is_told_of_as_ready),
        cmocka_unit_test(test_track_that_engines_may_die_of_is_left_out),
        cmocka_unit_test(
            test_choice_and_what_the_brain_remembers_of_it_are_told_together),
        cmocka_unit_test(
            test_file_that_was_replaced_on_air_is_not_refused_for_the_old_one),
        cmocka_unit_test(
            test_crate_is_hopeless_when_all_of_it_was_tried_not_only_the_pool),
        cmocka_unit_test(test_crate_that_stays_away_is_one_line_in_the_log),
    };
    pthread_mutex_init(&slot.lock, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
