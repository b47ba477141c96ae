/* address_test.c - what is inside somebody's network, also when it hides in IPv6. */
#include "address.c"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool is_private(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return address_is_private((struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return address_is_private((struct sockaddr *)&six);
}

static void test_private_addresses_are_known(void **state)
{
    static const char *const inside[] = {
        "127.0.0.1",       "10.1.2.3",        "172.16.0.1",    "172.31.255.255",
        "192.168.1.1",     "169.254.169.254", "100.64.0.1",    "0.0.0.0",
        "224.0.0.1",       "255.255.255.255", "::1",           "::",
        "fe80::1",         "fc00::1",         "fd12::1",       "ff02::1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"};
    (void)state;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (!is_private(inside[i]))
            fail_msg("%s is taken for anybody's", inside[i]);
}

static void test_public_addresses_are_let_through(void **state)
{
    static const char *const outside[] = {"1.1.1.1",       "172.32.0.1",   "192.167.1.1",
                                          "100.128.0.1",   "2606:4700::1", "2a00:1450::1",
                                          "::ffff:1.1.1.1"};
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (is_private(outside[i]))
            fail_msg("%s is taken for private", outside[i]);
}

static void test_no_address_is_private(void **state)
{
    struct sockaddr odd = {.sa_family = AF_UNIX};
    (void)state;
    assert_true(address_is_private(&odd));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private_addresses_are_known),
        cmocka_unit_test(test_public_addresses_are_let_through),
        cmocka_unit_test(test_no_address_is_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
