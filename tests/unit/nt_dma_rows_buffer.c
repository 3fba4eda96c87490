/*
 * The reference's rows about common buffers: where they may lie (1.5 #2, #19, #34, #29), what may
 * become one over an MDL (#39). Typed from the reference; the last column of a row says what it shows.
 */
#include "tests/unit/nt_dma.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NONE UINT64_MAX

/* Says which row it was, before the assertion says what differs. */
#define ROW_TRUE(holds_, why_)                                                                     \
    do {                                                                                           \
        bool row_holds = (holds_);                                                                 \
                                                                                                   \
        if (!row_holds)                                                                            \
            print_message("row: %s\n", why_);                                                      \
        assert_true(row_holds);                                                                    \
    } while (0)

static const struct bounds {
    uint64_t min, max; /* NONE: NULL */
    ULONG length, flags;
    bool remap_too; /* the window of bus addresses has such places */
    bool refused;
    const char *why;
} bounds[] = {
    { NONE, NONE, 1, 0, true, false, "a byte is a page" },
    { NONE, NONE, 4097, 0, true, false, "two pages" },
    { NONE, 0x100000000, 0x3000, 0, true, false, "below 4 GiB" },
    { NONE, 0x1000000, 0x1000, 0, true, false, "below 16 MiB" },
    { 0x2000000, 0x10000000, 0x2000, 0, false, false, "between 32 and 256 MiB" },
    { 0x2000800, 0x10000000, 0x1000, 0, false, false, "a minimum within a page" },
    { 0x2001000, 0x2002000, 0x1000, 0, false, false, "exactly one page" },
    { 0x90000000, 0x90003000, 0x3000, 0, true, false, "exactly three" },
    { 0x2001000, 0x2002000, 0x1001, 0, true, true, "a byte too many for it" },
    { 0x200000, 0x100000, 0x1000, 0, true, true, "minimum above maximum" },
    { NONE, 0, 0x1000, 0, true, true, "below zero there is nothing" },
    { NONE, NONE, 0x1000, 1, true, false, "2 MiB units" },
    { NONE, 0x100000000, 0x200001, 1, true, false, "two of them below 4 GiB" },
    { 0x2100000, 0x4000000, 0x1000, 1, false, false, "aligned above a minimum that is not" },
};

static void bounds_row(const struct bounds *r)
{
    PHYSICAL_ADDRESS min = { .QuadPart = (LONGLONG)r->min }, max = { .QuadPart = (LONGLONG)r->max };
    bool remapped = T.s->profile.translation == TRANSLATION_REMAP;
    PHYSICAL_ADDRESS la;
    uint64_t at;
    uint8_t *p, byte = 0;

    if (!r->refused && (remapped ? !r->remap_too : r->min == 0x90000000))
        return; /* no memory, or no bus addresses, lie there */
    p = T.ops->AllocateCommonBufferWithBounds(T.adapter, r->min == NONE ? NULL : &min,
                                              r->max == NONE ? NULL : &max, r->length, r->flags,
                                              NULL, MM_ANY_NODE_OK, &la);
    ROW_TRUE((p == NULL) == r->refused, r->why);
    if (!p)
        return;
    at = (uint64_t)la.QuadPart;
    ROW_TRUE(at % (r->flags ? 0x200000 : 0x1000) == 0, r->why);
    ROW_TRUE(((uintptr_t)p & 0xfff) == 0, r->why);
    ROW_TRUE(r->min == NONE || at >= r->min, r->why);
    ROW_TRUE(r->max == NONE || at + r->length <= r->max, r->why);
    ROW_TRUE(at >> 32 == (at + r->length - 1) >> 32, "no buffer crosses a 4 GiB line");
    p[r->length - 1] = 0x42;
    assert_true(dm_bus_read(T.d, 0, at + r->length - 1, &byte, 1));
    ROW_TRUE(byte == 0x42, r->why);
    T.ops->FreeCommonBuffer(T.adapter, r->length, la, p, TRUE);
    assert_int_equal(T.s->dma->adapters->ranges_live, 0);
}

static void bounds_rows(void)
{
    open_adapter(3, TRUE, 64, 1 << 20);
    for (unsigned again = 0; again < 2; again++)
        for (size_t i = 0; i < COUNT(bounds); i++)
            bounds_row(&bounds[i]);
    assert_int_equal(said_since(0, EV_GUARD, NULL), 0);
}

static void a_buffer_lies_within_its_bounds(void **state)
{
    (void)state;
    with_adapter("direct64", bounds_rows);
    with_adapter("remap", bounds_rows);
}

/* A device of few bits, without a bound of the caller's. */
static void reach(void)
{
    static const ULONG bits[] = { 24, 31, 32, 40, 64 };
    PHYSICAL_ADDRESS la;

    for (size_t i = 0; i < COUNT(bits); i++) {
        PVOID p;

        open_adapter(3, TRUE, bits[i], 1 << 16);
        p = T.ops->AllocateCommonBuffer(T.adapter, 0x2345, &la, TRUE);
        assert_non_null(p);
        if (bits[i] < 64)
            assert_int_equal(((uint64_t)la.QuadPart + 0x2344) >> bits[i], 0);
        T.ops->FreeCommonBuffer(T.adapter, 0x2345, la, p, TRUE);
    }
}

static void a_buffer_lies_within_the_devices_reach(void **state)
{
    (void)state;
    with_adapter("direct64", reach);
    with_adapter("remap", reach);
}

static void cache_types(void)
{
    static const struct {
        int type;
        bool taken;
        const char *why;
    } rows[] = {
        { MmNonCached, true, "MmNonCached" },
        { MmCached, true, "MmCached" },
        { MmWriteCombined, false, "MmWriteCombined" },
        { MmHardwareCoherentCached, false, "MmHardwareCoherentCached" },
        { MmNonCachedUnordered, false, "MmNonCachedUnordered" },
        { MmUSWCCached, false, "MmUSWCCached" },
        { MmNotMapped, false, "MmNotMapped" },
    };
    PHYSICAL_ADDRESS la;
    PVOID p;

    open_adapter(3, TRUE, 64, 1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        MEMORY_CACHING_TYPE type = (MEMORY_CACHING_TYPE)rows[i].type;

        p = T.ops->AllocateCommonBufferWithBounds(T.adapter, NULL, NULL, 64, 0, &type, 0, &la);
        ROW_TRUE((p != NULL) == rows[i].taken, rows[i].why);
        if (p)
            T.ops->FreeCommonBuffer(T.adapter, 64, la, p, FALSE);
        ROW_TRUE((T.ops->AllocateDomainCommonBuffer(T.adapter, T.ops->GetDmaDomain(T.adapter), NULL,
                                                    64, 0, &type, 0, &la, &p) == STATUS_SUCCESS) ==
                     rows[i].taken,
                 rows[i].why);
        if (rows[i].taken)
            T.ops->FreeCommonBuffer(T.adapter, 64, la, p, FALSE);
    }
}

static void two_cache_types_are_taken(void **state)
{
    (void)state;
    with_adapter("direct64", cache_types);
}

/* --- over an MDL --- */

enum shape { WHOLE, ODD_START, ODD_LENGTH, CHAINED, SCATTERED, UNMAPPED };

static PMDL mdl_of_shape(enum shape shape)
{
    struct buffer b =
        buffer_make(shape == ODD_START ? 16 : 0, shape == ODD_LENGTH ? 0x1800 : 0x4000);

    if (shape == CHAINED)
        b.mdl->Next = buffer_make(0, 0x2000).mdl;
    if (shape == SCATTERED) { /* exchanges two of its frames */
        PFN_NUMBER *pfns = MmGetMdlPfnArray(b.mdl), first = pfns[0];

        pfns[0] = pfns[2];
        pfns[2] = first;
    }
    if (shape == UNMAPPED)
        b.mdl->MdlFlags = MDL_PAGES_LOCKED;
    return b.mdl;
}

static DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION config_of(unsigned type, uint64_t a, uint64_t b)
{
    DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION c;

    memset(&c, 0, sizeof(c));
    c.ConfigType = type;
    c.Reserved[0] = a;
    c.Reserved[1] = b;
    return c;
}

#define LIMITS 0
#define SECTION 1
#define ACCESS 2
#define OK STATUS_SUCCESS
#define INVALID STATUS_INVALID_PARAMETER

static void over_mdl(void)
{
    static const struct {
        enum shape shape;
        ULONG count;
        struct {
            unsigned type;
            uint64_t a, b;
        } c[2];
        NTSTATUS plain, remap; /* without and with DMA remapping */
        const char *why;
    } rows[] = {
        { ODD_START, 0, { { 0 } }, INVALID, INVALID, "not page aligned" },
        { ODD_LENGTH, 0, { { 0 } }, INVALID, INVALID, "not whole pages" },
        { CHAINED, 0, { { 0 } }, INVALID, INVALID, "a chain" },
        { UNMAPPED, 0, { { 0 } }, INVALID, INVALID, "not mapped for the system" },
        { SCATTERED,
          0,
          { { 0 } },
          INVALID,
          OK,
          "fragmented: an incompatible MDL, but for an IOMMU" },
        { CHAINED, 1, { { SECTION, 0x4000, 0x1000 } }, -1, OK, "a part of a chain" },
        { CHAINED, 1, { { SECTION, 0x3000, 0x2000 } }, INVALID, INVALID, "over two MDLs" },
        { WHOLE, 1, { { SECTION, 0x800, 0x1000 } }, INVALID, INVALID, "a part not aligned" },
        { WHOLE, 1, { { SECTION, 0x1000, 0 } }, INVALID, INVALID, "a part of nothing" },
        { WHOLE, 1, { { SECTION, 0x3000, 0x2000 } }, INVALID, INVALID, "a part too long" },
        { WHOLE, 1, { { ACCESS, 0, 0 } }, STATUS_NOT_SUPPORTED, OK, "read-only" },
        { WHOLE, 1, { { ACCESS, 1, 0 } }, STATUS_NOT_SUPPORTED, OK, "write-only" },
        { WHOLE, 1, { { ACCESS, 3, 0 } }, INVALID, INVALID, "no such access" },
        { WHOLE, 1, { { 3, 0, 0 } }, INVALID, INVALID, "no such type" },
        { WHOLE, 1, { { LIMITS, 2, 1 } }, INVALID, INVALID, "limits the wrong way round" },
        { WHOLE, 1, { { LIMITS, 0x90000000, 0x90003fff } }, INVALID, OK, "limits are inclusive" },
        { WHOLE,
          2,
          { { SECTION, 0, 0x1000 }, { SECTION, 0, 0x1000 } },
          INVALID,
          INVALID,
          "a type twice" },
    };
    bool remapped = T.s->profile.translation == TRANSLATION_REMAP;

    open_adapter(3, TRUE, 64, 1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION c[2];
        PMDL mdl = mdl_of_shape(rows[i].shape);
        PHYSICAL_ADDRESS la = { .QuadPart = -1 };
        NTSTATUS want = remapped ? rows[i].remap : rows[i].plain, status;

        for (unsigned k = 0; k < 2; k++)
            c[k] = config_of(rows[i].c[k].type, rows[i].c[k].a, rows[i].c[k].b);
        status = T.ops->CreateCommonBufferFromMdl(T.adapter, mdl, rows[i].count ? c : NULL,
                                                  rows[i].count, &la);
        ROW_TRUE(want == -1 || status == want, rows[i].why);
        ROW_TRUE(status == OK || la.QuadPart == -1, rows[i].why);
        if (status == OK && rows[i].count && c[0].ConfigType == LIMITS)
            ROW_TRUE(la.QuadPart == 0x90000000, rows[i].why);
        if (status == OK)
            T.ops->FreeCommonBuffer(T.adapter, 0x4000, la,
                                    rows[i].shape == CHAINED ? mdl->Next->MappedSystemVa
                                                             : mdl->MappedSystemVa,
                                    TRUE);
        assert_int_equal(T.s->dma->adapters->ranges_live, 0);
    }
    assert_int_equal(T.ops->CreateCommonBufferFromMdl(T.adapter, NULL, NULL, 0, NULL), INVALID);
}

static void what_may_become_a_buffer(void **state)
{
    (void)state;
    with_adapter("remap", over_mdl);
    with_adapter("direct64", over_mdl);
}

/* Two adapters over one MDL: each gives back its own. */
static void shared(void)
{
    struct buffer b = buffer_make(0, 0x2000);
    PHYSICAL_ADDRESS la[2];
    PDMA_ADAPTER a[2];
    struct event e = { 0 };
    ULONG n;

    for (unsigned i = 0; i < 2; i++) {
        a[i] = get_adapter(3, TRUE, 64, 1 << 16, &n);
        assert_int_equal(a[i]->DmaOperations->CreateCommonBufferFromMdl(a[i], b.mdl, NULL, 0,
                                                                        &la[i]),
                         STATUS_SUCCESS);
    }
    for (unsigned i = 0; i < 2; i++) {
        uint32_t from = T.events;

        a[i]->DmaOperations->FreeCommonBuffer(a[i], 0x2000, la[i], b.p, TRUE);
        assert_int_equal(said_since(from, EV_COMMON_END, &e), 1);
        assert_int_equal(e.a[0], adapter_id(adapter_find(T.s, a[i])));
    }
}

static void each_adapter_frees_its_own_buffer(void **state)
{
    (void)state;
    with_adapter("remap", shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_lies_within_its_bounds),
        cmocka_unit_test(a_buffer_lies_within_the_devices_reach),
        cmocka_unit_test(two_cache_types_are_taken),
        cmocka_unit_test(what_may_become_a_buffer),
        cmocka_unit_test(each_adapter_frees_its_own_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
