/* refusal.h - the answer to a command that was not done. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <jansson.h>

/* {"ok": false, "error": text}; whatever bytes a text from outside has. */
json_t *refusal_json(const char *text);

#endif
