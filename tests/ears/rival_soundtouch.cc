// rival_soundtouch.cc - SoundTouch's BPMDetect, its beats as it reports them.
#include <cstdlib>
#include <soundtouch/BPMDetect.h>
#include <vector>

#include "rivals.h"

extern "C" int rival_soundtouch(const float *stereo, long frames, double **beats,
                                double *bpm)
{
    soundtouch::BPMDetect detect(2, 44100);
    for (long at = 0; at < frames; at += 4096)
        detect.inputSamples(stereo + 2 * at,
                            static_cast<int>(frames - at < 4096 ? frames - at : 4096));
    *bpm = static_cast<double>(detect.getBpm());
    int count = detect.getBeats(nullptr, nullptr, 0);
    std::vector<float> at(static_cast<size_t>(count) + 1), strength(at.size());
    count = detect.getBeats(at.data(), strength.data(), count);
    *beats = static_cast<double *>(std::malloc(at.size() * sizeof(double)));
    if (!*beats)
        std::abort();
    for (int i = 0; i < count; i++)
        (*beats)[i] = static_cast<double>(at[static_cast<size_t>(i)]);
    return count;
}
