/* check.h - cmocka with what it wants to see before it. */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* For a test function that has no use for cmocka's state. */
#define TEST(name) static void name(void **state __attribute__((unused)))

#endif
