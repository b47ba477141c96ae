/* stretchers.cc - `bench-stretch`: kicks and sines stretched by ours, by SoundTouch and
 * by Rubber Band: what is left of attacks, beats and tones, and what it costs. */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include <rubberband/RubberBandStretcher.h>
#include <soundtouch/SoundTouch.h>

extern "C" {
#include "voice.h"
}

namespace
{

constexpr double rate = 0.96, beat = 20672;
constexpr int beats = 40, lead = 3000;
constexpr int64_t length = static_cast<int64_t>(beats * beat);
using sound = std::vector<float>;

sound silence()
{
    return sound(static_cast<size_t>(2 * (length + 20000)));
}

void add(sound &to, int64_t at, double value)
{
    if (at >= 0 && 2 * at + 1 < static_cast<int64_t>(to.size())) {
        to[static_cast<size_t>(2 * at)] += static_cast<float>(value);
        to[static_cast<size_t>(2 * at + 1)] += static_cast<float>(value);
    }
}

sound kicks()
{
    sound to = silence();
    for (int b = 0; b < beats; b++) {
        double phase = 0;
        for (int i = 0; i < 9000; i++) {
            double t = i / 44100.0;
            phase += 2 * M_PI * (48 + 160 * std::exp(-t * 40)) / 44100;
            add(to, static_cast<int64_t>(lead + b * beat * rate) + i,
                0.7 * std::exp(-t * 22) * std::cos(phase) * std::min(1.0, i / 40.0));
        }
    }
    return to;
}

sound sine(double hz)
{
    sound to = silence();
    for (int64_t i = 0; 2 * i < static_cast<int64_t>(to.size()); i++)
        add(to, i, 0.5 * std::sin(2 * M_PI * hz * static_cast<double>(i) / 44100));
    return to;
}

/* ---- the stretchers -------------------------------------------------------------------
 */

int read_sound(void *ctx, int64_t pos, float *out, int frames)
{
    const sound &from = *static_cast<const sound *>(ctx);
    for (int i = 0; i < 2 * frames; i++) {
        int64_t at = 2 * pos + i;
        bool is_in = at >= 0 && at < static_cast<int64_t>(from.size());
        out[i] = is_in ? from[static_cast<size_t>(at)] : 0;
    }
    return frames;
}

sound by_joins(const sound &in)
{
    fv_pcm pcm = {};
    pcm.ctx = const_cast<sound *>(&in);
    pcm.length = static_cast<int64_t>(in.size() / 2);
    pcm.read = read_sound;
    std::vector<fv_warp> warp;
    for (int i = 0; i <= beats; i++)
        warp.push_back({i * beat, lead + i * beat * rate});
    fv_part part = {};
    part.warp = warp.data();
    part.warp_count = static_cast<uint32_t>(warp.size());
    fv_segment segment = {};
    segment.length = length;
    segment.parts = &part;
    segment.part_count = 1;
    sound out(static_cast<size_t>(2 * length));
    voice reading;
    voice_open(&reading, &segment, 0, &pcm, 0);
    for (int64_t at = 0; at < length; at += VOICE_FRAMES)
        voice_read(&reading, &out[static_cast<size_t>(2 * at)],
                   static_cast<int>(std::min<int64_t>(VOICE_FRAMES, length - at)));
    return out;
}

sound by_soundtouch(const sound &in, int sequence, int seek, int overlap)
{
    soundtouch::SoundTouch stretch;
    stretch.setSampleRate(44100);
    stretch.setChannels(2);
    stretch.setTempo(rate);
    if (sequence > 0) {
        stretch.setSetting(SETTING_SEQUENCE_MS, sequence);
        stretch.setSetting(SETTING_SEEKWINDOW_MS, seek);
        stretch.setSetting(SETTING_OVERLAP_MS, overlap);
    }
    sound out(static_cast<size_t>(2 * length));
    size_t done = 0, at = 2 * static_cast<size_t>(lead);
    while (done < out.size() && at + 2304 <= in.size()) {
        stretch.putSamples(&in[at], 1152);
        at += 2304;
        done += 2 * stretch.receiveSamples(
                        &out[done], static_cast<unsigned>((out.size() - done) / 2));
    }
    return out;
}

sound by_rubberband(const sound &in, RubberBand::RubberBandStretcher::Options options)
{
    using stretcher = RubberBand::RubberBandStretcher;
    stretcher stretch(44100, 2, options | stretcher::OptionProcessRealTime, 1 / rate, 1);
    std::vector<float> left(1152), right(1152);
    float *planes[2] = {left.data(), right.data()};
    sound out;
    size_t at = 2 * static_cast<size_t>(lead);
    while (out.size() < static_cast<size_t>(2 * length) && at + 2304 <= in.size()) {
        for (size_t i = 0; i < 1152; i++) {
            left[i] = in[at + 2 * i];
            right[i] = in[at + 2 * i + 1];
        }
        at += 2304;
        stretch.process(planes, 1152, false);
        while (stretch.available() > 0) {
            size_t got = stretch.retrieve(
                planes, std::min<size_t>(1152, static_cast<size_t>(stretch.available())));
            for (size_t i = 0; i < got; i++) {
                out.push_back(left[i]);
                out.push_back(right[i]);
            }
        }
    }
    out.resize(static_cast<size_t>(2 * length));
    return out;
}

/* ---- what is left ---------------------------------------------------------------------
 */

/* Where a kick begins to rise after `from`, and for how long it does. */
double find_rise(const sound &in, int64_t from, double *rise)
{
    float most = 0;
    double low = -1;
    for (int64_t i = from; i < from + 12000 && 2 * i < static_cast<int64_t>(in.size());
         i++)
        most = std::max(most, std::fabs(in[static_cast<size_t>(2 * i)]));
    for (int64_t i = from; i < from + 12000 && 2 * i < static_cast<int64_t>(in.size());
         i++) {
        float x = std::fabs(in[static_cast<size_t>(2 * i)]);
        if (low < 0 && x > 0.1f * most)
            low = static_cast<double>(i);
        if (x > 0.9f * most) {
            *rise = static_cast<double>(i) - low;
            break;
        }
    }
    return low;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double snr(const sound &in, int64_t from, int count, double hz)
{
    double cc = 0, cs = 0, ss = 0, cx = 0, sx = 0, all = 0;
    for (int i = 0; i < count; i++) {
        double x = in[static_cast<size_t>(2 * (from + i))];
        double c = std::cos(2 * M_PI * hz * i / 44100);
        double s = std::sin(2 * M_PI * hz * i / 44100);
        cc += c * c, cs += c * s, ss += s * s, cx += c * x, sx += s * x, all += x * x;
    }
    double det = cc * ss - cs * cs;
    double tone = ((cx * ss - sx * cs) * cx + (sx * cc - cx * cs) * sx) / det;
    return 10 * std::log10(tone / std::max(all - tone, 1e-12));
}

void measure(const char *name, const std::function<sound(const sound &)> &stretch)
{
    sound in = kicks();
    timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    sound out = stretch(in);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    double cpu = static_cast<double>(b.tv_sec - a.tv_sec) +
                 1e-9 * static_cast<double>(b.tv_nsec - a.tv_nsec);
    double was, most = 0, rises = 0;
    std::vector<double> at, off;
    find_rise(in, lead + static_cast<int64_t>(4 * beat * rate) - 3000, &was);
    for (int i = 3; i < beats - 6; i++) {
        double rise = 0;
        at.push_back(find_rise(out, static_cast<int64_t>(i * beat) - 3000, &rise) -
                     i * beat);
        rises = std::max(rises, rise / was);
    }
    double middle = median(at); /* the latency */
    for (double each : at)
        off.push_back(std::fabs(each - middle) / 44.1);
    for (double each : off)
        most = std::max(most, each);
    printf("%-24s%8.2f%8.2f%8.2f", name, median(off), most, rises);
    for (double hz : {55.0, 220.0, 997.0, 3001.0}) {
        sound tone = stretch(sine(hz));
        double left = 0;
        int windows = 0;
        for (int64_t from = 44100; from + 8820 < length - 200000; from += 4410)
            left += std::pow(10, -snr(tone, from, 4410, hz) / 10), windows++;
        printf("%8.1f", -10 * std::log10(left / windows));
    }
    printf("%9.2f\n", 1000 * cpu / (static_cast<double>(length) / 44100));
}

} // namespace

int main()
{
    using stretcher = RubberBand::RubberBandStretcher;
    printf("kicks and sines at %.0f %% of their tempo\n%-24s%8s%8s%8s%32s%9s\n",
           100 * rate, "", "off ms", "most", "rise", "SNR dB: 55, 220, 997, 3001 Hz",
           "CPU ms/s");
    measure("joins (ours)", by_joins);
    measure("SoundTouch", [](const sound &in) { return by_soundtouch(in, 0, 0, 0); });
    measure("SoundTouch 40/15/8",
            [](const sound &in) { return by_soundtouch(in, 40, 15, 8); });
    measure("Rubber Band R3", [](const sound &in) {
        return by_rubberband(in, stretcher::OptionEngineFiner);
    });
    return 0;
}
