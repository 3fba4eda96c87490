/*
 * String objects. Sources: wdfstring/, fxstring.cpp, fxvalidatefunctions.hpp (FxValidateUnicodeString),
 * stringutil.cpp (always ended by a null character).
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static void held(struct sim *s)
{
    WCHAR chars[] = { 'a', 'b', 'c', 'X' };
    UNICODE_STRING in = { 6, 8, chars }, out;
    WDFSTRING string = NULL;

    (void)s;
    assert_int_equal(WdfStringCreate(&in, NULL, &string), STATUS_SUCCESS);
    chars[0] = 'Z'; /* it has a copy */
    WdfStringGetUnicodeString(string, &out);
    assert_int_equal(out.Length, 6);
    assert_int_equal(out.MaximumLength, 8);
    assert_memory_equal(out.Buffer, L"abc", 8);
    assert_int_equal(pool_block_of(wdf_sim, out.Buffer)->kind, POOL_PAGED);
    assert_memory_equal(&pool_block_of(wdf_sim, out.Buffer)->tag, "wdft", 4);
    WdfObjectDelete(string);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void a_string_is_copied_and_ended(void **state)
{
    (void)state;
    wdf_run(entry, held, 0);
}

static void empty(struct sim *s)
{
    UNICODE_STRING out = { 1, 1, (PWCH)1 };
    WDFSTRING string = NULL;

    (void)s;
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &out);
    assert_int_equal(out.Length, 0);
    assert_int_equal(out.MaximumLength, 0);
    assert_null(out.Buffer);
    WdfObjectDelete(string);
}

static void none_is_an_empty_string(void **state)
{
    (void)state;
    wdf_run(entry, empty, 0);
}

static void checked(struct sim *s)
{
    static const struct {
        USHORT length, maximum;
        bool buffer;
        NTSTATUS status;
    } rows[] = {
        { 1, 8, true, STATUS_INVALID_PARAMETER },
        { 2, 7, true, STATUS_INVALID_PARAMETER },
        { 4, 2, true, STATUS_INVALID_PARAMETER },
        { 0, 2, false, STATUS_INVALID_PARAMETER },
        { 0, 0, false, STATUS_SUCCESS },
        { 4, 4, true, STATUS_SUCCESS },
        { 65534, 65534, true, STATUS_INTEGER_OVERFLOW },
    };
    static WCHAR chars[32767];

    (void)s;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        UNICODE_STRING in = { rows[i].length, rows[i].maximum, rows[i].buffer ? chars : NULL };
        WDFSTRING string = (WDFSTRING)1;

        assert_int_equal(WdfStringCreate(&in, NULL, &string), rows[i].status);
        if (NT_SUCCESS(rows[i].status))
            WdfObjectDelete(string);
        else
            assert_null(string);
    }
}

static void lengths_are_checked(void **state)
{
    (void)state;
    wdf_run(entry, checked, 0);
}

static void short_of_memory(struct sim *s)
{
    UNICODE_STRING in = RTL_CONSTANT_STRING(L"abc");
    WDFSTRING string = (WDFSTRING)1;

    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
    assert_int_equal(WdfStringCreate(&in, NULL, &string), STATUS_INSUFFICIENT_RESOURCES);
    fault_plan_nth(s, FAULT_WDF_OBJECT, s->fault.chances[FAULT_WDF_OBJECT] + 1);
    assert_int_equal(WdfStringCreate(&in, NULL, &string), STATUS_INSUFFICIENT_RESOURCES);
    assert_null(string);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void a_failure_leaves_nothing(void **state)
{
    (void)state;
    wdf_run(entry, short_of_memory, 0);
}

static void wrong(struct sim *s)
{
    UNICODE_STRING out = { 0 };
    WDFOBJECT o = NULL;

    (void)s;
    assert_int_equal(WdfObjectCreate(NULL, &o), STATUS_SUCCESS);
    WdfStringGetUnicodeString((WDFSTRING)o, &out);
    assert_null(out.Buffer);
    WdfObjectDelete(o);
}

static void another_object_is_a_bug_check(void **state)
{
    (void)state;
    wdf_run(entry, wrong, 0x10D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_is_copied_and_ended),  cmocka_unit_test(none_is_an_empty_string),
        cmocka_unit_test(lengths_are_checked),           cmocka_unit_test(a_failure_leaves_nothing),
        cmocka_unit_test(another_object_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
