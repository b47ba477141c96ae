/* scout_people_test.c - people see so much of what comes, however much a brain says. */
#include "scout_people.c"

#include "check.h"

static int refused;

static int say_too_much(struct fv_brain *self, int most,
                        const struct fv_candidate_sink *sink)
{
    struct fv_candidate candidate = {.struct_size = sizeof candidate, .uri = "/a.mp3"};
    (void)self;
    for (int i = 0; i < 3 * most; i++)
        refused += sink->candidate(sink->ctx, &candidate) == -ECANCELED;
    return 0;
}

TEST(test_a_brain_that_foretells_too_much_is_cut_short)
{
    struct generation brain = {.brain = {.upcoming = say_too_much}};
    json_t *upcoming = list_upcoming(&brain);
    assert_int_equal(json_array_size(upcoming), UPCOMING);
    assert_int_equal(refused, 2 * UPCOMING);
    json_decref(upcoming);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_brain_that_foretells_too_much_is_cut_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
