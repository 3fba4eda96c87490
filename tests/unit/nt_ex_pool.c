/*
 * The pool's older and newer names: which of them zero, which raise, what extended parameters may
 * say; the exceptions that Ex raises by name; the NX opt-in.
 */
#include "tests/unit/nt_mm.h"

#define TAG 0x54736554u
#define BYTES 200u

static bool all_zero(const char *p)
{
    for (unsigned i = 0; i < BYTES; i++)
        if (p[i])
            return false;
    return true;
}

static void assert_block(struct sim *s, char *p, bool paged, ULONG tag, bool zero)
{
    const struct pool_block *b = pool_block_of(s, p);

    assert_non_null(b);
    assert_int_equal(b->bytes, BYTES);
    assert_int_equal(b->kind, paged ? POOL_PAGED : POOL_NONPAGED);
    assert_int_equal(b->tag, tag);
    assert_int_equal(all_zero(p), zero);
}

static void names_body(void *ctx)
{
    struct sim *s = ctx;
    const ULONG none = 0x656e6f4e; /* "None", what Windows shows for a block without a tag */
    char *p[9];

    p[0] = ExAllocatePool(PagedPool, BYTES);
    assert_block(s, p[0], true, none, false);
    p[1] = ExAllocatePoolWithQuota(NonPagedPool, BYTES);
    assert_block(s, p[1], false, none, false);
    p[2] = ExAllocatePoolWithQuotaTag(PagedPool, BYTES, TAG);
    assert_block(s, p[2], true, TAG, false);
    p[3] = ExAllocatePoolWithTagPriority(NonPagedPool, BYTES, TAG, HighPoolPriority);
    assert_block(s, p[3], false, TAG, false);
    p[4] = ExAllocatePoolUninitialized(NonPagedPool, BYTES, TAG);
    assert_block(s, p[4], false, TAG, false);
    p[5] = ExAllocatePoolQuotaUninitialized(PagedPool, BYTES, TAG);
    assert_block(s, p[5], true, TAG, false);
    p[6] = ExAllocatePoolPriorityUninitialized(PagedPool, BYTES, TAG, LowPoolPriority);
    assert_block(s, p[6], true, TAG, false);
    p[7] = ExAllocatePoolPriorityZero(NonPagedPool, BYTES, TAG, NormalPoolPriority);
    assert_block(s, p[7], false, TAG, true);
    p[8] = ExAllocatePool3(POOL_FLAG_PAGED, BYTES, TAG, NULL, 0);
    assert_block(s, p[8], true, TAG, true);
    assert_int_equal(pool_live(s, NULL, NULL), 9);
    for (unsigned i = 0; i < 9; i++)
        ExFreePool2(p[i], TAG, NULL, 0);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
    ExFreePool2(p[8], TAG, NULL, 0);
    assert_int_equal(bugcheck(s), 0xC2);
}

/* Each of the ways in, as one chance to fail. */
static void take_quota(void *ctx)
{
    (void)ctx;
    ExAllocatePoolWithQuota(PagedPool, 1);
}
static void take_quota_tag(void *ctx)
{
    (void)ctx;
    ExAllocatePoolWithQuotaTag(PagedPool, 1, TAG);
}
static void take_quota_plain(void *ctx)
{
    (void)ctx;
    ExAllocatePoolQuotaUninitialized(PagedPool, 1, TAG);
}
static void take_plain(void *ctx)
{
    (void)ctx;
    ExAllocatePool(PagedPool | POOL_RAISE_IF_ALLOCATION_FAILURE, 1);
}
static void take_silent(void *ctx)
{
    (void)ctx;
    assert_null(ExAllocatePool(PagedPool, 1));
}
static void take_priority(void *ctx)
{
    (void)ctx;
    assert_null(ExAllocatePoolPriorityZero(PagedPool, 1, TAG, LowPoolPriority));
}
static void take_flags(void *ctx)
{
    (void)ctx;
    ExAllocatePool3(POOL_FLAG_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 1, TAG, NULL, 0);
}

static void failures_body(void *ctx)
{
    static const struct {
        void (*take)(void *);
        NTSTATUS status;
    } rows[] = {
        { take_quota, STATUS_INSUFFICIENT_RESOURCES },
        { take_quota_tag, STATUS_INSUFFICIENT_RESOURCES },
        { take_quota_plain, STATUS_INSUFFICIENT_RESOURCES },
        { take_plain, STATUS_INSUFFICIENT_RESOURCES },
        { take_silent, 0 },
        { take_priority, 0 },
        { take_flags, STATUS_INSUFFICIENT_RESOURCES },
    };
    struct sim *s = ctx;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
        assert_int_equal(raised(rows[i].take, NULL), rows[i].status);
    }
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static void parameters_body(void *ctx)
{
    struct sim *s = ctx;
    POOL_EXTENDED_PARAMETER x[2] = {
        { .Type = PoolExtendedParameterPriority, .Priority = HighPoolPriority },
        { .Type = PoolExtendedParameterNumaNode, .PreferredNode = 0 },
    };

    assert_non_null(ExAllocatePool3(POOL_FLAG_NON_PAGED, BYTES, TAG, x, 2));
    x[1].Type = PoolExtendedParameterSecurePool; /* not to be had here */
    assert_null(ExAllocatePool3(POOL_FLAG_NON_PAGED, BYTES, TAG, x, 2));
    x[1].Optional = 1;
    assert_non_null(ExAllocatePool3(POOL_FLAG_NON_PAGED, BYTES, TAG, x, 2));
    assert_int_equal(pool_live(s, NULL, NULL), 2);
}

static void flush_body(void *ctx)
{
    struct sim *s = ctx;
    LOOKASIDE_LIST_EX list;
    char *a;

    assert_int_equal(ExInitializeLookasideListEx(&list, NULL, NULL, PagedPool, 0, 64, TAG, 0),
                     STATUS_SUCCESS);
    a = ExAllocateFromLookasideListEx(&list);
    ExFreeToLookasideListEx(&list, a);
    ExFlushLookasideListEx(&list); /* what was given back is not kept: nothing may be left */
    assert_int_equal(last[EV_CALL].a[0], 1);
    assert_int_equal(last[EV_CALL].a[1], 1);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
    ExDeleteLookasideListEx(&list);
}

static void raise_access(void *ctx)
{
    (void)ctx;
    ExRaiseAccessViolation();
}
static void raise_misaligned(void *ctx)
{
    (void)ctx;
    ExRaiseDatatypeMisalignment();
}

static void raises_body(void *ctx)
{
    (void)ctx;
    assert_int_equal(raised(raise_access, NULL), STATUS_ACCESS_VIOLATION);
    assert_int_equal(raised(raise_misaligned, NULL), STATUS_DATATYPE_MISALIGNMENT);
}

#undef ExDefaultNonPagedPoolType /* the variable itself, not what a driver that opted in sees */
extern POOL_TYPE ExDefaultNonPagedPoolType;

static void nx_body(void *ctx)
{
    (void)ctx;
    assert_int_equal(ExDefaultNonPagedPoolType, NonPagedPool);
    ExInitializeDriverRuntime(0);
    assert_int_equal(ExDefaultNonPagedPoolType, NonPagedPool);
    ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
    assert_int_equal(ExDefaultNonPagedPoolType, NonPagedPoolNx);
}

#define TEST(name, body)                                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(body);                                                                          \
    }
TEST(each_name_gives_its_pool_tag_and_contents, names_body)
TEST(each_name_fails_in_its_own_way, failures_body)
TEST(parameters_that_are_unknown_must_be_optional, parameters_body)
TEST(a_flushed_list_holds_nothing, flush_body)
TEST(exceptions_are_raised_by_name, raises_body)
TEST(the_nx_opt_in_is_kept_for_the_machine, nx_body)
TEST(and_forgotten_with_it, nx_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_name_gives_its_pool_tag_and_contents),
        cmocka_unit_test(each_name_fails_in_its_own_way),
        cmocka_unit_test(parameters_that_are_unknown_must_be_optional),
        cmocka_unit_test(a_flushed_list_holds_nothing),
        cmocka_unit_test(exceptions_are_raised_by_name),
        cmocka_unit_test(the_nx_opt_in_is_kept_for_the_machine),
        cmocka_unit_test(and_forgotten_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
