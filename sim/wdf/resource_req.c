/*
 * WDFIORESREQLIST: the alternatives among which a bus may choose for a device, made of Windows' own
 * structure and turned into one again.
 *
 * Source: wdfresource/, wdf/hardware-resources-for-kmdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxresourceapi.cpp, fxresourcecollection.cpp)
 */
#include "sim/wdf/resource.h"

static const struct fx_class req_class = { .type = FX_IO_RES_REQ_LIST,
                                           .trace = OBJ_WDFOBJECT,
                                           .bytes = sizeof(struct fx_req_list),
                                           .undeletable = true };

static struct fx_req_list *req_of(struct fx *f, WDFIORESREQLIST handle)
{
    return (struct fx_req_list *)fx_object_of(f, handle, FX_IO_RES_REQ_LIST);
}

static struct fx_list **place(struct fx_req_list *r, ULONG index)
{
    struct fx_list **at = &r->first;

    while (*at && index--)
        at = &(*at)->next;
    return at;
}

static void put(struct fx_req_list *r, ULONG index, struct fx_list *l)
{
    struct fx_list **at = place(r, index);

    l->next = *at;
    *at = l;
    r->count++;
    r->changed = true;
}

static void take(struct fx_req_list *r, struct fx_list **at)
{
    struct fx_list *l = *at;

    *at = l->next;
    r->count--;
    r->changed = true;
    fx_delete(&l->object);
}

NTSTATUS fx_req_list_create(struct fx *f, struct fx_device *d, PIO_RESOURCE_REQUIREMENTS_LIST wdm,
                            WDFIORESREQLIST *out)
{
    struct fx_object *o;
    NTSTATUS status = fx_object_create(f, d->object.driver, &req_class, &d->object, NULL, &o);
    struct fx_req_list *r = (struct fx_req_list *)o;
    const IO_RESOURCE_LIST *from = wdm ? wdm->List : NULL;

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    r->interface = wdm ? wdm->InterfaceType : Internal;
    r->slot = wdm ? wdm->SlotNumber : 0;
    for (ULONG i = 0; wdm && i < wdm->AlternativeLists && NT_SUCCESS(status); i++) {
        struct fx_list *l;

        status = fx_io_list_create(f, r, NULL, &l);
        for (ULONG n = 0; NT_SUCCESS(status) && n < from->Count; n++)
            status = fx_list_insert(f, l, &from->Descriptors[n], WDF_INSERT_AT_END);
        if (NT_SUCCESS(status))
            put(r, r->count, l);
        from = (const IO_RESOURCE_LIST *)&from->Descriptors[from->Count];
    }
    r->changed = false;
    if (NT_SUCCESS(status))
        *out = o->handle;
    else
        fx_delete(o);
    return status;
}

void fx_req_list_fix(struct fx *f, WDFIORESREQLIST list)
{
    struct fx_req_list *r = req_of(f, list);

    if (r)
        r->fixed = true;
    for (struct fx_list *l = r ? r->first : NULL; l; l = l->next)
        l->fixed = true;
}

bool fx_req_list_changed(struct fx *f, WDFIORESREQLIST list)
{
    const struct fx_req_list *r = req_of(f, list);

    return r && r->changed;
}

PIO_RESOURCE_REQUIREMENTS_LIST fx_req_list_wdm(struct fx *f, WDFIORESREQLIST list)
{
    const struct fx_req_list *r = req_of(f, list);
    ULONG bytes = FIELD_OFFSET(IO_RESOURCE_REQUIREMENTS_LIST, List);
    PIO_RESOURCE_REQUIREMENTS_LIST wdm;
    PIO_RESOURCE_LIST to;

    if (!r || !r->count)
        return NULL;
    for (const struct fx_list *l = r->first; l; l = l->next)
        bytes += FIELD_OFFSET(IO_RESOURCE_LIST, Descriptors) +
                 l->count * (ULONG)sizeof(IO_RESOURCE_DESCRIPTOR);
    wdm = ExAllocatePool2(POOL_FLAG_PAGED, bytes, r->object.driver->globals->DriverTag);
    if (!wdm)
        return NULL;
    wdm->ListSize = bytes;
    wdm->InterfaceType = r->interface;
    wdm->SlotNumber = r->slot;
    wdm->AlternativeLists = r->count;
    to = wdm->List;
    for (const struct fx_list *l = r->first; l; l = l->next) {
        ULONG i = 0;

        to->Version = to->Revision = 1;
        to->Count = l->count;
        for (const struct fx_entry *e = l->first; e; e = e->next)
            to->Descriptors[i++] = e->d.io;
        to = (PIO_RESOURCE_LIST)&to->Descriptors[i];
    }
    return wdm;
}

/*
 * WdfIoResourceRequirementsListSetSlotNumber: the slot that the requirements name.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (slot), RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistsetslotnumber
 */
VOID imp_WdfIoResourceRequirementsListSetSlotNumber(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFIORESREQLIST RequirementsList,
                                                    ULONG SlotNumber)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceRequirementsListSetSlotNumber,
                               fx_handle_obj(f, RequirementsList), SlotNumber, 0, 0, 0);
    struct fx_req_list *r = req_of(f, RequirementsList);

    (void)DriverGlobals;
    if (r) {
        r->changed |= r->slot != SlotNumber;
        r->slot = SlotNumber;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoResourceRequirementsListSetInterfaceType: the kind of bus that the requirements name.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (type), RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistsetinterfacetype
 */
VOID imp_WdfIoResourceRequirementsListSetInterfaceType(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                       WDFIORESREQLIST RequirementsList,
                                                       INTERFACE_TYPE InterfaceType)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceRequirementsListSetInterfaceType,
                               fx_handle_obj(f, RequirementsList), InterfaceType, 0, 0, 0);
    struct fx_req_list *r = req_of(f, RequirementsList);

    (void)DriverGlobals;
    if (r) {
        r->changed |= r->interface != InterfaceType;
        r->interface = InterfaceType;
    }
    call_end(&c, 0, 0, 0, 0);
}

/* A list that could not be put in is deleted, as a failed creation. */
static NTSTATUS insert(struct fx *f, enum api api, WDFIORESREQLIST requirements, WDFIORESLIST list,
                       ULONG index)
{
    struct fx_req_list *r = req_of(f, requirements);
    struct fx_list *l = r ? (struct fx_list *)fx_object_of(f, list, FX_IO_RES_LIST) : NULL;

    if (!l || l->owner != r)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (r->fixed) {
        fx_break(f, api, r->object.obj, WDF_BREAK_FIXED, index, 0);
        return STATUS_ACCESS_DENIED;
    }
    if (fx_list_end(index))
        index = r->count;
    if (index > r->count) {
        fx_delete(&l->object);
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    }
    put(r, index, l);
    return STATUS_SUCCESS;
}

/*
 * WdfIoResourceRequirementsListInsertIoResList: an alternative before the one at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (the list was made for other requirements),
 *          STATUS_ACCESS_DENIED (they may only be read), STATUS_ARRAY_BOUNDS_EXCEEDED (the list is
 *          deleted)
 * Gap      none known
 * Says     CALL (index, list), MISUSE where they may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistinsertioreslist
 */
NTSTATUS imp_WdfIoResourceRequirementsListInsertIoResList(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                          WDFIORESREQLIST RequirementsList,
                                                          WDFIORESLIST IoResList, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoResourceRequirementsListInsertIoResList,
                   fx_handle_obj(f, RequirementsList), Index, fx_handle_obj(f, IoResList), 0, 0);
    NTSTATUS status = insert(f, c.api, RequirementsList, IoResList, Index);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoResourceRequirementsListAppendIoResList: an alternative behind the others.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoResourceRequirementsListInsertIoResList
 * Gap      none known
 * Says     CALL (list), MISUSE where they may only be read, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistappendioreslist
 */
NTSTATUS imp_WdfIoResourceRequirementsListAppendIoResList(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                          WDFIORESREQLIST RequirementsList,
                                                          WDFIORESLIST IoResList)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoResourceRequirementsListAppendIoResList,
                   fx_handle_obj(f, RequirementsList), fx_handle_obj(f, IoResList), 0, 0, 0);
    NTSTATUS status = insert(f, c.api, RequirementsList, IoResList, WDF_INSERT_AT_END);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoResourceRequirementsListGetCount: how many alternatives there are.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the number
 * Gap      none known
 * Says     CALL, RETURN (number)
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistgetcount
 */
ULONG imp_WdfIoResourceRequirementsListGetCount(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                WDFIORESREQLIST RequirementsList)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceRequirementsListGetCount,
                               fx_handle_obj(f, RequirementsList), 0, 0, 0, 0);
    const struct fx_req_list *r = req_of(f, RequirementsList);
    ULONG count = r ? r->count : 0;

    (void)DriverGlobals;
    call_end(&c, count, 0, 0, 0);
    return count;
}

/*
 * WdfIoResourceRequirementsListGetIoResList: the alternative at an index.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: no such index
 * Gap      none known
 * Says     CALL (index), RETURN (list)
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistgetioreslist
 */
WDFIORESLIST imp_WdfIoResourceRequirementsListGetIoResList(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                           WDFIORESREQLIST RequirementsList,
                                                           ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceRequirementsListGetIoResList,
                               fx_handle_obj(f, RequirementsList), Index, 0, 0, 0);
    struct fx_req_list *r = req_of(f, RequirementsList);
    const struct fx_list *l = r ? *place(r, Index) : NULL;

    (void)DriverGlobals;
    call_end(&c, l ? l->object.obj : 0, 0, 0, 0);
    return l ? l->object.handle : NULL;
}

/*
 * WdfIoResourceRequirementsListRemove: removes the alternative at an index and deletes it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known; an index too large changes nothing
 * Says     CALL (index), MISUSE, RETURN
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistremove
 */
VOID imp_WdfIoResourceRequirementsListRemove(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFIORESREQLIST RequirementsList, ULONG Index)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoResourceRequirementsListRemove,
                               fx_handle_obj(f, RequirementsList), Index, 0, 0, 0);
    struct fx_req_list *r = req_of(f, RequirementsList);
    struct fx_list **at = r ? place(r, Index) : NULL;

    (void)DriverGlobals;
    if (r && r->fixed)
        fx_break(f, API_WdfIoResourceRequirementsListRemove, r->object.obj, WDF_BREAK_FIXED, Index,
                 0);
    else if (r && *at)
        take(r, at);
    else if (r)
        fx_break(f, API_WdfIoResourceRequirementsListRemove, r->object.obj, WDF_BREAK_INDEX, Index,
                 r->count);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoResourceRequirementsListRemoveByIoResList: removes an alternative and deletes it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing, also when it is not among them
 * Gap      none known
 * Says     CALL (list), MISUSE where they may only be read, RETURN (1: removed)
 * Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistremovebyioreslist
 */
VOID imp_WdfIoResourceRequirementsListRemoveByIoResList(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                        WDFIORESREQLIST RequirementsList,
                                                        WDFIORESLIST IoResList)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoResourceRequirementsListRemoveByIoResList,
                   fx_handle_obj(f, RequirementsList), fx_handle_obj(f, IoResList), 0, 0, 0);
    struct fx_req_list *r = req_of(f, RequirementsList);
    struct fx_list **at = r ? &r->first : NULL;
    const struct fx_object *wanted = NULL;

    (void)DriverGlobals;
    if (r && r->fixed)
        fx_break(f, API_WdfIoResourceRequirementsListRemoveByIoResList, r->object.obj,
                 WDF_BREAK_FIXED, 0, 0);
    else if (r)
        wanted = fx_object_of(f, IoResList, FX_IO_RES_LIST);
    while (wanted && *at && &(*at)->object != wanted)
        at = &(*at)->next;
    if (wanted && *at)
        take(r, at);
    else
        wanted = NULL;
    call_end(&c, wanted != NULL, 0, 0, 0);
}
