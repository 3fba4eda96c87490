/*
 * WDFDEVICE_INIT: what a driver says of a device before it is made. Drivers see the pointer alone; it lies
 * in our memory, and those that are out are known, so that a stale one is told.
 */
#ifndef DMACHECK_SIM_WDF_DEVICE_INIT_H
#define DMACHECK_SIM_WDF_DEVICE_INIT_H

#include "sim/wdf/device.h"

struct fx_watch { /* a callback for changes of state */
    struct fx_watch *next;
    ULONG state, types;
    enum fx_machine { FX_MACHINE_PNP, FX_MACHINE_POWER, FX_MACHINE_POLICY, FX_MACHINES } machine;
    union {
        PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION pnp;
        PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION power;
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION policy;
    } fn;
};

struct fx_preprocess { /* of one major function */
    PFN_WDFDEVICE_WDM_IRP_PREPROCESS fn;
    UCHAR *minors; /* NULL: all */
    ULONG minor_count;
};

struct WDFDEVICE_INIT {
    struct WDFDEVICE_INIT *next;
    struct fx_driver *driver;
    struct fx_device *created;
    bool kept; /* the framework frees it (EvtDriverDeviceAdd's) */
    bool control, filter, exclusive, pageable, inrush, policy_owner, named, sddl_set, class_set;
    PDEVICE_OBJECT pdo;
    DEVICE_TYPE type;
    ULONG characteristics, remove_lock;
    WDF_DEVICE_IO_TYPE io_type, ioctl_type;
    UNICODE_STRING name, sddl; /* in the pool */
    GUID class_guid;
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy;
    WDF_FDO_EVENT_CALLBACKS fdo;
    WDF_FILEOBJECT_CONFIG file_config;
    bool file_config_set;
    WDF_OBJECT_ATTRIBUTES file_attributes, request_attributes;
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown;
    UCHAR shutdown_flags;
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE release_order;
    struct fx_watch *watches;
    bool preprocesses;
    struct fx_preprocess preprocess[IRP_MJ_MAXIMUM_FUNCTION + 1];
};

struct WDFDEVICE_INIT *fx_init_create(struct fx *f, struct fx_driver *driver);
void fx_init_free(struct fx *f, struct WDFDEVICE_INIT *init);
/* NULL, with bug check 0x10D, for one that is none. */
struct WDFDEVICE_INIT *fx_init_of(struct fx *f, const struct WDFDEVICE_INIT *init);

NTSTATUS fx_text_copy(struct fx *f, UNICODE_STRING *to, PCUNICODE_STRING from);
/* A structure of the right size; Windows breaks into the debugger at another and does nothing. */
bool fx_sized(struct fx *f, enum api api, const void *p, ULONG size, size_t wanted);

#endif
