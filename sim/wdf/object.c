/*
 * Framework objects: how they are made, what hangs on them, and how handles find them. A handle is a
 * number in a range that is nobody's memory; it is never used again, so a stale one is known for what it
 * is. Lifetime is object_life.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/fault.h"
#include "sim/wdf/wdf.h"

#define HANDLE_BASE 0xffffc0de00000000u
#define HANDLE_STEP 16u
#define CONTEXT_BITS 8

int wdf_create(struct sim *s)
{
    struct fx *f = calloc(1, sizeof(*f));

    if (!f)
        return ERR_NOMEM;
    if (objmap_create(&f->contexts, CONTEXT_BITS)) {
        free(f);
        return ERR_NOMEM;
    }
    f->s = s;
    s->nt->wdf = f;
    return 0;
}

/* The objects themselves lie in memory that the I/O manager takes back at a reset. */
void wdf_reset(struct sim *s)
{
    struct fx *f = fx_of(s);
    struct fx kept = {
        .s = s, .slots = f->slots, .slots_max = f->slots_max, .contexts = f->contexts
    };

    if (f->slot_count)
        objmap_reset(&kept.contexts);
    *f = kept;
}

void wdf_destroy(struct sim *s)
{
    struct fx *f = s->nt ? fx_of(s) : NULL;

    if (!f)
        return;
    objmap_destroy(&f->contexts);
    free(f->slots);
    free(f);
    s->nt->wdf = NULL;
}

static WDFOBJECT slot_take(struct fx *f, struct fx_object *o)
{
    if (f->slot_count == f->slots_max) {
        uint32_t max = f->slots_max ? 2 * f->slots_max : 256;
        struct fx_object **more = realloc(f->slots, max * sizeof(*more));

        must(more);
        f->slots = more;
        f->slots_max = max;
    }
    f->slots[f->slot_count] = o;
    return (WDFOBJECT)(uintptr_t)(HANDLE_BASE + (uint64_t)HANDLE_STEP * f->slot_count++);
}

void fx_slot_drop(struct fx *f, struct fx_object *o)
{
    f->slots[((uintptr_t)o->handle - HANDLE_BASE) / HANDLE_STEP] = NULL;
}

struct fx_object *fx_object_find(struct fx *f, const void *handle, enum fx_type type)
{
    uint64_t at = (uint64_t)(uintptr_t)handle - HANDLE_BASE;
    struct fx_object *o;

    if (at % HANDLE_STEP || at / HANDLE_STEP >= f->slot_count)
        return NULL;
    o = f->slots[at / HANDLE_STEP];
    return o && (type == FX_OBJECT || o->class->type == type) ? o : NULL;
}

/* Whose functions have no lock in common: they look at what never changes, or have an order of their
 * own, as locks and what is queued have. Of all others more order is assumed than there may be. */
static bool orders_nobody(enum fx_type type)
{
    switch (type) {
    case FX_DRIVER:
    case FX_DEVICE:
    case FX_INTERRUPT:
    case FX_SPIN_LOCK:
    case FX_WAIT_LOCK:
    case FX_DPC:
    case FX_MEMORY:
        return true;
    default:
        return false;
    }
}

struct fx_object *fx_object_of(struct fx *f, const void *handle, enum fx_type type)
{
    struct fx_object *o = fx_object_find(f, handle, type);

    if (o && orders_nobody(o->class->type))
        return o;
    if (o) {
        race_take_obj(f->s, o->obj); /* who uses an object comes after who used it before */
        race_give_obj(f->s, o->obj);
    } else if (!handle) {
        fx_bugcheck(f, WDF_REQUIRED_PARAMETER_IS_NULL, 0, 0, 0);
    } else {
        fx_bugcheck(f, WDF_INVALID_HANDLE, (uintptr_t)handle, type, 0);
    }
    return o;
}

bool fx_required(struct fx *f, const void *p)
{
    if (!p)
        fx_bugcheck(f, WDF_REQUIRED_PARAMETER_IS_NULL, 0, 0, 0);
    return p != NULL;
}

/* Parameter 1 says which of the framework's fatal errors it is: wdfbugcodes.h. */
void fx_bugcheck(struct fx *f, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4)
{
    sim_bugcheck(f->s, WDF_VIOLATION, p1, p2, p3, p4);
}

void fx_break(struct fx *f, enum api api, uint32_t obj, enum wdf_break why, uint64_t p1,
              uint64_t p2)
{
    trace_emit(&f->s->trace, EV_MISUSE, api, obj, MISUSE_WDF_BREAK, why, p1, p2);
}

bool fx_irql_check(struct fx *f, enum api api, uint32_t obj, KIRQL most)
{
    KIRQL irql = sched_irql(f->s);

    if (irql > most)
        fx_break(f, api, obj, WDF_BREAK_IRQL, irql, most);
    return irql <= most;
}

NTSTATUS fx_parent_required(struct fx *f, PWDF_OBJECT_ATTRIBUTES a, struct fx_object **parent)
{
    *parent = NULL;
    if (!a || (a->Size == sizeof(*a) && !a->ParentObject))
        return STATUS_WDF_PARENT_NOT_SPECIFIED;
    if (a->Size != sizeof(*a))
        return STATUS_INFO_LENGTH_MISMATCH;
    *parent = fx_object_of(f, a->ParentObject, FX_OBJECT);
    return *parent ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

uint32_t fx_handle_obj(struct fx *f, const void *handle)
{
    return fx_obj(fx_object_find(f, handle, FX_OBJECT));
}

struct fx_object *fx_device_above(struct fx_object *o)
{
    while (o && (!o->class || o->class->type != FX_DEVICE))
        o = o->parent;
    return o;
}

static NTSTATUS context_type_check(PWDF_OBJECT_ATTRIBUTES a)
{
    PCWDF_OBJECT_CONTEXT_TYPE_INFO t = a->ContextTypeInfo;

    if (t && t->Size != sizeof(*t))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (t && t->ContextSize && !t->ContextName)
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
    if (a->ContextSizeOverride && (!t || a->ContextSizeOverride < t->ContextSize))
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
    return STATUS_SUCCESS;
}

static NTSTATUS levels_check(PWDF_OBJECT_ATTRIBUTES a, const struct fx_attributes_rules *rules)
{
    if (a->ExecutionLevel == WdfExecutionLevelInvalid ||
        a->ExecutionLevel > WdfExecutionLevelDispatch ||
        a->SynchronizationScope == WdfSynchronizationScopeInvalid ||
        a->SynchronizationScope > WdfSynchronizationScopeNone)
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
    if (!rules->scope_allowed &&
        a->SynchronizationScope != WdfSynchronizationScopeInheritFromParent &&
        a->SynchronizationScope != WdfSynchronizationScopeNone)
        return STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID;
    if (!rules->level_allowed && a->ExecutionLevel != WdfExecutionLevelInheritFromParent)
        return STATUS_WDF_EXECUTION_LEVEL_INVALID;
    return STATUS_SUCCESS;
}

/* The order of the checks is the framework's: the first that fails names the status. */
NTSTATUS fx_attributes_check(struct fx *f, PWDF_OBJECT_ATTRIBUTES a,
                             const struct fx_attributes_rules *rules)
{
    NTSTATUS status;

    if (!a)
        return rules->required || rules->parent_required ? STATUS_WDF_PARENT_NOT_SPECIFIED
                                                         : STATUS_SUCCESS;
    if (a->Size != sizeof(*a))
        return STATUS_INFO_LENGTH_MISMATCH;
    status = context_type_check(a);
    if (!NT_SUCCESS(status))
        return status;
    if (rules->parent_forbidden && a->ParentObject)
        return STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED;
    if (rules->parent_required && !a->ParentObject)
        return STATUS_WDF_PARENT_NOT_SPECIFIED;
    status = levels_check(a, rules);
    if (NT_SUCCESS(status) && a->ParentObject && !fx_object_of(f, a->ParentObject, FX_OBJECT))
        return STATUS_INVALID_HANDLE;
    return status;
}

/* Memory that the driver sees: zeroed, in the pool. */
static NTSTATUS context_make(struct fx_object *o, PWDF_OBJECT_ATTRIBUTES a, struct fx_context **out)
{
    struct fx *f = fx_now();
    PCWDF_OBJECT_CONTEXT_TYPE_INFO t = a->ContextTypeInfo;
    struct fx_context *c = io_host_alloc(f->s, sizeof(*c));

    *c = (struct fx_context) { .type = t ? t->UniqueType : NULL,
                               .cleanup = a->EvtCleanupCallback,
                               .destroy = a->EvtDestroyCallback };
    c->bytes = !t ? 0 : a->ContextSizeOverride ? a->ContextSizeOverride : t->ContextSize;
    if (c->bytes) {
        c->memory = pool_alloc_internal(f->s, c->bytes);
        if (!c->memory) {
            io_host_free(f->s, c, sizeof(*c));
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        memset(c->memory, 0, c->bytes);
        pool_lend(f->s, c->memory);
        objmap_drop(&f->contexts, c->memory);
        objmap_put(&f->contexts, c->memory, o->obj, o);
    }
    *out = c;
    return STATUS_SUCCESS;
}

static struct fx_context *context_of(struct fx_object *o, PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
    struct fx_context *c = o->contexts;

    while (c && c->type != type)
        c = c->next;
    return c;
}

void *fx_context_memory(struct fx_object *o, PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
    const struct fx_context *c = type ? context_of(o, type) : NULL;

    return c ? c->memory : NULL;
}

/* A type can be on an object once: then the one that is there comes back. */
NTSTATUS fx_context_add(struct fx_object *o, PWDF_OBJECT_ATTRIBUTES a, void **memory)
{
    struct fx_context **last = &o->contexts, *c;
    NTSTATUS status;

    if (a->ContextTypeInfo && (c = context_of(o, a->ContextTypeInfo->UniqueType))) {
        *memory = c->memory;
        return STATUS_OBJECT_NAME_EXISTS;
    }
    status = context_make(o, a, &c);
    if (!NT_SUCCESS(status))
        return status;
    while (*last)
        last = &(*last)->next;
    *last = c;
    *memory = c->memory;
    return STATUS_SUCCESS;
}

static void hang_on(struct fx_object *o, struct fx_object *parent)
{
    o->parent = parent;
    if (!parent)
        return;
    o->prev = parent->children_last;
    if (parent->children_last)
        parent->children_last->next = o;
    else
        parent->children = o;
    parent->children_last = o;
    for (; o->passive && parent && !parent->passive; parent = parent->parent)
        parent->passive = true;
}

void fx_object_init(struct fx *f, struct fx_driver *driver, const struct fx_class *class,
                    struct fx_object *parent, struct fx_object *o)
{
    o->class = class;
    o->driver = driver;
    o->refs = 1;
    o->obj = obj_new(&f->s->trace, class->trace);
    o->passive = class->passive;
    o->level = WdfExecutionLevelInheritFromParent;
    o->scope = WdfSynchronizationScopeInheritFromParent;
    o->handle = slot_take(f, o);
    hang_on(o, parent);
}

NTSTATUS fx_object_create(struct fx *f, struct fx_driver *driver, const struct fx_class *class,
                          struct fx_object *parent, PWDF_OBJECT_ATTRIBUTES a,
                          struct fx_object **out)
{
    struct fx_object *o;
    void *memory;

    *out = NULL;
    if (a && a->ParentObject)
        parent = fx_object_find(f, a->ParentObject, FX_OBJECT);
    if (parent && parent->life != FX_ALIVE)
        return STATUS_DELETE_PENDING;
    if (fault_take(f->s, FAULT_WDF_OBJECT))
        return STATUS_INSUFFICIENT_RESOURCES;
    o = io_host_alloc(f->s, class->bytes);
    fx_object_init(f, driver, class, parent, o);
    if (a) {
        o->level = a->ExecutionLevel;
        o->scope = a->SynchronizationScope;
    }
    if (a && (a->ContextTypeInfo || a->EvtCleanupCallback || a->EvtDestroyCallback)) {
        NTSTATUS status = fx_context_add(o, a, &memory);

        if (!NT_SUCCESS(status)) {
            fx_delete(o);
            return status;
        }
    }
    *out = o;
    return STATUS_SUCCESS;
}
