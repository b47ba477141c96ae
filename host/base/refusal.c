/* refusal.c - a file's name, or one that was cut to fit, need be no UTF-8; JSON is. */
#include "refusal.h"

#include "utf8.h"

json_t *refusal_json(const char *text)
{
    char clean[512];
    utf8_clean(text, clean, sizeof clean);
    return json_pack("{s:b, s:s}", "ok", 0, "error", clean);
}
