/* judge.h - one tracker's answers on one song, scored, and a tally over many songs. */
#ifndef JUDGE_H
#define JUDGE_H

#include "score.h"
#include "song.h"

struct answer {
    struct times beats, downbeats, phrases, sections; /* empty: not given */
    double bpm;
    int key;              /* -1: not given */
    double confidence[5]; /* tempo, beat, bar, phrase, key */
    double cpu_s;
};

enum figure {
    BEAT_F,
    BEAT_FORGIVING,
    CMLT,
    AMLT,
    ACC1,
    ACC2,
    DOWNBEAT_F,
    PHRASE_F,
    SECTION_F,
    KEY,
    FIGURES
};

#define JUDGE_CLAIMS 5 /* confidences, in the order of struct answer */
#define JUDGE_BINS 6   /* of confidence: below .5 .7 .8 .9 .95 and up to 1 */

struct tally {
    int songs, steady, steady_right;
    double sum[FIGURES];
    double *error_s, *bias_s; /* of each song whose beats are right */
    int precise, room;
    double cpu_s, audio_s;
    int claims[JUDGE_CLAIMS][JUDGE_BINS], right[JUDGE_CLAIMS][JUDGE_BINS];
    double claimed[JUDGE_CLAIMS][JUDGE_BINS];
    int beatless, beatless_told; /* pieces without a beat; tempo_confidence below 0.5 */
};

/* Score an answer; `f` is filled with 0 for a piece without a beat. */
void judge(struct tally *tally, const struct song *song, const struct answer *answer,
           double f[FIGURES]);
void judge_print_head(void);
void judge_print(const char *name, struct tally *tally);
void judge_print_claims(const struct tally *tally);
void judge_release(struct tally *tally);

#endif
