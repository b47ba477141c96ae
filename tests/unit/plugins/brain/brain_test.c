/* brain_test.c - what is chosen: everything once before anything twice, tempo neighbours,
 * and no track more often for being new. */
#include "brain.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <unistd.h>

#define TRACKS 6

/* ---- a host with a folder of files whose tempo is in their name
 * ------------------------ */

static char folder[64];
static struct fv_track known;
static struct fv_analysis finding;

static void host_log(void *ctx, enum fv_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static double host_number(void *ctx, const char *name, double otherwise)
{
    (void)ctx;
    return strcmp(name, "seed") == 0 ? 1 : otherwise;
}

static size_t host_text(void *ctx, const char *name, char *out, size_t cap)
{
    char text[80];
    (void)ctx;
    snprintf(text, sizeof text, "[\"%s\"]", folder);
    if (cap > 0)
        snprintf(out, cap, "%s", strcmp(name, "crate") == 0 ? text : "");
    return strlen(text);
}

static bool host_cancelled(void *ctx)
{
    (void)ctx;
    return false;
}

static const struct fv_track *host_find(void *ctx, const char *uri)
{
    (void)ctx;
    finding = (struct fv_analysis){.struct_size = sizeof finding,
                                   .duration = 200,
                                   .tempo_confidence = 1,
                                   .beat_confidence = 1,
                                   .bar_confidence = 1,
                                   .key = -1,
                                   .bpm = atof(strrchr(uri, '/') + 1)};
    known = (struct fv_track){.struct_size = sizeof known,
                              .uri = uri,
                              .title = "",
                              .artist = "",
                              .album = "",
                              .genre = "",
                              .analysis = &finding};
    return &known;
}

static int64_t host_now_ms(void *ctx)
{
    (void)ctx;
    return 1000000;
}

static const struct fv_host host = {.struct_size = sizeof host,
                                    .log = host_log,
                                    .number = host_number,
                                    .text = host_text,
                                    .cancelled = host_cancelled,
                                    .now_ms = host_now_ms,
                                    .find = host_find};

static void add_file(int bpm)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%d.mp3", folder, bpm);
    fclose(fopen(path, "w"));
}

static int set_up(void **state)
{
    struct fv_error error;
    snprintf(folder, sizeof folder, "/tmp/forever-brain.XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < TRACKS; i++)
        add_file(100 + 7 * i);
    struct fv_brain *brain = NULL;
    assert_int_equal(methods.create(&host, &brain), 0);
    assert_int_equal(methods.refresh(brain, &error), TRACKS);
    *state = brain;
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    methods.destroy(*state);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* Choose and settle. returns the tempo, which names the track */
static int choose(struct fv_brain *brain)
{
    struct fv_choice choice = {.struct_size = sizeof choice};
    assert_int_equal(methods.next(brain, 0, &choice), 0);
    methods.report(brain, choice.uri, FV_SETTLED, NULL);
    return atoi(strrchr(choice.uri, '/') + 1);
}

static int note(void *ctx, const struct fv_candidate *candidate)
{
    return json_array_append_new(ctx,
                                 json_integer(atoi(strrchr(candidate->uri, '/') + 1)));
}

/* ---- tests ----------------------------------------------------------------------------
 */

static void test_all_are_heard_once_before_any_is_heard_twice(void **state)
{
    for (int round = 0; round < 3; round++) {
        int heard[200] = {0};
        for (int i = 0; i < TRACKS; i++)
            assert_int_equal(heard[choose(*state)]++, 0);
    }
}

static void test_the_next_is_the_nearest_in_tempo(void **state)
{
    int before = choose(*state), after = choose(*state);
    assert_int_equal(abs(after - before), 7);
}

static void test_a_new_track_is_due_once_and_not_to_catch_up(void **state)
{
    struct fv_error error;
    int heard_new = 0;
    for (int i = 0; i < 5 * TRACKS; i++)
        choose(*state);
    add_file(150);
    assert_int_equal(methods.refresh(*state, &error), TRACKS + 1);
    for (int i = 0; i < TRACKS + 1; i++)
        heard_new += choose(*state) == 150;
    assert_int_equal(heard_new, 1);
}

static void test_upcoming_says_what_next_does(void **state)
{
    json_t *seen = json_array();
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = seen, .candidate = note};
    assert_int_equal(methods.upcoming(*state, 4, &sink), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(json_integer_value(json_array_get(seen, i)), choose(*state));
    json_decref(seen);
}

static void test_what_failed_is_not_chosen_before_the_next_look(void **state)
{
    struct fv_choice choice = {.struct_size = sizeof choice}, again = choice;
    struct fv_error error;
    methods.next(*state, 0, &choice);
    methods.report(*state, choice.uri, FV_FAILED, "broken");
    methods.next(*state, 0, &again);
    assert_string_not_equal(choice.uri, again.uri);
    methods.refresh(*state, &error);
    methods.next(*state, 0, &again);
    assert_string_equal(choice.uri, again.uri);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_all_are_heard_once_before_any_is_heard_twice),
        T(test_the_next_is_the_nearest_in_tempo),
        T(test_a_new_track_is_due_once_and_not_to_catch_up),
        T(test_upcoming_says_what_next_does),
        T(test_what_failed_is_not_chosen_before_the_next_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
