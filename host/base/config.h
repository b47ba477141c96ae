/* config.h - one JSON file, every key in one table: name, type, range, default, meaning.
 *
 * A configuration is never changed after it is loaded; a new file makes a new one.
 * docs/configuration.md is held against the table by a test.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct config {
    json_t *tree; /* every key of the table present, defaults filled in */
};

struct config_error {
    char text[512];
};

enum config_type { CONFIG_NUMBER, CONFIG_TEXT, CONFIG_BOOL, CONFIG_LIST, CONFIG_ANY };

struct config_key {
    const char *name; /* "http.listen" */
    enum config_type type;
    double lowest, highest;
    const char *otherwise; /* the default, as JSON */
    const char *meaning;
};

/* The table; ends with a NULL name. */
extern const struct config_key config_keys[];

/* Read a file; NULL = defaults only.
 * error    filled on failure: file, line, key, what it may be
 * returns  0; -EINVAL; or -errno */
int config_load(struct config *config, const char *path, struct config_error *error);

/* The same from text; `name` stands for the file in messages. */
int config_parse(struct config *config, const char *text, const char *name,
                 struct config_error *error);
void config_release(struct config *config);

/* Value by dotted name; NULL when there is none. Kept until release. */
const json_t *config_get(const struct config *config, const char *name);
double config_number(const struct config *config, const char *name);
const char *config_text(const struct config *config, const char *name);

/* Put a value of the command line in place of the file's: given, the tree frees it. */
int config_set(struct config *config, const char *name, json_t *value);

#endif
