/*
 * The rules over map registers: what was flushed of what was mapped and moved, and whether it fitted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct says *s = *state;

    verifier_destroy(s->v);
    free(s);
    return 0;
}

static void say_map_registers(struct says *s, uint64_t mapped, uint64_t moved, uint64_t flushed)
{
    says_adapter(s, ADAPTER1);
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    says(s, EV_MAP, API_MapTransfer, MAPREG(1), AT_GET, BA, dir_length(mapped, 0), 0, MDL1);
    if (moved)
        says_device(s, EV_DEV_WRITE, BA, moved, 0, MAPREG(1));
    if (flushed)
        says(s, EV_FLUSH, API_FlushAdapterBuffers, MAPREG(1), AT_PUT, 0, dir_length(flushed, 0), 0,
             MDL1);
    if (flushed < mapped)
        says(s, EV_MAPREG_LEFT, API_FreeMapRegisters, MAPREG(1), AT_PUT, ADAPTER1,
             (mapped - flushed + 4095) / 4096, mapped - flushed, 0);
    says(s, EV_UNMAP, API_FreeMapRegisters, MAPREG(1), AT_PUT, BA, dir_length(mapped, 0), 0, 0);
    says(s, EV_MAPREG_END, API_FreeMapRegisters, MAPREG(1), AT_PUT, ADAPTER1, 4, mapped - flushed,
         4);
}

static void unflushed_bytes_are_missed(void **state)
{
    struct says *s = *state;

    say_map_registers(s, 8192, 8192, 4096);
    /* The page, 0x10: parameter 2 is the number of registers still mapped. */
    assert_string_equal(the_finding(s, "mapregs-freed-while-mapped")->driver_verifier,
                        "0xE6 (0x10, 0x1, ...)");
}

static void flushed_bytes_are_not(void **state)
{
    struct says *s = *state;

    say_map_registers(s, 8192, 8192, 8192);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_short_transfer_is_flushed_as_far_as_it_went(void **state)
{
    struct says *s = *state;

    say_map_registers(s, 8192, 100, 100);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_map_that_was_never_used_is_flushed_too(void **state)
{
    struct says *s = *state;

    say_map_registers(s, 8192, 0, 0);
    assert_string_equal(the_finding(s, "mapregs-freed-while-mapped")->driver_verifier,
                        "0xE6 (0x10, 0x2, ...)");
}

static void say_map_call(struct says *s, uint64_t flags, uint64_t bytes, uint64_t mapped)
{
    says(s, EV_ADAPTER, API_IoGetDmaAdapter, ADAPTER1, AT_CREATE, DEVICE1, flags, 16, 65536);
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 2, 2, 16);
    if (mapped)
        says(s, EV_MAP, API_MapTransfer, MAPREG(1), AT_GET, BA, dir_length(mapped, 0), 0, MDL1);
    says(s, EV_CALL, API_MapTransfer, ADAPTER1, AT_GET, MAPREG(1), MDL1, 0x5010,
         dir_length(bytes, 0));
}

/* The page, 0x00: 2, map registers needed, contiguous ones there are. 0x0D: bytes mapped, most that can be
 * mapped at a time. */
static void maps_that_fit_their_registers_and_those_that_do_not(void **state)
{
    static const struct {
        uint64_t flags, bytes, mapped;
        const char *word, *driver_verifier, *shows;
    } rows[] = {
        { ADAPTER_MASTER, 8192 - 16, 0, NULL, NULL, "two pages from 16 bytes into the first" },
        { ADAPTER_MASTER, 8192 - 15, 0, "mapregs-not-contiguous", "0xE6 (0x00, 0x2, 0x3, 0x2)",
          "a byte in the third page" },
        { ADAPTER_MASTER, 4096, 4096, NULL, NULL, "the second page behind the first" },
        { ADAPTER_MASTER, 4096, 8192, "flush-missing", "0xE6 (0x0D, 0x2000, 0x2000, ...)",
          "both registers are taken" },
        { ADAPTER_MASTER, 8000, 4096, "flush-missing", "0xE6 (0x0D, 0x1000, 0x2000, ...)",
          "one is taken, two are needed" },
        { ADAPTER_MASTER | ADAPTER_SG, 65536, 4096, NULL, NULL,
          "scatter/gather: cut to what is left" },
        { ADAPTER_MASTER | ADAPTER_SG, 1, 8192, "flush-missing", "0xE6 (0x0D, 0x2000, 0x2000, ...)",
          "scatter/gather: nothing is left" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        verifier_reset(s->v);
        print_message("row: %s\n", rows[i].shows);
        say_map_call(s, rows[i].flags, rows[i].bytes, rows[i].mapped);
        if (!rows[i].word)
            assert_int_equal(finding_count(s->v), 0);
        else
            assert_string_equal(the_finding(s, rows[i].word)->driver_verifier,
                                rows[i].driver_verifier);
    }
}

/* Version 3: one flush for each map, whether there is room or not (wdm/nc-wdm-pmap_transfer_ex). */
static void version_3_wants_a_flush_after_each_map(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_MAPREG, API_AllocateAdapterChannelEx, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    says(s, EV_MAP, API_MapTransferEx, MAPREG(1), AT_GET, BA, dir_length(4096, 0), 0, MDL1);
    says(s, EV_FLUSH, API_FlushAdapterBuffersEx, MAPREG(1), AT_PUT, 0, dir_length(100, 0), 0, MDL1);
    says(s, EV_CALL, API_MapTransferEx, ADAPTER1, AT_GET, MAPREG(1), MDL1, 4096, dir_length(1, 0));
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_MAP, API_MapTransferEx, MAPREG(1), AT_GET, BA + 4096, dir_length(1, 0), 0, MDL1);
    says(s, EV_CALL, API_MapTransferEx, ADAPTER1, AT_GET, MAPREG(1), MDL1, 4097, dir_length(1, 0));
    assert_string_equal(the_finding(s, "flush-missing")->driver_verifier, "blind");
}

/* 0x0C: required, maximum; 0x15: allocated, maximum. */
static void registers_of_several_channels_are_summed(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1); /* it has 16 */
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 16, 16, 0);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(2), AT_OTHER, ADAPTER1, 1, 17, 0);
    assert_string_equal(the_finding(s, "mapregs-overallocated")->driver_verifier,
                        "0xE6 (0x15, 0x11, 0x10, ...)");
}

/* 0x1D: start of the buffer to map, its end, the address in it that is mapped already. */
static void a_range_is_mapped_once(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    says(s, EV_MAP_TWICE, 0, MAPREG(1), AT_GET, 0x5000, 0x800, 0x5400, MDL1);
    assert_string_equal(the_finding(s, "mapped-twice")->driver_verifier,
                        "0xE6 (0x1D, 0x5000, 0x5800, 0x5400)");
}

/* 0x20: map register base, address of the buffer, MDL; 0x16: the address of a register, which nobody has
 * here; 0x00: 1, bytes left in the MDL, bytes left to flush. */
static void flushes_that_miss(void **state)
{
    static const struct {
        unsigned kind;
        uint64_t a[4];
        const char *word, *driver_verifier;
    } rows[] = {
        { EV_FLUSH_STRAY,
          { 0x77, 0x5000, 0x9000, 0 },
          "flush-never-mapped",
          "0xE6 (0x20, 0x77, 0x5000, 0x9000)" },
        { EV_FLUSH_STRAY, { 0x77, 0x5000, 0x9000, 1 }, "flush-not-mapped", "0xE6 (0x16, ...)" },
        { EV_FLUSH_PAST,
          { 0x300, 0x1000, MDL1, 0 },
          "flush-past-mapregs",
          "0xE6 (0x00, 0x1, 0x300, 0x1000)" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint64_t *a = rows[i].a;

        verifier_reset(s->v);
        says_adapter(s, ADAPTER1);
        says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
        says(s, rows[i].kind, API_FlushAdapterBuffers, MAPREG(1), AT_PUT, a[0], a[1], a[2], a[3]);
        assert_string_equal(the_finding(s, rows[i].word)->driver_verifier, rows[i].driver_verifier);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(unflushed_bytes_are_missed),
        T(flushed_bytes_are_not),
        T(a_short_transfer_is_flushed_as_far_as_it_went),
        T(a_map_that_was_never_used_is_flushed_too),
        T(maps_that_fit_their_registers_and_those_that_do_not),
        T(version_3_wants_a_flush_after_each_map),
        T(registers_of_several_channels_are_summed),
        T(a_range_is_mapped_once),
        T(flushes_that_miss),
    };

    return cmocka_run_group_tests_name("verifier map registers", tests, NULL, NULL);
}
