/* routes_test.c - who listens. */
#include "routes.c"

#include "check.h"

static const char *named(const char *name, const char *forwarded)
{
    const char *other = asked_for(short_name(name), forwarded);
    return other ? other : short_name(name);
}

TEST(test_proxy_on_this_machine_says_for_whom_it_asks)
{
    assert_string_equal(named("127.0.0.1", " 203.0.113.7"), "203.0.113.7");
    assert_string_equal(named("::1", "2001:db8::7"), "2001:db8::7");
    assert_string_equal(named("::ffff:127.0.0.1", "203.0.113.7"), "203.0.113.7");
    assert_string_equal(named("198.51.100.1", "203.0.113.7"), "198.51.100.1");
    assert_string_equal(named("::ffff:198.51.100.1", "203.0.113.7"), "198.51.100.1");
}

TEST(test_what_is_no_address_is_not_believed)
{
    assert_string_equal(named("127.0.0.1", ""), "127.0.0.1");
    assert_string_equal(named("127.0.0.1", "<b>"), "127.0.0.1");
    assert_string_equal(named("::1", "fe80::1%\xff\xfe"), "::1");
    assert_string_equal(named("::ffff", "unknown"), "::ffff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proxy_on_this_machine_says_for_whom_it_asks),
        cmocka_unit_test(test_what_is_no_address_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
