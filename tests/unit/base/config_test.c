/* config_test.c - every slip in a configuration is refused by name and by line. */
#include "config.c"

#include "check.h"

#include <unistd.h>

static void assert_refused(const char *text, const char *message)
{
    struct config config;
    struct config_error error;
    assert_int_equal(config_parse(&config, text, "f.json", &error), -EINVAL);
    if (!strstr(error.text, message))
        fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

TEST(test_defaults_are_what_the_table_says)
{
    struct config config;
    struct config_error error;
    assert_int_equal(config_load(&config, NULL, &error), 0);
    for (const struct config_key *key = config_keys; key->name; key++) {
        json_t *otherwise = json_loads(key->otherwise, JSON_DECODE_ANY, NULL);
        assert_non_null(otherwise);
        assert_true(json_equal(config_get(&config, key->name), otherwise));
        json_decref(otherwise);
    }
    assert_true(config_number(&config, "stream.buffer_s") == 60);
    assert_string_equal(config_text(&config, "http.listen"), "127.0.0.1:8192");
    assert_null(config_get(&config, "http.nothing"));
    assert_string_equal(config_text(&config, "http.nothing"), "");
    config_release(&config);
}

TEST(test_defaults_pass_the_checks_themselves)
{
    struct config config, again;
    struct config_error error;
    config_load(&config, NULL, &error);
    char *text = json_dumps(config.tree, 0);
    assert_int_equal(config_parse(&again, text, "f.json", &error), 0);
    assert_true(json_equal(config.tree, again.tree));
    free(text);
    config_release(&config);
    config_release(&again);
}

TEST(test_file_values_stand_beside_defaults)
{
    struct config config;
    struct config_error error;
    const char *text = "{\"stream\": {\"buffer_s\": 4.5}, \"extra\": {\"a\": [1, null]}}";
    assert_int_equal(config_parse(&config, text, "f.json", &error), 0);
    assert_true(config_number(&config, "stream.buffer_s") == 4.5);
    assert_true(config_number(&config, "stream.history_s") == 15);
    assert_true(json_is_array(config_get(&config, "extra.a")));
    config_release(&config);
}

TEST(test_slips_are_refused_by_name_and_line)
{
    assert_refused("{\n\"http\": {\n  \"lissen\": \"x\"}}",
                   "f.json:3: \"http.lissen\" is no");
    assert_refused("{\n\n\"sed\": 1}", "f.json:3: \"sed\" is no setting");
    assert_refused("{\"stream\": {\n\"buffer_s\": 3}}",
                   "f.json:2: \"stream.buffer_s\" must lie between 4 and 600");
    assert_refused("{\"stream\": {\"burst_s\": 1,\n\n\"buffer_s\": \"4\"}}",
                   "f.json:3: \"stream.buffer_s\" must be a number");
    assert_refused("{\"seed\": 1,\n\"log\": 7}", "f.json:2: \"log\" must be a text");
    assert_refused("{\"log\":\n\"loud\"}", "f.json:1: \"log\" must be debug, info");
    assert_refused("{\n\"http\": {\"slow_listener\": \"kick\"}}",
                   "f.json:2: \"http.slow_listener\" must be \"skip\" or \"drop\"");
    assert_refused("{\n\"crate\": [1]}", "f.json:2: \"crate\" must be a list of texts");
    assert_refused("{\"blacklist\": {\n\"artist\": [null]}}",
                   "f.json:2: \"blacklist.artist\" must be a list of texts");
    assert_refused("{\"brain\": {\n\"arc\": [0, 7]}}",
                   "f.json:2: \"brain.arc\" must be a list of numbers from 0 to 1");
    assert_refused("{\"sources\": {\n\"licenses\": \"all\"}}",
                   "f.json:2: \"sources.licenses\" must be \"open\" or \"any\"");
    assert_refused("{\n\"crate\": \"music\"}", "f.json:2: \"crate\" must be a list");
    assert_refused("{\"seed\": 1, \"x\": \"\\\"\\n{,\",\n\"y\": 2}",
                   "f.json:1: \"x\" is no");
}

TEST(test_line_is_that_of_the_key_and_not_of_a_text_like_it)
{
    assert_refused("{\"station\": {\"name\": \"\\\"buffer_s\\\": 1\"},\n"
                   "\"extra\": {\"stream\": {\"buffer_s\": 1}, \"list\": [{}, \"]\"]},\n"
                   "\"stream\": {\"buffer_s\": 1}}",
                   "f.json:3: \"stream.buffer_s\"");
}

TEST(test_section_that_is_no_object_is_refused)
{
    assert_refused("{\n\"http\": 8192}", "f.json:2: \"http\" must be an object");
    assert_refused("{\n\"http\": {\"listen\": {}}}",
                   "f.json:2: \"http.listen\" must be a text");
    assert_refused("[]", "f.json:1: not a JSON object");
    assert_refused("{\n\"seed\": }", "f.json:2: not a JSON object");
    assert_refused("", "not a JSON object");
}

TEST(test_keys_that_stand_twice_are_refused)
{
    assert_refused("{\"seed\": 1,\n\"seed\": 2}", "f.json:2:");
    assert_refused("{\"http\": {}, \"http.listen\": \"127.0.0.1:1\", \"http\": {}}",
                   "f.json:1:");
}

TEST(test_mounts_are_checked)
{
    assert_refused("{\n\"mounts\": []}", "f.json:2: \"mounts\" must name 1 to 8");
    assert_refused("{\"mounts\": [{\"path\": \"x\", \"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [{\"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [7]}", "needs a path");
    assert_refused("{\"mounts\": [{\"path\": \"/x\", \"kbps\": 128, \"name\": \"low\"}]}",
                   "nothing else");
    assert_refused("{\"mounts\": [{\"path\": \"/\", \"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [{\"path\": \"/a b\", \"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [{\"path\": \"/a?b\", \"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [{\"path\": \"/ü\", \"kbps\": 128}]}", "needs a path");
    assert_refused("{\"mounts\": [{\"path\": \"/x\", \"kbps\": 100}]}",
                   "kbps must be 64");
    assert_refused("{\"mounts\": [{\"path\": \"/x\", \"kbps\": \"128\"}]}",
                   "kbps must be 64");
    assert_refused("{\"mounts\": [{\"path\": \"/x\", \"kbps\": 128},"
                   " {\"path\": \"/x\", \"kbps\": 64}]}",
                   "two mounts have the same path");
}

TEST(test_value_can_be_set_in_place)
{
    struct config config;
    struct config_error error;
    config_load(&config, NULL, &error);
    assert_int_equal(config_set(&config, "http.listen", json_string("[::1]:0")), 0);
    assert_string_equal(config_text(&config, "http.listen"), "[::1]:0");
    assert_int_equal(config_set(&config, "new.section", json_true()), 0);
    assert_true(json_is_true(config_get(&config, "new.section")));
    assert_int_equal(config_set(&config, "log", json_string("\xff")), -EINVAL);
    assert_string_equal(config_text(&config, "log"), "info");
    config_release(&config);
}

TEST(test_file_that_cannot_be_read_is_named)
{
    struct config config;
    struct config_error error;
    assert_int_equal(config_load(&config, "/nowhere/f.json", &error), -ENOENT);
    assert_string_equal(error.text,
                        "cannot read /nowhere/f.json: No such file or directory");
    assert_int_equal(config_load(&config, "/", &error), -EINVAL);
    char path[] = "/tmp/config_test.XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, "{\"seed\": 9}", 11), 11);
    assert_int_equal(config_load(&config, path, &error), 0);
    assert_true(config_number(&config, "seed") == 9);
    config_release(&config);
    close(file);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20); /* ends a test that waits for who writes */
    assert_int_equal(config_load(&config, path, &error), -EINVAL);
    alarm(0);
    unlink(path);
}

/* Each setting has its row in the docs, with its default. */
TEST(test_every_key_is_documented)
{
    FILE *file = fopen("docs/configuration.md", "r");
    char text[16384];
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    for (const struct config_key *key = config_keys; key->name; key++) {
        char name[100], otherwise[200];
        snprintf(name, sizeof name, "\n| `%s` ", key->name);
        snprintf(otherwise, sizeof otherwise, "| `%s` |", key->otherwise);
        const char *row = strstr(text, name);
        if (!row)
            fail_msg("%s is not documented", key->name);
        const char *found = strstr(row, otherwise);
        if (!found || found > strchr(row + 1, '\n'))
            fail_msg("the default of %s is not documented", key->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_what_the_table_says),
        cmocka_unit_test(test_defaults_pass_the_checks_themselves),
        cmocka_unit_test(test_file_values_stand_beside_defaults),
        cmocka_unit_test(test_slips_are_refused_by_name_and_line),
        cmocka_unit_test(test_line_is_that_of_the_key_and_not_of_a_text_like_it),
        cmocka_unit_test(test_section_that_is_no_object_is_refused),
        cmocka_unit_test(test_keys_that_stand_twice_are_refused),
        cmocka_unit_test(test_mounts_are_checked),
        cmocka_unit_test(test_value_can_be_set_in_place),
        cmocka_unit_test(test_file_that_cannot_be_read_is_named),
        cmocka_unit_test(test_every_key_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
