/*
 * Collections: objects in the order in which they were added, each kept by a reference of the
 * collection's. An object may be in one twice.
 *
 * Source: wdfcollection/, microsoft/Windows-Driver-Frameworks (fxcollection.cpp, fxcollectionapi.cpp)
 */
#include "sim/wdf/wdf.h"

static void collection_destroy(struct fx_object *o)
{
    struct fx_collection *c = (struct fx_collection *)o;

    while (c->first)
        fx_collection_remove(fx_now(), c, c->first);
}

static const struct fx_class collection_class = { .type = FX_COLLECTION,
                                                  .trace = OBJ_WDFCOLLECTION,
                                                  .bytes = sizeof(struct fx_collection),
                                                  .destroy = collection_destroy };

static struct fx_collection *collection_of(struct fx *f, WDFCOLLECTION handle)
{
    return (struct fx_collection *)fx_object_of(f, handle, FX_COLLECTION);
}

NTSTATUS fx_collection_insert(struct fx *f, struct fx_collection *c, struct fx_member *before,
                              struct fx_object *o)
{
    struct fx_member *m, *after = before ? before->prev : c->last;

    if (fault_take(f->s, FAULT_WDF_OBJECT))
        return STATUS_INSUFFICIENT_RESOURCES;
    m = io_host_alloc(f->s, sizeof(*m));
    *m = (struct fx_member) { .next = before, .prev = after, .object = o };
    *(after ? &after->next : &c->first) = m;
    *(before ? &before->prev : &c->last) = m;
    c->count++;
    fx_reference(o);
    return STATUS_SUCCESS;
}

void fx_collection_remove(struct fx *f, struct fx_collection *c, struct fx_member *m)
{
    struct fx_object *o = m->object;

    *(m->prev ? &m->prev->next : &c->first) = m->next;
    *(m->next ? &m->next->prev : &c->last) = m->prev;
    io_host_free(f->s, m, sizeof(*m));
    c->count--;
    fx_dereference(o);
}

struct fx_member *fx_collection_at(const struct fx_collection *c, ULONG index)
{
    struct fx_member *m = c->first;

    while (m && index--)
        m = m->next;
    return m;
}

struct fx_member *fx_collection_find(const struct fx_collection *c, const struct fx_object *o)
{
    struct fx_member *m = c->first;

    while (m && m->object != o)
        m = m->next;
    return m;
}

/*
 * WdfCollectionCreate: an empty collection.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfcollection/nf-wdfcollection-wdfcollectioncreate
 */
NTSTATUS imp_WdfCollectionCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                 PWDF_OBJECT_ATTRIBUTES CollectionAttributes,
                                 WDFCOLLECTION *Collection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCollectionCreate, 0, 0, 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    if (fx_required(f, Collection)) {
        *Collection = NULL;
        status = fx_attributes_check(f, CollectionAttributes, &rules);
        if (NT_SUCCESS(status))
            status =
                fx_object_create(f, d, &collection_class, &d->object, CollectionAttributes, &o);
    }
    if (o) {
        *Collection = o->handle;
        c.obj = o->obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCollectionGetCount: how many objects a collection has.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the number
 * Gap      none known
 * Says     CALL, RETURN (number)
 * Source   wdfcollection/nf-wdfcollection-wdfcollectiongetcount
 */
ULONG imp_WdfCollectionGetCount(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCollectionGetCount, fx_handle_obj(f, Collection), 0, 0, 0, 0);
    const struct fx_collection *l = collection_of(f, Collection);
    ULONG count = l ? l->count : 0;

    (void)DriverGlobals;
    call_end(&c, count, 0, 0, 0);
    return count;
}

/*
 * WdfCollectionAdd: an object behind the others.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_UNSUCCESSFUL (no memory)
 * Gap      none known
 * Says     CALL (object), RETURN
 * Source   wdfcollection/nf-wdfcollection-wdfcollectionadd
 */
NTSTATUS imp_WdfCollectionAdd(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                              WDFOBJECT Object)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCollectionAdd, fx_handle_obj(f, Collection),
                               fx_handle_obj(f, Object), 0, 0, 0);
    struct fx_collection *l = collection_of(f, Collection);
    struct fx_object *o = l ? fx_object_of(f, Object, FX_OBJECT) : NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (o)
        status =
            NT_SUCCESS(fx_collection_insert(f, l, NULL, o)) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCollectionRemove: an object's first place in the collection.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      an object that is not in it changes nothing; Windows breaks into the debugger as well
 * Says     CALL (object), MISUSE, RETURN
 * Source   wdfcollection/nf-wdfcollection-wdfcollectionremove
 */
VOID imp_WdfCollectionRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                             WDFOBJECT Item)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCollectionRemove, fx_handle_obj(f, Collection),
                               fx_handle_obj(f, Item), 0, 0, 0);
    struct fx_collection *l = collection_of(f, Collection);
    const struct fx_object *o = l ? fx_object_of(f, Item, FX_OBJECT) : NULL;
    struct fx_member *m = o ? fx_collection_find(l, o) : NULL;

    (void)DriverGlobals;
    if (m)
        fx_collection_remove(f, l, m);
    else if (o)
        fx_break(f, API_WdfCollectionRemove, l->object.obj, WDF_BREAK_NO_MEMBER, o->obj, 0);
    call_end(&c, m != NULL, 0, 0, 0);
}

/*
 * WdfCollectionRemoveItem: the object at an index; those behind it move up.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      an index too large changes nothing; Windows breaks into the debugger as well
 * Says     CALL (index), MISUSE, RETURN
 * Source   wdfcollection/nf-wdfcollection-wdfcollectionremoveitem
 */
VOID imp_WdfCollectionRemoveItem(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                                 ULONG Index)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCollectionRemoveItem, fx_handle_obj(f, Collection), Index, 0, 0, 0);
    struct fx_collection *l = collection_of(f, Collection);
    struct fx_member *m = l ? fx_collection_at(l, Index) : NULL;

    (void)DriverGlobals;
    if (m)
        fx_collection_remove(f, l, m);
    else if (l)
        fx_break(f, API_WdfCollectionRemoveItem, l->object.obj, WDF_BREAK_INDEX, Index, l->count);
    call_end(&c, m != NULL, 0, 0, 0);
}

static WDFOBJECT said(struct call *c, const struct fx_member *m)
{
    call_end(c, m ? m->object->obj : 0, 0, 0, 0);
    return m ? m->object->handle : NULL;
}

/*
 * WdfCollectionGetItem: the object at an index. No reference is taken for the caller.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: the index is too large
 * Gap      none known
 * Says     CALL (index), RETURN (object)
 * Source   wdfcollection/nf-wdfcollection-wdfcollectiongetitem
 */
WDFOBJECT imp_WdfCollectionGetItem(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection,
                                   ULONG Index)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCollectionGetItem, fx_handle_obj(f, Collection), Index, 0, 0, 0);
    const struct fx_collection *l = collection_of(f, Collection);

    (void)DriverGlobals;
    return said(&c, l ? fx_collection_at(l, Index) : NULL);
}

/*
 * WdfCollectionGetFirstItem: the object that has been in longest.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: the collection is empty
 * Gap      none known
 * Says     CALL, RETURN (object)
 * Source   wdfcollection/nf-wdfcollection-wdfcollectiongetfirstitem
 */
WDFOBJECT imp_WdfCollectionGetFirstItem(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCollectionGetFirstItem, fx_handle_obj(f, Collection), 0, 0, 0, 0);
    const struct fx_collection *l = collection_of(f, Collection);

    (void)DriverGlobals;
    return said(&c, l ? l->first : NULL);
}

/*
 * WdfCollectionGetLastItem: the object that was added last.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: the collection is empty
 * Gap      none known
 * Says     CALL, RETURN (object)
 * Source   wdfcollection/nf-wdfcollection-wdfcollectiongetlastitem
 */
WDFOBJECT imp_WdfCollectionGetLastItem(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOLLECTION Collection)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCollectionGetLastItem, fx_handle_obj(f, Collection), 0, 0, 0, 0);
    const struct fx_collection *l = collection_of(f, Collection);

    (void)DriverGlobals;
    return said(&c, l ? l->last : NULL);
}
