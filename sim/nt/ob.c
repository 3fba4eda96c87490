/*
 * Objects and handles: who counts references to what, and what number a handle gets. Any structure
 * of Windows' face becomes an object when it is registered or first referenced; what a thing is and
 * how it dies is its owner's business.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/nt/zw.h"

#define OBJECTS_MAX 4096u
#define HANDLES_MAX 4096u
#define KERNEL_HANDLE_BITS 0xffffffff80000000ull /* Windows marks kernel handles in the sign bits */

struct ob_object {
    void *body;
    uint32_t references, handles;
    enum ob_type type;
    bool implicit; /* nobody registered it: its owner counts as one reference, unseen */
    void (*destroy)(struct sim *s, void *body);
    struct ob_object *next; /* free list */
};

struct ob_handle {
    struct ob_object *object; /* NULL: free */
    ACCESS_MASK access;
    bool kernel;
    uint32_t process, next; /* next free + 1 */
};

struct ob_state {
    struct objmap map;
    struct ob_object objects[OBJECTS_MAX];
    struct ob_object *free_objects;
    uint32_t objects_used;
    struct ob_handle handles[HANDLES_MAX];
    uint32_t handles_used, free_handle, open;
};

static struct ob_state *ob_of(struct sim *s) { return s->nt->zw->ob; }

static struct ob_object *object_find(struct sim *s, const void *body)
{
    struct objmap_entry *e = body ? objmap_find(&ob_of(s)->map, body) : NULL;

    return e ? e->data : NULL;
}

static struct ob_object *object_new(struct sim *s, void *body, enum ob_type type)
{
    struct ob_state *ob = ob_of(s);
    struct ob_object *o = ob->free_objects;

    if (o)
        ob->free_objects = o->next;
    else if (ob->objects_used < OBJECTS_MAX)
        o = &ob->objects[ob->objects_used++];
    else
        return NULL;
    *o = (struct ob_object) { .body = body, .references = 1, .type = type, .implicit = true };
    objmap_put(&ob->map, body, OBJ_ID(OBJ_NONE, 1), o);
    return o;
}

static void object_forget(struct sim *s, struct ob_object *o)
{
    struct ob_state *ob = ob_of(s);

    objmap_drop(&ob->map, o->body);
    o->next = ob->free_objects;
    o->body = NULL;
    ob->free_objects = o;
}

NTSTATUS ob_register(struct sim *s, void *body, enum ob_type type,
                     void (*destroy)(struct sim *s, void *body))
{
    struct ob_object *o = object_find(s, body);

    if (o) /* referenced before its owner registered it: keep the count */
        o->type = type;
    else if (!(o = object_new(s, body, type)))
        return STATUS_INSUFFICIENT_RESOURCES;
    o->destroy = destroy;
    o->implicit = false;
    return STATUS_SUCCESS;
}

uint32_t ob_references(struct sim *s, void *body)
{
    struct ob_object *o = object_find(s, body);

    return o ? o->references : 0;
}

enum ob_type ob_type_of(struct sim *s, void *body)
{
    struct ob_object *o = object_find(s, body);

    return o ? o->type : OB_ANY;
}

void ob_reference(struct sim *s, void *body)
{
    struct ob_object *o = object_find(s, body);

    if (!o)
        o = object_new(s, body, OB_ANY);
    if (o)
        o->references++;
}

void ob_dereference(struct sim *s, void *body)
{
    struct ob_object *o = object_find(s, body);
    void (*destroy)(struct sim *, void *);

    if (!o) {
        sim_bugcheck(s, REFERENCE_BY_POINTER, 0, va_of(s, body).v, 1, 0);
        return;
    }
    o->references--;
    if (o->references > (o->implicit ? 1u : 0u))
        return;
    destroy = o->destroy;
    object_forget(s, o);
    if (destroy)
        destroy(s, body);
}

/* --- handles --- */

static struct ob_handle *handle_find(struct sim *s, HANDLE handle)
{
    struct ob_state *ob = ob_of(s);
    uint64_t v = (uint64_t)(uintptr_t)handle;
    bool kernel = (v & KERNEL_HANDLE_BITS) == KERNEL_HANDLE_BITS;
    uint64_t index = ((kernel ? v & ~KERNEL_HANDLE_BITS : v) >> 2) - 1;
    struct ob_handle *h;

    if (v & 3 || index >= ob->handles_used)
        return NULL;
    h = &ob->handles[index];
    if (!h->object || h->kernel != kernel)
        return NULL;
    if (!kernel && h->process != agent_process(sched_current_thread(s)))
        return NULL; /* a handle of another process's table */
    return h;
}

NTSTATUS ob_handle_create(struct sim *s, void *body, enum ob_type type, ACCESS_MASK access,
                          ULONG attributes, HANDLE *out)
{
    struct ob_state *ob = ob_of(s);
    struct ob_object *o = object_find(s, body);
    struct ob_handle *h;
    uint64_t index;

    if (!o)
        o = object_new(s, body, type);
    if (!o)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (ob->free_handle) {
        index = ob->free_handle - 1;
        ob->free_handle = ob->handles[index].next;
    } else if (ob->handles_used < HANDLES_MAX) {
        index = ob->handles_used++;
    } else {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    h = &ob->handles[index];
    *h = (struct ob_handle) { .object = o,
                              .access = access,
                              .kernel = (attributes & OBJ_KERNEL_HANDLE) != 0,
                              .process = agent_process(sched_current_thread(s)) };
    /* All access that the type has: what GENERIC_ALL and MAXIMUM_ALLOWED turn into. */
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        h->access = 0x1fffffu;
    o->references++;
    o->handles++;
    ob->open++;
    *out = (HANDLE)(uintptr_t)((index + 1) << 2 | (h->kernel ? KERNEL_HANDLE_BITS : 0));
    return STATUS_SUCCESS;
}

NTSTATUS ob_handle_body(struct sim *s, HANDLE handle, enum ob_type want, ACCESS_MASK access,
                        KPROCESSOR_MODE mode, void **body, ACCESS_MASK *granted)
{
    struct ob_handle *h = handle_find(s, handle);

    if (!h || (mode != KernelMode && h->kernel))
        return STATUS_INVALID_HANDLE;
    if (want != OB_ANY && h->object->type != want)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (mode != KernelMode && (access & ~h->access))
        return STATUS_ACCESS_DENIED;
    *body = h->object->body;
    if (granted)
        *granted = h->access;
    return STATUS_SUCCESS;
}

NTSTATUS ob_handle_close(struct sim *s, HANDLE handle)
{
    struct ob_state *ob = ob_of(s);
    struct ob_handle *h = handle_find(s, handle);
    struct ob_object *o;

    if (!h)
        return STATUS_INVALID_HANDLE;
    o = h->object;
    h->object = NULL;
    h->next = ob->free_handle;
    ob->free_handle = (uint32_t)(h - ob->handles) + 1;
    ob->open--;
    o->handles--;
    ob_dereference(s, o->body);
    return STATUS_SUCCESS;
}

uint32_t ob_handles_open(struct sim *s) { return ob_of(s)->open; }

int ob_create(struct sim *s)
{
    struct ob_state *ob = calloc(1, sizeof(*ob));

    if (!ob)
        return ERR_NOMEM;
    if (objmap_create(&ob->map, 10)) {
        free(ob);
        return ERR_NOMEM;
    }
    s->nt->zw->ob = ob;
    return 0;
}

void ob_reset(struct sim *s)
{
    struct ob_state *ob = ob_of(s);

    objmap_reset(&ob->map);
    memset(ob->handles, 0, ob->handles_used * sizeof(ob->handles[0]));
    ob->free_objects = NULL;
    ob->objects_used = ob->handles_used = ob->free_handle = ob->open = 0;
}

void ob_destroy(struct sim *s)
{
    struct ob_state *ob = ob_of(s);

    if (!ob)
        return;
    objmap_destroy(&ob->map);
    free(ob);
    s->nt->zw->ob = NULL;
}
