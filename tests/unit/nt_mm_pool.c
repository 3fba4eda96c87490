/*
 * The pool, lookaside lists and probes as drivers call them.
 */
#include "tests/unit/nt_mm.h"

#define TAG 0x54736554u

static void raise_pool(void *ctx)
{
    (void)ctx;
    ExAllocatePoolWithTag(NonPagedPool | POOL_RAISE_IF_ALLOCATION_FAILURE, 10, TAG);
}
static void raise_quota(void *ctx)
{
    (void)ctx;
    ExAllocatePoolQuotaZero(PagedPool, 10, TAG);
}
static void raise_pool2(void *ctx)
{
    (void)ctx;
    ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 10, TAG);
}
static void raise_flags(void *ctx)
{
    (void)ctx;
    ExAllocatePool2(POOL_FLAG_RAISE_ON_FAILURE, 10, TAG);
}

static void fail_next(struct sim *s)
{
    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
}

static void kinds_body(void *ctx)
{
    struct sim *s = ctx;
    char *zero = ExAllocatePool2(POOL_FLAG_NON_PAGED, 300, TAG),
         *paged = ExAllocatePoolZero(PagedPool, 300, TAG);
    char *plain = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 300, TAG);

    for (unsigned i = 0; i < 300; i++)
        assert_true(zero[i] == 0 && paged[i] == 0 && plain[i] != 0);
    assert_int_equal(pool_block_of(s, paged)->kind, POOL_PAGED);
    assert_int_equal(pool_block_of(s, zero)->kind, POOL_NONPAGED);
    assert_int_equal(
        (uintptr_t)ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_CACHE_ALIGNED, 20, TAG) % 64, 0);
    assert_int_equal((uintptr_t)ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, 20, TAG) % 64, 0);
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 300, 0));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 10, TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RESERVED1, 10, TAG));
    assert_int_equal(pool_live(s, NULL, NULL), 5);
}

static void failures_body(void *ctx)
{
    struct sim *s = ctx;

    fail_next(s);
    assert_null(ExAllocatePoolWithTag(NonPagedPool, 10, TAG));
    fail_next(s);
    assert_int_equal(raised(raise_pool, NULL), STATUS_INSUFFICIENT_RESOURCES);
    fail_next(s);
    assert_int_equal(raised(raise_quota, NULL), STATUS_INSUFFICIENT_RESOURCES);
    fail_next(s);
    assert_null(ExAllocatePoolQuotaZero(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, 10, TAG));
    fail_next(s);
    assert_int_equal(raised(raise_pool2, NULL), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(raised(raise_flags, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(raised(raise_pool, NULL), 0);
}

static void frees_body(void *ctx)
{
    struct sim *s = ctx;
    char *p = ExAllocatePoolWithTag(NonPagedPool, 100, TAG),
         *user = mem_user_alloc(s, PROCESS, 10, 0);
    uint32_t obj = pool_block_of(s, p)->obj;

    assert_int_equal(last[EV_RETURN].a[1], obj);
    ExFreePoolWithTag(p, TAG + 1); /* another tag is said and does no harm */
    assert_int_equal(last[EV_CALL].a[1], TAG + 1);
    assert_int_equal(last[EV_CALL].a[2], TAG);
    assert_int_equal(bugcheck(s), 0);
    ExFreePool(p);
    assert_int_equal(last[EV_CALL].obj, obj); /* which block was freed twice */
    assert_int_equal(last[EV_BUGCHECK].a[1], 7);
    assert_int_equal(bugcheck(s), 0xC2);
    ExFreePool(user);
    assert_int_equal(last[EV_BUGCHECK].a[1], 0x40);
    ExFreePool(NULL);
    assert_int_equal(last[EV_BUGCHECK].a[1], 0x46);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static PVOID own_alloc(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
    return ExAllocatePoolWithTag(type, bytes + 1, tag);
}

static void lookaside_body(void *ctx)
{
    struct sim *s = ctx;
    NPAGED_LOOKASIDE_LIST plain;
    PAGED_LOOKASIDE_LIST own;
    LOOKASIDE_LIST_EX ex;
    char *a, *b, *c;

    ExInitializeNPagedLookasideList(&plain, NULL, NULL, 0, 200, TAG, 0);
    ExInitializePagedLookasideList(&own, own_alloc, NULL, 0, 200, TAG, 0);
    assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, NonPagedPoolNx, 0, 64, TAG, 0),
                     STATUS_SUCCESS);
    a = ExAllocateFromNPagedLookasideList(&plain);
    b = ExAllocateFromPagedLookasideList(&own);
    c = ExAllocateFromLookasideListEx(&ex);
    assert_int_equal(pool_block_of(s, a)->bytes, 200);
    assert_int_equal(pool_block_of(s, b)->bytes, 201);
    assert_int_equal(pool_block_of(s, c)->bytes, 64);
    ExFreeToNPagedLookasideList(&plain, a);
    ExFreeToPagedLookasideList(&own, b);
    ExFreeToLookasideListEx(&ex, c);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
    ExDeleteNPagedLookasideList(&plain);
    ExDeletePagedLookasideList(&own);
    ExDeleteLookasideListEx(&ex);
    assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, 99, 0, 64, TAG, 0),
                     STATUS_INVALID_PARAMETER_4);
    assert_int_equal(ExInitializeLookasideListEx(&ex, NULL, NULL, PagedPool, 3, 64, TAG, 0),
                     STATUS_INVALID_PARAMETER_5);
}

struct range {
    char *p;
    SIZE_T bytes;
    ULONG alignment;
};
static void probe_read(void *ctx)
{
    struct range *r = ctx;
    ProbeForRead(r->p, r->bytes, r->alignment);
}
static void probe_write(void *ctx)
{
    struct range *r = ctx;
    ProbeForWrite(r->p, r->bytes, r->alignment);
}
static void raise_status(void *ctx)
{
    (void)ctx;
    ExRaiseStatus(STATUS_IO_TIMEOUT);
}

static void probes_body(void *ctx)
{
    struct sim *s = ctx;
    char *p = mem_user_alloc(s, PROCESS, 4096, 0),
         *kernel = ExAllocatePoolWithTag(NonPagedPool, 10, TAG);

    assert_int_equal(raised(probe_read, &(struct range) { p, 4096, 4 }), 0);
    assert_int_equal(raised(probe_write, &(struct range) { p, 4096, 4 }), 0);
    assert_int_equal(raised(probe_read, &(struct range) { p + 1, 4, 4 }),
                     STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(raised(probe_read, &(struct range) { kernel, 1, 1 }), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(probe_read, &(struct range) { kernel, 0, 1 }),
                     0); /* nothing to look at */
    assert_int_equal(raised(probe_read, &(struct range) { p, SIZE_MAX, 1 }),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(probe_read, &(struct range) { p, 4097, 1 }),
                     0); /* only the limit is looked at */
    assert_int_equal(raised(probe_write, &(struct range) { p, 4097, 1 }), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(raise_status, NULL), STATUS_IO_TIMEOUT);
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(flags_say_which_pool_and_whether_zeroed, kinds_body)
TEST(failures_are_null_or_raised_as_asked, failures_body)
TEST(a_wrong_free_is_a_bug_check_and_goes_on, frees_body)
TEST(lookaside_entries_are_pool_blocks, lookaside_body)
TEST(probes_raise_for_what_is_not_the_users, probes_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_say_which_pool_and_whether_zeroed),
        cmocka_unit_test(failures_are_null_or_raised_as_asked),
        cmocka_unit_test(a_wrong_free_is_a_bug_check_and_goes_on),
        cmocka_unit_test(lookaside_entries_are_pool_blocks),
        cmocka_unit_test(probes_raise_for_what_is_not_the_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
