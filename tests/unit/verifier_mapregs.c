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
    says(s, EV_UNMAP, API_FreeMapRegisters, MAPREG(1), AT_PUT, BA, dir_length(mapped, 0), 0, 0);
    says(s, EV_MAPREG_END, API_FreeMapRegisters, MAPREG(1), AT_PUT, ADAPTER1, 4, mapped - flushed,
         4);
}

static void unflushed_bytes_are_missed(void **state)
{
    struct says *s = *state;

    say_map_registers(s, 8192, 8192, 4096);
    assert_string_equal(the_finding(s, "flush-missing")->message,
                        "4096 of 8192 mapped bytes were flushed before mapregs#1 of adapter#1 was "
                        "freed");
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
    the_finding(s, "flush-missing");
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

static void maps_that_fit_their_registers_and_those_that_do_not(void **state)
{
    static const struct {
        uint64_t flags, bytes, mapped;
        unsigned findings;
        const char *shows;
    } rows[] = {
        { ADAPTER_MASTER, 8192 - 16, 0, 0, "two pages from 16 bytes into the first" },
        { ADAPTER_MASTER, 8192 - 15, 0, 1, "a byte in the third page" },
        { ADAPTER_MASTER, 4096, 4096, 0, "the second page behind the first" },
        { ADAPTER_MASTER, 4096, 8192, 1, "both registers are taken" },
        { ADAPTER_MASTER | ADAPTER_SG, 65536, 4096, 0, "scatter/gather: cut to what is left" },
        { ADAPTER_MASTER | ADAPTER_SG, 1, 8192, 1, "scatter/gather: nothing is left" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        verifier_reset(s->v);
        say_map_call(s, rows[i].flags, rows[i].bytes, rows[i].mapped);
        if (finding_count(s->v) != rows[i].findings)
            fail_msg("%s", rows[i].shows);
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
    };

    return cmocka_run_group_tests_name("verifier map registers", tests, NULL, NULL);
}
