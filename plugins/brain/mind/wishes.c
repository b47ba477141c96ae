/* wishes.c - one function a verb; each answers with JSON or with a reason. */
#include "brain.h"

#include "file_uri.h"
#include "fold.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    struct fv_brain *brain;
    char *argument; /* may be cut up */
    struct fv_error *error;
    json_t *answer; /* given by the verb */
};

static int refuse(struct wish *wish, int rc, const char *format, const char *what)
{
    snprintf(wish->error->text, sizeof wish->error->text, format, what);
    return rc;
}

/* Take the last word off if it is this one. */
static bool ends_in_word(char *text, const char *word)
{
    size_t length = strlen(text), tail = strlen(word);
    if (length <= tail || strcmp(text + length - tail, word) != 0 ||
        text[length - tail - 1] != ' ')
        return false;
    text[length - tail - 1] = 0;
    return true;
}

/* A stop by the track's uri, or by its number among what may still change: 1 is next. */
static size_t find_stop(const struct fv_brain *brain, const char *name)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    const struct pool_track *track = brain_find(brain, name);
    for (size_t i = 0; track && i < brain->route.count; i++)
        if (brain->route.stops[i].track == track)
            return i;
    return *name && *end == 0 && number >= 1 && number <= brain->route.count ? number - 1
                                                                             : SIZE_MAX;
}

static int do_add(struct wish *wish)
{
    char says[4096];
    bool is_next = ends_in_word(wish->argument, "next");
    if (!*wish->argument)
        return refuse(wish, -EINVAL, "add what%s: add URI [next]", "");
    int place = brain_request(wish->brain, wish->argument, is_next ? 0 : BRAIN_BEST, says,
                              sizeof says, wish->error);
    if (place < 0)
        return place;
    wish->answer = json_pack("{s:o, s:i}", "uri", file_uri_told(says), "position", place);
    return 0;
}

static int do_remove(struct wish *wish)
{
    size_t place = find_stop(wish->brain, wish->argument);
    if (place == SIZE_MAX)
        return refuse(wish, -ENOENT,
                      "nothing that may still change is called %.150s: `queue` lists it",
                      wish->argument);
    wish->answer = json_pack("{s:o}", "uri",
                             file_uri_told(wish->brain->route.stops[place].track->uri));
    route_remove(&wish->brain->route, place);
    return 0;
}

static int do_move(struct wish *wish)
{
    struct route *route = &wish->brain->route;
    char *space = strrchr(wish->argument, ' '), *end = NULL;
    bool is_number = space && isdigit((unsigned char)space[1]); /* not -1, the last one */
    unsigned long to = is_number ? strtoul(space + 1, &end, 10) : 0;
    if (!is_number || *end || to < 1)
        return refuse(wish, -EINVAL, "move where%s: move ID POSITION, 1 is next", "");
    *space = 0;
    size_t from = find_stop(wish->brain, wish->argument);
    if (from == SIZE_MAX)
        return refuse(wish, -ENOENT,
                      "nothing that may still change is called %.150s: `queue` lists it",
                      wish->argument);
    struct stop stop = {route->stops[from].track, true};
    route_remove(route, from);
    size_t place = to - 1 < route->count ? to - 1 : route->count;
    int rc = route_put(route, place, stop);
    wish->answer = json_pack("{s:o, s:I}", "uri", file_uri_told(stop.track->uri),
                             "position", (json_int_t)place + 1);
    return rc;
}

static int do_ban(struct wish *wish)
{
    struct fv_brain *brain = wish->brain;
    size_t place = find_stop(brain, wish->argument), gone = 0;
    const char *text =
        place == SIZE_MAX ? wish->argument : brain->route.stops[place].track->uri;
    if (!*text)
        return refuse(wish, -EINVAL, "ban what%s: ban URI or ban ARTIST", "");
    json_t *ban = json_string(text);
    if (!ban)
        return refuse(wish, -EINVAL, "what is to be banned is not UTF-8%s", "");
    json_array_append(brain->bans, ban);
    for (size_t i = 0; i < brain->pool.count; i++) {
        struct pool_track *track = brain->pool.tracks[i];
        if (!ban_means(ban, track))
            continue;
        route_forget(&brain->route, track);
        gone++;
    }
    int rc = brain_cull(brain);
    wish->answer = json_pack("{s:o, s:I}", "banned", ban, "tracks", (json_int_t)gone);
    return rc;
}

/* The ban of these words, or else one of the same artist; how many there are: none. */
static size_t find_ban(const json_t *bans, const char *text)
{
    size_t i, found = json_array_size(bans);
    json_t *ban;
    json_array_foreach(bans, i, ban)
    {
        if (strcmp(json_string_value(ban), text) == 0)
            return i;
        if (fold_hash(json_string_value(ban)) == fold_hash(text))
            found = i;
    }
    return found;
}

/* Of a uri each letter counts, of an artist how it sounds. */
static bool is_same(const json_t *a, const json_t *b)
{
    const char *x = json_string_value(a), *y = json_string_value(b);
    return strcmp(x, y) == 0 ||
           (!strchr(x, ':') && *x != '/' && fold_hash(x) == fold_hash(y));
}

static int do_unban(struct wish *wish)
{
    json_t *bans = wish->brain->bans;
    size_t place = find_ban(bans, wish->argument);
    if (place == json_array_size(bans))
        return refuse(wish, -ENOENT, "%.150s is not banned", wish->argument);
    json_t *ban = json_incref(json_array_get(bans, place));
    for (size_t i = json_array_size(bans); i > 0; i--) /* it may stand there twice */
        if (is_same(ban, json_array_get(bans, i - 1)))
            json_array_remove(bans, i - 1);
    wish->answer = json_pack("{s:o}", "unbanned", ban);
    return 0;
}

static int make_order(struct fv_brain *brain)
{
    struct planner planner = brain_planner(brain);
    int rc = brain_cull(brain);
    if (rc == 0)
        rc = brain_measure(brain);
    if (rc == 0 && brain->route.count < brain->pool.count && !brain->has_last) {
        brain->route.count = 0;
        planner = brain_planner(brain);
    }
    return rc ? rc : route_extend(&brain->route, &planner);
}

static int do_order(struct wish *wish)
{
    int rc = make_order(wish->brain);
    if (rc == 0)
        wish->answer = brain_order_json(wish->brain);
    return rc;
}

static int do_matrix(struct wish *wish)
{
    wish->answer = brain_matrix_json(wish->brain);
    return wish->answer ? 0 : refuse(wish, -E2BIG, "too many tracks for a matrix%s", "");
}

/* A track by its uri, or by the only title, file name or part of it that fits. */
static struct pool_track *find_track(struct wish *wish, const char *name)
{
    struct pool *pool = &wish->brain->pool;
    struct pool_track *found = brain_find(wish->brain, name);
    char wanted[512], folded[512];
    int count = 0;
    if (found)
        return found;
    fold_text(name, wanted, sizeof wanted);
    for (size_t i = 0; *wanted && i < pool->count; i++) {
        struct pool_track *track = pool->tracks[i];
        bool fits = false;
        if (track->title) {
            fold_text(track->title, folded, sizeof folded);
            fits = strstr(folded, wanted) != NULL;
        }
        const char *file = strrchr(track->uri, '/');
        fold_text(file ? file + 1 : track->uri, folded, sizeof folded);
        if (fits || strstr(folded, wanted)) {
            found = track;
            count++;
        }
    }
    if (count == 1)
        return found;
    refuse(wish, -ENOENT,
           count ? "more than one track fits \"%.150s\""
                 : "no track of the pool is called \"%.150s\"",
           name);
    return NULL;
}

/* Two names, split at a tab or a new line; else at the first blank that leaves two. */
static int do_explain(struct wish *wish)
{
    const struct pool_track *a = NULL, *b = NULL;
    bool is_told = strpbrk(wish->argument, "\n\t");
    const char *breaks = is_told ? "\n\t" : " ";
    char *at = strpbrk(wish->argument, breaks);
    if (!at)
        return refuse(wish, -EINVAL, "explain which two%s: explain A B", "");
    for (; at && !b; at = is_told ? NULL : strchr(at + 1, ' ')) {
        char between = *at;
        *at = 0;
        a = find_track(wish, wish->argument);
        b = a ? find_track(wish, at + 1) : NULL;
        *at = between;
    }
    if (!b)
        return -ENOENT;
    wish->answer = brain_explain_json(wish->brain, a, b);
    return 0;
}

static int answer(struct wish *wish, char *reply, size_t cap)
{
    char *text = wish->answer ? json_dumps(wish->answer, JSON_COMPACT) : NULL;
    int rc = text ? 0 : -ENOMEM;
    if (text && (size_t)snprintf(reply, cap, "%s", text) >= cap) {
        snprintf(wish->error->text, sizeof wish->error->text,
                 "the answer takes %zu bytes", strlen(text) + 1);
        rc = -ENOBUFS;
    }
    free(text);
    return rc;
}

int brain_wish(struct fv_brain *brain, const char *verb, const char *argument,
               char *reply, size_t cap, struct fv_error *error)
{
    static const struct {
        const char *name;
        int (*grant)(struct wish *wish);
    } verbs[] = {{"add", do_add},       {"remove", do_remove},  {"move", do_move},
                 {"ban", do_ban},       {"unban", do_unban},    {"order", do_order},
                 {"matrix", do_matrix}, {"explain", do_explain}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, verb) != 0)
            continue;
        struct wish wish = {.brain = brain, .argument = strdup(argument), .error = error};
        if (!wish.argument)
            return -ENOMEM;
        int rc = verbs[i].grant(&wish);
        if (rc == 0)
            rc = answer(&wish, reply, cap);
        json_decref(wish.answer);
        free(wish.argument);
        return rc;
    }
    return -ENOSYS;
}
