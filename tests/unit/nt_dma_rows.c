/*
 * The reference's rows about adapters and sizes, one table each: which table of operations a
 * version gets (1.1), what each field of the description does to the width (2.2), how many map
 * registers there are (2.3), and how a list is counted (2.5, 1.5 #13 and #17). The numbers are
 * typed from the reference; the last column of each row says what it shows.
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

static void tables(void)
{
    static const struct {
        ULONG version;
        ULONG size;
        unsigned first_null; /* member; 40: none */
        const char *why;
    } rows[] = {
        { 0, 0x68, 13, "version 0 has version 1's table" },
        { 1, 0x68, 13, "12 members" },
        { 2, 0x80, 16, "15 members: lists in the driver's memory" },
        { 3, 0x140, 40, "39 members, up to CreateCommonBufferFromMdl" },
    };
    ULONG n;

    for (size_t i = 0; i < COUNT(rows); i++) {
        PDMA_ADAPTER a = get_adapter(rows[i].version, TRUE, 64, 4096, &n);
        void **members;

        assert_non_null(a);
        members = (void **)a->DmaOperations;
        ROW_EQUAL(a->Version, 1, rows[i].why);
        ROW_EQUAL(a->DmaOperations->Size, rows[i].size, rows[i].why);
        for (unsigned m = 1; m < rows[i].first_null; m++)
            ROW_EQUAL(members[m] != NULL, 1, rows[i].why);
        /* A probe of Size must never meet a member that is not there. */
        ROW_EQUAL(rows[i].size, 8 * rows[i].first_null, rows[i].why);
    }
    assert_null(get_adapter(4, TRUE, 64, 4096, &n));
    assert_null(get_adapter(0xffffffff, TRUE, 64, 4096, &n));
}

static void each_version_gets_its_table(void **state)
{
    (void)state;
    with_adapter("direct64", tables);
}

static void widths(void)
{
    static const struct {
        ULONG version;
        BOOLEAN sg, bits32, bits64;
        INTERFACE_TYPE bus;
        ULONG width, bits; /* bits 0: NULL */
        const char *why;
    } rows[] = {
        { 0, 0, 0, 0, Isa, 0, 24, "no flag: 24 bits" },
        { 1, 0, 0, 0, PCIBus, 0, 24, "PCI alone does not make it 32" },
        { 1, 1, 0, 0, Isa, 0, 24, "scatter/gather alone does not either" },
        { 1, 1, 0, 0, PCIBus, 0, 32, "scatter/gather on PCI is taken for 32" },
        { 1, 1, 0, 0, InterfaceTypeUndefined, 0, 32, "undefined: the PDO is asked, and is PCI" },
        { 2, 0, 1, 0, PCIBus, 0, 32, "Dma32BitAddresses" },
        { 2, 0, 0, 1, PCIBus, 0, 64, "Dma64BitAddresses needs no other flag" },
        { 2, 0, 1, 1, PCIBus, 0, 64, "Dma32BitAddresses is ignored beside it" },
        { 0, 0, 0, 1, Isa, 0, 64, "version 0 reads it, too" },
        { 2, 0, 1, 0, PCIBus, 64, 32, "DmaAddressWidth is version 3's" },
        { 3, 1, 1, 1, PCIBus, 36, 36, "version 3 reads DmaAddressWidth alone" },
        { 3, 0, 0, 0, PCIBus, 24, 24, "the narrowest that a HAL takes" },
        { 3, 0, 0, 0, PCIBus, 64, 64, "the widest" },
        { 3, 1, 0, 1, PCIBus, 0, 0, "zero is refused, whatever the old flags say" },
        { 3, 1, 0, 0, PCIBus, 23, 0, "below 24" },
        { 3, 1, 0, 0, PCIBus, 65, 0, "above 64" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        DEVICE_DESCRIPTION d = { 0 };
        struct event e = { 0 };
        uint32_t from = T.events;
        ULONG n = 77;
        PDMA_ADAPTER a;

        d.Version = rows[i].version;
        d.Master = TRUE;
        d.ScatterGather = rows[i].sg;
        d.Dma32BitAddresses = rows[i].bits32;
        d.Dma64BitAddresses = rows[i].bits64;
        d.InterfaceType = rows[i].bus;
        d.DmaAddressWidth = rows[i].width;
        d.MaximumLength = 4096;
        a = IoGetDmaAdapter(T.pdo, &d, &n);
        ROW_EQUAL(a != NULL, rows[i].bits != 0, rows[i].why);
        ROW_EQUAL(said_since(from, EV_ADAPTER, &e), rows[i].bits != 0, rows[i].why);
        if (a)
            ROW_EQUAL(e.a[1] >> ADAPTER_WIDTH_SHIFT, rows[i].bits, rows[i].why);
    }
}

static void each_field_of_the_description_does_its_part(void **state)
{
    (void)state;
    with_adapter("direct64", widths);
}

static void registers(void)
{
    static const struct {
        ULONG length, registers;
        const char *why;
    } rows[] = {
        { 1, 2, "one byte is a page, and one for an unaligned start" },
        { 4096, 2, "a page, and one" },
        { 4097, 3, "two pages, and one" },
        { 0x10000, 17, "64 KiB" },
        { 0x100000, 257, "1 MiB" },
        { 0xffffffff, 0x100001, "4 GiB less a byte does not wrap" },
    };

    for (unsigned version = 1; version <= 3; version++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            ULONG n = 0;

            assert_non_null(get_adapter(version, TRUE, 64, rows[i].length, &n));
            ROW_EQUAL(n, rows[i].registers, rows[i].why);
        }
    assert_non_null(get_adapter(1, TRUE, 64, 4096, NULL));
}

static void map_registers_are_pages_and_one(void **state)
{
    (void)state;
    with_adapter("direct64", registers);
}

/* --- counting --- */

static struct buffer part[3];

/* MDLs of 0x300 bytes at 0xf00, 0x1000 at 0x10, 0x800 at 0x400; N = 0x1b00. */
static void chain_make(void)
{
    part[0] = buffer_make(0xf00, 0x300);
    part[1] = buffer_make(0x10, 0x1000);
    part[2] = buffer_make(0x400, 0x800);
    part[0].mdl->Next = part[1].mdl;
    part[1].mdl->Next = part[2].mdl;
}

static void calculate(void)
{
    static const struct {
        ULONG skip, length;
        NTSTATUS status;
        ULONG registers;
        const char *why;
    } rows[] = {
        { 0, 0x300, STATUS_SUCCESS, 2, "0xf00 and 0x300: two pages" },
        { 0, 0x100, STATUS_SUCCESS, 1, "up to the page's end" },
        { 0, 0x101, STATUS_SUCCESS, 2, "one byte further" },
        { 0x100, 0x200, STATUS_SUCCESS, 1, "the second page alone" },
        { 0, 0x1300, STATUS_SUCCESS, 4, "two, and two of 0x10 and 0x1000" },
        { 0, 0x1b00, STATUS_SUCCESS, 5, "the whole chain" },
        { 0x2ff, 0x1801, STATUS_SUCCESS, 4, "a byte of the first: one, two, one" },
        /* 2.5 step 3: covered + PAGE_SIZE < Length + offset in the last MDL's page */
        { 0, 0x1b00 + 0xc00, STATUS_SUCCESS, 6, "excess up to PAGE_SIZE less 0x400" },
        { 0, 0x1b00 + 0xc01, STATUS_BUFFER_TOO_SMALL, 0, "one byte more is refused" },
        { 0x100, 0x1a00 + 0xc00, STATUS_SUCCESS, 5, "the start does not matter to it" },
        { 0x300, 1, STATUS_BUFFER_TOO_SMALL, 0, "CurrentVa lies in the first MDL" },
    };
    ULONG size, n;

    open_adapter(2, TRUE, 64, 0x10000);
    chain_make();
    for (size_t i = 0; i < COUNT(rows); i++) {
        PVOID va = part[0].p + rows[i].skip;

        n = size = 0;
        ROW_EQUAL(T.ops->CalculateScatterGatherList(T.adapter, part[0].mdl, va, rows[i].length,
                                                    &size, &n),
                  rows[i].status, rows[i].why);
        ROW_EQUAL(n, rows[i].registers, rows[i].why);
        if (n)
            ROW_EQUAL(size >= 0x10 + 0x18 * n, 1, rows[i].why);
        ROW_EQUAL(T.ops->CalculateScatterGatherList(T.adapter, part[0].mdl, va, rows[i].length,
                                                    &size, NULL),
                  rows[i].status, "NumberOfMapRegisters is optional");
    }
}

static void lists_are_counted_as_the_hal_does(void **state)
{
    (void)state;
    with_adapter("direct64", calculate);
    with_adapter("remap", calculate);
    with_adapter("nosg", calculate);
}

static void transfer_info(void)
{
    static const struct {
        ULONG version;
        ULONGLONG offset;
        ULONG length;
        NTSTATUS status;
        ULONG registers, mdls;
        const char *why;
    } rows[] = {
        { 1, 0, 0x1b00, STATUS_SUCCESS, 5, 3, "the whole chain" },
        { 2, 0, 0x1b00, STATUS_SUCCESS, 5, 3, "version 2" },
        { 1, 0x300, 0x1000, STATUS_SUCCESS, 2, 1, "the second MDL" },
        { 1, 0x12ff, 2, STATUS_SUCCESS, 2, 2, "a byte here, a byte there" },
        { 1, 0x1aff, 1, STATUS_SUCCESS, 1, 1, "the last byte" },
        { 0, 0, 0x1b00, STATUS_NOT_SUPPORTED, 0, 0, "version 0" },
        { 3, 0, 0x1b00, STATUS_NOT_SUPPORTED, 0, 0, "version 3" },
        { 1, 0x1b00, 1, STATUS_INVALID_PARAMETER, 0, 0, "Offset goes to N - 1" },
        { 1, 0, 0x1b01, STATUS_INVALID_PARAMETER, 0, 0, "Length to N - Offset, to the byte" },
        { 1, 0x1000, 0xb01, STATUS_INVALID_PARAMETER, 0, 0, "the same from within" },
        { 1, 0, 0, STATUS_INVALID_PARAMETER, 0, 0, "Length from 1 on" },
        { 1, ~0ull, 1, STATUS_INVALID_PARAMETER, 0, 0, "no wrap" },
    };

    open_adapter(3, TRUE, 64, 0x10000);
    chain_make();
    for (size_t i = 0; i < COUNT(rows); i++) {
        DMA_TRANSFER_INFO info;

        memset(&info, 0, sizeof(info));
        info.Version = rows[i].version;
        info.V2.LogicalPageCount = 0xeeee;
        ROW_EQUAL(T.ops->GetDmaTransferInfo(T.adapter, part[0].mdl, rows[i].offset, rows[i].length,
                                            TRUE, &info),
                  rows[i].status, rows[i].why);
        ROW_EQUAL(info.V1.MapRegisterCount, rows[i].registers, rows[i].why);
        /* A packet is one element for each MDL (1.5 #23). */
        ROW_EQUAL(info.V1.ScatterGatherElementCount,
                  T.s->profile.scatter_gather ? rows[i].registers : rows[i].mdls, rows[i].why);
        ROW_EQUAL(info.V2.LogicalPageCount,
                  rows[i].version == 2 && rows[i].registers ? rows[i].registers : 0xeeee,
                  "LogicalPageCount is version 2's");
    }
}

static void transfer_info_by_version_and_range(void **state)
{
    (void)state;
    with_adapter("direct64", transfer_info);
    with_adapter("nosg", transfer_info);
    with_adapter("remap", transfer_info);
}

static void adapter_info(void)
{
    DMA_ADAPTER_INFO info;

    for (unsigned sg = 0; sg < 2; sg++) {
        open_adapter(3, (BOOLEAN)sg, 40, 0x10000);
        memset(&info, 0xee, sizeof(info));
        info.Version = 1;
        assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_SUCCESS);
        assert_int_equal(info.V1.ReadDmaCounterAvailable, FALSE);
        assert_int_equal(info.V1.DmaAddressWidth, 40);
        assert_int_equal(info.V1.ScatterGatherLimit, sg ? 17 : 1);
        assert_int_equal(info.V1.MinimumTransferUnit, 1);
        assert_int_equal(info.V1.Flags & 2, 0); /* ADAPTER_INFO_API_BYPASS: never */
        info.Version = 0;
        assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_NOT_SUPPORTED);
        info.Version = 2;
        assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_NOT_SUPPORTED);
    }
}

static void adapter_info_is_version_1(void **state)
{
    (void)state;
    with_adapter("direct64", adapter_info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_gets_its_table),
        cmocka_unit_test(each_field_of_the_description_does_its_part),
        cmocka_unit_test(map_registers_are_pages_and_one),
        cmocka_unit_test(lists_are_counted_as_the_hal_does),
        cmocka_unit_test(transfer_info_by_version_and_range),
        cmocka_unit_test(adapter_info_is_version_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
