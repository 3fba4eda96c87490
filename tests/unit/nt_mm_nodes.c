/*
 * Memory by node and by cache type, the oldest way to map an MDL, protection, and the calls about
 * pageable sections, which only tell: images are never paged here.
 */
#include "tests/unit/nt_mm.h"

#define TAG 0x54736554u

static void assert_contiguous(char *p, uint64_t low, uint64_t high, uint64_t boundary,
                              uint64_t bytes)
{
    uint64_t at = (uint64_t)MmGetPhysicalAddress(p).QuadPart;

    assert_non_null(p);
    assert_true(at >= low && at + bytes - 1 <= high);
    if (boundary)
        assert_int_equal(at / boundary, (at + bytes - 1) / boundary);
    for (uint64_t k = 0; k < bytes; k += 4096)
        assert_int_equal(MmGetPhysicalAddress(p + k).QuadPart, at + k);
}

static void nodes_body(void *ctx)
{
    struct sim *s = ctx;
    char *a, *b;

    a = MmAllocateContiguousMemorySpecifyCacheNode(0x3000, PA(0), PA(0xffffffff), PA(0x10000),
                                                   MmCached, MM_ANY_NODE_OK);
    assert_int_equal(last[EV_CALL].api, API_MmAllocateContiguousMemorySpecifyCacheNode);
    assert_contiguous(a, 0, 0xffffffff, 0x10000, 0x3000);
    b = MmAllocateContiguousNodeMemory(0x3000, PA(0), PA(0xffffff), PA(0), PAGE_READWRITE, 0);
    assert_contiguous(b, 0, 0xffffff, 0, 0x3000);
    assert_null(MmAllocateContiguousNodeMemory(0x1000, EVERYWHERE, PA(0), PAGE_READONLY, 0));
    assert_null(
        MmAllocateContiguousMemorySpecifyCacheNode(0x3000, PA(0), PA(0x1fff), PA(0), MmCached, 0));
    MmFreeContiguousMemorySpecifyCache(a, 0x3000, MmCached);
    MmFreeContiguousMemorySpecifyCache(b, 0x3000, MmCached);
    assert_int_equal(bugcheck(s), 0);
    MmFreeContiguousMemorySpecifyCache(b, 0x3000, MmCached);
    assert_int_equal(bugcheck(s), 0xC2);
}

static void noncached_body(void *ctx)
{
    struct sim *s = ctx;
    char *p = MmAllocateNonCachedMemory(0x1801);

    assert_non_null(p);
    assert_int_equal((uintptr_t)p & 4095, 0);
    assert_int_equal(last[EV_POOL].a[1], 0x1801);
    p[0x1800] = 1;
    MmFreeContiguousMemory(p); /* of another kind */
    assert_int_equal(bugcheck(s), 0xC2);
    MmFreeNonCachedMemory(p, 0x1801);
    assert_int_equal(bugcheck(s), 0);
    MmFreeNonCachedMemory(p, 0x1801);
    assert_int_equal(bugcheck(s), 0xC2);
}

static void pages_body(void *ctx)
{
    struct sim *s = ctx;
    PMDL mdl = MmAllocateNodePagesForMdlEx(PA(0x2000000), PA(0x20fffff), PA(0), 0x5000, MmCached, 0,
                                           MM_ALLOCATE_FULLY_REQUIRED);
    char *p;

    assert_int_equal(MmGetMdlByteCount(mdl), 0x5000);
    for (unsigned i = 0; i < 5; i++)
        assert_true(MmGetMdlPfnArray(mdl)[i] >= 0x2000 && MmGetMdlPfnArray(mdl)[i] <= 0x20ff);
    assert_int_equal(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_NOT_MAPPED_VIEW);
    p = MmMapLockedPages(mdl, KernelMode);
    assert_non_null(p);
    assert_ptr_equal(mdl->MappedSystemVa, p);
    assert_int_equal(MmGetPhysicalAddress(p + 0x4000).QuadPart >> 12, MmGetMdlPfnArray(mdl)[4]);
    assert_int_equal(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_SUCCESS);
    assert_int_equal(MmProtectMdlSystemAddress(mdl, PAGE_READONLY | PAGE_READWRITE),
                     STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(MmProtectMdlSystemAddress(mdl, 0), STATUS_INVALID_PAGE_PROTECTION);
    MmUnmapLockedPages(p, mdl);
    assert_false(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
    assert_int_equal(bugcheck(s), 0);
}

static void sections_body(void *ctx)
{
    static char inside;
    PVOID handle = MmLockPagableDataSection(&inside);
    uint64_t at = last[EV_CALL].a[0];

    (void)ctx;
    assert_non_null(handle);
    assert_int_equal(last[EV_RETURN].a[0], at);
    MmLockPagableSectionByHandle(handle);
    assert_int_equal(last[EV_CALL].api, API_MmLockPagableSectionByHandle);
    assert_int_equal(last[EV_CALL].a[0], at);
    MmUnlockPagableImageSection(handle);
    assert_int_equal(last[EV_CALL].api, API_MmUnlockPagableImageSection);
    assert_ptr_equal(MmPageEntireDriver(&inside), &inside);
    MmResetDriverPaging(&inside);
    assert_int_equal(last[EV_CALL].api, API_MmResetDriverPaging);
    inside = 1; /* resident, whatever was asked for */
    assert_int_equal(inside, 1);
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(contiguous_memory_by_node_keeps_its_bounds, nodes_body)
TEST(noncached_memory_is_freed_by_its_own_name, noncached_body)
TEST(pages_by_node_are_mapped_and_protected, pages_body)
TEST(sections_tell_who_locked_them, sections_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contiguous_memory_by_node_keeps_its_bounds),
        cmocka_unit_test(noncached_memory_is_freed_by_its_own_name),
        cmocka_unit_test(pages_by_node_are_mapped_and_protected),
        cmocka_unit_test(sections_tell_who_locked_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
