/* rig.h - a host for a brain: settings from a JSON object, a cache folder of its own, a
 * library made up, log lines kept, a clock that only the test moves.
 */
#ifndef RIG_H
#define RIG_H

#include <forever/plugin.h>

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct fv_host host;
    json_t *settings; /* {"brain.pool": 5, "crate": [...]} */
    char room[64], cache[80];
    char *log;
    size_t log_length;
    int64_t now_ms;
    bool is_cancelled;
    const struct fv_track *(*find)(struct rig *rig, const char *uri);
    void *ctx;
};

static inline void rig_log(void *ctx, enum fv_level level, const char *line)
{
    struct rig *rig = ctx;
    size_t length = strlen(line);
    (void)level;
    if (getenv("RIG_LOG"))
        fprintf(stderr, "  | %s\n", line);
    rig->log = realloc(rig->log, rig->log_length + length + 2);
    memcpy(rig->log + rig->log_length, line, length);
    memcpy(rig->log + rig->log_length + length, "\n", 2);
    rig->log_length += length + 1;
}

static inline double rig_number(void *ctx, const char *name, double otherwise)
{
    struct rig *rig = ctx;
    const json_t *value = json_object_get(rig->settings, name);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static inline size_t rig_text(void *ctx, const char *name, char *out, size_t cap)
{
    struct rig *rig = ctx;
    const json_t *value = json_object_get(rig->settings, name);
    char *text = json_is_string(value) ? strdup(json_string_value(value))
                 : value               ? json_dumps(value, JSON_ENCODE_ANY)
                                       : strdup("");
    size_t length = strlen(text);
    if (cap > 0)
        snprintf(out, cap, "%s", text);
    free(text);
    return length;
}

static inline bool rig_cancelled(void *ctx)
{
    return ((struct rig *)ctx)->is_cancelled;
}

static inline int64_t rig_now_ms(void *ctx)
{
    return ((struct rig *)ctx)->now_ms;
}

static inline const struct fv_track *rig_find(void *ctx, const char *uri)
{
    struct rig *rig = ctx;
    return rig->find ? rig->find(rig, uri) : NULL;
}

static inline void rig_open(struct rig *rig)
{
    *rig = (struct rig){.settings = json_object(), .now_ms = 1000000};
    rig->log = calloc(1, 1);
    snprintf(rig->room, sizeof rig->room, "/tmp/forever-rig.XXXXXX");
    assert_non_null(mkdtemp(rig->room));
    snprintf(rig->cache, sizeof rig->cache, "%s/cache", rig->room);
    char command[128];
    snprintf(command, sizeof command, "mkdir %s", rig->cache);
    assert_int_equal(system(command), 0);
    rig->host = (struct fv_host){.struct_size = sizeof rig->host,
                                 .ctx = rig,
                                 .log = rig_log,
                                 .number = rig_number,
                                 .text = rig_text,
                                 .cancelled = rig_cancelled,
                                 .now_ms = rig_now_ms,
                                 .find = rig_find,
                                 .cache_dir = rig->cache};
}

static inline void rig_close(struct rig *rig)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", rig->room);
    assert_int_equal(system(command), 0);
    json_decref(rig->settings);
    free(rig->log);
}

static inline void rig_set(struct rig *rig, const char *name, json_t *given)
{
    json_object_set_new(rig->settings, name, given);
}

/* How often a text stands in the log. */
static inline int rig_said(const struct rig *rig, const char *text)
{
    int count = 0;
    for (const char *at = rig->log; (at = strstr(at, text)); at += strlen(text))
        count++;
    return count;
}

static inline void rig_write(const struct rig *rig, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", rig->room, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#endif
