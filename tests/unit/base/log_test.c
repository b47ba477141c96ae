/* log_test.c - lines come whole, and nobody waits for their reader. */
#include "log.c"

#include "check.h"

TEST(test_log_does_not_wait_for_its_reader)
{
    int ends[2], saved = dup(STDERR_FILENO);
    char line[4096], *text = line;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    alarm(20); /* ends a test that waits */
    for (int i = 0; i < 5000; i++)
        log_line(LOG_INFO, "front", "line %d of many that nobody reads", i);
    alarm(0);
    ssize_t length = read(ends[0], line, sizeof line - 1);
    dup2(saved, STDERR_FILENO);
    assert_true(length > 0);
    line[length] = 0;
    for (int i = 0; i < 10; i++, text = strchr(text, '\n') + 1) {
        char end[64];
        snprintf(end, sizeof end, "info    front   line %d of many that nobody reads\n",
                 i);
        assert_memory_equal(text + strlen("00:00:00.000 "), end, strlen(end));
    }
    close(saved);
    close(ends[0]);
    close(ends[1]);
}

TEST(test_log_outlives_its_reader)
{
    int ends[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    log_line(LOG_INFO, "engine", "a line that would end this process with SIGPIPE");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_does_not_wait_for_its_reader),
        cmocka_unit_test(test_log_outlives_its_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
