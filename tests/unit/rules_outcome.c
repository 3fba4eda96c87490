/*
 * The rules about outcomes: what was refused, empty or short, and what became of the request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull
#define IRP1 OBJ_ID(OBJ_IRP, 1)
#define IRP2 OBJ_ID(OBJ_IRP, 2)
#define MDL2 OBJ_ID(OBJ_MDL, 2)
#define WRITE (4ull << 8)                  /* IRP_MJ_WRITE << 8 */
#define INSUFFICIENT_RESOURCES 0xC000009Au /* ntstatus.h */

static void says_request(struct says *s, uint32_t irp, uint32_t mdl)
{
    says(s, EV_MDL, 0, mdl, AT_CREATE, 0x1000, 65536, 0, 0);
    says(s, EV_IRP, 0, irp, 0, WRITE, 65536, mdl, 0);
}

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    /* 4 map registers, where 64 KiB take 17 */
    says(s, EV_ADAPTER, API_IoGetDmaAdapter, ADAPTER1, AT_CREATE, DEVICE1, ADAPTER_MASTER, 4,
         65536);
    says_request(s, IRP1, MDL1);
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

static void says_refused(struct says *s, uint32_t mdl, unsigned registers)
{
    says(s, EV_DMA_REFUSED, mdl ? API_GetScatterGatherList : API_AllocateAdapterChannel, ADAPTER1,
         AT_GET, INSUFFICIENT_RESOURCES, mdl, registers, 0);
}

static void says_done(struct says *s, uint32_t irp, uint32_t mdl, uint32_t status)
{
    says(s, EV_IRP_END, 0, irp, AT_OTHER, status, status ? 0 : 65536, mdl, 0);
}

static void says_list(struct says *s, uint32_t sgl)
{
    says_get(s, ADAPTER1, sgl, BA, 4096, 1);
    says_put(s, ADAPTER1, sgl, BA, 4096, 1);
}

static void a_refusal_that_is_passed_over_is_said(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_list(s, SGL(1)); /* an earlier piece */
    says_refused(s, MDL1, 2);
    says_done(s, IRP1, MDL1, 0);
    f = the_finding(s, "result-unchecked");
    assert_int_equal(site_of(f, ROLE_OTHER), AT_GET);
    assert_string_equal(f->driver_verifier, "blind");
}

static void a_second_try_is_as_good(void **state)
{
    struct says *s = *state;

    says_list(s, SGL(1));
    says_refused(s, MDL1, 2);
    says_list(s, SGL(2));
    says_done(s, IRP1, MDL1, 0);
    assert_int_equal(finding_count(s->v), 0);
}

static void so_is_another_way(void **state)
{
    struct says *s = *state;

    says_refused(s, MDL1, 2);
    says(s, EV_VIEW, 0, MDL1, AT_OTHER, 0x2000, 65536, 0, 0); /* the CPU moves the data */
    says_done(s, IRP1, MDL1, 0);
    assert_int_equal(finding_count(s->v), 0);
}

static void and_so_is_saying_no(void **state)
{
    struct says *s = *state;

    says_refused(s, MDL1, 2);
    says_done(s, IRP1, MDL1, INSUFFICIENT_RESOURCES);
    assert_int_equal(finding_count(s->v), 0);
}

static void another_requests_refusal_is_its_own(void **state)
{
    struct says *s = *state;

    says_request(s, IRP2, MDL2);
    says_list(s, SGL(1));
    says_refused(s, MDL2, 2);
    says_refused(s, 0, 2); /* a channel */
    says_done(s, IRP1, MDL1, 0);
    assert_int_equal(finding_count(s->v), 0);
    says_done(s, IRP2, MDL2, 0);
    assert_int_equal(the_finding(s, "result-unchecked")->obj, IRP2);
}

static void a_channel_is_missed_where_nothing_was_moved(void **state)
{
    struct says *s = *state;

    says_refused(s, 0, 2);
    says_done(s, IRP1, MDL1, 0);
    assert_int_equal(site_of(the_finding(s, "result-unchecked"), ROLE_OTHER), AT_GET);
}

static void says_empty_list(struct says *s, uint32_t sgl)
{
    says(s, EV_SGL, 0, sgl, AT_GET, ADAPTER1, dir_length(0, 1), MDL1, 0);
    says(s, EV_SGL_EMPTY, 0, sgl, AT_GET, ADAPTER1, 4096, MDL1, 0);
}

static void an_empty_list_moves_nothing(void **state)
{
    struct says *s = *state;

    says_empty_list(s, SGL(1));
    says_done(s, IRP1, MDL1, 0);
    the_finding(s, "sgl-empty-accepted");
}

static void after_an_empty_list_comes_a_full_one(void **state)
{
    struct says *s = *state;

    says_empty_list(s, SGL(1));
    says_list(s, SGL(2));
    says_done(s, IRP1, MDL1, 0);
    assert_int_equal(finding_count(s->v), 0);
}

static void what_the_registers_do_not_carry_is_split(void **state)
{
    struct says *s = *state;

    says_refused(s, MDL1, 16);
    says_done(s, IRP1, MDL1, INSUFFICIENT_RESOURCES);
    assert_int_equal(site_of(the_finding(s, "mapregs-short-ignored"), ROLE_CREATED), AT_CREATE);
}

static void what_is_too_long_anyway_is_another_matter(void **state)
{
    struct says *s = *state;

    says_refused(s, MDL1, 18); /* more than MaximumLength */
    says_done(s, IRP1, MDL1, INSUFFICIENT_RESOURCES);
    assert_int_equal(finding_count(s->v), 0);
}

/* A device told of `told` bytes at BA, where so many are mapped. */
static void says_told(struct says *s, uint32_t owner, uint64_t mapped, uint64_t told)
{
    says(s, EV_DEV_STRAY, 0, DEVICE1, 0, BA, told - mapped, (uint64_t)owner << 32 | STRAY_OVERRUN,
         5ull << 32 | AT_DOORBELL);
}

static void says_map(struct says *s, uint64_t wanted, uint64_t mapped)
{
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 4);
    says(s, EV_CALL, API_MapTransfer, ADAPTER1, AT_GET, MAPREG(1), MDL1, 0x1000,
         dir_length(wanted, 1));
    says(s, EV_MAP, API_MapTransfer, MAPREG(1), AT_GET, BA, dir_length(mapped, 1), 0, MDL1);
    says(s, EV_RETURN, API_MapTransfer, ADAPTER1, AT_GET, BA, mapped, 0, 0);
}

static void the_length_that_comes_back_counts(void **state)
{
    struct says *s = *state;

    says_map(s, 8192, 4096);
    says_told(s, MAPREG(1), 4096, 8192);
    the_finding(s, "map-length-ignored"); /* and not descriptor-overrun */
}

static void another_length_is_an_overrun(void **state)
{
    struct says *s = *state;

    says_map(s, 8192, 4096);
    says_told(s, MAPREG(1), 4096, 6000);
    the_finding(s, "descriptor-overrun");
}

static void says_list_of_two(struct says *s)
{
    uint64_t dl = dir_length(8192, 1), half = dir_length(4096, 1);

    says(s, EV_SGL, 0, SGL(1), AT_GET, ADAPTER1, dl, MDL1, 2ull << 32 | 2);
    says(s, EV_MAP, 0, SGL(1), AT_GET, BA, half, 0, MDL1);
    says(s, EV_MAP, 0, SGL(1), AT_GET, BA + 0x10000, half, 4096, MDL1);
}

static void a_list_has_as_many_elements_as_it_says(void **state)
{
    struct says *s = *state;

    says_list_of_two(s);
    says_told(s, SGL(1), 4096, 8192);
    the_finding(s, "sgl-count-ignored");
}

static void over_shared_memory_nobody_is_blamed(void **state)
{
    struct says *s = *state;

    says_list_of_two(s);
    says_get(s, ADAPTER1, SGL(2), BA, 4096, 1);
    says_told(s, SGL(1), 4096, 8192);
    assert_int_equal(finding_count(s->v), 0);
}

static void an_element_that_is_too_long_is_an_overrun(void **state)
{
    struct says *s = *state;

    says_list_of_two(s);
    says_told(s, SGL(1), 4096, 4100);
    the_finding(s, "descriptor-overrun");
}

/* EV_CALLBACK's a1 is the request; a queue's callback is told at the driver's routine. */
static void what_never_ends_is_told_with_the_callback_that_has_it(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says(s, EV_CALLBACK, API_EvtIoWrite, OBJ_ID(OBJ_WDFQUEUE, 1), AT_OTHER,
         OBJ_ID(OBJ_WDFREQUEST, 1), IRP1, 4, 65536);
    says(s, EV_CALLBACK_END, API_EvtIoWrite, OBJ_ID(OBJ_WDFQUEUE, 1), 0, 0, 0, 0, 0);
    says(s, EV_STUCK, 0, 0, 0, 0, 0, 0, 0);
    f = the_finding(s, "request-never-completes");
    assert_int_equal(site_of(f, ROLE_HELD), AT_OTHER);
}

static void of_a_wdm_driver_nobody_is_named(void **state)
{
    struct says *s = *state;

    says(s, EV_STUCK, 0, 0, 0, 0, 0, 0, 0);
    assert_int_equal(site_of(the_finding(s, "request-never-completes"), ROLE_HELD), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refusal_that_is_passed_over_is_said),
        TEST(a_second_try_is_as_good),
        TEST(so_is_another_way),
        TEST(and_so_is_saying_no),
        TEST(another_requests_refusal_is_its_own),
        TEST(a_channel_is_missed_where_nothing_was_moved),
        TEST(an_empty_list_moves_nothing),
        TEST(after_an_empty_list_comes_a_full_one),
        TEST(what_the_registers_do_not_carry_is_split),
        TEST(what_is_too_long_anyway_is_another_matter),
        TEST(the_length_that_comes_back_counts),
        TEST(another_length_is_an_overrun),
        TEST(a_list_has_as_many_elements_as_it_says),
        TEST(over_shared_memory_nobody_is_blamed),
        TEST(an_element_that_is_too_long_is_an_overrun),
        TEST(what_never_ends_is_told_with_the_callback_that_has_it),
        TEST(of_a_wdm_driver_nobody_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
