/*
 * wdfminiport.h: the framework beside another port driver that owns the dispatch table.
 * Source: wdf/creating-kmdf-miniport-drivers
 */
#ifndef DDK_WDFMINIPORT_H
#define DDK_WDFMINIPORT_H

WDF_FN(NTSTATUS, WdfDeviceMiniportCreate, (WDFDRIVER Driver, PWDF_OBJECT_ATTRIBUTES Attributes, PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT AttachedDeviceObject, PDEVICE_OBJECT Pdo, WDFDEVICE *Device), (Driver, Attributes, DeviceObject, AttachedDeviceObject, Pdo, Device))

/* What that driver's own unload routine calls; bound by the library of such drivers. */
typedef VOID (*PFN_WDFDRIVERMINIPORTUNLOAD)(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver);
extern WDFFUNC WdfDriverMiniportUnloadOverride;

#if !defined(DDK_HOST) || defined(WDF_CLIENT)
DDK_INLINE VOID WdfDriverMiniportUnload(WDFDRIVER Driver)
{
    ((PFN_WDFDRIVERMINIPORTUNLOAD)WdfDriverMiniportUnloadOverride)(WdfDriverGlobals, Driver);
}
#endif

#endif
