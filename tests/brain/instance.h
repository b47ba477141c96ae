/* instance.h - catalogues made up by number, and what it costs in them to go from one
 * track to another: the original's eight criteria with its weights. Frozen: the best
 * lengths known for them are stored as data, so nothing here may change.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "terrain.h"

struct instance {
    struct terrain terrain; /* with its matrix */
    int32_t *matrix;
};

/* `number` draws the catalogue. returns 0 or -ENOMEM */
int instance_make(struct instance *instance, uint32_t count, uint32_t number,
                  bool is_directed);
void instance_release(struct instance *instance);

/* Tells instances apart: FNV-1a over the matrix. */
uint64_t instance_hash(const struct instance *instance);

#endif
