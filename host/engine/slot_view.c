/* slot_view.c - a slot as people and the next engine see it. */
#include "slot.h"

#include <stdio.h>

static json_t *build_json(const struct generation *g)
{
    char abi[32];
    snprintf(abi, sizeof abi, "%u.%u", g->abi_major, g->abi_minor);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "name", g->name, "version",
                     g->version, "abi", abi, "hash", g->hash, "generation",
                     (json_int_t)g->number, "path", g->path);
}

unsigned slot_loaded(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    unsigned loaded = slot->loaded;
    pthread_mutex_unlock(&slot->lock);
    return loaded;
}

json_t *slot_json(struct slot *slot)
{
    bool is_on = slot_is_on_probation(slot);
    pthread_mutex_lock(&slot->lock);
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:b, s:I, s:I, s:s, s:s, s:s, s:s}", "plugin",
        kind_name(slot->kind), "source", slot->source, "current",
        build_json(slot->current), "on_probation", is_on, "loaded",
        (json_int_t)slot->loaded, "next", (json_int_t)slot->next_number, "stat",
        slot->is_undecided ? "" : slot->stat_loaded, "refused", slot->refused_why,
        "refused_hash", slot->refused_hash, "trying", slot->trying);
    if (slot->previous)
        json_object_set_new(json, "previous", build_json(slot->previous));
    pthread_mutex_unlock(&slot->lock);
    return json;
}

json_t *swap_json(const struct swap *swap, enum kind kind)
{
    if (!swap->is_done)
        return json_pack("{s:b, s:s, s:s, s:s}", "ok", 0, "plugin", kind_name(kind),
                         "error", swap->error, "old", swap->old_version);
    return json_pack("{s:b, s:s, s:s, s:s, s:s, s:I, s:I}", "ok", 1, "plugin",
                     kind_name(kind), "old", swap->old_version, "new", swap->new_version,
                     "abi", swap->abi, "generation", (json_int_t)swap->generation, "ms",
                     (json_int_t)swap->ms);
}
