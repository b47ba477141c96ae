/* plan_test.c - what a mixer says is checked, kept, cut, and read again. */
#include "plan.c"

#include "check.h"

static struct track *tracks[3];

static int make_tracks(void **state)
{
    static const char *const ids[] = {"a", "b", "c"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct fv_analysis found = {.struct_size = sizeof found, .bpm = 120};
        struct fv_media media = {.length = 100000, .title = "t"};
        struct fv_analysis *finding = must_alloc(sizeof found);
        *finding = found;
        struct track *known = track_new("/x", "/x", "00", &media, finding);
        tracks[i] = track_play(known, ids[i], "");
        track_drop(known);
    }
    return 0;
}

static int drop_tracks(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        track_drop(tracks[i]);
    return 0;
}

static const struct fv_warp warp[] = {{0, 1000.25}, {500, 1500}, {1000, 2100.0 / 3}};

static struct fv_part part(const char *id)
{
    return (struct fv_part){.struct_size = sizeof(struct fv_part),
                            .id = id,
                            .gain_db = -1.0 / 3,
                            .warp = warp,
                            .warp_count = 3};
}

static struct fv_segment segment(const struct fv_part *parts, uint32_t count)
{
    return (struct fv_segment){.struct_size = sizeof(struct fv_segment),
                               .kind = count == 2 ? FV_BEATMATCH : FV_PLAY,
                               .length = 1000,
                               .parts = parts,
                               .part_count = count,
                               .params = "{\"x\":0.1}",
                               .why = "because"};
}

/* a, a into b, b: 3000 frames */
static void make_plan(struct plan *plan)
{
    struct fv_error error;
    struct fv_part a = part("a"), b = part("b"), both[] = {a, b};
    struct fv_segment play_a = segment(&a, 1), mix = segment(both, 2),
                      play_b = segment(&b, 1);
    assert_int_equal(plan_append(plan, &play_a, tracks[0], tracks[1], &error), 0);
    assert_int_equal(plan_append(plan, &mix, tracks[0], tracks[1], &error), 0);
    assert_int_equal(plan_append(plan, &play_b, tracks[1], NULL, &error), 0);
    plan_go_on(plan, tracks[1], (struct fv_cursor){.track = 123.456, .rate = 1.01});
    assert_int_equal(plan->end, 3000);
}

#define REFUSED(change)                                                                  \
    do {                                                                                 \
        struct plan plan = {0};                                                          \
        struct fv_error error = {{0}};                                                   \
        struct fv_warp points[] = {{0, 0}, {10, 10}};                                    \
        struct fv_part p = part("a");                                                    \
        struct fv_segment s = segment(&p, 1);                                            \
        p.warp = points, p.warp_count = 2;                                               \
        change;                                                                          \
        assert_int_equal(plan_append(&plan, &s, tracks[0], tracks[1], &error), -EINVAL); \
        assert_int_equal(strncmp(error.text, "a segment is refused: ", 22), 0);          \
        assert_int_equal(plan.count, 0);                                                 \
        plan_release(&plan);                                                             \
    } while (0)

TEST(test_segment_that_breaks_a_rule_is_refused)
{
    REFUSED(s.length = 0);
    REFUSED(s.length = LENGTH_MAX + 1);
    REFUSED(s.part_count = 0);
    REFUSED(s.part_count = 3);
    REFUSED(s.parts = NULL);
    REFUSED(s.kind = (enum fv_kind)6);
    REFUSED(s.kind = (enum fv_kind) - 1);
    REFUSED(s.params = "[]");
    REFUSED(s.params = "{");
    REFUSED(p.id = "c");
    REFUSED(p.id = NULL);
    REFUSED(p.gain_db = NAN);
    REFUSED(p.gain_db = -INFINITY);
    REFUSED(p.gain_db = 61);
    REFUSED(p.warp = NULL);
    REFUSED(p.warp_count = 1);
    REFUSED(points[1].mix = 0);
    REFUSED(points[1].mix = -1);
    REFUSED(points[0].track = NAN);
    REFUSED(points[1].mix = INFINITY);
}

TEST(test_plan_is_a_copy_of_what_the_mixer_said)
{
    struct plan plan = {0};
    make_plan(&plan);
    const struct segment *mix = plan_at(&plan, 1999);
    assert_int_equal(mix->start, 1000);
    assert_ptr_equal(mix->tracks[1], tracks[1]);
    assert_ptr_not_equal(mix->abi.parts[0].warp, warp);
    assert_ptr_equal(plan_at(&plan, 1000), mix);
    assert_ptr_not_equal(plan_at(&plan, 2000), mix);
    assert_null(plan_at(&plan, 3000));
    assert_null(plan_at(&plan, -1));
    plan_release(&plan);
}

TEST(test_cut_plays_on_with_what_was_heard_there)
{
    struct plan plan = {0};
    make_plan(&plan);
    plan_cut(&plan, 5000); /* behind the end: nothing */
    assert_int_equal(plan.end, 3000);
    plan_cut(&plan, 1500);
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.end, 1500);
    assert_int_equal(plan.segments[1]->heard, 500);
    assert_int_equal(plan.segments[1]->abi.length, 1000); /* rendered as it was meant */
    assert_ptr_equal(plan.last, tracks[1]);
    assert_true(plan.cursor.track == 1500);
    plan_cut(&plan, 1000); /* at a border: the segment from there on is gone */
    assert_int_equal(plan.count, 1);
    assert_ptr_equal(plan.last, tracks[0]);
    plan_cut(&plan, 0);
    assert_int_equal(plan.count, 0);
    assert_int_equal(plan.end, 0);
    assert_null(plan.last);
    plan_release(&plan);
}

TEST(test_trim_forgets_what_has_ended)
{
    struct plan plan = {0};
    make_plan(&plan);
    plan_trim(&plan, 999);
    assert_int_equal(plan.count, 3);
    plan_trim(&plan, 1000);
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.segments[0]->start, 1000);
    plan_trim(&plan, 9999);
    assert_int_equal(plan.count, 0);
    assert_int_equal(plan.end, 3000); /* where it goes on */
    plan_release(&plan);
}

static struct track *find(void *ctx, const json_t *track)
{
    const char *id = json_string_value(json_object_get(track, "id"));
    for (int i = 0; i < 3; i++)
        if (strcmp(tracks[i]->id, id) == 0 && strcmp(id, ctx) != 0)
            return track_hold(tracks[i]);
    return NULL;
}

TEST(test_plan_out_of_json_is_the_same_to_the_last_bit)
{
    struct plan plan = {0}, again = {0};
    make_plan(&plan);
    plan_cut(&plan, 2345);
    json_t *json = plan_json(&plan);
    char *text = json_dumps(json, JSON_REAL_PRECISION(17));
    json_t *read = json_loads(text, 0, NULL);
    plan_load(&again, read, find, "");
    json_t *json_again = plan_json(&again);
    assert_true(json_equal(json, json_again));
    for (size_t s = 0; s < plan.count; s++) {
        const struct fv_segment *a = &plan.segments[s]->abi, *b = &again.segments[s]->abi;
        json_t *said = json_loads(a->params, 0, NULL),
               *kept = json_loads(b->params, 0, NULL);
        assert_true(
            json_equal(said, kept)); /* the text may be longer, the numbers not other */
        json_decref(said);
        json_decref(kept);
        assert_int_equal(a->kind, b->kind);
        for (uint32_t i = 0; i < a->part_count; i++) {
            assert_true(a->parts[i].gain_db == b->parts[i].gain_db);
            assert_memory_equal(a->parts[i].warp, b->parts[i].warp, sizeof warp);
        }
    }
    assert_true(plan.cursor.track == again.cursor.track);
    json_decref(json);
    json_decref(json_again);
    json_decref(read);
    free(text);
    plan_release(&plan);
    plan_release(&again);
}

TEST(test_plan_ends_before_a_lost_track)
{
    struct plan plan = {0}, again = {0};
    make_plan(&plan);
    json_t *json = plan_json(&plan);
    plan_load(&again, json, find, "b");
    assert_int_equal(again.count, 1);
    assert_int_equal(again.end, 1000);
    assert_ptr_equal(again.last, tracks[0]);
    plan_release(&again);
    plan_load(&again, json, find, "a");
    assert_int_equal(again.count, 0);
    assert_int_equal(again.end, 0);
    json_decref(json);
    plan_release(&again);
    plan_release(&plan);
}

TEST(test_reason_that_is_no_text_does_not_lose_the_plan)
{
    struct plan plan = {0};
    struct fv_error error;
    struct fv_part a = part("a");
    struct fv_segment odd = segment(&a, 1);
    odd.why = "caf\xe9\n";
    assert_int_equal(plan_append(&plan, &odd, tracks[0], NULL, &error), 0);
    json_t *json = segment_json(plan.segments[0]);
    assert_string_equal(json_string_value(json_object_get(json, "why")), "caf??");
    json_decref(json);
    plan_release(&plan);
}

TEST(test_cursor_follows_the_warp_and_its_slopes_beyond_it)
{
    const struct fv_warp points[] = {{0, 100}, {10, 120}, {20, 130}};
    struct fv_part p = {.warp = points, .warp_count = 3};
    assert_true(part_cursor(&p, 5).track == 110 && part_cursor(&p, 5).rate == 2);
    assert_true(part_cursor(&p, 10).track == 120);
    assert_true(part_cursor(&p, 15).track == 125 && part_cursor(&p, 15).rate == 1);
    assert_true(part_cursor(&p, 30).track == 140);
    assert_true(part_cursor(&p, -5).track == 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segment_that_breaks_a_rule_is_refused),
        cmocka_unit_test(test_plan_is_a_copy_of_what_the_mixer_said),
        cmocka_unit_test(test_cut_plays_on_with_what_was_heard_there),
        cmocka_unit_test(test_trim_forgets_what_has_ended),
        cmocka_unit_test(test_plan_out_of_json_is_the_same_to_the_last_bit),
        cmocka_unit_test(test_plan_ends_before_a_lost_track),
        cmocka_unit_test(test_reason_that_is_no_text_does_not_lose_the_plan),
        cmocka_unit_test(test_cursor_follows_the_warp_and_its_slopes_beyond_it),
    };
    return cmocka_run_group_tests(tests, make_tracks, drop_tracks);
}
