/* sources_test.c - every service, on good days and bad, over real HTTP on loopback: the
 * list comes or one clear line does, and nothing is without bound. */
#include "rig.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static pid_t server;
static int server_in = -1;
static char root[64]; /* http://127.0.0.1:PORT */
static const struct fv_brain_methods *methods;

static int start_server(void **state)
{
    int to[2], from[2];
    char script[600], port[16] = "";
    const char *build = getenv("FOREVER_BUILD");
    snprintf(script, sizeof script, "%s/../tests/brain/fake_server.py",
             build ? build : "build");
    (void)state;
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    server = fork();
    if (server == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        execlp("python3", "python3", script, NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    server_in = to[1];
    FILE *out = fdopen(from[0], "r");
    assert_non_null(fgets(port, sizeof port, out));
    fclose(out);
    snprintf(root, sizeof root, "http://127.0.0.1:%d", atoi(port));
    methods = forever_plugin.brain;
    setenv("FOREVER_JAMENDO_CLIENT_ID", "key", 1);
    setenv("FOREVER_SOUNDCLOUD_CLIENT_ID", "me", 1);
    setenv("FOREVER_SOUNDCLOUD_CLIENT_SECRET", "hush", 1);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    close(server_in);
    waitpid(server, NULL, 0);
    return 0;
}

/* ---- a brain with one source ----------------------------------------------------------
 */

struct day {
    struct rig rig;
    struct fv_brain *brain;
    struct fv_error error;
    int count; /* of the first refresh */
};

static void set_service(struct day *day, const char *setting, const char *scenario,
                        const char *path)
{
    char url[200];
    snprintf(url, sizeof url, "%s/%s/%s", root, scenario, path);
    rig_set(&day->rig, setting, json_string(url));
}

static void begin(struct day *day, const char *scenario, const char *crate)
{
    rig_open(&day->rig);
    day->error.text[0] = 0;
    rig_set(&day->rig, "sources.private", json_integer(1));
    rig_set(&day->rig, "sources.retry_ms", json_integer(5));
    rig_set(&day->rig, "sources.pace_ms", json_integer(0));
    rig_set(&day->rig, "brain.budget_ms", json_integer(2));
    rig_set(&day->rig, "crate", json_pack("[s]", crate));
    set_service(day, "audius.url", scenario, "audius/v1");
    set_service(day, "jamendo.url", scenario, "jamendo");
    set_service(day, "ccmixter.url", scenario, "ccmixter/query");
    set_service(day, "archive.url", scenario, "archive");
    set_service(day, "soundcloud.url", scenario, "soundcloud");
    set_service(day, "soundcloud.token_url", scenario, "token");
    assert_int_equal(methods->create(&day->rig.host, &day->brain), 0);
}

static void look(struct day *day)
{
    day->count = methods->refresh(day->brain, &day->error);
}

static void end(struct day *day)
{
    methods->destroy(day->brain);
    rig_close(&day->rig);
}

static int list_audius(struct day *day, const char *scenario)
{
    begin(day, scenario, "audius:trending?genre=Techno&time=week");
    look(day);
    return day->count;
}

static int fetch(struct day *day, const char *uri, char *path)
{
    return methods->fetch(day->brain, uri, path, 4096, &day->error);
}

/* The first upcoming track. */
static int note_first(void *ctx, const struct fv_candidate *candidate)
{
    snprintf(ctx, 4096, "%s", candidate->uri);
    return -ECANCELED;
}

static void first_uri(struct day *day, char *uri)
{
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = uri, .candidate = note_first};
    *uri = 0;
    methods->upcoming(day->brain, 1, &sink);
}

/* ---- lists ----------------------------------------------------------------------------
 */

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

/* ---- audio ----------------------------------------------------------------------------
 */

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
    begin(&day, "happy", "/nowhere");
    snprintf(url, sizeof url, "%s/cutonce/content/once.mp3", root);
    rig_write(&day.rig, "list.m3u", url);
    char list[128];
    snprintf(list, sizeof list, "%s/list.m3u", day.rig.room);
    rig_set(&day.rig, "crate", json_pack("[s]", list));
    look(&day);
    assert_int_equal(day.count, 1);
    assert_int_equal(fetch(&day, url, path), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 60004);
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

/* A server may answer a range with less than was asked for. */
static void test_what_comes_in_pieces_is_whole_with_its_last(void **state)
{
    struct day day;
    char path[4096], url[128], list[128];
    struct stat about;
    (void)state;
    begin(&day, "happy", "/nowhere");
    snprintf(url, sizeof url, "%s/pieces/content/pieces.mp3", root);
    rig_write(&day.rig, "list.m3u", url);
    snprintf(list, sizeof list, "%s/list.m3u", day.rig.room);
    rig_set(&day.rig, "crate", json_pack("[s]", list));
    look(&day);
    assert_int_equal(day.count, 1);
    assert_int_equal(fetch(&day, url, path), -EAGAIN);
    assert_int_equal(fetch(&day, url, path), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 60004);
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
        cmocka_unit_test(test_a_list_is_asked_for_again_only_when_it_is_old),
        cmocka_unit_test(test_an_old_list_is_used_while_the_server_is_down),
        cmocka_unit_test(test_private_addresses_are_refused_where_the_connection_is_made),
        cmocka_unit_test(test_a_redirect_into_a_private_network_is_refused),
        cmocka_unit_test(test_keys_are_never_told),
        cmocka_unit_test(test_a_token_that_runs_out_is_renewed),
        cmocka_unit_test(test_cancelling_ends_a_list_at_once),
        cmocka_unit_test(test_audio_is_fetched_once_and_kept),
        cmocka_unit_test(test_what_was_cut_short_goes_on_where_it_was_cut),
        cmocka_unit_test(test_each_fault_of_audio_is_one_clear_line),
        cmocka_unit_test(test_files_of_a_playlist_may_have_any_name),
        cmocka_unit_test(test_a_search_is_asked_for_no_more_pages_than_are_wanted),
        cmocka_unit_test(test_what_comes_in_pieces_is_whole_with_its_last),
        cmocka_unit_test(test_a_slow_body_ends_at_its_deadline),
        cmocka_unit_test(test_a_mirror_is_tried),
        cmocka_unit_test(test_the_store_keeps_to_its_room_but_for_what_is_planned),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
