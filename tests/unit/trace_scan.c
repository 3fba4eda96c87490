/*
 * What the scanner takes for an object, for the beginning of one, and for none; and the fields it finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "trace/scan.h"

struct row {
    const char *text;
    enum scan_end end;
};

static const struct row rows[] = {
    { "{}", SCAN_WHOLE },
    { " { } ", SCAN_WHOLE },
    { "{\"a\":1}", SCAN_WHOLE },
    { "{ \"a\" : [ ] , \"b\" : { } }", SCAN_WHOLE },
    { "{\"a\":[1,[2,{\"b\":[3]}],\"c\"],\"d\":{\"e\":{\"f\":[]}}}", SCAN_WHOLE },
    { "{\"a\":-0.5e+3,\"b\":0,\"c\":-0,\"d\":1E9,\"e\":true,\"f\":false,\"g\":null}", SCAN_WHOLE },
    { "{\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\":\"\xc3\xa9\"}", SCAN_WHOLE },
    { "{", SCAN_CUT },
    { "{\"a", SCAN_CUT },
    { "{\"a\\", SCAN_CUT },
    { "{\"a\\u00", SCAN_CUT },
    { "{\"a\"", SCAN_CUT },
    { "{\"a\":", SCAN_CUT },
    { "{\"a\":1", SCAN_CUT },
    { "{\"a\":-", SCAN_CUT },
    { "{\"a\":1.", SCAN_CUT },
    { "{\"a\":1e+", SCAN_CUT },
    { "{\"a\":tr", SCAN_CUT },
    { "{\"a\":[1,", SCAN_CUT },
    { "{\"a\":{\"b\":2}", SCAN_CUT },
    { "{\"a\":1,", SCAN_CUT },
    { "", SCAN_BAD },
    { "x", SCAN_BAD },
    { "[]", SCAN_BAD },
    { "1", SCAN_BAD },
    { "{}x", SCAN_BAD },
    { "{a:1}", SCAN_BAD },
    { "{\"a\" 1}", SCAN_BAD },
    { "{\"a\":}", SCAN_BAD },
    { "{\"a\":1,}", SCAN_BAD },
    { "{,\"a\":1}", SCAN_BAD },
    { "{\"a\":[1,]}", SCAN_BAD },
    { "{\"a\":[1}", SCAN_BAD },
    { "{\"a\":{1:2}}", SCAN_BAD },
    { "{\"a\":{\"b\"}}", SCAN_BAD },
    { "{\"a\":01}", SCAN_BAD },
    { "{\"a\":00}", SCAN_BAD },
    { "{\"a\":-01}", SCAN_BAD },
    { "{\"a\":+1}", SCAN_BAD },
    { "{\"a\":1.}", SCAN_BAD },
    { "{\"a\":.5}", SCAN_BAD },
    { "{\"a\":1-2}", SCAN_BAD },
    { "{\"a\":0x10}", SCAN_BAD },
    { "{\"a\":nul}", SCAN_BAD },
    { "{\"a\":\"\\x\"}", SCAN_BAD },
    { "{\"a\":\"\\u00g0\"}", SCAN_BAD },
    { "{\"a\":\"\t\"}", SCAN_BAD },
    { "{\"a\":1}{\"b\":2}", SCAN_BAD },
};

static void an_object_is_told_from_what_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (scan_object(rows[i].text, strlen(rows[i].text), NULL, NULL) != rows[i].end)
            fail_msg("%s", rows[i].text);
}

static void fields_are_found_where_they_lie(void **state)
{
    static const char text[] = " {\"s\":18446744073709551615, \"big\" :18446744073709551616,"
                               "\"n\":-1,\"w\\u0041\":\"x\",\"list\":[1,\"]\"],\"o\":\"SGL#3\"}";
    struct scan_field f[SCAN_FIELDS_MAX];
    unsigned count = 0;

    (void)state;
    assert_int_equal(scan_object(text, sizeof(text) - 1, f, &count), SCAN_WHOLE);
    assert_int_equal(count, 6);
    assert_int_equal(f[0].type, SCAN_INTEGER);
    assert_true(f[0].number == UINT64_MAX);
    assert_int_equal(f[1].type, SCAN_OTHER); /* more than 64 bits hold */
    assert_memory_equal(f[1].name, "big", f[1].name_bytes);
    assert_int_equal(f[2].type, SCAN_OTHER);
    assert_true(f[3].escaped);
    assert_int_equal(f[4].type, SCAN_OTHER);
    assert_int_equal(f[4].value_bytes, 7);
    assert_memory_equal(f[4].value, "[1,\"]\"]", 7);
    assert_false(f[4].escaped);
    assert_int_equal(f[5].type, SCAN_STRING);
    assert_int_equal(f[5].value_bytes, 5);
    assert_memory_equal(f[5].value, "SGL#3", 5);
}

static void neither_depth_nor_breadth_hurts(void **state)
{
    static char deep[3000], broad[3000];
    struct scan_field f[SCAN_FIELDS_MAX];
    unsigned count = 0;
    size_t n = 0;

    (void)state;
    strcpy(deep, "{\"a\":");
    memset(deep + 5, '[', 500);
    memset(deep + 505, ']', 500);
    strcpy(deep + 1005, "}");
    assert_int_equal(scan_object(deep, 1006, NULL, NULL), SCAN_WHOLE);
    memset(deep + 5, '[', 2000);
    assert_int_equal(scan_object(deep, 2005, NULL, NULL), SCAN_BAD);
    for (int i = 0; i < 100; i++)
        n += (size_t)sprintf(broad + n, "%s\"f%d\":%d", i ? "," : "{", i, i);
    strcpy(broad + n, "}");
    assert_int_equal(scan_object(broad, n + 1, f, &count), SCAN_WHOLE);
    assert_int_equal(count, 100);
    assert_int_equal(f[SCAN_FIELDS_MAX - 1].number, SCAN_FIELDS_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_told_from_what_is_none),
        cmocka_unit_test(fields_are_found_where_they_lie),
        cmocka_unit_test(neither_depth_nor_breadth_hurts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
