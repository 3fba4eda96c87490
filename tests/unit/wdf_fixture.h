/*
 * A machine with a native KMDF driver, for the tests of sim/wdf: its DriverEntry is a C function of the test,
 * which calls the framework through its table as a driver's image does. Include it first.
 */
#ifndef TESTS_UNIT_WDF_FIXTURE_H
#define TESTS_UNIT_WDF_FIXTURE_H

#define WDF_CLIENT 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/wdf/host.h"
#include "sim/nt/pnp.h"

const WDFFUNC *WdfFunctions;
PWDF_DRIVER_GLOBALS WdfDriverGlobals;

static struct sim *wdf_sim;
static PDRIVER_OBJECT wdf_driver;
static uint32_t wdf_process;
static PDRIVER_INITIALIZE wdf_entry;
static void (*wdf_body)(struct sim *s);
static NTSTATUS wdf_entry_status;
static bool wdf_done;
static uint8_t wdf_cpus = 1;   /* what is expected of an order holds on one processor */
static struct event wdf_stop;  /* the last BUGCHECK: its parameters from a[1] */
static struct event wdf_break; /* the last MISUSE; a[0] 0: none yet */

static void wdf_hears(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_BUGCHECK)
        wdf_stop = *e;
    else if (e->kind == EV_MISUSE)
        wdf_break = *e;
}
/* The framework broke into the debugger for this reason, and for no other since it was last asked. */
static inline void wdf_assert_break(unsigned why)
{
    assert_int_equal(wdf_break.a[0], why ? MISUSE_WDF_BREAK : 0);
    assert_int_equal(wdf_break.a[1], why);
    wdf_break = (struct event) { 0 };
}

static void wdf_user(void *ctx)
{
    wdf_body(wdf_sim);
    wdf_done = true;
    sched_wake(wdf_sim, ctx);
}

/* On the boot thread: loads the driver, runs the test's body on a thread of a program, unloads. */
static void wdf_boot(void *ctx)
{
    struct fx_binding binding = { &WdfFunctions, &WdfDriverGlobals };
    struct sim *s = wdf_sim;
    struct host_stub stub;
    struct agent *user;

    (void)ctx;
    wdf_done = false;
    host_wdf_stub(&stub, &binding);
    wdf_entry_status = host_driver_load(s, "wdftest", wdf_entry, &stub, &wdf_driver);
    wdf_process = ps_process_new(s);
    user = sched_thread(s, "user", wdf_user, sched_current_thread(s), wdf_process, 8);
    assert_non_null(user);
    while (!wdf_done)
        sched_block(s, UINT64_MAX);
    if (wdf_driver)
        host_driver_unload(s, wdf_driver);
}

/* What the run ends with in sim->bugcheck_code must be this; 0: none. */
static inline void wdf_run(PDRIVER_INITIALIZE entry, void (*body)(struct sim *s), uint32_t bugcheck)
{
    struct profile p;
    char message[200];

    profile_default(&p);
    p.cpus = wdf_cpus;
    wdf_sim = sim_create(&p, message, sizeof(message));
    assert_non_null(wdf_sim);
    trace_attach(&wdf_sim->trace, wdf_hears, NULL);
    wdf_stop = wdf_break = (struct event) { 0 };
    wdf_entry = entry;
    wdf_body = body;
    wdf_driver = NULL;
    assert_int_equal(sched_run(wdf_sim, sched_thread(wdf_sim, "boot", wdf_boot, NULL, 0, 8), true),
                     SCHED_DONE);
    assert_int_equal(wdf_sim->bugcheck_code, bugcheck);
    sim_destroy(wdf_sim);
}

#endif
