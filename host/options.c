/* options.c - one table of options; a command says which of them it takes. */
#include "options.h"

#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *brief;
    bool has_value;
} table[OPTIONS] = {
    [OPTION_CONFIG] = {"--config", "-c", true},
    [OPTION_HTTP] = {"--http", NULL, true},
    [OPTION_ADMIN] = {"--admin", NULL, true},
    [OPTION_PLUGINS] = {"--plugins", NULL, true},
    [OPTION_STATE] = {"--state", NULL, true},
    [OPTION_ONE_PROCESS] = {"--one-process", NULL, false},
    [OPTION_OUT] = {"--output", "-o", true},
    [OPTION_DURATION] = {"--duration", NULL, true},
    [OPTION_TIMELINE] = {"--timeline", NULL, true},
    [OPTION_ORDER] = {"--order", NULL, true},
    [OPTION_SEED] = {"--seed", NULL, true},
    [OPTION_JSON] = {"--json", NULL, false},
    [OPTION_MATRIX] = {"--matrix", NULL, true},
    [OPTION_BUDGET] = {"--budget", NULL, true},
    [OPTION_EXPLAIN] = {"--explain", NULL, false},
    [OPTION_THREADS] = {"--threads", NULL, true},
};

static int complain(const struct command *command, const char *format, const char *what)
{
    fprintf(stderr, "forever: ");
    fprintf(stderr, format, what);
    fprintf(stderr, ": forever %s\n",
            command ? command->usage : "help lists the commands");
    return -1;
}

static int find_option(const char *argument)
{
    size_t length = strcspn(argument, "=");
    for (int i = 0; i < OPTIONS; i++)
        if ((strlen(table[i].name) == length &&
             strncmp(argument, table[i].name, length) == 0) ||
            (table[i].brief && strcmp(argument, table[i].brief) == 0))
            return i;
    return -1;
}

/* Take the option at argv[*at]. */
static int take_option(struct options *options, int argc, char **argv, int *at)
{
    const struct command *command = options->command;
    const char *argument = argv[*at], *equals = strchr(argument, '=');
    int option = find_option(argument);
    if (option < 0 || !(command->allowed & 1u << option))
        return complain(command, "unknown option %s", argument);
    if (!table[option].has_value) {
        options->values[option] = "";
        return 0;
    }
    bool is_joined = argument[1] == '-' && equals;
    const char *value = is_joined ? equals + 1 : *at + 1 < argc ? argv[++*at] : "";
    if (!*value) /* from a variable that is not set: the state would go to "/" */
        return complain(command, "%s needs a value", table[option].name);
    options->values[option] = value;
    return 0;
}

int options_parse(struct options *options, const struct command *commands, int argc,
                  char **argv)
{
    *options = (struct options){.arguments = argv};
    const char *name = argc > 1 ? argv[1] : "";
    for (options->command = commands; options->command->name; options->command++)
        if (strcmp(options->command->name, name) == 0)
            break;
    if (!options->command->name)
        return complain(NULL, *name ? "no command \"%s\"" : "no command given%s", name);
    options->rest = must_alloc((size_t)argc * sizeof *options->rest);
    bool has_ended = false;
    for (int i = 2; i < argc; i++) {
        if (!has_ended && strcmp(argv[i], "--") == 0)
            has_ended = true;
        else if (has_ended || argv[i][0] != '-' || argv[i][1] == 0)
            options->rest[options->rest_count++] = argv[i];
        else if (take_option(options, argc, argv, &i))
            return -1;
    }
    if ((int)options->rest_count < options->command->least_rest)
        return complain(options->command, "%s: too few arguments", name);
    return 0;
}

int parse_duration(const char *text, double *seconds)
{
    double total = 0;
    if (!*text)
        return -1;
    while (*text) {
        char *end;
        double number = strtod(text, &end);
        if (end == text || !(number >= 0 && number <= 1e9))
            return -1;
        double unit = *end == 'h'            ? 3600
                      : *end == 'm'          ? 60
                      : *end == 's' || !*end ? 1
                                             : 0;
        if (unit == 0)
            return -1;
        total += number * unit;
        text = end + (*end != 0);
    }
    *seconds = total;
    return 0;
}
