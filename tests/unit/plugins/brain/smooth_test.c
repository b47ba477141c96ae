/* smooth_test.c - the curve is the one that it says it is. */
#include "smooth.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#define POINTS 12
#define STIFF 7.0

static const double point[POINTS] = {0, 2, 1, 5, 3, 8, 2, 9, 9, 7, 20, 11};
static const double weight[POINTS] = {1, 1, 0, 2, 0.5, 1, 0, 0, 1, 3, 0.1, 1};

/* What is to be least. */
static double cost_of(const double *curve)
{
    double sum = 0.0;
    for (int i = 0; i < POINTS; i++)
        sum += weight[i] * (curve[i] - point[i]) * (curve[i] - point[i]);
    for (int i = 2; i < POINTS; i++) {
        double bend = curve[i] - 2.0 * curve[i - 1] + curve[i - 2];
        sum += STIFF * bend * bend;
    }
    return sum;
}

static void test_no_curve_beside_it_costs_less(void **state)
{
    double curve[POINTS], room[3 * POINTS];
    (void)state;
    for (int i = 0; i < POINTS; i++)
        curve[i] = point[i];
    smooth(curve, weight, POINTS, STIFF, room);
    double least = cost_of(curve);
    for (int i = 0; i < POINTS; i++)
        for (int side = -1; side <= 1; side += 2) {
            curve[i] += side * 1e-4;
            if (cost_of(curve) <= least)
                fail_msg("point %d is not at its best", i);
            curve[i] -= side * 1e-4;
        }
}

static void test_points_of_a_line_stay(void **state)
{
    double curve[POINTS], room[3 * POINTS];
    (void)state;
    for (int i = 0; i < POINTS; i++)
        curve[i] = weight[i] > 0.0 ? 3.0 + 0.5 * i : 100.0;
    smooth(curve, weight, POINTS, 1e4, room);
    for (int i = 0; i < POINTS; i++)
        assert_true(fabs(curve[i] - (3.0 + 0.5 * i)) < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_curve_beside_it_costs_less),
        cmocka_unit_test(test_points_of_a_line_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
