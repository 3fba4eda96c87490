/*
 * Lists of resource descriptors in general, and WDFCMRESLIST: what a device has been given.
 *
 * Source: wdfresource/, wdf/hardware-resources-for-kmdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxresourcecollection.cpp, fxresourceapi.cpp)
 */
#include "sim/wdf/resource.h"

#include <string.h>

static void entry_free(struct fx *f, struct fx_entry *e)
{
    if (e->seen)
        pool_free_internal(f->s, e->seen);
    io_host_free(f->s, e, sizeof(*e));
}

void fx_list_destroy(struct fx_object *o)
{
    struct fx_list *l = (struct fx_list *)o;

    while (l->first) {
        struct fx_entry *e = l->first;

        l->first = e->next;
        entry_free(fx_now(), e);
    }
}

NTSTATUS fx_list_insert(struct fx *f, struct fx_list *l, const void *descriptor, ULONG index)
{
    struct fx_entry **at = &l->first, *e;

    if (fault_take(f->s, FAULT_WDF_OBJECT))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (fx_list_end(index))
        index = l->count;
    if (index > l->count)
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    while (index--)
        at = &(*at)->next;
    e = io_host_alloc(f->s, sizeof(*e));
    memcpy(&e->d, descriptor, l->bytes);
    e->next = *at;
    *at = e;
    l->count++;
    l->changed = true;
    return STATUS_SUCCESS;
}

struct fx_entry *fx_list_at(const struct fx_list *l, ULONG index)
{
    struct fx_entry *e = l->first;

    while (e && index--)
        e = e->next;
    return e;
}

void *fx_list_show(struct fx *f, struct fx_list *l, ULONG index)
{
    struct fx_entry *e = fx_list_at(l, index);

    if (e && !e->seen)
        e->seen = pool_alloc_internal(f->s, l->bytes);
    if (!e || !e->seen)
        return NULL;
    memcpy(e->seen, &e->d, l->bytes);
    return e->seen;
}

static void unlink_at(struct fx *f, struct fx_list *l, struct fx_entry **at)
{
    struct fx_entry *e = *at;

    *at = e->next;
    l->count--;
    l->changed = true;
    entry_free(f, e);
}

bool fx_list_remove(struct fx *f, struct fx_list *l, ULONG index)
{
    struct fx_entry **at = &l->first;

    while (*at && index--)
        at = &(*at)->next;
    if (*at)
        unlink_at(f, l, at);
    else
        return false;
    return true;
}

bool fx_list_remove_equal(struct fx *f, struct fx_list *l, const void *descriptor)
{
    struct fx_entry **at = &l->first;

    while (*at && memcmp(&(*at)->d, descriptor, l->bytes) != 0)
        at = &(*at)->next;
    if (*at)
        unlink_at(f, l, at);
    else
        return false;
    return true;
}

/* --- WDFCMRESLIST --- */

static const struct fx_class cm_class = { .type = FX_CM_RES_LIST,
                                          .trace = OBJ_WDFOBJECT,
                                          .bytes = sizeof(struct fx_list),
                                          .undeletable = true,
                                          .destroy = fx_list_destroy };

static struct fx_list *cm_of(struct fx *f, WDFCMRESLIST handle)
{
    return (struct fx_list *)fx_object_of(f, handle, FX_CM_RES_LIST);
}

NTSTATUS fx_cm_list_create(struct fx *f, struct fx_device *d, PCM_RESOURCE_LIST list,
                           WDFCMRESLIST *out)
{
    struct fx_object *o;
    NTSTATUS status = fx_object_create(f, d->object.driver, &cm_class, &d->object, NULL, &o);
    const CM_PARTIAL_RESOURCE_LIST *from = list ? &list->List[0].PartialResourceList : NULL;
    struct fx_list *l = (struct fx_list *)o;

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    l->bytes = sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    l->fixed = true;
    for (ULONG i = 0; from && i < from->Count && NT_SUCCESS(status); i++)
        status = fx_list_insert(f, l, &from->PartialDescriptors[i], WDF_INSERT_AT_END);
    l->changed = false;
    if (NT_SUCCESS(status))
        *out = o->handle;
    else
        fx_delete(o);
    return status;
}

void fx_cm_list_allow(struct fx *f, WDFCMRESLIST list)
{
    struct fx_list *l = cm_of(f, list);

    if (l)
        l->fixed = false;
}

bool fx_cm_list_changed(struct fx *f, WDFCMRESLIST list)
{
    const struct fx_list *l = cm_of(f, list);

    return l && l->changed;
}

PCM_RESOURCE_LIST fx_cm_list_wdm(struct fx *f, WDFCMRESLIST list)
{
    const struct fx_list *l = cm_of(f, list);
    PCM_PARTIAL_RESOURCE_LIST to;
    PCM_RESOURCE_LIST wdm;
    ULONG i = 0;

    if (!l || !l->count)
        return NULL;
    wdm = ExAllocatePool2(POOL_FLAG_PAGED,
                          sizeof(*wdm) + (l->count - 1) * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR),
                          l->object.driver->globals->DriverTag);
    if (!wdm)
        return NULL;
    wdm->Count = 1;
    to = &wdm->List[0].PartialResourceList;
    to->Version = to->Revision = 1;
    to->Count = l->count;
    for (const struct fx_entry *e = l->first; e; e = e->next)
        to->PartialDescriptors[i++] = e->d.cm;
    return wdm;
}

static NTSTATUS cm_insert(struct fx *f, enum api api, WDFCMRESLIST list,
                          PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor, ULONG index)
{
    struct fx_list *l = cm_of(f, list);

    if (!l || !fx_required(f, descriptor))
        return STATUS_INVALID_PARAMETER;
    if (l->fixed) {
        fx_break(f, api, l->object.obj, WDF_BREAK_FIXED, index, 0);
        return STATUS_ACCESS_DENIED;
    }
    return fx_list_insert(f, l, descriptor, index);
}

/*
 * WdfCmResourceListInsertDescriptor: a descriptor before the one at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_ACCESS_DENIED (the list may only be read: what
 *          EvtDevicePrepareHardware is given), STATUS_ARRAY_BOUNDS_EXCEEDED,
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (index), MISUSE for a list that may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistinsertdescriptor
 */
NTSTATUS imp_WdfCmResourceListInsertDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List,
                                               PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                                               ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCmResourceListInsertDescriptor, fx_handle_obj(f, List),
                               Index, 0, 0, 0);
    NTSTATUS status = cm_insert(f, c.api, List, Descriptor, Index);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCmResourceListAppendDescriptor: a descriptor behind the others.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfCmResourceListInsertDescriptor
 * Gap      none known
 * Says     CALL, MISUSE for a list that may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistappenddescriptor
 */
NTSTATUS imp_WdfCmResourceListAppendDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List,
                                               PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCmResourceListAppendDescriptor, fx_handle_obj(f, List), 0, 0, 0, 0);
    NTSTATUS status = cm_insert(f, c.api, List, Descriptor, WDF_INSERT_AT_END);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCmResourceListGetCount: how many descriptors a list has.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the number
 * Gap      none known
 * Says     CALL, RETURN (number)
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistgetcount
 */
ULONG imp_WdfCmResourceListGetCount(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCmResourceListGetCount, fx_handle_obj(f, List), 0, 0, 0, 0);
    const struct fx_list *l = cm_of(f, List);
    ULONG count = l ? l->count : 0;

    (void)DriverGlobals;
    call_end(&c, count, 0, 0, 0);
    return count;
}

/*
 * WdfCmResourceListGetDescriptor: a copy of the descriptor at an index, which stays until it is asked
 * for again or the descriptor goes.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the copy; NULL: no such index
 * Gap      none known
 * Says     CALL (index), RETURN (va)
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistgetdescriptor
 */
PCM_PARTIAL_RESOURCE_DESCRIPTOR
imp_WdfCmResourceListGetDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List,
                                   ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCmResourceListGetDescriptor, fx_handle_obj(f, List),
                               Index, 0, 0, 0);
    struct fx_list *l = cm_of(f, List);
    void *seen = l ? fx_list_show(f, l, Index) : NULL;

    (void)DriverGlobals;
    call_end(&c, va_of(f->s, seen).v, 0, 0, 0);
    return seen;
}

/*
 * WdfCmResourceListRemove: the descriptor at an index; those behind it move up.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known; a list that may only be read, or an index too large, changes nothing
 * Says     CALL (index), MISUSE, RETURN
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistremove
 */
VOID imp_WdfCmResourceListRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCmResourceListRemove, fx_handle_obj(f, List), Index, 0, 0, 0);
    struct fx_list *l = cm_of(f, List);

    (void)DriverGlobals;
    if (l && l->fixed)
        fx_break(f, API_WdfCmResourceListRemove, l->object.obj, WDF_BREAK_FIXED, Index, 0);
    else if (l && !fx_list_remove(f, l, Index))
        fx_break(f, API_WdfCmResourceListRemove, l->object.obj, WDF_BREAK_INDEX, Index, l->count);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfCmResourceListRemoveByDescriptor: the first descriptor that equals one byte for byte.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing, also when there is none
 * Gap      none known
 * Says     CALL, MISUSE for a list that may only be read, RETURN (1: removed)
 * Source   wdfresource/nf-wdfresource-wdfcmresourcelistremovebydescriptor
 */
VOID imp_WdfCmResourceListRemoveByDescriptor(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCMRESLIST List,
                                             PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCmResourceListRemoveByDescriptor,
                               fx_handle_obj(f, List), 0, 0, 0, 0);
    struct fx_list *l = cm_of(f, List);
    bool removed = false;

    (void)DriverGlobals;
    if (l && fx_required(f, Descriptor)) {
        if (l->fixed)
            fx_break(f, API_WdfCmResourceListRemoveByDescriptor, l->object.obj, WDF_BREAK_FIXED, 0,
                     0);
        else
            removed = fx_list_remove_equal(f, l, Descriptor);
    }
    call_end(&c, removed, 0, 0, 0);
}
