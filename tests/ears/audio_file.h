/* audio_file.h - a whole audio file in memory, 44.1 kHz stereo, for the benches. */
#ifndef AUDIO_FILE_H
#define AUDIO_FILE_H

#include <forever/audio.h>

struct audio_file {
    float *samples; /* interleaved */
    int64_t frames;
};

/* Read .mp3 by libmpg123 (gapless), anything else by libsndfile.
 * returns  0; -EINVAL: not audio, or not at 44.1 kHz in one or two channels; -ENOMEM */
int audio_file_read(const char *path, struct audio_file *out);
void audio_file_release(struct audio_file *file);

/* Lend it as a track's PCM; kept while `pcm` is used. */
void audio_file_lend(struct audio_file *file, struct fv_pcm *pcm);

#endif
