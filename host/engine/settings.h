/* settings.h - the configuration as the engine has it, readable from any thread while
 * the front sends a new one. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "config.h"

#include <pthread.h>
#include <stddef.h>

struct settings {
    pthread_mutex_t lock;
    struct config config;
};

/* `tree` is given. */
void settings_init(struct settings *settings, json_t *tree);
void settings_replace(struct settings *settings, json_t *tree);
void settings_release(struct settings *settings);

double settings_number(struct settings *settings, const char *name, double otherwise);

/* As fv_host.text. */
size_t settings_text(struct settings *settings, const char *name, char *out, size_t cap);

#endif
