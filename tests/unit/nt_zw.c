/*
 * The registry's statuses as its pages give them, objects and handles, files, system threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/nt/zw.h"

static struct sim *s;

static void on_machine(void (*fn)(void *))
{
    struct profile p;
    char message[200];
    struct agent *a;

    profile_default(&p);
    s = sim_create(&p, message, sizeof(message));
    assert_non_null(s);
    a = sched_thread(s, "test", fn, NULL, 0, 8);
    assert_int_equal(sched_run(s, a, true), SCHED_DONE);
    sim_destroy(s);
}

#define TEST(name)                                                                                 \
    static void name##_body(void *ctx);                                                            \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(name##_body);                                                                   \
    }                                                                                              \
    static void name##_body(void *ctx)

static UNICODE_STRING u(PCWSTR text)
{
    UNICODE_STRING v;

    RtlInitUnicodeString(&v, text);
    return v;
}

static NTSTATUS open_key(PCWSTR path, HANDLE root, HANDLE *out)
{
    UNICODE_STRING name = u(path);
    OBJECT_ATTRIBUTES a;

    InitializeObjectAttributes(&a, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    return ZwOpenKey(out, KEY_READ, &a);
}

static NTSTATUS create_key(PCWSTR path, HANDLE root, HANDLE *out, ULONG *disposition)
{
    UNICODE_STRING name = u(path);
    OBJECT_ATTRIBUTES a;

    InitializeObjectAttributes(&a, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    return ZwCreateKey(out, KEY_ALL_ACCESS, &a, 0, NULL, REG_OPTION_NON_VOLATILE, disposition);
}

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"

TEST(only_the_last_component_of_a_path_is_made)
{
    HANDLE a, b;
    ULONG disposition;

    (void)ctx;
    assert_int_equal(open_key(SERVICES L"\\x", NULL, &a), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(create_key(SERVICES L"\\x\\y", NULL, &a, &disposition),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(create_key(SERVICES L"\\x", NULL, &a, &disposition), STATUS_SUCCESS);
    assert_int_equal(disposition, REG_CREATED_NEW_KEY);
    assert_int_equal(create_key(L"y", a, &b, &disposition), STATUS_SUCCESS);
    assert_int_equal(ZwClose(b), STATUS_SUCCESS);
    assert_int_equal(create_key(L"Y", a, &b, &disposition), STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    assert_int_equal(ZwDeleteKey(a), STATUS_CANNOT_DELETE);
    assert_int_equal(ZwDeleteKey(b), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(a), STATUS_SUCCESS);
    assert_int_equal(ZwSetValueKey(a, &(UNICODE_STRING) { 0 }, 0, REG_DWORD, &disposition, 4),
                     STATUS_KEY_DELETED);
    ZwClose(a);
    ZwClose(b);
    assert_int_equal(open_key(L"no\\slash", NULL, &a), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_int_equal(ob_handles_open(s), 0);
}

TEST(too_small_writes_nothing_and_overflow_writes_what_fits)
{
    HANDLE k;
    UNICODE_STRING name = u(L"Value");
    uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, out[64];
    ULONG needed, disposition;
    PKEY_VALUE_PARTIAL_INFORMATION p = (PVOID)out;
    PKEY_VALUE_FULL_INFORMATION f = (PVOID)out;

    (void)ctx;
    assert_int_equal(create_key(SERVICES L"\\x", NULL, &k, &disposition), STATUS_SUCCESS);
    assert_int_equal(ZwQueryValueKey(k, &name, KeyValuePartialInformation, out, sizeof(out),
                                     &needed),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ZwSetValueKey(k, &name, 0, REG_BINARY, data, 8), STATUS_SUCCESS);
    memset(out, 0xee, sizeof(out));
    assert_int_equal(ZwQueryValueKey(k, &name, KeyValuePartialInformation, out, 11, &needed),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(needed, 20);
    assert_int_equal(out[0], 0xee);
    assert_int_equal(ZwQueryValueKey(k, &name, KeyValuePartialInformation, out, 15, &needed),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(needed, 20);
    assert_int_equal(p->Type, REG_BINARY);
    assert_int_equal(p->DataLength, 8);
    assert_memory_equal(p->Data, data, 3);
    assert_int_equal(out[15], 0xee);
    assert_int_equal(ZwQueryValueKey(k, &name, KeyValuePartialInformation, out, 20, &needed),
                     STATUS_SUCCESS);
    assert_memory_equal(p->Data, data, 8);
    assert_int_equal(ZwQueryValueKey(k, &name, KeyValueFullInformation, out, sizeof(out), &needed),
                     STATUS_SUCCESS);
    assert_int_equal(f->NameLength, 10);
    assert_int_equal(f->DataOffset % 4, 0);
    assert_memory_equal(out + f->DataOffset, data, 8);
    assert_int_equal(ZwQueryValueKey(k, &name, (KEY_VALUE_INFORMATION_CLASS)99, out, sizeof(out),
                                     &needed),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(ZwDeleteValueKey(k, &name), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteValueKey(k, &name), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(k);
}

TEST(keys_are_listed_by_name_and_values_by_age)
{
    HANDLE k, c;
    UNICODE_STRING one = u(L"zz"), two = u(L"aa");
    uint8_t out[128];
    ULONG needed, disposition, v = 5;
    PKEY_BASIC_INFORMATION b = (PVOID)out;
    PKEY_VALUE_BASIC_INFORMATION vb = (PVOID)out;
    PKEY_FULL_INFORMATION f = (PVOID)out;

    (void)ctx;
    create_key(SERVICES L"\\x", NULL, &k, &disposition);
    create_key(L"beta", k, &c, &disposition);
    ZwClose(c);
    create_key(L"Alpha", k, &c, &disposition);
    ZwClose(c);
    ZwSetValueKey(k, &one, 0, REG_DWORD, &v, 4);
    ZwSetValueKey(k, &two, 0, REG_DWORD, &v, 4);
    assert_int_equal(ZwEnumerateKey(k, 0, KeyBasicInformation, out, sizeof(out), &needed),
                     STATUS_SUCCESS);
    assert_int_equal(b->NameLength, 10);
    assert_memory_equal(b->Name, L"Alpha", 10);
    assert_int_equal(ZwEnumerateKey(k, 1, KeyBasicInformation, out, sizeof(out), &needed),
                     STATUS_SUCCESS);
    assert_memory_equal(b->Name, L"beta", 8);
    assert_int_equal(ZwEnumerateKey(k, 2, KeyBasicInformation, out, sizeof(out), &needed),
                     STATUS_NO_MORE_ENTRIES);
    assert_int_equal(ZwEnumerateValueKey(k, 0, KeyValueBasicInformation, out, sizeof(out), &needed),
                     STATUS_SUCCESS);
    assert_memory_equal(vb->Name, L"zz", 4);
    assert_int_equal(ZwEnumerateValueKey(k, 2, KeyValueBasicInformation, out, sizeof(out), &needed),
                     STATUS_NO_MORE_ENTRIES);
    assert_int_equal(ZwQueryKey(k, KeyFullInformation, out, sizeof(out), &needed), STATUS_SUCCESS);
    assert_int_equal(f->SubKeys, 2);
    assert_int_equal(f->MaxNameLen, 10);
    assert_int_equal(f->Values, 2);
    assert_int_equal(f->MaxValueDataLen, 4);
    ZwClose(k);
}

TEST(a_table_reads_values_and_defaults)
{
    ULONG number = 0, missing = 0, fallback = 42, v = 7;
    UNICODE_STRING text = { 0 };
    RTL_QUERY_REGISTRY_TABLE t[] = {
        { .Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = L"Number", .EntryContext = &number },
        { .Flags = RTL_QUERY_REGISTRY_DIRECT,
          .Name = L"Missing",
          .EntryContext = &missing,
          .DefaultType = REG_DWORD,
          .DefaultData = &fallback,
          .DefaultLength = 4 },
        { .Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = L"Text", .EntryContext = &text },
        { 0 },
    };

    (void)ctx;
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"x"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"x", L"Number", REG_DWORD, &v,
                                           4),
                     STATUS_SUCCESS);
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"x", L"Text", REG_SZ, L"hello",
                                           12),
                     STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"x"), STATUS_SUCCESS);
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"x", t, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(number, 7);
    assert_int_equal(missing, 42);
    assert_int_equal(text.Length, 10);
    assert_memory_equal(text.Buffer, L"hello", 10);
    RtlFreeUnicodeString(&text);
    t[1].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"x", t, NULL, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, L"x", L"Number"),
                     STATUS_SUCCESS);
}

TEST(named_events_are_shared_and_counted)
{
    UNICODE_STRING name = u(L"\\BaseNamedObjects\\done");
    HANDLE a, b;
    PKEVENT first, second;
    PVOID object;
    LARGE_INTEGER now = { 0 };

    (void)ctx;
    first = IoCreateNotificationEvent(&name, &a);
    second = IoCreateNotificationEvent(&name, &b);
    assert_non_null(first);
    assert_ptr_equal(first, second);
    assert_int_equal(ZwWaitForSingleObject(a, FALSE, &now),
                     STATUS_SUCCESS); /* signalled at first */
    KeClearEvent(first);
    assert_int_equal(ZwWaitForSingleObject(b, FALSE, &now), STATUS_TIMEOUT);
    assert_int_equal(ZwSetEvent(b, NULL), STATUS_SUCCESS);
    assert_int_equal(ZwWaitForSingleObject(a, FALSE, &now), STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(a, EVENT_ALL_ACCESS, *PsThreadType, KernelMode,
                                               &object, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ObReferenceObjectByHandle(a, EVENT_ALL_ACCESS, *ExEventObjectType, KernelMode,
                                               &object, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(object, first);
    ZwClose(a);
    ZwClose(b);
    assert_int_equal(ob_references(s, object), 1);
    ObDereferenceObject(object);
    assert_int_equal(ob_references(s, object), 0);
    assert_int_equal(ob_handles_open(s), 0);
}

TEST(one_dereference_too_many_is_a_bug_check)
{
    UNICODE_STRING name = u(L"\\BaseNamedObjects\\x");
    HANDLE h;
    PKEVENT e;

    (void)ctx;
    e = IoCreateSynchronizationEvent(&name, &h);
    ZwClose(h);
    ObDereferenceObject(e);
    assert_int_equal(s->bugcheck_code, 0x18);
    s->bugcheck_code = 0;
}

static int thread_ran;

static VOID thread_start(PVOID context)
{
    thread_ran = *(int *)context;
    assert_int_equal((uintptr_t)PsGetCurrentProcessId(), 4);
    PsTerminateSystemThread(STATUS_SUCCESS);
    thread_ran = -1; /* never */
}

TEST(a_system_thread_runs_and_is_waited_for)
{
    HANDLE h;
    PVOID thread;
    int what = 17;

    (void)ctx;
    thread_ran = 0;
    assert_int_equal(PsCreateSystemThread(&h, THREAD_ALL_ACCESS, NULL, NULL, NULL, thread_start,
                                          &what),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(h, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                               &thread, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ZwClose(h), STATUS_SUCCESS);
    assert_int_equal(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(thread_ran, 17);
    ObDereferenceObject(thread);
    fault_plan_nth(s, FAULT_THREAD, 2);
    assert_int_equal(PsCreateSystemThread(&h, THREAD_ALL_ACCESS, NULL, NULL, NULL, thread_start,
                                          &what),
                     STATUS_INSUFFICIENT_RESOURCES);
}

TEST(files_of_the_store_are_read_and_written)
{
    UNICODE_STRING name = u(L"\\??\\C:\\firmware.bin");
    OBJECT_ATTRIBUTES a;
    IO_STATUS_BLOCK io;
    HANDLE h;
    char out[16];
    LARGE_INTEGER at = { .QuadPart = 2 };
    FILE_STANDARD_INFORMATION info;

    (void)ctx;
    InitializeObjectAttributes(&a, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwCreateFile(&h, GENERIC_READ, &a, &io, NULL, 0, 0, FILE_OPEN, 0, NULL, 0),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(zw_file_put(s, "\\??\\C:\\firmware.bin", "abcdef", 6), STATUS_SUCCESS);
    assert_int_equal(ZwCreateFile(&h, GENERIC_READ | GENERIC_WRITE, &a, &io, NULL, 0, 0, FILE_OPEN,
                                  0, NULL, 0),
                     STATUS_SUCCESS);
    assert_int_equal(ZwQueryInformationFile(h, &io, &info, sizeof(info), FileStandardInformation),
                     STATUS_SUCCESS);
    assert_int_equal(info.EndOfFile.QuadPart, 6);
    assert_int_equal(ZwReadFile(h, NULL, NULL, NULL, &io, out, sizeof(out), &at, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(io.Information, 4);
    assert_memory_equal(out, "cdef", 4);
    assert_int_equal(ZwReadFile(h, NULL, NULL, NULL, &io, out, sizeof(out), NULL, NULL),
                     STATUS_END_OF_FILE);
    assert_int_equal(ZwWriteFile(h, NULL, NULL, NULL, &io, "XY", 2, &at, NULL), STATUS_SUCCESS);
    assert_int_equal(ZwReadFile(h, NULL, NULL, NULL, &io, out, 2, &at, NULL), STATUS_SUCCESS);
    assert_memory_equal(out, "XY", 2);
    ZwClose(h);
}

TEST(a_reset_forgets_everything)
{
    HANDLE k;
    ULONG disposition;

    (void)ctx;
    assert_int_equal(create_key(SERVICES L"\\x", NULL, &k, &disposition), STATUS_SUCCESS);
    nt_zw_reset(s);
    assert_int_equal(ob_handles_open(s), 0);
    assert_int_equal(open_key(SERVICES L"\\x", NULL, &k), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(open_key(SERVICES, NULL, &k), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_last_component_of_a_path_is_made),
        cmocka_unit_test(too_small_writes_nothing_and_overflow_writes_what_fits),
        cmocka_unit_test(keys_are_listed_by_name_and_values_by_age),
        cmocka_unit_test(a_table_reads_values_and_defaults),
        cmocka_unit_test(named_events_are_shared_and_counted),
        cmocka_unit_test(one_dereference_too_many_is_a_bug_check),
        cmocka_unit_test(a_system_thread_runs_and_is_waited_for),
        cmocka_unit_test(files_of_the_store_are_read_and_written),
        cmocka_unit_test(a_reset_forgets_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
