/*
 * What stands behind an I/O target: device and file objects, and what its devices offer.
 *
 * Source: wdfiotarget/, microsoft/Windows-Driver-Frameworks (fxiotargetapikm.cpp)
 */
#include "sim/wdf/target.h"

/*
 * WdfIoTargetWdmGetTargetDeviceObject: where requests go.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object; NULL: closed
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetdeviceobject
 */
PDEVICE_OBJECT imp_WdfIoTargetWdmGetTargetDeviceObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                       WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetWdmGetTargetDeviceObject,
                               fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    call_end(&c, t && t->wdm ? device_obj(f->s, t->wdm) : 0, 0, 0, 0);
    return t ? t->wdm : NULL;
}

/*
 * WdfIoTargetWdmGetTargetPhysicalDevice: the bottom of the target's stack.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device object; NULL: closed
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetphysicaldevice
 */
PDEVICE_OBJECT imp_WdfIoTargetWdmGetTargetPhysicalDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                         WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetWdmGetTargetPhysicalDevice,
                               fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    call_end(&c, t && t->pdo ? device_obj(f->s, t->pdo) : 0, 0, 0, 0);
    return t ? t->pdo : NULL;
}

/*
 * WdfIoTargetWdmGetTargetFileObject: the file object that requests carry.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: none
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetfileobject
 */
PFILE_OBJECT imp_WdfIoTargetWdmGetTargetFileObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                   WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetWdmGetTargetFileObject,
                               fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    call_end(&c, t && t->file ? nt_obj(f->s, t->file, OBJ_FILE) : 0, 0, 0, 0);
    return t ? t->file : NULL;
}

/*
 * WdfIoTargetWdmGetTargetFileHandle: the handle of a target that was opened by name.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  NULL
 * Gap      a target is opened without a handle
 * Says     CALL, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetwdmgettargetfilehandle
 */
HANDLE imp_WdfIoTargetWdmGetTargetFileHandle(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetWdmGetTargetFileHandle,
                               fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    const struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals, (void)t;
    call_end(&c, 0, 0, 0, 0);
    return NULL;
}
