/*
 * Interrupt objects: what the files that create, run, connect and describe them share.
 */
#ifndef DMACHECK_SIM_WDF_INTERRUPT_H
#define DMACHECK_SIM_WDF_INTERRUPT_H

#include "sim/wdf/device.h"
#include "sim/wdf/lock.h"
#include "sim/wdf/work.h"

struct fx_interrupt {
    struct fx_object object;
    struct fx_interrupt *next; /* of the device, in order of creation */
    struct fx_device *device;  /* NULL: disposed of */
    WDF_INTERRUPT_CONFIG config;
    WDF_INTERRUPT_INFO info;
    KIRQL vector_irql, sync_irql, old_irql; /* old_irql: before WdfInterruptAcquireLock */
    PKINTERRUPT kinterrupt;                 /* NULL: not connected */
    PKDPC dpc;                              /* in the machine's pool */
    struct fx_work work;                    /* EvtInterruptWorkItem's */
    struct fx_work isr_work;                /* where the service routine runs at PASSIVE_LEVEL */
    struct fx_spin_lock *spin;              /* the driver's; NULL: its own */
    struct fx_wait_lock *wait, own_wait;    /* at passive handling */
    struct fx_lock *lock;                   /* its DPC's or work item's; NULL: not serialized */
    WDF_INTERRUPT_POLICY policy;
    WDF_INTERRUPT_PRIORITY priority;
    GROUP_AFFINITY processors;
    bool policy_set;
    bool prepared; /* made in EvtDevicePrepareHardware, gone when hardware is released */
    bool connected, enabled, active;
    bool forced_off; /* WdfInterruptDisable */
    bool soft;       /* powering down leaves it connected, and inactive */
};

static inline struct fx_interrupt *fx_interrupt_of(struct fx *f, WDFINTERRUPT handle)
{
    return (struct fx_interrupt *)fx_object_of(f, handle, FX_INTERRUPT);
}

/* --- interrupt_run.c --- */
BOOLEAN fx_interrupt_isr(PKINTERRUPT k, PVOID handle); /* what is connected */
VOID fx_interrupt_dpc(PKDPC dpc, PVOID handle, PVOID one, PVOID two);
void fx_interrupt_work(struct fx_object *o);
void fx_interrupt_isr_work(struct fx_object *o);
BOOLEAN fx_interrupt_synchronize(struct fx *f, struct fx_interrupt *i,
                                 PFN_WDF_INTERRUPT_SYNCHRONIZE fn, WDFCONTEXT context);
/* EvtInterruptEnable or -Disable, under the interrupt's lock; STATUS_SUCCESS without one. */
NTSTATUS fx_interrupt_turn(struct fx *f, struct fx_interrupt *i, bool on);
/* False after a break into the debugger: not connected, or above PASSIVE_LEVEL at passive handling. */
bool fx_interrupt_lock(struct fx *f, enum api api, struct fx_interrupt *i);
void fx_interrupt_unlock(struct fx *f, enum api api, struct fx_interrupt *i);

/* --- interrupt_power.c --- */
void fx_interrupt_assign(struct fx_interrupt *i, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw,
                         const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated);
void fx_interrupt_revoke(struct fx_interrupt *i);
NTSTATUS fx_interrupt_connect(struct fx *f, struct fx_interrupt *i, bool power_up);
NTSTATUS fx_interrupt_disconnect(struct fx *f, struct fx_interrupt *i, bool power_down, bool gone);
void fx_interrupt_report(struct fx_interrupt *i, bool active);

#endif
