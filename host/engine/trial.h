/* trial.h - trying a plugin where it can do no harm: in a child process that loads it,
 * gives it the running state and lets it do one step of real work.
 *
 * A truncated library kills the process that maps it, and a hung thread can't be killed;
 * a child costs a few milliseconds.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "generation.h"

#include <jansson.h>

#define TRIAL_OPTION "--trial" /* argument of this program that makes it the child */

/* Try the plugin at `path`.
 * kind     that it has to be; KINDS = any
 * state    borrowed, may be NULL
 * about    new reference: {"kind", "name", "version", "abi", "hash"}
 * returns  0; -EINVAL with error filled: "STEP: reason" */
int trial_run(const char *path, enum kind kind, const json_t *state, double limit_s,
              json_t **about, struct fv_error *error);

/* What the child does: argv[0] is the path, argv[1] the kind; state on standard input,
 * the result on standard output. returns the exit status */
int trial_child(int argc, char **argv);

#endif
