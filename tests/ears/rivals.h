/* rivals.h - the trackers that Debian ships, asked the same questions. */
#ifndef RIVALS_H
#define RIVALS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Beats in seconds and a tempo.
 * beats    given: free()
 * returns  number of beats
 */
int rival_aubio(const float *stereo, long frames, double **beats, double *bpm);
int rival_soundtouch(const float *stereo, long frames, double **beats, double *bpm);

#ifdef __cplusplus
}
#endif
#endif
