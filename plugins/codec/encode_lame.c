/* encode_lame.c - see encode_lame.h.
 *
 * What makes a frame depend on the last two blocks alone, and gives all the same length:
 * - VBR with the smallest bit rate equal to the largest. LAME's own CBR remembers the
 *   quantiser steps of all frames before.
 * - no bit reservoir.
 * - no adaptive threshold of hearing: in a quiet passage it remembers for seconds how
 * loud it was before. Against the source, leaving it out costs nothing that can be
 * measured.
 *
 * Quality 5 leaves out the search for the best of Huffman's tables: a quarter of the time,
 * for 0.01 dB of noise at a constant length of frames (docs/decisions/001-frames.md).
 */
#include "encode_lame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

#include "clean.h"
#include "fail.h"

struct fv_encoder {
    lame_t lame;
    float block[FV_BLOCK * FV_CHANNELS];
};

/* Bit rates of MPEG-1 layer III, and up to where each keeps the treble: where bits are
 * few, they are better spent below. The figures are those of LAME's own presets. */
static const struct {
    uint32_t kbps;
    int lowpass_hz;
} rates[] = {
    {64, 11000},  {80, 13500},  {96, 15100},  {112, 15600}, {128, 17000},
    {160, 17500}, {192, 18600}, {224, 19400}, {256, 19700}, {320, 20500},
};

static void say_nothing(const char *format, va_list arguments)
{
    (void)format;
    (void)arguments;
}

static int find_lowpass(uint32_t kbps)
{
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (rates[i].kbps == kbps)
            return rates[i].lowpass_hz;
    return -EINVAL;
}

static int set_up(lame_t lame, int kbps, int lowpass_hz)
{
    lame_set_errorf(lame, say_nothing);
    lame_set_debugf(lame, say_nothing);
    lame_set_msgf(lame, say_nothing);
    lame_set_num_channels(lame, FV_CHANNELS);
    lame_set_in_samplerate(lame, FV_RATE);
    lame_set_out_samplerate(lame, FV_RATE);
    lame_set_mode(lame, JOINT_STEREO);
    lame_set_lowpassfreq(lame, lowpass_hz);
    lame_set_VBR(lame, vbr_mtrh);
    lame_set_VBR_q(lame, 0);
    lame_set_quality(lame, 5);
    lame_set_VBR_min_bitrate_kbps(lame, kbps);
    lame_set_VBR_max_bitrate_kbps(lame, kbps);
    lame_set_VBR_hard_min(lame, 1);
    lame_set_disable_reservoir(lame, 1);
    lame_set_bWriteVbrTag(lame, 0);
    lame_set_athaa_type(lame, 0);
    return lame_init_params(lame) < 0 ? -EINVAL : 0;
}

int encoder_open(const struct fv_encoding *how, struct fv_encoder **encoder,
                 struct fv_error *error)
{
    int lowpass_hz = find_lowpass(how->kbps);
    if (lowpass_hz < 0)
        return fail(
            error, -EINVAL,
            "no MP3 has %u kbit/s: choose 64, 80, 96, 112, 128, 160, 192, 224, 256 "
            "or 320",
            how->kbps);
    struct fv_encoder *e = calloc(1, sizeof *e);
    if (!e)
        return fail(error, -ENOMEM, "out of memory");
    e->lame = lame_init();
    int status = e->lame ? set_up(e->lame, (int)how->kbps, lowpass_hz) : -ENOMEM;
    if (status < 0) {
        encoder_close(e);
        return fail(error, status, "LAME cannot be set up");
    }
    *encoder = e;
    return 0;
}

int encoder_encode(struct fv_encoder *e, const float *pcm, uint8_t *out, size_t cap)
{
    /* LAME aborts the process over a single NaN. */
    memcpy(e->block, pcm, sizeof e->block);
    clean_samples(e->block, FV_BLOCK * FV_CHANNELS);
    int bytes = lame_encode_buffer_interleaved_ieee_float(e->lame, e->block, FV_BLOCK,
                                                          out, (int)cap);
    return bytes < 0 ? -EIO : bytes;
}

void encoder_close(struct fv_encoder *e)
{
    if (!e)
        return;
    if (e->lame)
        lame_close(e->lame);
    free(e);
}
