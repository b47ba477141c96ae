/* day.h - a brain with one source, over real HTTP on loopback: the server knows good days
 * and bad. */
#ifndef DAY_H
#define DAY_H

#include "rig.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static pid_t server;
static int server_in = -1;
static char root[64]; /* http://127.0.0.1:PORT */
static const struct fv_brain_methods *methods;

static inline int start_server(void **state)
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

static inline int stop_server(void **state)
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

static inline void set_service(struct day *day, const char *setting, const char *scenario,
                               const char *path)
{
    char url[200];
    snprintf(url, sizeof url, "%s/%s/%s", root, scenario, path);
    rig_set(&day->rig, setting, json_string(url));
}

static inline void begin(struct day *day, const char *scenario, const char *crate)
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

static inline void look(struct day *day)
{
    day->count = methods->refresh(day->brain, &day->error);
}

static inline void end(struct day *day)
{
    methods->destroy(day->brain);
    rig_close(&day->rig);
}

static inline int list_audius(struct day *day, const char *scenario)
{
    begin(day, scenario, "audius:trending?genre=Techno&time=week");
    look(day);
    return day->count;
}

static inline int fetch(struct day *day, const char *uri, char *path)
{
    return methods->fetch(day->brain, uri, path, 4096, &day->error);
}

/* The first upcoming track. */
static inline int note_first(void *ctx, const struct fv_candidate *candidate)
{
    snprintf(ctx, 4096, "%s", candidate->uri);
    return -ECANCELED;
}

static inline void first_uri(struct day *day, char *uri)
{
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = uri, .candidate = note_first};
    *uri = 0;
    methods->upcoming(day->brain, 1, &sink);
}

#endif
