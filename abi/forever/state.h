/* forever/state.h - what a plugin hands to its successor: named fields with defaults.
 *
 * Stored as one JSON object. The reader ignores names it does not know and takes the
 * default for names it does not find, so a newer and an older plugin can read each
 * other's state and a rollback is just another load. An empty state MUST work.
 */
#ifndef FOREVER_STATE_H
#define FOREVER_STATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names are lower case words joined by dots: "tour.position". Text is UTF-8. Each call
 * copies what it is given and returns 0, -EINVAL (not UTF-8, not JSON) or -ENOMEM. */
struct fv_writer {
    uint32_t struct_size;
    void *ctx;
    int (*put_int)(void *ctx, const char *name, int64_t value);
    int (*put_real)(void *ctx, const char *name, double value);
    int (*put_text)(void *ctx, const char *name, const char *value);
    int (*put_json)(void *ctx, const char *name, const char *json); /* any JSON value */
};

/* A missing name, or one of another type, gives the default. Returned strings are kept
 * until load() returns. */
struct fv_reader {
    uint32_t struct_size;
    void *ctx;
    int64_t (*get_int)(void *ctx, const char *name, int64_t otherwise);
    double (*get_real)(void *ctx, const char *name, double otherwise);
    const char *(*get_text)(void *ctx, const char *name, const char *otherwise);
    const char *(*get_json)(void *ctx, const char *name, const char *otherwise);
};

#ifdef __cplusplus
}
#endif
#endif
