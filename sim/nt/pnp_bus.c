/*
 * The PCI bus driver: the bottom of every device's stack. It answers PnP IRPs for its PDOs and
 * completes whatever reaches it; a status that it does not know stays as it came.
 */
#include "sim/nt/pnp.h"

/* DEVICE_CAPABILITIES as a PCI function with all four D states gives them. */
static void capabilities_fill(struct pnp_node *n, PDEVICE_CAPABILITIES c)
{
    c->DeviceD1 = c->DeviceD2 = 1;
    c->Removable = 1;
    c->RawDeviceOK = 0;
    c->Address = n->device->slot << 16; /* device in the high half, function 0 in the low one */
    c->UINumber = n->device->slot;
    c->DeviceState[PowerSystemUnspecified] = PowerDeviceUnspecified;
    c->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    c->DeviceState[PowerSystemSleeping1] = PowerDeviceD1;
    c->DeviceState[PowerSystemSleeping2] = PowerDeviceD2;
    c->DeviceState[PowerSystemSleeping3] = PowerDeviceD3;
    c->DeviceState[PowerSystemHibernate] = PowerDeviceD3;
    c->DeviceState[PowerSystemShutdown] = PowerDeviceD3;
    c->SystemWake = PowerSystemUnspecified;
    c->DeviceWake = PowerDeviceUnspecified;
    c->D1Latency = c->D2Latency = 0;
    c->D3Latency = 100; /* units of 100 us: the 10 ms that PCI gives a device after D3hot */
}

static NTSTATUS query_bus(struct sim *s, PIRP irp)
{
    static const GUID pci = {
        0xc8ebdfb0, 0xb510, 0x11d0, { 0x80, 0xe5, 0x00, 0xa0, 0xc9, 0x25, 0x42, 0xe3 }
    };
    PPNP_BUS_INFORMATION bus = pool_alloc(s, POOL_PAGED, sizeof(*bus), PNP_POOL_TAG, true);

    if (!bus)
        return STATUS_INSUFFICIENT_RESOURCES;
    bus->BusTypeGuid = pci;
    bus->LegacyBusType = PCIBus;
    irp->IoStatus.Information = (ULONG_PTR)bus;
    return STATUS_SUCCESS;
}

static NTSTATUS query_target(struct sim *s, struct pnp_node *n, PIRP irp)
{
    PDEVICE_RELATIONS r = pool_alloc(s, POOL_PAGED, sizeof(*r), PNP_POOL_TAG, true);

    if (!r)
        return STATUS_INSUFFICIENT_RESOURCES;
    r->Count = 1;
    r->Objects[0] = n->pdo;
    ob_reference(s, n->pdo); /* the asker gives it back */
    irp->IoStatus.Information = (ULONG_PTR)r;
    return STATUS_SUCCESS;
}

/* An answer that lies in paged pool and that the asker frees. */
static NTSTATUS answer(PIRP irp, void *p, NTSTATUS otherwise)
{
    if (!p)
        return otherwise;
    irp->IoStatus.Information = (ULONG_PTR)p;
    return STATUS_SUCCESS;
}

static NTSTATUS read_write_config(struct sim *s, struct pnp_node *n, PIRP irp,
                                  PIO_STACK_LOCATION stack)
{
    ULONG length = (ULONG)stack->Parameters.ReadWriteConfig.Length;
    ULONG offset = stack->Parameters.ReadWriteConfig.Offset;
    PVOID buffer = stack->Parameters.ReadWriteConfig.Buffer;

    if (stack->Parameters.ReadWriteConfig.WhichSpace != PCI_WHICHSPACE_CONFIG)
        return STATUS_INVALID_PARAMETER_1;
    if (stack->MinorFunction == IRP_MN_READ_CONFIG)
        length = pnp_config_read(s, n->device, offset, buffer, length);
    else
        length = pnp_config_write(s, n->device, offset, buffer, length);
    irp->IoStatus.Information = length;
    return STATUS_SUCCESS;
}

/* IRP_MN_REMOVE_DEVICE: the PDO stays while its device is in the slot. */
static void remove_pdo(struct sim *s, struct pnp_node *n)
{
    if (n->device->present) {
        trace_emit(&s->trace, EV_DEV_REMOVED, API_NONE, n->device->obj, 0, 0, 0, 0);
        pnp_config_enable(s, n->device, false);
        return;
    }
    io_device_of(s, n->pdo)->nt_pnp = NULL;
    n->device->nt = NULL;
    io_device_delete(s, n->pdo);
}

/* Those with an answer of their own; what is unknown keeps the status with which it came. */
static NTSTATUS answer_query(struct sim *s, struct pnp_node *n, PIRP irp, PIO_STACK_LOCATION stack)
{
    uint32_t bytes;

    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_CAPABILITIES:
        if (stack->Parameters.DeviceCapabilities.Capabilities->Version != 1)
            return irp->IoStatus.Status;
        capabilities_fill(n, stack->Parameters.DeviceCapabilities.Capabilities);
        return STATUS_SUCCESS;
    case IRP_MN_QUERY_ID:
        return answer(irp, pnp_id_query(s, n, stack->Parameters.QueryId.IdType, &bytes),
                      irp->IoStatus.Status);
    case IRP_MN_QUERY_DEVICE_TEXT:
        return answer(irp,
                      pnp_text_query(s, n, stack->Parameters.QueryDeviceText.DeviceTextType,
                                     &bytes),
                      irp->IoStatus.Status);
    case IRP_MN_QUERY_BUS_INFORMATION:
        return query_bus(s, irp);
    case IRP_MN_QUERY_RESOURCES:
        return answer(irp, pnp_boot_resources(s, n), STATUS_INSUFFICIENT_RESOURCES);
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        return answer(irp, pnp_requirements(s, n), STATUS_INSUFFICIENT_RESOURCES);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (stack->Parameters.QueryDeviceRelations.Type != TargetDeviceRelation)
            return irp->IoStatus.Status;
        return query_target(s, n, irp);
    case IRP_MN_QUERY_INTERFACE:
        return pnp_query_interface(s, n, stack) ? irp->IoStatus.Status : STATUS_SUCCESS;
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        if (!n->device->present)
            irp->IoStatus.Information |= PNP_DEVICE_REMOVED;
        return STATUS_SUCCESS;
    case IRP_MN_READ_CONFIG:
    case IRP_MN_WRITE_CONFIG:
        return read_write_config(s, n, irp, stack);
    default:
        return irp->IoStatus.Status;
    }
}

static NTSTATUS dispatch_pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, DeviceObject);
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    if (!n) {
        status = STATUS_NO_SUCH_DEVICE;
    } else
        switch (stack->MinorFunction) {
        case IRP_MN_START_DEVICE:
            if (n->device->present) {
                pnp_config_enable(s, n->device, true);
                status = STATUS_SUCCESS;
            } else {
                status = STATUS_NO_SUCH_DEVICE;
            }
            break;
        case IRP_MN_STOP_DEVICE:
            pnp_config_enable(s, n->device, false);
            status = STATUS_SUCCESS;
            break;
        case IRP_MN_REMOVE_DEVICE:
            remove_pdo(s, n);
            status = STATUS_SUCCESS;
            break;
        case IRP_MN_QUERY_STOP_DEVICE:
        case IRP_MN_CANCEL_STOP_DEVICE:
        case IRP_MN_QUERY_REMOVE_DEVICE:
        case IRP_MN_CANCEL_REMOVE_DEVICE:
        case IRP_MN_SURPRISE_REMOVAL:
        case IRP_MN_DEVICE_USAGE_NOTIFICATION:
            status = STATUS_SUCCESS;
            break;
        default:
            status = answer_query(s, n, Irp, stack);
        }
    Irp->IoStatus.Status = status;
    io_complete(s, Irp);
    return status;
}

static NTSTATUS dispatch_power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, DeviceObject);
    NTSTATUS status = STATUS_NO_SUCH_DEVICE;

    if (n)
        status = po_dispatch(s, n, Irp, IoGetCurrentIrpStackLocation(Irp));
    Irp->IoStatus.Status = status;
    io_complete(s, Irp);
    return status;
}

/* WMI requests come through here on their way to nobody. */
static NTSTATUS dispatch_pass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = Irp->IoStatus.Status;

    (void)DeviceObject; /* the answer is the same for every PDO */
    io_complete(sim_now(), Irp);
    return status;
}

PDRIVER_OBJECT pnp_bus_driver(struct sim *s)
{
    struct nt_pnp *p = s->nt->pnp;

    if (!p->bus_driver) {
        p->bus_driver = io_driver_create(s, "pci");
        p->bus_driver->MajorFunction[IRP_MJ_PNP] = dispatch_pnp;
        p->bus_driver->MajorFunction[IRP_MJ_POWER] = dispatch_power;
        p->bus_driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = dispatch_pass;
    }
    return p->bus_driver;
}
