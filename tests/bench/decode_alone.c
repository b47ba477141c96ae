/* decode_alone.c - a codec plugin decodes files from end to end.
 *
 *     decode_alone CODEC.so FILE...     prints CPU seconds and audio seconds */
#include "generation.h"
#include "media.h"

#include <stdio.h>
#include <time.h>

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct generation *codec;
    struct fv_error error;
    struct settings settings;
    struct services services = {.settings = &settings};
    settings_init(&settings, json_object());
    if (argc < 3 || generation_open(argv[1], KIND_CODEC, &codec, &error) ||
        generation_create(codec, &services, NULL, &error))
        return 2;
    double audio_s = 0, before = cpu_s();
    for (int i = 2; i < argc; i++) {
        struct media *media;
        struct fv_media about;
        float block[FV_BLOCK * FV_CHANNELS];
        if (media_open(codec, argv[i], &media, &about, &error))
            return 1;
        const struct fv_pcm *pcm = media_pcm(media);
        for (int64_t at = 0; at < pcm->length; at += FV_BLOCK)
            pcm->read(pcm->ctx, at, block, FV_BLOCK);
        audio_s += (double)pcm->length / FV_RATE;
        media_close(media);
    }
    printf("%.3f %.3f\n", cpu_s() - before, audio_s);
    generation_drop(codec);
    settings_release(&settings);
    return 0;
}
