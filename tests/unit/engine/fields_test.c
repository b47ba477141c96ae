/* fields_test.c - a state goes out and comes in by name, with defaults for the rest. */
#include "fields.c"

#include "check.h"

#include <math.h>

TEST(test_fields_come_back_by_name)
{
    json_t *object = json_object();
    struct fv_writer to = fields_writer(object);
    assert_int_equal(to.put_int(to.ctx, "n", INT64_MIN), 0);
    assert_int_equal(to.put_real(to.ctx, "x", 0.1), 0);
    assert_int_equal(to.put_text(to.ctx, "t", "東京"), 0);
    assert_int_equal(to.put_json(to.ctx, "j", "[1,{\"a\":null}]"), 0);
    struct fields_reader fields;
    struct fv_reader from = fields_reader_init(&fields, object);
    assert_true(from.get_int(from.ctx, "n", 0) == INT64_MIN);
    assert_true(from.get_real(from.ctx, "x", 0) == 0.1);
    assert_string_equal(from.get_text(from.ctx, "t", ""), "東京");
    assert_string_equal(from.get_json(from.ctx, "j", ""), "[1,{\"a\":null}]");
    fields_reader_release(&fields);
    json_decref(object);
}

TEST(test_missing_names_and_other_types_give_the_default)
{
    json_t *object =
        json_loads("{\"n\": \"7\", \"x\": true, \"t\": 7, \"i\": 3}", 0, NULL);
    json_t *states[] = {object, NULL};
    for (int i = 0; i < 2; i++) {
        struct fields_reader fields;
        struct fv_reader from = fields_reader_init(&fields, states[i]);
        assert_int_equal(from.get_int(from.ctx, "n", 5), 5);
        assert_true(from.get_real(from.ctx, "x", 2.5) == 2.5);
        assert_string_equal(from.get_text(from.ctx, "t", "else"), "else");
        assert_null(from.get_json(from.ctx, "absent", NULL));
        assert_true(from.get_real(from.ctx, "i", 3) ==
                    3); /* a whole number is a number */
        fields_reader_release(&fields);
    }
    json_decref(object);
}

TEST(test_what_json_cannot_hold_is_refused)
{
    json_t *object = json_object();
    struct fv_writer to = fields_writer(object);
    assert_int_equal(to.put_real(to.ctx, "x", NAN), -EINVAL);
    assert_int_equal(to.put_real(to.ctx, "x", INFINITY), -EINVAL);
    assert_int_equal(to.put_text(to.ctx, "t", "\xff"), -EINVAL);
    assert_int_equal(to.put_json(to.ctx, "j", "{"), -EINVAL);
    assert_int_equal(to.put_int(to.ctx, "\xff", 1), -EINVAL);
    assert_int_equal(json_object_size(object), 0);
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_come_back_by_name),
        cmocka_unit_test(test_missing_names_and_other_types_give_the_default),
        cmocka_unit_test(test_what_json_cannot_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
