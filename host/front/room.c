/* room.c - see room.h. */
#include "room.h"

#include "log.h"

#include <sys/resource.h>

#define EDGE_FILES 64 /* open files beside those of connections */

/* returns  the files that may be open */
static size_t raise_file_limit(size_t want)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
        return limit.rlim_cur;
    limit.rlim_cur = want;
    if (limit.rlim_max < want)
        limit.rlim_max = want;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return want;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

size_t room_make(size_t listeners)
{
    size_t files = raise_file_limit(2 * listeners + EDGE_FILES);
    if (files < listeners + EDGE_FILES)
        files = raise_file_limit(listeners + EDGE_FILES);
    if (files < listeners + EDGE_FILES)
        log_warning("front",
                    "only %zu open files are allowed: room for about %zu listeners",
                    files, files > EDGE_FILES ? files - EDGE_FILES : 0);
    return files > EDGE_FILES ? files - EDGE_FILES / 2 : files / 2;
}
