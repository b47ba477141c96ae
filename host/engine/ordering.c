/* ordering.c - asks the brain by its wishes, as the admin socket does, and prints what it
 * answers. */
#include "ordering.h"

#include "bytes.h"
#include "hear.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_FIRST (1u << 20)
#define REPLY_MOST (1u << 30)

struct paths {
    char **at;
    size_t count;
};

struct ordering {
    const struct ordering_options *options;
    struct offline rooms;
    struct generation *brain;
    struct paths fresh; /* files that nobody has analysed yet */
    struct paths bad;   /* that can't be played */
    size_t done;
};

static int fail(const char *why)
{
    progress_end();
    fprintf(stderr, "forever: %s\n", why);
    return 1;
}

/* ---- analyses -------------------------------------------------------------------------
 */

static void put_path(struct paths *paths, const char *path)
{
    paths->at = must_realloc(paths->at, (paths->count + 1) * sizeof *paths->at);
    paths->at[paths->count++] = must_strdup(path);
}

/* Tell the brain of each, and forget them. */
static void report_paths(struct ordering *o, struct paths *paths, enum fv_outcome outcome)
{
    for (size_t i = 0; i < paths->count; i++) {
        o->brain->brain.report(o->brain->self.brain, paths->at[i], outcome, NULL);
        services_settle(&o->brain->services);
        free(paths->at[i]);
    }
    free(paths->at);
    *paths = (struct paths){0};
}

static int collect(void *ctx, const struct fv_candidate *candidate)
{
    struct ordering *o = ctx;
    struct fv_error fault;
    uint32_t version = o->brain->brain.analysis_version;
    if (candidate->uri[0] != '/')
        return 0;
    if (!library_knows(o->rooms.library, candidate->uri, version, &fault))
        put_path(&o->fresh, candidate->uri);
    else if (*fault.text)
        put_path(&o->bad, candidate->uri);
    return 0;
}

static void on_heard(void *ctx, size_t index, struct track *track, int rc,
                     const struct fv_error *error)
{
    struct ordering *o = ctx;
    (void)track;
    if (rc) {
        log_warning("order", "cannot analyse %s: %s", o->fresh.at[index], error->text);
        put_path(&o->bad, o->fresh.at[index]);
    }
    if (++o->done < o->fresh.count)
        progress_show("analysing: %zu of %zu", o->done, o->fresh.count);
    else
        progress_end();
}

static void analyse_pool(struct ordering *o)
{
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = o, .candidate = collect};
    struct hearing hearing = {.brain = o->brain,
                              .codec = o->rooms.plugins[KIND_CODEC],
                              .library = o->rooms.library,
                              .settings = &o->rooms.settings};
    int threads = (int)settings_number(&o->rooms.settings, "library.analysis_threads", 0);
    o->brain->brain.pool(o->brain->self.brain, &sink);
    if (o->fresh.count > 0)
        hear_files(&hearing, (const char *const *)o->fresh.at, o->fresh.count, threads,
                   on_heard, o);
    report_paths(o, &o->fresh, FV_ANALYSED);
    report_paths(o, &o->bad, FV_FAILED);
}

/* ---- answers --------------------------------------------------------------------------
 */

/* New reference; NULL with error filled. */
static json_t *ask(struct ordering *o, const char *verb, const char *argument,
                   struct fv_error *error)
{
    json_t *answer = NULL;
    int rc = o->brain->brain.wish ? -ENOBUFS : -ENOSYS;
    for (size_t room = REPLY_FIRST; rc == -ENOBUFS && room <= REPLY_MOST; room *= 8) {
        char *reply = must_alloc(room);
        rc = o->brain->brain.wish(o->brain->self.brain, verb, argument, reply, room,
                                  error);
        if (rc == 0)
            answer = json_loads(reply, 0, NULL);
        free(reply);
    }
    services_settle(&o->brain->services);
    if (rc == -ENOSYS)
        snprintf(error->text, sizeof error->text, "this brain knows no \"%s\"", verb);
    else if (rc == 0 && !answer)
        snprintf(error->text, sizeof error->text, "%s: no JSON in the answer", verb);
    else
        generation_explain(rc, verb, error);
    return answer;
}

static void print_json(const json_t *answer)
{
    json_dumpf(answer, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    putchar('\n');
}

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void print_name(const json_t *track)
{
    const char *artist = text_in(track, "artist"), *title = text_in(track, "title");
    printf("%s%s%s\n", artist, *artist ? " - " : "",
           *title ? title : text_in(track, "uri"));
}

static void print_number(const json_t *value, int width, int digits)
{
    if (json_is_number(value))
        printf("%*.*f ", width, digits, json_number_value(value));
    else
        printf("%*s ", width, "");
}

/* A row a track: how far it is from the one before, by each criterion. */
static void print_table(const json_t *answer)
{
    const json_t *order = json_object_get(answer, "order"), *track;
    json_t *weights = json_object_get(answer, "weights");
    const char *name;
    json_t *weight;
    size_t i;
    printf("%4s %6s %-4s %6s ", "", "bpm", "key", "away");
    json_object_foreach(weights, name, weight)
    {
        printf("%7.7s ", name);
    }
    printf("track\n%4s %6s %-4s %6s ", "", "", "", "weight");
    json_object_foreach(weights, name, weight)
    {
        printf("%7.0f ", json_number_value(weight));
    }
    putchar('\n');
    json_array_foreach(order, i, track)
    {
        const json_t *differences = json_object_get(track, "differences");
        printf("%4zu ", i + 1);
        print_number(json_object_get(track, "bpm"), 6, 1);
        printf("%-4s ", text_in(track, "camelot"));
        print_number(json_object_get(track, "distance"), 6, 3);
        json_object_foreach(weights, name, weight)
        {
            print_number(json_object_get(differences, name), 7, 3);
        }
        print_name(track);
    }
    printf("%zu tracks, %.3f long, %.0f %% of neighbours can be beatmatched\n",
           json_array_size(order), json_number_value(json_object_get(answer, "length")),
           100 * json_number_value(json_object_get(answer, "beatmatchable")));
}

static void print_explanation(const json_t *answer)
{
    json_t *criteria = json_object_get(answer, "criteria"), *criterion;
    const char *name;
    printf("from  ");
    print_name(json_object_get(answer, "from"));
    printf("to    ");
    print_name(json_object_get(answer, "to"));
    printf("%-14s %10s %8s %8s\n", "criterion", "difference", "weight", "share");
    json_object_foreach(criteria, name, criterion)
    {
        printf("%-14s %10.4f %8.0f %8.4f%s\n", name,
               json_number_value(json_object_get(criterion, "difference")),
               json_number_value(json_object_get(criterion, "weight")),
               json_number_value(json_object_get(criterion, "share")),
               json_is_true(json_object_get(criterion, "is_known"))
                   ? ""
                   : "  not known: what is to be expected");
    }
    printf("%-14s %10.4f  they can%s be beatmatched\n", "distance",
           json_number_value(json_object_get(answer, "distance")),
           json_is_true(json_object_get(answer, "beatmatchable")) ? "" : "not");
}

/* ---- the command ----------------------------------------------------------------------
 */

static int show(struct ordering *o, const char *verb, const char *argument,
                void (*print)(const json_t *answer))
{
    struct fv_error error = {{0}};
    json_t *answer = ask(o, verb, argument, &error);
    if (!answer)
        return fail(error.text);
    if (o->options->as_json)
        print_json(answer);
    else
        print(answer);
    json_decref(answer);
    return 0;
}

static int write_matrix(struct ordering *o, const char *path)
{
    struct fv_error error = {{0}};
    char why[400];
    json_t *answer = ask(o, "matrix", "", &error);
    if (!answer)
        return fail(error.text);
    int rc = json_dump_file(answer, path, JSON_COMPACT | JSON_REAL_PRECISION(10));
    json_decref(answer);
    if (rc == 0)
        return 0;
    snprintf(why, sizeof why, "cannot write %.300s", path);
    return fail(why);
}

static int run(struct ordering *o)
{
    const struct ordering_options *options = o->options;
    struct fv_error error = {{0}};
    int count = o->brain->brain.refresh(o->brain->self.brain, &error);
    services_settle(&o->brain->services);
    if (count < 0)
        generation_explain(count, "refresh", &error);
    if (count <= 0)
        return fail(error.text[0] ? error.text : "the crate is empty");
    analyse_pool(o);
    if (options->matrix && write_matrix(o, options->matrix))
        return 1;
    if (!options->explain[0])
        return show(o, "order", "", print_table);
    struct bytes names = {0};
    bytes_printf(&names, "%s\t%s", options->explain[0], options->explain[1]);
    bytes_append(&names, "", 1);
    int status = show(o, "explain", (const char *)names.at, print_explanation);
    bytes_release(&names);
    return status;
}

int ordering_run(const struct ordering_options *options)
{
    struct ordering o = {.options = options};
    struct fv_error error = {{0}};
    if (offline_open(&o.rooms, &options->offline, &error))
        return fail(error.text);
    o.brain = o.rooms.plugins[KIND_BRAIN];
    int status = run(&o);
    offline_close(&o.rooms);
    return status;
}
