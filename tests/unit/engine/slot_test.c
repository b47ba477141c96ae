/* slot_test.c - a slot's old build plays on, whatever becomes of the new one. */
#include "slot.c"

#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct slot slot;
static char room[64];

static void put(const char *name)
{
    char from[600], to[600];
    snprintf(from, sizeof from, "%s/%s.so", getenv("FOREVER_BUILD"), name);
    snprintf(to, sizeof to, "%s/mixer.so", room);
    unlink(to);
    assert_int_equal(so_copy(from, to), 0);
}

static void touch_copy(unsigned number)
{
    char path[600];
    snprintf(path, sizeof path, "%s/mixer.%u.so", room, number);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static int open_slot(void **state)
{
    (void)state;
    snprintf(room, sizeof room, "/tmp/slot_test.XXXXXX");
    assert_non_null(mkdtemp(room));
    slot_init(&slot, KIND_MIXER, room, room, &services);
    config_set(&settings.config, "engine.trial_s", json_integer(20));
    config_set(&settings.config, "engine.probation_s", json_integer(30));
    put("plugins/mixer");
    return 0;
}

static int close_slot(void **state)
{
    char line[128];
    (void)state;
    slot_release(&slot);
    snprintf(line, sizeof line, "rm -rf '%s'", room);
    return system(line);
}

static void start(void)
{
    struct fv_error error = {{0}};
    if (slot_start(&slot, NULL, NULL, false, &error))
        fail_msg("%s", error.text);
}

/* As the engine's threads do: stage, make the instance, settle. */
static int swap_in(uint64_t id, const char *fault, struct swap *swap)
{
    struct slot_reply reply = {.id = id, .is_asked = id != 0};
    int rc = slot_stage(&slot, NULL, reply, swap);
    struct generation *fresh = rc ? NULL : slot_prepare(&slot, swap);
    if (fresh)
        slot_settle(&slot, fresh, fault, swap);
    return rc;
}

TEST(test_new_build_takes_over_and_can_be_rolled_back)
{
    struct swap swap;
    start();
    put("tests/zoo/forgets_state");
    assert_int_equal(swap_in(1, NULL, &swap), 0);
    assert_true(swap.is_done);
    assert_string_equal(slot.current->name, "zoo");
    assert_int_equal(slot_stage_previous(&slot, (struct slot_reply){.id = 2}, &swap), 0);
    struct generation *old = slot_prepare(&slot, &swap);
    slot_settle(&slot, old, NULL, &swap);
    assert_string_not_equal(slot.current->name, "zoo");
    assert_int_equal(slot.current->number, 3); /* never a number again */
}

/* The same bytes with a new mtime are not on air again, until somebody says so. */
TEST(test_build_that_was_rolled_back_is_refused_until_it_is_asked_for)
{
    struct swap swap;
    start();
    put("tests/zoo/forgets_state");
    assert_int_equal(swap_in(1, NULL, &swap), 0);
    assert_int_equal(slot_stage_previous(&slot, (struct slot_reply){.id = 2}, &swap), 0);
    slot_settle(&slot, slot_prepare(&slot, &swap), NULL, &swap);
    assert_true(swap.is_done);
    assert_string_equal(slot.refused_why,
                        "it was rolled back: change the file or say reload");
    put("tests/zoo/forgets_state");
    assert_int_equal(swap_in(0, NULL, &swap), -EALREADY);
    assert_string_equal(swap.error, slot.refused_why);
    assert_int_equal(swap_in(3, NULL, &swap), 0);
    assert_string_equal(slot.refused_why, "");
}

/* The first has no other that could play instead. */
TEST(test_slow_build_is_waited_for_when_it_is_the_first)
{
    struct swap swap;
    config_set(&settings.config, "engine.trial_s", json_real(1.5));
    put("tests/zoo/slow_in_create");
    start();
    assert_int_equal(swap_in(1, NULL, &swap), -EINVAL);
    assert_non_null(strstr(swap.error, "it has not answered in 1.5 s"));
}

/* Every command is answered: by its own build, by a newer one, or that it was overtaken.
 */
TEST(test_build_that_is_overtaken_leaves_nobody_waiting)
{
    struct swap swap;
    start();
    assert_int_equal(slot_stage(&slot, NULL, (struct slot_reply){.id = 7}, &swap), 0);
    assert_int_equal(swap.id, 0);
    assert_int_equal(slot_stage(&slot, NULL, (struct slot_reply){.id = 8}, &swap), 0);
    assert_int_equal(swap.id, 7);
    assert_false(swap.is_done);
    put("tests/zoo/forgets_state"); /* noticed, asked for by nobody */
    assert_int_equal(slot_stage(&slot, NULL, (struct slot_reply){0}, &swap), 0);
    assert_int_equal(swap.id, 0);
    struct generation *fresh = slot_prepare(&slot, &swap);
    slot_settle(&slot, fresh, NULL, &swap);
    assert_int_equal(swap.id, 8);
    assert_true(swap.is_done);
    assert_false(slot_has_staged(&slot));
}

TEST(test_bad_build_is_refused_and_the_old_one_stays)
{
    struct swap swap;
    start();
    struct generation *before = slot.current;
    put("tests/zoo/nan_in_render");
    assert_int_equal(swap_in(1, NULL, &swap), -EINVAL);
    assert_false(swap.is_done);
    assert_string_equal(swap.error,
                        "cannot load mixer.so: rehearse: render gave samples out "
                        "of all bounds: Numerical argument out of domain");
    assert_ptr_equal(slot.current, before);
    assert_false(slot_has_staged(&slot));
}

static void assert_told(json_t *json, const char *name, const char *text)
{
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, name)), text);
    json_decref(json);
}

/* What a build says and is called may be no UTF-8, or be cut within a letter. */
TEST(test_words_of_a_build_make_json)
{
    struct swap swap;
    const char *eight =
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9";
    start();
    put("tests/zoo/forgets_state");
    assert_int_equal(swap_in(1, "caf\xe9 ferm\xe9", &swap), 0);
    assert_told(swap_json(&swap, KIND_MIXER), "error", "commit: caf? ferm?");
    assert_told(slot_json(&slot), "refused", "commit: caf? ferm?");
    snprintf(slot.current->name, sizeof slot.current->name, "a%s%s%s\xc3\xa9", eight,
             eight, eight);
    assert_int_equal(swap_in(2, NULL, &swap), 0);
    assert_non_null(strchr(swap.old_version, '?'));
    assert_told(swap_json(&swap, KIND_MIXER), "new", "zoo 1");
}

TEST(test_limit_of_a_trial_is_the_one_that_is_configured_now)
{
    struct swap swap;
    start();
    config_set(&settings.config, "engine.trial_s", json_real(0.1));
    put("tests/zoo/hang_in_create");
    assert_int_equal(swap_in(1, NULL, &swap), -EINVAL);
    assert_string_equal(swap.error,
                        "cannot load mixer.so: trial: it has not answered in 0.1 s");
}

TEST(test_pipe_in_the_place_of_a_plugin_is_refused)
{
    struct swap swap;
    start();
    unlink(slot.source);
    assert_int_equal(mkfifo(slot.source, 0600), 0);
    assert_int_equal(swap_in(1, NULL, &swap), -EINVAL);
    assert_non_null(strstr(swap.error, "Exec format error"));
}

TEST(test_build_that_failed_its_first_step_is_refused_until_it_changes_or_is_asked_for)
{
    struct swap swap;
    start();
    put("tests/zoo/forgets_state");
    assert_int_equal(swap_in(0, "its first block is noise", &swap), 0);
    assert_false(swap.is_done);
    assert_string_equal(swap.error, "commit: its first block is noise");
    put("tests/zoo/forgets_state"); /* another file, the same bytes */
    assert_int_equal(swap_in(0, NULL, &swap), -EALREADY);
    assert_int_equal(swap_in(7, NULL, &swap), 0); /* by hand it may try again */
    assert_true(swap.is_done);
}

TEST(test_copies_that_a_dead_engine_left_are_stepped_over)
{
    struct swap swap;
    touch_copy(1);
    touch_copy(2);
    start();
    assert_int_equal(slot.current->number, 3);
    touch_copy(4);
    assert_int_equal(swap_in(1, NULL, &swap), 0);
    assert_true(swap.is_done);
    assert_int_equal(slot.current->number, 5);
}

TEST(test_folder_of_copies_that_is_gone_is_made_anew)
{
    struct swap swap;
    char line[600];
    snprintf(slot.run_dir, sizeof slot.run_dir, "%s/run", room);
    start();
    snprintf(line, sizeof line, "rm -r %.500s", slot.run_dir);
    assert_int_equal(system(line), 0);
    assert_int_equal(swap_in(1, NULL, &swap), 0);
    assert_true(swap.is_done);
}

TEST(test_copies_that_nobody_has_mapped_any_more_are_removed)
{
    struct swap swap;
    struct slot next;
    struct fv_error error;
    char path[600];
    start();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(swap_in(1, NULL, &swap), 0);
        slot_acquit(&slot);
    }
    json_t *past = slot_json(&slot);
    slot_init(&next, KIND_MIXER, room, room, &services);
    assert_int_equal(slot_start(&next, NULL, past, false, &error), 0);
    for (unsigned number = 1; number <= 4; number++) {
        name_copy(&next, number, path, sizeof path);
        assert_int_equal(access(path, R_OK), number < 3 ? -1 : 0);
    }
    slot_release(&next);
    json_decref(past);
}

TEST(test_change_is_noticed_once_it_is_quiet)
{
    start();
    assert_false(slot_notice(&slot, 1000));
    assert_false(slot_notice(&slot, 9000)); /* what it has loaded is no news */
    put("tests/zoo/forgets_state");
    assert_false(slot_notice(&slot, 10000));
    assert_false(slot_notice(&slot, 10000 + QUIET_MS - 1));
    assert_true(slot_notice(&slot, 10000 + QUIET_MS));
    unlink(slot.source);
    assert_false(slot_notice(&slot, 20000));
    assert_false(slot_notice(&slot, 30000)); /* a plugin that is gone is no new one */
}

TEST(test_build_on_probation_is_taken_back_by_the_next_engine)
{
    struct swap swap;
    start();
    char good[FILE_HASH];
    snprintf(good, sizeof good, "%s", slot.current->hash);
    put("tests/zoo/crash_later");
    assert_int_equal(swap_in(0, NULL, &swap), 0);
    json_t *past = slot_json(&slot);
    struct slot next;
    struct fv_error error;
    slot_init(&next, KIND_MIXER, room, room, &services);
    assert_int_equal(slot_start(&next, NULL, past, true, &error), 0);
    assert_string_equal(next.current->hash, good);
    assert_string_equal(next.refused_hash, slot.current->hash);
    slot_release(&next);
    slot_init(&next, KIND_MIXER, room, room, &services);
    assert_int_equal(slot_start(&next, NULL, past, false, &error),
                     0); /* it did not die */
    assert_string_equal(next.current->hash, slot.current->hash);
    assert_string_equal(next.previous->hash, good);
    slot_release(&next);
    json_decref(past);
}

/* One that came in between and has not passed is no way back. */
TEST(test_build_that_has_passed_is_kept_for_the_next_engine)
{
    struct swap swap;
    struct slot next;
    struct fv_error error;
    start();
    char good[FILE_HASH];
    snprintf(good, sizeof good, "%s", slot.current->hash);
    put("tests/zoo/crash_later");
    assert_int_equal(swap_in(0, NULL, &swap), 0);
    put("tests/zoo/hang_later");
    assert_int_equal(swap_in(0, NULL, &swap), 0);
    json_t *past = slot_json(&slot);
    slot_init(&next, KIND_MIXER, room, room, &services);
    assert_int_equal(slot_start(&next, NULL, past, true, &error), 0);
    assert_string_equal(next.current->hash, good);
    slot_release(&next);
    json_decref(past);
    slot_acquit(&slot);
    char passed[FILE_HASH];
    snprintf(passed, sizeof passed, "%s", slot.current->hash);
    put("tests/zoo/crash_later");
    assert_int_equal(swap_in(1, NULL, &swap), 0);
    assert_string_equal(slot.previous->hash, passed);
}

/* An engine that makes room for a fresh one has not died of its builds. */
TEST(test_build_that_is_acquitted_is_not_taken_back)
{
    struct swap swap;
    struct slot next;
    struct fv_error error;
    start();
    put("tests/zoo/crash_later");
    assert_int_equal(swap_in(0, NULL, &swap), 0);
    slot_acquit(&slot);
    json_t *past = slot_json(&slot);
    slot_init(&next, KIND_MIXER, room, room, &services);
    assert_int_equal(slot_start(&next, NULL, past, true, &error), 0);
    assert_string_equal(next.current->hash, slot.current->hash);
    slot_release(&next);
    json_decref(past);
}

static json_t *last_word; /* of an engine that dies where it tries a build */

static void keep_last_word(void *ctx)
{
    json_t *word = slot_json(ctx);
    if (*json_string_value(json_object_get(word, "trying"))) {
        json_decref(last_word);
        last_word = json_incref(word);
    }
    json_decref(word);
}

/* Its trial has passed, and it crashes where it is mapped or made to take over. */
TEST(test_build_that_was_being_tried_when_the_engine_died_is_refused)
{
    struct swap swap;
    struct slot next;
    struct fv_error error;
    start();
    char good[FILE_HASH];
    snprintf(good, sizeof good, "%s", slot.current->hash);
    slot.ctx = &slot;
    slot.on_trying = keep_last_word;
    put("tests/zoo/forgets_state");
    for (int step = 0; step < 2; step++) {
        last_word = NULL;
        if (step == 0)
            assert_int_equal(slot_stage(&slot, NULL, (struct slot_reply){0}, &swap), 0);
        struct generation *fresh = step == 0 ? NULL : slot_prepare(&slot, &swap);
        assert_non_null(last_word);
        slot_init(&next, KIND_MIXER, room, room, &services);
        assert_int_equal(slot_start(&next, NULL, last_word, true, &error), 0);
        assert_string_equal(next.current->hash, good);
        assert_int_equal(slot_stage(&next, NULL, (struct slot_reply){0}, &swap),
                         -EALREADY);
        slot_release(&next);
        json_decref(last_word);
        if (fresh)
            slot_settle(&slot, fresh, NULL, &swap);
    }
    json_t *past = slot_json(&slot); /* it is on air and tried no more */
    assert_string_equal(json_string_value(json_object_get(past, "trying")), "");
    json_decref(past);
}

static void keep_each_word(void *ctx)
{
    json_decref(last_word);
    last_word = slot_json(ctx);
    json_object_set_new(last_word, "trying", json_string("")); /* it did not die of it */
}

/* Its engine ends, for no fault of it, before it is on air. */
TEST(test_staged_build_is_noticed_again_by_the_next_engine)
{
    struct swap swap;
    struct slot next;
    struct fv_error error;
    start();
    slot.ctx = &slot;
    slot.on_trying = keep_each_word;
    last_word = NULL;
    put("tests/zoo/forgets_state");
    assert_int_equal(slot_stage(&slot, NULL, (struct slot_reply){0}, &swap), 0);
    for (int step = 0; step < 3; step++) {
        if (step == 1) /* others speak, too */
            keep_each_word(&slot);
        struct generation *fresh = step == 2 ? slot_prepare(&slot, &swap) : NULL;
        slot_init(&next, KIND_MIXER, room, room, &services);
        assert_int_equal(slot_start(&next, NULL, last_word, false, &error), 0);
        assert_string_equal(next.current->hash, slot.current->hash);
        assert_false(slot_notice(&next, 1000));
        assert_true(slot_notice(&next, 1000 + QUIET_MS));
        slot_release(&next);
        if (fresh)
            slot_settle(&slot, fresh, NULL, &swap);
    }
    keep_each_word(&slot);
    assert_string_equal(json_string_value(json_object_get(last_word, "stat")),
                        slot.stat_loaded);
    json_decref(last_word);
}

TEST(test_mixer_is_on_probation_until_it_has_planned)
{
    struct swap swap;
    start();
    assert_false(slot_is_on_probation(&slot));
    config_set(&settings.config, "engine.probation_s", json_integer(0));
    put("tests/zoo/crash_later");
    assert_int_equal(swap_in(0, NULL, &swap), 0);
    assert_true(slot_is_on_probation(&slot));
    assert_false(slot_notice_pass(&slot));
    slot_prove(&slot);
    assert_false(slot_is_on_probation(&slot));
    assert_true(slot_notice_pass(&slot));
    assert_false(slot_notice_pass(&slot)); /* which is no news any more */
}

#define ON_A_SLOT(test) cmocka_unit_test_setup_teardown(test, open_slot, close_slot)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SLOT(test_new_build_takes_over_and_can_be_rolled_back),
        ON_A_SLOT(test_build_that_was_rolled_back_is_refused_until_it_is_asked_for),
        ON_A_SLOT(test_slow_build_is_waited_for_when_it_is_the_first),
        ON_A_SLOT(test_build_that_is_overtaken_leaves_nobody_waiting),
        ON_A_SLOT(test_bad_build_is_refused_and_the_old_one_stays),
        ON_A_SLOT(test_words_of_a_build_make_json),
        ON_A_SLOT(test_limit_of_a_trial_is_the_one_that_is_configured_now),
        ON_A_SLOT(test_pipe_in_the_place_of_a_plugin_is_refused),
        ON_A_SLOT(
            test_build_that_failed_its_first_step_is_refused_until_it_changes_or_is_asked_for),
        ON_A_SLOT(test_copies_that_a_dead_engine_left_are_stepped_over),
        ON_A_SLOT(test_folder_of_copies_that_is_gone_is_made_anew),
        ON_A_SLOT(test_copies_that_nobody_has_mapped_any_more_are_removed),
        ON_A_SLOT(test_change_is_noticed_once_it_is_quiet),
        ON_A_SLOT(test_build_on_probation_is_taken_back_by_the_next_engine),
        ON_A_SLOT(test_build_that_has_passed_is_kept_for_the_next_engine),
        ON_A_SLOT(test_build_that_is_acquitted_is_not_taken_back),
        ON_A_SLOT(test_build_that_was_being_tried_when_the_engine_died_is_refused),
        ON_A_SLOT(test_staged_build_is_noticed_again_by_the_next_engine),
        ON_A_SLOT(test_mixer_is_on_probation_until_it_has_planned),
    };
    if (!getenv("FOREVER_EXE") || !getenv("FOREVER_BUILD"))
        return 77; /* without it a trial would start this test again */
    settings_init(&settings, json_object());
    log_set_level(LOG_ERROR);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    settings_release(&settings);
    return failed;
}
