/*
 * MDLs: what a driver finds in them, and what its misuse of them is.
 */
#include "tests/unit/nt_mm.h"

static void odd_offset_body(void *ctx)
{
    struct sim *s = ctx;
    char *buf = mem_user_alloc(s, PROCESS, 10000, 123), *system;
    PMDL mdl = IoAllocateMdl(buf, 10000, FALSE, FALSE, NULL);
    uint32_t page = mem_page_of(s, buf);

    assert_int_equal(MmGetMdlByteOffset(mdl), 123);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), buf);
    assert_int_equal(MmSizeOfMdl(buf, 10000), sizeof(MDL) + 3 * sizeof(PFN_NUMBER));
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    assert_int_equal(mdl->MdlFlags, MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    assert_non_null(mdl->Process);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(MmGetMdlPfnArray(mdl)[i], mem_pfn(s, page + i));
        assert_int_equal(mem_frame(s, page + i)->locks, 1);
    }
    assert_int_equal(last[EV_LOCK].a[1], 3);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    assert_false(mem_is_user(system));
    memset(system, 'q', 10000);
    assert_true(buf[0] == 'q' && buf[9999] == 'q' && buf[-1] == 0 && buf[10000] == 0);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), system);
    assert_int_equal(MmGetPhysicalAddress(system + 5000).QuadPart,
                     mem_pfn(s, page + 1) << 12 | (123 + 5000) % 4096);
    MmUnlockPages(mdl);
    assert_int_equal(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA), 0);
    assert_int_equal(said[EV_VIEW_END], 1);
    assert_int_equal(mem_frame(s, page)->locks, 0);
    IoFreeMdl(mdl);
    assert_int_equal(said[EV_MDL_END], 1);
    assert_int_equal(bugcheck(s), 0);
}

static void lock_user(void *mdl) { MmProbeAndLockPages(mdl, UserMode, IoReadAccess); }
static void lock_kernel(void *mdl) { MmProbeAndLockPages(mdl, KernelMode, IoReadAccess); }

static void refused_body(void *ctx)
{
    struct sim *s = ctx;
    char *theirs = mem_user_alloc(s, PROCESS + 1, 100, 0),
         *mine = mem_user_alloc(s, PROCESS, 100, 0);
    PMDL foreign = IoAllocateMdl(theirs, 100, FALSE, FALSE, NULL);
    PMDL beyond = IoAllocateMdl(mine, 5000, FALSE, FALSE, NULL);
    PMDL kernel =
        IoAllocateMdl(ExAllocatePoolWithTag(NonPagedPoolNx, 100, 1), 100, FALSE, FALSE, NULL);

    assert_int_equal(raised(lock_user, foreign), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(lock_kernel, foreign), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(lock_user, beyond), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(lock_user, kernel), STATUS_ACCESS_VIOLATION);
    assert_int_equal(foreign->MdlFlags | beyond->MdlFlags | kernel->MdlFlags, 0);
    assert_int_equal(raised(lock_kernel, kernel), 0);
    fault_plan_nth(s, FAULT_PROBE, s->fault.chances[FAULT_PROBE] + 1);
    assert_int_equal(raised(lock_kernel, kernel), STATUS_WORKING_SET_QUOTA);
    fault_plan_nth(s, FAULT_MDL, s->fault.chances[FAULT_MDL] + 1);
    assert_null(IoAllocateMdl(mine, 100, FALSE, FALSE, NULL));
    assert_null(IoAllocateMdl(mine, 0xffffffff, FALSE, FALSE, NULL));
}

static void chain_body(void *ctx)
{
    IRP irp = { .MdlAddress = NULL };
    PMDL first = IoAllocateMdl((PVOID)0x1000, 10, FALSE, FALSE, &irp);
    PMDL second = IoAllocateMdl((PVOID)0x2000, 10, TRUE, FALSE, &irp);
    PMDL third = IoAllocateMdl((PVOID)0x3000, 10, TRUE, FALSE, &irp);

    (void)ctx;
    assert_ptr_equal(irp.MdlAddress, first);
    assert_ptr_equal(first->Next, second);
    assert_ptr_equal(second->Next, third);
    assert_null(third->Next);
}

static void partial_body(void *ctx)
{
    struct sim *s = ctx;
    char *buf = mem_user_alloc(s, PROCESS, 20000, 1000);
    PMDL whole = IoAllocateMdl(buf, 20000, FALSE, FALSE, NULL);
    PMDL part = IoAllocateMdl(buf, 6000, FALSE, FALSE, NULL),
         small = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL);
    char *system;

    MmProbeAndLockPages(whole, UserMode, IoModifyAccess);
    IoBuildPartialMdl(whole, part, buf + 7200, 6000);
    assert_int_equal(MmGetMdlByteOffset(part), 8200 - 8192);
    assert_int_equal(MmGetMdlByteCount(part), 6000);
    assert_memory_equal(MmGetMdlPfnArray(part), MmGetMdlPfnArray(whole) + 2,
                        2 * sizeof(PFN_NUMBER));
    assert_int_equal(part->MdlFlags, MDL_PARTIAL | MDL_WRITE_OPERATION);
    system = MmGetSystemAddressForMdlSafe(part, NormalPagePriority);
    system[5999] = 'p';
    assert_int_equal(buf[7200 + 5999], 'p');
    assert_true(part->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
    MmPrepareMdlForReuse(part);
    assert_int_equal(part->MdlFlags, MDL_PARTIAL | MDL_WRITE_OPERATION);

    system = MmGetSystemAddressForMdlSafe(whole, NormalPagePriority);
    IoBuildPartialMdl(whole, part, buf + 19000, 0);
    assert_int_equal(MmGetMdlByteCount(part), 1000);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(part, NormalPagePriority), system + 19000);
    IoFreeMdl(part); /* its parent's mapping stays */
    assert_int_equal(said[EV_VIEW_END], 1);

    IoBuildPartialMdl(whole, small, buf, 20000);
    assert_int_equal(bugcheck(s), 0x40);
    IoBuildPartialMdl(whole, small, buf + 19999, 2);
    assert_int_equal(bugcheck(s), 0x12E);
    assert_int_equal(small->MdlFlags, 0);
}

static void counts_body(void *ctx)
{
    struct sim *s = ctx;
    char *buf = mem_user_alloc(s, PROCESS, 4096, 0);
    PMDL a = IoAllocateMdl(buf, 4096, FALSE, FALSE, NULL),
         b = IoAllocateMdl(buf, 10, FALSE, FALSE, NULL);
    uint32_t page = mem_page_of(s, buf), id;

    MmProbeAndLockPages(a, UserMode, IoReadAccess);
    MmProbeAndLockPages(b, UserMode, IoReadAccess);
    assert_int_equal(mem_frame(s, page)->locks, 2);
    MmUnlockPages(a);
    MmUnlockPages(b);
    assert_int_equal(bugcheck(s), 0);
    MmUnlockPages(b);
    assert_int_equal(bugcheck(s), 0x4E);
    assert_int_equal(mem_frame(s, page)->locks, 0);
    id = mdl_obj(s, a);
    IoFreeMdl(a);
    IoFreeMdl(a);
    assert_int_equal(bugcheck(s), 0xC2);
    assert_int_equal(last[EV_RETURN].obj, id); /* the dead one is named */
    MmUnlockPages(a);                          /* and not looked into */
    assert_null(MmMapLockedPagesSpecifyCache(a, KernelMode, MmCached, NULL, FALSE, 0));
}

static void nonpaged_body(void *ctx)
{
    static char in_the_image[6000];
    struct sim *s = ctx;
    char *p = ExAllocatePoolWithTag(NonPagedPoolNx, 9000, 1), own[200] __attribute__((aligned(16)));
    PMDL mdl = IoAllocateMdl(p + 5, 8000, FALSE, FALSE, NULL), mine = (PMDL)own;
    PMDL image = IoAllocateMdl(in_the_image, 6000, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), p + 5);
    assert_int_equal(MmGetMdlPfnArray(mdl)[1], mem_pfn(s, mem_page_of(s, p) + 1));
    assert_int_equal(mem_frame(s, mem_page_of(s, p))->locks, 0);
    MmInitializeMdl(mine, p, 100);
    MmBuildMdlForNonPagedPool(mine);
    assert_int_equal(MmGetMdlPfnArray(mine)[0], mem_pfn(s, mem_page_of(s, p)));
    MmBuildMdlForNonPagedPool(image);
    assert_ptr_equal(mem_at(s, (struct pa) { MmGetMdlPfnArray(image)[0] << 12 |
                                             MmGetMdlByteOffset(image) }),
                     in_the_image);
    assert_int_equal(bugcheck(s), 0);
    MmUnmapLockedPages(p + 5, mdl);
    assert_int_equal(bugcheck(s), 0xDA);
}

static void advance_body(void *ctx)
{
    struct sim *s = ctx;
    char *buf = mem_user_alloc(s, PROCESS, 20000, 4000);
    PMDL mdl = IoAllocateMdl(buf, 20000, FALSE, FALSE, NULL);
    uint32_t page = mem_page_of(s, buf);
    char *system;

    MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    assert_int_equal(MmAdvanceMdl(mdl, 20001), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(MmAdvanceMdl(mdl, 5000), STATUS_SUCCESS);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), buf + 5000);
    assert_int_equal(MmGetMdlByteCount(mdl), 15000);
    assert_int_equal(MmGetMdlPfnArray(mdl)[0], mem_pfn(s, page + 2));
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), system + 5000);
    assert_int_equal(mem_frame(s, page)->locks + mem_frame(s, page + 1)->locks, 0);
    MmUnlockPages(mdl);
    assert_int_equal(bugcheck(s), 0);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(mem_frame(s, page + i)->locks, 0);
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(an_odd_user_buffer_is_locked_and_mapped, odd_offset_body)
TEST(a_buffer_of_others_is_refused, refused_body)
TEST(secondary_mdls_are_chained, chain_body)
TEST(a_partial_mdl_shows_its_part, partial_body)
TEST(locks_are_counted_and_misuse_is_told, counts_body)
TEST(resident_buffers_need_no_lock, nonpaged_body)
TEST(an_advanced_mdl_lets_go_of_what_is_behind, advance_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_odd_user_buffer_is_locked_and_mapped),
        cmocka_unit_test(a_buffer_of_others_is_refused),
        cmocka_unit_test(secondary_mdls_are_chained),
        cmocka_unit_test(a_partial_mdl_shows_its_part),
        cmocka_unit_test(locks_are_counted_and_misuse_is_told),
        cmocka_unit_test(resident_buffers_need_no_lock),
        cmocka_unit_test(an_advanced_mdl_lets_go_of_what_is_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
