/*
 * The reference's rows about mapping: lengths of MapTransfer (1.5 #8, 2.4), flushes (#5, #26),
 * MapTransferEx (#23) and what is not shown to the device (7.3). Typed from the reference; the last
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

static uint8_t context[DMA_TRANSFER_CONTEXT_SIZE_V1];

static PVOID channel_v1(ULONG registers)
{
    ctl.action = DeallocateObjectKeepRegisters;
    assert_int_equal(T.ops->AllocateAdapterChannel(T.adapter, T.pdo, registers, control, NULL),
                     STATUS_SUCCESS);
    return ctl.base;
}

/* Frames of a buffer by hand: 0xfffff and 0x100000 follow one another over a 4 GiB line. */
static void lengths(void)
{
    static const struct {
        PFN_NUMBER pfns[3];
        ULONG offset, length, sg; /* sg: mapped with scatter/gather; without always `length` */
        bool one_run;             /* without scatter/gather: not bounced */
        const char *why;
    } rows[] = {
        { { 0x100010, 0x100011, 0x100012 }, 0x100, 0x2000, 0x2000, true, "a run of three pages" },
        { { 0x100010, 0x100012, 0x100013 }, 0x100, 0x2000, 0xf00, false, "a gap after the first" },
        { { 0x100010, 0x100011, 0x100013 }, 0, 0x3000, 0x2000, false, "a gap after the second" },
        { { 0x100012, 0x100011, 0x100010 }, 0, 0x3000, 0x1000, false, "backwards" },
        { { 0x100010, 0x100010, 0x100010 }, 0, 0x3000, 0x1000, false, "the same page thrice" },
        { { 0x100010, 0x100011, 0x100013 }, 0xfff, 1, 1, true, "one byte" },
        { { 0xfffff, 0x100000, 0x100001 }, 0, 0x3000, 0x1000, false, "no run crosses 4 GiB" },
        { { 0xffffe, 0xfffff, 0x100000 }, 0x800, 0x1800, 0x1800, true, "up to the line" },
        { { 0xffffe, 0xfffff, 0x100000 }, 0x800, 0x1801, 0x1800, false, "a byte over it" },
    };

    for (unsigned sg = 0; sg < 2; sg++) {
        open_adapter(3, (BOOLEAN)sg, 64, 0x10000);
        to_dispatch();
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct buffer b = buffer_make(rows[i].offset, rows[i].length);
            PVOID base = channel_v1(4);
            ULONG length = rows[i].length;
            uint64_t pa = rows[i].pfns[0] << 12 | rows[i].offset, la;

            for (unsigned k = 0; k < ADDRESS_AND_SIZE_TO_SPAN_PAGES(b.p, b.bytes); k++)
                MmGetMdlPfnArray(b.mdl)[k] = rows[i].pfns[k];
            la = (uint64_t)T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, TRUE).QuadPart;
            ROW_EQUAL(length, sg ? rows[i].sg : rows[i].length, rows[i].why);
            ROW_EQUAL(la == pa, sg || rows[i].one_run, rows[i].why);
            ROW_EQUAL(la >> 32, (la + length - 1) >> 32, rows[i].why);
            ROW_EQUAL(T.ops->FlushAdapterBuffers(T.adapter, b.mdl, base, b.p, length, TRUE), TRUE,
                      rows[i].why);
            T.ops->FreeMapRegisters(T.adapter, base, 4);
        }
    }
    assert_int_equal(T.s->dma->adapters->ranges_live, 0);
}

static void a_run_ends_where_frames_do(void **state)
{
    (void)state;
    with_adapter("direct64", lengths);
}

/* As many pages as there are registers, for who takes fragments. */
static void by_registers(void)
{
    static const struct {
        ULONG offset, registers, mapped;
        const char *why;
    } rows[] = {
        { 0, 1, 0x1000, "one register, a page" },
        { 0xfff, 1, 1, "one register, a page's last byte" },
        { 0x800, 2, 0x1800, "two" },
        { 0x800, 5, 0x4000, "all" },
    };
    ULONGLONG room[64];
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)room;
    PVOID base;

    open_adapter(3, TRUE, 64, 0x10000);
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer b = buffer_make(rows[i].offset, 0x4000);
        ULONG length = 0x4000;

        ROW_EQUAL(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, rows[i].registers,
                                                  DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                  STATUS_SUCCESS, rows[i].why);
        ROW_EQUAL(T.ops->MapTransferEx(T.adapter, b.mdl, base, 0, 0, &length, TRUE, list,
                                       sizeof(room), NULL, NULL),
                  STATUS_SUCCESS, rows[i].why);
        ROW_EQUAL(length, rows[i].mapped, rows[i].why);
        ROW_EQUAL(list_bytes(list), rows[i].mapped, rows[i].why);
        ROW_EQUAL(T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, length, TRUE),
                  STATUS_SUCCESS, rows[i].why);
        T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
    }
    assert_int_equal(T.s->dma->adapters->registers_live, 0);
}

static void registers_bound_a_map(void **state)
{
    (void)state;
    with_adapter("direct64", by_registers);
    with_adapter("remap", by_registers);
    with_adapter("bounce32", by_registers);
}

static void ex_rows(void)
{
    static const struct {
        ULONGLONG offset;
        ULONG device_offset, length, room;
        bool list, completion;
        NTSTATUS status;
        const char *why;
    } rows[] = {
        { 0, 0, 0x3000, 0x200, true, false, STATUS_SUCCESS, "the whole chain" },
        { 0x2fff, 0, 1, 0x200, true, false, STATUS_SUCCESS, "its last byte" },
        { 0, 0, 1, 0x28, true, false, STATUS_SUCCESS, "0x28 bytes hold one element" },
        { 0, 0, 1, 0x27, true, false, STATUS_INVALID_PARAMETER, "0x27 none" },
        { 0, 0, 1, 0, false, false, STATUS_INVALID_PARAMETER, "a bus master needs a list" },
        { 0, 0, 0, 0x200, true, false, STATUS_INVALID_PARAMETER, "no bytes (conflict 12)" },
        { 0, 1, 1, 0x200, true, false, STATUS_INVALID_PARAMETER, "DeviceOffset is system DMA's" },
        { 0, 0, 1, 0x200, true, true, STATUS_INVALID_PARAMETER, "so is the completion routine" },
        { 0x3000, 0, 1, 0x200, true, false, STATUS_INVALID_PARAMETER, "Offset goes to N - 1" },
        { 1, 0, 0x3000, 0x200, true, false, STATUS_INVALID_PARAMETER, "Length to N - Offset" },
    };
    struct buffer a = buffer_make(0, 0x1000), b = buffer_make(0, 0x2000);
    ULONGLONG room[64];
    PVOID base;

    open_adapter(3, TRUE, 64, 0x10000);
    a.mdl->Next = b.mdl;
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, 4, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                    NULL, &base);
    for (size_t i = 0; i < COUNT(rows); i++) {
        ULONG length = rows[i].length;
        PDMA_COMPLETION_ROUTINE routine = rows[i].completion ? (PDMA_COMPLETION_ROUTINE)1 : NULL;

        ROW_EQUAL(T.ops->MapTransferEx(T.adapter, a.mdl, base, rows[i].offset,
                                       rows[i].device_offset, &length, FALSE,
                                       rows[i].list ? (PSCATTER_GATHER_LIST)room : NULL,
                                       rows[i].room, routine, NULL),
                  rows[i].status, rows[i].why);
        ROW_EQUAL(length, rows[i].length, rows[i].why);
        if (rows[i].status == STATUS_SUCCESS)
            T.ops->FlushAdapterBuffersEx(T.adapter, a.mdl, base, rows[i].offset, length, FALSE);
    }
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, NULL, base, 0, 1, FALSE),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, a.mdl, NULL, 0, 1, FALSE),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.s->dma->adapters->ranges_live, 0);
}

static void map_transfer_ex_by_its_arguments(void **state)
{
    (void)state;
    with_adapter("direct64", ex_rows);
    with_adapter("remap", ex_rows);
}

/* What no element shows, the device does not see: neither beside the mapping nor after it. */
static void not_shown(void)
{
    struct buffer a = buffer_make(0, 0x1000), b = buffer_make(0, 0x1000);
    ULONGLONG room[5]; /* one element */
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)room;
    ULONG length = 0x2000;
    uint8_t byte;
    uint64_t la;
    PVOID base;

    open_adapter(3, TRUE, 64, 0x10000);
    a.mdl->Next = b.mdl;
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, 4, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                    NULL, &base);
    assert_int_equal(T.ops->MapTransferEx(T.adapter, a.mdl, base, 0, 0, &length, TRUE, list, 0x28,
                                          NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(list->NumberOfElements, 1);
    assert_int_equal(length, 0x1000);
    la = (uint64_t)list->Elements[0].Address.QuadPart;
    assert_true(dm_bus_read(T.d, 0, la + 0xfff, &byte, 1));
    assert_false(dm_bus_read(T.d, 0, la + 0x1000, &byte, 1));
    T.ops->FlushAdapterBuffersEx(T.adapter, a.mdl, base, 0, length, TRUE);
    assert_false(dm_bus_read(T.d, 0, la, &byte, 1));
    assert_false(dm_bus_read(T.d, 0, la + 0x1000, &byte, 1));
    T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
}

static void what_no_element_shows_is_not_translated(void **state)
{
    (void)state;
    with_adapter("remap", not_shown);
}

/* A packet over a chain with room for one element bounces what it shows and no more. */
static void one_mdl_bounced(void)
{
    struct buffer a = buffer_make(0x10, 0x2000), b = buffer_make(0x20, 0x2000);
    ULONGLONG room[5];
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)room;
    ULONG length = 0x4000, runs = 0;
    PVOID base;

    open_adapter(3, FALSE, 32, 0x10000);
    a.mdl->Next = b.mdl;
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, 6, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                    NULL, &base);
    assert_int_equal(T.ops->MapTransferEx(T.adapter, a.mdl, base, 0, 0, &length, TRUE, list, 0x28,
                                          NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(length, 0x2000);
    for (const struct bounce *x = T.s->dma->files[0]->maps->bounces; x; x = x->next)
        runs++;
    assert_int_equal(runs, 1);
    T.ops->FlushAdapterBuffersEx(T.adapter, a.mdl, base, 0, length, TRUE);
    T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
}

static void a_packet_bounces_what_it_shows(void **state)
{
    (void)state;
    with_adapter("bounce32", one_mdl_bounced);
}

/* A map that finds no bounce memory for its last part leaves nothing translated behind. */
static void no_memory(void)
{
    struct buffer b = buffer_make(0x100, 0x3000); /* external: a part, two pages, a part */
    uint32_t page, last = MEM_NONE;
    ULONGLONG room[64];
    ULONG length = 0x3000;
    uint8_t byte;
    PVOID base;

    open_adapter(3, TRUE, 64, 0x10000);
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, 4, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                    NULL, &base);
    while ((page = mem_pages_alloc(T.s, MEM_BELOW_4G, 3)) != MEM_NONE)
        last = page;
    while (mem_pages_alloc(T.s, MEM_BELOW_4G, 1) != MEM_NONE)
        continue;
    mem_pages_free(T.s, last, 3); /* one run of a page with its guards */
    assert_int_equal(T.ops->MapTransferEx(T.adapter, b.mdl, base, 0, 0, &length, TRUE,
                                          (PSCATTER_GATHER_LIST)room, sizeof(room), NULL, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(length, 0x3000);
    for (unsigned k = 0; k < 64; k++) /* where bus addresses begin */
        assert_false(dm_bus_read(T.d, 0, 0x4000000000 + k * 0x1000, &byte, 1));
    T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
}

static void a_map_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    with_adapter("external", no_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_where_frames_do),
        cmocka_unit_test(registers_bound_a_map),
        cmocka_unit_test(map_transfer_ex_by_its_arguments),
        cmocka_unit_test(what_no_element_shows_is_not_translated),
        cmocka_unit_test(a_packet_bounces_what_it_shows),
        cmocka_unit_test(a_map_that_fails_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
