/* nonsense_test.c - crates that are broken, endless or gone: no crash, no end of memory,
 * one line each. */
#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static const struct fv_brain_methods *methods;

struct
try {
    struct rig rig;
    struct fv_brain *brain;
    struct fv_error error;
    char path[200];
};

static void begin(struct try *try, const char *name)
{
    methods = forever_plugin.brain;
    rig_open(&try->rig);
    try->error.text[0] = 0;
    snprintf(try->path, sizeof try->path, "%s/%s", try->rig.room, name);
    rig_set(&try->rig, "crate", json_pack("[s]", try->path));
    rig_set(&try->rig, "brain.budget_ms", json_integer(2));
    assert_int_equal(methods->create(&try->rig.host, &try->brain), 0);
}

static int look(struct try *try)
{
    return methods->refresh(try->brain, &try->error);
}

static void end(struct try *try)
{
    methods->destroy(try->brain);
    rig_close(&try->rig);
}

static void write_many(const char *path, const char *before, const char *line, int count,
                       const char *after)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(before, file);
    for (int i = 0; i < count; i++)
        fprintf(file, line, i);
    fputs(after, file);
    fclose(file);
}

static void test_a_playlist_of_a_million_lines_is_read(void **state)
{
    struct try try;
    (void)state;
    begin(&try, "million.m3u");
    write_many(try.path, "#EXTM3U\n", "/music/%d.mp3\n", 1000000, "");
    assert_int_equal(look(&try), 400);
    end(&try);
}

static void test_lines_of_a_playlist_end_as_on_any_system(void **state)
{
    static const struct {
        const char *name, *text;
        int count;
    } lists[] = {
        {"unix.m3u", "#EXTM3U\n/a/1.mp3\n\n/a/2.mp3\n", 2},
        {"dos.m3u", "\xef\xbb\xbf#EXTM3U\r\n/a/1.mp3\r\n/a/2.mp3", 2},
        {"mac.m3u", "#EXTM3U\r#EXTINF:1,One\r/a/1.mp3\r/a/2.mp3\r/a/3.mp3", 3},
        {"blanks.m3u", "/a/1.mp3\n /a/1.mp3 \t\r\n\t\n", 1},
        {"blanks.pls", "[playlist]\nFile1=/a/1.mp3\nFile2 = /a/1.mp3 \nTitle2=x\n", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct try try;
        begin(&try, lists[i].name);
        rig_write(&try.rig, lists[i].name, lists[i].text);
        assert_int_equal(look(&try), lists[i].count);
        end(&try);
    }
}

/* VLC writes relative paths as in an address, Windows with its own strokes. */
static void test_a_path_may_be_written_as_other_systems_do(void **state)
{
    struct try try;
    struct fv_choice choice = {.struct_size = sizeof choice};
    (void)state;
    begin(&try, "list.m3u8");
    rig_write(&try.rig, "a b.mp3", "");
    rig_write(&try.rig, "c%20d.mp3", "");
    rig_write(&try.rig, "cache/e.mp3", "");
    rig_write(&try.rig, "f\\g.mp3", "");
    rig_write(&try.rig, "cache/T\xc3\xbcr.mp3", "");
    rig_write(&try.rig, "list.m3u8",
              "a%20b.mp3\na b.mp3\nc%20d.mp3\ncache\\e.mp3\nf\\g.mp3\n"
              "cache\\T\xfcr.mp3\n");
    assert_int_equal(look(&try), 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(methods->next(try.brain, FV_HURRY, &choice), 0);
        assert_int_equal(access(choice.uri, F_OK), 0);
        methods->report(try.brain, choice.uri, FV_SETTLED, "");
    }
    end(&try);
}

static void test_one_line_of_ten_megabytes_is_skipped(void **state)
{
    struct try try;
    (void)state;
    begin(&try, "long.m3u");
    write_many(try.path, "/a/1.mp3\n", "xxxxxxxxxxxxxxx%d", 600000, "\n/a/2.mp3\n");
    assert_int_equal(look(&try), 2);
    end(&try);
}

static void test_a_folder_of_a_hundred_thousand_files_is_read(void **state)
{
    struct try try;
    (void)state;
    begin(&try, "many");
    assert_int_equal(mkdir(try.path, 0700), 0);
    int folder = open(try.path, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 100000; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.mp3", i);
        int file = openat(folder, name, O_CREAT | O_WRONLY, 0600);
        assert_true(file >= 0);
        close(file);
    }
    close(folder);
    assert_int_equal(look(&try), 400);
    assert_int_equal(look(&try), 400);
    end(&try);
}

/* From ten folders of which each has links to all there are ten million ways. */
static void test_folders_that_link_to_each_other_are_read_once(void **state)
{
    struct try try;
    char path[300], name[40], to[40];
    (void)state;
    begin(&try, "linked");
    assert_int_equal(mkdir(try.path, 0700), 0);
    for (int i = 0; i < 10; i++) {
        snprintf(path, sizeof path, "%s/%d", try.path, i);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(name, sizeof name, "linked/%d/%d.mp3", i, i);
        rig_write(&try.rig, name, "");
        for (int k = 0; k < 10; k++) {
            snprintf(path, sizeof path, "%s/%d/to%d", try.path, i, k);
            snprintf(to, sizeof to, "../%d", k);
            assert_int_equal(symlink(to, path), 0);
        }
    }
    snprintf(path, sizeof path, "%s/up", try.path);
    assert_int_equal(symlink("..", path), 0);
    rig_write(&try.rig, "beside.mp3", "");
    assert_int_equal(look(&try), 11);
    end(&try);
}

static void test_tracks_of_a_relative_crate_have_whole_paths(void **state)
{
    struct try try;
    struct fv_choice choice = {.struct_size = sizeof choice};
    char before[4096];
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    begin(&try, "here");
    assert_int_equal(mkdir(try.path, 0700), 0);
    rig_write(&try.rig, "here/1.mp3", "");
    rig_set(&try.rig, "crate", json_pack("[s]", "here"));
    assert_int_equal(chdir(try.rig.room), 0);
    assert_int_equal(look(&try), 1);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(methods->next(try.brain, FV_HURRY, &choice), 0);
    assert_int_equal(access(choice.uri, F_OK), 0);
    end(&try);
}

static void test_a_pipe_is_not_waited_for(void **state)
{
    static const char *const names[] = {"pipe.m3u", "pipe.pls", "pipe.json", "pipe.mp3"};
    (void)state;
    alarm(60); /* who waits for it is ended */
    for (int i = 0; i < 4; i++) {
        struct try try;
        begin(&try, names[i]);
        assert_int_equal(mkfifo(try.path, 0600), 0);
        assert_true(look(&try) < 0);
        assert_non_null(strstr(try.error.text, names[i]));
        end(&try);
    }
    alarm(0);
}

static void test_a_folder_that_vanishes_is_one_error_and_keeps_the_pool(void **state)
{
    struct try try;
    char gone[300], file[300];
    (void)state;
    begin(&try, "here");
    assert_int_equal(mkdir(try.path, 0700), 0);
    for (int i = 0; i < 5; i++) {
        snprintf(file, sizeof file, "%s/%d.mp3", try.path, i);
        fclose(fopen(file, "w"));
    }
    assert_int_equal(look(&try), 5);
    snprintf(gone, sizeof gone, "%s.gone", try.path);
    assert_int_equal(rename(try.path, gone), 0);
    assert_int_equal(look(&try), -ENOENT);
    assert_non_null(strstr(try.error.text, "cannot read the crate"));
    assert_int_equal(rename(gone, try.path), 0);
    assert_int_equal(look(&try), 5);
    end(&try);
}

static void test_files_that_come_and_go_come_and_go(void **state)
{
    struct try try;
    char file[300];
    (void)state;
    begin(&try, "here");
    assert_int_equal(mkdir(try.path, 0700), 0);
    for (int i = 0; i < 5; i++) {
        snprintf(file, sizeof file, "%s/%d.mp3", try.path, i);
        fclose(fopen(file, "w"));
    }
    assert_int_equal(look(&try), 5);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(look(&try), 4);
    fclose(fopen(file, "w"));
    assert_int_equal(look(&try), 5);
    end(&try);
}

static void test_feeds_of_nonsense_are_refused_in_a_line(void **state)
{
    static const char *const feeds[] = {"",
                                        "{",
                                        "null",
                                        "5",
                                        "\"text\"",
                                        "{}",
                                        "[1",
                                        "{\"tracks\": 5}",
                                        "{\"tracks\": {\"a\": []}}",
                                        "\xff\xfe{}",
                                        "[\"a\"]]",
                                        "{\"tracks\": [\"\xff\"]}"};
    (void)state;
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        struct try try;
        begin(&try, "feed.json");
        rig_write(&try.rig, "feed.json", feeds[i]);
        int count = look(&try);
        if (count >= 0 || !*try.error.text || strchr(try.error.text, '\n'))
            fail_msg("%s: %d \"%s\"", feeds[i], count, try.error.text);
        end(&try);
    }
}

static void test_every_field_of_a_feed_may_be_of_any_type(void **state)
{
    static const char *const names[] = {"title", "artist",   "genre",   "tags", "bpm",
                                        "key",   "duration", "license", "page"};
    static const char *const values[] = {"null",
                                         "true",
                                         "-1",
                                         "1e308",
                                         "[]",
                                         "[[[]]]",
                                         "{\"a\": 1}",
                                         "\"\"",
                                         "\"\\u0000\\u0007x\"",
                                         "[null, 5, \"ok\", \"\\u0001\"]",
                                         "99999999999999"};
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            struct try try;
            char text[300];
            begin(&try, "feed.json");
            snprintf(text, sizeof text,
                     "[{\"url\": \"http://example.org/1.mp3\", \"%s\": %s},"
                     " {\"url\": \"http://example.org/2.mp3\"}]",
                     names[n], values[v]);
            rig_write(&try.rig, "feed.json", text);
            if (look(&try) != 2)
                fail_msg("%s: %s", text, try.error.text);
            end(&try);
        }
}

static void test_a_length_in_minutes_is_not_taken_for_so_many_seconds(void **state)
{
    struct try try;
    struct fv_choice choice = {.struct_size = sizeof choice};
    (void)state;
    begin(&try, "feed.json");
    rig_write(&try.rig, "feed.json",
              "[{\"url\": \"http://example.org/1.mp3\", \"duration\": \"5:12\"}]");
    assert_int_equal(look(&try), 1);
    assert_int_equal(methods->next(try.brain, FV_HURRY, &choice), 0);
    end(&try);
}

static void test_addresses_that_lead_elsewhere_are_not_taken(void **state)
{
    static const char *const urls[] = {"file:///etc/passwd",
                                       "FILE:/etc/passwd",
                                       "http://user:secret@example.org/a.mp3",
                                       "ftp://example.org/a.mp3",
                                       "http://",
                                       "http:///a.mp3",
                                       "http://a b/x.mp3",
                                       "http://example.org/\\u0001.mp3",
                                       "gopher://x/1",
                                       "//example.org/x.mp3",
                                       "javascript:1"};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct try try;
        char text[300];
        begin(&try, "feed.json");
        snprintf(text, sizeof text, "[\"%s\", \"http://example.org/good one.mp3\"]",
                 urls[i]);
        rig_write(&try.rig, "feed.json", text);
        if (look(&try) != 1)
            fail_msg("%s was taken", urls[i]);
        assert_null(strstr(try.rig.log, "secret"));
        end(&try);
    }
}

static void test_deep_and_long_feeds_end(void **state)
{
    struct try try;
    (void)state;
    begin(&try, "deep.json");
    write_many(try.path, "", "[", 500000, "");
    assert_true(look(&try) < 0);
    end(&try);
    begin(&try, "long.json");
    write_many(try.path, "[\"http://example.org/0.mp3\"",
               ",{\"url\":\"http://example.org/%d.mp3\",\"title\":\"" /* 10 MB of it */
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}",
               80000, "]");
    assert_int_equal(look(&try), 400);
    end(&try);
}

static int64_t get_int(void *ctx, const char *name, int64_t otherwise)
{
    (void)ctx;
    return strcmp(name, "places") == 0 ? INT64_MIN : otherwise;
}

static double get_real(void *ctx, const char *name, double otherwise)
{
    (void)ctx;
    (void)name;
    (void)otherwise;
    return -1e300;
}

static const char *get_json(void *ctx, const char *name, const char *otherwise)
{
    (void)name;
    (void)otherwise;
    return ctx;
}

static bool is_fed_up(void *ctx)
{
    static int asked;
    (void)ctx;
    return ++asked > 20000;
}

static void test_an_order_for_no_work_at_all_is_soon_found(void **state)
{
    struct try try;
    struct fv_choice choice = {.struct_size = sizeof choice};
    (void)state;
    begin(&try, "list.m3u");
    write_many(try.path, "", "/music/%d.mp3\n", 20, "");
    rig_set(&try.rig, "brain.budget_ms", json_integer(0));
    try.rig.host.cancelled = is_fed_up;
    assert_int_equal(look(&try), 20);
    assert_int_equal(methods->next(try.brain, FV_HURRY, &choice), 0);
    end(&try);
}

static void test_a_state_of_nonsense_does_no_harm(void **state)
{
    static const char *const states[] = {
        "5",
        "[]",
        "{}",
        "[1, null, {}, [[]]]",
        "[{\"uri\": 5, \"request\": 7}]",
        "[{\"uri\": \"/a/1.mp3\", \"at\": \"x\", \"artist\": -5}]",
        "not json",
        ""};
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct try try;
        struct fv_choice choice = {.struct_size = sizeof choice};
        begin(&try, "list.m3u");
        rig_write(&try.rig, "list.m3u", "/a/1.mp3\n/a/2.mp3\n/a/3.mp3\n");
        struct fv_reader from = {.struct_size = sizeof from,
                                 .ctx = (void *)states[i],
                                 .get_int = get_int,
                                 .get_real = get_real,
                                 .get_json = get_json};
        assert_int_equal(methods->load(try.brain, &from), 0);
        assert_int_equal(look(&try), 3);
        assert_int_equal(methods->next(try.brain, FV_HURRY, &choice), 0);
        end(&try);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_playlist_of_a_million_lines_is_read),
        cmocka_unit_test(test_lines_of_a_playlist_end_as_on_any_system),
        cmocka_unit_test(test_a_path_may_be_written_as_other_systems_do),
        cmocka_unit_test(test_one_line_of_ten_megabytes_is_skipped),
        cmocka_unit_test(test_a_folder_of_a_hundred_thousand_files_is_read),
        cmocka_unit_test(test_folders_that_link_to_each_other_are_read_once),
        cmocka_unit_test(test_tracks_of_a_relative_crate_have_whole_paths),
        cmocka_unit_test(test_a_pipe_is_not_waited_for),
        cmocka_unit_test(test_a_folder_that_vanishes_is_one_error_and_keeps_the_pool),
        cmocka_unit_test(test_files_that_come_and_go_come_and_go),
        cmocka_unit_test(test_feeds_of_nonsense_are_refused_in_a_line),
        cmocka_unit_test(test_every_field_of_a_feed_may_be_of_any_type),
        cmocka_unit_test(test_a_length_in_minutes_is_not_taken_for_so_many_seconds),
        cmocka_unit_test(test_addresses_that_lead_elsewhere_are_not_taken),
        cmocka_unit_test(test_deep_and_long_feeds_end),
        cmocka_unit_test(test_an_order_for_no_work_at_all_is_soon_found),
        cmocka_unit_test(test_a_state_of_nonsense_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
