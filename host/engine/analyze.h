/* analyze.h - `forever analyze`: files to a table, or to one JSON object a line. */
#ifndef ANALYZE_H
#define ANALYZE_H

#include "offline.h"

#include <stdbool.h>

/* In the order of `paths`, on all processors, by what the library knows already.
 * returns the exit status: 1 if a file could not be analysed */
int analyze_run(const struct offline_options *options, const char *const *paths,
                size_t count, bool as_json);

#endif
