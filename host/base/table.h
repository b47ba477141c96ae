/* table.h - answers that are lists, as tables: people would rather look than read. */
#ifndef TABLE_H
#define TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* returns  whether the answer is one that there is a table for; else nothing is printed
 */
bool table_print(const json_t *answer, FILE *out);

#endif
