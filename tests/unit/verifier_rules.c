/*
 * Each rule on hand-written events: it speaks where it should, names the places, and is silent on
 * the correct sequence and on echoes.
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

static void correct_transfers_are_silent(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    for (uint32_t i = 1; i < 3000; i++) {
        says_get(s, ADAPTER1, SGL(i), BA + i * 4096, 4096, i & 1);
        says_doorbell(s);
        says_device(s, EV_DEV_CLAIM, BA + i * 4096, 4096, i & 1, SGL(i));
        says_device(s, i & 1 ? EV_DEV_READ : EV_DEV_WRITE, BA + i * 4096, 4096, 0, SGL(i));
        says_device(s, EV_DEV_RELEASE, BA + i * 4096, 4096, i & 1, SGL(i));
        says_put(s, ADAPTER1, SGL(i), BA + i * 4096, 4096, i & 1);
    }
    says_adapter_end(s, ADAPTER1);
    says_gone(s);
    assert_int_equal(finding_count(s->v), 0);
}

static void an_adapter_that_is_never_put_is_a_leak(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_adapter(s, ADAPTER1);
    says_gone(s);
    f = the_finding(s, "adapter-leaked");
    assert_int_equal(site_of(f, ROLE_CREATED), AT_CREATE);
    assert_string_equal(f->driver_verifier, "blind");
}

static void a_run_that_was_cut_short_leaks_nothing(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    verifier_end(s->v);
    assert_int_equal(finding_count(s->v), 0);
}

static void what_an_adapter_leaves_behind_is_named_by_kind(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_COMMON, API_AllocateCommonBuffer, COMMON(1), AT_CREATE, ADAPTER1, BA, 4096, 0);
    says_get(s, ADAPTER1, SGL(1), BA + 8192, 4096, 1);
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    says_adapter_end(s, ADAPTER1);
    says_gone(s);
    assert_int_equal(finding_count(s->v), 3);
    for (unsigned i = 0; i < 3; i++) {
        const struct finding *f = finding_at(s->v, i);

        assert_int_equal(site_of(f, ROLE_RELEASED), AT_PUT);
        if (!strcmp(f->word, "common-buffer-leaked"))
            assert_string_equal(f->driver_verifier, "0xE6 (0x07, 0x8000001, 0x1, ...)");
        else if (!strcmp(f->word, "sgl-leaked"))
            assert_string_equal(f->driver_verifier, "0xE6 (0x0A, 0x8000001, 0x1, ...)");
        else
            assert_string_equal(f->driver_verifier, "0xE6 (0x09, 0x8000001, 0x1, ...)");
    }
}

static void a_leaked_adapter_silences_what_it_owns(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_COMMON, API_AllocateCommonBuffer, COMMON(1), AT_CREATE, ADAPTER1, BA, 4096, 0);
    says_gone(s);
    the_finding(s, "adapter-leaked");
}

static void a_list_put_twice_names_both_puts(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put_as(s, ADAPTER1, 0, SGL(1), BA, 4096, 1, AT_PUT_AGAIN);
    says_adapter_end(s, ADAPTER1);
    says_gone(s);
    f = the_finding(s, "sgl-freed-twice");
    assert_int_equal(f->sites[0].site, AT_PUT_AGAIN);
    assert_int_equal(site_of(f, ROLE_RELEASED), AT_PUT);
    assert_string_equal(f->message,
                        "PutScatterGatherList of SGL#1 of adapter#1, which was released before");
}

static void map_registers_freed_twice(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    s->irql = 2;
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    for (int i = 0; i < 2; i++) {
        says(s, EV_CALL, API_FreeMapRegisters, ADAPTER1, AT_PUT + i, MAPREG(1), 4, 0, 0);
        if (!i)
            says(s, EV_MAPREG_END, API_FreeMapRegisters, MAPREG(1), AT_PUT, ADAPTER1, 4, 0, 4);
        says(s, EV_RETURN, API_FreeMapRegisters, ADAPTER1, AT_PUT + i, 0, 0, 0, 0);
    }
    assert_string_equal(the_finding(s, "mapregs-freed-twice")->driver_verifier,
                        "0xE6 (0x05, 0x1, ...)");
}

static void frees_of_four(struct says *s, uint64_t count)
{
    says_adapter(s, ADAPTER1);
    s->irql = 2;
    says(s, EV_MAPREG, API_AllocateAdapterChannel, MAPREG(1), AT_OTHER, ADAPTER1, 4, 4, 16);
    says(s, EV_CALL, API_FreeMapRegisters, ADAPTER1, AT_PUT, MAPREG(1), count, 0, 0);
    says(s, EV_MAPREG_END, API_FreeMapRegisters, MAPREG(1), AT_PUT, ADAPTER1, 4, 0, 4);
    says(s, EV_RETURN, API_FreeMapRegisters, ADAPTER1, AT_PUT, 0, 0, 0, 0);
}

/* P2 of 0x05 is the number of extra frees. */
static void more_map_registers_freed_than_there_are(void **state)
{
    frees_of_four(*state, 6);
    assert_string_equal(the_finding(*state, "mapregs-freed-twice")->driver_verifier,
                        "0xE6 (0x05, 0x2, ...)");
}

static void fewer_map_registers_freed_than_there_are(void **state)
{
    frees_of_four(*state, 3);
    assert_string_equal(
        the_finding(*state, "mapregs-leaked")->message,
        "FreeMapRegisters gives back 3 of the 4 map registers of mapregs#1 of adapter#1");
}

static void a_common_buffer_freed_twice(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_COMMON, API_AllocateCommonBuffer, COMMON(1), AT_CREATE, ADAPTER1, BA, 4096, 0);
    for (int i = 0; i < 2; i++) {
        says(s, EV_CALL, API_FreeCommonBuffer, ADAPTER1, AT_PUT + i, COMMON(1), 4096, BA, 0);
        if (!i)
            says(s, EV_COMMON_END, API_FreeCommonBuffer, COMMON(1), AT_PUT, ADAPTER1, BA, 4096, 0);
    }
    the_finding(s, "common-buffer-freed-twice");
}

static void another_adapter_is_the_wrong_one(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_adapter(s, ADAPTER1);
    says_adapter(s, ADAPTER2);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put_as(s, ADAPTER2, 0, SGL(1), BA, 4096, 1, AT_PUT);
    says_adapter_end(s, ADAPTER1);
    says_adapter_end(s, ADAPTER2);
    says_gone(s);
    f = the_finding(s, "released-through-wrong-adapter");
    assert_string_equal(f->message, "SGL#1 of adapter#1 was given back to adapter#2");
}

static void the_other_direction_at_put(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    assert_int_equal(site_of(the_finding(s, "direction-differs-at-put"), ROLE_MAPPED), AT_GET);
}

static void run_put_while_running(struct says *s)
{
    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_doorbell(s);
    says_device(s, EV_DEV_CLAIM, BA, 4096, 1, SGL(1));
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
}

static void a_late_touch_is_the_echo_of_a_put_while_the_device_runs(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    run_put_while_running(s);
    assert_int_equal(the_finding(s, "put-while-device-runs")->site_count, 3);
    says_device(s, EV_DEV_READ, BA, 4096, 1, SGL(1));
    says_device(s, EV_DEV_RELEASE, BA, 4096, 1, SGL(1));
    f = the_finding(s, "put-while-device-runs");
    assert_int_equal(site_of(f, ROLE_MAPPED), AT_GET);
    assert_int_equal(site_of(f, ROLE_GIVEN), AT_DOORBELL);
    assert_int_equal(f->sites[0].site, AT_PUT);
    assert_int_equal(site_of(f, ROLE_TOUCHED), AT_DOORBELL);
    assert_string_equal(f->driver_verifier, "blind");
}

/* Two requests over one buffer where bus addresses are physical ones: the engine may be at work for
 * either, so putting one of them is no fault (found by fuzz_ioctl). */
static void a_claim_over_shared_memory_accuses_nobody(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 8192, 1);
    says_get(s, ADAPTER1, SGL(2), BA, 4096, 0);
    says_doorbell(s);
    says_device(s, EV_DEV_CLAIM, BA, 4096, 1, SGL(2));
    says_put(s, ADAPTER1, SGL(2), BA, 4096, 0);
    assert_int_equal(finding_count(s->v), 0);
    says_device(s, EV_DEV_CLAIM, BA + 4096, 4096, 1, SGL(1));
    says_put(s, ADAPTER1, SGL(1), BA, 8192, 1);
    the_finding(s, "put-while-device-runs");
}

static void behind_the_iommu_driver_verifier_sees_it(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "remap", 7, true);
    run_put_while_running(s);
    says(s, EV_DEV_FAULT, 0, DEVICE1, 0, BA, dir_length(4096, 1),
         (uint64_t)SGL(1) << 32 | DEV_FAULT_RELEASED, 5ull << 32 | AT_DOORBELL);
    assert_string_equal(the_finding(s, "put-while-device-runs")->driver_verifier,
                        "0xE6 (0x26, ...)");
}

/* The engine fetches late: the doorbell rang before the put, the claim comes after. */
static void a_claim_after_the_put_goes_by_when_its_doorbell_rang(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_doorbell(s);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_device(s, EV_DEV_CLAIM, BA, 4096, 1, 0);
    says_device(s, EV_DEV_READ, BA, 4096, 1, 0);
    the_finding(s, "put-while-device-runs");
}

static void a_doorbell_after_the_put_uses_an_old_list(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_doorbell(s);
    says_device(s, EV_DEV_CLAIM, BA, 4096, 1, 0);
    says_device(s, EV_DEV_READ, BA, 4096, 1, 0);
    assert_int_equal(the_finding(s, "sgl-used-after-put")->sites[0].site, AT_DOORBELL);
}

static void more_map_registers_than_there_are(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    s->irql = 2;
    says(s, EV_CALL, API_AllocateAdapterChannel, ADAPTER1, AT_GET, 0, 16, 0, 0);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_CALL, API_AllocateAdapterChannelEx, ADAPTER1, AT_GET, 0, OBJ_ID(OBJ_CONTEXT, 1), 17,
         0);
    assert_string_equal(the_finding(s, "mapregs-exceeded")->driver_verifier,
                        "0xE6 (0x0C, 0x11, 0x10, ...)");
}

static void the_wrong_irql_names_what_the_page_allows(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    says(s, EV_CALL, API_PutScatterGatherList, ADAPTER1, AT_PUT, 0, 0, 0, 0);
    assert_string_equal(the_finding(s, "dma-irql-differs")->driver_verifier,
                        "0xE6 (0x13, 0x1, 0x2, 0x0)");
    s->irql = 2;
    says(s, EV_IRQL, 0, 0, AT_OTHER, 0, 2, 0, 0);
    says(s, EV_CALL, API_AllocateCommonBuffer, ADAPTER1, AT_CREATE, 0, 0, 0, 0);
    assert_int_equal(finding_count(s->v), 2);
    assert_int_equal(site_of(finding_at(s->v, 1), ROLE_RAISED), AT_OTHER);
    assert_string_equal(finding_at(s->v, 1)->message,
                        "AllocateCommonBuffer was called at DISPATCH_LEVEL (2); its page allows "
                        "PASSIVE_LEVEL only");
}

static void say_fault(struct says *s, enum dev_fault reason)
{
    says_adapter(s, ADAPTER1);
    says(s, EV_DEV_FAULT, 0, DEVICE1, 0, BA, dir_length(64, 0), reason, 5ull << 32 | AT_DOORBELL);
}

static void say_stray(struct says *s, uint64_t class)
{
    says(s, EV_DEV_STRAY, 0, DEVICE1, 0, BA, 0, class, 5ull << 32 | AT_DOORBELL);
}

/* 0xE6, first parameter 0x26, "IOMMU detected DMA violation", needs no Driver Verifier but an IOMMU
 * (bug-check-0xe6--driver-verifier-dma-violation). */
static void an_address_past_the_dma_interface_is_named(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "remap", 7, true);
    says_adapter(s, ADAPTER1);
    say_stray(s, STRAY_PHYSICAL);
    assert_int_equal(the_finding(s, "address-raw-physical")->sites[0].site, AT_DOORBELL);
    assert_string_equal(the_finding(s, "address-raw-physical")->driver_verifier,
                        "0xE6 (0x26, ...)");
    say_fault(s, DEV_FAULT_NOT_MAPPED); /* the same once more */
    assert_int_equal(finding_count(s->v), 1);
}

static void without_an_iommu_windows_is_blind_to_it(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    say_stray(s, STRAY_VIRTUAL | STRAY_TOUCH);
    assert_string_equal(the_finding(s, "address-kernel-virtual")->driver_verifier, "blind");
}

static void a_device_that_goes_astray_is_not_the_drivers_address(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "remap", 7, true);
    says_adapter(s, ADAPTER1);
    says(s, EV_DEV_CLAIM, 0, DEVICE1, 0, BA + 0x10000, dir_length(64, 0), 0,
         5ull << 32 | AT_DOORBELL);
    say_stray(s, STRAY_UNKNOWN | STRAY_TOUCH);
    assert_int_equal(finding_count(s->v), 1);
    assert_string_equal(the_finding(s, "iommu-fault")->driver_verifier, "0xE6 (0x26, ...)");
}

static void without_bus_mastering_no_iommu_sees_it(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "remap", 7, true);
    say_fault(s, DEV_FAULT_BUS_MASTER);
    assert_string_equal(the_finding(s, "iommu-fault")->driver_verifier, "blind");
    assert_non_null(strstr(the_finding(s, "iommu-fault")->message, "bus mastering is off"));
}

static void equal_findings_are_counted(void **state)
{
    struct says *s = *state;

    says_adapter(s, ADAPTER1);
    for (uint32_t i = 1; i <= 500; i++) {
        says_get(s, ADAPTER1, SGL(i), BA, 4096, 0);
        says_put(s, ADAPTER1, SGL(i), BA, 4096, 1);
    }
    assert_int_equal(the_finding(s, "direction-differs-at-put")->count, 500);
}

static void every_after_names_a_rule_that_comes_first(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rules_count; i++)
        for (const char *p = rules_all[i]->after; p && *p;) {
            size_t len = strcspn(p, ", ");
            char name[64] = { 0 };

            memcpy(name, p, len);
            assert_non_null(rule_find(name));
            assert_ptr_not_equal(rule_find(name), rules_all[i]);
            p += len + strspn(p + len, ", ");
        }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(correct_transfers_are_silent),
        T(an_adapter_that_is_never_put_is_a_leak),
        T(a_run_that_was_cut_short_leaks_nothing),
        T(what_an_adapter_leaves_behind_is_named_by_kind),
        T(a_leaked_adapter_silences_what_it_owns),
        T(a_list_put_twice_names_both_puts),
        T(map_registers_freed_twice),
        T(more_map_registers_freed_than_there_are),
        T(fewer_map_registers_freed_than_there_are),
        T(a_common_buffer_freed_twice),
        T(another_adapter_is_the_wrong_one),
        T(the_other_direction_at_put),
        T(a_late_touch_is_the_echo_of_a_put_while_the_device_runs),
        T(a_claim_over_shared_memory_accuses_nobody),
        T(behind_the_iommu_driver_verifier_sees_it),
        T(a_claim_after_the_put_goes_by_when_its_doorbell_rang),
        T(a_doorbell_after_the_put_uses_an_old_list),
        T(more_map_registers_than_there_are),
        T(the_wrong_irql_names_what_the_page_allows),
        T(an_address_past_the_dma_interface_is_named),
        T(without_an_iommu_windows_is_blind_to_it),
        T(a_device_that_goes_astray_is_not_the_drivers_address),
        T(without_bus_mastering_no_iommu_sees_it),
        T(equal_findings_are_counted),
        T(every_after_names_a_rule_that_comes_first),
    };

    return cmocka_run_group_tests_name("verifier rules", tests, NULL, NULL);
}
