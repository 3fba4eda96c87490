/*
 * The reference's rows about MDLs that DMA rests on (3.2, 3.3, 3.4): how long one may be, how it is
 * chained to an IRP, what a partial one takes over. Typed from the reference; the last column of a
 * row says what it shows.
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

static void lengths(void)
{
    static const struct {
        ULONG length;
        bool made;
        const char *why;
    } rows[] = {
        { 1, true, "a byte" },
        { 0x10000, true, "64 KiB" },
        { 0xfffff000, true, "4 GiB less a page" },
        { 0xfffff001, false, "a byte more" },
        { 0xffffffff, false, "the longest that a ULONG says" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        PMDL mdl = IoAllocateMdl((PVOID)0x1000, rows[i].length, FALSE, FALSE, NULL);

        ROW_EQUAL(mdl != NULL, rows[i].made, rows[i].why);
        if (!mdl)
            continue;
        ROW_EQUAL(MmGetMdlByteCount(mdl), rows[i].length, rows[i].why);
        ROW_EQUAL(mdl->MdlFlags & MDL_PAGES_LOCKED, 0, "its pages are not filled in");
        IoFreeMdl(mdl);
    }
}

static void an_mdl_has_up_to_4_gib_less_a_page(void **state)
{
    (void)state;
    with_adapter("direct64", lengths);
}

static void chained(void)
{
    PIRP irp = IoAllocateIrp(1, FALSE);
    PMDL a = IoAllocateMdl((PVOID)0x1000, 64, FALSE, FALSE, irp), b, c;

    assert_ptr_equal(irp->MdlAddress, a);
    b = IoAllocateMdl((PVOID)0x2000, 64, TRUE, FALSE, irp);
    c = IoAllocateMdl((PVOID)0x3000, 64, TRUE, FALSE, irp);
    assert_ptr_equal(irp->MdlAddress, a);
    assert_ptr_equal(a->Next, b); /* a secondary buffer goes to the end */
    assert_ptr_equal(b->Next, c);
    assert_null(c->Next);
    irp->MdlAddress = NULL;
    IoFreeMdl(a); /* this one alone */
    assert_ptr_equal(b->Next, c);
    IoFreeMdl(b);
    IoFreeMdl(c);
    IoFreeIrp(irp);
}

static void secondary_buffers_are_appended(void **state)
{
    (void)state;
    with_adapter("direct64", chained);
}

static void partials(void)
{
    static const struct {
        ULONG skip, length, count, pages;
        const char *why;
    } rows[] = {
        { 0, 0, 0x3000, 4, "0: all of it" },
        { 0x700, 0, 0x2900, 3, "0: the rest" },
        { 0x6ff, 2, 2, 2, "a byte on each side of a border" },
        { 0x2fff, 1, 1, 1, "the last byte" },
    };
    struct buffer b = buffer_make(0x900, 0x3000);

    for (size_t i = 0; i < COUNT(rows); i++) {
        PMDL part = IoAllocateMdl(b.p + rows[i].skip,
                                  rows[i].length ? rows[i].length : 0x3000 - rows[i].skip, FALSE,
                                  FALSE, NULL);
        ULONG first = (0x900 + rows[i].skip) >> 12;

        IoBuildPartialMdl(b.mdl, part, b.p + rows[i].skip, rows[i].length);
        ROW_EQUAL(MmGetMdlByteCount(part), rows[i].count, rows[i].why);
        ROW_EQUAL((uintptr_t)MmGetMdlVirtualAddress(part), (uintptr_t)b.p + rows[i].skip,
                  rows[i].why);
        ROW_EQUAL(part->MdlFlags & MDL_PARTIAL, MDL_PARTIAL, rows[i].why);
        ROW_EQUAL(part->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL, MDL_SOURCE_IS_NONPAGED_POOL,
                  "flags are inherited");
        for (ULONG k = 0; k < rows[i].pages; k++)
            ROW_EQUAL(MmGetMdlPfnArray(part)[k], MmGetMdlPfnArray(b.mdl)[first + k], rows[i].why);
        IoFreeMdl(part);
    }
}

static void a_partial_mdl_shows_the_same_frames(void **state)
{
    (void)state;
    with_adapter("direct64", partials);
    with_adapter("merge", partials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_mdl_has_up_to_4_gib_less_a_page),
        cmocka_unit_test(secondary_buffers_are_appended),
        cmocka_unit_test(a_partial_mdl_shows_the_same_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
