/*
 * The rules about MDLs, pool and IRPs: which one speaks of a call or of what the machine noticed, and with
 * which parameters. The expected ones are typed from
 * debugger/bug-check-0xc4--driver-verifier-detected-violation,
 * debugger/bug-check-0xc9--driver-verifier-iomanager-violation, debugger/bug-check-0xc7--timer-or-dpc-invalid
 * and debugger/bug-check-0xcb--driver-left-locked-pages-in-process. Where the second parameter is an
 * address that means nothing here, no parameter but the first is said. MDL flags: wdm/ns-wdm-_mdl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define MDL_MAPPED 0x1
#define MDL_LOCKED 0x2
#define MDL_NONPAGED 0x4
#define MDL_PARTIAL 0x10
#define POOL1 OBJ_ID(OBJ_POOL, 1)
#define IRP1 OBJ_ID(OBJ_IRP, 1)
#define PAGED 1
#define FLAG_PAGED 0x100 /* of ExAllocatePool2: kernel/pool_flags */

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
    uint32_t obj;
    uint8_t irql;
    uint64_t bad[4], good[4]; /* arguments with which it speaks, and with which it does not */
    const char *rule, *parameters;
};

static const struct row rows[] = {
    { API_MmUnlockPages,
      MDL1,
      0,
      { 0, 9, 0 },
      { 0, 9, MDL_LOCKED },
      "unlock-never-locked",
      "0xC4 (0x7C, ...)" },
    { API_MmUnlockPages,
      MDL1,
      0,
      { 0, 9, MDL_NONPAGED },
      { 0, 9, MDL_LOCKED },
      "unlock-nonpaged-mdl",
      "0xC4 (0x7D, ...)" },
    { API_MmUnlockPages,
      MDL1,
      0,
      { 0, 9, MDL_PARTIAL },
      { 0, 9, MDL_LOCKED },
      "unlock-partial-mdl",
      "0xC4 (0xB4, ...)" },
    { API_MmProbeAndLockPages,
      MDL1,
      0,
      { 0, 9, MDL_LOCKED },
      { 0, 9, 0 },
      "lock-wrong-flags",
      "0xC4 (0xB0, ...)" },
    { API_MmMapLockedPagesSpecifyCache,
      MDL1,
      0,
      { 0, MDL_LOCKED | MDL_MAPPED },
      { 0, MDL_LOCKED },
      "map-already-mapped",
      "0xC4 (0xB2, ...)" },
    { API_MmMapLockedPagesSpecifyCache,
      MDL1,
      0,
      { 0, 0 },
      { 0, MDL_PARTIAL },
      "map-not-locked",
      "0xC4 (0xB3, ...)" },
    { API_MmMapLockedPages,
      MDL1,
      0,
      { 0, MDL_LOCKED },
      { 0, 0 },
      "map-locked-pages-used",
      "0xC4 (0x81, ...)" },
    { API_MmUnmapLockedPages,
      MDL1,
      0,
      { 0, MDL_PARTIAL | MDL_MAPPED, 0, 0 },
      { 0, MDL_LOCKED, 0, 1 },
      "unmap-partial-mdl",
      "0xC4 (0xB5, ...)" },
    { API_MmUnmapLockedPages,
      MDL1,
      0,
      { 0, MDL_LOCKED, 0, 0 },
      { 0, MDL_LOCKED, 0, 1 },
      "unmap-not-mapped",
      "0xC4 (0xB6, ...)" },
    { API_MmUnmapLockedPages,
      MDL1,
      0,
      { 0, MDL_LOCKED, 0, 2 },
      { 0, MDL_LOCKED, 0, 3 },
      "unmap-bad-user-address",
      "0xC4 (0xB9, ...)" },
    { API_IoFreeMdl, MDL1, 0, { MDL_MAPPED, 1 }, { 0, 1 }, "mdl-freed-mapped", "0xC4 (0xB8, ...)" },
    { API_MmMapLockedPages,
      MDL1,
      5,
      { 0, MDL_LOCKED },
      { 1, MDL_LOCKED },
      "map-locked-pages-irql",
      "0xC4 (0x74, 0x5, ...)" },
    { API_MmMapLockedPages,
      MDL1,
      2,
      { 1, MDL_LOCKED },
      { 0, MDL_LOCKED },
      "map-locked-pages-user-irql",
      "0xC4 (0x75, 0x2, ...)" },
    { API_MmMapLockedPagesSpecifyCache,
      MDL1,
      5,
      { 0, MDL_LOCKED },
      { 1, MDL_LOCKED },
      "map-specify-cache-irql",
      "0xC4 (0x76, 0x5, ...)" },
    { API_MmMapLockedPagesSpecifyCache,
      MDL1,
      2,
      { 1, MDL_LOCKED },
      { 0, MDL_LOCKED },
      "map-specify-cache-user-irql",
      "0xC4 (0x77, 0x2, ...)" },
    { API_MmUnmapLockedPages,
      MDL1,
      5,
      { 0, MDL_LOCKED, 0, 1 },
      { 0, MDL_LOCKED, 0, 3 },
      "unmap-pages-irql",
      "0xC4 (0x79, 0x5, ...)" },
    { API_MmUnmapLockedPages,
      MDL1,
      2,
      { 0, MDL_LOCKED, 0, 3 },
      { 0, MDL_LOCKED, 0, 1 },
      "unmap-user-pages-irql",
      "0xC4 (0x7A, 0x2, ...)" },
    { API_ExAllocatePoolWithTag,
      0,
      2,
      { 0, 0 },
      { 0, 64 },
      "pool-zero-bytes",
      "0xC4 (0x00, 0x2, 0x0, 0x0)" },
    { API_ExAllocatePoolWithTag,
      0,
      2,
      { PAGED, 64 },
      { 0, 64 },
      "pool-paged-irql",
      "0xC4 (0x01, 0x2, 0x1, 0x40)" },
    { API_ExAllocatePool2,
      0,
      2,
      { FLAG_PAGED, 64 },
      { 1, 64 },
      "pool-paged-irql",
      "0xC4 (0x01, 0x2, 0x100, 0x40)" },
    { API_ExAllocatePoolWithTag,
      0,
      5,
      { 0, 64 },
      { PAGED, 64 },
      "pool-nonpaged-irql",
      "0xC4 (0x02, 0x5, 0x0, 0x40)" },
    { API_IofCompleteRequest,
      IRP1,
      0,
      { 0x103, 0, 0, 0 },
      { 0 },
      "irp-completed-pending",
      "0xC9 (0x06, 0x103, ...)" },
    { API_IofCompleteRequest,
      IRP1,
      0,
      { 0xffffffff, 0, 0, 0 },
      { 0 },
      "irp-completed-pending",
      "0xC9 (0x06, 0xFFFFFFFF, ...)" },
    { API_IofCompleteRequest,
      IRP1,
      0,
      { 0, 0, 0, 2 },
      { 0 },
      "cancel-routine-left",
      "0xC9 (0x07, ...)" },
    { API_IofCompleteRequest,
      IRP1,
      0,
      { 0, 0, 0, 1 },
      { 0 },
      "irp-completed-twice",
      "0x44 (0x00, ...)" },
    { API_IoFreeIrp, IRP1, 0, { 0, 1 }, { 0, 0 }, "irp-freed-threaded", "0xC9 (0x02, ...)" },
};

static const struct finding *found(const struct says *s, const char *rule)
{
    for (unsigned i = 0; i < finding_count(s->v); i++)
        if (!strcmp(finding_at(s->v, i)->word, rule))
            return finding_at(s->v, i);
    return NULL;
}

static void begin(struct says *s)
{
    verifier_begin(s->v, "direct64", 7, false);
    s->irql = 0;
    says(s, EV_MDL, 0, MDL1, AT_CREATE, 0, 4096, 0, 0);
}

static void call(struct says *s, const struct row *row, const uint64_t a[4])
{
    begin(s);
    s->irql = row->irql;
    says(s, EV_CALL, row->api, row->obj, AT_OTHER, a[0], a[1], a[2], a[3]);
}

static void each_call_has_its_rule_and_parameters(void **state)
{
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct finding *f;

        call(s, &rows[i], rows[i].bad);
        f = found(s, rows[i].rule);
        if (!f)
            fail_msg("row %u (%s): %s is silent", i, api_name(rows[i].api), rows[i].rule);
        assert_string_equal(f->driver_verifier, rows[i].parameters);
        assert_int_equal(f->sites[0].site, AT_OTHER);
        call(s, &rows[i], rows[i].good);
        if (found(s, rows[i].rule))
            fail_msg("row %u (%s): %s speaks of what is right", i, api_name(rows[i].api),
                     rows[i].rule);
    }
}

/* IRQL alone: limits 2, parameters as typed. */
static void irql_of_the_memory_manager(void **state)
{
    static const struct {
        unsigned api;
        const char *rule, *parameters;
    } calls[] = {
        { API_MmProbeAndLockPages, "probe-and-lock-irql", "0xC4 (0x70, 0x5, ...)" },
        { API_MmMapIoSpace, "map-io-space-irql", "0xC4 (0x73, 0x5, 0x1000, 0x40)" },
        { API_MmUnlockPages, "unlock-pages-irql", "0xC4 (0x78, 0x5, ...)" },
        { API_MmUnmapIoSpace, "unmap-io-space-irql", "0xC4 (0x7B, 0x5, ...)" },
        { API_MmFreePagesFromMdl, "pages-for-mdl-irql", "0xC4 (0x7E, 0x5, 0x2, 0x0)" },
        { API_IofCompleteRequest, "irp-complete-irql", "0xC9 (0x0E, 0x5, ...)" },
        { API_IofCallDriver, "call-driver-irql", "0xC9 (0x10, 0x5, ...)" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++)
        for (uint8_t irql = 0; irql <= 5; irql = (uint8_t)(irql + 5)) {
            const struct finding *f;

            begin(s);
            s->irql = irql;
            says(s, EV_CALL, calls[i].api, MDL1, AT_OTHER, 0x1000, 0x40, MDL_LOCKED, 0);
            f = found(s, calls[i].rule);
            if (!f != !irql)
                fail_msg("%s at IRQL %u", calls[i].rule, irql);
            if (f)
                assert_string_equal(f->driver_verifier, calls[i].parameters);
        }
}

static void what_the_machine_noticed(void **state)
{
    static const struct {
        enum misuse what;
        unsigned api;
        uint64_t p[3];
        const char *rule, *parameters;
    } noticed[] = {
        { MISUSE_LOCK_IO, 0, { 0xfebf0 }, "lock-io-memory", "0xC4 (0x6F, ...)" },
        { MISUSE_BUILD_PAGED, 0, { 0 }, "build-mdl-paged-pool", "0xC4 (0x7F, 0x1, ...)" },
        { MISUSE_MAP_UNLOCKED, 0, { 1, 7 }, "map-pages-unlocked", "0xC4 (0x85, ...)" },
        { MISUSE_MAP_NOT_IO, 0, { 0, 7 }, "mdl-io-not-marked", "0xC4 (0x89, ...)" },
        { MISUSE_IO_SPACE_RAM,
          0,
          { 0x7000, 64, 7 },
          "map-io-space-unlocked",
          "0xC4 (0x83, 0x7000, 0x40, 0x7)" },
        { MISUSE_TIMER_FREED, 0, { 0 }, "pool-timer-active", "0xC4 (0x15, ...)" },
        { MISUSE_DPC_FREED, 0, { 0 }, "pool-dpc-queued", "0xC7 (0x01, ...)" },
        { MISUSE_PAGED_TOUCHED,
          0,
          { 0x50, 2, 4 | EVENT_TO_DEVICE },
          "pageable-access-at-dispatch",
          "0xD1 (0x50, 0x2, 0x1, ...)" },
        { MISUSE_PENDING_UNMARKED,
          API_DriverDispatch,
          { 0x300 },
          "pending-not-marked",
          "0xC9 (0x23D, ...)" },
        { MISUSE_PENDING_MARKED,
          API_DriverDispatch,
          { 0x300 },
          "pending-not-returned",
          "0xC9 (0x23E, ...)" },
        { MISUSE_IRQL_CHANGED,
          API_DriverDispatch,
          { 0, 2 },
          "irql-changed-in-dispatch",
          "0xC9 (0x05, ...)" },
        { MISUSE_IRQL_CHANGED,
          API_ServiceRoutine,
          { 5, 2 },
          "isr-irql-changed",
          "0xC4 (0x111, ...)" },
        { MISUSE_IRQL_CHANGED, API_NONE, { 2, 5 }, "irql-changed-by-callback", "blind" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < sizeof noticed / sizeof noticed[0]; i++) {
        begin(s);
        s->irql = 1;
        says(s, EV_MISUSE, noticed[i].api, POOL1, AT_OTHER, noticed[i].what, noticed[i].p[0],
             noticed[i].p[1], noticed[i].p[2]);
        assert_string_equal(the_finding(s, noticed[i].rule)->driver_verifier,
                            noticed[i].parameters);
    }
}

static void allocate(struct says *s, uint64_t type)
{
    says(s, EV_CALL, API_ExAllocatePoolWithTag, 0, AT_CREATE, type, 64, 0, 0);
    says(s, EV_POOL, 0, POOL1, AT_CREATE, 0x1000, 64, 0, type);
    says(s, EV_RETURN, API_ExAllocatePoolWithTag, 0, AT_CREATE, 0x1000, POOL1, 0, 0);
}

static void blocks_freed_at_the_wrong_irql(void **state)
{
    struct says *s = *state;

    begin(s);
    allocate(s, PAGED);
    s->irql = 2;
    says(s, EV_CALL, API_ExFreePool, POOL1, AT_PUT, 0x1000, 0, 0, 0);
    assert_string_equal(the_finding(s, "pool-paged-free-irql")->driver_verifier,
                        "0xC4 (0x11, 0x2, 0x1, 0x1000)");
    begin(s);
    allocate(s, 0);
    s->irql = 5;
    says(s, EV_CALL, API_ExFreePool, POOL1, AT_PUT, 0x1000, 0, 0, 0);
    assert_string_equal(the_finding(s, "pool-nonpaged-free-irql")->driver_verifier,
                        "0xC4 (0x12, 0x5, 0x0, 0x1000)");
}

static void blocks_freed_twice_or_never(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    begin(s);
    allocate(s, 0);
    says(s, EV_CALL, API_ExFreePool, POOL1, AT_PUT, 0x1000, 0, 0, 0);
    says(s, EV_POOL_END, 0, POOL1, AT_PUT, 0x1000, 64, 0, 0);
    says(s, EV_RETURN, API_ExFreePool, POOL1, AT_PUT, 0, 0, 0, 0);
    says(s, EV_CALL, API_ExFreePool, POOL1, AT_PUT_AGAIN, 0x1000, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_PUT_AGAIN, 0xC2, 7, 0x1000, 0);
    f = the_finding(s, "pool-freed-twice");
    assert_string_equal(f->driver_verifier, "0xC4 (0x13, ...)");
    assert_int_equal(site_of(f, ROLE_FREED), AT_PUT);
    assert_int_equal(site_of(f, ROLE_ALLOCATED), AT_CREATE);
    begin(s);
    says(s, EV_CALL, API_ExFreePool, 0, AT_PUT, 0x1010, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_PUT, 0xC2, 0x46, 0x1010, 0);
    assert_string_equal(the_finding(s, "pool-bad-free")->driver_verifier,
                        "0xC4 (0x10, 0x1010, 0x0, 0x0)");
    begin(s);
    allocate(s, 0);
    says_gone(s);
    assert_string_equal(the_finding(s, "pool-leaked")->driver_verifier, "0xC4 (0x62, ...)");
}

/* What the system allocates is the system's to free. */
static void the_systems_own_pool_is_no_leak(void **state)
{
    struct says *s = *state;

    begin(s);
    says(s, EV_POOL, 0, POOL1, 0, 0x1000, 64, 0, PAGED);
    says_gone(s);
    assert_int_equal(finding_count(s->v), 0);
}

static void locks_that_are_never_given_back(void **state)
{
    struct says *s = *state;

    begin(s);
    says(s, EV_LOCK, 0, MDL1, AT_GET, 0, 1, 0, 0);
    says(s, EV_MDL_END, 0, MDL1, AT_PUT, 0, 0, 0, 0);
    says_gone(s);
    assert_string_equal(the_finding(s, "locked-pages-left")->driver_verifier, "0xCB (0x00, ...)");
    assert_int_equal(site_of(finding_at(s->v, 0), ROLE_LOCKED), AT_GET);
}

static void a_spin_lock_that_a_callback_keeps(void **state)
{
    const uint32_t lock = OBJ_ID(OBJ_LOCK, 1);
    struct says *s = *state;

    begin(s);
    s->irql = 2;
    says(s, EV_DPC, 0, OBJ_ID(OBJ_DPC, 1), 0, 0, 0, 0, 0);
    says(s, EV_CALL, API_KeAcquireSpinLockAtDpcLevel, lock, AT_GET, 0, 0, 0, 0);
    says(s, EV_RETURN, API_KeAcquireSpinLockAtDpcLevel, lock, AT_GET, 0, 0, 0, 0);
    says(s, EV_DPC_END, 0, OBJ_ID(OBJ_DPC, 1), 0, 0, 0, 0, 0);
    assert_int_equal(site_of(the_finding(s, "spin-lock-held-on-return"), ROLE_HELD), AT_GET);
    assert_string_equal(finding_at(s->v, 0)->driver_verifier, "blind");
    /* A dispatch routine's: rule SpinLock of DDI compliance checking. */
    begin(s);
    says(s, EV_CALLBACK, API_DriverDispatch, IRP1, 0, 0, 0, 0, 0);
    says(s, EV_CALL, API_KeAcquireSpinLockRaiseToDpc, lock, AT_GET, 0, 0, 0, 0);
    says(s, EV_CALLBACK_END, API_DriverDispatch, IRP1, 0, 0, 0, 0, 0);
    assert_string_equal(the_finding(s, "spin-lock-held-on-return")->driver_verifier,
                        "0xC4 (0x40009, ...)");
    /* A callback of KMDF's, whichever it is; an object's lock counts, too. */
    begin(s);
    says(s, EV_DPC, 0, OBJ_ID(OBJ_DPC, 1), 0, 0, 0, 0, 0);
    says(s, EV_CALLBACK, API_EvtTimerFunc, OBJ_ID(OBJ_WDFTIMER, 1), 0, 0, 0, 0, 0);
    says(s, EV_CALL, API_WdfObjectAcquireLock, OBJ_ID(OBJ_WDFDEVICE, 1), AT_GET, lock, 0, 0, 0);
    says(s, EV_CALLBACK_END, API_EvtTimerFunc, OBJ_ID(OBJ_WDFTIMER, 1), 0, 0, 0, 0, 0);
    says(s, EV_DPC_END, 0, OBJ_ID(OBJ_DPC, 1), 0, 0, 0, 0, 0);
    assert_int_equal(site_of(the_finding(s, "spin-lock-held-on-return"), ROLE_HELD), AT_GET);
    begin(s);
    says(s, EV_CALLBACK, API_EvtInterruptDpc, OBJ_ID(OBJ_WDFINTERRUPT, 1), 0, 0, 0, 0, 0);
    says(s, EV_CALL, API_WdfObjectAcquireLock, OBJ_ID(OBJ_WDFQUEUE, 1), AT_GET, lock, 0, 0, 0);
    says(s, EV_CALL, API_WdfObjectReleaseLock, OBJ_ID(OBJ_WDFDEVICE, 1), AT_PUT, lock, 0, 0, 0);
    says(s, EV_CALLBACK_END, API_EvtInterruptDpc, OBJ_ID(OBJ_WDFINTERRUPT, 1), 0, 0, 0, 0, 0);
    assert_int_equal(finding_count(s->v), 0);
}

/* A lock that was held before is not the callback's, and one that is given back is none. */
static void locks_of_others_are_left_alone(void **state)
{
    const uint32_t lock = OBJ_ID(OBJ_LOCK, 1), inner = OBJ_ID(OBJ_LOCK, 2);
    struct says *s = *state;

    begin(s);
    s->irql = 2;
    says(s, EV_CALL, API_KeAcquireSpinLockAtDpcLevel, lock, AT_GET, 0, 0, 0, 0);
    says(s, EV_CALLBACK, API_CompletionRoutine, IRP1, 0, 0, 0, 0, 0);
    says(s, EV_CALL, API_KeAcquireSpinLockAtDpcLevel, inner, AT_GET, 0, 0, 0, 0);
    says(s, EV_CALL, API_KeReleaseSpinLockFromDpcLevel, inner, AT_PUT, 0, 0, 0, 0);
    says(s, EV_CALLBACK_END, API_CompletionRoutine, IRP1, 0, 0, 0, 0, 0);
    assert_int_equal(finding_count(s->v), 0);
}

static void irps_that_are_none(void **state)
{
    struct says *s = *state;

    begin(s);
    says(s, EV_CALL, API_IofCallDriver, IRP1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0xC9, 3, 0x77, 0);
    assert_string_equal(the_finding(s, "call-driver-no-irp")->driver_verifier,
                        "0xC9 (0x03, 0x77, 0x0, 0x0)");
    begin(s);
    says(s, EV_CALL, API_IofCallDriver, IRP1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0xC9, 4, 0x77, 0);
    assert_string_equal(the_finding(s, "call-driver-no-device")->driver_verifier,
                        "0xC9 (0x04, 0x77, 0x0, 0x0)");
    begin(s);
    says(s, EV_CALL, API_IoFreeIrp, IRP1, AT_OTHER, 0, 0, 0, 0);
    says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x44, 0x77, 0, 0);
    assert_string_equal(the_finding(s, "irp-freed-bad")->driver_verifier,
                        "0xC9 (0x01, 0x77, 0x0, 0x0)");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_call_has_its_rule_and_parameters),
        T(irql_of_the_memory_manager),
        T(what_the_machine_noticed),
        T(blocks_freed_at_the_wrong_irql),
        T(blocks_freed_twice_or_never),
        T(the_systems_own_pool_is_no_leak),
        T(locks_that_are_never_given_back),
        T(a_spin_lock_that_a_callback_keeps),
        T(locks_of_others_are_left_alone),
        T(irps_that_are_none),
    };

    return cmocka_run_group_tests_name("rules_kernel", tests, NULL, NULL);
}
