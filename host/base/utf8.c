/* utf8.c - checks sequences by RFC 3629: no overlong forms, no surrogates. */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Length of the valid sequence at `s`, or 0. */
static size_t sequence_length(const unsigned char *s)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xe0) == 0xc0 ? 2
                    : (s[0] & 0xf0) == 0xe0 ? 3
                    : (s[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    if (length <= 1)
        return length;
    uint32_t code = s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    bool is_control = code >= 0x80 && code < 0xa0;
    bool is_line_end = code == 0x2028 || code == 0x2029;
    if (code < lowest[length] || code > 0x10ffff || is_surrogate || is_control ||
        is_line_end)
        return 0;
    return length;
}

size_t utf8_clean(const char *in, char *out, size_t cap)
{
    const unsigned char *s = (const unsigned char *)in;
    size_t used = 0;
    while (*s && cap > 0) {
        size_t length = *s < 0x20 || *s == 0x7f ? 0 : sequence_length(s);
        size_t need = length ? length : 1;
        if (used + need >= cap)
            break;
        if (length)
            memcpy(out + used, s, length);
        else
            out[used] = '?';
        used += need;
        s += need;
    }
    if (cap > 0)
        out[used] = 0;
    return used;
}
