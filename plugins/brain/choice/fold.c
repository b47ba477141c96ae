/* fold.c - Latin letters with accents become plain ones; other scripts stay as they are.
 */
#include "fold.h"

#include <string.h>

/* U+00C0 .. U+017F without their accents; a space: no letter. */
static const char latin[] =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Take one character. returns its number, 0 at the end or where it is no UTF-8 */
static uint32_t take(const unsigned char **at)
{
    const unsigned char *s = *at;
    int more = *s < 0x80 ? 0 : *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : -1;
    uint32_t code = more <= 0 ? *s : *s & (0x3fu >> more);
    if (*s == 0)
        return 0;
    (*at)++;
    for (int i = 0; i < more; i++) {
        if ((**at & 0xc0) != 0x80)
            return ' ';
        code = code << 6 | (*(*at)++ & 0x3fu);
    }
    return more < 0 || code == 0 ? ' ' : code;
}

static uint32_t plain(uint32_t code)
{
    if (code >= 'A' && code <= 'Z')
        return code + 32;
    if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9'))
        return code;
    if (code == '\'' || code == 0x2019)
        return 0; /* don't = dont */
    if (code >= 0x300 && code < 0x370)
        return 0; /* an accent that stands alone */
    if (code >= 0xc0 && code < 0xc0 + sizeof latin - 1)
        return (unsigned char)latin[code - 0xc0];
    if ((code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f))
        return code + 32; /* Greek and Cyrillic capitals */
    if (code < 0x100 || (code >= 0x2000 && code < 0x2070) || code == 0x3000)
        return ' ';
    return code;
}

static size_t put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(heads[length] | code);
    return length;
}

size_t fold_text(const char *text, char *out, size_t cap)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t done = 0;
    uint32_t code;
    int owes_space = 0;
    if (cap == 0)
        return 0;
    while ((code = take(&at)) != 0) {
        char bytes[4];
        code = plain(code);
        if (code == ' ')
            owes_space = done > 0;
        if (code == 0 || code == ' ')
            continue;
        size_t length = put(code, bytes);
        if (done + length + 1 + (size_t)owes_space > cap)
            break;
        if (owes_space)
            out[done++] = ' ';
        owes_space = 0;
        memcpy(out + done, bytes, length);
        done += length;
    }
    out[done] = 0;
    return done;
}

uint32_t fold_hash(const char *text)
{
    char folded[512];
    uint32_t hash = 2166136261u;
    if (!text || fold_text(text, folded, sizeof folded) == 0)
        return 0;
    for (const char *at = folded; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return hash ? hash : 1;
}

static size_t matching(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t best = 0, best_a = 0, best_b = 0;
    for (size_t i = 0; i < a_length; i++)
        for (size_t j = 0; j < b_length; j++) {
            size_t length = 0;
            while (i + length < a_length && j + length < b_length &&
                   a[i + length] == b[j + length])
                length++;
            if (length > best) {
                best = length;
                best_a = i;
                best_b = j;
            }
        }
    if (best == 0)
        return 0;
    return best + matching(a, best_a, b, best_b) +
           matching(a + best_a + best, a_length - best_a - best, b + best_b + best,
                    b_length - best_b - best);
}

double fold_likeness(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length + b_length == 0)
        return 1;
    return 2.0 * (double)matching(a, a_length, b, b_length) /
           (double)(a_length + b_length);
}
