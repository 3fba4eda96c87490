/*
 * How a driver's image and the framework meet, as the library that KMDF drivers link does it: before
 * DriverEntry the image's WdfFunctions is pointed at the framework's table and WdfDriverGlobals at what the
 * framework keeps for this driver; when it has unloaded, all that it left behind is deleted.
 *
 * Source: wdf/framework-library-versioning, microsoft/Windows-Driver-Frameworks (fxdriverapi.cpp)
 */
#include <string.h>

#include "sim/nt/host.h"
#include "sim/nt/zw.h"
#include "sim/wdf/wdf.h"

#define DEFAULT_TAG 0x72447846u /* "FxDr" */

struct fx_driver *fx_driver_of(PWDF_DRIVER_GLOBALS globals)
{
    struct fx_driver *d = fx_now()->drivers;

    while (d && d->globals != globals)
        d = d->next;
    return d;
}

static struct fx_driver *driver_by_wdm(struct fx *f, PDRIVER_OBJECT wdm)
{
    struct fx_driver *d = f->drivers;

    while (d && d->wdm != wdm)
        d = d->next;
    return d;
}

/* The service's name, which lies in DRIVER_EXTENSION, as plain characters; its first four are the tag. */
static void name_take(PWDF_DRIVER_GLOBALS g, const UNICODE_STRING *name)
{
    unsigned n = name->Length / sizeof(WCHAR);

    for (unsigned i = 0; i < n && i + 1 < sizeof(g->DriverName); i++)
        g->DriverName[i] = (CHAR)name->Buffer[i];
    g->DriverTag = DEFAULT_TAG;
    if (n >= 4)
        memcpy(&g->DriverTag, g->DriverName, sizeof(g->DriverTag));
}

static NTSTATUS stub_enter(struct sim *s, PDRIVER_OBJECT wdm, PUNICODE_STRING path, void *ctx)
{
    const struct fx_binding *b = ctx;
    struct fx *f = fx_of(s);
    PWDF_DRIVER_GLOBALS g = pool_alloc_internal(s, sizeof(*g));
    struct fx_driver *d;

    if (!g)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(g, 0, sizeof(*g));
    name_take(g, &wdm->DriverExtension->ServiceKeyName);
    d = io_host_alloc(s, sizeof(*d));
    d->globals = g;
    d->wdm = wdm;
    d->registry_path = *path;
    reg_make(s, NULL, reg_name_of(path)); /* its installation has made the service's key */
    d->next = f->drivers;
    f->drivers = d;
    *b->functions = wdf_function_table;
    *b->globals = g;
    return STATUS_SUCCESS;
}

/* What is still there has a reference that its driver did not give back. */
static void leaks_tell(struct fx *f, const struct fx_driver *d)
{
    for (uint32_t i = 0; i < f->slot_count; i++) {
        const struct fx_object *o = f->slots[i];

        if (!o || o->driver != d)
            continue;
        f->s->trace.site = o->tags ? o->tags->site : 0;
        trace_emit(&f->s->trace, EV_WDF_LEAK, API_NONE, o->obj, o->refs, o->class->type, 0, 0);
    }
}

static void unbind(struct fx *f, struct fx_driver *d)
{
    struct fx_driver **link = &f->drivers;

    if (d->object.class)
        fx_delete(&d->object);
    leaks_tell(f, d);
    while (*link != d)
        link = &(*link)->next;
    *link = d->next;
    pool_free_internal(f->s, d->globals);
}

static VOID stub_unload(PDRIVER_OBJECT wdm)
{
    struct fx *f = fx_now();
    struct fx_driver *d = driver_by_wdm(f, wdm);

    if (d->unload)
        d->unload(wdm);
    unbind(f, d);
}

static void stub_left(struct sim *s, PDRIVER_OBJECT wdm, NTSTATUS status)
{
    struct fx *f = fx_of(s);
    struct fx_driver *d = driver_by_wdm(f, wdm);

    if (!NT_SUCCESS(status)) {
        unbind(f, d);
    } else if (d->globals->DisplaceDriverUnload) {
        d->unload = wdm->DriverUnload;
        wdm->DriverUnload = stub_unload;
    }
}

void host_wdf_stub(struct host_stub *stub, struct fx_binding *binding)
{
    *stub = (struct host_stub) { .enter = stub_enter, .left = stub_left, .ctx = binding };
}
