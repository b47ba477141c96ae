/* http.c - one curl handle, so that connections are used again. */
#include "http.h"

#include "address.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define TRIES 3
#define REDIRECTS 5L
#define HEADERS_MAX (1u << 20) /* bytes of one answer */
#define WAIT_MAX_S 10.0        /* a longer one is left to the next refresh */
#define CONNECT_MS 8000L
#define SLOW_BYTES 1000L /* a second ... */
#define SLOW_S 10L       /* ... for so long is no answer */
#define SLICE_MS 20

struct asking {
    struct http *http;
    const struct http_request *request;
    struct http_reply *reply;
    size_t room, header_bytes;
    int64_t deadline_ms, received;
    bool is_cancelled, is_late, is_too_long, is_private, is_lost;
};

int64_t http_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static double setting(const struct http *http, const char *name, double otherwise)
{
    return http->host->number(http->host->ctx, name, otherwise);
}

void http_open(struct http *http, const struct fv_host *host)
{
    *http = (struct http){.host = host, .dice = (uint64_t)http_clock_ms()};
}

void http_close(struct http *http)
{
    if (http->curl)
        curl_easy_cleanup(http->curl);
    http->curl = NULL;
}

void http_reply_release(struct http_reply *reply)
{
    free(reply->body);
    *reply = (struct http_reply){0};
}

void http_shown(const char *url, char *out, size_t cap)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    const char *from = at ? at + 1 : host;
    snprintf(out, cap, "%.*s%.*s", (int)(host - url), url, (int)strcspn(from, "?#"),
             from);
    for (; *out; out++)
        if ((unsigned char)*out < ' ' || *out == 127)
            *out = '?';
}

void http_add_query(char *url, size_t cap, const char *name, const char *value)
{
    size_t length = strlen(url);
    char *escaped = curl_easy_escape(NULL, value, 0);
    if (escaped && length < cap)
        snprintf(url + length, cap - length, "%c%s=%s", strchr(url, '?') ? '&' : '?',
                 name, escaped);
    curl_free(escaped);
}

/* ---- while curl works -----------------------------------------------------------------
 */

static curl_socket_t on_socket(void *ctx, curlsocktype purpose,
                               struct curl_sockaddr *address)
{
    struct asking *asking = ctx;
    (void)purpose;
    if (address_is_private(&address->addr) &&
        setting(asking->http, "sources.private", 0) == 0) {
        asking->is_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    struct asking *asking = ctx;
    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    asking->is_cancelled = asking->http->host->cancelled(asking->http->host->ctx);
    asking->is_late = http_clock_ms() > asking->deadline_ms;
    return asking->is_cancelled || asking->is_late;
}

/* The value of a header line, if it is this one's. */
static bool take_header(const char *line, size_t length, const char *name, char *out,
                        size_t cap)
{
    size_t name_length = strlen(name);
    if (length <= name_length || strncasecmp(line, name, name_length) != 0 ||
        line[name_length] != ':')
        return false;
    const char *value = line + name_length + 1;
    length -= name_length + 1;
    while (length > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        length--;
    }
    while (length > 0 && (unsigned char)value[length - 1] <= ' ')
        length--;
    if (length >= cap)
        return false;
    memcpy(out, value, length);
    out[length] = 0;
    return true;
}

/* RFC 9110, 13.1.5: a strong ETag, else the date of the last change. */
static void take_mark(const char *line, size_t length, struct http_reply *reply)
{
    char mark[sizeof reply->mark];
    if ((take_header(line, length, "ETag", mark, sizeof mark) && *mark == '"') ||
        (*reply->mark != '"' &&
         take_header(line, length, "Last-Modified", mark, sizeof mark)))
        snprintf(reply->mark, sizeof reply->mark, "%s", mark);
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
    struct asking *asking = ctx;
    struct http_reply *reply = asking->reply;
    char number[32];
    size_t length = size * count;
    asking->header_bytes += length;
    if (asking->header_bytes > HEADERS_MAX)
        return 0;
    if (length > 5 && strncmp(line, "HTTP/", 5) == 0) { /* another answer, redirected */
        reply->etag[0] = reply->type[0] = reply->mark[0] = 0;
        reply->retry_after_s = 0;
        reply->whole = -1;
    }
    char range[96];
    if (take_header(line, length, "Content-Range", range, sizeof range) &&
        strchr(range, '/') && strchr(range, '/')[1] != '*')
        reply->whole = atoll(strchr(range, '/') + 1);
    take_header(line, length, "ETag", reply->etag, sizeof reply->etag);
    take_mark(line, length, reply);
    take_header(line, length, "Content-Type", reply->type, sizeof reply->type);
    if (take_header(line, length, "Retry-After", number, sizeof number))
        reply->retry_after_s = atof(number);
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct asking *asking = ctx;
    struct http_reply *reply = asking->reply;
    size_t length = size * count;
    int64_t most = asking->request->most ? asking->request->most : HTTP_BODY_MAX;
    asking->received += (int64_t)length;
    if (asking->request->from + asking->received > most) {
        asking->is_too_long = true;
        return 0;
    }
    long status = 0;
    curl_easy_getinfo(asking->http->curl, CURLINFO_RESPONSE_CODE, &status);
    if (asking->request->to && (status == 200 || status == 206)) {
        if (asking->request->from > 0 && status == 200 && !asking->is_lost) {
            rewind(asking->request->to); /* it sends the whole again */
            if (ftruncate(fileno(asking->request->to), 0) != 0)
                return 0;
            asking->is_lost = true;
        }
        return fwrite(bytes, 1, length, asking->request->to);
    }
    if (reply->length + length + 1 > asking->room) {
        size_t room = (reply->length + length + 1) * 2;
        char *body = realloc(reply->body, room);
        if (!body)
            return 0;
        reply->body = body;
        asking->room = room;
    }
    memcpy(reply->body + reply->length, bytes, length);
    reply->length += length;
    reply->body[reply->length] = 0;
    return length;
}

/* ---- one try --------------------------------------------------------------------------
 */

static struct curl_slist *set_headers(CURL *curl, const struct http_request *request)
{
    struct curl_slist *list = NULL;
    for (int i = 0; i < HTTP_HEADERS && request->headers[i]; i++)
        list = curl_slist_append(list, request->headers[i]);
    char line[300];
    if (request->etag && *request->etag) {
        snprintf(line, sizeof line, "If-None-Match: %s", request->etag);
        list = curl_slist_append(list, line);
    }
    if (request->mark && *request->mark) {
        snprintf(line, sizeof line, "If-Range: %s", request->mark);
        list = curl_slist_append(list, line);
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    return list;
}

static void set_up(CURL *curl, struct asking *asking)
{
    const struct http_request *request = asking->request;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "forever/1");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_S);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, asking);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, asking);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, asking);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, asking);
    if (request->form)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form);
    if (!request->to)
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    if (request->from > 0)
        curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)request->from);
}

/* curl_easy_perform, but cancelled within a slice, also while a name is looked up. */
static CURLcode perform(CURL *curl, struct asking *asking)
{
    CURLM *multi = curl_multi_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    int running = 1, left;
    if (!multi)
        return code;
    curl_multi_add_handle(multi, curl);
    while (running && curl_multi_perform(multi, &running) == CURLM_OK && running) {
        curl_multi_poll(multi, NULL, 0, SLICE_MS, NULL);
        if (on_progress(asking, 0, 0, 0, 0))
            break;
    }
    CURLMsg *message;
    if (asking->is_cancelled || asking->is_late)
        code = CURLE_ABORTED_BY_CALLBACK;
    while ((message = curl_multi_info_read(multi, &left)))
        if (message->msg == CURLMSG_DONE)
            code = message->data.result;
    curl_multi_remove_handle(multi, curl);
    curl_multi_cleanup(multi);
    return code;
}

static int fault_of(const struct asking *asking, CURLcode code, struct fv_error *error)
{
    char shown[160];
    http_shown(asking->request->url, shown, sizeof shown);
    if (asking->is_cancelled)
        return -ECANCELED;
    if (asking->is_private) {
        snprintf(error->text, sizeof error->text,
                 "%s is inside a private network: sources.private allows it", shown);
        return -EPERM;
    }
    if (asking->is_too_long) {
        snprintf(error->text, sizeof error->text, "%s sends too much", shown);
        return -EFBIG;
    }
    if (asking->header_bytes > HEADERS_MAX) {
        snprintf(error->text, sizeof error->text, "%s sends headers without end", shown);
        return -EPROTO;
    }
    snprintf(error->text, sizeof error->text, "%s: %s", shown,
             asking->is_late ? "it takes too long" : curl_easy_strerror(code));
    if (code == CURLE_RANGE_ERROR)
        return -ERANGE;
    if (asking->is_late)
        return -ETIME;
    return code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_URL_MALFORMAT ||
                   code == CURLE_UNSUPPORTED_PROTOCOL
               ? -EPROTO
               : -EAGAIN;
}

static int judge(const struct asking *asking, struct fv_error *error)
{
    long status = asking->reply->status;
    char shown[160];
    http_shown(asking->request->url, shown, sizeof shown);
    if (status == 200 || status == 206 || status == 304)
        return 0;
    snprintf(error->text, sizeof error->text, "%s answers %ld", shown, status);
    return status == 401 || status == 403   ? -EACCES
           : status == 404 || status == 410 ? -ENOENT
           : status == 429 || status >= 500 ? -EAGAIN
           : status == 416                  ? -ERANGE
                                            : -EPROTO;
}

static int ask_once(struct asking *asking, struct fv_error *error)
{
    CURL *curl = asking->http->curl;
    struct http_reply *reply = asking->reply;
    reply->length = 0;
    asking->header_bytes = 0;
    asking->received = 0;
    asking->is_private = asking->is_too_long = asking->is_late = asking->is_lost = false;
    set_up(curl, asking);
    struct curl_slist *headers = set_headers(curl, asking->request);
    CURLcode code = perform(curl, asking);
    curl_off_t promised = -1;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &promised);
    reply->expected = promised;
    reply->goes_on = reply->status == 206;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return code == CURLE_OK ? judge(asking, error) : fault_of(asking, code, error);
}

/* ---- asking again ---------------------------------------------------------------------
 */

/* returns whether the wait was cancelled */
static bool wait_for(struct http *http, double seconds)
{
    int64_t until = http_clock_ms() + (int64_t)(seconds * 1000);
    while (http_clock_ms() < until) {
        struct timespec slice = {0, SLICE_MS * 1000000};
        if (http->host->cancelled(http->host->ctx))
            return true;
        nanosleep(&slice, NULL);
    }
    return http->host->cancelled(http->host->ctx);
}

static double back_off_s(struct http *http, const struct http_reply *reply, int tries)
{
    http->dice = http->dice * 6364136223846793005u + 1442695040888963407u;
    double jitter = (double)(http->dice >> 33) / (double)(1u << 31);
    double wait = setting(http, "sources.retry_ms", 500) / 1000 * (1 << tries);
    wait *= 0.5 + jitter;
    return reply->retry_after_s > wait ? reply->retry_after_s : wait;
}

int http_ask(struct http *http, const struct http_request *request,
             struct http_reply *reply, struct fv_error *error)
{
    double deadline_s = request->deadline_s > 0 ? request->deadline_s
                                                : setting(http, "sources.timeout_s", 20);
    struct asking asking = {.http = http,
                            .request = request,
                            .reply = reply,
                            .deadline_ms =
                                http_clock_ms() + (int64_t)(deadline_s * 1000)};
    int rc = -EAGAIN;
    *reply = (struct http_reply){.expected = -1, .whole = -1};
    if (!http->curl)
        http->curl = curl_easy_init();
    if (!http->curl)
        return -ENOMEM;
    for (int tries = 0; tries < TRIES; tries++) {
        double pace = setting(http, "sources.pace_ms", 100) / 1000;
        double since = (double)(http_clock_ms() - http->last_ms) / 1000;
        if (since < pace && wait_for(http, pace - since))
            return -ECANCELED;
        http->last_ms = http_clock_ms();
        rc = ask_once(&asking, error);
        if (rc != -EAGAIN || request->asks_once || tries + 1 == TRIES)
            break;
        double wait = back_off_s(http, reply, tries);
        if (wait > WAIT_MAX_S ||
            http_clock_ms() + (int64_t)(wait * 1000) > asking.deadline_ms)
            break;
        if (wait_for(http, wait))
            return -ECANCELED;
    }
    return rc;
}
