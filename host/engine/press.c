/* press.c - a ring of chunks: filled in order, encoded by whoever is free, written in
 * order. */
#include "press.h"

#include "bytes.h"
#include "encoders.h"
#include "mp3_frame.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 384     /* blocks that a chunk adds */
#define CHUNK_FIRST 8 /* the first are short, so that every processor starts at once */
#define WORKERS_MAX 64
#define LAG_MAX 8 /* blocks that an encoder may hold back */

enum chunk_state { CHUNK_FREE, CHUNK_FULL, CHUNK_BUSY, CHUNK_DONE };

struct chunk {
    enum chunk_state state;
    uint64_t first_frame;  /* frames from here ... */
    uint64_t behind_frame; /* ... to before here */
    size_t blocks, room;
    float *pcm;
    struct bytes out;
    bool is_whole;
};

struct press {
    struct generation *codec;
    uint32_t kbps;
    FILE *file;
    pthread_t workers[WORKERS_MAX];
    int worker_count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct chunk *chunks; /* a ring; its size is chunk_count */
    size_t chunk_count;
    uint64_t filled, taken, written; /* chunks so far */
    bool is_closing;
    int rc;
    float block[FV_BLOCK * FV_CHANNELS]; /* the one that is being filled */
    int block_used;
    float *recent; /* the last blocks, for priming and for what an encoder looks ahead */
    size_t recent_blocks, recent_room;
    uint64_t blocks; /* whole ones so far */
    uint64_t next_frame, next_goal;
    int64_t fed; /* PCM frames */
    struct mp3_info info;
};

static int keep_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                      size_t length)
{
    struct chunk *chunk = ctx;
    (void)mount;
    if (number < chunk->behind_frame)
        bytes_append(&chunk->out, frame, length);
    chunk->is_whole = number + 1 >= chunk->behind_frame;
    return 0;
}

static int encode_chunk(struct press *press, struct chunk *chunk)
{
    struct encoders encoders = {0};
    struct fv_error error;
    struct frame_sink sink = {.ctx = chunk, .frame = keep_frame};
    int rc = encoders_open(&encoders, press->codec, &press->kbps, 1, chunk->first_frame,
                           &error);
    chunk->out.length = 0;
    chunk->is_whole = false;
    for (size_t i = 0; rc == 0 && i < chunk->blocks && !chunk->is_whole; i++)
        rc = encoders_feed(&encoders, chunk->pcm + i * FV_BLOCK * FV_CHANNELS, &sink);
    encoders_close(&encoders);
    return rc == 0 && !chunk->is_whole ? -EPROTO : rc;
}

/* Write what is finished, in order. Called with the lock held. */
static void write_done(struct press *press)
{
    while (press->written < press->taken) {
        struct chunk *chunk = &press->chunks[press->written % press->chunk_count];
        if (chunk->state != CHUNK_DONE)
            return;
        press->info.music_crc =
            mp3_crc16(press->info.music_crc, chunk->out.at, chunk->out.length);
        press->info.bytes += (uint32_t)chunk->out.length;
        press->info.frames += (uint32_t)(chunk->behind_frame - chunk->first_frame);
        if (fwrite(chunk->out.at, 1, chunk->out.length, press->file) !=
                chunk->out.length &&
            press->rc == 0)
            press->rc = errno ? -errno : -EIO;
        chunk->state = CHUNK_FREE;
        press->written++;
        pthread_cond_broadcast(&press->changed);
    }
}

static void *work(void *given)
{
    struct press *press = given;
    pthread_mutex_lock(&press->lock);
    for (;;) {
        while (press->taken == press->filled && !press->is_closing)
            pthread_cond_wait(&press->changed, &press->lock);
        if (press->taken == press->filled)
            break;
        struct chunk *chunk = &press->chunks[press->taken++ % press->chunk_count];
        chunk->state = CHUNK_BUSY;
        pthread_mutex_unlock(&press->lock);
        int rc = encode_chunk(press, chunk);
        pthread_mutex_lock(&press->lock);
        if (rc && press->rc == 0)
            press->rc = rc;
        chunk->state = CHUNK_DONE;
        write_done(press);
    }
    pthread_mutex_unlock(&press->lock);
    return NULL;
}

int press_open(struct press **press, struct generation *codec, uint32_t kbps, int threads,
               FILE *file, struct fv_error *error)
{
    struct encoders probe = {0};
    int rc = encoders_open(&probe, codec, &kbps, 1, 0, error);
    encoders_close(&probe);
    if (rc)
        return rc;
    struct press *made = must_alloc(sizeof *made);
    uint8_t empty[MP3_MAX] = {0};
    made->codec = generation_hold(codec);
    made->kbps = kbps;
    made->file = file;
    made->next_goal = CHUNK_FIRST;
    made->info = (struct mp3_info){.kbps = kbps};
    made->info.bytes = (uint32_t)mp3_frame_silent(kbps, empty);
    fwrite(empty, 1, made->info.bytes, file); /* the Info frame's place */
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    if (threads <= 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads > WORKERS_MAX)
        threads = WORKERS_MAX;
    made->chunk_count = (size_t)threads + 2;
    made->chunks = must_alloc(made->chunk_count * sizeof *made->chunks);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&made->workers[made->worker_count], NULL, work, made) == 0)
            made->worker_count++;
    *press = made;
    return made->worker_count ? 0 : -EAGAIN;
}

/* Hand the gathered blocks to the workers as one chunk that gives frames to before
 * `behind`. */
static void hand_over(struct press *press, uint64_t behind)
{
    pthread_mutex_lock(&press->lock);
    struct chunk *chunk = &press->chunks[press->filled % press->chunk_count];
    while (chunk->state != CHUNK_FREE)
        pthread_cond_wait(&press->changed, &press->lock);
    pthread_mutex_unlock(&press->lock);
    uint64_t recent_first = press->blocks - press->recent_blocks;
    uint64_t first_block = encoders_first_block(press->codec, press->next_frame);
    size_t skip = (size_t)(first_block - recent_first);
    chunk->blocks = press->recent_blocks - skip;
    chunk->first_frame = press->next_frame;
    chunk->behind_frame = behind;
    if (chunk->room < chunk->blocks) {
        chunk->room = chunk->blocks;
        chunk->pcm = must_realloc(chunk->pcm, chunk->room * sizeof press->block);
    }
    memcpy(chunk->pcm, press->recent + skip * FV_BLOCK * FV_CHANNELS,
           chunk->blocks * sizeof press->block);
    press->next_frame = behind;
    /* keep what primes the next chunk */
    uint64_t keep_from = encoders_first_block(press->codec, behind);
    size_t drop = (size_t)(keep_from - recent_first);
    press->recent_blocks -= drop;
    memmove(press->recent, press->recent + drop * FV_BLOCK * FV_CHANNELS,
            press->recent_blocks * sizeof press->block);
    pthread_mutex_lock(&press->lock);
    chunk->state = CHUNK_FULL;
    press->filled++;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
}

static void push_block(struct press *press)
{
    if (press->recent_blocks == press->recent_room) {
        press->recent_room += 64;
        press->recent =
            must_realloc(press->recent, press->recent_room * sizeof press->block);
    }
    memcpy(press->recent + press->recent_blocks++ * FV_BLOCK * FV_CHANNELS, press->block,
           sizeof press->block);
    press->blocks++;
    press->block_used = 0;
    if (press->blocks >= press->next_goal + LAG_MAX) {
        hand_over(press, press->next_goal);
        uint64_t step = press->next_goal < CHUNK ? press->next_goal : CHUNK;
        press->next_goal += step;
    }
}

int press_feed(struct press *press, const float *pcm, int frames)
{
    press->fed += frames;
    while (frames > 0) {
        int room = FV_BLOCK - press->block_used;
        int take = frames < room ? frames : room;
        memcpy(press->block + press->block_used * FV_CHANNELS, pcm,
               (size_t)take * FV_CHANNELS * sizeof *pcm);
        press->block_used += take;
        pcm += take * FV_CHANNELS;
        frames -= take;
        if (press->block_used == FV_BLOCK)
            push_block(press);
    }
    pthread_mutex_lock(&press->lock);
    int rc = press->rc;
    pthread_mutex_unlock(&press->lock);
    return rc;
}

static void finish(struct press *press)
{
    int64_t length = press->fed;
    int64_t delayed = length + press->codec->codec.delay;
    uint64_t frames = (uint64_t)((delayed + FV_BLOCK - 1) / FV_BLOCK);
    static const float silence[FV_BLOCK * FV_CHANNELS];
    while (length > 0 && press->next_frame < frames) {
        if (press->next_goal > frames)
            press->next_goal = frames;
        press_feed(press, silence, FV_BLOCK);
    }
    press->info.delay = press->codec->codec.delay - 529; /* what the decoder adds */
    press->info.padding =
        (uint32_t)((int64_t)frames * FV_BLOCK - press->info.delay - length);
}

int press_close(struct press *press)
{
    finish(press);
    pthread_mutex_lock(&press->lock);
    press->is_closing = true;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
    for (int i = 0; i < press->worker_count; i++)
        pthread_join(press->workers[i], NULL);
    uint8_t info[MP3_MAX];
    size_t length = mp3_info_frame(&press->info, info);
    if (fseek(press->file, 0, SEEK_SET) != 0 ||
        fwrite(info, 1, length, press->file) != length || fflush(press->file) != 0)
        press->rc = press->rc ? press->rc : -EIO;
    int rc = press->rc;
    for (size_t i = 0; i < press->chunk_count; i++) {
        free(press->chunks[i].pcm);
        bytes_release(&press->chunks[i].out);
    }
    free(press->chunks);
    free(press->recent);
    generation_drop(press->codec);
    pthread_mutex_destroy(&press->lock);
    pthread_cond_destroy(&press->changed);
    free(press);
    return rc;
}
