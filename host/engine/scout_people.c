/* scout_people.c - what people wish and see: wishes, the queue, what was heard. */
#include "scout_rooms.h"

#include "bytes.h"
#include "refusal.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UPCOMING 10
#define REPLY_FIRST (64u << 10) /* bytes of a wish's answer */
#define REPLY_MOST (16u << 20)

/* ---- people ---------------------------------------------------------------------------
 */

static int collect_upcoming(void *ctx, const struct fv_candidate *candidate)
{
    char uri[4096], title[256], artist[256], why[256];
    if (json_array_size(ctx) == UPCOMING) /* or all rooms would copy them for ever */
        return -ECANCELED;
    utf8_clean(candidate->uri, uri, sizeof uri);
    utf8_clean(candidate->title ? candidate->title : "", title, sizeof title);
    if (!*title) /* nobody has looked into it */
        track_file_name(uri, title, sizeof title);
    utf8_clean(candidate->artist ? candidate->artist : "", artist, sizeof artist);
    utf8_clean(candidate->why ? candidate->why : "", why, sizeof why);
    json_array_append_new(ctx, json_pack("{s:s, s:s, s:s, s:s}", "uri", uri, "title",
                                         title, "artist", artist, "why", why));
    return 0;
}

static json_t *list_upcoming(const struct generation *brain)
{
    json_t *upcoming = json_array();
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = upcoming, .candidate = collect_upcoming};
    if (brain->brain.upcoming)
        brain->brain.upcoming(brain->self.brain, UPCOMING, &sink);
    return upcoming;
}

bool scout_has_news(struct scout *scout)
{
    struct generation *brain = scout_enter_brain(scout);
    json_t *upcoming = list_upcoming(brain);
    scout_leave_brain(scout, brain);
    bool has_news = !json_equal(upcoming, scout->upcoming);
    json_decref(upcoming);
    return has_news;
}

void scout_take_stock(struct scout *scout)
{
    struct generation *brain = scout_enter_brain(scout);
    json_t *upcoming = list_upcoming(brain);
    json_t *state = generation_save(brain);
    scout_leave_brain(scout, brain);
    pthread_mutex_lock(&scout->lock);
    json_decref(scout->upcoming);
    scout->upcoming = upcoming;
    if (state) {
        json_decref(scout->brain_state);
        scout->brain_state = state;
    }
    pthread_mutex_unlock(&scout->lock);
    scout->on_change(scout->ctx);
}

static void grant(struct scout *scout, struct scout_wish *wish)
{
    char *argument = wish->line + strcspn(wish->line, " \t");
    struct fv_error error = {{0}};
    char *reply = NULL;
    int rc = -ENOSYS;
    if (*argument)
        *argument++ = 0;
    argument += strspn(argument, " \t");
    struct generation *brain = scout_enter_brain(scout);
    for (size_t room = REPLY_FIRST; brain->brain.wish && room <= REPLY_MOST; room *= 16) {
        reply = must_realloc(reply, room);
        rc = brain->brain.wish(brain->self.brain, wish->line, argument, reply, room,
                               &error);
        if (rc != -ENOBUFS)
            break;
    }
    scout_leave_brain(scout, brain);
    json_t *answer = rc == 0 ? json_loads(reply, 0, NULL) : NULL;
    if (rc == -ENOSYS)
        snprintf(error.text, sizeof error.text, "not yet: this brain knows no \"%.60s\"",
                 wish->line);
    else
        generation_explain(rc, wish->line, &error);
    if (rc)
        answer = refusal_json(error.text);
    else if (!json_is_object(answer)) {
        json_decref(answer);
        answer = json_object();
    }
    if (rc == 0)
        json_object_set_new(answer, "ok", json_true());
    scout_take_stock(scout); /* what is answered outlives this process */
    scout->on_reply(scout->ctx, wish->id, answer);
    free(reply);
    free(wish->line);
    free(wish);
}

bool scout_grant_wishes(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct scout_wish *wish = scout->wishes;
    if (wish)
        scout->wishes = wish->next;
    pthread_mutex_unlock(&scout->lock);
    if (!wish)
        return false;
    grant(scout, wish);
    return true;
}

bool scout_tell_heard(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct track *track = scout->heard;
    scout->heard = NULL;
    pthread_mutex_unlock(&scout->lock);
    if (!track)
        return false;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    library_note_heard(scout->library, track,
                       (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    scout_report(scout, track->uri, FV_HEARD, NULL);
    track_drop(track);
    return true;
}
