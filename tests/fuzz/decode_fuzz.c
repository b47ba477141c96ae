/* decode_fuzz.c - any bytes at all as an audio file: no crash, finite sound, exactly the
 * promised length, seeks that succeed.
 *
 *     make build/tests/fuzz/decode_fuzz && build/tests/fuzz/decode_fuzz CORPUS
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decoder.h"

enum { CHUNK = 4096, MOST_FRAMES = 20 * FV_RATE };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void check(int is_true, const char *claim)
{
    if (!is_true) {
        fprintf(stderr, "broken: %s\n", claim);
        abort();
    }
}

static void listen(struct fv_decoder *decoder, int64_t length)
{
    static float out[CHUNK * FV_CHANNELS];
    int64_t done = 0;
    while (done < MOST_FRAMES) {
        int got = decoder_read(decoder, out, CHUNK);
        if (got < 0)
            return; /* damaged where it was sought */
        for (int i = 0; i < got * FV_CHANNELS; i++)
            check(isfinite(out[i]), "sound is finite");
        if (got == 0)
            break;
        done += got;
    }
    check(done == length || done >= MOST_FRAMES, "as long as promised");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char path[64];
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    check(write(file, bytes, count) == (ssize_t)count, "the input can be written");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);

    struct fv_decoder *decoder = NULL;
    struct fv_media about = {.struct_size = sizeof about};
    struct fv_error error = {""};
    if (decoder_open(path, &decoder, &about, &error) == 0) {
        check(about.length >= 0, "length is not negative");
        listen(decoder, about.length);
        if (decoder_seek(decoder, about.length / 2) == 0)
            listen(decoder, about.length - about.length / 2);
        decoder_close(decoder);
    } else {
        check(error.text[0] != '\0', "a refusal has a reason");
    }
    close(file);
    return 0;
}
