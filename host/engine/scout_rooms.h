/* scout_rooms.h - what the scout's own files share: scout.c (the loop and choosing),
 * scout_pool.c (hearing), scout_people.c (wishes and news). Scout thread only.
 */
#ifndef SCOUT_ROOMS_H
#define SCOUT_ROOMS_H

#include "scout.h"

/* scout_pool.c */

/* The brain, and nobody else on it until it is left again. */
struct generation *scout_enter_brain(struct scout *scout);
void scout_leave_brain(struct scout *scout, struct generation *brain);
void scout_report(struct scout *scout, const char *uri, enum fv_outcome outcome,
                  const char *reason);

/* Ask the brain for its sources anew. returns tracks in the pool, or -errno with error */
int scout_refresh(struct scout *scout, struct fv_error *error);

/* List what of the pool is still to be heard: scout->wanted. */
void scout_list_wanted(struct scout *scout);
void scout_forget_wanted(struct scout *scout);

/* Analyse a file; tell the brain. returns 0 or -errno, the reason is set aside */
int scout_hear_one(struct scout *scout, const char *uri, struct track **track);

/* Analyse what is wanted, or the next few of it, on all processors. */
void scout_hear_wanted(struct scout *scout);

/* Analyse the next of what is wanted, unless called away to something that can't wait. */
void scout_hear_ahead(struct scout *scout);

/* scout_people.c */

/* Note the brain's state and its plans for checkpoints and for people. */
void scout_take_stock(struct scout *scout);

/* Does the brain plan what people have not been told? */
bool scout_has_news(struct scout *scout);

/* Grant one wish. returns false when there is none */
bool scout_grant_wishes(struct scout *scout);

/* Tell library and brain what has begun to play. returns false when it is no news */
bool scout_tell_heard(struct scout *scout);

#endif
