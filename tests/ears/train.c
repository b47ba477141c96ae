/* train.c - teach the meter network: `train LESSONS NET.h [EPOCHS [CHECK]]`.
 *
 * Lessons come from songs that the project makes (lessons.c). Cross-entropy of the
 * softmax over all readings of a piece: the chance of the right beats, and among those of
 * the right one. Adam, a fixed seed. CHECK holds lessons of other songs, to look on only.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"

#define HIDDEN 128
#define SEED 20130206u
#define BATCH 16
#define DECAY 2e-4f
#define NOISE 0.35 /* on all inputs but the tempo's: other music differs more */
#define DEAF 100   /* of a thousand rows are not heard, for the same reason */

struct net {
    float in[HIDDEN][METER_INPUTS + 1];
    float out[HIDDEN];
};

#define WEIGHTS (sizeof(struct net) / sizeof(float))

struct reading {
    float x[METER_INPUTS + 1];
    float h[HIDDEN];
    float score;
    int beat_right, one_right;
};

static float forward(const struct net *net, struct reading *r)
{
    r->score = 0.0f;
    for (int h = 0; h < HIDDEN; h++) {
        float sum = 0.0f;
        for (int i = 0; i <= METER_INPUTS; i++)
            sum += net->in[h][i] * r->x[i];
        r->h[h] = tanhf(sum);
        r->score += net->out[h] * r->h[h];
    }
    return r->score;
}

static void backward(const struct net *net, const struct reading *r, float slope,
                     struct net *grad)
{
    for (int h = 0; h < HIDDEN; h++) {
        grad->out[h] += slope * r->h[h];
        float in = slope * net->out[h] * (1.0f - r->h[h] * r->h[h]);
        for (int i = 0; i <= METER_INPUTS; i++)
            grad->in[h][i] += in * r->x[i];
    }
}

static unsigned draw_deaf(struct dice *dice)
{
    unsigned deaf = 0;
    for (int row = 0; row < METER_ROWS; row++)
        deaf |= (unsigned)(dice_below(dice, 1000) < DEAF) << row;
    return deaf;
}

static void make_harder(float x[METER_INPUTS], unsigned deaf, struct dice *dice)
{
    for (int i = 0; i < METER_INPUTS - METER_TEMPI; i++)
        x[i] += (float)(NOISE * dice_normal(dice));
    for (int i = 0; i < METER_OF_ROWS; i++)
        if (deaf >> i % METER_ROWS & 1)
            x[i] = 0.0f;
}

/* All readings of a lesson. returns how many; *known: some beats, *known_one: a one */
static int read_lesson(const struct lesson *lesson, struct reading *r, struct dice *dice,
                       int *known, int *known_one)
{
    int count = 0;
    unsigned deaf = dice ? draw_deaf(dice) : 0;
    *known = *known_one = 0;
    for (int f = 0; f < lesson->folds; f++)
        for (int p = 0; p < METER_STEPS; p++, count++) {
            meter_inputs(&lesson->fold[f], p, r[count].x);
            r[count].x[METER_INPUTS] = 1.0f;
            if (dice)
                make_harder(r[count].x, deaf, dice);
            r[count].beat_right = lesson->beat[f] >= 0 && p % 4 == lesson->beat[f];
            r[count].one_right = lesson->one[f] == p;
            *known |= r[count].beat_right;
            *known_one |= r[count].one_right;
        }
    return count;
}

struct tally {
    double loss;
    int beats, beats_right, ones, ones_right;
};

/* Loss of one lesson; adds its slopes to `grad` when there is one. */
static void study(const struct net *net, const struct lesson *lesson, struct dice *dice,
                  struct net *grad, struct tally *tally)
{
    static struct reading r[METER_READINGS * METER_STEPS];
    int known, known_one, best = 0, best_one = -1;
    int count = read_lesson(lesson, r, dice, &known, &known_one);
    double top = -1e9, sum = 0, right = 0, one = 0;
    if (!known)
        return;
    for (int k = 0; k < count; k++)
        if (forward(net, &r[k]) > (float)top)
            top = (double)r[best = k].score;
    for (int k = 0; k < count; k++) {
        double chance = exp((double)r[k].score - top);
        sum += chance;
        right += r[k].beat_right ? chance : 0.0;
        one += r[k].one_right ? chance : 0.0;
        if (r[k].beat_right && (best_one < 0 || r[k].score > r[best_one].score))
            best_one = k;
    }
    tally->loss -= log(right / sum + 1e-9) + (known_one ? log(one / right + 1e-9) : 0.0);
    tally->beats++;
    tally->beats_right += r[best].beat_right;
    tally->ones += known_one;
    tally->ones_right += known_one && r[best_one].one_right;
    for (int k = 0; grad && k < count; k++) {
        double chance = exp((double)r[k].score - top), slope = chance / sum;
        double in_right = r[k].beat_right ? chance / right : 0.0;
        slope -= known_one ? (r[k].one_right ? chance / one : 0.0) : in_right;
        backward(net, &r[k], (float)slope, grad);
    }
}

struct adam {
    struct net mean, square;
    int step;
};

static void descend(struct net *net, struct net *grad, struct adam *adam, float rate)
{
    float *w = (float *)net, *g = (float *)grad;
    float *m = (float *)&adam->mean, *v = (float *)&adam->square;
    adam->step++;
    float fix1 = 1.0f - powf(0.9f, (float)adam->step);
    float fix2 = 1.0f - powf(0.999f, (float)adam->step);
    for (size_t i = 0; i < WEIGHTS; i++) {
        float slope = g[i] / BATCH + DECAY * w[i];
        m[i] += 0.1f * (slope - m[i]);
        v[i] += 0.001f * (slope * slope - v[i]);
        w[i] -= rate * (m[i] / fix1) / (sqrtf(v[i] / fix2) + 1e-8f);
    }
    memset(grad, 0, sizeof *grad);
}

static void write_net(const struct net *net, const char *path)
{
    FILE *to = fopen(path, "w");
    if (!to) {
        perror(path);
        exit(1);
    }
    fprintf(to,
            "/* meter_net.h - weights of the meter network, written by tests/ears/train.c"
            " (make ears-net).\n */\n#ifndef METER_NET_H\n#define METER_NET_H\n\n"
            "#include \"meter.h\"\n\n#define METER_HIDDEN %d\n\n"
            "/* of each hidden unit: its inputs, then its bias */\n"
            "static const float meter_net_in[METER_HIDDEN][METER_INPUTS + 1] = {\n",
            HIDDEN);
    for (int h = 0; h < HIDDEN; h++) {
        fprintf(to, "    {");
        for (int i = 0; i <= METER_INPUTS; i++)
            fprintf(to, "%.3ff%s", (double)net->in[h][i],
                    i == METER_INPUTS ? "},\n"
                    : i % 9 == 8      ? ",\n     "
                                      : ", ");
    }
    fprintf(to, "};\n\nstatic const float meter_net_out[METER_HIDDEN] = {\n    ");
    for (int h = 0; h < HIDDEN; h++)
        fprintf(to, "%.3ff%s", (double)net->out[h],
                h == HIDDEN - 1 ? "};\n"
                : h % 9 == 8    ? ",\n    "
                                : ", ");
    fprintf(to, "\n#endif\n");
    fclose(to);
}

static struct lesson *load(const char *path, long *count)
{
    FILE *from = fopen(path, "rb");
    if (!from || fseek(from, 0, SEEK_END)) {
        perror(path);
        exit(1);
    }
    *count = ftell(from) / (long)sizeof(struct lesson);
    rewind(from);
    struct lesson *all = malloc((size_t)*count * sizeof *all);
    if (!all || fread(all, sizeof *all, (size_t)*count, from) != (size_t)*count)
        exit(1);
    fclose(from);
    return all;
}

int main(int argc, char **argv)
{
    long count, checks = 0;
    struct dice dice = {SEED};
    static struct net net, grad;
    static struct adam adam;
    if (argc < 3) {
        fprintf(stderr, "usage: train LESSONS NET.h [EPOCHS [CHECK]]\n");
        return 2;
    }
    struct lesson *all = load(argv[1], &count);
    struct lesson *check = argc > 4 ? load(argv[4], &checks) : NULL;
    int epochs = argc > 3 ? atoi(argv[3]) : 20;
    for (int h = 0; h < HIDDEN; h++) {
        for (int i = 0; i < METER_INPUTS; i++)
            net.in[h][i] = (float)(dice_normal(&dice) * 0.1);
        net.out[h] = (float)(dice_normal(&dice) * 0.3);
    }
    for (int epoch = 0; epoch < epochs; epoch++) {
        struct tally taught = {0}, seen = {0};
        float rate = 3e-3f * (float)pow(0.02, (double)epoch / epochs);
        for (long k = 0; k < count; k++) {
            study(&net, &all[dice_below(&dice, (int)count)], &dice, &grad, &taught);
            if (taught.beats % BATCH == 0)
                descend(&net, &grad, &adam, rate);
        }
        for (long i = 0; i < checks; i++)
            if (check[i].is_whole)
                study(&net, &check[i], NULL, NULL, &seen);
        printf("epoch %2d  loss %.3f", epoch, taught.loss / taught.beats);
        if (seen.beats > 0)
            printf("  others: loss %.3f beats %.3f ones %.3f (%d)",
                   seen.loss / seen.beats, (double)seen.beats_right / seen.beats,
                   (double)seen.ones_right / seen.ones, seen.beats);
        printf("\n");
        fflush(stdout);
    }
    write_net(&net, argv[2]);
    free(all);
    free(check);
    return 0;
}
