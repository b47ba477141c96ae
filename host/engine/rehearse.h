/* rehearse.h - one step of real work for a plugin that is not on air yet, on material
 * made here. */
#ifndef REHEARSE_H
#define REHEARSE_H

#include "generation.h"

/* returns  0; or -errno with error filled: what the plugin does wrong */
int rehearse(struct generation *generation, struct fv_error *error);

#endif
