/* render.h - a segment's sound: parts by their warps, gains and fades, summed, limited.
 *
 * The functions are those of struct fv_mixer_methods.
 */
#ifndef MIXER_RENDER_H
#define MIXER_RENDER_H

#include <forever/mixer.h>

int render_open(const struct fv_segment *segment, const struct fv_pcm *const *pcm,
                int64_t offset, struct fv_render **render);
int render_run(struct fv_render *render, float *out, int frames);
void render_close(struct fv_render *render);

#endif
