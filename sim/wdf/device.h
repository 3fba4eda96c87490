/*
 * The framework's device, and what its parts (queues and requests, interrupts, DMA enablers, resource
 * lists) offer to the PnP and power state machine, which calls them in the order of wdf/pnp-and-power-...
 * Each part keeps its own list on the device.
 */
#ifndef DMACHECK_SIM_WDF_DEVICE_H
#define DMACHECK_SIM_WDF_DEVICE_H

#include "sim/wdf/wdf.h"

struct fx_io;        /* io_*.c: queues, requests, files of one device */
struct fx_interrupt; /* interrupt*.c */
struct fx_enabler;   /* dma_enabler*.c */
struct fx_pnp;       /* pnp*.c, power*.c: state machine, callbacks, policy */

struct fx_device {
    struct fx_object object;
    struct fx_device *next_device; /* of the machine */
    PDEVICE_OBJECT wdm, attached,
        pdo;      /* ours, what it is attached to, the bottom; control: wdm alone */
    bool control; /* a control device (WdfControlDeviceInitAllocate) */
    bool filter;
    WDF_EXECUTION_LEVEL level;       /* effective: Passive or Dispatch */
    WDF_SYNCHRONIZATION_SCOPE scope; /* effective: Device, Queue or None */
    struct fx_lock lock;             /* of scope Device, and of WdfObjectAcquireLock */
    ULONG alignment; /* WdfDeviceSetAlignmentRequirement; also in wdm->AlignmentRequirement */
    struct fx_io *io;
    struct fx_interrupt *interrupts; /* linked by their `next`, in order of creation */
    struct fx_enabler *enablers;
    bool packet_busy; /* version 2 packet transactions come one at a time */
    struct fx_pnp *pnp;
    /* policy.c: a power-managed queue has got a request, or its last one is gone. Gives whether it will
     * have to be told of the end. NULL: nobody asks. */
    bool (*io_busy)(struct fx_device *d, bool busy);
    /* From WDFDEVICE_INIT, for io_*.c. */
    WDF_DEVICE_IO_TYPE io_type;
    WDF_FILEOBJECT_CONFIG file_config;
    bool file_config_set;
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    struct fx_string *mof_name;                                /* wmi.c; NULL: none */
    WDF_OBJECT_ATTRIBUTES file_attributes, request_attributes; /* Size 0: not set */
};

static inline struct fx_device *fx_device_of(struct fx *f, WDFDEVICE handle)
{
    return (struct fx_device *)fx_object_of(f, handle, FX_DEVICE);
}

/* --- io_device.c: the device's share of I/O --- */
NTSTATUS fx_io_create(struct fx *f, struct fx_device *d); /* when the device is created */
void fx_io_destroy(struct fx *f, struct fx_device *d);
/* Any IRP that is neither PnP nor power nor WMI: create, cleanup, close, read, write, control. */
NTSTATUS fx_io_dispatch(struct fx *f, struct fx_device *d, PIRP irp);
/* To this queue, whatever is configured; after EvtIoInCallerContext, where the device has it. */
struct fx_queue;
NTSTATUS fx_io_to_queue(struct fx *f, struct fx_device *d, PIRP irp, struct fx_queue *q,
                        bool caller_first);
/* D0 has been entered: power-managed queues deliver again (EvtIoResume for what was kept). */
void fx_io_power_up(struct fx *f, struct fx_device *d);
/* D0 is about to be left: power-managed queues stop; EvtIoStop for what the driver owns; returns when
 * each has been completed, requeued or acknowledged. */
void fx_io_power_down(struct fx *f, struct fx_device *d);
/* The device goes for good: queues are purged, what waits is cancelled. */
void fx_io_remove(struct fx *f, struct fx_device *d);
/* The device is on its way out: power-managed queues alone; the others go on until it is gone. */
void fx_io_purge_managed(struct fx *f, struct fx_device *d);

/* --- interrupt_power.c --- */
/* Start: gives each interrupt object its resource (in order of creation). */
NTSTATUS fx_interrupts_assign(struct fx *f, struct fx_device *d, PCM_RESOURCE_LIST raw,
                              PCM_RESOURCE_LIST translated);
NTSTATUS fx_interrupts_enable(struct fx *f, struct fx_device *d); /* connect, EvtInterruptEnable */
NTSTATUS fx_interrupts_disable(struct fx *f, struct fx_device *d);
void fx_interrupts_release(struct fx *f, struct fx_device *d);
/* IRP_MN_FILTER_RESOURCE_REQUIREMENTS on its way up: sharing and policy of each object's descriptor. */
void fx_interrupts_filter(struct fx *f, struct fx_device *d, PIO_RESOURCE_REQUIREMENTS_LIST list);

/* --- request.c, what a DMA transaction asks of its request (a struct fx_object of type FX_REQUEST) --- */
PIRP fx_request_irp(struct fx_object *request); /* NULL: completed */
/* The MDL over its buffer, as FxRequest::GetMdl; `second`: of METHOD_IN/OUT_DIRECT's second buffer. */
NTSTATUS fx_request_mdl(struct fx_object *request, bool second, PMDL *mdl);
/* Who completes a request whose IRP somebody refers to stops with 0x10D/3; each keeps the object, too. */
void fx_request_irp_reference(struct fx_object *request);
void fx_request_irp_dereference(struct fx_object *request);

/* --- dma_power.c: the enablers' Fill, Enable, SelfManagedIoStart and their counterparts --- */
NTSTATUS fx_enablers_up(struct fx *f, struct fx_device *d);
NTSTATUS fx_enablers_down(struct fx *f, struct fx_device *d);

/* --- resource_list.c: what EvtDevicePrepareHardware is given; copies the WDM list --- */
NTSTATUS fx_cm_list_create(struct fx *f, struct fx_device *d, PCM_RESOURCE_LIST list,
                           WDFCMRESLIST *out);
/* It may be changed, as EvtDeviceRemoveAddedResources may and EvtDevicePrepareHardware may not. */
void fx_cm_list_allow(struct fx *f, WDFCMRESLIST list);
bool fx_cm_list_changed(struct fx *f, WDFCMRESLIST list);
PCM_RESOURCE_LIST fx_cm_list_wdm(struct fx *f,
                                 WDFCMRESLIST list); /* of the pool; NULL: empty, none */

/* --- resource_req.c: what EvtDeviceFilter...ResourceRequirements is given; it may be changed --- */
NTSTATUS fx_req_list_create(struct fx *f, struct fx_device *d, PIO_RESOURCE_REQUIREMENTS_LIST wdm,
                            WDFIORESREQLIST *out);
void fx_req_list_fix(struct fx *f, WDFIORESREQLIST list); /* it may only be read */
bool fx_req_list_changed(struct fx *f, WDFIORESREQLIST list);
PIO_RESOURCE_REQUIREMENTS_LIST fx_req_list_wdm(struct fx *f, WDFIORESREQLIST list); /* as above */

#endif
