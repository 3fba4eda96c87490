/*
 * WdfObject...: what a driver does to any framework object.
 */
#include "sim/wdf/wdf.h"

static const struct fx_class general_class = { .type = FX_USEROBJECT,
                                               .trace = OBJ_WDFOBJECT,
                                               .bytes = sizeof(struct fx_object) };

/*
 * WdfObjectCreate: a general object, for a context and callbacks of the driver's own.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_WDF_OBJECT_ATTRIBUTES_INVALID, STATUS_INVALID_HANDLE
 * Gap      none known
 * Says     CALL, RETURN (object = the new one)
 * Source   wdfobject/nf-wdfobject-wdfobjectcreate
 */
NTSTATUS imp_WdfObjectCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_OBJECT_ATTRIBUTES Attributes,
                             WDFOBJECT *Object)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfObjectCreate, 0, 0, 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    if (fx_required(f, Object)) {
        *Object = NULL;
        status = fx_attributes_check(f, Attributes, &rules);
        if (NT_SUCCESS(status))
            status = fx_object_create(f, d, &general_class, &d->object, Attributes, &o);
        *Object = o ? o->handle : NULL;
    }
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfObjectDelete: deletes an object and all that hangs on it.
 *
 * Irql     <= DISPATCH_LEVEL; what needs PASSIVE_LEVEL is done by a system thread later
 * Returns  nothing
 * Gap      an object that only the framework may delete is left alone; Windows breaks into the debugger
 * Says     CALL (a0 = 1: not the driver's to delete), RETURN
 * Source   wdfobject/nf-wdfobject-wdfobjectdelete
 */
VOID imp_WdfObjectDelete(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Object)
{
    struct fx *f = fx_now();
    const struct fx_object *known = fx_object_find(f, Object, FX_OBJECT);
    struct call c = call_begin(f->s, API_WdfObjectDelete, fx_obj(known),
                               known && known->class->undeletable, 0, 0, 0);
    struct fx_object *o = fx_object_of(f, Object, FX_OBJECT);

    (void)DriverGlobals;
    if (o && o->class->undeletable)
        fx_break(f, API_WdfObjectDelete, o->obj, WDF_BREAK_UNDELETABLE, o->class->type, 0);
    else if (o)
        fx_delete(o);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfObjectReferenceActual: keeps an object's memory until it is given back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      tags are tracked always; Windows does so under the framework's verifier
 * Says     CALL (a0 = references before), RETURN
 * Source   wdfobject/nf-wdfobject-wdfobjectreferenceactual
 */
VOID imp_WdfObjectReferenceActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Handle, PVOID Tag,
                                  LONG Line, PCCH File)
{
    struct fx *f = fx_now();
    const struct fx_object *known = fx_object_find(f, Handle, FX_OBJECT);
    struct call c = call_begin(f->s, API_WdfObjectReferenceActual, fx_obj(known),
                               known ? known->refs : 0, 0, 0, 0);
    struct fx_object *o = fx_object_of(f, Handle, FX_OBJECT);

    (void)DriverGlobals, (void)Line, (void)File; /* the event's stack says where */
    if (o) {
        struct fx_tag *t = io_host_alloc(f->s, sizeof(*t));

        *t = (struct fx_tag) { o->tags, Tag, f->s->trace.site };
        o->tags = t;
        fx_reference(o);
    }
    call_end(&c, 0, 0, 0, 0);
}

/* The youngest reference with this tag; NULL: the driver has none. */
static struct fx_tag **tag_of(struct fx_object *o, PVOID tag)
{
    struct fx_tag **t = &o->tags;

    while (*t && (*t)->tag != tag)
        t = &(*t)->next;
    return *t ? t : NULL;
}

/*
 * WdfObjectDereferenceActual: gives a reference back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      a reference that the driver does not have is bug check 0x10D/7 and changes nothing; on
 *          Windows the object is destroyed under those who use it
 * Says     CALL (a0 = references before), RETURN
 * Source   wdfobject/nf-wdfobject-wdfobjectdereferenceactual
 */
VOID imp_WdfObjectDereferenceActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Handle, PVOID Tag,
                                    LONG Line, PCCH File)
{
    struct fx *f = fx_now();
    const struct fx_object *known = fx_object_find(f, Handle, FX_OBJECT);
    struct call c = call_begin(f->s, API_WdfObjectDereferenceActual, fx_obj(known),
                               known ? known->refs : 0, 0, 0, 0);
    struct fx_object *o = fx_object_of(f, Handle, FX_OBJECT);
    struct fx_tag **t = o ? tag_of(o, Tag) : NULL;

    (void)DriverGlobals, (void)Line, (void)File;
    if (o && !t)
        fx_bugcheck(f, WDF_OBJECT_ERROR, (uintptr_t)Handle, 0, 0);
    if (t) {
        struct fx_tag *gone = *t;

        *t = gone->next;
        io_host_free(f->s, gone, sizeof(*gone));
        fx_dereference(o);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfObjectGetTypedContextWorker: the memory of a context type on an object; drivers reach it by the
 * accessor that WDF_DECLARE_CONTEXT_TYPE_WITH_NAME makes.
 *
 * Irql     any
 * Returns  the memory, or NULL: no context of this type
 * Gap      says nothing: it is called at every turn and changes nothing
 * Says     nothing
 * Source   wdfobject/nf-wdfobject-wdfobjectgettypedcontextworker
 */
PVOID imp_WdfObjectGetTypedContextWorker(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Handle,
                                         PCWDF_OBJECT_CONTEXT_TYPE_INFO TypeInfo)
{
    struct fx *f = fx_now();
    struct fx_object *o = fx_object_find(f, Handle, FX_OBJECT);

    (void)DriverGlobals;
    if (!o)
        o = fx_object_of(f, Handle, FX_OBJECT);
    return o ? fx_context_memory(o, TypeInfo) : NULL;
}

/*
 * WdfObjectAllocateContext: a further context on an object.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_EXISTS (this type is there; *Context is it),
 *          STATUS_OBJECT_NAME_INVALID (no type), STATUS_INSUFFICIENT_RESOURCES,
 *          STATUS_DELETE_PENDING, those of the attributes
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfobject/nf-wdfobject-wdfobjectallocatecontext
 */
NTSTATUS imp_WdfObjectAllocateContext(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Handle,
                                      PWDF_OBJECT_ATTRIBUTES ContextAttributes, PVOID *Context)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfObjectAllocateContext, fx_handle_obj(f, Handle), 0, 0, 0, 0);
    struct fx_object *o = fx_object_of(f, Handle, FX_OBJECT);
    const struct fx_attributes_rules rules = { .required = true, .parent_forbidden = true };
    NTSTATUS status = STATUS_INVALID_HANDLE;
    void *memory = NULL;

    (void)DriverGlobals;
    if (o) {
        status = ContextAttributes ? fx_attributes_check(f, ContextAttributes, &rules)
                                   : STATUS_INVALID_PARAMETER;
        if (NT_SUCCESS(status) && !ContextAttributes->ContextTypeInfo)
            status = STATUS_OBJECT_NAME_INVALID;
        if (NT_SUCCESS(status) && o->life != FX_ALIVE)
            status = STATUS_DELETE_PENDING;
        if (NT_SUCCESS(status) && fault_take(f->s, FAULT_WDF_OBJECT))
            status = STATUS_INSUFFICIENT_RESOURCES;
        if (NT_SUCCESS(status))
            status = fx_context_add(o, ContextAttributes, &memory);
    }
    if (Context)
        *Context = memory;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfObjectContextGetObject: the object that a context belongs to.
 *
 * Irql     any
 * Returns  its handle; NULL: no context begins here
 * Gap      Windows reads what lies before the pointer and cannot tell a wrong one
 * Says     CALL, RETURN
 * Source   wdfobject/nf-wdfobject-wdfobjectcontextgetobject
 */
WDFOBJECT imp_WdfObjectContextGetObject(PWDF_DRIVER_GLOBALS DriverGlobals, PVOID ContextPointer)
{
    struct fx *f = fx_now();
    struct objmap_entry *e = ContextPointer ? objmap_find(&f->contexts, ContextPointer) : NULL;
    struct fx_object *o = e ? e->data : NULL;
    struct call c = call_begin(f->s, API_WdfObjectContextGetObject, fx_obj(o), 0, 0, 0, 0);

    (void)DriverGlobals;
    call_end(&c, o != NULL, 0, 0, 0);
    return o ? o->handle : NULL;
}

/*
 * WdfObjectQuery: hooks of Microsoft's own tests; none is there in a released framework.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_NOT_FOUND
 * Gap      none known
 * Says     CALL, RETURN
 * Source   microsoft/Windows-Driver-Frameworks (fxobject.cpp, _ObjectQuery)
 */
NTSTATUS imp_WdfObjectQuery(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Object, CONST GUID *Guid,
                            ULONG QueryBufferLength, PVOID QueryBuffer)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfObjectQuery, fx_handle_obj(f, Object), QueryBufferLength, 0, 0, 0);
    NTSTATUS status = fx_object_of(f, Object, FX_OBJECT) ? STATUS_NOT_FOUND : STATUS_INVALID_HANDLE;

    (void)DriverGlobals, (void)Guid, (void)QueryBuffer;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
