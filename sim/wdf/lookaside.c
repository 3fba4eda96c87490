/*
 * Look-aside lists of memory objects. Entries come from the machine's own look-aside lists, which take
 * each from the pool: a leaked one and a use after free are seen.
 *
 * Source: wdf/using-memory-buffers, microsoft/Windows-Driver-Frameworks (fxlookasidelistapi.cpp,
 *         fxpagedlookasidelist.cpp)
 */
#include <string.h>

#include "sim/wdf/wdf.h"

#define PAGED_BIT 1u

struct fx_lookaside {
    struct fx_object object;
    GENERAL_LOOKASIDE_POOL list; /* either kind: what the two have in common */
    POOL_TYPE pool;
    size_t bytes;
    ULONG tag;
    WDF_OBJECT_ATTRIBUTES attributes; /* of each memory object; Size 0: none were given */
};

static bool paged(const struct fx_lookaside *l) { return (ULONG)l->pool & PAGED_BIT; }

static void lookaside_destroy(struct fx_object *o)
{
    struct fx_lookaside *l = (struct fx_lookaside *)o;

    if (paged(l))
        ExDeletePagedLookasideList((PPAGED_LOOKASIDE_LIST)&l->list);
    else
        ExDeleteNPagedLookasideList((PNPAGED_LOOKASIDE_LIST)&l->list);
}

static const struct fx_class lookaside_class = { .type = FX_LOOKASIDE,
                                                 .trace = OBJ_WDFOBJECT,
                                                 .bytes = sizeof(struct fx_lookaside),
                                                 .destroy = lookaside_destroy };
static const struct fx_class lookaside_class_paged = { .type = FX_LOOKASIDE,
                                                       .trace = OBJ_WDFOBJECT,
                                                       .bytes = sizeof(struct fx_lookaside),
                                                       .passive = true,
                                                       .destroy = lookaside_destroy };

static void entry_give(struct fx_lookaside *l, void *entry)
{
    if (paged(l))
        ExFreeToPagedLookasideList((PPAGED_LOOKASIDE_LIST)&l->list, entry);
    else
        ExFreeToNPagedLookasideList((PNPAGED_LOOKASIDE_LIST)&l->list, entry);
}

void fx_lookaside_give(struct fx_memory *m)
{
    entry_give(m->list, m->buffer);
    fx_dereference(&m->list->object);
}

/* Paged lists belong to one device at most. */
static bool two_devices(struct fx *f, PWDF_OBJECT_ATTRIBUTES list, PWDF_OBJECT_ATTRIBUTES memory)
{
    struct fx_object *a = list ? fx_object_find(f, list->ParentObject, FX_OBJECT) : NULL;
    struct fx_object *b = memory ? fx_object_find(f, memory->ParentObject, FX_OBJECT) : NULL;

    a = fx_device_above(a);
    b = fx_device_above(b);
    return a && b && a != b;
}

static void list_init(struct fx_lookaside *l)
{
    if (paged(l))
        ExInitializePagedLookasideList((PPAGED_LOOKASIDE_LIST)&l->list, NULL, NULL, 0, l->bytes,
                                       l->tag, 0);
    else
        ExInitializeNPagedLookasideList((PNPAGED_LOOKASIDE_LIST)&l->list, NULL, NULL,
                                        POOL_NX_ALLOCATION, l->bytes, l->tag, 0);
}

static NTSTATUS list_create(struct fx *f, struct fx_driver *d, PWDF_OBJECT_ATTRIBUTES list,
                            PWDF_OBJECT_ATTRIBUTES memory, POOL_TYPE pool,
                            struct fx_lookaside **out)
{
    const struct fx_attributes_rules rules = { 0 };
    bool is_paged = (ULONG)pool & PAGED_BIT;
    struct fx_object *o;
    NTSTATUS status = fx_attributes_check(f, list, &rules);

    if (NT_SUCCESS(status))
        status = fx_attributes_check(f, memory, &rules);
    if (NT_SUCCESS(status) && is_paged && two_devices(f, list, memory))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = fx_object_create(f, d, is_paged ? &lookaside_class_paged : &lookaside_class,
                                  &d->object, list, &o);
    *out = NT_SUCCESS(status) ? (struct fx_lookaside *)o : NULL;
    return status;
}

/*
 * WdfLookasideListCreate: a list that makes memory objects of one size.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    BufferSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes; parents on two devices),
 *          STATUS_INSUFFICIENT_RESOURCES, those of both attributes
 * Gap      as the machine's look-aside lists: no entry is kept
 * Says     CALL (bytes, pool type, tag), the list's, RETURN
 * Source   wdfmemory/nf-wdfmemory-wdflookasidelistcreate
 */
NTSTATUS imp_WdfLookasideListCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                    PWDF_OBJECT_ATTRIBUTES LookasideAttributes, size_t BufferSize,
                                    POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES MemoryAttributes,
                                    ULONG PoolTag, WDFLOOKASIDE *Lookaside)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfLookasideListCreate, 0, BufferSize, PoolType, PoolTag, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_lookaside *l = NULL;

    if (fx_required(f, Lookaside)) {
        *Lookaside = NULL;
        if (BufferSize)
            status = list_create(f, d, LookasideAttributes, MemoryAttributes, PoolType, &l);
    }
    if (l) {
        l->pool = PoolType;
        l->bytes = BufferSize;
        l->tag = PoolTag ? PoolTag : DriverGlobals->DriverTag;
        if (MemoryAttributes)
            l->attributes = *MemoryAttributes;
        list_init(l);
        *Lookaside = l->object.handle;
        c.obj = l->object.obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* What is below a page comes zeroed, since the framework clears the object that it lies in. */
static void *entry_take(struct fx_lookaside *l)
{
    void *entry = paged(l) ? ExAllocateFromPagedLookasideList((PPAGED_LOOKASIDE_LIST)&l->list)
                           : ExAllocateFromNPagedLookasideList((PNPAGED_LOOKASIDE_LIST)&l->list);

    if (entry && l->bytes < PAGE_SIZE)
        RtlZeroMemory(entry, l->bytes);
    return entry;
}

static NTSTATUS memory_from(struct fx *f, struct fx_lookaside *l, struct fx_memory **out)
{
    struct fx_driver *d = l->object.driver;
    void *entry = entry_take(l);
    struct fx_object *o;
    NTSTATUS status;

    if (!entry)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_object_create(f, d, fx_memory_class(l->pool), &d->object,
                              l->attributes.Size ? &l->attributes : NULL, &o);
    if (!NT_SUCCESS(status)) {
        entry_give(l, entry);
        return status;
    }
    *out = (struct fx_memory *)o;
    (*out)->from = FX_MEMORY_LIST;
    (*out)->buffer = entry;
    (*out)->bytes = l->bytes;
    (*out)->list = l;
    fx_reference(&l->object); /* the list outlives its entries */
    return STATUS_SUCCESS;
}

/*
 * WdfMemoryCreateFromLookaside: a memory object from a list; deleting it gives the entry back.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_DELETE_PENDING
 * Gap      as the machine's look-aside lists: no entry is kept
 * Says     CALL, the list's, RETURN (status, va, object of the memory)
 * Source   wdfmemory/nf-wdfmemory-wdfmemorycreatefromlookaside
 */
NTSTATUS imp_WdfMemoryCreateFromLookaside(PWDF_DRIVER_GLOBALS DriverGlobals, WDFLOOKASIDE Lookaside,
                                          WDFMEMORY *Memory)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfMemoryCreateFromLookaside, fx_handle_obj(f, Lookaside), 0, 0, 0, 0);
    struct fx_lookaside *l = (struct fx_lookaside *)fx_object_of(f, Lookaside, FX_LOOKASIDE);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_memory *m = NULL;

    (void)DriverGlobals;
    if (l && fx_required(f, Memory)) {
        *Memory = NULL;
        status = memory_from(f, l, &m);
        if (m)
            *Memory = m->object.handle;
    }
    call_end(&c, (uint32_t)status, m ? va_of(f->s, m->buffer).v : 0, m ? m->object.obj : 0, 0);
    return status;
}
