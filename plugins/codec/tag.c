/* tag.c - see tag.h. */
#include "tag.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

/* Read one character of UTF-8.
 * returns  bytes taken; 0 when this is not valid UTF-8 */
static size_t utf8_read(const uint8_t *text, size_t bytes, uint32_t *character)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } shapes[] = {
        {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t length = 1; length <= 4; length++) {
        if ((text[0] & shapes[length - 1].mask) != shapes[length - 1].lead)
            continue;
        if (length > bytes)
            return 0;
        uint32_t c = text[0] & (uint8_t)~shapes[length - 1].mask;
        for (size_t i = 1; i < length; i++) {
            if ((text[i] & 0xc0) != 0x80)
                return 0;
            c = c << 6 | (text[i] & 0x3f);
        }
        bool is_surrogate = c >= 0xd800 && c <= 0xdfff;
        if (c < shapes[length - 1].least || c > 0x10ffff || is_surrogate)
            return 0;
        *character = c;
        return length;
    }
    return 0;
}

static size_t utf8_write(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00 >> length) | c);
    return length;
}

static bool utf8_is_valid(const uint8_t *text, size_t bytes)
{
    uint32_t character;
    for (size_t i = 0, taken; i < bytes; i += taken)
        if ((taken = utf8_read(text + i, bytes - i, &character)) == 0)
            return false;
    return true;
}

static bool is_blank(uint32_t c)
{
    bool is_line_end = c == 0x2028 || c == 0x2029;
    return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || is_line_end || c == 0xfeff;
}

void tag_set(char tag[FV_TAG], const char *text, size_t bytes)
{
    const uint8_t *in = (const uint8_t *)text;
    bool is_utf8 = utf8_is_valid(in, bytes);
    char clean[FV_TAG];
    size_t used = 0;
    bool gap = false;

    for (size_t i = 0, taken; i < bytes; i += taken) {
        uint32_t c = in[i];
        taken = is_utf8 ? utf8_read(in + i, bytes - i, &c) : 1;
        if (is_blank(c)) {
            gap = used > 0;
            continue;
        }
        char encoded[4];
        size_t length = utf8_write(encoded, c);
        if (used + gap + length >= sizeof clean)
            break;
        if (gap)
            clean[used++] = ' ';
        gap = false;
        memcpy(clean + used, encoded, length);
        used += length;
    }
    if (used == 0)
        return;
    memcpy(tag, clean, used);
    tag[used] = '\0';
}

struct genre_search {
    long number;
    const char *name;
};

static void match_genre(int number, const char *name, void *cookie)
{
    struct genre_search *search = cookie;
    if (number == search->number)
        search->name = name;
}

void tag_set_genre(char tag[FV_TAG], const char *text, size_t bytes)
{
    tag_set(tag, text, bytes);

    const char *digits = tag[0] == '(' ? tag + 1 : tag;
    if (!isdigit((unsigned char)digits[0]))
        return;
    char *rest;
    struct genre_search search = {.number = strtol(digits, &rest, 10)};
    if (digits != tag && *rest == ')')
        rest += 1 + strspn(rest + 1, " ");
    else if (*rest != '\0')
        return;
    if (*rest == '\0' || *rest == '(') /* of "(4)(19)" the first */
        id3tag_genre_list(match_genre, &search);
    else
        search.name = rest; /* "(17)Rock": the words are more exact than the number */
    if (search.name)
        memmove(tag, search.name, strlen(search.name) + 1);
}
