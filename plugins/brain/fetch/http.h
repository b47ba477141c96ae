/* http.h - asks a server, never for long and never just anyone.
 *
 * Only http and https, at most five redirects, TLS verified, no proxy. Addresses inside
 * the local network are refused when the connection is made, so also behind a redirect or
 * a name, unless "sources.private" is set. A busy or failing server is asked again with
 * back-off and jitter, or as it says; every wait ends at once when the host cancels.
 */
#ifndef HTTP_H
#define HTTP_H

#include <forever/host.h>
#include <stdbool.h>
#include <stdio.h>

#define HTTP_HEADERS 4
#define HTTP_BODY_MAX (32u << 20)

struct http {
    const struct fv_host *host;
    void *curl;
    uint64_t dice;   /* for jitter; of no other use */
    int64_t last_ms; /* of the last request */
};

struct http_request {
    const char *url;
    const char *headers[HTTP_HEADERS]; /* "Name: value"; NULL ends them */
    const char *form;                  /* POST this; NULL = GET */
    const char *etag;                  /* answer 304 if it still has this; NULL */
    const char *mark;                  /* go on only if it still has this; NULL */
    FILE *to;                          /* body to a file; NULL: to reply->body */
    int64_t from, most;                /* bytes: go on from; allowed at all */
    double deadline_s;                 /* for all of it; 0 = "sources.timeout_s" */
    bool asks_once;                    /* no second try */
};

struct http_reply {
    long status;
    char *body; /* given; ends in a 0 that is not counted */
    size_t length;
    char etag[256], type[128];
    char mark[256];       /* by which a range of the same can be asked for; "" = none */
    int64_t expected;     /* bytes the server promised; -1 = did not say */
    int64_t whole;        /* of a 206: bytes of all of it; -1 = did not say */
    double retry_after_s; /* 0 = did not say */
    bool goes_on;         /* 206: the body begins at request->from */
};

void http_open(struct http *http, const struct fv_host *host);
void http_close(struct http *http);

/* Ask.
 * reply    filled; http_reply_release frees it
 * returns  0: any answer of 200, 206 or 304; -ECANCELED; -EACCES (401, 403), -ENOENT
 * (404, 410), -EAGAIN (429, 5xx or no answer, after some tries), -ETIME
 *          (the deadline), -EFBIG, -EPROTO (other
 *          statuses), -EPERM (a private address); with error filled, without the query */
int http_ask(struct http *http, const struct http_request *request,
             struct http_reply *reply, struct fv_error *error);
void http_reply_release(struct http_reply *reply);

int64_t http_clock_ms(void); /* that of the deadlines: it only runs forward */

/* scheme://host/path of an address, for people: no query, no user. */
void http_shown(const char *url, char *out, size_t cap);

/* Append name=value, escaped, to an address with room for `cap`. */
void http_add_query(char *url, size_t cap, const char *name, const char *value);

#endif
