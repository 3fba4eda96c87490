/*
 * WDFIORESLIST: one set of resources that would do for a device.
 *
 * Source: wdfresource/, wdf/hardware-resources-for-kmdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxresourceapi.cpp)
 */
#include <string.h>

#include "sim/wdf/resource.h"

static const struct fx_class io_class = { .type = FX_IO_RES_LIST,
                                          .trace = OBJ_WDFOBJECT,
                                          .bytes = sizeof(struct fx_list),
                                          .undeletable = true,
                                          .destroy = fx_list_destroy };

static struct fx_list *list_of(struct fx *f, WDFIORESLIST handle)
{
    return (struct fx_list *)fx_object_of(f, handle, FX_IO_RES_LIST);
}

NTSTATUS fx_io_list_create(struct fx *f, struct fx_req_list *owner,
                           PWDF_OBJECT_ATTRIBUTES attributes, struct fx_list **out)
{
    struct fx_object *o;
    NTSTATUS status =
        fx_object_create(f, owner->object.driver, &io_class, &owner->object, attributes, &o);

    *out = (struct fx_list *)o;
    if (!NT_SUCCESS(status))
        return status;
    (*out)->bytes = sizeof(IO_RESOURCE_DESCRIPTOR);
    (*out)->owner = owner;
    (*out)->fixed = owner->fixed;
    return STATUS_SUCCESS;
}

static void changed(struct fx_list *l)
{
    l->changed = true;
    l->owner->changed = true;
}

/*
 * WdfIoResourceListCreate: an empty list, to be put into a requirements list.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, those of the attributes (no parent may be
 *          named)
 * Gap      none known
 * Says     CALL, RETURN (status, object of the new list)
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistcreate
 */
NTSTATUS imp_WdfIoResourceListCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                     WDFIORESREQLIST RequirementsList,
                                     PWDF_OBJECT_ATTRIBUTES Attributes, WDFIORESLIST *ResourceList)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListCreate,
                               fx_handle_obj(f, RequirementsList), 0, 0, 0, 0);
    struct fx_req_list *owner =
        (struct fx_req_list *)fx_object_of(f, RequirementsList, FX_IO_RES_REQ_LIST);
    const struct fx_attributes_rules rules = { .parent_forbidden = true };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_list *l = NULL;

    (void)DriverGlobals;
    if (owner && fx_required(f, ResourceList)) {
        *ResourceList = NULL;
        status = fx_attributes_check(f, Attributes, &rules);
        if (NT_SUCCESS(status))
            status = fx_io_list_create(f, owner, Attributes, &l);
        if (l)
            *ResourceList = l->object.handle;
    }
    call_end(&c, (uint32_t)status, l ? l->object.obj : 0, 0, 0);
    return status;
}

static NTSTATUS insert(struct fx *f, enum api api, WDFIORESLIST list,
                       PIO_RESOURCE_DESCRIPTOR descriptor, ULONG index)
{
    struct fx_list *l = list_of(f, list);
    NTSTATUS status;

    if (!l || !fx_required(f, descriptor))
        return STATUS_INVALID_PARAMETER;
    if (l->owner->fixed) {
        fx_break(f, api, l->object.obj, WDF_BREAK_FIXED, index, 0);
        return STATUS_ACCESS_DENIED;
    }
    status = fx_list_insert(f, l, descriptor, index);
    if (NT_SUCCESS(status))
        changed(l);
    return status;
}

/*
 * WdfIoResourceListInsertDescriptor: a descriptor before the one at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_ACCESS_DENIED (the requirements may only be read),
 *          STATUS_ARRAY_BOUNDS_EXCEEDED, STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (index), MISUSE for a list that may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistinsertdescriptor
 */
NTSTATUS imp_WdfIoResourceListInsertDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFIORESLIST ResourceList,
                                               PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListInsertDescriptor,
                               fx_handle_obj(f, ResourceList), Index, 0, 0, 0);
    NTSTATUS status = insert(f, c.api, ResourceList, Descriptor, Index);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoResourceListAppendDescriptor: a descriptor behind the others.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoResourceListInsertDescriptor
 * Gap      none known
 * Says     CALL, MISUSE for a list that may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistappenddescriptor
 */
NTSTATUS imp_WdfIoResourceListAppendDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFIORESLIST ResourceList,
                                               PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListAppendDescriptor,
                               fx_handle_obj(f, ResourceList), 0, 0, 0, 0);
    NTSTATUS status = insert(f, c.api, ResourceList, Descriptor, WDF_INSERT_AT_END);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoResourceListUpdateDescriptor: other bytes for the descriptor at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known; an index too large changes nothing
 * Says     CALL (index), MISUSE, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistupdatedescriptor
 */
VOID imp_WdfIoResourceListUpdateDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           WDFIORESLIST ResourceList,
                                           PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListUpdateDescriptor,
                               fx_handle_obj(f, ResourceList), Index, 0, 0, 0);
    struct fx_list *l = list_of(f, ResourceList);
    struct fx_entry *e = l && fx_required(f, Descriptor) ? fx_list_at(l, Index) : NULL;

    (void)DriverGlobals;
    if (e) {
        memcpy(&e->d, Descriptor, sizeof(e->d.io));
        changed(l);
    } else if (l && Descriptor) {
        fx_break(f, API_WdfIoResourceListUpdateDescriptor, l->object.obj, WDF_BREAK_INDEX, Index,
                 l->count);
    }
    call_end(&c, e != NULL, 0, 0, 0);
}

/*
 * WdfIoResourceListGetCount: how many descriptors a list has.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the number
 * Gap      none known
 * Says     CALL, RETURN (number)
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistgetcount
 */
ULONG imp_WdfIoResourceListGetCount(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIORESLIST ResourceList)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoResourceListGetCount, fx_handle_obj(f, ResourceList), 0, 0, 0, 0);
    const struct fx_list *l = list_of(f, ResourceList);
    ULONG count = l ? l->count : 0;

    (void)DriverGlobals;
    call_end(&c, count, 0, 0, 0);
    return count;
}

/*
 * WdfIoResourceListGetDescriptor: a copy of the descriptor at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the copy; NULL: no such index
 * Gap      none known
 * Says     CALL (index), RETURN (va)
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistgetdescriptor
 */
PIO_RESOURCE_DESCRIPTOR imp_WdfIoResourceListGetDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                           WDFIORESLIST ResourceList, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListGetDescriptor,
                               fx_handle_obj(f, ResourceList), Index, 0, 0, 0);
    struct fx_list *l = list_of(f, ResourceList);
    void *seen = l ? fx_list_show(f, l, Index) : NULL;

    (void)DriverGlobals;
    call_end(&c, va_of(f->s, seen).v, 0, 0, 0);
    return seen;
}

/*
 * WdfIoResourceListRemove: the descriptor at an index; those behind it move up.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known; a list that may only be read, or an index too large, changes nothing
 * Says     CALL (index), MISUSE, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistremove
 */
VOID imp_WdfIoResourceListRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIORESLIST ResourceList,
                                 ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListRemove, fx_handle_obj(f, ResourceList),
                               Index, 0, 0, 0);
    struct fx_list *l = list_of(f, ResourceList);

    (void)DriverGlobals;
    if (l && l->fixed)
        fx_break(f, API_WdfIoResourceListRemove, l->object.obj, WDF_BREAK_FIXED, Index, 0);
    else if (l && fx_list_remove(f, l, Index))
        changed(l);
    else if (l)
        fx_break(f, API_WdfIoResourceListRemove, l->object.obj, WDF_BREAK_INDEX, Index, l->count);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoResourceListRemoveByDescriptor: the first descriptor that equals one byte for byte.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing, also when there is none
 * Gap      none known
 * Says     CALL, MISUSE for a list that may only be read, RETURN (1: removed)
 * Source   wdfresource/nf-wdfresource-wdfioresourcelistremovebydescriptor
 */
VOID imp_WdfIoResourceListRemoveByDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFIORESLIST ResourceList,
                                             PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceListRemoveByDescriptor,
                               fx_handle_obj(f, ResourceList), 0, 0, 0, 0);
    struct fx_list *l = list_of(f, ResourceList);
    bool removed = false;

    (void)DriverGlobals;
    if (l && fx_required(f, Descriptor)) {
        if (l->fixed)
            fx_break(f, API_WdfIoResourceListRemoveByDescriptor, l->object.obj, WDF_BREAK_FIXED, 0,
                     0);
        else if ((removed = fx_list_remove_equal(f, l, Descriptor)))
            changed(l);
    }
    call_end(&c, removed, 0, 0, 0);
}
