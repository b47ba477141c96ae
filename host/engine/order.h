/* order.h - a given order of tracks: read from JSON, or noted while playing. */
#ifndef ORDER_H
#define ORDER_H

#include <forever/host.h>
#include <stdbool.h>
#include <stddef.h>

struct order {
    char **uris;
    size_t count;
};

void order_release(struct order *order);
void order_add(struct order *order, const char *uri);
bool order_has(const struct order *order, const char *uri);

/* Read an order: a list of texts, or of objects with "path" or "uri", or an object with
 * such a list as "order", "tracks", "queue" or "tour".
 * returns  0; -ENOENT: there is no such file; -EINVAL with error filled */
int order_load(struct order *order, const char *path, struct fv_error *error);

/* returns 0 or -EIO */
int order_save(const struct order *order, const char *path);

#endif
