/* station.h - a brain on air for as long as wanted, in a moment: a catalogue, requests,
 * swaps and a judge that looks at nothing but what was settled. */
#ifndef STATION_H
#define STATION_H

#include "distance.h"
#include "rig.h"

#include <errno.h>
#include <math.h>

#define WEEK_S (7 * 86400.0)
#define TRACKS_MAX 600

/* ---- a catalogue ----------------------------------------------------------------------
 */

struct made {
    double bpm, length_s;
    int key, artist;
    float energy;
};

struct catalogue {
    struct made tracks[TRACKS_MAX];
    int count, artists;
    struct fv_track track;
    struct fv_analysis found;
    char artist[32];
};

static inline uint32_t roll(uint64_t *dice, uint32_t sides)
{
    uint64_t x = *dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

static inline void make(struct catalogue *catalogue, int count, int artists,
                        uint64_t seed)
{
    static const double tempos[] = {86,  92,  100, 110, 118, 122,
                                    124, 126, 128, 134, 140, 174};
    *catalogue = (struct catalogue){.count = count, .artists = artists};
    for (int i = 0; i < count; i++)
        catalogue->tracks[i] =
            (struct made){.bpm = tempos[roll(&seed, 12)] + roll(&seed, 500) / 100.0 - 2.5,
                          .length_s = 150 + roll(&seed, 240),
                          .key = (int)roll(&seed, 24),
                          .artist = (int)roll(&seed, (uint32_t)artists),
                          .energy = (float)roll(&seed, 1000) / 1000};
}

static inline int number_of(const char *uri)
{
    return atoi(strrchr(uri, '/') + 1);
}

static inline const struct fv_track *find(struct rig *rig, const char *uri)
{
    struct catalogue *c = rig->ctx;
    int n = number_of(uri);
    if (n < 0 || n >= c->count)
        return NULL;
    const struct made *made = &c->tracks[n];
    snprintf(c->artist, sizeof c->artist, "artist %d", made->artist);
    c->found = (struct fv_analysis){.struct_size = sizeof c->found,
                                    .duration = made->length_s,
                                    .bpm = made->bpm,
                                    .tempo_confidence = 1,
                                    .beat_confidence = 1,
                                    .bar_confidence = 1,
                                    .key = made->key,
                                    .key_confidence = 0.8f,
                                    .energy = made->energy,
                                    .danceability = made->energy,
                                    .loudness_lufs = -10};
    c->track = (struct fv_track){.struct_size = sizeof c->track,
                                 .uri = uri,
                                 .title = "",
                                 .artist = c->artist,
                                 .album = "",
                                 .genre = "",
                                 .analysis = &c->found};
    return &c->track;
}

/* ---- a station ------------------------------------------------------------------------
 */

struct station {
    struct rig rig;
    struct catalogue catalogue;
    struct fv_brain *brain;
    int heard[20000];
    double began_s[20000];
    bool was_asked_for[20000];
    int count;
    double now_s;
};

static const struct fv_brain_methods *methods;

static inline double airtime(const struct made *made)
{
    return fmax(made->length_s - 30, made->length_s / 2);
}

/* The crate as a playlist; `without` leaves out every so many-th. */
static inline void write_crate(struct station *s, int from, int to)
{
    char path[200];
    snprintf(path, sizeof path, "%s/crate.m3u", s->rig.room);
    FILE *file = fopen(path, "w");
    for (int i = from; i < to; i++)
        fprintf(file, "/music/%d.mp3\n", i);
    fclose(file);
}

static inline void look(struct station *s)
{
    struct fv_error error = {{0}};
    s->rig.now_ms += 10000;
    assert_true(methods->refresh(s->brain, &error) > 0);
}

static inline void open_station(struct station *s, int count, int artists, uint64_t seed)
{
    char crate[200];
    *s = (struct station){0};
    make(&s->catalogue, count, artists, seed);
    rig_open(&s->rig);
    s->rig.find = find;
    s->rig.ctx = &s->catalogue;
    snprintf(crate, sizeof crate, "%s/crate.m3u", s->rig.room);
    rig_set(&s->rig, "crate", json_pack("[s]", crate));
    rig_set(&s->rig, "brain.pool", json_integer(1000));
    rig_set(&s->rig, "brain.budget_ms", json_integer(30));
    write_crate(s, 0, count);
    methods = forever_plugin.brain;
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    look(s);
}

static inline void close_station(struct station *s)
{
    methods->destroy(s->brain);
    rig_close(&s->rig);
    free(s);
}

/* Choose and settle one. */
static inline void play(struct station *s)
{
    struct fv_choice choice = {.struct_size = sizeof choice};
    assert_int_equal(methods->next(s->brain, 0, &choice), 0);
    int n = number_of(choice.uri);
    s->heard[s->count] = n;
    s->was_asked_for[s->count] = strstr(choice.why, "requested") != NULL;
    s->began_s[s->count++] = s->now_s;
    s->now_s += airtime(&s->catalogue.tracks[n]);
    methods->report(s->brain, choice.uri, FV_SETTLED, NULL);
}

static inline void ask_for(struct station *s, const char *verb, const char *format, int n)
{
    char line[100], reply[4096];
    struct fv_error error = {{0}};
    snprintf(line, sizeof line, format, n);
    int rc = methods->wish(s->brain, verb, line, reply, sizeof reply, &error);
    if (rc)
        fail_msg("%s %s: %s", verb, line, error.text);
}

/* ---- a state that goes over -----------------------------------------------------------
 */

static inline int put_int(void *ctx, const char *name, int64_t value)
{
    return json_object_set_new(ctx, name, json_integer(value));
}

static inline int put_real(void *ctx, const char *name, double value)
{
    return json_object_set_new(ctx, name, json_real(value));
}

static inline int put_text(void *ctx, const char *name, const char *value)
{
    return json_object_set_new(ctx, name, json_string(value));
}

static inline int put_json(void *ctx, const char *name, const char *json)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return json_object_set_new(ctx, name, value);
}

static inline int64_t get_int(void *ctx, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(ctx, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static inline double get_real(void *ctx, const char *name, double otherwise)
{
    const json_t *value = json_object_get(ctx, name);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static inline const char *get_text(void *ctx, const char *name, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(ctx, name));
    return value ? value : otherwise;
}

static inline const char *get_json(void *ctx, const char *name, const char *otherwise)
{
    static char *text;
    free(text);
    text = NULL;
    if (json_object_get(ctx, name))
        text = json_dumps(json_object_get(ctx, name), JSON_ENCODE_ANY);
    return text ? text : otherwise;
}

static inline json_t *save(struct station *s)
{
    json_t *state = json_object();
    struct fv_writer to = {.struct_size = sizeof to,
                           .ctx = state,
                           .put_int = put_int,
                           .put_real = put_real,
                           .put_text = put_text,
                           .put_json = put_json};
    assert_int_equal(methods->save(s->brain, &to), 0);
    return state;
}

/* Another brain takes over with what of the state is left. */
static inline void swap(struct station *s, const char *without)
{
    json_t *state = save(s);
    if (without)
        json_object_del(state, without);
    struct fv_reader from = {.struct_size = sizeof from,
                             .ctx = state,
                             .get_int = get_int,
                             .get_real = get_real,
                             .get_text = get_text,
                             .get_json = get_json};
    methods->destroy(s->brain);
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    assert_int_equal(methods->load(s->brain, &from), 0);
    get_json(state, "nothing", "");
    json_decref(state);
    look(s);
}

/* ---- judges ---------------------------------------------------------------------------
 */

struct verdict {
    int track_too_soon, artist_too_soon, matched, in_key, pairs, least, most;
};

/* The same key, its relative, or a fifth to either side. */
static inline bool keys_agree(int a, int b)
{
    int steps = abs(traits_camelot(a) - traits_camelot(b));
    steps = steps > 6 ? 12 - steps : steps;
    return steps == 0 || (steps == 1 && (a < 12) == (b < 12));
}

static inline struct verdict judge(const struct station *s, double track_s,
                                   double artist_s)
{
    struct verdict v = {.least = s->count};
    int times[TRACKS_MAX] = {0};
    for (int i = 0; i < s->count; i++) {
        const struct made *made = &s->catalogue.tracks[s->heard[i]];
        times[s->heard[i]]++;
        for (int j = i - 1; j >= 0; j--) {
            double apart = s->began_s[i] - s->began_s[j];
            bool is_asked_for = s->was_asked_for[i];
            if (apart > track_s && apart > artist_s)
                break;
            v.track_too_soon +=
                s->heard[j] == s->heard[i] && apart < track_s - 1e-6 && !is_asked_for;
            v.artist_too_soon +=
                s->catalogue.tracks[s->heard[j]].artist == made->artist &&
                apart < artist_s - 1e-6 && !is_asked_for;
        }
        if (i > 0) {
            v.pairs++;
            v.matched +=
                tempo_can_match(s->catalogue.tracks[s->heard[i - 1]].bpm, made->bpm);
            v.in_key += keys_agree(s->catalogue.tracks[s->heard[i - 1]].key, made->key);
        }
    }
    for (int n = 0; n < s->catalogue.count; n++) {
        v.least = times[n] < v.least ? times[n] : v.least;
        v.most = times[n] > v.most ? times[n] : v.most;
    }
    return v;
}

#endif
