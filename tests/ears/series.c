/* series.c - a counter that all threads draw their next song from. */
#include "series.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "styles.h"

#define THREADS 64
#define BLENDED (SERIES - 1)

static const uint64_t first_seed[SERIES] = {710000, 720018, 730000};

struct pool {
    void (*hear)(void *ctx, int place);
    void *ctx;
    int count;
    atomic_int next;
};

static void *work(void *arg)
{
    struct pool *pool = arg;
    for (int place = atomic_fetch_add(&pool->next, 1); place < pool->count;
         place = atomic_fetch_add(&pool->next, 1))
        pool->hear(pool->ctx, place);
    return NULL;
}

void series_each(int count, void (*hear)(void *ctx, int place), void *ctx)
{
    struct pool pool = {.hear = hear, .ctx = ctx, .count = count};
    pthread_t thread[THREADS];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = processors < THREADS ? (int)processors : THREADS;
    for (int t = 0; t < threads; t++)
        if (pthread_create(&thread[t], NULL, work, &pool))
            abort();
    for (int t = 0; t < threads; t++)
        pthread_join(thread[t], NULL);
}

struct class
{
    void (*hear)(void *ctx, int place, int style, uint64_t seed);
    void *ctx;
    int songs;
};

static void hear_song(void *arg, int place)
{
    struct class *class = arg;
    int series = place / class->songs, song = place % class->songs;
    class->hear(class->ctx, place,
                song % style_count + (series == BLENDED ? style_count : 0),
                first_seed[series] + (uint64_t)song);
}

void series_hear(int songs, void (*hear)(void *ctx, int place, int style, uint64_t seed),
                 void *ctx)
{
    series_each(SERIES * songs, hear_song, &(struct class){hear, ctx, songs});
}
