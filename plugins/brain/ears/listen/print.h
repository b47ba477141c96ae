/* print.h - the acoustic fingerprint of a track's first two minutes (chromaprint). */
#ifndef PRINT_H
#define PRINT_H

#include <chromaprint.h>
#include <stdint.h>

struct print {
    ChromaprintContext *context;
    int64_t left; /* samples still to be heard */
};

int print_init(struct print *print);
void print_release(struct print *print);

/* Take up to 8192 samples at 11025 Hz, the rate that the library works at: it would
 * spend more on resampling than on all else. returns 0 or -ENOMEM */
int print_feed(struct print *print, const float *in, int count);

/* out      given: chromaprint_dealloc frees it; NULL when too little was heard
 * returns  number of words */
uint32_t print_find(struct print *print, uint32_t **out);

#endif
