/*
 * wdffileobject.h: what an opened handle is to the framework. Its configuration lies in wdfdevice.h.
 * Source: wdffileobject/
 */
#ifndef DDK_WDFFILEOBJECT_H
#define DDK_WDFFILEOBJECT_H

WDF_FN(PUNICODE_STRING, WdfFileObjectGetFileName, (WDFFILEOBJECT FileObject), (FileObject))
WDF_FN(ULONG, WdfFileObjectGetFlags, (WDFFILEOBJECT FileObject), (FileObject))
WDF_FN(WDFDEVICE, WdfFileObjectGetDevice, (WDFFILEOBJECT FileObject), (FileObject))
WDF_FN(ULONG, WdfFileObjectGetInitiatorProcessId, (WDFFILEOBJECT FileObject), (FileObject))
WDF_FN(PFILE_OBJECT, WdfFileObjectWdmGetFileObject, (WDFFILEOBJECT FileObject), (FileObject))

#endif
