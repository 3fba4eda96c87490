/*
 * What a driver asks of a file object.
 *
 * Source: wdffileobject/, microsoft/Windows-Driver-Frameworks (fxfileobjectapi.cpp)
 */
#include "sim/wdf/io.h"

static struct fx_file *file_of(struct fx *f, WDFFILEOBJECT handle)
{
    return (struct fx_file *)fx_object_of(f, handle, FX_FILE);
}

/*
 * WdfFileObjectGetFileName: what stands behind the device's name in the name that was opened.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the name in the FILE_OBJECT; NULL at another IRQL
 * Gap      none known
 * Says     CALL, RETURN (bytes)
 * Source   wdffileobject/nf-wdffileobject-wdffileobjectgetfilename
 */
PUNICODE_STRING imp_WdfFileObjectGetFileName(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFFILEOBJECT FileObject)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFileObjectGetFileName, fx_handle_obj(f, FileObject), 0, 0, 0, 0);
    struct fx_file *file = file_of(f, FileObject);
    PUNICODE_STRING name = NULL;

    (void)DriverGlobals;
    if (file && fx_irql_check(f, API_WdfFileObjectGetFileName, file->object.obj, PASSIVE_LEVEL))
        name = &file->wdm->FileName;
    call_end(&c, name ? name->Length : 0, 0, 0, 0);
    return name;
}

/*
 * WdfFileObjectGetFlags: the flags of the FILE_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  FO_ flags
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdffileobject/nf-wdffileobject-wdffileobjectgetflags
 */
ULONG imp_WdfFileObjectGetFlags(PWDF_DRIVER_GLOBALS DriverGlobals, WDFFILEOBJECT FileObject)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFileObjectGetFlags, fx_handle_obj(f, FileObject), 0, 0, 0, 0);
    struct fx_file *file = file_of(f, FileObject);
    ULONG flags = file ? file->wdm->Flags : 0;

    (void)DriverGlobals;
    call_end(&c, flags, 0, 0, 0);
    return flags;
}

/*
 * WdfFileObjectGetDevice: which device was opened.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdffileobject/nf-wdffileobject-wdffileobjectgetdevice
 */
WDFDEVICE imp_WdfFileObjectGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFFILEOBJECT FileObject)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFileObjectGetDevice, fx_handle_obj(f, FileObject), 0, 0, 0, 0);
    struct fx_file *file = file_of(f, FileObject);

    (void)DriverGlobals;
    call_end(&c, file ? file->device->object.obj : 0, 0, 0, 0);
    return file ? (WDFDEVICE)file->device->object.handle : NULL;
}

/*
 * WdfFileObjectWdmGetFileObject: the FILE_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdffileobject/nf-wdffileobject-wdffileobjectwdmgetfileobject
 */
PFILE_OBJECT imp_WdfFileObjectWdmGetFileObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFFILEOBJECT FileObject)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFileObjectWdmGetFileObject,
                               fx_handle_obj(f, FileObject), 0, 0, 0, 0);
    struct fx_file *file = file_of(f, FileObject);

    (void)DriverGlobals;
    call_end(&c, file ? nt_obj(f->s, file->wdm, OBJ_FILE) : 0, 0, 0, 0);
    return file ? file->wdm : NULL;
}

/*
 * WdfFileObjectGetInitiatorProcessId: which process has opened it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its number; 0: the system's
 * Gap      numbers are the machine's own, as those of WdfRequestGetRequestorProcessId; no handle is opened
 *          for somebody else
 * Says     CALL, RETURN
 * Source   wdffileobject/nf-wdffileobject-wdffileobjectgetinitiatorprocessid
 */
ULONG imp_WdfFileObjectGetInitiatorProcessId(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFFILEOBJECT FileObject)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFileObjectGetInitiatorProcessId,
                               fx_handle_obj(f, FileObject), 0, 0, 0, 0);
    struct fx_file *file = file_of(f, FileObject);
    ULONG process = file ? file->process : 0;

    (void)DriverGlobals;
    call_end(&c, process, 0, 0, 0);
    return process;
}
