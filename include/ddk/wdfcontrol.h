/*
 * wdfcontrol.h: device objects outside any device stack.
 * Source: wdfcontrol/
 */
#ifndef DDK_WDFCONTROL_H
#define DDK_WDFCONTROL_H

typedef VOID EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION *PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION;

typedef enum _WDF_DEVICE_SHUTDOWN_FLAGS {
    WdfDeviceShutdown = 1,
    WdfDeviceLastChanceShutdown = 2
} WDF_DEVICE_SHUTDOWN_FLAGS;

WDF_FN(PWDFDEVICE_INIT, WdfControlDeviceInitAllocate, (WDFDRIVER Driver, CONST UNICODE_STRING *SDDLString), (Driver, SDDLString))
WDF_FV(WdfControlDeviceInitSetShutdownNotification, (PWDFDEVICE_INIT DeviceInit, PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification, UCHAR Flags), (DeviceInit, Notification, Flags))
WDF_FV(WdfControlFinishInitializing, (WDFDEVICE Device), (Device))

#endif
