/*
 * Pages without addresses, contiguous memory, mappings of either kind, physical addresses.
 */
#include "sim/core/bus.h"
#include "tests/unit/nt_mm.h"

static void franken_body(void *ctx)
{
    struct sim *s = ctx;
    PMDL a = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 3 * 4096, MmCached, 0);
    PMDL b = MmAllocatePagesForMdlEx(PA(0), PA(0xffffffff), PA(0), 2 * 4096, MmCached, 0);
    PMDL both = IoAllocateMdl(NULL, 5 * 4096, FALSE, FALSE, NULL);
    char *va, *va_a = MmGetSystemAddressForMdlSafe(a, NormalPagePriority);
    char *va_b = MmGetSystemAddressForMdlSafe(b, NormalPagePriority);
    PPFN_NUMBER pfns = MmGetMdlPfnArray(both);

    for (unsigned i = 0; i < 3; i++)
        va_a[i * 4096 + 9] = (char)('a' + i);
    for (unsigned i = 0; i < 2; i++)
        va_b[i * 4096 + 9] = (char)('x' + i);
    for (unsigned i = 0; i < 5; i++) /* a2 b1 a0 b0 a1 */
        pfns[i] = i % 2 ? MmGetMdlPfnArray(b)[i == 1]
                        : MmGetMdlPfnArray(a)[(i + 4) % 6 / 2 ? (i == 0 ? 2 : 1) : 0];
    both->MdlFlags |= MDL_PAGES_LOCKED;
    va = MmMapLockedPagesSpecifyCache(both, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    assert_non_null(va);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(va[i * 4096 + 9], *((char *)mem_at(s, (struct pa) { pfns[i] << 12 }) + 9));
    assert_int_equal(va[9], 'c');
    assert_int_equal(va[4096 + 9], 'y');
    va[4096 + 9] = '!';
    assert_int_equal(va_b[4096 + 9], '!');
    assert_true(MmIsAddressValid(va));
    MmUnmapLockedPages(va, both);
    assert_false(MmIsAddressValid(va));
    assert_int_equal(bugcheck(s), 0);
    MmUnmapLockedPages(va, both);
    assert_int_equal(bugcheck(s), 0xDA);
    both->MdlFlags = 0;
    MmMapLockedPagesSpecifyCache(both, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    assert_int_equal(bugcheck(s), 0x1A);
    fault_plan_nth(s, FAULT_VIEW, s->fault.chances[FAULT_VIEW] + 1);
    both->MdlFlags = MDL_PAGES_LOCKED;
    assert_null(MmGetSystemAddressForMdlSafe(both, NormalPagePriority));
    MmFreePagesFromMdl(a);
    ExFreePool(a);
    MmFreePagesFromMdl(b);
    MmFreePagesFromMdl(b);
    assert_int_equal(bugcheck(s), 0x4E);
    ExFreePool(b);
    assert_int_equal(bugcheck(s), 0);
}

static void pages_body(void *ctx)
{
    struct sim *s = ctx;
    PMDL mdl = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 100000, MmCached, 0), whole;
    uint32_t page = mem_page(s, MmGetMdlPfnArray(mdl)[0]);

    assert_int_equal(MmGetMdlByteCount(mdl), 25 * 4096);
    assert_true(mdl->MdlFlags & MDL_PAGES_LOCKED);
    assert_int_equal(mem_frame(s, page)->locks, 1);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
    assert_int_equal(mem_frame(s, page)->allocated, FRAME_FREE);

    mdl = MmAllocatePagesForMdlEx(PA(0x2000000), PA(0x20fffff), PA(0), 2 << 20, MmCached, 0);
    assert_int_equal(MmGetMdlByteCount(mdl), 1 << 20); /* less than wanted */
    for (unsigned i = 0; i < 256; i++)
        assert_true(MmGetMdlPfnArray(mdl)[i] >= 0x2000 && MmGetMdlPfnArray(mdl)[i] <= 0x20ff);
    whole = MmAllocatePagesForMdlEx(PA(0x2100000), PA(0x21fffff), PA(0), 2 << 20, MmCached,
                                    MM_ALLOCATE_FULLY_REQUIRED);
    assert_null(whole);
    /* The window moves up by SkipBytes until there is enough. */
    whole = MmAllocatePagesForMdlEx(PA(0x2000000), PA(0x20fffff), PA(0x100000), 2 << 20, MmCached,
                                    MM_ALLOCATE_FULLY_REQUIRED);
    assert_int_equal(MmGetMdlByteCount(whole), 2 << 20);
    for (unsigned i = 0; i < 512; i++)
        assert_true(MmGetMdlPfnArray(whole)[i] >= 0x2100 && MmGetMdlPfnArray(whole)[i] <= 0x22ff);
    fault_plan_nth(s, FAULT_PAGES_MDL, s->fault.chances[FAULT_PAGES_MDL] + 1);
    assert_null(MmAllocatePagesForMdl(EVERYWHERE, PA(0), 4096));
    assert_int_equal(bugcheck(s), 0);
}

static void chunks_body(void *ctx)
{
    ULONG flags = MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS;
    PMDL mdl = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0x8000), 0x40000, MmCached, flags), one;

    (void)ctx;
    for (unsigned i = 0; i < 64; i++) {
        PFN_NUMBER chunk = MmGetMdlPfnArray(mdl)[i & ~7u];

        assert_int_equal(chunk % 8, 0);
        assert_int_equal(MmGetMdlPfnArray(mdl)[i], chunk + i % 8);
    }
    one = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 0x9000, MmCached, flags);
    for (unsigned i = 0; i < 9; i++)
        assert_int_equal(MmGetMdlPfnArray(one)[i], MmGetMdlPfnArray(one)[0] + i);
    assert_null(MmAllocatePagesForMdlEx(EVERYWHERE, PA(0x3000), 0x9000, MmCached, flags));
    assert_null(MmAllocatePagesForMdlEx(EVERYWHERE, PA(0x4000), 0x9000, MmCached, flags));
    assert_null(MmAllocatePagesForMdlEx(EVERYWHERE, PA(100), 0x9000, MmCached, 0));
}

static void contiguous_body(void *ctx)
{
    struct sim *s = ctx;
    static const uint64_t highest[] = { 0xffffff, 0x1fffffff, 0xffffffff, INT64_MAX };

    for (unsigned i = 0; i < 4; i++) {
        char *p = MmAllocateContiguousMemory(0x5001, PA(highest[i]));
        uint64_t at = (uint64_t)MmGetPhysicalAddress(p).QuadPart;

        assert_non_null(p);
        assert_true(at + 0x5001 <= highest[i]);
        for (unsigned k = 0; k <= 5; k++)
            assert_int_equal(MmGetPhysicalAddress(p + k * 4096).QuadPart, at + k * 4096);
        MmFreeContiguousMemory(p);
        assert_int_equal(bugcheck(s), 0);
        MmFreeContiguousMemory(p);
        assert_int_equal(bugcheck(s), 0xC2);
    }
    for (unsigned i = 0; i < 20; i++) {
        char *p = MmAllocateContiguousMemorySpecifyCache(0x3000, PA(0), PA(0xffffffff), PA(0x4000),
                                                         MmCached);
        uint64_t at = (uint64_t)MmGetPhysicalAddress(p).QuadPart;

        assert_int_equal(at / 0x4000, (at + 0x2fff) / 0x4000);
    }
    assert_null(MmAllocateContiguousMemorySpecifyCache(0x5000, EVERYWHERE, PA(0x4000), MmCached));
    assert_null(MmAllocateContiguousMemory(0x1000, PA(0xfffff)));
    fault_plan_nth(s, FAULT_CONTIGUOUS, s->fault.chances[FAULT_CONTIGUOUS] + 1);
    assert_null(MmAllocateContiguousMemory(0x1000, PA(INT64_MAX)));
}

static void map_at_the_wrong_place(void *mdl)
{
    MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, (PVOID)0x10000, FALSE, 0);
}

static void user_mapping_body(void *ctx)
{
    struct sim *s = ctx;
    PMDL mdl = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 2 * 4096, MmCached, 0);
    PMDL mixed = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0x1000), 2 * 4096, MmCached, 0);
    char *user = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, 0), *other;
    PFN_NUMBER pfn = MmGetMdlPfnArray(mixed)[0];

    assert_true((ULONG_PTR)user < MmUserProbeAddress);
    assert_true(mem_user_valid(s, PROCESS, user, 8192));
    assert_false(mem_user_valid(s, PROCESS + 1, user, 1));
    user[5000] = 'u';
    assert_int_equal(((char *)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority))[5000], 'u');
    assert_int_equal(last[EV_VIEW].a[2], KernelMode);
    MmUnmapLockedPages(user, mdl);
    assert_false(mem_user_valid(s, PROCESS, user, 1));
    MmGetMdlPfnArray(mixed)[0] = MmGetMdlPfnArray(mixed)[1];
    MmGetMdlPfnArray(mixed)[1] = pfn;
    other = MmMapLockedPagesSpecifyCache(mixed, UserMode, MmCached, NULL, FALSE, 0);
    assert_true((ULONG_PTR)other < MmUserProbeAddress && mem_user_valid(s, PROCESS, other, 8192));
    other[0] = 'z';
    assert_int_equal(*(char *)mem_at(s, (struct pa) { MmGetMdlPfnArray(mixed)[0] << 12 }), 'z');
    MmUnmapLockedPages(other, mixed);
    assert_int_equal(raised(map_at_the_wrong_place, mdl), STATUS_CONFLICTING_ADDRESSES);
    assert_int_equal(bugcheck(s), 0);
}

static void reserved_body(void *ctx)
{
    struct sim *s = ctx;
    char *room = MmAllocateMappingAddress(3 * 4096, 'T'), *va;
    PMDL mdl = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 2 * 4096, MmCached, 0);
    PMDL big = MmAllocatePagesForMdlEx(EVERYWHERE, PA(0), 4 * 4096, MmCached, 0);

    assert_null(MmMapLockedPagesWithReservedMapping(room, 'T', big, MmCached));
    va = MmMapLockedPagesWithReservedMapping(room, 'T', mdl, MmCached);
    assert_ptr_equal(va, room);
    va[4096] = 'r';
    assert_int_equal(*(char *)mem_at(s, (struct pa) { MmGetMdlPfnArray(mdl)[1] << 12 }), 'r');
    assert_int_equal(bugcheck(s), 0);
    MmFreeMappingAddress(room, 'T');
    assert_int_equal(last[EV_BUGCHECK].a[1], 0x103);
    MmUnmapReservedMapping(room, 'T', mdl);
    MmMapLockedPagesWithReservedMapping(room, 'U', mdl, MmCached);
    assert_int_equal(last[EV_BUGCHECK].a[1], 0x104);
    bugcheck(s);
    MmFreeMappingAddress(room, 'T');
    assert_int_equal(bugcheck(s), 0);
    MmFreeMappingAddress(room, 'T');
    assert_int_equal(last[EV_BUGCHECK].a[1], 0x102);
}

static void physical_body(void *ctx)
{
    struct sim *s = ctx;
    PPHYSICAL_MEMORY_RANGE ranges = MmGetPhysicalMemoryRanges();
    static WCHAR known[] = { 'I', 'o', 'F', 'r', 'e', 'e', 'M', 'd', 'l' }, unknown[] = { 'X' };
    UNICODE_STRING name = { sizeof known, sizeof known, known },
                   none = { sizeof unknown, sizeof unknown, unknown };
    char *page = ExAllocatePoolWithTag(NonPagedPoolNx, 4096, 1), *again;
    uint64_t pages = 0;
    LONGLONG end = 0;

    for (unsigned i = 0; ranges[i].NumberOfBytes.QuadPart; i++) {
        assert_true(ranges[i].BaseAddress.QuadPart >= end);
        end = ranges[i].BaseAddress.QuadPart + ranges[i].NumberOfBytes.QuadPart;
        pages += (uint64_t)ranges[i].NumberOfBytes.QuadPart >> 12;
    }
    assert_true(pages >= s->profile.ram_mib * 256u);
    ExFreePool(ranges);
    assert_ptr_equal(MmGetSystemRoutineAddress(&name), (PVOID)IoFreeMdl);
    assert_null(MmGetSystemRoutineAddress(&none));
    again = MmMapIoSpace(MmGetPhysicalAddress(page + 16), 100, MmNonCached); /* RAM, which is odd */
    page[20] = 'm';
    assert_int_equal(again[4], 'm');
    MmUnmapIoSpace(again, 100);
    assert_null(MmMapIoSpace(PA(0x7fffff0000), 100, MmNonCached));
    assert_int_equal(MmGetPhysicalAddress(NULL).QuadPart, 0);
    assert_int_equal(bugcheck(s), 0);
    MmUnmapIoSpace(again, 100);
    assert_int_equal(bugcheck(s), 0xDA);
}

static void io_mdl_body(void *ctx)
{
    struct sim *s = ctx;
    MM_PHYSICAL_ADDRESS_LIST list[2] = { { PA(0x7000000000), 0x2000 },
                                         { PA(0x7100000000), 0x1000 } };
    PMDL mdl;

    assert_int_equal(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_SUCCESS);
    assert_int_equal(MmGetMdlByteCount(mdl), 0x3000);
    assert_true(mdl->MdlFlags & MDL_IO_SPACE);
    assert_int_equal(MmGetMdlPfnArray(mdl)[2], 0x7100000);
    IoFreeMdl(mdl);
    list[1].NumberOfBytes = 5;
    assert_int_equal(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_INVALID_PARAMETER_1);
    list[1] = (MM_PHYSICAL_ADDRESS_LIST) { PA(0x1000000), 0x1000 }; /* RAM */
    assert_int_equal(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_INVALID_PARAMETER_1);
    assert_null(mdl);
    assert_int_equal(bugcheck(s), 0);
}

static void registers_body(void *ctx)
{
    struct sim *s = ctx;
    struct dm_device *d = bus_plug(s, dm_device_model("sgdma")), *found;
    uint64_t start = d->bars[0].start, offset;
    char *p = MmMapIoSpace(PA(start + 0x10), 0x20, MmNonCached), *second, *third;
    PMDL mdl = IoAllocateMdl(p, 0x20, FALSE, FALSE, NULL);
    unsigned bar;

    assert_true(bus_mmio_find(s, p, &found, &bar, &offset));
    assert_true(found == d && bar == 0 && offset == 0x10);
    assert_int_equal(MmGetPhysicalAddress(p).QuadPart, start + 0x10);
    assert_true(MmIsAddressValid(p));
    MmBuildMdlForNonPagedPool(mdl);
    assert_int_equal(MmGetMdlPfnArray(mdl)[0], start >> 12);
    assert_true(mdl->MdlFlags & MDL_IO_SPACE);
    third = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmNonCached, NULL, FALSE, 0);
    assert_true(bus_mmio_find(s, third, &found, &bar, &offset) && offset == 0x10);
    MmUnmapLockedPages(third, mdl);
    assert_false(bus_mmio_find(s, third, &found, &bar, &offset));
    second = MmMapIoSpaceEx(PA(start), 0x20, PAGE_READWRITE | PAGE_NOCACHE);
    assert_non_null(second);
    assert_null(MmMapIoSpaceEx(PA(start), 0x20, PAGE_NOACCESS));
    MmUnmapIoSpace(p, 0x20);
    assert_false(bus_mmio_find(s, p, &found, &bar, &offset));
    MmUnmapIoSpace(second, 0x20);
    fault_plan_nth(s, FAULT_MAP_IO, s->fault.chances[FAULT_MAP_IO] + 1);
    assert_null(MmMapIoSpace(PA(start), 0x20, MmNonCached));
    assert_int_equal(bugcheck(s), 0);
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(an_assembled_mdl_is_mapped_page_by_page, franken_body)
TEST(pages_come_from_the_ranges_asked_for, pages_body)
TEST(chunks_are_contiguous_and_aligned, chunks_body)
TEST(contiguous_memory_keeps_its_limits, contiguous_body)
TEST(pages_can_be_mapped_to_a_process, user_mapping_body)
TEST(reserved_addresses_take_an_mdl, reserved_body)
TEST(physical_addresses_lead_to_memory, physical_body)
TEST(an_mdl_can_describe_device_memory, io_mdl_body)
TEST(registers_are_mapped_through_the_bus, registers_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_assembled_mdl_is_mapped_page_by_page),
        cmocka_unit_test(pages_come_from_the_ranges_asked_for),
        cmocka_unit_test(chunks_are_contiguous_and_aligned),
        cmocka_unit_test(contiguous_memory_keeps_its_limits),
        cmocka_unit_test(pages_can_be_mapped_to_a_process),
        cmocka_unit_test(reserved_addresses_take_an_mdl),
        cmocka_unit_test(physical_addresses_lead_to_memory),
        cmocka_unit_test(an_mdl_can_describe_device_memory),
        cmocka_unit_test(registers_are_mapped_through_the_bus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
