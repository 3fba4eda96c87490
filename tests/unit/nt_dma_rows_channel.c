/*
 * The reference's rows about channels and callbacks: what AdapterControl is given (1.3), who comes
 * first (1.5 #4), one request for each device object (1.8), NULL bases (6.2), and the forms of the
 * synchronous and asynchronous list routines (1.5 #24, #25). Typed from the reference; the last
 * column of a row says what it shows.
 */
#include "tests/unit/nt_dma.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Says which row it was, before the assertion says what differs. */
#define ROW_EQUAL(got_, want_, why_)                                                               \
    do {                                                                                           \
        uint64_t row_got = (uint64_t)(got_), row_want = (uint64_t)(want_);                         \
                                                                                                   \
        if (row_got != row_want)                                                                   \
            print_message("row: %s\n", why_);                                                      \
        assert_int_equal(row_got, row_want);                                                       \
    } while (0)

static uint8_t contexts[3][DMA_TRANSFER_CONTEXT_SIZE_V1];
static struct {
    unsigned calls;
    PDEVICE_OBJECT device_object[8];
    PIRP irp[8];
    uint64_t context[8];
    PVOID base[8];
    uint8_t irql;
} seen;
static IO_ALLOCATION_ACTION action;

static IO_ALLOCATION_ACTION see(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID MapRegisterBase,
                                PVOID Context)
{
    unsigned i = seen.calls++ % 8;

    seen.device_object[i] = DeviceObject;
    seen.irp[i] = Irp;
    seen.base[i] = MapRegisterBase;
    seen.context[i] = (uint64_t)(uintptr_t)Context;
    seen.irql = sched_irql(T.s);
    return action;
}

static void begin(ULONG version, BOOLEAN sg)
{
    memset(&seen, 0, sizeof(seen));
    open_adapter(version, sg, 64, 0x4000);
    assert_int_equal(T.registers, 5);
    if (version == 3)
        for (unsigned i = 0; i < 3; i++)
            T.ops->InitializeDmaTransferContext(T.adapter, contexts[i]);
    to_dispatch();
}

/* The Irp is CurrentIrp as it was when the request was made, not when the routine comes. */
static void current_irp(void)
{
    PIRP first = IoAllocateIrp(1, FALSE), second = IoAllocateIrp(1, FALSE);

    begin(1, TRUE);
    action = KeepObject;
    T.pdo->CurrentIrp = first;
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 2, see, (PVOID)1);
    assert_int_equal(seen.calls, 1);
    assert_ptr_equal(seen.irp[0], first);
    assert_ptr_equal(seen.device_object[0], T.pdo);
    assert_int_equal(seen.irql, 2);
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 2, see, (PVOID)2); /* waits for the channel */
    T.pdo->CurrentIrp = second;
    assert_int_equal(seen.calls, 1);
    T.ops->FreeAdapterChannel(T.adapter); /* the next routine comes before this returns */
    assert_int_equal(seen.calls, 2);
    assert_ptr_equal(seen.irp[1], first);
    /* While one waits, a second takes its wait block: routine, context and Irp are the new ones. */
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 2, see, (PVOID)3);
    T.pdo->CurrentIrp = NULL;
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 2, see, (PVOID)4);
    assert_ptr_equal(T.pdo->Queue.Wcb.DeviceContext, (PVOID)4);
    T.ops->FreeAdapterChannel(T.adapter);
    assert_int_equal(seen.calls, 3);
    assert_int_equal(seen.context[2], 4);
    assert_null(seen.irp[2]);
    T.ops->FreeAdapterChannel(T.adapter);
    assert_int_equal(seen.calls, 3); /* the one that was overwritten never comes */
    IoFreeIrp(first);
    IoFreeIrp(second);
}

static void a_routine_is_given_the_current_irp(void **state)
{
    (void)state;
    with_adapter("direct64", current_irp);
}

/* Version 3: many for one device object, first come first served. */
static void order(void)
{
    begin(3, TRUE);
    action = KeepObject;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, contexts[i], 3 - i, 0,
                                                         see, (PVOID)(uintptr_t)(i + 1), NULL),
                         STATUS_SUCCESS);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(seen.calls, i + 1);
        assert_int_equal(seen.context[i], i + 1);
        T.ops->FreeAdapterChannel(T.adapter);
    }
    T.ops->FreeAdapterChannel(T.adapter); /* nothing is held: nothing happens */
    assert_int_equal(seen.calls, 3);
    assert_int_equal(T.s->dma->adapters->registers_live, 0);
}

static void first_come_first_served(void **state)
{
    (void)state;
    with_adapter("direct64", order);
    with_adapter("bounce32", order);
}

static void counts(void)
{
    static const struct {
        ULONG registers;
        NTSTATUS status;
        bool base;
        const char *why;
    } rows[] = {
        { 0, STATUS_SUCCESS, false, "no registers: a NULL base" },
        { 1, STATUS_SUCCESS, true, "one" },
        { 5, STATUS_SUCCESS, true, "as many as IoGetDmaAdapter said" },
        { 6, STATUS_INSUFFICIENT_RESOURCES, false, "one more: the routine never comes" },
        { 0xffffffff, STATUS_INSUFFICIENT_RESOURCES, false, "no wrap" },
    };

    begin(3, FALSE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        PVOID base = (PVOID)0x55;

        memset(&seen, 0, sizeof(seen));
        action = DeallocateObjectKeepRegisters;
        ROW_EQUAL(T.ops->AllocateAdapterChannel(T.adapter, T.pdo, rows[i].registers, see, NULL),
                  rows[i].status, rows[i].why);
        ROW_EQUAL(seen.calls, rows[i].status == STATUS_SUCCESS, rows[i].why);
        ROW_EQUAL(seen.base[0] != NULL, rows[i].base, rows[i].why);
        T.ops->FreeMapRegisters(T.adapter, seen.base[0], rows[i].registers);
        ROW_EQUAL(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, contexts[0], rows[i].registers,
                                                  DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                  rows[i].status, rows[i].why);
        ROW_EQUAL(base != NULL && base != (PVOID)0x55, rows[i].base, rows[i].why);
        T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
        ROW_EQUAL(T.s->dma->adapters->registers_live, 0, rows[i].why);
    }
}

static void counts_are_checked_first(void **state)
{
    (void)state;
    with_adapter("direct64", counts);
    with_adapter("bounce32", counts);
}

/* Both pages: a routine, or a place for the list and the synchronous flag; with a routine the
 * place is optional. */
static void list_forms(void)
{
    static const struct {
        ULONG offset, length;
        bool sync, routine, place;
        NTSTATUS status;
        const char *why;
    } rows[] = {
        { 0, 0x800, false, true, false, STATUS_SUCCESS, "asynchronous" },
        { 0, 0x800, false, true, true, STATUS_SUCCESS, "asynchronous, and a place" },
        { 0, 0x800, true, true, false, STATUS_SUCCESS, "synchronous with a routine" },
        { 0, 0x800, true, true, true, STATUS_SUCCESS, "synchronous with both" },
        { 0, 0x800, true, false, true, STATUS_SUCCESS, "synchronous without a routine" },
        { 0, 0x800, true, false, false, STATUS_INVALID_PARAMETER, "neither" },
        { 0, 0x800, false, false, true, STATUS_INVALID_PARAMETER, "asynchronous needs a routine" },
        { 0, 0x800, false, false, false, STATUS_INVALID_PARAMETER, "nothing at all" },
        { 0, 0x801, true, false, true, STATUS_INVALID_PARAMETER, "Length to N - Offset" },
        { 0x800, 1, true, false, true, STATUS_INVALID_PARAMETER, "Offset to N - 1" },
        { 0, 0, true, false, true, STATUS_INVALID_PARAMETER, "Length from 1 on" },
    };
    struct buffer b = buffer_make(0x10, 0x800);
    ULONGLONG room[64];

    begin(3, TRUE);
    for (unsigned build = 0; build < 2; build++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            ULONG flags = rows[i].sync ? DMA_SYNCHRONOUS_CALLBACK : 0;
            PDRIVER_LIST_CONTROL routine = rows[i].routine ? list_control : NULL;
            PSCATTER_GATHER_LIST list = NULL, *place = rows[i].place ? &list : NULL;
            NTSTATUS status;

            memset(&got, 0, sizeof(got));
            status = build ? T.ops->BuildScatterGatherListEx(T.adapter, T.pdo, contexts[0], b.mdl,
                                                             rows[i].offset, rows[i].length, flags,
                                                             routine, NULL, TRUE, room,
                                                             sizeof(room), NULL, NULL, place)
                           : T.ops->GetScatterGatherListEx(T.adapter, T.pdo, contexts[0], b.mdl,
                                                           rows[i].offset, rows[i].length, flags,
                                                           routine, NULL, TRUE, NULL, NULL, place);
            ROW_EQUAL(status, rows[i].status, rows[i].why);
            ROW_EQUAL(got.calls, rows[i].routine, rows[i].why);
            ROW_EQUAL(list != NULL, rows[i].place && status == STATUS_SUCCESS, rows[i].why);
            if (list && build)
                ROW_EQUAL(list == (PVOID)room, 1, "always the driver's buffer");
            if (list && rows[i].routine)
                ROW_EQUAL(list == got.list, 1, rows[i].why);
            if (status != STATUS_SUCCESS)
                continue;
            if (!rows[i].routine)
                T.ops->FreeAdapterObject(T.adapter, DeallocateObjectKeepRegisters);
            T.ops->PutScatterGatherList(T.adapter, rows[i].routine ? got.list : list, TRUE);
            ROW_EQUAL(T.s->dma->adapters->registers_live, 0, rows[i].why);
        }
    assert_int_equal(T.ops->BuildScatterGatherListEx(T.adapter, T.pdo, contexts[0], b.mdl, 0, 0x800,
                                                     0, list_control, NULL, TRUE, room, 0x28, NULL,
                                                     NULL, NULL),
                     STATUS_BUFFER_TOO_SMALL);
}

static void lists_by_their_forms(void **state)
{
    (void)state;
    with_adapter("direct64", list_forms);
    with_adapter("remap", list_forms);
    with_adapter("nosg", list_forms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_is_given_the_current_irp),
        cmocka_unit_test(first_come_first_served),
        cmocka_unit_test(counts_are_checked_first),
        cmocka_unit_test(lists_by_their_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
