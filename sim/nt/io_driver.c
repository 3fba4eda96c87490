/*
 * Driver objects: loading, unloading, and what a driver may hang on its driver object.
 */
#include "sim/nt/host.h"
#include "sim/nt/io.h"
#include "sim/nt/zw.h"

#include <stdlib.h>

struct io_extension {
    struct io_extension *next;
    PVOID client_id;
    PVOID data; /* pool_alloc_internal: the driver's */
};

struct io_reinit {
    struct io_reinit *next;
    PDRIVER_REINITIALIZE routine;
    PVOID context;
};

/* What stands in DRIVER_OBJECT.DriverExtension, and what lies behind it. */
struct driver_block {
    DRIVER_OBJECT object;
    DRIVER_EXTENSION extension;
    WCHAR name[96], registry[160];
    UNICODE_STRING registry_path;
};

/* The answer to each request that a driver has no dispatch routine for. */
static NTSTATUS invalid_device_request(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    io_complete(sim_now(), irp);
    return STATUS_INVALID_DEVICE_REQUEST;
}

struct io_driver *io_driver_of(struct sim *s, PDRIVER_OBJECT driver)
{
    struct objmap_entry *e = driver ? objmap_find(&s->nt->objects, driver) : NULL;

    return e && OBJ_TYPE(e->obj) == OBJ_DRIVER ? e->data : NULL;
}

/* prefix and name as 16-bit characters; what does not fit is cut. */
static void text_set(UNICODE_STRING *out, WCHAR *room, size_t room_chars, const char *prefix,
                     const char *name)
{
    size_t n = 0;

    for (; *prefix && n + 1 < room_chars; prefix++)
        room[n++] = (WCHAR)(unsigned char)*prefix;
    for (; *name && n + 1 < room_chars; name++)
        room[n++] = (WCHAR)(unsigned char)*name;
    room[n] = 0;
    *out =
        (UNICODE_STRING) { (USHORT)(n * sizeof(WCHAR)), (USHORT)((n + 1) * sizeof(WCHAR)), room };
}

PDRIVER_OBJECT io_driver_create(struct sim *s, const char *name)
{
    struct driver_block *b = pool_alloc_internal(s, sizeof(*b));
    struct io_driver *r;

    if (!b)
        return NULL;
    memset(b, 0, sizeof(*b));
    b->object.Type = IO_TYPE_DRIVER;
    b->object.Size = sizeof(DRIVER_OBJECT);
    b->object.DriverExtension = &b->extension;
    b->extension.DriverObject = &b->object;
    text_set(&b->object.DriverName, b->name, RTL_NUMBER_OF(b->name), "\\Driver\\", name);
    text_set(&b->registry_path, b->registry, RTL_NUMBER_OF(b->registry),
             "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\", name);
    b->extension.ServiceKeyName = b->object.DriverName;
    b->extension.ServiceKeyName.Buffer += 8; /* behind \Driver\ */
    b->extension.ServiceKeyName.Length -= 8 * sizeof(WCHAR);
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        b->object.MajorFunction[i] = invalid_device_request;
    r = io_host_alloc(s, sizeof(*r));
    *r = (struct io_driver) { .object = &b->object, .obj = obj_new(&s->trace, OBJ_DRIVER) };
    objmap_drop(&s->nt->objects, b);
    objmap_put(&s->nt->objects, b, r->obj, r);
    ob_register(s, b, OB_DRIVER, NULL);
    r->next = s->nt->io->drivers;
    s->nt->io->drivers = r;
    return &b->object;
}

void io_driver_delete(struct sim *s, PDRIVER_OBJECT driver)
{
    struct io_driver *r = io_driver_of(s, driver), **link = &s->nt->io->drivers;

    if (!r)
        return;
    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    for (struct io_extension *e = r->extensions; e; e = e->next)
        pool_free_internal(s, e->data);
    objmap_drop(&s->nt->objects, driver);
    ob_dereference(s, driver);
    pool_free_internal(s, driver);
}

/* What Windows puts right when DriverEntry has returned. */
static void driver_entered(struct sim *s, struct io_driver *r)
{
    PDRIVER_OBJECT driver = r->object;
    struct io_reinit *next;

    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (!driver->MajorFunction[i])
            driver->MajorFunction[i] = invalid_device_request;
    for (PDEVICE_OBJECT d = driver->DeviceObject; d; d = d->NextDevice)
        d->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    if (!driver->DriverExtension->AddDevice)
        driver->Flags |= DRVO_LEGACY_DRIVER;
    while (r->reinit) {
        struct io_reinit *i = r->reinit;

        next = i->next;
        r->reinit = next;
        driver->DriverExtension->Count++;
        i->routine(driver, i->context, driver->DriverExtension->Count);
        io_host_free(s, i, sizeof(*i));
    }
}

NTSTATUS host_driver_load(struct sim *s, const char *name, PDRIVER_INITIALIZE entry,
                          const struct host_stub *stub, PDRIVER_OBJECT *out)
{
    PDRIVER_OBJECT driver = io_driver_create(s, name);
    struct driver_block *b = (struct driver_block *)driver;
    struct io_driver *r = io_driver_of(s, driver);
    NTSTATUS status;

    *out = NULL;
    if (!driver)
        return STATUS_INSUFFICIENT_RESOURCES;
    driver->DriverInit = entry;
    status = stub ? stub->enter(s, driver, &b->registry_path, stub->ctx) : STATUS_SUCCESS;
    if (NT_SUCCESS(status)) {
        callback_begin(s, API_DriverEntry, r->obj, 0, 0, 0, 0);
        status = entry(driver, &b->registry_path);
        callback_end(s, API_DriverEntry, r->obj, (uint32_t)status);
        io_irql_restore(s, API_DriverEntry, r->obj, IRQL_PASSIVE, (const void *)entry);
        if (stub)
            stub->left(s, driver, status);
    }
    if (!NT_SUCCESS(status)) {
        io_driver_delete(s, driver);
        return status;
    }
    driver_entered(s, r);
    *out = driver;
    return status;
}

/* A device object that is still there after DriverUnload has no driver any more: requests to it
 * would run into code that is gone, so they are refused from now on. */
void host_driver_unload(struct sim *s, PDRIVER_OBJECT driver)
{
    struct io_driver *r = io_driver_of(s, driver);

    if (!r)
        return;
    driver->Flags |= DRVO_UNLOAD_INVOKED;
    if (driver->DriverUnload) {
        callback_begin(s, API_DriverUnload, r->obj, r->devices, 0, 0, 0);
        driver->DriverUnload(driver);
        callback_end(s, API_DriverUnload, r->obj, r->devices);
        io_irql_restore(s, API_DriverUnload, r->obj, IRQL_PASSIVE,
                        (const void *)driver->DriverUnload);
    }
    if (!driver->DeviceObject) {
        io_driver_delete(s, driver);
        return;
    }
    r->unloaded = true;
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = invalid_device_request;
}

/*
 * IoAllocateDriverObjectExtension: memory of the driver's own, found again by an address.
 *
 * Irql     <= APC_LEVEL
 * Units    DriverObjectExtensionSize: bytes, zeroed
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_OBJECT_NAME_COLLISION
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioallocatedriverobjectextension
 */
NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                         PVOID ClientIdentificationAddress,
                                         ULONG DriverObjectExtensionSize,
                                         PVOID *DriverObjectExtension)
{
    struct sim *s = sim_now();
    struct io_driver *r = io_driver_of(s, DriverObject);
    struct call c =
        call_begin(s, API_IoAllocateDriverObjectExtension, r ? r->obj : 0,
                   va_of(s, ClientIdentificationAddress).v, DriverObjectExtensionSize, 0, 0);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    struct io_extension *e = r ? r->extensions : NULL;

    *DriverObjectExtension = NULL;
    while (e && e->client_id != ClientIdentificationAddress)
        e = e->next;
    if (e) {
        status = STATUS_OBJECT_NAME_COLLISION;
    } else if (r) {
        PVOID data = pool_alloc_internal(s, DriverObjectExtensionSize);

        if (data) {
            e = io_host_alloc(s, sizeof(*e));
            *e = (struct io_extension) { r->extensions, ClientIdentificationAddress, data };
            r->extensions = e;
            memset(data, 0, DriverObjectExtensionSize);
            *DriverObjectExtension = data;
            status = STATUS_SUCCESS;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoGetDriverObjectExtension: what IoAllocateDriverObjectExtension made.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the memory, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iogetdriverobjectextension
 */
PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress)
{
    struct sim *s = sim_now();
    struct io_driver *r = io_driver_of(s, DriverObject);
    struct call c = call_begin(s, API_IoGetDriverObjectExtension, r ? r->obj : 0,
                               va_of(s, ClientIdentificationAddress).v, 0, 0, 0);
    struct io_extension *e = r ? r->extensions : NULL;

    while (e && e->client_id != ClientIdentificationAddress)
        e = e->next;
    call_end(&c, e != NULL, 0, 0, 0);
    return e ? e->data : NULL;
}

static void reinit_add(struct sim *s, PDRIVER_OBJECT driver, PDRIVER_REINITIALIZE routine,
                       PVOID context)
{
    struct io_driver *r = io_driver_of(s, driver);
    struct io_reinit **last = r ? &r->reinit : NULL;

    if (!r)
        return;
    while (*last)
        last = &(*last)->next;
    *last = io_host_alloc(s, sizeof(**last));
    **last = (struct io_reinit) { NULL, routine, context };
}

/*
 * IoRegisterDriverReinitialization: a routine to call after DriverEntry.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      it is called right after DriverEntry; Windows first lets other drivers start
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-ioregisterdriverreinitialization
 */
VOID IoRegisterDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                      PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                      PVOID Context)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoRegisterDriverReinitialization,
                               nt_obj(s, DriverObject, OBJ_DRIVER), 0, 0, 0, 0);

    reinit_add(s, DriverObject, DriverReinitializationRoutine, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoRegisterBootDriverReinitialization: as above, for a driver that starts with the system.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      as IoRegisterDriverReinitialization
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-ioregisterbootdriverreinitialization
 */
VOID IoRegisterBootDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                          PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                          PVOID Context)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoRegisterBootDriverReinitialization,
                               nt_obj(s, DriverObject, OBJ_DRIVER), 0, 0, 0, 0);

    reinit_add(s, DriverObject, DriverReinitializationRoutine, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoIsWdmVersionAvailable: whether the system has at least this WDM version.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  TRUE up to WDM 6.0, which Windows Vista and everything later answer to
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioiswdmversionavailable
 */
BOOLEAN IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoIsWdmVersionAvailable, 0, MajorVersion, MinorVersion, 0, 0);
    BOOLEAN available = MajorVersion < 6 || (MajorVersion == 6 && MinorVersion == 0);

    call_end(&c, available, 0, 0, 0);
    return available;
}
