/*
 * The boot agent: one run from the driver's loading to its unloading. It is a system thread of the
 * machine; the scenario runs on a thread of a user's process beside it.
 */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"
#include "sim/core/bounce.h"
#include "sim/core/mem.h"
#include "sim/nt/pnp.h"
#include "sim/nt/zw.h"
#include "sim/wdf/host.h"

static void phase(struct dm_run *r, enum phase p, NTSTATUS status)
{
    trace_emit(&r->s->trace, EV_PHASE, API_NONE, 0, p, (uint32_t)status, 0, 0);
}

/* A card that came with the driver, or one of ours. */
static const struct dm_device_model *model_find(const struct dm_run *r, const char *name)
{
    const struct dm_device_model *const *m = r->driver->models;

    while (m && *m && strcmp((*m)->name, name))
        m++;
    return m && *m ? *m : dm_device_model(name);
}

static struct dm_device *device_plug(struct dm_run *r, const char *model)
{
    const struct dm_device_model *m = model_find(r, model);
    struct dm_device *d = NULL;

    if (!m) {
        run_fail(r, "no such device model: %s", model);
        return NULL;
    }
    if (r->device_count < RUN_DEVICES_MAX)
        d = bus_plug(r->s, m);
    if (!d)
        run_fail(r, "no free slot for another %s", model);
    else
        r->devices[r->device_count++] = d;
    return d;
}

NTSTATUS run_device_add(struct dm_run *r, const char *model, struct dm_device **out)
{
    struct dm_device *d = device_plug(r, model);
    NTSTATUS status;

    *out = d;
    if (!d)
        return STATUS_NO_SUCH_DEVICE;
    phase(r, PHASE_ADD_DEVICE, STATUS_SUCCESS);
    status = host_device_add(r->s, r->driver_object, d);
    if (!NT_SUCCESS(status))
        return status;
    phase(r, PHASE_START, STATUS_SUCCESS);
    return host_device_start(r->s, d);
}

/* What to plug. Who does not say gets one card of the general kind, if the driver is for cards. */
static const char *devices_wanted(const struct dm_run *r)
{
    if (r->devices_text)
        return r->devices_text;
    return r->driver_object->DriverExtension->AddDevice ? "sgdma" : "";
}

/* The setup's devices, one after the other. A fault that was injected may keep one from
 * starting. */
static void devices_add(struct dm_run *r)
{
    const char *at = devices_wanted(r);
    bool may_fail = r->scenario->flags & DM_EXPECT_FAILED_START;

    while (*at) {
        size_t n = strcspn(at, ",");
        struct dm_device *d;
        char model[64];
        NTSTATUS status;

        snprintf(model, sizeof(model), "%.*s", (int)n, at);
        status = run_device_add(r, model, &d);
        if (!NT_SUCCESS(status) && d && !may_fail && !r->s->fault.taken)
            run_fail(r, "%s: the device does not start: 0x%08X", model, (unsigned)status);
        at += n + (at[n] == ',');
    }
}

/* Whatever is still there, in the order in which it came. */
static void devices_remove(struct dm_run *r)
{
    phase(r, PHASE_REMOVE, STATUS_SUCCESS);
    for (unsigned i = 0; i < r->device_count; i++) {
        struct pnp_node *n = pnp_node_of(r->s, r->devices[i]);
        NTSTATUS status;

        if (!n || (n->state != PNP_ADDED && n->state != PNP_STARTED && n->state != PNP_STOPPED))
            continue;
        status = host_device_remove(r->s, r->devices[i]);
        if (!NT_SUCCESS(status))
            run_fail(r, "device %u is not removed at the end: 0x%08X", i, (unsigned)status);
    }
}

static void scenario_main(struct dm_run *r, void *ctx)
{
    const struct dm_scenario *sc = ctx;

    phase(r, PHASE_SCENARIO, STATUS_SUCCESS);
    sc->run(r);
    phase(r, PHASE_SCENARIO_END, STATUS_SUCCESS);
}

static void scenario_run(struct dm_run *r)
{
    struct dm_thread *t;

    if (!r->scenario->run)
        return;
    r->process = ps_process_new(r->s);
    t = dm_thread(r, scenario_main, (void *)r->scenario);
    must(t);
    dm_join(r, t);
    /* Threads that the scenario left to themselves are waited for: their files must be closed. */
    for (unsigned i = 1; i < r->thread_count; i++)
        dm_join(r, &r->threads[i]);
}

/* A driver of the framework is bound to it first. */
static NTSTATUS driver_load(struct dm_run *r)
{
    struct dm_driver *d = r->driver;
    struct fx_binding binding = { d->wdf_functions, d->wdf_globals };
    struct host_stub stub;

    host_wdf_stub(&stub, &binding);
    return host_driver_load(r->s, d->name, d->entry, d->wdf_functions ? &stub : NULL,
                            &r->driver_object);
}

static void boot(struct dm_run *r)
{
    NTSTATUS status;

    phase(r, PHASE_LOAD, STATUS_SUCCESS);
    status = driver_load(r);
    if (!NT_SUCCESS(status)) {
        if (!(r->scenario->flags & DM_EXPECT_FAILED_START) && !r->s->fault.taken)
            run_fail(r, "DriverEntry fails: 0x%08X", (unsigned)status);
        return;
    }
    if (!(r->scenario->flags & DM_MANUAL))
        devices_add(r);
    scenario_run(r);
    devices_remove(r);
    phase(r, PHASE_UNLOAD, STATUS_SUCCESS);
    host_driver_unload(r->s, r->driver_object);
}

void boot_main(void *run)
{
    struct dm_run *r = run;

    boot(r);
    r->s->trace.site = 0; /* whoever damaged the pool or the rest, it was not the last caller */
    pool_check(r->s);
    bounce_check(r->s);
}
