/*
 * Objects by pointer and by handle, events by handle, files that are opened, moved in and deleted,
 * keys that are made by path; who the running thread is.
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

    profile_default(&p);
    s = sim_create(&p, message, sizeof(message));
    assert_non_null(s);
    assert_int_equal(sched_run(s, sched_thread(s, "test", fn, NULL, 0, 8), true), SCHED_DONE);
    sim_destroy(s);
}

static UNICODE_STRING u(PCWSTR text)
{
    UNICODE_STRING v;

    RtlInitUnicodeString(&v, text);
    return v;
}

static OBJECT_ATTRIBUTES named(UNICODE_STRING *name, ULONG attributes)
{
    OBJECT_ATTRIBUTES a;

    InitializeObjectAttributes(&a, name, attributes | OBJ_KERNEL_HANDLE, NULL, NULL);
    return a;
}

static void references_body(void *ctx)
{
    UNICODE_STRING name = u(L"\\BaseNamedObjects\\one");
    HANDLE h, second;
    PKEVENT e = IoCreateNotificationEvent(&name, &h);

    (void)ctx;
    /* The registry begins to exist; the event must not have lain where it goes. */
    assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, L"x"), STATUS_SUCCESS);
    assert_ptr_equal(IoCreateNotificationEvent(&name, &second), e);
    assert_int_equal(ZwClose(second), STATUS_SUCCESS);
    assert_int_equal(ob_references(s, e), 1);
    assert_int_equal(ObfReferenceObject(e), 2);
    assert_int_equal(ObReferenceObjectByPointer(e, 0, *ExEventObjectType, KernelMode),
                     STATUS_SUCCESS);
    assert_int_equal(ob_references(s, e), 3);
    assert_int_equal(ObOpenObjectByPointer(e, OBJ_KERNEL_HANDLE, NULL, EVENT_ALL_ACCESS,
                                           *ExEventObjectType, KernelMode, &second),
                     STATUS_SUCCESS);
    assert_int_equal(ob_references(s, e), 4);
    assert_int_equal(ob_handles_open(s), 2);
    assert_int_equal(ZwClose(second), STATUS_SUCCESS);
    ObDereferenceObjectDeferDelete(e);
    ObDereferenceObject(e);
    assert_int_equal(ob_references(s, e), 1);
    assert_int_equal(ZwClose(h), STATUS_SUCCESS);
    assert_int_equal(ob_references(s, e), 0);
    assert_int_equal(s->bugcheck_code, 0);
}

static void events_body(void *ctx)
{
    UNICODE_STRING name = u(L"\\BaseNamedObjects\\two");
    OBJECT_ATTRIBUTES a = named(&name, 0), again = named(&name, OBJ_OPENIF);
    LARGE_INTEGER now = { 0 };
    LONG previous = -1;
    HANDLE h, same, own;

    (void)ctx;
    assert_int_equal(ZwCreateEvent(&h, EVENT_ALL_ACCESS, &a, SynchronizationEvent, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwCreateEvent(&same, EVENT_ALL_ACCESS, &a, SynchronizationEvent, TRUE),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(ZwCreateEvent(&same, EVENT_ALL_ACCESS, &again, SynchronizationEvent, TRUE),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_int_equal(ZwWaitForSingleObject(h, FALSE, &now), STATUS_SUCCESS);
    assert_int_equal(ZwWaitForSingleObject(same, FALSE, &now),
                     STATUS_TIMEOUT); /* the wait took it */
    assert_int_equal(ZwSetEvent(same, &previous), STATUS_SUCCESS);
    assert_int_equal(previous, 0);
    assert_int_equal(ZwCreateEvent(&own, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwWaitForSingleObject(own, FALSE, &now), STATUS_TIMEOUT);
    ZwClose(own);
    ZwClose(same);
    ZwClose(h);
    assert_int_equal(ob_handles_open(s), 0);
}

static void files_body(void *ctx)
{
    UNICODE_STRING name = u(L"\\??\\C:\\log.txt");
    OBJECT_ATTRIBUTES a = named(&name, OBJ_CASE_INSENSITIVE);
    FILE_POSITION_INFORMATION at = { .CurrentByteOffset = { .QuadPart = 3 } };
    FILE_END_OF_FILE_INFORMATION end = { .EndOfFile = { .QuadPart = 5 } };
    FILE_DISPOSITION_INFORMATION gone = { TRUE };
    IO_STATUS_BLOCK io;
    char out[16];
    HANDLE h;

    (void)ctx;
    assert_int_equal(ZwOpenFile(&h, GENERIC_READ, &a, &io, 0, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(zw_file_put(s, "\\??\\C:\\log.txt", "abcdefgh", 8), STATUS_SUCCESS);
    assert_int_equal(ZwOpenFile(&h, GENERIC_READ | GENERIC_WRITE, &a, &io, 0, 0), STATUS_SUCCESS);
    assert_int_equal(ZwSetInformationFile(h, &io, &at, sizeof(at), FilePositionInformation),
                     STATUS_SUCCESS);
    assert_int_equal(ZwSetInformationFile(h, &io, &end, sizeof(end), FileEndOfFileInformation),
                     STATUS_SUCCESS);
    assert_int_equal(ZwReadFile(h, NULL, NULL, NULL, &io, out, sizeof(out), NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(io.Information, 2); /* from 3 to the new end */
    assert_memory_equal(out, "de", 2);
    at.CurrentByteOffset.QuadPart = -1;
    assert_int_equal(ZwSetInformationFile(h, &io, &at, sizeof(at), FilePositionInformation),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(ZwSetInformationFile(h, &io, &at, 4, FilePositionInformation),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(ZwSetInformationFile(h, &io, &at, sizeof(at), FileBasicInformation),
                     STATUS_INVALID_INFO_CLASS);
    assert_int_equal(ZwSetInformationFile(h, &io, &gone, sizeof(gone), FileDispositionInformation),
                     STATUS_SUCCESS);
    ZwClose(h);
    assert_int_equal(ZwOpenFile(&h, GENERIC_READ, &a, &io, 0, 0), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void keys_body(void *ctx)
{
    UNICODE_STRING name = u(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\a\\b");
    OBJECT_ATTRIBUTES a = named(&name, OBJ_CASE_INSENSITIVE);
    HANDLE h;

    (void)ctx;
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"a\\b"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, L"a\\b"), STATUS_SUCCESS);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"a\\b"), STATUS_SUCCESS);
    assert_int_equal(ZwOpenKey(&h, KEY_ALL_ACCESS, &a), STATUS_SUCCESS);
    assert_int_equal(ZwFlushKey(h), STATUS_SUCCESS);
    assert_int_equal(ZwDeleteKey(h), STATUS_SUCCESS);
    assert_int_equal(ZwFlushKey(h), STATUS_KEY_DELETED);
    ZwClose(h);
    assert_int_equal(ZwFlushKey(h), STATUS_INVALID_HANDLE);
}

static HANDLE seen[2];
static PEPROCESS process_seen[2];

static VOID look(PVOID context)
{
    int i = *(int *)context;

    seen[i] = PsGetCurrentThreadId();
    process_seen[i] = PsGetCurrentProcess();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void who_body(void *ctx)
{
    HANDLE h;
    int which[2] = { 0, 1 };

    (void)ctx;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(PsCreateSystemThread(&h, THREAD_ALL_ACCESS, NULL, NULL, NULL, look,
                                              &which[i]),
                         STATUS_SUCCESS);
        assert_int_equal(ZwWaitForSingleObject(h, FALSE, NULL), STATUS_SUCCESS);
        ZwClose(h);
    }
    assert_ptr_not_equal(seen[0], PsGetCurrentThreadId());
    assert_ptr_equal(process_seen[0], PsInitialSystemProcess);
    assert_ptr_equal(process_seen[1], PsGetCurrentProcess());
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(references_and_handles_are_counted_together, references_body)
TEST(events_have_names_and_handles, events_body)
TEST(a_file_is_moved_in_cut_and_deleted, files_body)
TEST(a_key_is_made_by_path_and_flushed, keys_body)
TEST(threads_have_numbers_and_a_process, who_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_and_handles_are_counted_together),
        cmocka_unit_test(events_have_names_and_handles),
        cmocka_unit_test(a_file_is_moved_in_cut_and_deleted),
        cmocka_unit_test(a_key_is_made_by_path_and_flushed),
        cmocka_unit_test(threads_have_numbers_and_a_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
