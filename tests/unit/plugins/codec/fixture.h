/* fixture.h - music to test with, made up on the spot, and files of it in a folder that
 * is gone after the test.
 */
#ifndef CODEC_FIXTURE_H
#define CODEC_FIXTURE_H

#include <assert.h>
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <lame/lame.h>
#include <sndfile.h>

#include <forever/audio.h>

struct fixture {
    char folder[64];
    char path[96]; /* of the last file made */
};

static inline int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    const char *base = getenv("TMPDIR");
    snprintf(fixture->folder, sizeof fixture->folder, "%s/codec-XXXXXX",
             base ? base : "/tmp");
    *state = fixture;
    return mkdtemp(fixture->folder) ? 0 : -1;
}

static inline int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    DIR *folder = opendir(fixture->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

static inline const char *fixture_path(struct fixture *fixture, const char *name)
{
    snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->folder, name);
    return fixture->path;
}

static inline const char *fixture_write(struct fixture *fixture, const char *name,
                                        const void *bytes, size_t count)
{
    FILE *file = fopen(fixture_path(fixture, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
    return fixture->path;
}

static inline float noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(int32_t)*seed / 2147483648.0f;
}

/* Drums, a chord that changes, a sweep, and a bar of silence before each loud attack:
 * stereo, given (free), at any rate. */
static inline float *make_music(int64_t frames, uint32_t rate)
{
    static const double roots[4] = {110.0, 87.307, 130.813, 97.999};
    float *music = calloc((size_t)frames * FV_CHANNELS, sizeof *music);
    uint32_t seed = 1;
    for (int64_t i = 0; music && i < frames; i++) {
        double t = (double)i / rate;
        double beat = fmod(t, 0.5), bar = fmod(t, 8.0);
        double kick = 0.7 *
                      sin(2.0 * M_PI * (50.0 * beat + 3.0 * (1.0 - exp(-beat * 40.0)))) *
                      exp(-beat * 9.0);
        double hat = 0.15 * noise(&seed) * exp(-fmod(t + 0.25, 0.5) * 50.0);
        double root = roots[(int)(t / 2.0) % 4];
        double chord = 0.0, wide = 0.0;
        for (int k = 0; k < 6; k++) {
            chord += 0.05 * sin(2.0 * M_PI * root * (1 + k % 3 * 0.5) * (1 + k / 3) * t);
            wide += 0.05 * sin(2.0 * M_PI * root * 1.5 * (k + 1) * t + k);
        }
        double sweep = 0.1 * sin(2.0 * M_PI * 300.0 * exp(fmod(t, 4.0)) * fmod(t, 4.0));
        double gate = bar > 7.0 && bar < 7.9 ? 0.0 : 0.6;
        music[2 * i] = (float)(gate * (kick + hat + chord + sweep));
        music[2 * i + 1] = (float)(gate * (kick + 0.7 * hat + chord * 0.5 + wide));
    }
    return music;
}

/* A file of sound by libsndfile. `format` is SF_FORMAT_*; all channels beyond the second
 * are the first, halved. */
static inline const char *write_sound(struct fixture *fixture, const char *name,
                                      int format, const float *stereo, int64_t frames,
                                      uint32_t rate, int channels)
{
    SF_INFO about = {.samplerate = (int)rate, .channels = channels, .format = format};
    SNDFILE *file = sf_open(fixture_path(fixture, name), SFM_WRITE, &about);
    assert_non_null(file);
    float *frame = calloc((size_t)channels, sizeof *frame);
    for (int64_t i = 0; i < frames; i++) {
        for (int c = 0; c < channels; c++)
            frame[c] = c < 2 ? stereo[2 * i + c] : 0.5f * stereo[2 * i];
        assert_int_equal(sf_writef_float(file, frame, 1), 1);
    }
    free(frame);
    sf_close(file);
    return fixture->path;
}

/* How write_mp3 makes a file. */
struct mp3 {
    uint32_t rate; /* 0 = 44100 */
    int kbps;      /* 0 = VBR V4 */
    int with_tag;  /* LAME's own: delay, padding, number of frames */
    size_t junk;   /* bytes of noise in front */
    size_t cut;    /* bytes taken off the end */
    const char *title, *artist;
};

static inline const char *write_mp3(struct fixture *fixture, const char *name,
                                    const float *stereo, int frames, struct mp3 how)
{
    lame_t lame = lame_init();
    lame_set_in_samplerate(lame, how.rate ? (int)how.rate : FV_RATE);
    lame_set_out_samplerate(lame, how.rate ? (int)how.rate : FV_RATE);
    lame_set_VBR(lame, how.kbps ? vbr_off : vbr_default);
    lame_set_brate(lame, how.kbps);
    lame_set_bWriteVbrTag(lame, how.with_tag);
    id3tag_init(lame);
    if (how.title)
        id3tag_set_title(lame, how.title);
    if (how.artist)
        id3tag_set_artist(lame, how.artist);
    assert_true(lame_init_params(lame) >= 0);

    size_t cap = (size_t)frames * 2 + how.junk + 65536;
    uint8_t *bytes = malloc(cap);
    uint32_t seed = 7;
    for (size_t i = 0; i < how.junk; i++)
        bytes[i] = (uint8_t)(noise(&seed) * 128.0f);
    size_t used = how.junk;
    int got = lame_encode_buffer_interleaved_ieee_float(lame, stereo, frames,
                                                        bytes + used, (int)(cap - used));
    assert_true(got >= 0);
    used += (size_t)got;
    used += (size_t)lame_encode_flush(lame, bytes + used, (int)(cap - used));
    if (how.with_tag) {
        size_t id3 = lame_get_id3v2_tag(lame, NULL, 0);
        lame_get_lametag_frame(lame, bytes + how.junk + id3, cap - how.junk - id3);
    }
    lame_close(lame);
    fixture_write(fixture, name, bytes, used - how.cut);
    free(bytes);
    return fixture->path;
}

#endif
