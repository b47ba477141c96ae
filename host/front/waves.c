/* waves.c - looked up from the newest, so that what is sent again counts. */
#include "waves.h"

#include <string.h>

void waves_put(struct waves *waves, const uint8_t *text, size_t length)
{
    struct bytes *place = &waves->texts[waves->next];
    if (!memchr(text, ' ', length))
        return;
    waves->next = (waves->next + 1) % WAVES_KEPT;
    place->length = 0;
    bytes_append(place, text, length);
}

size_t waves_find(const struct waves *waves, const char *id, const uint8_t **json)
{
    size_t length = strlen(id);
    for (size_t i = 1; i <= WAVES_KEPT; i++) {
        const struct bytes *text =
            &waves->texts[(waves->next + WAVES_KEPT - i) % WAVES_KEPT];
        if (text->length > length && memcmp(text->at, id, length) == 0 &&
            text->at[length] == ' ') {
            *json = text->at + length + 1;
            return text->length - length - 1;
        }
    }
    return 0;
}

void waves_release(struct waves *waves)
{
    for (size_t i = 0; i < WAVES_KEPT; i++)
        bytes_release(&waves->texts[i]);
}
