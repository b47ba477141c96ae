/* shelf.h - answers of servers, kept on disk with their ETag: asked for again only when
 * they are old, and still there when the server is not.
 */
#ifndef SHELF_H
#define SHELF_H

#include "http.h"

#include <jansson.h>

/* A JSON answer.
 * repair   mends a body that is no JSON by right, in place; NULL = none is needed
 * age_s    an answer so young is not asked for again
 * answer   given
 * returns  0, also for an old answer of a server that fails now (then error says why),
 *          or sends something without a list where one was; or as http_ask; -EPROTO: it is
 *          no JSON */
int shelf_get_json(struct http *http, const struct http_request *request, double age_s,
                   void (*repair)(char *body, size_t *length), json_t **answer,
                   struct fv_error *error);

/* Delete what has not been asked for in a month. */
void shelf_trim(const struct fv_host *host);

#endif
