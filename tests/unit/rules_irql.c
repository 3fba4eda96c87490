/*
 * The rules about IRQL: which one speaks of a call, and with which parameters. The expected ones are
 * typed from debugger/bug-check-0xe6--driver-verifier-dma-violation (0x13: 1 or 2, the IRQL asked for,
 * the current one), debugger/bug-check-0xc4--driver-verifier-detected-violation (codes below 0x200: the
 * current IRQL first) and the pages devtest/wdm-irql... of the compliance rules (0x20000 and above).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define LOCK1 OBJ_ID(OBJ_LOCK, 1)
#define FOR_EVER UINT64_MAX

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
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

struct row {
    unsigned api;
    uint8_t irql, good; /* where the rule speaks; where it does not */
    const char *rule, *parameters;
    uint64_t a[4];
};

static const struct row rows[] = {
    { API_PutScatterGatherList, 0, 2, "dma-irql-differs", "0xE6 (0x13, 0x1, 0x2, 0x0)", { 0 } },
    { API_GetScatterGatherList, 1, 2, "dma-irql-differs", "0xE6 (0x13, 0x1, 0x2, 0x1)", { 0 } },
    { API_AllocateAdapterChannel, 5, 2, "dma-irql-differs", "0xE6 (0x13, 0x1, 0x2, 0x5)", { 0 } },
    { API_FreeMapRegisters, 0, 2, "dma-irql-differs", "0xE6 (0x13, 0x1, 0x2, 0x0)", { 0 } },
    { API_AllocateCommonBuffer, 2, 0, "dma-irql-too-high", "0xE6 (0x13, 0x2, 0x0, 0x2)", { 0 } },
    { API_FreeCommonBuffer, 1, 0, "dma-irql-too-high", "0xE6 (0x13, 0x2, 0x0, 0x1)", { 0 } },
    { API_MapTransfer, 6, 2, "dma-irql-too-high", "0xE6 (0x13, 0x2, 0x2, 0x6)", { 0 } },
    { API_KeInsertDeviceQueue, 0, 2, "irql-dispatch", "0xC4 (0x20003, ...)", { 0 } },
    { API_IoStartNextPacket, 0, 2, "irql-dispatch", "0xC4 (0x20003, ...)", { 0 } },
    { API_ProbeForRead, 2, 1, "irql-ex-apc", "0xC4 (0x20006, ...)", { 0 } },
    { API_ExRaiseStatus, 2, 1, "irql-ex-passive", "0xC4 (0x20008, ...)", { 0 } },
    { API_IoDeleteDevice, 2, 0, "irql-io-apc", "0xC4 (0x20009, ...)", { 0 } },
    { API_IoGetDmaAdapter, 2, 0, "irql-io-passive", "0xC4 (0x2000E, ...)", { 0 } },
    { API_IoCreateDevice, 1, 0, "irql-io-passive", "0xC4 (0x2000A, ...)", { 0 } },
    { API_IoConnectInterrupt, 2, 0, "irql-io-passive", "0xC4 (0x2000B, ...)", { 0 } },
    { API_IoDetachDevice, 2, 0, "irql-io-passive", "0xC4 (0x2000C, ...)", { 0 } },
    { API_IoDisconnectInterrupt, 2, 0, "irql-io-passive", "0xC4 (0x2000D, ...)", { 0 } },
    { API_KeDelayExecutionThread, 2, 1, "irql-ke-apc", "0xC4 (0x2000F, ...)", { 0 } },
    { API_KeSetTimerEx, 3, 2, "irql-ke-dispatch", "0xC4 (0x20011, ...)", { 0 } },
    { API_MmFreePagesFromMdl, 2, 1, "irql-mm-apc", "0xC4 (0x20019, ...)", { 0 } },
    { API_MmFreeContiguousMemory, 3, 2, "irql-mm-dispatch", "0xC4 (0x2001A, ...)", { 0 } },
    { API_ObReferenceObjectByHandle, 1, 0, "irql-ob-passive", "0xC4 (0x2001B, ...)", { 0 } },
    { API_ZwClose, 1, 0, "irql-zw-passive", "0xC4 (0x2001F, ...)", { 0 } },
    { API_ExAcquireFastMutex, 2, 1, "fast-mutex-acquire-irql", "0xC4 (0x33, 0x2, ...)", { 0 } },
    { API_ExReleaseFastMutex, 0, 1, "fast-mutex-release-irql", "0xC4 (0x34, 0x0, ...)", { 0 } },
    { API_KeReleaseSpinLock, 0, 2, "spin-lock-release-irql", "0xC4 (0x32, 0x0, ...)", { 0 } },
    { API_KeAcquireSpinLockAtDpcLevel,
      1,
      2,
      "spin-lock-at-dpc-irql",
      "0xC4 (0x40, 0x1, ...)",
      { 0 } },
    { API_KeReleaseSpinLockFromDpcLevel,
      0,
      2,
      "spin-lock-from-dpc-irql",
      "0xC4 (0x41, 0x0, ...)",
      { 0 } },
    { API_KeAcquireSpinLockRaiseToDpc,
      5,
      2,
      "spin-lock-acquire-irql",
      "0xC4 (0x42, 0x5, ...)",
      { 0 } },
    { API_KeEnterCriticalRegion,
      2,
      1,
      "critical-region-entered-irql",
      "0xC4 (0x11A, 0x2, ...)",
      { 0 } },
    { API_KeLeaveCriticalRegion,
      2,
      1,
      "critical-region-left-irql",
      "0xC4 (0x11B, 0x2, ...)",
      { 0 } },
    { API_KeSetEvent, 5, 2, "set-event-irql", "0xC4 (0x80, 0x5, ...)", { 0 } },
    { API_KeWaitForSingleObject,
      2,
      1,
      "wait-at-dispatch",
      "0xC4 (0x3B, 0x2, ...)",
      { 0, 0, 0, FOR_EVER } },
    { API_KeWaitForMultipleObjects,
      5,
      1,
      "wait-above-dispatch",
      "0xC4 (0x120, ...)",
      { 0, 0, 0, 0 } },
    { API_IoGetDeviceProperty, 2, 0, "wrong-irql", "0xC4 (0xE5, 0x2, ...)", { 0 } },
};

static void call(struct says *s, const struct row *row, uint8_t irql)
{
    verifier_begin(s->v, "direct64", 7, false);
    says_adapter(s, ADAPTER1);
    s->irql = irql;
    says(s, EV_CALL, row->api, ADAPTER1, AT_OTHER, row->a[0], row->a[1], row->a[2], row->a[3]);
}

static const struct finding *found(const struct says *s, const char *rule)
{
    for (unsigned i = 0; i < finding_count(s->v); i++)
        if (!strcmp(finding_at(s->v, i)->word, rule))
            return finding_at(s->v, i);
    return NULL;
}

static void each_call_has_its_rule_and_parameters(void **state)
{
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct finding *f;

        call(s, &rows[i], rows[i].irql);
        f = found(s, rows[i].rule);
        if (!f)
            fail_msg("row %u (%s): %s is silent", i, api_name(rows[i].api), rows[i].rule);
        assert_string_equal(f->driver_verifier, rows[i].parameters);
        assert_int_equal(f->sites[0].site, AT_OTHER);
        if (strcmp(rows[i].rule, "wrong-irql") && found(s, "wrong-irql"))
            fail_msg("row %u (%s): wrong-irql speaks as well", i, api_name(rows[i].api));
    }
}

static void none_speaks_where_the_page_allows_it(void **state)
{
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        call(s, &rows[i], rows[i].good);
        if (found(s, rows[i].rule))
            fail_msg("row %u (%s): %s speaks at IRQL %u", i, api_name(rows[i].api), rows[i].rule,
                     rows[i].good);
    }
}

/* A wait of no time is allowed at DISPATCH_LEVEL. */
static void a_look_at_dispatch_is_no_wait(void **state)
{
    struct says *s = *state;
    struct row look = { .api = API_KeWaitForSingleObject };

    call(s, &look, 2);
    assert_int_equal(finding_count(s->v), 0);
}

/* 0x30 and 0x31: the current IRQL, the one asked for, 0. Bug check 0x09 has the current one first, 0x0A
 * of KeLowerIrql the one asked for. */
static void a_change_of_irql_the_wrong_way(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "direct64", 7, false);
    s->irql = 2;
    says(s, EV_CALL, API_KfRaiseIrql, 0, AT_OTHER, 1, 2, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x09, 2, 1, 0);
    says(s, EV_RETURN, API_KfRaiseIrql, 0, AT_OTHER, 2, 0, 0, 0);
    assert_string_equal(the_finding(s, "raise-irql-lowers")->driver_verifier,
                        "0xC4 (0x30, 0x2, 0x1, 0x0)");
    says(s, EV_CALL, API_KeLowerIrql, 0, AT_CREATE, 5, 2, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_CREATE, 0x0A, 5, 2, 0);
    assert_int_equal(finding_count(s->v), 2);
    assert_string_equal(finding_at(s->v, 1)->driver_verifier, "0xC4 (0x31, 0x2, 0x5, 0x0)");
}

/* What comes of it is not said again, but another bug check at the place is. */
static void bug_check_leaves_what_is_explained(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "direct64", 7, false);
    says(s, EV_CALL, API_KeReleaseSpinLock, LOCK1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x10, 0, 0, 0);
    the_finding(s, "spin-lock-release-irql");
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x44, 0, 0, 0);
    assert_non_null(found(s, "bug-check"));
}

static void locks_taken_or_given_back_twice(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "direct64", 7, false);
    s->irql = 2;
    says(s, EV_CALL, API_KeAcquireSpinLockAtDpcLevel, LOCK1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x0F, 0, 0, 0);
    assert_string_equal(the_finding(s, "spin-lock-owned-already")->driver_verifier,
                        "0xC4 (0x40009, ...)");
    verifier_begin(s->v, "direct64", 7, false);
    says(s, EV_CALL, API_KeReleaseSpinLockFromDpcLevel, LOCK1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x10, 0, 0, 0);
    assert_string_equal(the_finding(s, "spin-lock-not-owned")->driver_verifier,
                        "0xC4 (0x4000A, ...)");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_call_has_its_rule_and_parameters), T(none_speaks_where_the_page_allows_it),
        T(a_look_at_dispatch_is_no_wait),         T(a_change_of_irql_the_wrong_way),
        T(bug_check_leaves_what_is_explained),    T(locks_taken_or_given_back_twice),
    };

    return cmocka_run_group_tests_name("rules_irql", tests, NULL, NULL);
}
