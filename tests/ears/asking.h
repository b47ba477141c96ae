/* asking.h - the trackers of the benches, and what is kept of an answer. */
#ifndef ASKING_H
#define ASKING_H

#include "audio_file.h"
#include "judge.h"

#define KEPT 8192 /* times of each kind */

struct kept {
    struct answer answer; /* its lists are these */
    double beats[KEPT], downbeats[KEPT], phrases[KEPT], sections[KEPT];
};

enum tracker { EARS, AUBIO, SOUNDTOUCH, TRACKERS };

extern const char *const tracker_name[TRACKERS];

/* Ask a tracker; ends the program if it can't. cpu_s of the answer is the caller's. */
void ask(enum tracker tracker, struct audio_file *file, struct kept *out);

#endif
