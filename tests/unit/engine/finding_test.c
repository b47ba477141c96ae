/* finding_test.c - findings are copied whole, stored, read again, or refused. */
#include "finding.c"

#include "check.h"

#include <stdio.h>

static const double beats[] = {0.5, 1.0, 1.5}, downbeats[] = {0.5};
static const struct fv_section sections[] = {{.start = 0, .end = 2, .label = "intro"}};
static const struct fv_cue cues[] = {{.time = 0.5, .score = 1}};
static const struct fv_beat features[3] = {{.low = 0.25f, .voice = 1}};
static const uint8_t wave[] = {1, 2, 3, 4, 5, 6};
static const uint32_t fingerprint[] = {7, 8, 9};
static const float power[] = {0.5f, 0.25f};
static const struct fv_span unsure[] = {{0, 0.5}, {1, 2}};

static struct fv_analysis sane(void)
{
    return (struct fv_analysis){.struct_size = sizeof(struct fv_analysis),
                                .duration = 2,
                                .bpm = 120,
                                .key = 21,
                                .beats_per_bar = 4,
                                .beats = beats,
                                .beat_count = 3,
                                .downbeats = downbeats,
                                .downbeat_count = 1,
                                .sections = sections,
                                .section_count = 1,
                                .mix_in = cues,
                                .mix_in_count = 1,
                                .features = features,
                                .feature_count = 3,
                                .wave = wave,
                                .wave_count = 2,
                                .wave_step = 1,
                                .fingerprint = fingerprint,
                                .fingerprint_count = 3,
                                .power = power,
                                .power_count = 2,
                                .unsure = unsure,
                                .unsure_count = 2,
                                .loudness_lufs = -14};
}

static void assert_same(const struct fv_analysis *a, const struct fv_analysis *b)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        assert_int_equal(count_of(a, &fields[i]), count_of(b, &fields[i]));
        size_t size = count_of(a, &fields[i]) * fields[i].size;
        if (size)
            assert_memory_equal(memory_of(a, &fields[i]), memory_of(b, &fields[i]), size);
    }
}

TEST(test_copy_is_deep_and_whole)
{
    struct fv_analysis from = sane();
    struct fv_analysis *copy = finding_copy(&from);
    assert_non_null(copy);
    assert_same(copy, &from);
    assert_ptr_not_equal(copy->beats, from.beats);
    free(copy);
}

TEST(test_stored_and_loaded_it_is_the_same)
{
    struct fv_analysis from = sane();
    struct bytes stored = {0};
    finding_store(&from, &stored);
    struct fv_analysis *loaded = finding_load(stored.at, stored.length);
    assert_non_null(loaded);
    assert_same(loaded, &from);
    free(loaded);
    for (size_t cut = 1; cut < stored.length; cut++) { /* whole fields or nothing */
        uint8_t *exactly = must_alloc(cut);
        memcpy(exactly, stored.at, cut);
        free(finding_load(exactly, cut));
        free(exactly);
    }
    bytes_release(&stored);
}

static void put_field(struct bytes *to, const char *name, uint32_t size, uint32_t count)
{
    struct field_head head = {.size = size, .count = count};
    snprintf(head.name, sizeof head.name, "%s", name);
    bytes_append(to, &head, sizeof head);
    size_t length = (size_t)size * count;
    memset(bytes_reserve(to, length), 0, length);
    to->length += length;
}

TEST(test_unknown_fields_are_ignored_and_missing_ones_read_as_nothing)
{
    struct bytes stored = {0};
    put_field(&stored, "smell", 12, 5);
    put_field(&stored, "bpm", 8, 1);
    struct fv_analysis *loaded = finding_load(stored.at, stored.length);
    assert_non_null(loaded);
    assert_int_equal(loaded->key, -1);
    assert_int_equal(loaded->beat_count, 0);
    free(loaded);
    bytes_release(&stored);
}

TEST(test_field_of_another_size_makes_it_unusable)
{
    struct bytes stored = {0};
    put_field(&stored, "beats", 4, 3);
    assert_null(finding_load(stored.at, stored.length));
    stored.length = 0;
    put_field(&stored, "bpm", 8, 2);
    assert_null(finding_load(stored.at, stored.length));
    stored.length = 0;
    put_field(&stored, "beats", 8, 1);
    struct field_head head;
    memcpy(&head, stored.at, sizeof head);
    head.count = UINT32_MAX; /* more than is there */
    memcpy(stored.at, &head, sizeof head);
    assert_null(finding_load(stored.at, stored.length));
    bytes_release(&stored);
}

TEST(test_plugin_of_a_time_before_the_last_members_is_read)
{
    struct fv_analysis from = sane();
    from.struct_size = offsetof(struct fv_analysis, features);
    from.features = (const struct fv_beat *)(uintptr_t)16; /* not ours to look at */
    struct fv_analysis *copy = finding_copy(&from);
    assert_non_null(copy);
    assert_null(copy->features);
    assert_int_equal(copy->beat_count, 3);
    free(copy);
}

#define REFUSED(change)                                                                  \
    do {                                                                                 \
        struct fv_analysis a = sane();                                                   \
        change;                                                                          \
        assert_null(finding_copy(&a));                                                   \
    } while (0)

TEST(test_insane_values_are_refused)
{
    static const double backwards[] = {1, 0.5}, far[] = {99}, nan_time[] = {NAN};
    static const struct fv_cue nan_cue[] = {{.time = NAN}}, late_cue[] = {{.time = 77}};
    static const struct fv_section nan_end[] = {{.end = NAN, .label = "x"}};
    static const struct fv_section endless[] = {{.end = 1, .label = "0123456789abcdef"}};
    static const float negative[] = {1, -1}, endless_power[] = {INFINITY};
    static const struct fv_span crossing[] = {{0, 2}, {1, 3}}, late_span[] = {{3, 77}};
    static const struct fv_beat nan_beat[] = {{.voice = NAN}};
    REFUSED(a.bpm = NAN);
    REFUSED(a.bpm = -1);
    REFUSED(a.duration = INFINITY);
    REFUSED(a.energy = NAN);
    REFUSED(a.key = 24);
    REFUSED(a.key = -2);
    REFUSED((a.beats = backwards, a.beat_count = 2));
    REFUSED((a.downbeats = far));
    REFUSED((a.phrases = nan_time, a.phrase_count = 1));
    REFUSED(a.beats = NULL);
    REFUSED(a.mix_in = nan_cue);
    REFUSED((a.mix_out = late_cue, a.mix_out_count = 1));
    REFUSED(a.sections = nan_end);
    REFUSED(a.sections = endless);
    REFUSED((a.features = nan_beat, a.feature_count = 1));
    REFUSED(a.power = negative);
    REFUSED((a.power = endless_power, a.power_count = 1));
    REFUSED(a.power = NULL);
    REFUSED(a.unsure = crossing);
    REFUSED((a.unsure = late_span, a.unsure_count = 1));
}

TEST(test_keys_have_names)
{
    assert_string_equal(finding_key_name(21), "A minor");
    assert_string_equal(finding_camelot(21), "8A");
    assert_string_equal(finding_camelot(0), "8B");
    assert_string_equal(finding_key_name(-1), "");
    assert_string_equal(finding_camelot(24), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_is_deep_and_whole),
        cmocka_unit_test(test_stored_and_loaded_it_is_the_same),
        cmocka_unit_test(
            test_unknown_fields_are_ignored_and_missing_ones_read_as_nothing),
        cmocka_unit_test(test_field_of_another_size_makes_it_unusable),
        cmocka_unit_test(test_plugin_of_a_time_before_the_last_members_is_read),
        cmocka_unit_test(test_insane_values_are_refused),
        cmocka_unit_test(test_keys_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
