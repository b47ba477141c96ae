/* form.h - sections with labels and energies, and where a mix may begin or end. */
#ifndef FORM_H
#define FORM_H

#include <forever/track.h>

#include "phrases.h"

#define FORM_CUES 8

struct form {
    struct fv_section *section;
    uint32_t section_count;
    struct fv_cue mix_in[FORM_CUES], mix_out[FORM_CUES]; /* best first */
    uint32_t mix_in_count, mix_out_count;
    float energy, danceability; /* 0..1 of the whole track */
};

struct form_ears {
    const struct phrases *phrases;
    const double *beats;
    const struct fv_beat *features; /* one each beat */
    size_t beat_count;
    double start, end; /* of what is not silence */
    double lufs, bpm;
    float beat_chance; /* how sure the beat is */
};

/* out      filled; form_release frees it; of an error too
 * returns  0 or -ENOMEM */
int form_init(struct form *out, const struct form_ears *ears);
void form_release(struct form *form);

#endif
