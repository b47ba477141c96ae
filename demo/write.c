/* write.c - see write.h. */
#include "write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

enum { PATH = 4096, KBPS = 192 };

/* Give a file that was written whole its name. returns 0 or -errno */
static int finish(FILE *file, int status, const char *temporary, const char *path)
{
    if (ferror(file))
        status = -EIO;
    if (fclose(file) != 0 && status == 0)
        status = -errno;
    if (status == 0 && rename(temporary, path) < 0)
        status = -errno;
    if (status < 0)
        remove(temporary);
    return status;
}

static lame_t open_encoder(const struct song *song)
{
    lame_t lame = lame_init();
    if (!lame)
        return NULL;
    lame_set_num_channels(lame, 2);
    lame_set_in_samplerate(lame, RATE);
    lame_set_out_samplerate(lame, RATE);
    lame_set_brate(lame, KBPS);
    lame_set_quality(lame, 5);
    lame_set_bWriteVbrTag(lame, 1);
    lame_set_write_id3tag_automatic(lame, 0);

    char track[8], bpm[16];
    snprintf(track, sizeof track, "%d", song->number);
    snprintf(bpm, sizeof bpm, "TBPM=%.0f", (double)song->bpm);
    id3tag_init(lame);
    id3tag_v2_only(lame);
    id3tag_set_title(lame, song->title);
    id3tag_set_artist(lame, song->artist);
    id3tag_set_album(lame, song->album);
    id3tag_set_track(lame, track);
    id3tag_set_genre(lame, song->style->genre);
    id3tag_set_fieldvalue(lame, bpm);
    if (lame_init_params(lame) < 0) {
        lame_close(lame);
        return NULL;
    }
    return lame;
}

/* The ID3 tag, the frames, and LAME's own frame in the place that was kept for it. */
static int encode(lame_t lame, const struct mix *mix, FILE *file)
{
    enum { CHUNK = 1152 * 32, CAP = CHUNK * 5 / 4 + 7200 };
    unsigned char *out = malloc(CAP);
    if (!out)
        return -ENOMEM;
    size_t tag = lame_get_id3v2_tag(lame, out, CAP);
    fwrite(out, 1, tag, file);
    int got = 0;
    for (int64_t at = 0; at < mix->frames && got >= 0; at += CHUNK) {
        int count = mix->frames - at < CHUNK ? (int)(mix->frames - at) : CHUNK;
        got = lame_encode_buffer_interleaved_ieee_float(lame, mix->dry + 2 * at, count,
                                                        out, CAP);
        if (got > 0)
            fwrite(out, 1, (size_t)got, file);
    }
    if (got >= 0)
        got = lame_encode_flush(lame, out, CAP);
    if (got > 0)
        fwrite(out, 1, (size_t)got, file);
    size_t frame = lame_get_lametag_frame(lame, out, CAP);
    fseek(file, (long)tag, SEEK_SET);
    fwrite(out, 1, frame, file);
    free(out);
    return got < 0 ? -EIO : 0;
}

static int write_mp3(const struct song *song, const struct mix *mix, const char *path)
{
    char temporary[PATH + 8];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    FILE *file = fopen(temporary, "wb");
    if (!file)
        return -errno;
    lame_t lame = open_encoder(song);
    int status = lame ? encode(lame, mix, file) : -ENOMEM;
    if (lame)
        lame_close(lame);
    return finish(file, status, temporary, path);
}

static void print_times(FILE *file, const char *name, const struct song *song, int every)
{
    fprintf(file, " \"%s\": [", name);
    for (int beat = 0; beat < song->bars * 4; beat += every)
        fprintf(file, "%s%.6f", beat ? ", " : "", (double)song_beat(song, beat) / RATE);
    fprintf(file, "],\n");
}

static void print_sections(FILE *file, const struct song *song)
{
    const struct section *section = song->style->form;
    fprintf(file, " \"sections\": [");
    for (int bar = 0; section->label;) {
        const char *label = section->label;
        int start = bar;
        for (; section->label && strcmp(section->label, label) == 0; section++)
            bar += section->bars;
        fprintf(file, "%s\n  {\"start\": %.6f, \"end\": %.6f, \"label\": \"%s\"}",
                start ? "," : "", (double)song_beat(song, start * 4) / RATE,
                (double)song_beat(song, bar * 4) / RATE, label);
    }
    fprintf(file, "]\n");
}

static int write_truth(const struct song *song, const char *path)
{
    char temporary[PATH + 8], key[16];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    FILE *file = fopen(temporary, "w");
    if (!file)
        return -errno;
    key_name(song->key, key);
    fprintf(file, "{\"title\": \"%s\", \"artist\": \"%s\", \"genre\": \"%s\",\n",
            song->title, song->artist, song->style->genre);
    fprintf(
        file,
        " \"bpm\": %.3f, \"key\": \"%s\", \"camelot\": \"%d%c\", \"beats_per_bar\": 4,\n",
        (double)song->bpm, key, key_to_camelot(song->key),
        song->key.is_minor ? 'A' : 'B');
    print_times(file, "beats", song, 1);
    print_times(file, "downbeats", song, 4);
    print_sections(file, song);
    fprintf(file, "}\n");
    return finish(file, 0, temporary, path);
}

int write_track(const struct song *song, const struct mix *mix, const char *folder,
                char name[192])
{
    char path[PATH];
    snprintf(name, 192, "%02d %s - %s", song->number, song->artist, song->title);
    if (snprintf(path, sizeof path, "%s/%s.mp3", folder, name) >= PATH - 8)
        return -ENAMETOOLONG;
    int status = write_mp3(song, mix, path);
    if (status < 0)
        return status;
    snprintf(path, sizeof path, "%s/%s.truth.json", folder, name);
    return write_truth(song, path);
}
