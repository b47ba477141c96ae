/* cut.c - `cut SECONDS OUT.wav IN...`: sum files, cut, bring to 16 bits.
 *
 * What is louder than full scale is turned down as a whole. Prints the seconds at which
 * sound begins and ends: first and last above -50 dB of the loudest.
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 44100
#define SILENCE 0.00316f
#define BLOCK 4096
#define PEAK 0.97f

static int add(float *sum, long room, const char *path, long *longest)
{
    SF_INFO about = {0};
    SNDFILE *from = sf_open(path, SFM_READ, &about);
    float block[2 * BLOCK];
    long at = 0, got = 1;
    if (!from || about.samplerate != RATE || about.channels > 2) {
        fprintf(stderr, "cannot read %s at 44.1 kHz\n", path);
        return -1;
    }
    while (at < room && got > 0) {
        got = sf_readf_float(from, block, room - at < BLOCK ? room - at : BLOCK);
        for (long i = 0; i < got; i++, at++) {
            sum[2 * at] += block[about.channels * i];
            sum[2 * at + 1] += block[about.channels * (i + 1) - 1];
        }
    }
    *longest = at > *longest ? at : *longest;
    return sf_close(from);
}

static float loudness(const float *frame)
{
    return fmaxf(fabsf(frame[0]), fabsf(frame[1]));
}

int main(int argc, char **argv)
{
    SF_INFO about = {
        .samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    if (argc < 4)
        return 2;
    long room = (long)(RATE * atof(argv[1])), frames = 0, first = 0;
    float peak = 1e-9f, *sum = calloc((size_t)room * 2, sizeof *sum);
    for (int k = 3; k < argc; k++)
        if (!sum || add(sum, room, argv[k], &frames))
            return 1;
    for (long i = 0; i < frames; i++)
        peak = fmaxf(peak, loudness(sum + 2 * i));
    while (first < frames && loudness(sum + 2 * first) < SILENCE * peak)
        first++;
    while (frames > first && loudness(sum + 2 * (frames - 1)) < SILENCE * peak)
        frames--;
    float gain = peak > PEAK || peak < 0.25f ? PEAK / peak : 1.0f;
    for (long i = 0; i < 2 * frames; i++)
        sum[i] *= gain;
    SNDFILE *to = sf_open(argv[2], SFM_WRITE, &about);
    if (!to || sf_writef_float(to, sum, frames) != frames || sf_close(to))
        return 1;
    printf("%.6f %.6f\n", (double)first / RATE, (double)frames / RATE);
    free(sum);
    return 0;
}
