/*
 * wdf.h: KMDF 1.33. A driver's calls go through the table WdfFunctions (wdfglobals.h), which the framework
 * fills when the driver is loaded.
 * Source: wdf/, microsoft/Windows-Driver-Frameworks (public headers of KMDF 1.33)
 */
#ifndef DDK_WDF_H
#define DDK_WDF_H

#include <ntddk.h>

#define WDF_EXTERN_C
#define WDF_EXTERN_C_START
#define WDF_EXTERN_C_END

#include <wdftypes.h>
#include <wdfglobals.h>
#include <wdffuncenum.h>
#include <wdfcall.h>
#include <wdfstatus.h>
#include <wdfassert.h>
#include <wdfverifier.h>
#include <wdfpool.h>
#include <wdfobject.h>
#include <wdfsync.h>
#include <wdfcore.h>
#include <wdfdriver.h>
#include <wdfqueryinterface.h>
#include <wdfmemory.h>
#include <wdfchildlist.h>
#include <wdffileobject.h>
#include <wdfrequest.h>
#include <wdfdevice.h>
#include <wdfcollection.h>
#include <wdfdpc.h>
#include <wdftimer.h>
#include <wdfworkitem.h>
#include <wdfinterrupt.h>
#include <wdfresource.h>
#include <wdfiotarget.h>
#include <wdfio.h>
#include <wdffdo.h>
#include <wdfpdo.h>
#include <wdfcontrol.h>
#include <wdfwmi.h>
#include <wdfstring.h>
#include <wdfregistry.h>
#include <wdfdmaenabler.h>
#include <wdfdmatransaction.h>
#include <wdfcommonbuffer.h>
#include <wdfbugcodes.h>
#include <wdfroletypes.h>
#include <wdfhwaccess.h>
#include <wdfcompaniontarget.h>

#endif
