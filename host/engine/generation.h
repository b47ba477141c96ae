/* generation.h - one loaded build of a plugin and its instance.
 *
 * The code stays mapped until the process ends (dlclose under a live thread or a TLS
 * destructor is a crash). The instance is destroyed with the last reference: whoever has
 * made a decoder, an encoder or a render with it holds one.
 */
#ifndef GENERATION_H
#define GENERATION_H

#include "file_hash.h"
#include "services.h"

#include <forever/plugin.h>
#include <jansson.h>
#include <stdatomic.h>

enum kind { KIND_BRAIN, KIND_MIXER, KIND_CODEC, KINDS };

struct generation {
    atomic_int references;
    enum kind kind;
    unsigned number; /* counts up in a slot, never repeated */
    char path[512];  /* the private copy */
    char hash[FILE_HASH];
    char name[64], version[32];
    uint32_t abi_major, abi_minor;
    struct fv_brain_methods
        brain; /* of these one is filled; what the plugin lacks is NULL */
    struct fv_mixer_methods mixer;
    struct fv_codec_methods codec;
    union {
        struct fv_brain *brain;
        struct fv_mixer *mixer;
        struct fv_codec *codec;
        void *any;
    } self; /* NULL until generation_create */
    struct services services;
};

const char *kind_name(enum kind kind);

/* returns 0 or -EINVAL */
int kind_parse(const char *name, enum kind *kind);

/* Map a plugin and check that it is one: symbol, ABI, kind, methods.
 * kind         that it has to be; KINDS = any
 * generation   given, one reference, no instance yet */
int generation_open(const char *path, enum kind kind, struct generation **generation,
                    struct fv_error *error);

/* Make the instance and give it a state (may be NULL).
 * services     copied; `host` and `part` are filled in here */
int generation_create(struct generation *generation, const struct services *services,
                      json_t *state, struct fv_error *error);

/* The state of the instance. On its own thread. returns a new reference, or NULL */
json_t *generation_save(const struct generation *generation);

/* Make what a plugin says of a call that failed fit for people and JSON: it ends, is
 * UTF-8, and says something, if only the code.
 * error        as `method` left it, empty before; that it was cancelled needs no word */
void generation_explain(int rc, const char *method, struct fv_error *error);

struct generation *generation_hold(struct generation *generation);
void generation_drop(struct generation *generation);

#endif
