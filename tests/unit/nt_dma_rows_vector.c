/*
 * The reference's rows about common buffer vectors (1.5 #35-38) and what bug check 0x1DC says of
 * them (4.3). Typed from the reference; the last column of a row says what it shows.
 */
#include "tests/unit/nt_dma.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Says which row it was, before the assertion says what differs. */
#define ROW_TRUE(holds_, why_)                                                                     \
    do {                                                                                           \
        bool row_holds = (holds_);                                                                 \
                                                                                                   \
        if (!row_holds)                                                                            \
            print_message("row: %s\n", why_);                                                      \
        assert_true(row_holds);                                                                    \
    } while (0)

static void vector_rows(void)
{
    static const struct {
        int cache;
        ULONG node, count;
        ULONGLONG bytes;
        bool taken;
        const char *why;
    } rows[] = {
        { MmCached, 0, 3, 100, true, "three" },
        { MmNonCached, 0, 1, 0x10000, true, "one" },
        { MmCached, 0x80000000, 3, 100, false, "MM_ANY_NODE_OK is no node" },
        { MmWriteCombined, 0, 3, 100, false, "the cache type" },
        { MmCached, 0, 0, 100, false, "no elements" },
        { MmCached, 0, 3, 0, false, "elements of nothing" },
    };
    PHYSICAL_ADDRESS low = { 0 }, high = { .QuadPart = INT64_MAX };
    PDMA_COMMON_BUFFER_VECTOR v;
    struct event e = { 0 };

    open_adapter(3, TRUE, 64, 1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        v = NULL;
        ROW_TRUE((T.ops->AllocateCommonBufferVector(T.adapter, low, high,
                                                    (MEMORY_CACHING_TYPE)rows[i].cache,
                                                    rows[i].node, 0, rows[i].count, rows[i].bytes,
                                                    &v) == STATUS_SUCCESS) == rows[i].taken,
                 rows[i].why);
        ROW_TRUE((v != NULL) == rows[i].taken, rows[i].why);
        for (ULONG k = 0; v && k < rows[i].count; k++)
            T.ops->FreeCommonBufferFromVector(T.adapter, v, k);
        if (v)
            T.ops->FreeCommonBufferVector(T.adapter, v); /* empty: no bug check */
    }
    assert_int_equal(said_since(0, EV_BUGCHECK, NULL), 0);
    T.ops->AllocateCommonBufferVector(T.adapter, low, high, MmCached, 0, 0, 3, 100, &v);
    T.ops->FreeCommonBufferFromVector(T.adapter, v, 7);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[0], 0x1dc);
    assert_int_equal(e.a[1], 3); /* out of bounds; P2 entries; P3 index */
    assert_int_equal(e.a[2], 3);
    assert_int_equal(e.a[3], 7);
    T.ops->FreeCommonBufferFromVector(T.adapter, v, 0);
    T.ops->FreeCommonBufferFromVector(T.adapter, v, 0);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[1], 4); /* freed before; P2 index */
    assert_int_equal(e.a[2], 0);
    T.ops->FreeCommonBufferVector(T.adapter, v);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[1], 2); /* not empty; P2 the first that is left */
    assert_int_equal(e.a[2], 1);
}

static void vectors_by_their_bug_check(void **state)
{
    (void)state;
    with_adapter("direct64", vector_rows);
    with_adapter("remap", vector_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_by_their_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
