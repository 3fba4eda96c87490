/*
 * Memory objects and look-aside lists. Sources: wdfmemory/nf-wdfmemory-..., fxmemoryobject.cpp (the statuses
 * of copies), fxmemorybufferpreallocatedapi.cpp, fxlookasidelist.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"

#define TAG 0x4d546167u

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static const struct pool_block *block(const void *p) { return pool_block_of(wdf_sim, p); }

static void from_pool(struct sim *s)
{
    WDFMEMORY m = NULL, paged = NULL;
    PVOID buffer = NULL;
    size_t bytes = 0;

    (void)s;
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 100, &m, &buffer), STATUS_SUCCESS);
    assert_non_null(block(buffer));
    assert_int_equal(block(buffer)->tag, TAG);
    assert_int_equal(block(buffer)->kind, POOL_NONPAGED);
    assert_ptr_equal(WdfMemoryGetBuffer(m, &bytes), buffer);
    assert_int_equal(bytes, 100);
    assert_ptr_equal(WdfMemoryGetBuffer(m, NULL), buffer);
    /* Without a tag it is the driver's: the first four characters of its service's name. */
    assert_int_equal(WdfMemoryCreate(NULL, PagedPool, 0, 5000, &paged, &buffer), STATUS_SUCCESS);
    assert_int_equal(block(buffer)->kind, POOL_PAGED);
    assert_memory_equal(&block(buffer)->tag, "wdft", 4);
    WdfObjectDelete(paged);
    assert_null(block(buffer));
    buffer = WdfMemoryGetBuffer(m, NULL);
    WdfObjectDelete(m);
    assert_null(block(buffer));
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void memory_lies_in_the_pool_with_its_tag(void **state)
{
    (void)state;
    wdf_run(entry, from_pool, 0);
}

static void refused(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFMEMORY m = (WDFMEMORY)1;

    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 0, &m, NULL),
                     STATUS_INVALID_PARAMETER);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.Size = 1;
    assert_int_equal(WdfMemoryCreate(&a, NonPagedPoolNx, TAG, 8, &m, NULL),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_null(m);
    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 8, &m, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    fault_plan_nth(s, FAULT_WDF_OBJECT, s->fault.chances[FAULT_WDF_OBJECT] + 1);
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 8, &m, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_null(m);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    wdf_run(entry, refused, 0);
}

static void preallocated(struct sim *s)
{
    static char mine[16], other[8];
    WDFMEMORY m = NULL;
    size_t bytes = 0;

    (void)s;
    assert_int_equal(WdfMemoryCreatePreallocated(NULL, mine, 0, &m), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfMemoryCreatePreallocated(NULL, mine, sizeof(mine), &m), STATUS_SUCCESS);
    assert_ptr_equal(WdfMemoryGetBuffer(m, &bytes), mine);
    assert_int_equal(bytes, 16);
    assert_int_equal(WdfMemoryAssignBuffer(m, other, 0), STATUS_INVALID_PARAMETER);
    assert_ptr_equal(WdfMemoryGetBuffer(m, NULL), mine);
    assert_int_equal(WdfMemoryAssignBuffer(m, other, sizeof(other)), STATUS_SUCCESS);
    assert_ptr_equal(WdfMemoryGetBuffer(m, &bytes), other);
    assert_int_equal(bytes, 8);
    WdfObjectDelete(m);
}

static void a_drivers_own_bytes_can_be_exchanged(void **state)
{
    (void)state;
    wdf_run(entry, preallocated, 0);
}

static void assigned(struct sim *s)
{
    static char mine[8];
    WDFMEMORY m = NULL;
    PVOID buffer;

    (void)s;
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 8, &m, &buffer), STATUS_SUCCESS);
    (void)WdfMemoryAssignBuffer(m, mine, sizeof(mine));
    assert_ptr_equal(WdfMemoryGetBuffer(m, NULL), buffer);
    WdfObjectDelete(m);
}

static void other_memory_cannot(void **state)
{
    (void)state;
    wdf_run(entry, assigned, 0x10D);
}

static void copies(struct sim *s)
{
    char mine[16] = "0123456789abcde";
    WDFMEMORY m = NULL;
    char *buffer;

    (void)s;
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, TAG, 8, &m, (PVOID *)&buffer),
                     STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCopyFromBuffer(m, 0, mine, 8), STATUS_SUCCESS);
    assert_memory_equal(buffer, "01234567", 8);
    assert_int_equal(WdfMemoryCopyFromBuffer(m, 6, mine + 10, 2), STATUS_SUCCESS);
    assert_memory_equal(buffer, "012345ab", 8);
    assert_int_equal(WdfMemoryCopyFromBuffer(m, 6, mine, 3), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(WdfMemoryCopyFromBuffer(m, 8, mine, 1), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(WdfMemoryCopyFromBuffer(m, 0, mine, 0), STATUS_INVALID_PARAMETER);
    assert_memory_equal(buffer, "012345ab", 8);
    assert_int_equal(WdfMemoryCopyToBuffer(m, 4, mine, 4), STATUS_SUCCESS);
    assert_string_equal(mine, "45ab456789abcde");
    assert_int_equal(WdfMemoryCopyToBuffer(m, 5, mine, 4), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfMemoryCopyToBuffer(m, 8, mine, 1), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfMemoryCopyToBuffer(m, 0, mine, 0), STATUS_INVALID_PARAMETER);
    assert_string_equal(mine, "45ab456789abcde");
    WdfObjectDelete(m);
}

static void copies_stay_inside(void **state)
{
    (void)state;
    wdf_run(entry, copies, 0);
}

static void lookaside(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFLOOKASIDE l = NULL;
    WDFMEMORY one = NULL, two = NULL;
    WDFOBJECT parent = NULL;
    size_t bytes = 0;
    char *buffer;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    assert_int_equal(WdfObjectCreate(&a, &parent), STATUS_SUCCESS);
    a.ParentObject = parent;
    assert_int_equal(WdfLookasideListCreate(NULL, 0, NonPagedPoolNx, &a, TAG, &l),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfLookasideListCreate(NULL, 24, NonPagedPoolNx, &a, TAG, &l), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCreateFromLookaside(l, &one), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCreateFromLookaside(l, &two), STATUS_SUCCESS);
    buffer = WdfMemoryGetBuffer(one, &bytes);
    assert_int_equal(bytes, 24);
    assert_int_equal(block(buffer)->tag, TAG);
    for (unsigned i = 0; i < 24; i++)
        assert_int_equal(buffer[i], 0);
    WdfObjectDelete(one);
    assert_null(block(buffer));
    buffer = WdfMemoryGetBuffer(two, NULL);
    WdfObjectDelete(l); /* the list stays for what is out */
    assert_non_null(block(buffer));
    WdfObjectDelete(parent); /* and its memory hangs on what its attributes named */
    assert_null(block(buffer));
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
}

static void a_lookaside_list_makes_memory(void **state)
{
    (void)state;
    wdf_run(entry, lookaside, 0);
}

static void lookaside_paged(struct sim *s)
{
    WDFLOOKASIDE l = NULL;
    WDFMEMORY m = (WDFMEMORY)1;

    assert_int_equal(WdfLookasideListCreate(NULL, PAGE_SIZE, PagedPool, NULL, 0, &l),
                     STATUS_SUCCESS);
    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
    assert_int_equal(WdfMemoryCreateFromLookaside(l, &m), STATUS_INSUFFICIENT_RESOURCES);
    assert_null(m);
    fault_plan_nth(s, FAULT_WDF_OBJECT, s->fault.chances[FAULT_WDF_OBJECT] + 1);
    assert_int_equal(WdfMemoryCreateFromLookaside(l, &m), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(pool_live(wdf_sim, NULL, NULL), 0);
    assert_int_equal(WdfMemoryCreateFromLookaside(l, &m), STATUS_SUCCESS);
    assert_int_equal(block(WdfMemoryGetBuffer(m, NULL))->kind, POOL_PAGED);
    assert_memory_equal(&block(WdfMemoryGetBuffer(m, NULL))->tag, "wdft", 4);
    WdfObjectDelete(m);
    WdfObjectDelete(l);
}

static void a_paged_list_gives_paged_memory(void **state)
{
    (void)state;
    wdf_run(entry, lookaside_paged, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_lies_in_the_pool_with_its_tag),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_drivers_own_bytes_can_be_exchanged),
        cmocka_unit_test(other_memory_cannot),
        cmocka_unit_test(copies_stay_inside),
        cmocka_unit_test(a_lookaside_list_makes_memory),
        cmocka_unit_test(a_paged_list_gives_paged_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
