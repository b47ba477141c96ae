/* scout_test.c - what is ready, whoever puts it there. */
#include "scout.c"

#include "check.h"
#include "finding.h"

static void ignore_ready(void *ctx)
{
    (void)ctx;
}

static struct track *make_play(void)
{
    struct fv_media media = {.length = FV_RATE, .title = "t"};
    struct fv_analysis *finding = must_alloc(sizeof *finding);
    *finding = (struct fv_analysis){.struct_size = sizeof *finding};
    struct track *known = track_new("/x", "/x", "00", &media, finding);
    struct track *play = track_play(known, "id", "");
    track_drop(known);
    return play;
}

/* A skip gives back all that was planned, while the scout hears what it chose. */
TEST(test_choice_that_comes_when_all_places_are_taken_finds_none)
{
    struct scout scout = {.on_ready = ignore_ready};
    struct track *planned = make_play();
    scout_init(&scout);
    for (size_t i = 0; i < SCOUT_READY + SCOUT_BACK + 1; i++)
        scout_put_back(&scout, planned);
    put_ready(&scout, make_play());
    assert_int_equal(scout.ready_count, SCOUT_READY + SCOUT_BACK);
    for (size_t i = 0; i < scout.ready_count; i++)
        assert_ptr_equal(scout.ready[i], planned);
    scout_release(&scout);
    track_drop(planned);
}

TEST(test_choice_is_ready_behind_what_was_given_back)
{
    struct scout scout = {.on_ready = ignore_ready};
    struct track *planned = make_play(), *chosen = make_play();
    scout_init(&scout);
    scout_put_back(&scout, planned);
    put_ready(&scout, chosen);
    assert_int_equal(scout.ready_count, 2);
    assert_ptr_equal(scout.ready[1], chosen);
    scout_release(&scout);
    track_drop(planned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice_that_comes_when_all_places_are_taken_finds_none),
        cmocka_unit_test(test_choice_is_ready_behind_what_was_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
