/*
 * What pnp*.c and po.c share: device nodes, resources, identity, configuration space, power; and
 * what other rooms ask of them.
 */
#ifndef DMACHECK_SIM_NT_PNP_H
#define DMACHECK_SIM_NT_PNP_H

#include "sim/core/bus.h"
#include "sim/nt/io.h"
#include "sim/nt/zw.h"

#define PNP_NODES_MAX 32      /* devices of one machine */
#define PNP_INTERFACES_MAX 64 /* registered device interfaces */
#define PNP_NOTED_MAX 128     /* device objects that PoSetPowerState was called for */
#define PNP_VALUES_MAX 64     /* registry values set before their device is there */
#define PNP_DESCRIPTORS_MAX (2 * BUS_BARS_MAX + BUS_MESSAGES_MAX + 1)
#define PNP_POOL_TAG 0x20706e50u /* 'Pnp ' */

/* kernel/state-transitions-for-pnp-devices */
enum pnp_state {
    PNP_NONE, /* a PDO, no driver */
    PNP_ADDED,
    PNP_STARTED,
    PNP_STOP_PENDING,
    PNP_STOPPED,
    PNP_REMOVE_PENDING,
    PNP_SURPRISE_REMOVED, /* waits for the last handle */
    PNP_REMOVED,
};

struct po_request;

struct pnp_node {
    struct dm_device *device;
    PDEVICE_OBJECT pdo;    /* NULL once the bus driver has deleted it */
    PDRIVER_OBJECT driver; /* whose AddDevice was called */
    enum pnp_state state;
    uint32_t index;      /* in order of first sight */
    bool started_before; /* a start now is one after a stop */
    bool removing;       /* IRP_MN_REMOVE_DEVICE is under way: its PDO may be gone already */
    PIO_RESOURCE_REQUIREMENTS_LIST requirements; /* from the bus driver, paged pool */
    uint32_t vectors[BUS_MESSAGES_MAX];
    unsigned vector_count;
    PNP_DEVICE_STATE state_bits;
    uint32_t interface_references;
    struct reg_key *key, *parameters, *driver_key;
    char id[64], instance[32];
    /* power (po.c) */
    DEVICE_POWER_STATE d_state;
    SYSTEM_POWER_STATE s_state;
    KEVENT power_idle;       /* no power IRP of this device is under way */
    uint32_t power_pending;  /* requested and not yet completed */
    uint64_t power_requests; /* by PoRequestPowerIrp, ever */
    struct po_request *power_head, *power_tail, *power_active;
    struct io_work invalidate; /* IoInvalidateDeviceState's */
    struct pnp_data *data;     /* IoSetDevicePropertyData's */
};

struct pnp_interface {
    struct pnp_node *node;
    UNICODE_STRING name; /* \??\PCI#...#{guid} */
    bool enabled;
};

struct pnp_noted { /* PoSetPowerState's notes for one device object */
    uint32_t obj;
    uint8_t states[2]; /* system, device */
};

struct pnp_value {
    unsigned index;
    char name[64];
    uint32_t value;
};

struct nt_pnp {
    PDRIVER_OBJECT bus_driver;
    struct pnp_node nodes[PNP_NODES_MAX];
    unsigned node_count;
    struct pnp_interface interfaces[PNP_INTERFACES_MAX];
    unsigned interface_count;
    struct pnp_value values[PNP_VALUES_MAX];
    unsigned value_count;
    struct pnp_noted noted[PNP_NOTED_MAX];
    unsigned noted_count;
    uint32_t vector_next;
    uint64_t memory_next, port_next; /* where rebalancing puts BARs */
};

/* --- for other rooms --- */
/* The device behind any device object of a stack; NULL: no such hardware. */
struct dm_device *nt_pdo_device(struct sim *s, PDEVICE_OBJECT DeviceObject);
/* Sends the remove IRPs that waited for a handle to be closed. Call it after closing one. */
void pnp_removals_continue(struct sim *s);

/* --- pnp.c --- */
struct pnp_node *pnp_node_of(struct sim *s, const struct dm_device *d);
struct pnp_node *pnp_node_of_object(struct sim *s, PDEVICE_OBJECT object); /* any of its stack */
struct pnp_node *pnp_node_of_pdo(struct sim *s, PDEVICE_OBJECT pdo);       /* the PDO alone */
/* Makes an IRP_MJ_PNP (or IRP_MJ_POWER) for the top of a stack; *stack is its first location. */
PIRP pnp_irp(struct sim *s, PDEVICE_OBJECT top, UCHAR major, UCHAR minor,
             PIO_STACK_LOCATION *stack);

/* --- pnp_bus.c: the PCI bus driver --- */
PDRIVER_OBJECT pnp_bus_driver(struct sim *s);

/* --- pnp_resource.c --- */
PIO_RESOURCE_REQUIREMENTS_LIST pnp_requirements(struct sim *s, struct pnp_node *n); /* paged pool */
PCM_RESOURCE_LIST pnp_boot_resources(struct sim *s, struct pnp_node *n);            /* paged pool */
/* Assigns BARs and vectors; both lists lie in paged pool and are the caller's to free. */
NTSTATUS pnp_resources_assign(struct sim *s, struct pnp_node *n, PCM_RESOURCE_LIST *raw,
                              PCM_RESOURCE_LIST *translated);
void pnp_resources_release(struct sim *s, struct pnp_node *n);

/* --- pnp_config.c --- */
void pnp_config_init(struct dm_device *d);
ULONG pnp_config_read(struct sim *s, struct dm_device *d, ULONG offset, void *to, ULONG length);
ULONG pnp_config_write(struct sim *s, struct dm_device *d, ULONG offset, const void *from,
                       ULONG length);
/* Decoding and bus mastering, on or off. */
void pnp_config_enable(struct sim *s, struct dm_device *d, bool on);
NTSTATUS pnp_query_interface(struct sim *s, struct pnp_node *n, PIO_STACK_LOCATION stack);

/* --- pnp_id.c --- */
PWCHAR pnp_id_query(struct sim *s, struct pnp_node *n, BUS_QUERY_ID_TYPE type, uint32_t *bytes);
PWCHAR pnp_text_query(struct sim *s, struct pnp_node *n, DEVICE_TEXT_TYPE type, uint32_t *bytes);
void pnp_keys_make(struct sim *s, struct pnp_node *n);
extern const char pnp_class_guid[];

/* --- pnp_interface.c --- */
void pnp_interfaces_disable(struct sim *s, struct pnp_node *n);

/* --- po.c --- */
NTSTATUS po_dispatch(struct sim *s, struct pnp_node *n, PIRP irp, PIO_STACK_LOCATION stack);

/* --- pnp_property.c --- */
NTSTATUS pnp_property_get(struct sim *s, struct pnp_node *n, DEVICE_REGISTRY_PROPERTY p,
                          ULONG length, PVOID out, PULONG needed);

#endif
