/* Every seed makes tracks within their styles, and the same seed the same tracks. */
#include "compose.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SEEDS = 40 };

static void test_patterns_have_sixteen_steps(void **state)
{
    (void)state;
    for (int s = 0; s < style_count; s++) {
        const struct style *style = &styles[s];
        const char *const all[] = {
            style->kick[0],         style->kick[1],       style->snare[0],
            style->snare[1],        style->hat[0],        style->hat[1],
            style->perc[0],         style->perc[1],       style->open,
            style->bass.lines[0],   style->bass.lines[1], style->chords.lines[0],
            style->chords.lines[1], style->arp.lines[0],  style->arp.lines[1]};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            assert_int_equal(strlen(all[i]), 16);
    }
}

static void test_forms_are_made_of_eight_bars(void **state)
{
    (void)state;
    for (int s = 0; s < style_count; s++)
        for (const struct section *part = styles[s].form; part->label; part++)
            assert_int_equal(part->bars % 8, 0);
}

static void test_club_tracks_begin_and_end_with_sixteen_bars_of_drums(void **state)
{
    (void)state;
    for (int s = 0; s < style_count; s++) {
        const struct section *part = styles[s].form;
        if (!styles[s].is_four_on_the_floor || !strchr(part->layers, 'K'))
            continue;
        assert_string_equal(part[0].label, "intro");
        assert_int_equal(part[0].bars + part[1].bars, 16);
        assert_null(strpbrk(part[0].layers, "BCL"));
        while (part[2].label)
            part++;
        assert_string_equal(part[0].label, "outro");
        assert_int_equal(part[0].bars + part[1].bars, 16);
        assert_null(strpbrk(part[1].layers, "BDL"));
    }
}

static void test_every_seed_stays_within_the_style(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        for (int s = 0; s < style_count; s++) {
            struct song song;
            compose(&song, seed, s);
            assert_true(song.bpm >= styles[s].bpm_low && song.bpm <= styles[s].bpm_high);
            int64_t seconds = song_frames(&song) / RATE;
            assert_in_range(seconds, 120, 240);
            assert_true(song.title[0] && song.artist[0] && song.album[0]);
            assert_in_range(key_to_camelot(song.key), 1, 12);
            for (int c = 0; c < PROGRESSION; c++) {
                assert_true(song.chords[c].tones[0] >= 50.0f);
                assert_true(song.chords[c].tones[CHORD_TONES - 1] < 84.0f);
            }
        }
    }
}

static void test_no_two_tracks_of_a_crate_share_an_artist(void **state)
{
    (void)state;
    struct song songs[32];
    assert_true(style_count >= 10 && style_count <= 32);
    for (int s = 0; s < style_count; s++) {
        compose(&songs[s], 3, s);
        for (int before = 0; before < s; before++) {
            assert_string_not_equal(songs[s].artist, songs[before].artist);
            assert_string_not_equal(songs[s].title, songs[before].title);
        }
    }
}

static void test_each_track_has_a_neighbour_in_tempo_and_key(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        int with_neighbour = 0;
        struct song songs[32];
        for (int s = 0; s < style_count; s++)
            compose(&songs[s], seed, s);
        for (int s = 0; s < style_count; s++) {
            int found = 0;
            for (int other = 0; other < style_count; other++) {
                float ratio = songs[other].bpm / songs[s].bpm;
                int apart =
                    abs(key_to_camelot(songs[s].key) - key_to_camelot(songs[other].key));
                found |= other != s && fabsf(ratio - 1.0f) < 0.06f &&
                         (apart <= 1 || apart == 11);
            }
            with_neighbour += found;
        }
        assert_true(with_neighbour >= style_count - 2);
    }
}

static void test_same_seed_same_song_other_seed_another(void **state)
{
    (void)state;
    struct song first, again, other;
    compose(&first, 5, 4);
    compose(&again, 5, 4);
    compose(&other, 6, 4);
    assert_memory_equal(&first, &again, sizeof first);
    assert_true(memcmp(&first.motifs, &other.motifs, sizeof first.motifs) != 0 ||
                first.key.root != other.key.root);
}

static void test_keys_go_round_the_camelot_wheel(void **state)
{
    (void)state;
    char name[16];
    key_name(key_from_camelot(8, 1), name);
    assert_string_equal(name, "A minor");
    key_name(key_from_camelot(8, 0), name);
    assert_string_equal(name, "C major");
    key_name(key_from_camelot(5, 1), name);
    assert_string_equal(name, "C minor");
    for (int number = 1; number <= 12; number++)
        for (int is_minor = 0; is_minor < 2; is_minor++)
            assert_int_equal(key_to_camelot(key_from_camelot(number, is_minor)), number);
}

static void test_chords_are_of_the_key_and_move_little(void **state)
{
    (void)state;
    static const int minor_scale[7] = {0, 2, 3, 5, 7, 8, 10};
    for (int root = 0; root < 12; root++) {
        struct key key = {root, 1};
        struct chord before = chord_on(key, 0, 1, NULL);
        for (int degree = 0; degree < 7; degree++) {
            struct chord chord = chord_on(key, degree, 1, &before);
            for (int i = 0; i < CHORD_TONES; i++) {
                int within = ((int)chord.tones[i] - root + 120) % 12, in_scale = 0;
                for (int k = 0; k < 7; k++)
                    in_scale |= minor_scale[k] == within;
                assert_true(in_scale);
                assert_true(fabsf(chord.tones[i] - before.tones[i]) <= 7.0f);
            }
            before = chord;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_have_sixteen_steps),
        cmocka_unit_test(test_forms_are_made_of_eight_bars),
        cmocka_unit_test(test_club_tracks_begin_and_end_with_sixteen_bars_of_drums),
        cmocka_unit_test(test_every_seed_stays_within_the_style),
        cmocka_unit_test(test_no_two_tracks_of_a_crate_share_an_artist),
        cmocka_unit_test(test_each_track_has_a_neighbour_in_tempo_and_key),
        cmocka_unit_test(test_same_seed_same_song_other_seed_another),
        cmocka_unit_test(test_keys_go_round_the_camelot_wheel),
        cmocka_unit_test(test_chords_are_of_the_key_and_move_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
