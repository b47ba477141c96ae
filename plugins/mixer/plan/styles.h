/* styles.h - the ways in which one track can take the other's place.
 */
#ifndef STYLES_H
#define STYLES_H

#include "planning.h"

#include <stddef.h>

/* Each appends what is heard up to where the second track plays alone, and tells where
 * that is.
 * why      in: what was tried before in vain; out: what was done, or why it can't be
 * returns  1: done; 0: it can't be done well; or -errno */
int style_match(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap);
int style_cut(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap);
int style_crossfade(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap);

#endif
