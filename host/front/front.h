/* front.h - the front process: owns the loop, every socket and the frames.
 *
 * Runs on one thread, does short bounded work only, and never maps a plugin.
 */
#ifndef FRONT_H
#define FRONT_H

#include <jansson.h>

struct front_options {
    const char *config_path; /* NULL = none */
    json_t *overrides;       /* object, dotted names of the command line; borrowed */
    const char *admin_path, *plugins_dir, *state_dir;
    int (*engine_main)(int fd); /* for one process; NULL = start a second one */
    const char *program;        /* path that an upgrade starts ... */
    char **arguments;           /* ... with these */
};

/* Serve until told to stop. returns the exit status */
int front_run(const struct front_options *options);

#endif
