/* fold.h - text made comparable: lower case, without accents, only letters and digits,
 * one space between words.
 */
#ifndef FOLD_H
#define FOLD_H

#include <stddef.h>
#include <stdint.h>

/* out      filled, always ends in 0; cut at a whole character
 * returns  bytes written without the 0 */
size_t fold_text(const char *text, char *out, size_t cap);

/* FNV-1a of the folded text; 0 when nothing is left of it. */
uint32_t fold_hash(const char *text);

/* How alike two texts are, 0 .. 1: twice the characters that match, by the longest common
 * piece and the same to its left and right, over all (Ratcliff and Obershelp, 1988). */
double fold_likeness(const char *a, const char *b);

#endif
