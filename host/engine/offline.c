/* offline.c - plugins are loaded from where they lie: nobody swaps them here. */
#include "offline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int load_plugin(struct offline *offline, const char *dir, enum kind kind,
                       struct fv_error *error)
{
    char path[600], why[sizeof error->text];
    snprintf(path, sizeof path, "%s/%s.so", dir, kind_name(kind));
    int rc = generation_open(path, kind, &offline->plugins[kind], error);
    if (rc == 0)
        rc = generation_create(offline->plugins[kind], &offline->services, NULL, error);
    if (rc) {
        snprintf(why, sizeof why, "cannot load %.120s: %.110s", path, error->text);
        memcpy(error->text, why, sizeof why);
    }
    return rc;
}

int offline_open(struct offline *offline, const struct offline_options *options,
                 struct fv_error *error)
{
    char path[600];
    *offline = (struct offline){0};
    settings_init(&offline->settings, json_incref(options->config));
    offline->services.settings = &offline->settings;
    snprintf(offline->services.cache_dir, sizeof offline->services.cache_dir, "%s/cache",
             options->state_dir);
    mkdir(offline->services.cache_dir, 0700);
    snprintf(path, sizeof path, "%s/library.db", options->state_dir);
    int rc = library_open(&offline->library, path, error);
    offline->services.library = offline->library;
    for (int i = 0; rc == 0 && i < KINDS; i++)
        rc = load_plugin(offline, options->plugins_dir, (enum kind)i, error);
    if (rc)
        offline_close(offline);
    return rc;
}

void offline_close(struct offline *offline)
{
    for (int i = 0; i < KINDS; i++)
        generation_drop(offline->plugins[i]);
    library_close(offline->library);
    settings_release(&offline->settings);
    *offline = (struct offline){0};
}

void progress_show(const char *format, ...)
{
    char line[200];
    if (!isatty(STDERR_FILENO))
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
}

void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
