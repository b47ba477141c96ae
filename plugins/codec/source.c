/* source.c - what all sources share. */
#include "source.h"

int source_read(struct source *source, float *out, int frames)
{
    int done = 0;
    while (done < frames) {
        int got =
            source->kind->read(source, out + (size_t)done * FV_CHANNELS, frames - done);
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += got;
    }
    return done;
}

int source_skip(struct source *source, int64_t frames)
{
    float dropped[FV_BLOCK * FV_CHANNELS];
    while (frames > 0) {
        int got = source->kind->read(source, dropped,
                                     frames < FV_BLOCK ? (int)frames : FV_BLOCK);
        if (got <= 0)
            return got;
        frames -= got;
    }
    return 0;
}
