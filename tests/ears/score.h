/* score.h - how right an analysis is, by the field's standard definitions.
 *
 * Beats and continuity as mir_eval has them (Raffel et al., ISMIR 2014; after Davies,
 * Degara and Plumbley 2009): what lies before 5 s is not counted. All lists are in
 * seconds, ascending.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stddef.h>

struct times {
    const double *at;
    size_t count;
};

#define SCORE_FROM_S 5.0
#define SCORE_BEAT_S 0.07

/* The part of a list at or after `from`. */
struct times score_trim(struct times list, double from);

/* F-measure: each event may match one within +-window. Two empty lists give 0. */
double score_f(struct times truth, struct times found, double window);

struct continuity {
    double cml_longest, cml, aml_longest, aml; /* CMLc, CMLt, AMLc, AMLt */
};

struct continuity score_continuity(struct times truth, struct times found);

/* The best F when the double, the half (either) and the off-beat are forgiven too. */
double score_f_forgiving(struct times truth, struct times found);

/* Within 4 %: of the tempo, or also of its double, half, triple and third. */
int score_tempo(double truth, double found);
int score_tempo_forgiving(double truth, double found);

/* MIREX: 1 same; 0.5 a fifth above; 0.3 relative; 0.2 parallel. Keys as in fv_analysis.
 */
double score_key(int truth, int found);

/* Of beats that match: the median distance after the median offset is taken off.
 * bias     filled: that offset, found less truth
 * returns  seconds; -1 when fewer than 8 match
 */
double score_precision(struct times truth, struct times found, double *bias);

#endif
