/*
 * Device stacks: who is attached to whom. Requests enter at the top; each device object says how
 * many stack locations an IRP needs from there down.
 */
#include "sim/nt/io.h"
#include "sim/nt/zw.h"

PDEVICE_OBJECT io_device_top(PDEVICE_OBJECT device)
{
    while (device && device->AttachedDevice)
        device = device->AttachedDevice;
    return device;
}

PDEVICE_OBJECT io_device_base(struct sim *s, PDEVICE_OBJECT device)
{
    struct io_device *r;

    while ((r = io_device_of(s, device)) && r->lower)
        device = r->lower;
    return device;
}

uint32_t io_device_handles(struct sim *s, PDEVICE_OBJECT device)
{
    uint32_t handles = 0;

    for (device = io_device_base(s, device); device; device = device->AttachedDevice)
        handles += (uint32_t)device->ReferenceCount;
    return handles;
}

/*
 * A device that is still being set up, or being deleted, takes nobody on top of it: that is what
 * DO_DEVICE_INITIALIZING is for, and why a driver must clear it in AddDevice.
 */
PDEVICE_OBJECT io_device_attach(struct sim *s, PDEVICE_OBJECT source, PDEVICE_OBJECT target)
{
    PDEVICE_OBJECT top = io_device_top(target);
    struct io_device *r = io_device_of(s, source), *t = io_device_of(s, top);

    if (!r || !t || t->deleted || (top->Flags & DO_DEVICE_INITIALIZING))
        return NULL;
    r->lower = top;
    top->AttachedDevice = source;
    source->StackSize = (CCHAR)(top->StackSize + 1);
    source->AlignmentRequirement = top->AlignmentRequirement;
    source->SectorSize = top->SectorSize;
    ob_reference(s, top);
    return top;
}

static void device_detach(struct sim *s, PDEVICE_OBJECT target)
{
    PDEVICE_OBJECT source = target->AttachedDevice;
    struct io_device *r = io_device_of(s, source);

    if (!source)
        return;
    target->AttachedDevice = NULL;
    if (r)
        r->lower = NULL;
    ob_dereference(s, target);
}

/*
 * IoAttachDeviceToDeviceStack: puts a device object on top of a stack.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the device object that was the top, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioattachdevicetodevicestack
 */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAttachDeviceToDeviceStack, device_obj(s, SourceDevice),
                               device_obj(s, TargetDevice), 0, 0, 0);
    PDEVICE_OBJECT lower = io_device_attach(s, SourceDevice, TargetDevice);

    call_end(&c, device_obj(s, lower), 0, 0, 0);
    return lower;
}

/*
 * IoAttachDeviceToDeviceStackSafe: as above; the driver's variable is set while no IRP can come.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NO_SUCH_DEVICE
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-ioattachdevicetodevicestacksafe
 */
NTSTATUS IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice,
                                         PDEVICE_OBJECT *AttachedToDeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAttachDeviceToDeviceStackSafe, device_obj(s, SourceDevice),
                               device_obj(s, TargetDevice), 0, 0, 0);
    PDEVICE_OBJECT lower = io_device_attach(s, SourceDevice, TargetDevice);
    NTSTATUS status = lower ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;

    *AttachedToDeviceObject = lower;
    call_end(&c, (uint32_t)status, device_obj(s, lower), 0, 0);
    return status;
}

/*
 * IoAttachDevice: puts a device object on top of the stack of the device of this name.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_NO_SUCH_DEVICE
 * Gap      Windows opens the target for it (an IRP_MJ_CREATE and IRP_MJ_CLOSE); here nobody is told
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioattachdevice
 */
NTSTATUS IoAttachDevice(PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice,
                        PDEVICE_OBJECT *AttachedDevice)
{
    struct sim *s = sim_now();
    PDEVICE_OBJECT target = io_name_device(s, TargetDevice);
    struct call c = call_begin(s, API_IoAttachDevice, device_obj(s, SourceDevice),
                               device_obj(s, target), 0, 0, 0);
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;

    if (target) {
        /* The variable is set before the first IRP can arrive. */
        *AttachedDevice = io_device_top(target);
        if (io_device_attach(s, SourceDevice, target)) {
            status = STATUS_SUCCESS;
        } else {
            *AttachedDevice = NULL;
            status = STATUS_NO_SUCH_DEVICE;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoDetachDevice: takes off what is attached to TargetDevice.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (a0 = what was attached), RETURN
 * Source   wdm/nf-wdm-iodetachdevice
 */
VOID IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoDetachDevice, device_obj(s, TargetDevice),
                               device_obj(s, TargetDevice->AttachedDevice), 0, 0, 0);

    device_detach(s, TargetDevice);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoGetAttachedDevice: the top of the stack.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iogetattacheddevice
 */
PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoGetAttachedDevice, device_obj(s, DeviceObject), 0, 0, 0, 0);
    PDEVICE_OBJECT top = io_device_top(DeviceObject);

    call_end(&c, device_obj(s, top), 0, 0, 0);
    return top;
}

/*
 * IoGetAttachedDeviceReference: the top of the stack, with a reference for the caller.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object; ObDereferenceObject gives it back
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iogetattacheddevicereference
 */
PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoGetAttachedDeviceReference, device_obj(s, DeviceObject), 0, 0, 0, 0);
    PDEVICE_OBJECT top = io_device_top(DeviceObject);

    ob_reference(s, top);
    call_end(&c, device_obj(s, top), 0, 0, 0);
    return top;
}

/*
 * IoGetLowerDeviceObject: what a device object is attached to, with a reference for the caller.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iogetlowerdeviceobject
 */
PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct io_device *r = io_device_of(s, DeviceObject);
    struct call c =
        call_begin(s, API_IoGetLowerDeviceObject, device_obj(s, DeviceObject), 0, 0, 0, 0);
    PDEVICE_OBJECT lower = r && !r->deleted ? r->lower : NULL;

    if (lower)
        ob_reference(s, lower);
    call_end(&c, device_obj(s, lower), 0, 0, 0);
    return lower;
}

/*
 * IoGetDeviceAttachmentBaseRef: the bottom of the stack, with a reference for the caller.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iogetdeviceattachmentbaseref
 */
PDEVICE_OBJECT IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoGetDeviceAttachmentBaseRef, device_obj(s, DeviceObject), 0, 0, 0, 0);
    PDEVICE_OBJECT base = io_device_base(s, DeviceObject);

    ob_reference(s, base);
    call_end(&c, device_obj(s, base), 0, 0, 0);
    return base;
}
