/* wheel_test.c - who is served when; listener_serve is counted instead of done. */
#define listener_serve counted_serve
#include "wheel.c"
#undef listener_serve

#include "check.h"

#include <errno.h>
#include <string.h>

#define MOST 3000

static struct listener listeners[MOST];
static unsigned served[MOST], gone;
static const struct listener *to_lose;

int counted_serve(struct listener *listener, const struct listener_view *view)
{
    (void)view;
    served[listener - listeners]++;
    return listener == to_lose ? -EPIPE : 0;
}

static void on_gone(struct listener *listener, int error)
{
    assert_ptr_equal(listener, to_lose);
    assert_int_equal(error, -EPIPE);
    assert_null(listener->link);
    gone++;
}

static void fill(struct wheel *wheel, size_t count)
{
    memset(wheel, 0, sizeof *wheel);
    memset(served, 0, sizeof served);
    memset(listeners, 0, sizeof listeners);
    to_lose = NULL;
    for (size_t i = 0; i < count; i++)
        wheel_add(wheel, &listeners[i]);
    wheel->turned_ns = 1000;
}

static void assert_each_served(size_t count, unsigned times)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(served[i], times);
}

TEST(test_each_listener_is_served_once_a_tick_however_often_it_turns)
{
    static const size_t crowds[] = {1, 20, 33, 2000};
    for (size_t c = 0; c < sizeof crowds / sizeof crowds[0]; c++) {
        struct wheel wheel;
        fill(&wheel, crowds[c]);
        uint64_t tick_ns = wheel_tick_ms(crowds[c]) * 1000000, now = 1000;
        for (unsigned tick = 1; tick <= 7; tick++) {
            for (uint64_t part = 1; part <= 13; part++)
                wheel_turn(&wheel, NULL, now + tick_ns * part / 13, on_gone);
            now += tick_ns;
            assert_each_served(crowds[c], tick);
        }
    }
}

TEST(test_late_wake_up_serves_each_once)
{
    struct wheel wheel;
    fill(&wheel, 100);
    wheel_turn(&wheel, NULL, 1000 + 3600ull * 1000000000, on_gone);
    assert_each_served(100, 1);
    wheel_turn(&wheel, NULL, 1000 + 3600ull * 1000000000 + 1, on_gone);
    assert_each_served(100, 1); /* and nothing is owed */
}

TEST(test_slots_are_evenly_filled)
{
    struct wheel wheel;
    fill(&wheel, 100);
    wheel_turn(&wheel, NULL, 1000 + wheel_tick_ms(100) * 1000000 / WHEEL_SLOTS, on_gone);
    unsigned sum = 0;
    for (size_t i = 0; i < 100; i++)
        sum += served[i];
    assert_int_equal(sum, 5);
}

TEST(test_lost_listener_is_taken_out_and_its_neighbours_are_served)
{
    struct wheel wheel;
    fill(&wheel, 60); /* three a slot */
    to_lose = &listeners[25];
    listeners[25].jumps = 3;
    gone = 0;
    wheel_turn(&wheel, NULL, 1000 + wheel_tick_ms(60) * 1000000, on_gone);
    assert_each_served(60, 1);
    assert_int_equal(gone, 1);
    assert_int_equal(wheel.count, 59);
    assert_int_equal(wheel.total, 60);
    assert_int_equal(wheel.jumps, 3);
    listeners[2].jumps = 4;
    assert_int_equal(wheel_jumps(&wheel), 7);
    assert_null(wheel_find(&wheel, 26));
    assert_ptr_equal(wheel_find(&wheel, 6), &listeners[5]);
    assert_ptr_equal(wheel_find(&wheel, 46), &listeners[45]);
    while (wheel.count > 0)
        for (size_t i = 0; i < 60; i++)
            if (listeners[i].link)
                wheel_remove(&wheel, &listeners[i]);
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        assert_null(wheel.slots[i]);
}

TEST(test_tick_stretches_with_the_crowd)
{
    assert_int_equal(wheel_tick_ms(0), 100);
    assert_int_equal(wheel_tick_ms(400), 100);
    assert_int_equal(wheel_tick_ms(2000), 500);
    assert_int_equal(wheel_tick_ms(100000), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_listener_is_served_once_a_tick_however_often_it_turns),
        cmocka_unit_test(test_late_wake_up_serves_each_once),
        cmocka_unit_test(test_slots_are_evenly_filled),
        cmocka_unit_test(test_lost_listener_is_taken_out_and_its_neighbours_are_served),
        cmocka_unit_test(test_tick_stretches_with_the_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
