/* lame_alone.c - LAME on PCM that is in memory already: the peer of `render`.
 *
 *     lame_alone FILE.wav KBPS [as-codec]     prints CPU seconds and audio seconds
 *
 * Plain LAME is what `lame -b KBPS` does; as-codec has the codec plugin's settings at 192
 * kbit/s (docs/decisions/001-frames.md). */
#include <lame/lame.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADER 44
#define BLOCK 1152

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void set_as_codec(lame_t lame, int kbps)
{
    lame_set_mode(lame, JOINT_STEREO);
    lame_set_lowpassfreq(lame, 18600);
    lame_set_VBR(lame, vbr_mtrh);
    lame_set_VBR_quality(lame, 0);
    lame_set_quality(lame, 5);
    lame_set_VBR_min_bitrate_kbps(lame, kbps);
    lame_set_VBR_max_bitrate_kbps(lame, kbps);
    lame_set_VBR_hard_min(lame, 1);
    lame_set_disable_reservoir(lame, 1);
    lame_set_athaa_type(lame, 0);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 || argc == 4 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    fseek(file, 0, SEEK_END);
    size_t count = ((size_t)ftell(file) - HEADER) / 4;
    int16_t *pcm = malloc(count * 4);
    float *samples = malloc(count * 2 * sizeof *samples);
    fseek(file, HEADER, SEEK_SET);
    count = fread(pcm, 4, count, file);
    fclose(file);
    for (size_t i = 0; i < count * 2; i++)
        samples[i] = (float)pcm[i] / 32768;

    lame_t lame = lame_init();
    int kbps = atoi(argv[2]);
    lame_set_in_samplerate(lame, 44100);
    lame_set_num_channels(lame, 2);
    lame_set_bWriteVbrTag(lame, 0);
    lame_set_brate(lame, kbps);
    if (argc == 4)
        set_as_codec(lame, kbps);
    lame_init_params(lame);
    static unsigned char out[16384];
    double before = cpu_s();
    size_t bytes = 0;
    for (size_t at = 0; at + BLOCK <= count; at += BLOCK)
        bytes += (size_t)lame_encode_buffer_interleaved_ieee_float(
            lame, samples + at * 2, BLOCK, out, sizeof out);
    printf("%.3f %.3f %zu\n", cpu_s() - before, (double)count / 44100, bytes);
    lame_close(lame);
    free(pcm);
    free(samples);
    return 0;
}
