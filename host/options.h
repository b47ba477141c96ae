/* options.h - the command line: which command, which options, what is left. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option {
    OPTION_CONFIG,
    OPTION_HTTP,
    OPTION_ADMIN,
    OPTION_PLUGINS,
    OPTION_STATE,
    OPTION_ONE_PROCESS,
    OPTION_OUT,
    OPTION_DURATION,
    OPTION_TIMELINE,
    OPTION_ORDER,
    OPTION_SEED,
    OPTION_JSON,
    OPTION_MATRIX,
    OPTION_BUDGET,
    OPTION_EXPLAIN,
    OPTION_THREADS,
    OPTIONS
};

struct command {
    const char *name, *usage;
    unsigned allowed; /* bits of enum option */
    int least_rest;   /* arguments besides options */
};

struct options {
    const struct command *command;
    const char *values[OPTIONS]; /* NULL = not given; "" for those without a value */
    const char **rest;
    size_t rest_count;
    char **arguments; /* all of it, as it was given */
};

/* Read argv[1...]; options may stand anywhere, `--` ends them.
 * returns  0; -1 after one line on standard error */
int options_parse(struct options *options, const struct command *commands, int argc,
                  char **argv);

/* "30m", "90s", "1h30m", "1800" to seconds. returns 0 or -1 */
int parse_duration(const char *text, double *seconds);

#endif
