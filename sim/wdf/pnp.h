/*
 * What the files of a device's PnP, power and power policy share. The framework's three state machines run
 * here on the thread that brings the IRP; the states that a driver can see or watch are theirs.
 */
#ifndef DMACHECK_SIM_WDF_PNP_H
#define DMACHECK_SIM_WDF_PNP_H

#include "sim/wdf/device.h"
#include "sim/wdf/device_init.h"

struct fx_interface { /* a device interface */
    struct fx_interface *next;
    GUID guid;
    UNICODE_STRING reference; /* in the pool */
    UNICODE_STRING link;      /* of IoRegisterDeviceInterface */
    bool wanted, enabled;
};

struct fx_offer { /* WdfDeviceAddQueryInterface */
    struct fx_offer *next;
    GUID type;
    PINTERFACE interface; /* a copy; NULL: the callback fills it in alone */
    bool import, to_parent;
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST fn;
};

/* Self-managed I/O has states of its own (selfmanagediostatemachine.cpp). */
enum fx_self_io {
    FX_SELF_CREATED,
    FX_SELF_INIT_FAILED,
    FX_SELF_STARTED,
    FX_SELF_STOPPED,
    FX_SELF_FAILED,
    FX_SELF_FLUSHED,
    FX_SELF_FINAL
};

struct fx_pnp {
    WDF_PNPPOWER_EVENT_CALLBACKS evt;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy_evt;
    WDF_FDO_EVENT_CALLBACKS fdo_evt;
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown;
    UCHAR shutdown_flags;
    bool policy_owner;
    struct fx_watch *watches;
    ULONG state[FX_MACHINES]; /* WDF_DEVICE_PNP_STATE and its like */
    enum fx_self_io self;
    WDF_POWER_DEVICE_STATE d_state; /* what EvtDeviceD0Entry is told it comes from */
    bool powered;                   /* in D0, callbacks and all */
    bool failed, internal_failure, removed;
    bool power_failed; /* and PnP has yet to hear of it */
    WDF_DEVICE_FAILED_ACTION failed_action;
    unsigned holds;        /* power and WMI IRPs that are in a dispatch routine: removal waits */
    struct agent *remover; /* the thread that does; NULL: none yet */
    WDFCMRESLIST raw, translated; /* while the hardware is prepared */
    bool hardware;                /* EvtDevicePrepareHardware has been called */
    bool preparing;               /* is being called */
    bool symbolic_link;
    UNICODE_STRING link_name; /* in the pool */
    struct fx_interface *interfaces;
    bool interfaces_on;
    struct fx_offer *offers;
    struct fx_preprocess preprocess[IRP_MJ_MAXIMUM_FUNCTION + 1];
    bool preprocesses;
    struct {
        PFN_WDFDEVICE_WDM_IRP_DISPATCH fn;
        WDFCONTEXT context;
    } dispatch[IRP_MJ_INTERNAL_DEVICE_CONTROL + 1]; /* before the queues */
    WDF_DEVICE_STATE device_state;
    WDF_DEVICE_PNP_CAPABILITIES caps;
    WDF_DEVICE_POWER_CAPABILITIES power_caps;
    DEVICE_CAPABILITIES found; /* of the stack, asked at start */
    bool stoppable;
    LONG stop_count; /* WdfDeviceSetStaticStopRemove(FALSE) */
    LONG special[WdfSpecialFileMax];
    bool special_ok[WdfSpecialFileMax]; /* WdfDeviceSetSpecialFileSupport */
    SYSTEM_POWER_STATE s_state;
    POWER_ACTION s_action;
    struct fx_idle *idle;
};

/* --- pnp.c --- */
NTSTATUS fx_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp); /* every major function's */
void fx_pnp_added(struct fx *f, struct fx_device *d);        /* EvtDriverDeviceAdd has succeeded */
void fx_pnp_failed(struct fx *f, struct fx_device *d, bool power_up); /* power has failed */
NTSTATUS fx_pnp_dispatch(struct fx *f, struct fx_device *d, PIRP irp);
/* The next lower driver, and back; the IRP is the caller's again. */
NTSTATUS fx_forward_wait(struct fx_device *d, PIRP irp);
NTSTATUS fx_pass_down(struct fx_device *d, PIRP irp);
NTSTATUS fx_irp_end(PIRP irp, NTSTATUS status);
/* The remove lock: around a power or WMI IRP's dispatch. */
bool fx_remove_hold(struct fx_device *d, UCHAR major);
void fx_remove_release(struct fx *f, struct fx_device *d);

/* --- device_query.c: the questions of PnP: resources, capabilities, state, interfaces --- */
NTSTATUS fx_query_dispatch(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack);

/* --- pnp_state.c --- */
void fx_state_set(struct fx *f, struct fx_device *d, enum fx_machine machine, ULONG state);
static inline void fx_pnp_set(struct fx *f, struct fx_device *d, WDF_DEVICE_PNP_STATE state)
{
    fx_state_set(f, d, FX_MACHINE_PNP, (ULONG)state);
}
static inline void fx_power_set(struct fx *f, struct fx_device *d, WDF_DEVICE_POWER_STATE state)
{
    fx_state_set(f, d, FX_MACHINE_POWER, (ULONG)state);
}
static inline void fx_policy_set(struct fx *f, struct fx_device *d,
                                 WDF_DEVICE_POWER_POLICY_STATE state)
{
    fx_state_set(f, d, FX_MACHINE_POLICY, (ULONG)state);
}

/* --- pnp_callbacks.c: STATUS_SUCCESS where the driver has none --- */
typedef NTSTATUS fx_plain_fn(WDFDEVICE Device);
typedef VOID fx_void_fn(WDFDEVICE Device);
typedef NTSTATUS fx_power_fn(WDFDEVICE Device, WDF_POWER_DEVICE_STATE State);
NTSTATUS fx_call_plain(struct fx *f, struct fx_device *d, enum api api, fx_plain_fn *fn);
void fx_call_void(struct fx *f, struct fx_device *d, enum api api, fx_void_fn *fn);
NTSTATUS fx_call_power(struct fx *f, struct fx_device *d, enum api api, fx_power_fn *fn,
                       WDF_POWER_DEVICE_STATE state);
NTSTATUS fx_call_prepare(struct fx *f, struct fx_device *d);
NTSTATUS fx_call_release(struct fx *f, struct fx_device *d);
NTSTATUS fx_self_start(struct fx *f, struct fx_device *d);
NTSTATUS fx_self_suspend(struct fx *f, struct fx_device *d);
void fx_self_flush(struct fx *f, struct fx_device *d);
void fx_self_cleanup(struct fx *f, struct fx_device *d);

/* --- power.c: D0 and back. `first`: by a start, else by an IRP --- */
NTSTATUS fx_power_up(struct fx *f, struct fx_device *d, bool first);
/* False: a callback has failed; everything has been done all the same. */
bool fx_power_down(struct fx *f, struct fx_device *d, WDF_POWER_DEVICE_STATE target, bool last);
NTSTATUS fx_power_dispatch(struct fx *f, struct fx_device *d, PIRP irp);

/* --- policy.c: who asks for device power --- */
void fx_policy_create(struct fx *f, struct fx_device *d);
void fx_policy_destroy(struct fx *f, struct fx_device *d);
/* Asks for a device power IRP and waits for its end. */
NTSTATUS fx_policy_request(struct fx *f, struct fx_device *d, DEVICE_POWER_STATE state);
void fx_policy_started(struct fx *f, struct fx_device *d);
/* No more idling. `wake`: out of Dx first, so that the way down begins in D0. */
void fx_policy_stop(struct fx *f, struct fx_device *d, bool wake);
void fx_policy_sleep(struct fx *f, struct fx_device *d, SYSTEM_POWER_STATE state);
void fx_policy_wake(struct fx *f, struct fx_device *d);
/* Keeps the device in D0 (brings it there) until given back. STATUS_PENDING: on its way, not waited for. */
NTSTATUS fx_policy_reference(struct fx *f, struct fx_device *d, bool wait);
void fx_policy_release(struct fx *f, struct fx_device *d);
/* WdfDeviceAssignS0IdleSettings has changed something. */
NTSTATUS fx_policy_changed(struct fx *f, struct fx_device *d);

/* --- device.c --- */
struct fx_device *fx_device_by_wdm(struct fx *f, PDEVICE_OBJECT wdm); /* NULL: none of ours */
void fx_device_undo(struct fx *f, struct fx_device *d); /* EvtDriverDeviceAdd has failed */
void fx_device_gone(struct fx *f, struct fx_device *d); /* detached, deleted */

/* --- property.c --- */
NTSTATUS fx_device_key(struct fx *f, struct fx_driver *driver, PDEVICE_OBJECT pdo, ULONG kind,
                       ACCESS_MASK access, PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *key);

/* --- device_interface.c --- */
void fx_interfaces_enable(struct fx *f, struct fx_device *d);
void fx_interfaces_disable(struct fx *f, struct fx_device *d);
void fx_interfaces_free(struct fx *f, struct fx_device *d);

void fx_offers_free(struct fx *f, struct fx_device *d);

#endif
