/* settings.c - values are copied out under the lock, so that nobody holds the old tree.
 */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void settings_init(struct settings *settings, json_t *tree)
{
    pthread_mutex_init(&settings->lock, NULL);
    settings->config.tree = tree;
}

void settings_replace(struct settings *settings, json_t *tree)
{
    pthread_mutex_lock(&settings->lock);
    json_decref(settings->config.tree);
    settings->config.tree = tree;
    pthread_mutex_unlock(&settings->lock);
}

void settings_release(struct settings *settings)
{
    config_release(&settings->config);
    pthread_mutex_destroy(&settings->lock);
}

double settings_number(struct settings *settings, const char *name, double otherwise)
{
    pthread_mutex_lock(&settings->lock);
    const json_t *value = config_get(&settings->config, name);
    double number = json_is_number(value) ? json_number_value(value) : otherwise;
    pthread_mutex_unlock(&settings->lock);
    return number;
}

size_t settings_text(struct settings *settings, const char *name, char *out, size_t cap)
{
    pthread_mutex_lock(&settings->lock);
    const json_t *value = config_get(&settings->config, name);
    char *dumped = NULL;
    const char *text = "";
    if (json_is_string(value))
        text = json_string_value(value);
    else if (value && (dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT)))
        text = dumped;
    size_t length = strlen(text);
    snprintf(out, cap, "%s", text);
    free(dumped);
    pthread_mutex_unlock(&settings->lock);
    return length;
}
