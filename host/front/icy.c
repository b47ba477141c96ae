/* icy.c - there is no escape in this format: a quote before a semicolon would end the
 * title, so quotes become apostrophes that players show alike. */
#include "icy.h"

#include <string.h>

#define HEAD "StreamTitle='"
#define TAIL "';"

/* Bytes of `title` that fit, cut between UTF-8 characters. */
static size_t fitting(const char *title, size_t room)
{
    size_t length = strlen(title);
    if (length <= room)
        return length;
    length = room;
    while (length > 0 && ((unsigned char)title[length] & 0xc0) == 0x80)
        length--;
    return length;
}

size_t icy_block(const char *title, char *out)
{
    if (!title) {
        out[0] = 0;
        return 1;
    }
    char *text = out + 1;
    size_t room = ICY_MAX - 1 - strlen(HEAD TAIL);
    size_t length = fitting(title, room), at = strlen(HEAD);
    memset(out, 0, ICY_MAX);
    memcpy(text, HEAD, at);
    for (size_t i = 0; i < length; i++)
        text[at + i] = title[i] == '\'' ? '`' : title[i];
    memcpy(text + at + length, TAIL, strlen(TAIL));
    size_t units = (at + length + strlen(TAIL) + 15) / 16;
    out[0] = (char)units;
    return 1 + units * 16;
}
