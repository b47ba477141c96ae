/* beat_stretch.h - a beat by itself, longer or shorter, by SoundTouch. */
#ifndef BEAT_STRETCH_H
#define BEAT_STRETCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* Stereo frames in and out; what SoundTouch does not give at the end stays silent. */
void beat_stretch(const float *in, int in_frames, float *out, int out_frames);

#ifdef __cplusplus
}
#endif
#endif
