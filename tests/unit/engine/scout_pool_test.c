/* scout_pool_test.c - what can't be played is said once, however much it is. */
#include "scout_pool.c"

#include "check.h"
#include "scout.h"

#include <unistd.h>

static int reports;

static void count_report(struct fv_brain *self, const char *uri, enum fv_outcome outcome,
                         const char *reason)
{
    (void)self;
    (void)uri;
    (void)reason;
    reports += outcome == FV_FAILED;
}

static struct generation brain = {
    .references = 1, .kind = KIND_BRAIN, .brain = {.report = count_report}};
static struct slot slot = {.kind = KIND_BRAIN, .current = &brain};

static int count_lines(FILE *file)
{
    int lines = 0, c;
    rewind(file);
    while ((c = getc(file)) != EOF)
        lines += c == '\n';
    return lines;
}

/* returns how many lines the log has of a crate that is looked at */
static int look_at_crate(struct scout *scout, int tracks)
{
    char uri[32];
    FILE *log = tmpfile();
    int kept = dup(STDERR_FILENO);
    assert_non_null(log);
    assert_true(kept >= 0 && dup2(fileno(log), STDERR_FILENO) >= 0);
    for (int i = 0; i < tracks; i++) {
        snprintf(uri, sizeof uri, "/samples/%d.wav", i);
        set_aside(scout, uri, "it is too short");
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    int lines = count_lines(log);
    fclose(log);
    return lines;
}

TEST(test_a_crate_of_samples_does_not_flood_the_log)
{
    struct scout scout = {.brain = &slot};
    scout_init(&scout);
    int tracks = SET_ASIDE_MAX + 100;
    assert_int_equal(look_at_crate(&scout, tracks), SET_ASIDE_MAX + 1);
    assert_int_equal(look_at_crate(&scout, tracks), 0);
    assert_int_equal(reports, 2 * tracks);
    scout_release(&scout);
}

static const char
    *said; /* of what went wrong; all that there is room for, if it is long */

static int cannot_refresh(struct fv_brain *self, struct fv_error *error)
{
    (void)self;
    memcpy(error->text, said, strnlen(said, sizeof error->text));
    return -EIO;
}

static const char *refusal_of_refresh(struct fv_error *error)
{
    struct scout scout = {.brain = &slot};
    scout_init(&scout);
    assert_int_equal(scout_refresh(&scout, error), -EIO);
    scout_release(&scout);
    return error->text;
}

TEST(test_a_brain_that_says_nothing_or_too_much_is_understood)
{
    struct fv_error error[2];
    char long_text[sizeof error->text + 1] = {0};
    brain.brain.refresh = cannot_refresh;
    said = "";
    assert_string_equal(refusal_of_refresh(error), "refresh failed: Input/output error");
    said = "caf\xe9";
    memset(error, 0, sizeof error);
    assert_string_equal(refusal_of_refresh(error), "caf?");
    said = memset(long_text, 'x', sizeof error->text);
    memset(error, 'y', sizeof error);
    assert_int_equal(strlen(refusal_of_refresh(error)), sizeof error->text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_crate_of_samples_does_not_flood_the_log),
        cmocka_unit_test(test_a_brain_that_says_nothing_or_too_much_is_understood)};
    pthread_mutex_init(&slot.lock, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
