/* space.c - see space.h. The reverb is a feedback delay network of eight lines with a
 * Hadamard matrix (Jot and Chaigne 1991), behind two allpasses that blur its attack.
 */
#include "space.h"

#include <errno.h>
#include <stdlib.h>

#include "dsp.h"

enum { LINES = 8, ALLPASSES = 2, CHANNELS = 2 };

/* A ring of samples. */
struct line {
    float *ring;
    int length, at;
};

static int line_init(struct line *line, int length)
{
    *line = (struct line){calloc((size_t)length, sizeof(float)), length, 0};
    return line->ring ? 0 : -ENOMEM;
}

static float line_read(const struct line *line)
{
    return line->ring[line->at];
}

static void line_write(struct line *line, float in)
{
    line->ring[line->at] = in;
    if (++line->at == line->length)
        line->at = 0;
}

int space_echo(float *bus, float *reverb, int64_t frames, int64_t delay)
{
    struct line side[CHANNELS];
    struct svf dark[CHANNELS] = {0}, thin[CHANNELS] = {0};
    int status = 0;
    for (int c = 0; c < CHANNELS; c++) {
        status |= line_init(&side[c], (int)delay);
        svf_tune(&dark[c], 3200.0f, 0.0f);
        svf_tune(&thin[c], 300.0f, 0.0f);
    }
    for (int64_t i = 0; status == 0 && i < frames; i++) {
        float heard[CHANNELS] = {line_read(&side[0]), line_read(&side[1])};
        float sent = 0.5f * (bus[2 * i] + bus[2 * i + 1]);
        float back[CHANNELS] = {sent + 0.55f * heard[1], 0.55f * heard[0]};
        for (int c = 0; c < CHANNELS; c++) {
            float darker = svf_run(&dark[c], back[c]).low;
            line_write(&side[c], svf_run(&thin[c], darker).high);
            bus[2 * i + c] = heard[c];
            reverb[2 * i + c] += 0.25f * heard[c];
        }
    }
    free(side[0].ring);
    free(side[1].ring);
    return status ? -ENOMEM : 0;
}

struct network {
    struct line blur[CHANNELS][ALLPASSES];
    struct line line[LINES];
    struct svf damp[LINES], low_cut[CHANNELS];
    float feedback[LINES];
};

static void network_release(struct network *n)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int a = 0; a < ALLPASSES; a++)
            free(n->blur[c][a].ring);
    for (int l = 0; l < LINES; l++)
        free(n->line[l].ring);
}

static int network_init(struct network *n, float seconds)
{
    static const int lengths[LINES] = {1447, 1663, 1901, 2153, 2399, 2677, 2917, 3251};
    static const int blurs[ALLPASSES] = {347, 113};
    *n = (struct network){0};
    int status = 0;
    for (int c = 0; c < CHANNELS; c++) {
        svf_tune(&n->low_cut[c], 220.0f, 0.0f);
        for (int a = 0; a < ALLPASSES; a++)
            status |= line_init(&n->blur[c][a], blurs[a] + 31 * c);
    }
    for (int l = 0; l < LINES; l++) {
        status |= line_init(&n->line[l], lengths[l]);
        svf_tune(&n->damp[l], 5200.0f, 0.0f);
        n->feedback[l] = powf(10.0f, -3.0f * (float)lengths[l] / RATE / seconds);
    }
    return status ? -ENOMEM : 0;
}

static float blur(struct line *line, float in)
{
    float late = line_read(line);
    float mid = in - 0.6f * late;
    line_write(line, mid);
    return late + 0.6f * mid;
}

/* The Hadamard matrix of order 8, in three rounds of sums and differences. */
static void spread(float v[LINES])
{
    for (int half = 1; half < LINES; half *= 2) {
        for (int i = 0; i < LINES; i++) {
            if (i & half)
                continue;
            float a = v[i], b = v[i + half];
            v[i] = a + b;
            v[i + half] = a - b;
        }
    }
}

static void network_run(struct network *n, float frame[CHANNELS])
{
    float in[CHANNELS], v[LINES], out[CHANNELS] = {0};
    for (int c = 0; c < CHANNELS; c++) {
        in[c] = svf_run(&n->low_cut[c], frame[c]).high;
        for (int a = 0; a < ALLPASSES; a++)
            in[c] = blur(&n->blur[c][a], in[c]);
    }
    for (int l = 0; l < LINES; l++) {
        v[l] = svf_run(&n->damp[l], line_read(&n->line[l])).low;
        out[l & 1] += v[l] * (l & 2 ? -1.0f : 1.0f);
    }
    spread(v);
    for (int l = 0; l < LINES; l++)
        line_write(&n->line[l], in[l & 1] + v[l] * 0.35355339f * n->feedback[l]);
    frame[0] = 0.35f * out[0];
    frame[1] = 0.35f * out[1];
}

int space_reverb(float *bus, int64_t frames, float seconds)
{
    struct network network;
    int status = network_init(&network, seconds);
    for (int64_t i = 0; status == 0 && i < frames; i++)
        network_run(&network, bus + 2 * i);
    network_release(&network);
    return status;
}
