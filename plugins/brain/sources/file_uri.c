/* file_uri.c - %XX for what is not plain ASCII, and back. */
#include "file_uri.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

json_t *file_uri_told(const char *uri)
{
    json_t *told = json_string(uri);
    char *text = told ? NULL : malloc(strlen("file://") + 3 * strlen(uri) + 1);
    if (!text)
        return told;
    char *out = stpcpy(text, "file://");
    for (; *uri; uri++) {
        unsigned char byte = (unsigned char)*uri;
        bool is_plain = byte > ' ' && byte < 0x7f && byte != '%';
        out += sprintf(out, is_plain ? "%c" : "%%%02X", byte);
    }
    told = json_string(text);
    free(text);
    return told;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

void file_uri_decode(char *text)
{
    char *out = text;
    for (; *text; out++) {
        int high = *text == '%' ? hex_digit(text[1]) : -1;
        int low = high >= 0 ? hex_digit(text[2]) : -1;
        *out = low > 0 || (low == 0 && high > 0) ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 3 : 1;
    }
    *out = 0;
}

char *file_uri_read(char *text)
{
    if (strncasecmp(text, "file://", 7) != 0)
        return text;
    char *path = text + (strncasecmp(text, "file://localhost/", 17) == 0 ? 16 : 7);
    file_uri_decode(path);
    return path;
}
