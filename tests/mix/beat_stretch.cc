/* beat_stretch.cc - see beat_stretch.h. */
#include "beat_stretch.h"

#include <soundtouch/SoundTouch.h>

void beat_stretch(const float *in, int in_frames, float *out, int out_frames)
{
    soundtouch::SoundTouch stretch;
    stretch.setSampleRate(44100);
    stretch.setChannels(2);
    stretch.setTempo(static_cast<double>(in_frames) / out_frames);
    stretch.putSamples(in, static_cast<unsigned>(in_frames));
    stretch.flush();
    int done = 0;
    while (done < out_frames) {
        unsigned got = stretch.receiveSamples(out + 2 * done,
                                              static_cast<unsigned>(out_frames - done));
        if (got == 0)
            break;
        done += static_cast<int>(got);
    }
}
