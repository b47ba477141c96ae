/* print.h - the acoustic fingerprint of a track's first two minutes (chromaprint). */
#ifndef PRINT_H
#define PRINT_H

#include <chromaprint.h>
#include <stdint.h>

struct print {
    ChromaprintContext *context;
    int64_t left; /* frames still to be heard */
};

int print_init(struct print *print);
void print_release(struct print *print);

/* Take up to 8192 stereo frames at 44100 Hz. returns 0 or -ENOMEM */
int print_feed(struct print *print, const float *stereo, int frames);

/* out      given: chromaprint_dealloc frees it; NULL when too little was heard
 * returns  number of words */
uint32_t print_find(struct print *print, uint32_t **out);

#endif
