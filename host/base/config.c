/* config.c - validates against the table, so that a slip is refused by name and line. */
#include "config.h"

#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct config_key config_keys[] = {
    {"crate", CONFIG_LIST, 0, 0, "[]",
     "folders, playlists and files to play, when none is named on the command line"},
    {"seed", CONFIG_NUMBER, 0, 4294967295.0, "1",
     "same seed, same crate, same analyses: the same order"},
    {"log", CONFIG_TEXT, 0, 0, "\"info\"", "debug, info, warning or error"},
    {"http.listen", CONFIG_TEXT, 0, 0, "\"127.0.0.1:8192\"", "HOST:PORT to serve on"},
    {"http.max_listeners", CONFIG_NUMBER, 1, 1000000, "10000",
     "one more is answered 503; the process needs as many open files"},
    {"http.slow_listener", CONFIG_TEXT, 0, 0, "\"skip\"",
     "a listener that falls out of the history: \"skip\" moves it forward, \"drop\" ends "
     "it"},
    {"station.name", CONFIG_TEXT, 0, 0, "\"forever\"", "what players show (icy-name)"},
    {"station.description", CONFIG_TEXT, 0, 0, "\"an endless mix\"", "icy-description"},
    {"station.genre", CONFIG_TEXT, 0, 0, "\"Mixed\"", "icy-genre"},
    {"station.url", CONFIG_TEXT, 0, 0, "\"\"",
     "icy-url and the home page of the station"},
    {"mounts", CONFIG_LIST, 0, 0, "[{\"path\": \"/all.mp3\", \"kbps\": 192}]",
     "the streams: path and constant bit rate (64 80 96 112 128 160 192 224 256 320)"},
    {"stream.buffer_s", CONFIG_NUMBER, 4, 600, "60",
     "seconds of finished frames kept ahead: how long an engine may be away"},
    {"stream.history_s", CONFIG_NUMBER, 2, 600, "15",
     "seconds of sent frames kept: how far a listener may fall behind"},
    {"stream.burst_s", CONFIG_NUMBER, 0, 60, "4",
     "seconds that a new listener gets at once"},
    {"engine.stall_s", CONFIG_NUMBER, 1, 600, "8",
     "an engine that gives no sign of life for so long is started again"},
    {"engine.trial_s", CONFIG_NUMBER, 0.1, 600, "2",
     "a new plugin that has not done its first step so soon is refused; the first of all "
     "has ten times as long"},
    {"engine.probation_s", CONFIG_NUMBER, 0, 3600, "30",
     "a new plugin whose engine dies so soon is taken back"},
    {"brain.min_length_s", CONFIG_NUMBER, 0, 86400, "30", "shorter tracks are left out"},
    {"brain.max_length_s", CONFIG_NUMBER, 1, 86400, "1200", "longer tracks are left out"},
    {"brain.pool", CONFIG_NUMBER, 1, 1000000, "400",
     "tracks of a crate that are in play at a time, drawn by the seed"},
    {"brain.rescan_s", CONFIG_NUMBER, 1, 86400, "10",
     "seconds after which the crate is looked at again"},
    {"brain.doubles", CONFIG_NUMBER, 0, 1, "0",
     "1 = a recording that is in the crate twice is played as two tracks"},
    {"brain.budget_ms", CONFIG_NUMBER, 0, 60000, "500",
     "work on a tour: what an ordinary processor does in so many milliseconds"},
    {"brain.track_gap_s", CONFIG_NUMBER, 0, 604800, "10800",
     "seconds until a track may come again, where the pool is long enough"},
    {"brain.artist_gap_s", CONFIG_NUMBER, 0, 604800, "3600",
     "seconds until an artist may come again, where the pool allows it"},
    {"brain.arc", CONFIG_LIST, 0, 0, "[]",
     "energy wanted, 0 to 1, for each hour in turn; [] = as the tour goes"},
    {"brain.inject", CONFIG_TEXT, 0, 0, "\"inject.txt\"",
     "file in the state folder: its lines are played next, and taken out of it"},
    {"brain.mix", CONFIG_TEXT, 0, 0, "\"mix.txt\"",
     "file in the state folder: its lines are always in the pool"},
    {"weights.tempo", CONFIG_NUMBER, 0, 1000000, "1500",
     "distance: tempo, octaves folded"},
    {"weights.spread", CONFIG_NUMBER, 0, 1000000, "999", "distance: the same artist"},
    {"weights.energy", CONFIG_NUMBER, 0, 1000000, "300", "distance: energy"},
    {"weights.danceability", CONFIG_NUMBER, 0, 1000000, "100", "distance: danceability"},
    {"weights.loudness", CONFIG_NUMBER, 0, 1000000, "50", "distance: loudness"},
    {"weights.genre", CONFIG_NUMBER, 0, 1000000, "40", "distance: names of the genres"},
    {"weights.tag", CONFIG_NUMBER, 0, 1000000, "20", "distance: tags"},
    {"weights.length", CONFIG_NUMBER, 0, 1000000, "5", "distance: length"},
    {"weights.key", CONFIG_NUMBER, 0, 1000000, "850",
     "distance: way around the Camelot wheel"},
    {"weights.timbre", CONFIG_NUMBER, 0, 1000000, "100", "distance: sound of the whole"},
    {"weights.fit", CONFIG_NUMBER, 0, 1000000, "100",
     "distance: the one's outro against the other's intro"},
    {"blacklist.artist", CONFIG_LIST, 0, 0, "[]",
     "artists that are never played; case and accents do not matter"},
    {"blacklist.tag", CONFIG_LIST, 0, 0, "[]", "tags and genres that are never played"},
    {"blacklist.id", CONFIG_LIST, 0, 0, "[]", "tracks that are never played, by uri"},
    {"sources.refresh_s", CONFIG_NUMBER, 0, 604800, "600",
     "seconds after which a list of tracks is asked for again"},
    {"sources.most", CONFIG_NUMBER, 1, 10000, "200",
     "tracks taken from one search of a service"},
    {"sources.licenses", CONFIG_TEXT, 0, 0, "\"open\"",
     "\"open\": Creative Commons without ND, or public domain; \"any\": all that may be "
     "played"},
    {"sources.private", CONFIG_NUMBER, 0, 1, "0",
     "1 = addresses inside the local network may be fetched"},
    {"sources.timeout_s", CONFIG_NUMBER, 1, 600, "20",
     "seconds for one answer of a server, tries included"},
    {"sources.fetch_s", CONFIG_NUMBER, 1, 3600, "90", "seconds for one track's audio"},
    {"sources.retry_ms", CONFIG_NUMBER, 1, 600000, "500",
     "wait before a second try, about; doubled with each"},
    {"sources.pace_ms", CONFIG_NUMBER, 0, 60000, "100",
     "least time between two requests"},
    {"sources.cache_mb", CONFIG_NUMBER, 1, 10000000, "2000",
     "room for fetched audio; the least recently used leave first"},
    {"sources.credentials", CONFIG_TEXT, 0, 0, "\"credentials.json\"",
     "file of keys, in the state folder"},
    {"audius.url", CONFIG_TEXT, 0, 0, "\"https://api.audius.co/v1\"",
     "where Audius is asked; without /v1: a host that lists hosts"},
    {"audius.app_name", CONFIG_TEXT, 0, 0, "\"forever\"", "what Audius is told who asks"},
    {"jamendo.url", CONFIG_TEXT, 0, 0, "\"https://api.jamendo.com/v3.0\"",
     "where Jamendo is asked"},
    {"ccmixter.url", CONFIG_TEXT, 0, 0, "\"https://ccmixter.org/api/query\"",
     "where ccMixter is asked"},
    {"archive.url", CONFIG_TEXT, 0, 0, "\"https://archive.org\"",
     "where the Internet Archive is asked"},
    {"soundcloud.url", CONFIG_TEXT, 0, 0, "\"https://api.soundcloud.com\"",
     "where SoundCloud is asked"},
    {"soundcloud.token_url", CONFIG_TEXT, 0, 0,
     "\"https://secure.soundcloud.com/oauth/token\"", "where its tokens come from"},
    {"mixer.target_lufs", CONFIG_NUMBER, -40, -5, "-14", "loudness of every track"},
    {"mixer.crossfade_s", CONFIG_NUMBER, 0, 60, "12", "longest crossfade by loudness"},
    {"mixer.fade_s", CONFIG_NUMBER, 0, 60, "6", "fade at the very start and end"},
    {"library.analysis_threads", CONFIG_NUMBER, 0, 256, "0",
     "tracks analysed at once; 0 = one a processor"},
    {"extra", CONFIG_ANY, 0, 0, "{}", "for plugins of your own, not checked"},
    {NULL, CONFIG_ANY, 0, 0, NULL, NULL},
};

static const char *const type_names[] = {"a number", "a text", "true or false", "a list",
                                         "any value"};

/* ---- lines ----------------------------------------------------------------------------
 */

/* A walk through valid JSON text that knows in which line each key stands. */
struct walk {
    const char *at;
    int line;
};

static void walk_space(struct walk *walk)
{
    for (; *walk->at && strchr(" \t\r\n", *walk->at); walk->at++)
        walk->line += *walk->at == '\n';
}

static void walk_string(struct walk *walk, const char **start, size_t *length)
{
    *start = ++walk->at;
    for (; *walk->at && *walk->at != '"'; walk->at++)
        if (*walk->at == '\\' && walk->at[1])
            walk->at++;
    *length = (size_t)(walk->at - *start);
    if (*walk->at)
        walk->at++;
}

/* Pass one value; note the line of the first key whose dotted path is `wanted`. */
static void walk_value(struct walk *walk, const char *path, const char *wanted,
                       int *found)
{
    walk_space(walk);
    const char *start;
    size_t length;
    if (*walk->at == '"') {
        walk_string(walk, &start, &length);
    } else if (*walk->at == '{' || *walk->at == '[') {
        bool is_object = *walk->at++ == '{';
        for (walk_space(walk); *walk->at && !strchr("}]", *walk->at); walk_space(walk)) {
            char child[256] = "";
            if (is_object && *walk->at == '"') {
                int line = walk->line;
                walk_string(walk, &start, &length);
                snprintf(child, sizeof child, "%s%s%.*s", path, *path ? "." : "",
                         (int)(length > 200 ? 200 : length), start);
                if (*found == 0 && strcmp(child, wanted) == 0)
                    *found = line;
                walk_space(walk);
                walk->at += *walk->at == ':';
            }
            walk_value(walk, child, wanted, found);
            walk_space(walk);
            walk->at += *walk->at == ',';
        }
        walk->at += *walk->at != 0;
    } else {
        while (*walk->at && !strchr(",}] \t\r\n", *walk->at))
            walk->at++;
    }
}

static int line_of(const char *text, const char *name)
{
    struct walk walk = {.at = text, .line = 1};
    int found = 0;
    walk_value(&walk, "", name, &found);
    return found ? found : 1;
}

/* ---- values ---------------------------------------------------------------------------
 */

const json_t *config_get(const struct config *config, const char *name)
{
    const json_t *node = config->tree;
    char part[64];
    while (node && *name) {
        size_t length = strcspn(name, ".");
        if (length >= sizeof part)
            return NULL;
        memcpy(part, name, length);
        part[length] = 0;
        node = json_object_get(node, part);
        name += length + (name[length] == '.');
    }
    return node;
}

double config_number(const struct config *config, const char *name)
{
    return json_number_value(config_get(config, name));
}

const char *config_text(const struct config *config, const char *name)
{
    const char *text = json_string_value(config_get(config, name));
    return text ? text : "";
}

int config_set(struct config *config, const char *name, json_t *value)
{
    json_t *node = config->tree;
    const char *dot = strchr(name, '.');
    if (dot) {
        char section[64];
        snprintf(section, sizeof section, "%.*s", (int)(dot - name), name);
        if (!json_object_get(node, section))
            json_object_set_new(node, section, json_object());
        node = json_object_get(node, section);
        name = dot + 1;
    }
    return json_object_set_new(node, name, value) ? -EINVAL : 0;
}

static bool has_type(const json_t *value, enum config_type type)
{
    switch (type) {
    case CONFIG_NUMBER:
        return json_is_number(value);
    case CONFIG_TEXT:
        return json_is_string(value);
    case CONFIG_BOOL:
        return json_is_boolean(value);
    case CONFIG_LIST:
        return json_is_array(value);
    case CONFIG_ANY:
        return true;
    }
    return false;
}

static bool is_one_of(const char *text, const char *const *choices)
{
    for (; *choices; choices++)
        if (strcmp(text, *choices) == 0)
            return true;
    return false;
}

static bool is_bit_rate(double kbps)
{
    static const int rates[] = {64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (kbps == rates[i])
            return true;
    return false;
}

/* A path that every player asks for as it is written. */
static bool is_path(const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789/.-_~";
    return path[0] == '/' && path[1] && strlen(path) <= 60 &&
           path[strspn(path, letters)] == 0;
}

static bool has_path_before(const json_t *mounts, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(mounts, i), "path")),
                   path) == 0)
            return true;
    return false;
}

static bool are_texts(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return false;
    return true;
}

static bool are_energies(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *energy = json_array_get(list, i);
        double number = json_number_value(energy);
        if (!json_is_number(energy) || number < 0 || number > 1)
            return false;
    }
    return true;
}

/* What is wrong with a value beyond its type; NULL = nothing. */
static const char *fault_of(const struct config_key *key, const json_t *value)
{
    static const char *const levels[] = {"debug", "info", "warning", "error", NULL};
    static const char *const policies[] = {"skip", "drop", NULL};
    static const char *const licenses[] = {"open", "any", NULL};
    if (strcmp(key->name, "log") == 0 && !is_one_of(json_string_value(value), levels))
        return "must be debug, info, warning or error";
    if (strcmp(key->name, "http.slow_listener") == 0 &&
        !is_one_of(json_string_value(value), policies))
        return "must be \"skip\" or \"drop\"";
    if (strcmp(key->name, "sources.licenses") == 0 &&
        !is_one_of(json_string_value(value), licenses))
        return "must be \"open\" or \"any\"";
    if ((strcmp(key->name, "crate") == 0 || strncmp(key->name, "blacklist.", 10) == 0) &&
        !are_texts(value))
        return "must be a list of texts";
    if (strcmp(key->name, "brain.arc") == 0 && !are_energies(value))
        return "must be a list of numbers from 0 to 1";
    if (strcmp(key->name, "mounts") == 0) {
        size_t count = json_array_size(value);
        if (count < 1 || count > 8)
            return "must name 1 to 8 mounts";
        for (size_t i = 0; i < count; i++) {
            const json_t *mount = json_array_get(value, i);
            const char *path = json_string_value(json_object_get(mount, "path"));
            if (!path || !is_path(path))
                return "each mount needs a path such as \"/all.mp3\"";
            if (!is_bit_rate(json_number_value(json_object_get(mount, "kbps"))))
                return "kbps must be 64 80 96 112 128 160 192 224 256 or 320";
            if (json_object_size(mount) > 2)
                return "each mount has a path and kbps, and nothing else";
            if (has_path_before(value, i, path))
                return "two mounts have the same path";
        }
    }
    return NULL;
}

static const struct config_key *key_named(const char *name)
{
    for (const struct config_key *key = config_keys; key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static bool is_section(const char *name)
{
    size_t length = strlen(name);
    for (const struct config_key *key = config_keys; key->name; key++)
        if (strncmp(key->name, name, length) == 0 && key->name[length] == '.')
            return true;
    return false;
}

struct source {
    const char *text, *name;
    struct config_error *error;
};

static int refuse(const struct source *source, const char *key, const char *what)
{
    snprintf(source->error->text, sizeof source->error->text, "%s:%d: \"%s\" %s",
             source->name, line_of(source->text, key), key, what);
    return -EINVAL;
}

static int check_value(const struct source *source, const struct config_key *key,
                       const json_t *value)
{
    char what[160];
    if (!has_type(value, key->type)) {
        snprintf(what, sizeof what, "must be %s", type_names[key->type]);
        return refuse(source, key->name, what);
    }
    double number = json_number_value(value);
    if (key->type == CONFIG_NUMBER &&
        !(number >= key->lowest && number <= key->highest)) {
        snprintf(what, sizeof what, "must lie between %.10g and %.10g", key->lowest,
                 key->highest);
        return refuse(source, key->name, what);
    }
    const char *fault = fault_of(key, value);
    return fault ? refuse(source, key->name, fault) : 0;
}

/* Check one level of the file and copy it into the configuration. */
static int take_level(struct config *config, const struct source *source, json_t *level,
                      const char *prefix)
{
    const char *name;
    json_t *value;
    json_object_foreach(level, name, value)
    {
        char path[256];
        snprintf(path, sizeof path, "%s%s%.190s", prefix, *prefix ? "." : "", name);
        const struct config_key *key = key_named(path);
        int rc = 0;
        if (key) {
            rc = check_value(source, key, value);
            if (rc == 0)
                rc = config_set(config, path, json_incref(value));
        } else if (!*prefix && is_section(path)) {
            rc = json_is_object(value) ? take_level(config, source, value, path)
                                       : refuse(source, path, "must be an object");
        } else {
            rc = refuse(source, path, "is no setting: docs/configuration.md lists them");
        }
        if (rc)
            return rc;
    }
    return 0;
}

static void fill_defaults(struct config *config)
{
    config->tree = json_object();
    for (const struct config_key *key = config_keys; key->name; key++)
        config_set(config, key->name, json_loads(key->otherwise, JSON_DECODE_ANY, NULL));
}

int config_parse(struct config *config, const char *text, const char *name,
                 struct config_error *error)
{
    json_error_t at;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &at);
    if (!json_is_object(root)) {
        snprintf(error->text, sizeof error->text, "%s:%d: not a JSON object: %s", name,
                 root ? 1 : at.line, root ? "begin with {" : at.text);
        json_decref(root);
        return -EINVAL;
    }
    struct source source = {.text = text, .name = name, .error = error};
    fill_defaults(config);
    int rc = take_level(config, &source, root, "");
    json_decref(root);
    if (rc)
        config_release(config);
    return rc;
}

int config_load(struct config *config, const char *path, struct config_error *error)
{
    if (!path) {
        fill_defaults(config);
        return 0;
    }
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would be waited for */
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    struct stat about;
    int rc = 0;
    struct bytes text = {0};
    if (!file || fstat(fileno(file), &about) != 0)
        rc = -errno;
    else if (!S_ISREG(about.st_mode) || about.st_size > 1 << 20)
        rc = -EINVAL;
    if (rc == 0) {
        size_t want = (size_t)about.st_size;
        text.length = fread(bytes_reserve(&text, want + 1), 1, want, file);
        text.at[text.length] = 0;
        rc = config_parse(config, (const char *)text.at, path, error);
    } else {
        snprintf(error->text, sizeof error->text, "cannot read %s: %s", path,
                 rc == -EINVAL ? "not a file of at most 1 MiB" : strerror(-rc));
    }
    if (file)
        fclose(file);
    bytes_release(&text);
    return rc;
}

void config_release(struct config *config)
{
    json_decref(config->tree);
    config->tree = NULL;
}
