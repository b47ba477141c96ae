/* audio_test.c - what a source plays is fetched once, kept, and gone on with. */
#include "day.h"

static void begin_one(struct day *day, const char *scenario)
{
    begin(day, "happy", "audius:trending");
    look(day);
    set_service(day, "audius.url", scenario, "audius/v1");
    assert_int_equal(day->count, 150);
    char reply[4096];
    char wish[64] = "audius:T7 next";
    assert_int_equal(
        methods->wish(day->brain, "add", wish, reply, sizeof reply, &day->error), 0);
}

/* A crate of one address at the server. */
static void begin_address(struct day *day, const char *path, char url[128])
{
    char list[128];
    begin(day, "happy", "/nowhere");
    snprintf(url, 128, "%s/%s", root, path);
    rig_write(&day->rig, "list.m3u", url);
    snprintf(list, sizeof list, "%s/list.m3u", day->rig.room);
    rig_set(&day->rig, "crate", json_pack("[s]", list));
    look(day);
    assert_int_equal(day->count, 1);
}

static void test_audio_is_fetched_once_and_kept(void **state)
{
    struct day day;
    char path[4096], again[4096];
    struct stat about;
    (void)state;
    begin_one(&day, "happy");
    assert_int_equal(fetch(&day, "audius:T7", path), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 60004);
    assert_string_equal(path + strlen(path) - 4, ".mp3");
    set_service(&day, "audius.url", "down", "audius/v1");
    assert_int_equal(fetch(&day, "audius:T7", again), 0);
    assert_string_equal(path, again);
    end(&day);
}

static void test_what_was_cut_short_goes_on_where_it_was_cut(void **state)
{
    struct day day;
    char path[4096], url[128];
    struct stat about;
    (void)state;
    begin_address(&day, "cutonce/content/once.mp3", url);
    assert_int_equal(fetch(&day, url, path), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 60004);
    end(&day);
}

/* The rest of another file would be joined to the begin of the first. */
static void expect_the_second_file(const char *at)
{
    struct day day;
    char path[4096], url[128];
    unsigned char heard[60004], fresh[60004] = {0xff, 0xfb, 0x90, 0x64};
    begin_address(&day, at, url);
    assert_int_equal(fetch(&day, url, path), 0);
    FILE *file = fopen(path, "rbe");
    assert_int_equal(fread(heard, 1, sizeof heard, file), sizeof heard);
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
    assert_memory_equal(heard, fresh, sizeof fresh);
    end(&day);
}

static void test_what_changed_in_between_begins_anew(void **state)
{
    (void)state;
    expect_the_second_file("changed/content/changed.mp3");
}

static void test_a_range_of_another_file_is_not_taken(void **state)
{
    (void)state;
    expect_the_second_file("deaf/content/deaf.mp3");
}

/* A server may answer a range with less than was asked for. */
static void test_what_comes_in_pieces_is_whole_with_its_last(void **state)
{
    struct day day;
    char path[4096], url[128];
    struct stat about;
    (void)state;
    begin_address(&day, "pieces/content/pieces.mp3", url);
    assert_int_equal(fetch(&day, url, path), -EAGAIN);
    assert_int_equal(fetch(&day, url, path), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 60004);
    end(&day);
}

static void test_each_fault_of_audio_is_one_clear_line(void **state)
{
    static const struct {
        const char *scenario, *says;
        int rc;
    } faults[] = {{"cut", "", -EAGAIN},
                  {"html", "is no audio", -EPROTO},
                  {"noaudio", "is no audio", -EPROTO},
                  {"gated", "answers 403", -EACCES}};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct day day;
        char path[4096], url[128], list[128];
        begin(&day, "happy", "/nowhere");
        snprintf(url, sizeof url, "%s/%s/content/x.mp3", root, faults[i].scenario);
        rig_write(&day.rig, "list.m3u", url);
        snprintf(list, sizeof list, "%s/list.m3u", day.rig.room);
        rig_set(&day.rig, "crate", json_pack("[s]", list));
        look(&day);
        int rc = fetch(&day, url, path);
        if (rc != faults[i].rc || !strstr(day.error.text, faults[i].says) ||
            !*day.error.text)
            fail_msg("%s: %d \"%s\"", faults[i].scenario, rc, day.error.text);
        end(&day);
    }
}

static void test_a_slow_body_ends_at_its_deadline(void **state)
{
    struct day day;
    char path[4096], url[128], list[128];
    (void)state;
    begin(&day, "happy", "/nowhere");
    rig_set(&day.rig, "sources.fetch_s", json_real(0.4));
    snprintf(url, sizeof url, "%s/slow/content/x.mp3", root);
    rig_write(&day.rig, "list.m3u", url);
    snprintf(list, sizeof list, "%s/list.m3u", day.rig.room);
    rig_set(&day.rig, "crate", json_pack("[s]", list));
    look(&day);
    assert_int_equal(fetch(&day, url, path), -ETIME);
    assert_non_null(strstr(day.error.text, "takes too long"));
    rig_set(&day.rig, "sources.fetch_s", json_integer(60));
    assert_int_equal(fetch(&day, url, path), 0); /* the next goes on from there */
    end(&day);
}

static void test_a_mirror_is_tried(void **state)
{
    struct day day;
    char path[4096];
    (void)state;
    begin(&day, "mirror", "audius:trending");
    look(&day);
    assert_int_equal(day.count, 150);
    assert_int_equal(fetch(&day, "audius:T7", path), 0);
    end(&day);
}

static void test_the_store_keeps_to_its_room_but_for_what_is_planned(void **state)
{
    struct day day;
    char path[4096], command[256];
    (void)state;
    begin(&day, "happy", "audius:trending");
    rig_set(&day.rig, "sources.cache_mb", json_real(0.2)); /* three files */
    look(&day);
    for (int i = 0; i < 12; i++) {
        char uri[32];
        snprintf(uri, sizeof uri, "audius:T%d", i * 11);
        assert_int_equal(fetch(&day, uri, path), 0);
    }
    snprintf(command, sizeof command, "ls %s/audio | wc -l", day.rig.cache);
    FILE *out = popen(command, "r");
    int files = 0;
    assert_int_equal(fscanf(out, "%d", &files), 1);
    pclose(out);
    assert_true(files >= 3 && files <= 6); /* some of them are next in the route */
    end(&day);
}

/* What can't be played is fetched anew, when its time comes: it may be mended by then. */
static void test_a_file_that_fails_is_kept_only_while_it_may_be_playing(void **state)
{
    struct day day;
    char path[4096], heard[4096];
    (void)state;
    begin_one(&day, "happy");
    assert_int_equal(fetch(&day, "audius:T7", path), 0);
    methods->report(day.brain, "audius:T7", FV_FAILED, "it has no sound");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(fetch(&day, "audius:T7", path), 0);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(fetch(&day, "audius:T8", heard), 0);
    methods->report(day.brain, "audius:T8", FV_SETTLED, NULL);
    methods->report(day.brain, "audius:T8", FV_FAILED, "a fault on air");
    assert_int_equal(access(heard, F_OK), 0);
    end(&day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audio_is_fetched_once_and_kept),
        cmocka_unit_test(test_what_was_cut_short_goes_on_where_it_was_cut),
        cmocka_unit_test(test_what_changed_in_between_begins_anew),
        cmocka_unit_test(test_a_range_of_another_file_is_not_taken),
        cmocka_unit_test(test_each_fault_of_audio_is_one_clear_line),
        cmocka_unit_test(test_what_comes_in_pieces_is_whole_with_its_last),
        cmocka_unit_test(test_a_slow_body_ends_at_its_deadline),
        cmocka_unit_test(test_a_mirror_is_tried),
        cmocka_unit_test(test_a_file_that_fails_is_kept_only_while_it_may_be_playing),
        cmocka_unit_test(test_the_store_keeps_to_its_room_but_for_what_is_planned),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
