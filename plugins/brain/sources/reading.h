/* reading.h - what all sources over the network do: take values out of foreign JSON, page
 * through lists, judge licences, know settings and keys.
 */
#ifndef READING_H
#define READING_H

#include "listing.h"

#include <jansson.h>

/* A text without control characters, given; numbers become text; NULL: there is none. */
char *json_text(const json_t *object, const char *name);
double json_amount(const json_t *object, const char *name); /* also of a text; 0 = none */
bool json_is_yes(const json_t *object, const char *name, bool otherwise);
char *text_clean(const char *text);

/* One tag a line, given: cut at any of the separators. NULL: none. */
char *tags_from(const char *text, const char *separators);
char *tags_from_list(const json_t *list);

/* May a track under this licence (its name or address; NULL = none stated) be mixed and
 * sent out? "sources.licenses": "open" = Creative Commons without ND, or public domain;
 * "any". */
bool license_allows(const struct listing *listing, const char *license);

/* A value of the query of "trending?genre=House&time=week". returns false when not there
 */
bool query_value(const char *rest, const char *name, char *out, size_t cap);
/* Append all of the query that is among `names` (NULL ends them) to an address. */
void query_pass(const char *rest, const char *const *names, char *url, size_t cap);
bool query_verb(const char *rest, const char *verb); /* "trending?..." is "trending" */

/* "audius.url" and such. */
void source_setting(const struct listing *listing, const char *name,
                    const char *otherwise, char *out, size_t cap);
size_t source_most(const struct listing *listing); /* tracks of one listing */
double source_age_s(const struct listing *listing);

/* A key or token, from the environment (FOREVER_JAMENDO_CLIENT_ID) or from the file
 * "sources.credentials" ({"jamendo": {"client_id": ...}}). returns whether there is one
 */
bool source_key(const struct listing *listing, const char *source, const char *name,
                char *out, size_t cap);

/* Only letters, digits and -_. : no id leads out of its path. */
bool id_is_plain(const char *id);

/* An address of the audio itself: http or https, no user in it, spaces escaped, no
 * control characters. given; NULL = not usable */
char *stream_url(const char *url);

#endif
