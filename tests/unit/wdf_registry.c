/*
 * Registry keys as objects. Sources: wdfregistry/nf-wdfregistry-..., fxregistryapi.cpp (order and statuses),
 * fxregkeykm.cpp (what a query without a buffer says), stringutil.cpp (layout of REG_MULTI_SZ).
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"
#include "sim/nt/zw.h"

#define NAME(variable, literal) DECLARE_CONST_UNICODE_STRING(variable, literal)

static UNICODE_STRING service;
static WCHAR service_chars[128];

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver;
    service = (UNICODE_STRING) { path->Length, sizeof(service_chars), service_chars };
    memcpy(service_chars, path->Buffer, path->Length);
    return STATUS_SUCCESS;
}

/* The driver's own key, and one below it. */
static WDFKEY open_service(void)
{
    WDFKEY k = NULL;

    assert_non_null(reg_make(wdf_sim, NULL, reg_name_of(&service)));
    assert_int_equal(WdfRegistryOpenKey(NULL, &service, KEY_ALL_ACCESS, NULL, &k), STATUS_SUCCESS);
    return k;
}

static WDFKEY make_sub(void)
{
    NAME(name, L"Sub");
    WDFKEY above = open_service(), k = NULL;
    ULONG disposition = 0;

    assert_int_equal(WdfRegistryCreateKey(above, &name, KEY_ALL_ACCESS, REG_OPTION_NON_VOLATILE,
                                          &disposition, NULL, &k),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_CREATED_NEW_KEY);
    WdfRegistryClose(above);
    return k;
}

static void keys(struct sim *s)
{
    NAME(sub, L"Sub");
    NAME(nothing, L"Nothing");
    uint32_t open = ob_handles_open(s);
    WDFKEY above = open_service(), k = NULL, again = (WDFKEY)1;
    ULONG disposition = 0;

    assert_int_equal(WdfRegistryOpenKey(above, &sub, KEY_READ, NULL, &again),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(again);
    assert_int_equal(WdfRegistryCreateKey(above, &sub, KEY_ALL_ACCESS, 0, NULL, NULL, &k),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryCreateKey(above, &sub, KEY_ALL_ACCESS, 0, &disposition, NULL,
                                          &again),
                     STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    assert_int_equal(ob_handles_open(s), open + 3);
    assert_int_equal(WdfRegistryRemoveKey(above), STATUS_CANNOT_DELETE); /* it has a subkey */
    assert_non_null(WdfRegistryWdmGetHandle(above));
    assert_int_equal(WdfRegistryRemoveKey(k), STATUS_SUCCESS);
    assert_int_equal(ob_handles_open(s), open + 2);
    assert_int_equal(WdfRegistryRemoveValue(again, &nothing), STATUS_KEY_DELETED);
    WdfRegistryClose(again);
    assert_int_equal(WdfRegistryOpenKey(above, &sub, KEY_READ, NULL, &k),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    WdfRegistryClose(above);
    assert_int_equal(ob_handles_open(s), open);
    assert_int_equal(WdfRegistryOpenKey(NULL, &nothing, KEY_READ, NULL, &k),
                     STATUS_OBJECT_PATH_SYNTAX_BAD); /* no path from the root */
}

static void keys_are_opened_made_and_removed(void **state)
{
    (void)state;
    wdf_run(entry, keys, 0);
}

static void closed(struct sim *s)
{
    WDFKEY k = open_service();

    (void)s;
    WdfRegistryClose(k);
    (void)WdfRegistryWdmGetHandle(k);
}

static void a_closed_key_is_a_bug_check(void **state)
{
    (void)state;
    wdf_run(entry, closed, 0x10D);
}

static void numbers(struct sim *s)
{
    NAME(name, L"Number");
    NAME(other, L"Other");
    NAME(word, L"Word");
    UNICODE_STRING odd = { 3, 4, (PWCH)L"ab" };
    WDFKEY k = make_sub();
    ULONG value = 1;

    (void)s;
    assert_int_equal(WdfRegistryAssignULong(k, &name, 0x12345678), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(k, &name, &value), STATUS_SUCCESS);
    assert_int_equal(value, 0x12345678);
    assert_int_equal(WdfRegistryQueryULong(k, &other, &value), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryAssignUnicodeString(k, &word, &name), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(k, &word, &value), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(WdfRegistryQueryULong(k, &odd, &value), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfRegistryAssignULong(k, &odd, 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(value, 0x12345678);
    assert_int_equal(WdfRegistryRemoveValue(k, &name), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryRemoveValue(k, &name), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfRegistryQueryULong(k, &name, &value), STATUS_OBJECT_NAME_NOT_FOUND);
    WdfRegistryClose(k);
}

static void a_number_is_a_reg_dword(void **state)
{
    (void)state;
    wdf_run(entry, numbers, 0);
}

static void values(struct sim *s)
{
    NAME(name, L"Bytes");
    static UCHAR in[5] = { 1, 2, 3, 4, 5 };
    UCHAR out[8] = { 0 };
    WDFKEY k = make_sub();
    ULONG length = 0, type = 0;

    assert_int_equal(WdfRegistryAssignValue(k, &name, REG_BINARY, 5, in), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(k, &name, 0, NULL, &length, &type),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 5);
    assert_int_equal(type, REG_BINARY);
    length = 0;
    assert_int_equal(WdfRegistryQueryValue(k, &name, 4, out, &length, NULL),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 5);
    assert_int_equal(out[0], 0);
    assert_int_equal(WdfRegistryQueryValue(k, &name, 8, out, NULL, NULL), STATUS_SUCCESS);
    assert_memory_equal(out, "\1\2\3\4\5\0\0", 8);
    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
    assert_int_equal(WdfRegistryQueryValue(k, &name, 8, out, NULL, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    WdfRegistryClose(k);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void a_value_tells_its_length_and_type(void **state)
{
    (void)state;
    wdf_run(entry, values, 0);
}

static void memory(struct sim *s)
{
    NAME(name, L"Bytes");
    NAME(empty, L"Empty");
    WDFKEY k = make_sub();
    WDFMEMORY from = NULL, to = NULL;
    WDFMEMORY_OFFSET part = { 2, 3 };
    ULONG type = 0;
    size_t bytes = 0;
    char *buffer;

    (void)s;
    assert_int_equal(WdfMemoryCreate(NULL, PagedPool, 0, 6, &from, (PVOID *)&buffer),
                     STATUS_SUCCESS);
    memcpy(buffer, "abcdef", 6);
    assert_int_equal(WdfRegistryAssignMemory(k, &name, REG_BINARY, from, &part), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMemory(k, &name, NonPagedPoolNx, NULL, &to, &type),
                     STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(to, &bytes), "cde", 3);
    assert_int_equal(bytes, 3);
    assert_int_equal(type, REG_BINARY);
    WdfObjectDelete(to);
    assert_int_equal(WdfRegistryAssignMemory(k, &name, REG_BINARY, from, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMemory(k, &name, PagedPool, NULL, &to, NULL), STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(to, &bytes), "abcdef", 6);
    assert_int_equal(bytes, 6);
    part.BufferLength = 5;
    assert_int_equal(WdfRegistryAssignMemory(k, &name, REG_BINARY, from, &part),
                     STATUS_INTEGER_OVERFLOW);
    assert_int_equal(WdfRegistryAssignValue(k, &empty, REG_BINARY, 0, NULL), STATUS_SUCCESS);
    WdfObjectDelete(to);
    assert_int_equal(WdfRegistryQueryMemory(k, &empty, PagedPool, NULL, &to, NULL),
                     STATUS_RESOURCE_DATA_NOT_FOUND);
    assert_null(to);
    WdfObjectDelete(from);
    WdfRegistryClose(k);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void memory_objects_are_read_and_written(void **state)
{
    (void)state;
    wdf_run(entry, memory, 0);
}

static void texts(struct sim *s)
{
    NAME(name, L"Text");
    NAME(number, L"Number");
    NAME(hello, L"hello");
    WCHAR chars[8];
    UNICODE_STRING out = { 0, 8, chars };
    WDFKEY k = make_sub();
    WDFSTRING string = NULL, back = NULL;
    USHORT bytes = 0;
    ULONG length = 0;

    (void)s;
    assert_int_equal(WdfRegistryAssignUnicodeString(k, &name, &hello), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(k, &name, 0, NULL, &length, NULL),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(length, 12); /* with its null character */
    assert_int_equal(WdfRegistryQueryUnicodeString(k, &name, &bytes, NULL), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(bytes, 12);
    assert_int_equal(WdfRegistryQueryUnicodeString(k, &name, NULL, &out), STATUS_BUFFER_OVERFLOW);
    out.MaximumLength = sizeof(chars);
    assert_int_equal(WdfRegistryQueryUnicodeString(k, &name, NULL, &out), STATUS_SUCCESS);
    assert_int_equal(out.Length, 10);
    assert_memory_equal(chars, L"hello", 12);
    out.MaximumLength = 0;
    out.Length = 0;
    assert_int_equal(WdfRegistryQueryUnicodeString(k, &name, NULL, &out), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfRegistryAssignULong(k, &number, 5), STATUS_SUCCESS);
    out.MaximumLength = sizeof(chars);
    assert_int_equal(WdfRegistryQueryUnicodeString(k, &number, NULL, &out),
                     STATUS_OBJECT_TYPE_MISMATCH);

    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryString(k, &name, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &out);
    assert_int_equal(out.Length, 10);
    assert_memory_equal(out.Buffer, L"hello", 12);
    assert_int_equal(WdfRegistryQueryString(k, &number, string), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(WdfRegistryAssignString(k, &number, string), STATUS_SUCCESS);
    assert_int_equal(WdfStringCreate(&name, NULL, &back), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryString(k, &number, back), STATUS_SUCCESS);
    WdfStringGetUnicodeString(back, &out);
    assert_memory_equal(out.Buffer, L"hello", 12);
    WdfObjectDelete(back);
    WdfObjectDelete(string);
    WdfRegistryClose(k);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void text_is_ended_in_the_registry_and_not_in_a_string(void **state)
{
    (void)state;
    wdf_run(entry, texts, 0);
}

static WDFSTRING string_at(WDFCOLLECTION c, ULONG index, PUNICODE_STRING out)
{
    WDFSTRING s = (WDFSTRING)WdfCollectionGetItem(c, index);

    WdfStringGetUnicodeString(s, out);
    return s;
}

static void lists(struct sim *s)
{
    static const WCHAR stored[] = L"one\0two\0", unended[] = L"one";
    NAME(name, L"List");
    NAME(other, L"Other");
    WDFKEY k = make_sub();
    WDFCOLLECTION c = NULL;
    UNICODE_STRING one;
    UCHAR bytes[32];
    ULONG length = 0, type = 0;
    WDFOBJECT first;

    (void)s;
    assert_int_equal(WdfCollectionCreate(NULL, &c), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignMultiString(k, &other, c), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(k, &other, 32, bytes, &length, &type), STATUS_SUCCESS);
    assert_int_equal(length, 4); /* two null characters */
    assert_int_equal(type, REG_MULTI_SZ);
    assert_int_equal(WdfRegistryAssignValue(k, &name, REG_MULTI_SZ, 18, (PVOID)stored),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(k, &name, NULL, c), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionGetCount(c), 2);
    first = (WDFOBJECT)string_at(c, 0, &one);
    assert_memory_equal(one.Buffer, L"one", 8);
    string_at(c, 1, &one);
    assert_memory_equal(one.Buffer, L"two", 8);
    assert_int_equal(WdfRegistryAssignMultiString(k, &other, c), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryValue(k, &other, 32, bytes, &length, &type), STATUS_SUCCESS);
    assert_int_equal(length, 18);
    assert_memory_equal(bytes, stored, 18);

    assert_int_equal(WdfRegistryAssignValue(k, &name, REG_MULTI_SZ, 8, (PVOID)unended),
                     STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(k, &name, NULL, c), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(WdfRegistryAssignULong(k, &name, 1), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryMultiString(k, &name, NULL, c), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(WdfCollectionGetCount(c), 2);
    assert_int_equal(WdfCollectionAdd(c, k), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignMultiString(k, &other, c), STATUS_INVALID_PARAMETER);
    WdfObjectDelete(WdfCollectionGetItem(c, 1));
    WdfObjectDelete(first);
    WdfObjectDelete(c);
    WdfRegistryClose(k);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void a_list_is_a_collection_of_strings(void **state)
{
    (void)state;
    wdf_run(entry, lists, 0);
}

static void lists_fail(struct sim *s)
{
    static const WCHAR stored[] = L"one\0two\0";
    NAME(name, L"List");
    WDFKEY k = make_sub();
    WDFCOLLECTION c = NULL;

    assert_int_equal(WdfCollectionCreate(NULL, &c), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignValue(k, &name, REG_MULTI_SZ, 18, (PVOID)stored),
                     STATUS_SUCCESS);
    /* Each string takes an object and a place: the third chance is the second string. */
    fault_plan_nth(s, FAULT_WDF_OBJECT, s->fault.chances[FAULT_WDF_OBJECT] + 3);
    assert_int_equal(WdfRegistryQueryMultiString(k, &name, NULL, c), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfCollectionGetCount(c), 0);
    WdfObjectDelete(c);
    WdfRegistryClose(k);
}

static void a_list_is_added_whole_or_not_at_all(void **state)
{
    (void)state;
    wdf_run(entry, lists_fail, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_opened_made_and_removed),
        cmocka_unit_test(a_closed_key_is_a_bug_check),
        cmocka_unit_test(a_number_is_a_reg_dword),
        cmocka_unit_test(a_value_tells_its_length_and_type),
        cmocka_unit_test(memory_objects_are_read_and_written),
        cmocka_unit_test(text_is_ended_in_the_registry_and_not_in_a_string),
        cmocka_unit_test(a_list_is_a_collection_of_strings),
        cmocka_unit_test(a_list_is_added_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
