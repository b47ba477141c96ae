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

#define CHUNK 768       /* blocks that a chunk adds, to the few that prime its encoder */
#define CHUNK_ALONE 128 /* for one worker, who primes once: they stay in the cache */
#define CHUNK_FIRST 8   /* the first are short, so that every processor starts at once */
#define WORKERS_MAX 64
#define LAG_MAX 8 /* blocks that an encoder may hold back */

enum chunk_state { CHUNK_FREE, CHUNK_FULL, CHUNK_BUSY, CHUNK_DONE };

struct chunk {
    enum chunk_state state;
    uint64_t first_frame;  /* frames from here ... */
    uint64_t behind_frame; /* ... to before here */
    size_t blocks, room;   /* room in PCM frames */
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
    float *pcm;                /* of the next chunk, from what primes its encoder on */
    size_t pcm_used, pcm_room; /* PCM frames; room is for whole blocks */
    uint64_t blocks;           /* whole ones so far */
    uint64_t next_frame, next_goal;
    uint64_t chunk_most; /* blocks that a chunk adds */
    int64_t fed;         /* PCM frames */
    struct mp3_info info;
};

static float *block_at(float *pcm, size_t block)
{
    return pcm + block * FV_BLOCK * FV_CHANNELS;
}

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

/* One worker's encoder, which goes on from chunk to chunk where they are neighbours. */
struct desk {
    struct encoders encoders;
    uint64_t block; /* that it is to be fed next */
};

static int encode_chunk(struct press *press, struct desk *desk, struct chunk *chunk)
{
    struct encoders *encoders = &desk->encoders;
    struct fv_error error;
    struct frame_sink sink = {.ctx = chunk, .frame = keep_frame};
    uint64_t first = encoders_first_block(press->codec, chunk->first_frame);
    int rc = 0;
    if (encoders->count == 0 || encoders->next[0] != chunk->first_frame) {
        rc = encoders_open(encoders, press->codec, &press->kbps, 1, chunk->first_frame,
                           &error);
        desk->block = first;
    }
    chunk->out.length = 0;
    chunk->is_whole = false;
    for (size_t i = desk->block - first; rc == 0 && i < chunk->blocks && !chunk->is_whole;
         i++) {
        rc = encoders_feed(encoders, block_at(chunk->pcm, i), &sink);
        desk->block++;
    }
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
    struct desk desk = {.block = 0};
    pthread_mutex_lock(&press->lock);
    for (;;) {
        while (press->taken == press->filled && !press->is_closing)
            pthread_cond_wait(&press->changed, &press->lock);
        if (press->taken == press->filled)
            break;
        struct chunk *chunk = &press->chunks[press->taken++ % press->chunk_count];
        chunk->state = CHUNK_BUSY;
        pthread_mutex_unlock(&press->lock);
        int rc = encode_chunk(press, &desk, chunk);
        pthread_mutex_lock(&press->lock);
        if (rc && press->rc == 0)
            press->rc = rc;
        chunk->state = CHUNK_DONE;
        write_done(press);
    }
    pthread_mutex_unlock(&press->lock);
    encoders_close(&desk.encoders);
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
        threads = processor_count();
    if (threads > WORKERS_MAX)
        threads = WORKERS_MAX;
    made->chunk_most = threads == 1 ? CHUNK_ALONE : CHUNK;
    made->chunk_count = (size_t)threads + 2;
    made->chunks = must_alloc(made->chunk_count * sizeof *made->chunks);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&made->workers[made->worker_count], NULL, work, made) == 0)
            made->worker_count++;
    *press = made;
    return made->worker_count ? 0 : -EAGAIN;
}

/* For so many blocks. */
static void make_room(struct press *press, size_t blocks)
{
    enum { STEP = 64 };
    if (blocks * FV_BLOCK <= press->pcm_room)
        return;
    press->pcm_room = (blocks + STEP) / STEP * STEP * FV_BLOCK;
    press->pcm =
        must_realloc(press->pcm, press->pcm_room * FV_CHANNELS * sizeof *press->pcm);
}

/* Hand the gathered blocks to the workers as one chunk that gives frames to before
 * `behind`, for the memory of a chunk that is done. */
static void hand_over(struct press *press, uint64_t behind)
{
    pthread_mutex_lock(&press->lock);
    struct chunk *chunk = &press->chunks[press->filled % press->chunk_count];
    while (chunk->state != CHUNK_FREE)
        pthread_cond_wait(&press->changed, &press->lock);
    pthread_mutex_unlock(&press->lock);
    uint64_t next_first = encoders_first_block(press->codec, behind);
    size_t blocks = press->pcm_used / FV_BLOCK,
           kept = (size_t)(press->blocks - next_first);
    struct chunk full = {.first_frame = press->next_frame,
                         .behind_frame = behind,
                         .blocks = blocks,
                         .room = press->pcm_room,
                         .pcm = press->pcm,
                         .out = chunk->out};
    press->pcm = chunk->pcm;
    press->pcm_room = chunk->room;
    press->pcm_used = 0;
    make_room(press, kept);
    memcpy(press->pcm, block_at(full.pcm, blocks - kept),
           kept * FV_BLOCK * FV_CHANNELS * sizeof *press->pcm);
    press->pcm_used = kept * FV_BLOCK;
    press->next_frame = behind;
    pthread_mutex_lock(&press->lock);
    *chunk = full;
    chunk->state = CHUNK_FULL;
    press->filled++;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
}

static void end_block(struct press *press)
{
    press->blocks++;
    if (press->blocks < press->next_goal + LAG_MAX)
        return;
    hand_over(press, press->next_goal);
    press->next_goal +=
        press->next_goal < press->chunk_most ? press->next_goal : press->chunk_most;
}

int press_feed(struct press *press, const float *pcm, int frames)
{
    press->fed += frames;
    while (frames > 0) {
        int room = FV_BLOCK - (int)(press->pcm_used % FV_BLOCK);
        int take = frames < room ? frames : room;
        make_room(press, press->pcm_used / FV_BLOCK + 1);
        memcpy(press->pcm + press->pcm_used * FV_CHANNELS, pcm,
               (size_t)take * FV_CHANNELS * sizeof *pcm);
        press->pcm_used += (size_t)take;
        pcm += take * FV_CHANNELS;
        frames -= take;
        if (take == room)
            end_block(press);
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
        press->rc = press->rc ? press->rc : errno ? -errno : -EIO;
    int rc = press->rc;
    for (size_t i = 0; i < press->chunk_count; i++) {
        free(press->chunks[i].pcm);
        bytes_release(&press->chunks[i].out);
    }
    free(press->chunks);
    free(press->pcm);
    generation_drop(press->codec);
    pthread_mutex_destroy(&press->lock);
    pthread_cond_destroy(&press->changed);
    free(press);
    return rc;
}
