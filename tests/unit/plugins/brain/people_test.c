/* people_test.c - what people wish for, and what of it a swapped brain still knows. */
#include "station.h"

static void test_a_swapped_brain_goes_on_from_the_same_place(void **state)
{
    struct station *kept = calloc(1, sizeof *kept), *swapped = calloc(1, sizeof *swapped);
    (void)state;
    open_station(kept, 60, 30, 12);
    open_station(swapped, 60, 30, 12);
    for (int i = 0; i < 200; i++) {
        if (i % 7 == 3)
            swap(swapped, NULL);
        if (i == 50) {
            ask_for(kept, "add", "/music/%d.mp3 next", 5);
            ask_for(swapped, "add", "/music/%d.mp3 next", 5);
        }
        play(kept);
        play(swapped);
        assert_int_equal(kept->heard[i], swapped->heard[i]);
    }
    close_station(kept);
    close_station(swapped);
}

static void test_a_state_without_a_field_is_good_enough(void **state)
{
    static const char *const fields[] = {"order",  "starts", "show_s", "tours",
                                         "guests", "places", "bans",   "history"};
    (void)state;
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        struct station *s = calloc(1, sizeof *s);
        int heard[TRACKS_MAX] = {0};
        open_station(s, 40, 20, 13);
        for (int i = 0; i < 15; i++)
            play(s);
        swap(s, fields[f]);
        for (int i = 0; i < 25; i++)
            play(s);
        for (int i = 0; i < s->count; i++)
            heard[s->heard[i]]++;
        for (int n = 0; n < 40 && f < 6; n++)
            assert_int_equal(heard[n], 1); /* the tour under way is still played out */
        close_station(s);
    }
}

/* Names in Latin 1, which no JSON can hold as they are. */
static void open_with_old_names(struct station *s)
{
    char path[200];
    open_station(s, 12, 12, 5);
    snprintf(path, sizeof path, "%s/crate.m3u", s->rig.room);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 12; i++)
        fprintf(file, "/caf\xe9 %%41/%d.mp3\n", i);
    fclose(file);
    look(s);
}

static void test_names_that_are_no_utf8_are_remembered_and_told(void **state)
{
    struct station *stayed = calloc(1, sizeof *stayed),
                   *swapped = calloc(1, sizeof *swapped);
    static char order[1 << 20];
    struct fv_error error;
    (void)state;
    open_with_old_names(stayed);
    open_with_old_names(swapped);
    for (int i = 0; i < 30; i++) {
        if (i % 7 == 4)
            swap(swapped, NULL);
        play(stayed);
        play(swapped);
        assert_int_equal(stayed->heard[i], swapped->heard[i]);
    }
    assert_int_equal(
        methods->wish(stayed->brain, "order", "", order, sizeof order, &error), 0);
    json_t *told = json_loads(order, 0, NULL);
    const json_t *list = json_object_get(told, "order");
    assert_int_equal(json_array_size(list), 12);
    const char *uri = json_string_value(json_object_get(json_array_get(list, 3), "uri"));
    assert_memory_equal(uri, "file:///caf%E9%20%2541/", 23);
    assert_int_equal(
        methods->wish(stayed->brain, "add", uri, order, sizeof order, &error), 0);
    close_station(stayed);
    close_station(swapped);
    json_decref(told);
}

static void test_bans_and_moves_are_obeyed_and_outlive_a_swap(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 50, 10, 16);
    play(s);
    int moved = 0;
    while (moved == s->heard[0] || s->catalogue.tracks[moved].artist == 3)
        moved++;
    ask_for(s, "ban", "artist %d", 3);
    ask_for(s, "move", "/music/%d.mp3 2", moved);
    swap(s, NULL);
    for (int i = 0; i < 80; i++) {
        play(s);
        assert_int_not_equal(s->catalogue.tracks[s->heard[s->count - 1]].artist, 3);
    }
    assert_int_equal(s->heard[2], moved);
    close_station(s);
}

static void test_nothing_is_moved_before_what_is_next(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    static char reply[4096];
    static const char *const wrong[] = {"1 -1", "1 0", "1 +2", "1 x", "1 2x", "1 ", "1"};
    struct fv_error error;
    (void)state;
    open_station(s, 20, 20, 4);
    play(s);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(
            methods->wish(s->brain, "move", wrong[i], reply, sizeof reply, &error),
            -EINVAL);
    assert_int_equal(methods->wish(s->brain, "move", "2 1", reply, sizeof reply, &error),
                     0);
    close_station(s);
}

static void test_all_of_a_large_crate_have_their_turn(void **state)
{
    (void)state;
    for (int swaps = 0; swaps < 2; swaps++) {
        struct station *s = calloc(1, sizeof *s);
        int heard[TRACKS_MAX] = {0};
        open_station(s, 100, 60, 18);
        rig_set(&s->rig, "brain.pool", json_integer(30));
        swap(s, "nothing");
        for (int i = 0; i < 124; i++) {
            look(s);
            if (swaps && i % 7 == 3)
                swap(s, "nothing");
            play(s);
            heard[s->heard[i]]++;
        }
        for (int n = 0; n < 100; n++)
            assert_in_range(heard[n], 1, 3);
        close_station(s);
    }
}

static void test_a_ban_that_was_said_twice_is_lifted_at_once(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    int heard = 0;
    (void)state;
    open_station(s, 50, 10, 16);
    ask_for(s, "ban", "artist %d", 3);
    ask_for(s, "ban", "ARTIST %d", 3);
    ask_for(s, "unban", "Artist %d", 3);
    look(s);
    for (int i = 0; i < 50; i++) {
        play(s);
        heard += s->catalogue.tracks[s->heard[i]].artist == 3;
    }
    assert_true(heard > 0);
    close_station(s);
}

static void test_a_line_that_is_injected_twice_keeps_the_others_next(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 50, 25, 17);
    play(s);
    rig_write(&s->rig, "inject.txt",
              "/music/31.mp3\n/music/32.mp3\n/music/31.mp3\n/music/33.mp3\n");
    for (int i = 0; i < 3; i++)
        play(s);
    assert_int_equal(s->heard[1], 32);
    assert_int_equal(s->heard[2], 31);
    assert_int_equal(s->heard[3], 33);
    close_station(s);
}

static void test_injected_lines_play_next_each_answered(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    char path[128];
    (void)state;
    open_station(s, 50, 25, 17);
    play(s);
    snprintf(path, sizeof path, "%s/wav.wav", s->rig.room);
    rig_write(
        &s->rig, "inject.txt",
        "/music/31.mp3\n# words\nfile:///etc/passwd\n/nowhere/x.mp3\n/music/32.mp3\r\n");
    play(s);
    play(s);
    assert_int_equal(s->heard[1], 31);
    assert_int_equal(s->heard[2], 32);
    assert_int_equal(rig_said(&s->rig, "plays next"), 2);
    assert_int_equal(rig_said(&s->rig, "refused"), 2);
    snprintf(path, sizeof path, "%s/inject.txt", s->rig.room);
    assert_int_not_equal(access(path, F_OK), 0);
    close_station(s);
}

/* The mean step in energy of what is played next. */
static double energy_steps(struct station *s, int count)
{
    double steps = 0;
    for (int i = 0; i < count; i++) {
        play(s);
        const struct made *tracks = s->catalogue.tracks;
        if (i > 0)
            steps += fabs((double)tracks[s->heard[s->count - 1]].energy -
                          (double)tracks[s->heard[s->count - 2]].energy);
    }
    return steps / (count - 1);
}

static void test_other_weights_make_another_order_on_air(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    char name[64];
    (void)state;
    open_station(s, 200, 100, 16);
    double before = energy_steps(s, 40);
    for (int c = 0; c < CRITERIA; c++) {
        snprintf(name, sizeof name, "weights.%s", criterion_names[c]);
        rig_set(&s->rig, name, json_integer(c == ENERGY ? 1000 : 0));
    }
    look(s);
    assert_true(energy_steps(s, 40) < before / 3);
    close_station(s);
}

static void test_another_arc_is_followed_on_air(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    double energy = 0;
    (void)state;
    open_station(s, 200, 100, 17);
    rig_set(&s->rig, "brain.arc", json_pack("[f, f, f, f]", 0.0, 0.1, 0.9, 0.5));
    look(s);
    play(s);
    rig_set(&s->rig, "brain.arc", json_pack("[f, f, f, f]", 1.0, 0.9, 0.1, 0.5));
    look(s);
    for (int i = 0; i < 10; i++) {
        play(s);
        energy += (double)s->catalogue.tracks[s->heard[s->count - 1]].energy / 10;
    }
    assert_true(energy > 0.6);
    close_station(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_swapped_brain_goes_on_from_the_same_place),
        cmocka_unit_test(test_a_state_without_a_field_is_good_enough),
        cmocka_unit_test(test_names_that_are_no_utf8_are_remembered_and_told),
        cmocka_unit_test(test_bans_and_moves_are_obeyed_and_outlive_a_swap),
        cmocka_unit_test(test_nothing_is_moved_before_what_is_next),
        cmocka_unit_test(test_all_of_a_large_crate_have_their_turn),
        cmocka_unit_test(test_a_ban_that_was_said_twice_is_lifted_at_once),
        cmocka_unit_test(test_a_line_that_is_injected_twice_keeps_the_others_next),
        cmocka_unit_test(test_injected_lines_play_next_each_answered),
        cmocka_unit_test(test_other_weights_make_another_order_on_air),
        cmocka_unit_test(test_another_arc_is_followed_on_air),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
