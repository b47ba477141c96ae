/* order_test.c - an order as programs write it and as people do. */
#include "order.c"

#include "check.h"

#include <string.h>

static char path[] = "/tmp/order_test.XXXXXX";

static int load(struct order *order, const char *text, struct fv_error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    *order = (struct order){0};
    return order_load(order, path, error);
}

TEST(test_every_shape_of_an_order_is_read)
{
    static const char *const shapes[] = {
        "[\"/a\", \"/b\"]",
        "[{\"path\": \"/a\"}, {\"uri\": \"/b\"}]",
        "{\"order\": [\"/a\", \"/b\"]}",
        "{\"queue\": [{\"path\": \"/a\", \"uri\": \"x\"}, \"/b\"]}",
        "{\"tour\": [\"/a\", \"/b\"], \"other\": 1}",
        "{\"tracks\": [\"/a\", \"/b\"]}"};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct order order;
        struct fv_error error;
        assert_int_equal(load(&order, shapes[i], &error), 0);
        assert_int_equal(order.count, 2);
        assert_string_equal(order.uris[0], "/a");
        assert_string_equal(order.uris[1], "/b");
        order_release(&order);
    }
}

TEST(test_what_is_no_order_is_refused_with_its_place)
{
    struct order order;
    struct fv_error error;
    assert_int_equal(load(&order, "[\"/a\",\n {\"title\": \"x\"}]", &error), -EINVAL);
    assert_non_null(strstr(error.text, "track 2"));
    order_release(&order);
    assert_int_equal(load(&order, "[\n\n\"/a\"", &error), -EINVAL);
    assert_non_null(strstr(error.text, ":3: "));
    assert_int_equal(load(&order, "[]", &error), -EINVAL);
    assert_int_equal(load(&order, "{\"order\": 7}", &error), -EINVAL);
    assert_int_equal(order_load(&order, "/nowhere.json", &error), -ENOENT);
}

TEST(test_saved_order_is_read_again)
{
    struct order order = {0}, again = {0};
    struct fv_error error;
    order_add(&order, "/music/東京 \"x\".mp3");
    order_add(&order, "feed:1");
    order_add(&order, "/music/caf\xe9 100% %41.mp3"); /* no UTF-8 */
    assert_int_equal(order_save(&order, path), 0);
    assert_int_equal(order_load(&again, path, &error), 0);
    assert_int_equal(again.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(again.uris[i], order.uris[i]);
    order_release(&order);
    order_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shape_of_an_order_is_read),
        cmocka_unit_test(test_what_is_no_order_is_refused_with_its_place),
        cmocka_unit_test(test_saved_order_is_read_again),
    };
    close(mkstemp(path));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
