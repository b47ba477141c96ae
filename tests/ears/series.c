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

struct class
{
    void (*hear)(void *ctx, int place, int style, uint64_t seed);
    void *ctx;
    int songs;
    atomic_int next;
};

static void *listen(void *arg)
{
    struct class *class = arg;
    for (int place = atomic_fetch_add(&class->next, 1); place < SERIES * class->songs;
         place = atomic_fetch_add(&class->next, 1)) {
        int series = place / class->songs, song = place % class->songs;
        class->hear(class->ctx, place,
                    song % style_count + (series == BLENDED ? style_count : 0),
                    first_seed[series] + (uint64_t)song);
    }
    return NULL;
}

void series_hear(int songs, void (*hear)(void *ctx, int place, int style, uint64_t seed),
                 void *ctx)
{
    struct class class = {.hear = hear, .ctx = ctx, .songs = songs};
    pthread_t thread[THREADS];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = processors < THREADS ? (int)processors : THREADS;
    for (int t = 0; t < threads; t++)
        if (pthread_create(&thread[t], NULL, listen, &class))
            abort();
    for (int t = 0; t < threads; t++)
        pthread_join(thread[t], NULL);
}
