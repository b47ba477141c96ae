/* file_uri.h - local files as file: URIs (RFC 8089), where text has to be UTF-8.
 *
 * A track's uri is its path as the file system has it, which may be any bytes.
 */
#ifndef FILE_URI_H
#define FILE_URI_H

#include <jansson.h>

/* A uri for JSON: as it is, or as a file: URI if it is a path that is no UTF-8.
 * New reference, or NULL: out of memory. */
json_t *file_uri_told(const char *uri);

/* The path of a file: URI, in its place and decoded; any other text as it is. */
char *file_uri_read(char *text);

/* Read %XX, in place. */
void file_uri_decode(char *text);

#endif
