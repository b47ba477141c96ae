/* sources_test.c - the lists of every service, on good days and bad. */
#include "day.h"

static void test_audius_is_read_page_by_page(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "happy"), 150);
    assert_int_equal(rig_said(&day.rig, "\n"), 0);
    end(&day);
}

static void test_audius_hosts_are_chosen_from_its_list(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "happy", "audius:trending");
    set_service(&day, "audius.url", "happy", "audius");
    look(&day);
    assert_int_equal(day.count, 150);
    end(&day);
}

static void test_each_service_is_read(void **state)
{
    static const struct {
        const char *crate;
        int count;
    } services[] = {
        {"jamendo:tracks?order=popularity_week", 60}, /* 20 forbid changes */
        {"ccmixter:tracks?sort=rank", 100},
        {"archive:search?q=collection:netlabels", 12}, /* one states no licence */
        {"soundcloud:search?q=x", 12}};
    (void)state;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        struct day day;
        char uri[4096], path[4096];
        begin(&day, "happy", services[i].crate);
        look(&day);
        if (day.count != services[i].count)
            fail_msg("%s: %d, %s %s", services[i].crate, day.count, day.error.text,
                     day.rig.log);
        first_uri(&day, uri);
        int rc = fetch(&day, uri, path);
        if (rc)
            fail_msg("%s: %d %s", uri, rc, day.error.text);
        end(&day);
    }
}

static void test_a_feed_gives_what_may_be_fetched_and_nothing_else(void **state)
{
    struct day day;
    char url[128], path[4096], uri[4096];
    (void)state;
    snprintf(url, sizeof url, "%s/happy/feed.json", root);
    begin(&day, "happy", url);
    look(&day);
    assert_int_equal(day.count, 10);
    assert_int_equal(rig_said(&day.rig, "13 entries have no address"), 1);
    first_uri(&day, uri);
    assert_int_equal(fetch(&day, uri, path), 0);
    end(&day);
}

static void test_busy_and_shaky_servers_are_asked_again(void **state)
{
    static const char *const scenarios[] = {"busy", "shaky", "wait"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct day day;
        assert_int_equal(list_audius(&day, scenarios[i]), 150);
        end(&day);
    }
}

static void test_each_fault_of_a_list_is_one_clear_line(void **state)
{
    static const struct {
        const char *scenario, *says;
    } faults[] = {{"down", "answers 500"},
                  {"loop", "redirects"},
                  {"away", "answers 404"},
                  {"badjson", "sends no JSON"},
                  {"deep", "sends no JSON"},
                  {"wide", "sends no JSON"},
                  {"headers", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct day day;
        int count = list_audius(&day, faults[i].scenario);
        if (count >= 0 || !strstr(day.error.text, faults[i].says) || !*day.error.text)
            fail_msg("%s: %d \"%s\"", faults[i].scenario, count, day.error.text);
        assert_null(strchr(day.error.text, '\n'));
        end(&day);
    }
}

static void test_an_empty_list_is_an_empty_pool(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "empty"), 0);
    end(&day);
}

static void test_gated_and_unlicensed_tracks_are_left_out(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "gated"), 75);
    end(&day);
}

static void test_doubles_are_one_and_nulls_are_unknown(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "doubles"), 150);
    end(&day);
    assert_int_equal(list_audius(&day, "nulls"), 150);
    end(&day);
}

static void test_wrong_types_and_ten_megabytes_do_no_harm(void **state)
{
    struct day day;
    (void)state;
    assert_true(list_audius(&day, "types") >= 0);
    end(&day);
    assert_int_equal(list_audius(&day, "huge"), 60);
    end(&day);
}

static int has_control(void *ctx, const struct fv_candidate *candidate)
{
    for (const char *at = candidate->title; at && *at; at++)
        *(int *)ctx += (unsigned char)*at < ' ';
    for (const char *at = candidate->artist; at && *at; at++)
        *(int *)ctx += (unsigned char)*at < ' ';
    return 0;
}

static void test_control_characters_are_taken_out(void **state)
{
    struct day day;
    int bad = 0;
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = &bad, .candidate = has_control};
    (void)state;
    assert_true(list_audius(&day, "control") > 100);
    methods->upcoming(day.brain, 100, &sink);
    assert_int_equal(bad, 0);
    end(&day);
}

static void test_a_byte_order_mark_before_a_list_is_passed_over(void **state)
{
    struct day day;
    char feed[128];
    (void)state;
    assert_int_equal(list_audius(&day, "marked"), 150);
    look(&day); /* as it is kept */
    assert_int_equal(day.count, 150);
    rig_write(&day.rig, "feed.json", "\xef\xbb\xbf[\"http://example.org/a.mp3\"]\n");
    snprintf(feed, sizeof feed, "%s/feed.json", day.rig.room);
    rig_set(&day.rig, "crate", json_pack("[s]", feed));
    look(&day);
    assert_int_equal(day.count, 1);
    end(&day);
}

static void test_a_list_is_asked_for_again_only_when_it_is_old(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "changing"), 150);
    look(&day);
    assert_int_equal(day.count, 150);
    day.rig.now_ms += 601000;
    look(&day);
    assert_int_equal(day.count, 150); /* others, as many */
    end(&day);
}

static void test_an_old_list_is_used_while_the_server_is_down(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "happy"), 150);
    day.rig.now_ms += 601000;
    /* the same address, and it can't be reached */
    rig_set(&day.rig, "sources.private", json_integer(0));
    look(&day);
    assert_int_equal(day.count, 150);
    assert_true(rig_said(&day.rig, "inside a private network") >= 1);
    end(&day);
}

static void test_an_apology_does_not_replace_a_list(void **state)
{
    struct day day;
    (void)state;
    assert_int_equal(list_audius(&day, "sorry"), 150);
    for (int i = 0; i < 2; i++) {
        day.rig.now_ms += 601000;
        look(&day);
        assert_int_equal(day.count, 150);
    }
    assert_true(rig_said(&day.rig, "sends no list any more") >= 1);
    end(&day);
}

static int listings_kept(const struct day *day)
{
    char command[300];
    int count = -1;
    snprintf(command, sizeof command, "ls %s/listings | wc -l", day->rig.cache);
    FILE *out = popen(command, "r");
    assert_int_equal(fscanf(out, "%d", &count), 1);
    pclose(out);
    return count;
}

static void test_a_list_nobody_asked_for_in_a_month_is_deleted(void **state)
{
    struct day day;
    char command[300];
    (void)state;
    assert_int_equal(list_audius(&day, "happy"), 150);
    assert_int_equal(listings_kept(&day), 4); /* two pages, and a note to each */
    snprintf(command, sizeof command, "touch -d '29 days ago' %s/listings/*",
             day.rig.cache);
    assert_int_equal(system(command), 0);
    rig_set(&day.rig, "crate", json_pack("[s]", "/nowhere"));
    look(&day);
    assert_int_equal(listings_kept(&day), 4);
    snprintf(command, sizeof command, "touch -d '31 days ago' %s/listings/*",
             day.rig.cache);
    assert_int_equal(system(command), 0);
    look(&day);
    assert_int_equal(listings_kept(&day), 0);
    end(&day);
}

static void test_private_addresses_are_refused_where_the_connection_is_made(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "happy", "audius:trending");
    rig_set(&day.rig, "sources.private", json_integer(0));
    look(&day);
    assert_int_equal(day.count, -EPERM);
    assert_non_null(strstr(day.error.text, "private network"));
    end(&day);
}

/* The server itself may be asked; where it sends the client to, may not. */
static double first_address_only(void *ctx, const char *name, double otherwise)
{
    static int asked;
    if (strcmp(name, "sources.private") == 0)
        return asked++ == 0;
    return rig_number(ctx, name, otherwise);
}

static void test_a_redirect_into_a_private_network_is_refused(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "inside", "audius:trending");
    day.rig.host.number = first_address_only;
    look(&day);
    assert_int_equal(day.count, -EPERM);
    assert_non_null(strstr(day.error.text, "private network"));
    end(&day);
}

static void test_keys_are_never_told(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "down", "jamendo:tracks");
    look(&day);
    assert_true(day.count < 0);
    assert_null(strstr(day.error.text, "client_id"));
    assert_null(strstr(day.rig.log, "client_id"));
    end(&day);
    setenv("FOREVER_JAMENDO_CLIENT_ID", "wrong", 1);
    begin(&day, "happy", "jamendo:tracks");
    look(&day);
    assert_non_null(strstr(day.error.text, "not authorized"));
    setenv("FOREVER_JAMENDO_CLIENT_ID", "key", 1);
    end(&day);
}

static void test_a_token_that_runs_out_is_renewed(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "expiry", "soundcloud:search?q=x");
    look(&day);
    assert_int_equal(day.count, 12);
    end(&day);
}

static void test_cancelling_ends_a_list_at_once(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "happy", "audius:trending");
    day.rig.is_cancelled = true;
    look(&day);
    assert_int_equal(day.count, -ECANCELED);
    end(&day);
}

/* `sources.most` ends the search, not only the page. */
static void test_a_search_is_asked_for_no_more_pages_than_are_wanted(void **state)
{
    struct day day;
    (void)state;
    begin(&day, "endless", "archive:search?q=collection:netlabels");
    rig_set(&day.rig, "sources.most", json_integer(10));
    look(&day);
    assert_in_range(day.count, 10, 12);
    assert_string_equal(day.error.text, "");
    end(&day);
}

static void test_files_of_a_playlist_may_have_any_name(void **state)
{
    static const char *const lines[] = {"10:15.wav", "file://localhost/music/a%20b.wav",
                                        "file:///music/c.wav", "d.wav"};
    struct day day;
    char list[128];
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        begin(&day, "happy", "/nowhere");
        rig_write(&day.rig, "10:15.wav", "");
        rig_write(&day.rig, "list.m3u", lines[i]);
        snprintf(list, sizeof list, "%s/list.m3u", day.rig.room);
        rig_set(&day.rig, "crate", json_pack("[s]", list));
        look(&day);
        assert_int_equal(day.count, 1);
        end(&day);
    }
}

static const struct fv_track *tagged(struct rig *rig, const char *uri)
{
    static struct fv_track track;
    (void)rig;
    track = (struct fv_track){.struct_size = sizeof track,
                              .uri = uri,
                              .title = "01",
                              .artist = "Tag",
                              .album = "",
                              .genre = ""};
    return &track;
}

static void test_a_file_is_called_as_its_feed_calls_it(void **state)
{
    static const struct {
        const char *feed, *title, *artist, *license;
    } files[] = {
        {"[{\"path\": \"a.wav\", \"title\": \"T\", \"artist\": \"A\","
         "  \"license\": \"CC BY 4.0\"}]",
         "T", "A", "CC BY 4.0"},
        {"[{\"path\": \"a.wav\", \"title\": \"T\"}]", "T", "", ""}, /* "": its tag */
        {"[{\"path\": \"a.wav\", \"license\": \"CC0\"}]", "", "", "CC0"},
    };
    struct day day;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct fv_choice choice = {.struct_size = sizeof choice};
        char feed[128];
        begin(&day, "happy", "/nowhere");
        day.rig.find = tagged;
        rig_write(&day.rig, "a.wav", "");
        rig_write(&day.rig, "feed.json", files[i].feed);
        snprintf(feed, sizeof feed, "%s/feed.json", day.rig.room);
        rig_set(&day.rig, "crate", json_pack("[s]", feed));
        look(&day);
        assert_int_equal(day.count, 1);
        assert_int_equal(methods->next(day.brain, 0, &choice), 0);
        assert_string_equal(choice.title, files[i].title);
        assert_string_equal(choice.artist, files[i].artist);
        assert_string_equal(choice.license, files[i].license);
        end(&day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audius_is_read_page_by_page),
        cmocka_unit_test(test_audius_hosts_are_chosen_from_its_list),
        cmocka_unit_test(test_each_service_is_read),
        cmocka_unit_test(test_a_feed_gives_what_may_be_fetched_and_nothing_else),
        cmocka_unit_test(test_busy_and_shaky_servers_are_asked_again),
        cmocka_unit_test(test_each_fault_of_a_list_is_one_clear_line),
        cmocka_unit_test(test_an_empty_list_is_an_empty_pool),
        cmocka_unit_test(test_gated_and_unlicensed_tracks_are_left_out),
        cmocka_unit_test(test_doubles_are_one_and_nulls_are_unknown),
        cmocka_unit_test(test_wrong_types_and_ten_megabytes_do_no_harm),
        cmocka_unit_test(test_control_characters_are_taken_out),
        cmocka_unit_test(test_a_byte_order_mark_before_a_list_is_passed_over),
        cmocka_unit_test(test_a_list_is_asked_for_again_only_when_it_is_old),
        cmocka_unit_test(test_an_old_list_is_used_while_the_server_is_down),
        cmocka_unit_test(test_an_apology_does_not_replace_a_list),
        cmocka_unit_test(test_a_list_nobody_asked_for_in_a_month_is_deleted),
        cmocka_unit_test(test_private_addresses_are_refused_where_the_connection_is_made),
        cmocka_unit_test(test_a_redirect_into_a_private_network_is_refused),
        cmocka_unit_test(test_keys_are_never_told),
        cmocka_unit_test(test_a_token_that_runs_out_is_renewed),
        cmocka_unit_test(test_cancelling_ends_a_list_at_once),
        cmocka_unit_test(test_files_of_a_playlist_may_have_any_name),
        cmocka_unit_test(test_a_file_is_called_as_its_feed_calls_it),
        cmocka_unit_test(test_a_search_is_asked_for_no_more_pages_than_are_wanted),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
