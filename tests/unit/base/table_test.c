/* table_test.c - what an operator reads: each thing in its column, nothing that a
 * listener could have slipped in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>

#include "table.c"

static char *print(const char *answer)
{
    char *text = NULL;
    size_t length;
    json_t *json = json_loads(answer, 0, NULL);
    assert_non_null(json);
    FILE *out = open_memstream(&text, &length);
    if (!table_print(json, out))
        fputs("no table", out);
    fclose(out);
    json_decref(json);
    return text;
}

static void expect(const char *answer, const char *table)
{
    char *text = print(answer);
    assert_string_equal(text, table);
    free(text);
}

static void test_columns_stand_below_their_titles(void **state)
{
    (void)state;
    expect(
        "{\"order\": [{\"bpm\": 89, \"camelot\": \"4A\", \"energy\": 0.567, \"artist\":"
        " \"Sigur R\\u00f3s\", \"title\": \"Ara b\\u00e1tur\"},"
        " {\"distance\": 12.345, \"artist\": \"An artist whose name has no end\","
        " \"title\": null}]}",
        "   bpm  key   energy    away  track                 \n"
        "  89.0  4A      0.57          Sigur R\u00f3s             Ara b\u00e1tur\n"
        "                       12.35  An artist whose nam.  \n");
}

/* Wide ones, an accent of its own behind its letter, and a cut through a wide one. */
static void test_columns_stand_below_their_titles_in_any_script(void **state)
{
    (void)state;
    expect("{\"order\": [{\"artist\": \"\u5742\u672c\u9f8d\u4e00\", \"title\": \"a\"},"
           " {\"artist\": \"Bjo\u0308rk\", \"title\": \"b\"},"
           " {\"artist\": \"\u5742\u672c\u9f8d\u4e00\u5742\u672c\u9f8d\u4e00\u5742\u672c"
           "\u9f8d\", \"title\": \"c\"}]}",
           "   bpm  key   energy    away  track                 \n"
           "                              \u5742\u672c\u9f8d\u4e00              a\n"
           "                              Bjo\u0308rk                 b\n"
           "                              "
           "\u5742\u672c\u9f8d\u4e00\u5742\u672c\u9f8d\u4e00\u5742"
           ".   c\n");
}

static void test_the_newcomer_of_a_segment_is_its_last_track(void **state)
{
    (void)state;
    expect(
        "{\"segments\": [{\"start\": 59.6, \"end\": 3661, \"style\": \"cut\", \"tracks\":"
        " [{\"title\": \"old\"}, {\"title\": \"new\"}], \"why\": \"so\"}]}",
        "    from        to  style          bpm  key   track                 "
        "                          why\n"
        "    1:00   1:01:01  cut                                           "
        "  new                       so\n");
}

static void test_a_listener_sends_no_orders_to_the_terminal(void **state)
{
    (void)state;
    char *text = print("{\"listeners\": [{\"id\": 3, \"agent\": \"\\u001b[2Jx\\n9\"}]}");
    assert_null(strchr(text, 27));
    assert_int_equal(strchr(strchr(text, '\n') + 1, '\n')[1], 0);
    free(text);
}

static void test_what_is_no_list_has_no_table(void **state)
{
    (void)state;
    expect("{\"ok\": true, \"plugins\": {\"mixer\": {\"name\": \"hands\"}}}", "no table");
    expect("{\"ok\": false, \"error\": \"?\"}", "no table");
    expect("{\"segments\": [{\"tracks\": []}, {\"tracks\": 5}, 7, null]}",
           "    from        to  style          bpm  key   track                 "
           "                          why\n"
           "                                                                    "
           "                          \n"
           "                                                                    "
           "                          \n"
           "                                                                    "
           "                          \n"
           "                                                                    "
           "                          \n");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* as main.c */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_stand_below_their_titles),
        cmocka_unit_test(test_columns_stand_below_their_titles_in_any_script),
        cmocka_unit_test(test_the_newcomer_of_a_segment_is_its_last_track),
        cmocka_unit_test(test_a_listener_sends_no_orders_to_the_terminal),
        cmocka_unit_test(test_what_is_no_list_has_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
