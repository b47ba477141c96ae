/* trial_test.c - each plugin of the zoo is refused with its step and its reason, and the
 * process that asks is none the worse for it. */
#include "trial.c"

#include "check.h"

static char path[600];

static const char *in_build(const char *name)
{
    const char *build = getenv("FOREVER_BUILD");
    snprintf(path, sizeof path, "%s/%s.so", build ? build : "build", name);
    return path;
}

static void assert_refused(const char *name, enum kind kind, const char *reason)
{
    json_t *about = NULL;
    struct fv_error error = {{0}};
    assert_int_equal(trial_run(in_build(name), kind, NULL, 20, &about, &error), -EINVAL);
    assert_null(about);
    if (strncmp(error.text, reason, strlen(reason)) != 0)
        fail_msg("%s: \"%s\" does not begin with \"%s\"", name, error.text, reason);
}

static void assert_accepted(const char *name, enum kind kind)
{
    json_t *about = NULL;
    struct fv_error error = {{0}};
    if (trial_run(in_build(name), KINDS, NULL, 60, &about, &error) != 0)
        fail_msg("%s: %s", name, error.text);
    assert_string_equal(json_string_value(json_object_get(about, "kind")),
                        kind_name(kind));
    assert_int_equal(strlen(json_string_value(json_object_get(about, "hash"))), 32);
    json_decref(about);
}

TEST(test_the_plugins_of_this_build_are_accepted)
{
    assert_accepted("plugins/brain", KIND_BRAIN);
    assert_accepted("plugins/mixer", KIND_MIXER);
    assert_accepted("plugins/codec", KIND_CODEC);
}

TEST(test_odd_but_good_plugins_are_accepted)
{
    assert_accepted("tests/zoo/forgets_state", KIND_MIXER);
    assert_accepted("tests/zoo/short_table", KIND_BRAIN);
    assert_accepted("tests/zoo/crash_later", KIND_MIXER); /* no trial can see it */
    assert_accepted("tests/zoo/hang_later", KIND_MIXER);
    assert_accepted("tests/zoo/prints_in_create", KIND_MIXER);
}

TEST(test_what_is_no_plugin_of_ours_is_refused)
{
    assert_refused("tests/zoo/absent", KIND_MIXER, "load: ");
    assert_refused("tests/zoo/no_symbol", KIND_MIXER, "load: no symbol forever_plugin");
    assert_refused("tests/zoo/wrong_major", KIND_MIXER,
                   "load: abi 2.0, this host speaks 1.");
    assert_refused("tests/zoo/newer_minor", KIND_MIXER, "load: abi 1.");
    assert_refused("tests/zoo/two_kinds", KIND_MIXER, "load: it must be exactly one of");
    assert_refused("tests/zoo/lacks_method", KIND_MIXER,
                   "load: it lacks a method that abi 1.0 asks for: close");
    assert_refused("plugins/codec", KIND_MIXER, "load: it is a codec");
}

TEST(test_plugin_that_crashes_does_so_elsewhere)
{
    assert_refused("tests/zoo/crash_on_load", KIND_MIXER,
                   "trial: it crashed (Segmentation");
    assert_refused("tests/zoo/crash_in_render", KIND_MIXER, "trial: it crashed (");
    assert_refused("tests/zoo/crash_in_destroy", KIND_MIXER, "trial: it crashed (");
    assert_refused("tests/zoo/crash_in_analyse", KIND_BRAIN, "trial: it crashed (");
    assert_refused("tests/zoo/exits_in_create", KIND_MIXER,
                   "trial: it ended the process (status 3)");
}

TEST(test_plugin_that_does_the_wrong_thing_is_refused)
{
    assert_refused("tests/zoo/refuses_state", KIND_MIXER,
                   "create: it cannot take over the state");
    assert_refused("tests/zoo/nan_in_render", KIND_MIXER,
                   "rehearse: render gave samples");
    assert_refused("tests/zoo/loud_render", KIND_MIXER, "rehearse: render gave samples");
    assert_refused("tests/zoo/ends_nowhere", KIND_MIXER,
                   "rehearse: where the track goes on is no number");
    assert_refused("tests/zoo/nan_in_decode", KIND_CODEC,
                   "rehearse: decode gave samples");
    assert_refused("tests/zoo/insane_analysis", KIND_BRAIN, "rehearse: analyse did not");
}

static void assert_too_slow(const char *name)
{
    json_t *about = NULL;
    struct fv_error error = {{0}};
    assert_int_equal(trial_run(in_build(name), KIND_MIXER, NULL, 0.5, &about, &error),
                     -EINVAL);
    assert_string_equal(error.text, "trial: it has not answered in 0.5 s");
}

TEST(test_plugin_that_hangs_is_not_waited_for)
{
    assert_too_slow("tests/zoo/hang_in_create");
    assert_too_slow("tests/zoo/hang_in_render");
    assert_too_slow("tests/zoo/quiet_and_hanging");
}

/* Whatever a plugin starts has this end of a pipe, and holds it for as long as it lives.
 */
TEST(test_what_a_plugin_starts_ends_with_its_trial)
{
    int ends[2];
    json_t *about = NULL;
    struct fv_error error = {{0}};
    assert_int_equal(pipe(ends), 0);
    trial_run(in_build("tests/zoo/leaves_a_process"), KIND_MIXER, NULL, 0.5, &about,
              &error);
    close(ends[1]);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&end, 1, 20000), 1);
    assert_true(end.revents & POLLHUP);
    close(ends[0]);
    json_decref(about);
}

TEST(test_large_state_reaches_the_child)
{
    json_t *given = json_object(), *past = json_object();
    char *text = must_alloc(1 << 20);
    memset(text, 'x', (1 << 20) - 1);
    json_object_set_new(past, "long", json_string(text));
    json_object_set_new(given, "state", past);
    json_t *about = NULL;
    struct fv_error error = {{0}};
    assert_int_equal(
        trial_run(in_build("plugins/mixer"), KIND_MIXER, given, 20, &about, &error), 0);
    json_decref(about);
    json_decref(given);
    free(text);
}

TEST(test_child_that_dies_before_it_reads_ends_no_one_else)
{
    json_t *given = json_object(), *about = NULL;
    struct fv_error error = {{0}};
    char *text = must_alloc(1 << 20), *exe = must_strdup(getenv("FOREVER_EXE"));
    memset(text, 'x', (1 << 20) - 1);
    json_object_set_new(given, "config", json_string(text));
    setenv("FOREVER_EXE", "/bin/false", 1);
    assert_int_equal(trial_run("x.so", KIND_MIXER, given, 20, &about, &error), -EINVAL);
    assert_string_equal(error.text, "trial: it ended the process (status 1)");
    setenv("FOREVER_EXE", exe, 1);
    free(exe);
    free(text);
    json_decref(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_plugins_of_this_build_are_accepted),
        cmocka_unit_test(test_odd_but_good_plugins_are_accepted),
        cmocka_unit_test(test_what_is_no_plugin_of_ours_is_refused),
        cmocka_unit_test(test_plugin_that_crashes_does_so_elsewhere),
        cmocka_unit_test(test_plugin_that_does_the_wrong_thing_is_refused),
        cmocka_unit_test(test_plugin_that_hangs_is_not_waited_for),
        cmocka_unit_test(test_what_a_plugin_starts_ends_with_its_trial),
        cmocka_unit_test(test_large_state_reaches_the_child),
        cmocka_unit_test(test_child_that_dies_before_it_reads_ends_no_one_else),
    };
    if (!getenv("FOREVER_EXE") || !getenv("FOREVER_BUILD"))
        return 77; /* without it a trial would start this test again */
    setenv("ASAN_OPTIONS", "handle_segv=0:detect_leaks=0", 1); /* of the children */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
