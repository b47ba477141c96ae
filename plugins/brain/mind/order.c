/* order.c - the tour as programs read it: what follows what, and how far each criterion
 * says it is. */
#include "brain.h"

#include "file_uri.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MATRIX_MAX 3000 /* tracks */

static json_t *rounded(double value)
{
    return isnan(value) ? json_null() : json_real(round(value * 1e6) / 1e6);
}

static json_t *differences_json(const struct fv_brain *brain, const struct traits *a,
                                const struct traits *b)
{
    json_t *list = json_object();
    double differences[CRITERIA];
    distance_between(&brain->distance, a, b, differences);
    for (int c = 0; c < CRITERIA; c++)
        json_object_set_new(list, criterion_names[c], rounded(differences[c]));
    return list;
}

static json_t *track_json(const struct pool_track *track)
{
    static const char *const names[] = {"C",  "Db", "D",  "Eb", "E",  "F",
                                        "Gb", "G",  "Ab", "A",  "Bb", "B"};
    const struct traits *traits = &track->traits;
    char camelot[8] = "";
    json_t *json =
        json_pack("{s:o, s:s?, s:s?, s:s?, s:s?}", "uri", file_uri_told(track->uri),
                  "title", track->title, "artist", track->artist, "license",
                  track->license, "page", track->page);
    if (!json)
        return NULL;
    if (!track->streams)
        json_object_set_new(json, "path", file_uri_told(track->uri));
    json_object_set_new(json, "bpm", rounded(traits->bpm));
    json_object_set_new(json, "energy", rounded((double)traits->energy));
    json_object_set_new(json, "duration", rounded((double)traits->length_s));
    if (traits->key >= 0) {
        char key[16];
        snprintf(camelot, sizeof camelot, "%d%c", traits_camelot(traits->key),
                 traits->key < 12 ? 'B' : 'A');
        snprintf(key, sizeof key, "%s %s", names[traits->key % 12],
                 traits->key < 12 ? "major" : "minor");
        json_object_set_new(json, "key", json_string(key));
        json_object_set_new(json, "camelot", json_string(camelot));
    }
    return json;
}

static json_t *weights_json(const struct fv_brain *brain, const double *values)
{
    json_t *list = json_object();
    (void)brain;
    for (int c = 0; c < CRITERIA; c++)
        json_object_set_new(list, criterion_names[c], rounded(values[c]));
    return list;
}

static size_t count_in_play(const struct pool *pool)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->count; i++) {
        const struct pool_track *track = pool->tracks[i];
        count += !track->verdict && !track->is_guest && !track->is_failed;
    }
    return count;
}

json_t *brain_order_json(struct fv_brain *brain)
{
    json_t *order = json_array();
    double length = 0;
    size_t pairs = 0, matching = 0;
    const struct traits *before = NULL;
    size_t left = count_in_play(&brain->pool);
    for (size_t i = 0; i < brain->route.count && left > 0; i++) {
        const struct pool_track *track = brain->route.stops[i].track;
        if (track->is_failed)
            continue;
        left--;
        json_t *json = track_json(track);
        if (!json)
            continue;
        if (before) {
            double distance =
                distance_between(&brain->distance, before, &track->traits, NULL);
            length += distance;
            pairs++;
            matching += distance_can_match(before, &track->traits);
            json_object_set_new(json, "distance", rounded(distance));
            json_object_set_new(json, "differences",
                                differences_json(brain, before, &track->traits));
        }
        before = &track->traits;
        json_array_append_new(order, json);
    }
    json_t *culled = json_array();
    for (size_t i = 0; i < brain->pool.count; i++) {
        const struct pool_track *track = brain->pool.tracks[i];
        const char *reason = track->verdict     ? track->verdict
                             : track->is_failed ? "it can't be played"
                                                : NULL;
        if (reason)
            json_array_append_new(culled,
                                  json_pack("{s:o, s:s}", "uri",
                                            file_uri_told(track->uri), "reason", reason));
    }
    return json_pack("{s:o, s:o, s:f, s:f, s:o}", "order", order, "left_out", culled,
                     "length", length, "beatmatchable",
                     pairs ? (double)matching / (double)pairs : 1.0, "weights",
                     weights_json(brain, brain->distance.weights));
}

json_t *brain_explain_json(const struct fv_brain *brain, const struct pool_track *a,
                           const struct pool_track *b)
{
    json_t *criteria = json_object();
    double differences[CRITERIA];
    double distance =
        distance_between(&brain->distance, &a->traits, &b->traits, differences);
    for (int c = 0; c < CRITERIA; c++) {
        double known =
            distance_by(&brain->distance, (enum criterion)c, &a->traits, &b->traits);
        json_object_set_new(
            criteria, criterion_names[c],
            json_pack("{s:o, s:o, s:b, s:o}", "difference", rounded(differences[c]),
                      "weight", rounded(brain->distance.weights[c]), "is_known",
                      !isnan(known), "share",
                      rounded(differences[c] * brain->distance.weights[c] /
                              brain->distance.total)));
    }
    return json_pack("{s:o?, s:o?, s:f, s:b, s:o}", "from", track_json(a), "to",
                     track_json(b), "distance", distance, "beatmatchable",
                     distance_can_match(&a->traits, &b->traits), "criteria", criteria);
}

json_t *brain_matrix_json(const struct fv_brain *brain)
{
    size_t count = brain->pool.count;
    if (count > MATRIX_MAX)
        return NULL;
    json_t *uris = json_array(), *rows = json_array();
    for (size_t a = 0; a < count; a++) {
        json_t *row = json_array();
        json_array_append_new(uris, file_uri_told(brain->pool.tracks[a]->uri));
        for (size_t b = 0; b < count; b++)
            json_array_append_new(
                row, a == b ? json_real(0)
                            : rounded(distance_between(
                                  &brain->distance, &brain->pool.tracks[a]->traits,
                                  &brain->pool.tracks[b]->traits, NULL)));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:o, s:o, s:o}", "tracks", uris, "distances", rows, "weights",
                     weights_json(brain, brain->distance.weights));
}
