/* wav_test.c - sizes in the head of a WAV. */
#include "wav.c"

#include "check.h"

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

static void write_head(int64_t frames, uint8_t head[HEADER])
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(wav_write_header(file, frames), 0);
    rewind(file);
    assert_int_equal(fread(head, 1, HEADER, file), HEADER);
    fclose(file);
}

TEST(test_sizes_are_those_of_the_sound)
{
    uint8_t head[HEADER];
    write_head(1000, head);
    assert_int_equal(number_at(head + 4), 4036);
    assert_int_equal(number_at(head + 40), 4000);
}

/* A size that begins at 0 again would hide all but minutes of seven hours. */
TEST(test_sizes_of_what_a_wav_cannot_count_are_the_largest)
{
    uint8_t head[HEADER];
    write_head((int64_t)RATE * 3600 * 7, head);
    assert_int_equal(number_at(head + 4), UINT32_MAX);
    assert_int_equal(number_at(head + 40), UINT32_MAX);
}

TEST(test_full_disk_is_called_so)
{
    static const float silence[2 * 4096];
    FILE *file = fopen("/dev/full", "w+");
    assert_non_null(file);
    setvbuf(file, NULL, _IONBF, 0);
    assert_int_equal(wav_write_header(file, 0), -ENOSPC);
    assert_int_equal(wav_write(file, silence, 4096), -ENOSPC);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_those_of_the_sound),
        cmocka_unit_test(test_sizes_of_what_a_wav_cannot_count_are_the_largest),
        cmocka_unit_test(test_full_disk_is_called_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
