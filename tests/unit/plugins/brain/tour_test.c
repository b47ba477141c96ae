/* tour_test.c - the solver against brute force, Held and Karp and the original's way. */
#include "tour.c"

#include "climb.h"
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int64_t around(const struct terrain *terrain, const uint32_t *tour)
{
    return terrain_length(terrain, tour);
}

/* The shortest of all orders of tour[at...]. */
static int64_t brute(const struct terrain *terrain, uint32_t *tour, uint32_t at)
{
    int64_t best = INT64_MAX;
    if (at == terrain->count)
        return around(terrain, tour);
    for (uint32_t i = at; i < terrain->count; i++) {
        uint32_t place = tour[at];
        tour[at] = tour[i];
        tour[i] = place;
        int64_t length = brute(terrain, tour, at + 1);
        best = length < best ? length : best;
        tour[i] = tour[at];
        tour[at] = place;
    }
    return best;
}

static void assert_permutation(const uint32_t *tour, uint32_t count)
{
    uint8_t *seen = calloc(count, 1);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(tour[i] < count);
        assert_int_equal(seen[tour[i]]++, 0);
    }
    free(seen);
}

static void test_held_and_karp_are_as_good_as_brute_force(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 6; number++)
        for (uint32_t count = 1; count <= 8; count++) {
            struct instance instance;
            uint32_t tour[8], all[8] = {0, 1, 2, 3, 4, 5, 6, 7};
            int64_t length;
            assert_int_equal(instance_make(&instance, count, number, number % 2), 0);
            assert_int_equal(tour_solve_exactly(&instance.terrain, tour, &length), 0);
            assert_permutation(tour, count);
            assert_int_equal(length, around(&instance.terrain, tour));
            assert_int_equal(length, brute(&instance.terrain, all, 1));
            instance_release(&instance);
        }
}

static void test_few_places_are_solved_exactly(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 10; number++)
        for (uint32_t count = 2; count <= TOUR_EXACT; count++) {
            struct instance instance;
            struct tour_options options = {.seed = number, .looks = 100000};
            uint32_t tour[TOUR_EXACT], best[TOUR_EXACT];
            int64_t length, least;
            assert_int_equal(instance_make(&instance, count, number, number % 2), 0);
            assert_int_equal(tour_solve(&instance.terrain, &options, tour, &length), 0);
            assert_int_equal(tour_solve_exactly(&instance.terrain, best, &least), 0);
            assert_int_equal(length, least);
            instance_release(&instance);
        }
}

/* The search itself, which would not be asked for so few. */
static void test_the_search_finds_the_best_of_few(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 10; number++)
        for (uint32_t count = 8; count <= TOUR_EXACT; count++) {
            struct instance instance;
            struct tour_options options = {.seed = number, .looks = 2000000};
            uint32_t tour[TOUR_EXACT], best[TOUR_EXACT];
            int64_t length, least;
            assert_int_equal(instance_make(&instance, count, number, number % 2), 0);
            assert_int_equal(search_tour(&instance.terrain, &options, tour, &length), 0);
            assert_int_equal(tour_solve_exactly(&instance.terrain, best, &least), 0);
            assert_permutation(tour, count);
            assert_int_equal(length, around(&instance.terrain, tour));
            assert_int_equal(length, least);
            instance_release(&instance);
        }
}

static void test_the_length_that_is_kept_is_that_of_the_tour(void **state)
{
    (void)state;
    for (int directed = 0; directed < 2; directed++) {
        struct instance instance;
        struct tour_options options = {.seed = 3, .looks = 3000000};
        uint32_t tour[150];
        int64_t length;
        assert_int_equal(instance_make(&instance, 150, 9, directed), 0);
        assert_int_equal(tour_solve(&instance.terrain, &options, tour, &length), 0);
        assert_permutation(tour, 150);
        assert_int_equal(length, around(&instance.terrain, tour));
        instance_release(&instance);
    }
}

static void test_the_same_seed_gives_the_same_tour(void **state)
{
    struct instance instance;
    uint32_t first[200], again[200], other[200];
    int64_t length;
    (void)state;
    assert_int_equal(instance_make(&instance, 200, 4, true), 0);
    struct tour_options options = {.seed = 11, .looks = 300000};
    assert_int_equal(tour_solve(&instance.terrain, &options, first, &length), 0);
    assert_int_equal(tour_solve(&instance.terrain, &options, again, &length), 0);
    assert_memory_equal(first, again, sizeof first);
    options.seed = 12;
    assert_int_equal(tour_solve(&instance.terrain, &options, other, &length), 0);
    assert_memory_not_equal(first, other, sizeof first);
    instance_release(&instance);
}

static void test_more_work_never_makes_it_longer(void **state)
{
    struct instance instance;
    uint32_t tour[300];
    int64_t before = INT64_MAX, length;
    (void)state;
    assert_int_equal(instance_make(&instance, 300, 5, false), 0);
    for (uint64_t looks = 10000; looks <= 10000000; looks *= 10) {
        struct tour_options options = {.seed = 1, .looks = looks};
        assert_int_equal(tour_solve(&instance.terrain, &options, tour, &length), 0);
        assert_true(length <= before);
        before = length;
    }
    instance_release(&instance);
}

static void test_a_warm_start_is_kept_where_there_is_no_work(void **state)
{
    struct instance instance;
    struct tour_options options = {.seed = 1, .looks = 20000000};
    uint32_t tour[100], again[100];
    int64_t length, longer;
    (void)state;
    assert_int_equal(instance_make(&instance, 100, 6, true), 0);
    assert_int_equal(tour_solve(&instance.terrain, &options, tour, &length), 0);
    memcpy(again, tour, sizeof tour);
    options.is_warm = true;
    options.looks = 1;
    assert_int_equal(tour_solve(&instance.terrain, &options, again, &longer), 0);
    assert_true(longer <= length);
    assert_memory_equal(tour, again, sizeof tour);
    instance_release(&instance);
}

static void test_it_is_shorter_than_the_originals_way_with_less_work(void **state)
{
    (void)state;
    for (int directed = 0; directed < 2; directed++) {
        struct instance instance;
        struct tour_options options = {.seed = 1, .looks = 100 * 100 * 100};
        uint32_t tour[100];
        int64_t length;
        assert_int_equal(instance_make(&instance, 100, 7, directed), 0);
        assert_int_equal(tour_solve(&instance.terrain, &options, tour, &length), 0);
        /* 100 n evaluations of n looks each */
        assert_true(length < climb(&instance.terrain, 1, 100 * 100, NULL, NULL));
        instance_release(&instance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_and_karp_are_as_good_as_brute_force),
        cmocka_unit_test(test_few_places_are_solved_exactly),
        cmocka_unit_test(test_the_search_finds_the_best_of_few),
        cmocka_unit_test(test_the_length_that_is_kept_is_that_of_the_tour),
        cmocka_unit_test(test_the_same_seed_gives_the_same_tour),
        cmocka_unit_test(test_more_work_never_makes_it_longer),
        cmocka_unit_test(test_a_warm_start_is_kept_where_there_is_no_work),
        cmocka_unit_test(test_it_is_shorter_than_the_originals_way_with_less_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
