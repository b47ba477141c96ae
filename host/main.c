/* main.c - reads the command line and opens the right door. Alone it sees front and
 * engine; neither knows the other. */
#include "analyze.h"
#include "bytes.h"
#include "config.h"
#include "ctl.h"
#include "engine.h"
#include "front.h"
#include "log.h"
#include "options.h"
#include "ordering.h"
#include "render.h"
#include "trial.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENGINE_OPTION "--engine"
#define ENGINE_FD 3
#define BIT(option) (1u << (option))
#define COMMON (BIT(OPTION_STATE) | BIT(OPTION_PLUGINS) | BIT(OPTION_CONFIG))

static const struct command commands[] = {
    {"serve",
     "serve [CRATE...] [-c forever.json] [--http HOST:PORT] [--admin PATH]"
     " [--plugins DIR] [--state DIR] [--seed N] [--one-process]",
     COMMON | BIT(OPTION_HTTP) | BIT(OPTION_ADMIN) | BIT(OPTION_ONE_PROCESS) |
         BIT(OPTION_SEED),
     0},
    {"render",
     "render CRATE... -o OUT.mp3|.wav [--duration 30m] [--timeline T.json]"
     " [--order O.json] [--seed N] [--threads N]",
     COMMON | BIT(OPTION_OUT) | BIT(OPTION_DURATION) | BIT(OPTION_TIMELINE) |
         BIT(OPTION_ORDER) | BIT(OPTION_SEED) | BIT(OPTION_THREADS),
     0},
    {"analyze", "analyze FILE... [--json] [--threads N]",
     COMMON | BIT(OPTION_JSON) | BIT(OPTION_THREADS), 1},
    {"order",
     "order CRATE... [--json] [--matrix M.json] [--explain A B] [--budget MS] [--seed N]",
     COMMON | BIT(OPTION_JSON) | BIT(OPTION_MATRIX) | BIT(OPTION_EXPLAIN) |
         BIT(OPTION_BUDGET) | BIT(OPTION_SEED),
     0},
    {"check", "check PLUGIN.so", COMMON, 1},
    {"ctl", "ctl [--admin PATH] COMMAND", COMMON | BIT(OPTION_ADMIN), 1},
    {"help", "help", 0, 0},
    {NULL, NULL, 0, 0},
};

static int complain(const char *format, const char *what, const char *why)
{
    fprintf(stderr, "forever: ");
    fprintf(stderr, format, what, why);
    fputc('\n', stderr);
    return 1;
}

/* ---- places ---------------------------------------------------------------------------
 */

struct places {
    char program[PATH_MAX]; /* this one */
    char state[PATH_MAX], admin[PATH_MAX + 16], plugins[PATH_MAX + 32];
};

static int make_folder(const char *path)
{
    char part[PATH_MAX];
    for (const char *at = path; *at; at++) {
        at += strcspn(at + 1, "/");
        snprintf(part, sizeof part, "%.*s", (int)(at + 1 - path), path);
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

static void find_program(char out[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[length > 0 ? length : 0] = 0;
}

static void find_plugins(const char *program, char *out, size_t cap)
{
    const char *slash = strrchr(program, '/');
    int folder = slash ? (int)(slash - program) : 0;
    snprintf(out, cap, "%.*s/plugins", folder, program);
    if (access(out, F_OK) != 0) /* an installed one: PREFIX/bin and PREFIX/lib/forever */
        snprintf(out, cap, "%.*s/../lib/forever", folder, program);
}

/* The front tells the engine of folders in JSON. */
static bool is_utf8(const char *path)
{
    json_t *text = json_string(path);
    json_decref(text);
    return text != NULL;
}

static int find_places(const struct options *options, struct places *places)
{
    const char *given = options->values[OPTION_STATE], *base = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    find_program(places->program);
    if (given)
        snprintf(places->state, sizeof places->state, "%s", given);
    else if (base && *base)
        snprintf(places->state, sizeof places->state, "%s/forever", base);
    else
        snprintf(places->state, sizeof places->state, "%s/.local/state/forever",
                 home && *home ? home : "/tmp");
    if (!is_utf8(places->state))
        return complain("the state folder %s is not UTF-8: %s", places->state,
                        "choose another with --state");
    bool is_wanted = strcmp(options->command->name, "ctl") != 0;
    int rc = is_wanted ? make_folder(places->state) : 0;
    if (rc)
        return complain(
            "cannot make the state folder %s: %s: choose another with --state",
            places->state, strerror(-rc));
    if (options->values[OPTION_ADMIN])
        snprintf(places->admin, sizeof places->admin, "%s",
                 options->values[OPTION_ADMIN]);
    else
        snprintf(places->admin, sizeof places->admin, "%s/admin.sock", places->state);
    if (options->values[OPTION_PLUGINS])
        snprintf(places->plugins, sizeof places->plugins, "%s",
                 options->values[OPTION_PLUGINS]);
    else
        find_plugins(places->program, places->plugins, sizeof places->plugins);
    if (!is_utf8(places->plugins))
        return complain("the plugins' folder %s is not UTF-8: %s", places->plugins,
                        "choose another with --plugins");
    return 0;
}

/* ---- configuration --------------------------------------------------------------------
 */

/* Crates as the engine shall see them: its working folder may be another. New reference,
 * NULL: refused */
static json_t *absolute(const char *const *crates, size_t count)
{
    char path[PATH_MAX], name[PATH_MAX];
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *crate = json_string(realpath(crates[i], path) ? path : crates[i]);
        if (!crate) {
            utf8_clean(crates[i], name, sizeof name);
            complain("crate %s: its path is not UTF-8: rename that folder%s", name, "");
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, crate);
    }
    return list;
}

/* A whole number of the command line. returns whether it is one, from 0 to `most` */
static bool parse_whole(const char *text, unsigned long long most, json_int_t *number)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    *number = (json_int_t)value;
    return *text >= '0' && *text <= '9' && !*end && value <= most;
}

/* Values of the command line that stand above the file's. New reference, NULL: refused */
static json_t *overrides_of(const struct options *options)
{
    json_t *overrides = json_object();
    const char *seed = options->values[OPTION_SEED], *http = options->values[OPTION_HTTP];
    const char *threads = options->values[OPTION_THREADS];
    json_int_t number;
    if (seed && !parse_whole(seed, 4294967295ull, &number)) {
        complain("--seed must be a number from 0 to 4294967295, not %s%s", seed, "");
        json_decref(overrides);
        return NULL;
    }
    if (seed)
        json_object_set_new(overrides, "seed", json_integer(number));
    if (threads && !parse_whole(threads, 256, &number)) {
        complain("--threads must be a number from 0 to 256, not %s%s", threads, "");
        json_decref(overrides);
        return NULL;
    }
    if (threads)
        json_object_set_new(overrides, "library.analysis_threads", json_integer(number));
    if (http)
        json_object_set_new(overrides, "http.listen", json_string(http));
    if (options->rest_count > 0) {
        json_t *crates = absolute(options->rest, options->rest_count);
        if (!crates) {
            json_decref(overrides);
            return NULL;
        }
        json_object_set_new(overrides, "crate", crates);
    }
    return overrides;
}

static int load_config(const struct options *options, struct config *config)
{
    struct config_error error;
    json_t *overrides = overrides_of(options), *value;
    const char *name;
    if (!overrides)
        return 2;
    if (config_load(config, options->values[OPTION_CONFIG], &error)) {
        json_decref(overrides);
        return complain("%s%s", error.text, "");
    }
    json_object_foreach(overrides, name, value)
    {
        config_set(config, name, json_incref(value));
    }
    json_decref(overrides);
    return 0;
}

/* ---- commands -------------------------------------------------------------------------
 */

static int run_serve(const struct options *options, const struct places *places)
{
    struct config config;
    int status = load_config(options, &config);
    if (status)
        return status;
    bool has_crate = json_array_size(config_get(&config, "crate")) > 0;
    config_release(&config);
    if (!has_crate)
        return complain("no crate: forever %s%s", options->command->usage, "") + 1;
    json_t *overrides = overrides_of(options);
    struct front_options front = {
        .config_path = options->values[OPTION_CONFIG],
        .overrides = overrides,
        .admin_path = places->admin,
        .plugins_dir = places->plugins,
        .state_dir = places->state,
        .engine_main = options->values[OPTION_ONE_PROCESS] ? engine_main : NULL,
        .program = places->program,
        .arguments = options->arguments,
    };
    status = front_run(&front);
    json_decref(overrides);
    return status;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static int run_render(const struct options *options, const struct places *places)
{
    const char *out = options->values[OPTION_OUT];
    const char *duration = options->values[OPTION_DURATION];
    struct render_options render = {.out = out,
                                    .timeline = options->values[OPTION_TIMELINE],
                                    .order_file = options->values[OPTION_ORDER]};
    if (!out || !(ends_with(out, ".mp3") || ends_with(out, ".wav")))
        return complain("-o must name a file.mp3 or .wav: forever %s%s",
                        options->command->usage, "") +
               1;
    if (duration &&
        (parse_duration(duration, &render.duration_s) || render.duration_s <= 0))
        return complain("--duration must be like 90s, 30m or 1h30m, not %s%s", duration,
                        "") +
               1;
    if (options->rest_count == 0 && !render.order_file)
        return complain("no crate: forever %s%s", options->command->usage, "") + 1;
    struct config config;
    int status = load_config(options, &config);
    if (status)
        return status;
    if (options->values[OPTION_THREADS])
        render.threads = atoi(options->values[OPTION_THREADS]);
    render.kbps = (uint32_t)json_number_value(
        json_object_get(json_array_get(config_get(&config, "mounts"), 0), "kbps"));
    render.offline = (struct offline_options){.config = config.tree,
                                              .plugins_dir = places->plugins,
                                              .state_dir = places->state};
    status = render_run(&render);
    config_release(&config);
    return status;
}

static int run_analyze(const struct options *options, const struct places *places)
{
    struct options without_files = *options; /* they are no crate */
    without_files.rest_count = 0;
    struct config config;
    int status = load_config(&without_files, &config);
    if (status)
        return status;
    const char **paths = must_alloc(options->rest_count * sizeof *paths);
    for (size_t i = 0; i < options->rest_count; i++) {
        char *path = realpath(options->rest[i], NULL);
        paths[i] = path ? path : must_strdup(options->rest[i]);
    }
    struct offline_options offline = {.config = config.tree,
                                      .plugins_dir = places->plugins,
                                      .state_dir = places->state};
    status = analyze_run(&offline, paths, options->rest_count,
                         options->values[OPTION_JSON] != NULL);
    for (size_t i = 0; i < options->rest_count; i++)
        free((void *)paths[i]);
    free(paths);
    config_release(&config);
    return status;
}

static int run_check(const struct options *options, const struct places *places)
{
    struct fv_error error = {{0}};
    struct config config;
    json_t *about = NULL;
    char path[PATH_MAX];
    (void)places;
    if (options->rest_count > 1)
        return complain("one plugin at a time: forever %s%s", options->command->usage,
                        "") +
               1;
    struct config_error config_fault;
    if (config_load(&config, options->values[OPTION_CONFIG], &config_fault))
        return complain("%s%s", config_fault.text, "");
    double limit_s = config_number(&config, "engine.trial_s");
    json_t *given = json_pack("{s:O}", "config", config.tree);
    int rc = realpath(options->rest[0], path)
                 ? trial_run(path, KINDS, given, limit_s, &about, &error)
                 : -errno;
    if (rc && !error.text[0])
        snprintf(error.text, sizeof error.text, "%s", strerror(-rc));
    json_decref(given);
    config_release(&config);
    if (rc)
        return complain("cannot use %s: %s", options->rest[0], error.text);
    printf("%s: a %s, \"%s\" %s, abi %s\n", options->rest[0],
           json_string_value(json_object_get(about, "kind")),
           json_string_value(json_object_get(about, "name")),
           json_string_value(json_object_get(about, "version")),
           json_string_value(json_object_get(about, "abi")));
    json_decref(about);
    return 0;
}

static int run_ctl(const struct options *options, const struct places *places)
{
    struct bytes line = {0};
    for (size_t i = 0; i < options->rest_count; i++)
        bytes_printf(&line, "%s%s", i ? " " : "", options->rest[i]);
    bytes_append(&line, "", 1);
    const char *text = (const char *)line.at;
    int status = strchr(text, '\n') /* what stands behind it would be another command */
                     ? complain("one command is one line%s%s", "", "") + 1
                     : ctl_run(places->admin, text);
    bytes_release(&line);
    return status;
}

/* A name of the command line as the brain knows it: a path if there is such a file. */
static char *track_name(const char *given)
{
    char *path = realpath(given, NULL);
    return path ? path : must_strdup(given);
}

static int run_order(const struct options *options, const struct places *places)
{
    bool explains = options->values[OPTION_EXPLAIN] != NULL;
    size_t names = explains ? 2 : 0;
    const char *budget = options->values[OPTION_BUDGET];
    if (options->rest_count <= names)
        return complain(explains ? "--explain wants a crate and two tracks: forever %s%s"
                                 : "no crate: forever %s%s",
                        options->command->usage, "") +
               1;
    char *end = NULL;
    if (budget && (strtod(budget, &end) < 0 || end == budget || *end))
        return complain("--budget must be milliseconds, not %s%s", budget, "") + 1;
    struct options crate = *options;
    crate.rest_count -= names;
    struct config config;
    int status = load_config(&crate, &config);
    if (status)
        return status;
    if (budget)
        config_set(&config, "brain.budget_ms", json_real(strtod(budget, NULL)));
    struct ordering_options ordering = {.offline = {.config = config.tree,
                                                    .plugins_dir = places->plugins,
                                                    .state_dir = places->state},
                                        .as_json = options->values[OPTION_JSON] != NULL,
                                        .matrix = options->values[OPTION_MATRIX]};
    for (size_t i = 0; i < names; i++)
        ordering.explain[i] = track_name(options->rest[crate.rest_count + i]);
    status = ordering_run(&ordering);
    for (size_t i = 0; i < names; i++)
        free((void *)ordering.explain[i]);
    config_release(&config);
    return status;
}

static int run_help(const struct options *options, const struct places *places)
{
    (void)options;
    (void)places;
    puts("forever: an automatic, infinite DJ\n");
    for (const struct command *command = commands; command->name; command++)
        printf("    forever %s\n", command->usage);
    puts("\nA CRATE is a folder, a playlist (.m3u, .m3u8, .pls), an audio file, a JSON "
         "feed\n"
         "(file or address) or a source by name (audius:trending?genre=House).\n"
         "Every command takes --state DIR, --plugins DIR and -c forever.json.");
    return 0;
}

/* `forever --help`, and behind a command. */
static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && i < 3; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* A terminal and a service manager signal the front and the engine; it is the front that
 * tells the engine to save and to end. */
static int run_engine(void)
{
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    return engine_main(ENGINE_FD);
}

/* In the place of one that is closed a socket or a file would be opened next, and get
 * what is printed. */
static void open_standard_streams(void)
{
    int fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDWR);
    if (fd >= 0)
        close(fd);
}

/* What an analysis needed goes back to the system when it is done: by default the heap
 * keeps pieces of up to 32 MB, one heap a thread. */
static void give_memory_back(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_ARENA_MAX, 2);
}

int main(int argc, char **argv)
{
    static int (*const run[])(const struct options *, const struct places *) = {
        run_serve, run_render, run_analyze, run_order, run_check, run_ctl, run_help};
    open_standard_streams();
    signal(SIGXFSZ, SIG_IGN); /* a log that may not grow any more */
    setlocale(LC_CTYPE, "C.UTF-8");
    give_memory_back();
    if (argc == 2 && strcmp(argv[1], ENGINE_OPTION) == 0)
        return run_engine();
    if (argc > 2 && strcmp(argv[1], TRIAL_OPTION) == 0)
        return trial_child(argc - 2, argv + 2);
    struct options options;
    struct places places;
    if (wants_help(argc, argv)) {
        argv[1] = "help";
        argc = 2;
    }
    if (options_parse(&options, commands, argc, argv))
        return 2;
    bool needs_places = strcmp(options.command->name, "help") != 0;
    if (needs_places && find_places(&options, &places))
        return 1;
    int status = run[options.command - commands](&options, &places);
    free(options.rest);
    if ((fflush(stdout) == EOF || ferror(stdout)) && status == 0)
        return complain("cannot write %s: %s", "all of it", "make room on the disk");
    return status;
}
