/*
 * What the files of sim/wdf share: framework objects, their handles, contexts and life. The framework is a
 * layer over sim/nt and calls the Windows names themselves, as KMDF does; so what holds for a WDM
 * driver holds for it. Objects are ours and lie in host memory; a driver sees handles, which are numbers
 * that nobody can follow, and contexts, which lie in the machine's pool.
 */
#ifndef DMACHECK_SIM_WDF_WDF_H
#define DMACHECK_SIM_WDF_WDF_H

#include "sim/nt/io.h"
#include "sim/nt/ke.h"
#include "sim/nt/nt.h"

#include "include/ddk/wdf.h"

/* What a handle can name: the framework's own numbers, since a bug check shows them. */
enum fx_type {
    FX_OBJECT = 0x1000, /* as a wanted type: any */
    FX_DRIVER = 0x1001,
    FX_DEVICE = 0x1002,
    FX_QUEUE = 0x1003,
    FX_WMI_PROVIDER = 0x1004,
    FX_KEY = 0x1006,
    FX_STRING = 0x1007,
    FX_REQUEST = 0x1008,
    FX_LOOKASIDE = 0x1009,
    FX_MEMORY = 0x100a,
    FX_USEROBJECT = 0x100c,
    FX_COLLECTION = 0x100e,
    FX_DPC = 0x1015,
    FX_IO_RES_LIST = 0x1035,
    FX_CM_RES_LIST = 0x1036,
    FX_IO_RES_REQ_LIST = 0x1037,
    FX_FILE = 0x1018,
    FX_WAIT_LOCK = 0x1023,
    FX_SPIN_LOCK = 0x1024,
    FX_WORKITEM = 0x1025,
    FX_INTERRUPT = 0x1027,
    FX_TIMER = 0x1028,
    FX_CHILD_LIST = 0x1029,
    FX_WMI_INSTANCE = 0x1034,
    FX_IO_TARGET = 0x1200,
    FX_DMA_ENABLER = 0x1400,
    FX_DMA_TRANSACTION = 0x1401,
    FX_COMMON_BUFFER = 0x1402,
};

enum fx_life {
    FX_ALIVE,
    FX_DEFERRED,  /* to be disposed of at PASSIVE_LEVEL, by the work item of fx_dispose.c */
    FX_DISPOSING, /* its children, then itself, are being told */
    FX_DISPOSED,  /* cleanup callbacks have run; somebody holds a reference, or its parent lives */
    FX_GONE       /* destroyed */
};

struct fx_object;
struct fx_lock;

/* How an object (a device, a queue, a file) has its callbacks called. */
struct fx_serial {
    WDF_SYNCHRONIZATION_SCOPE scope;
    bool passive; /* at PASSIVE_LEVEL */
    struct fx_lock *lock;
};

/* What sets a kind of object apart from the others. */
struct fx_class {
    enum fx_type type;
    enum object_type trace; /* what events call it */
    size_t bytes;           /* of the structure that begins with a struct fx_object */
    bool passive;           /* may be disposed of at PASSIVE_LEVEL only */
    bool undeletable;       /* WdfObjectDelete leaves it alone and complains */
    /* Before its cleanup callbacks: stops what runs. May be NULL. */
    void (*dispose)(struct fx_object *o);
    /* After its destroy callbacks, before its memory goes. May be NULL. */
    void (*destroy)(struct fx_object *o);
    /* NULL: it has no lock; WdfObjectAcquireLock is refused. */
    bool (*serial)(struct fx_object *o, struct fx_serial *out);
};

/* A driver's memory on an object. */
struct fx_context {
    struct fx_context *next;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO type; /* NULL: callbacks alone */
    void *memory;
    size_t bytes;
    PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup;
    PFN_WDF_OBJECT_CONTEXT_DESTROY destroy;
};

struct fx_tag { /* one reference that a driver took */
    struct fx_tag *next;
    PVOID tag;
    uint32_t site;
};

struct fx_object {
    const struct fx_class *class;
    WDFOBJECT handle;
    uint32_t obj; /* trace id */
    uint32_t refs;
    uint8_t life; /* enum fx_life */
    bool deleted; /* its deletion was asked for: goes as soon as it is disposed of */
    bool passive; /* this one, or something below it, is of a passive class */
    struct fx_driver *driver;
    struct fx_object *parent, *children, *children_last, *next, *prev; /* in order of creation */
    struct fx_context *contexts;                                       /* the first made first */
    struct fx_tag *tags;
    WDF_EXECUTION_LEVEL level; /* as its attributes say */
    WDF_SYNCHRONIZATION_SCOPE scope;
};

/* One bound driver: WDFDRIVER when it has been made, and what DriverEntry's stub keeps. */
struct fx_driver {
    struct fx_object object; /* class NULL until WdfDriverCreate */
    PWDF_DRIVER_GLOBALS globals;
    PDRIVER_OBJECT wdm;
    UNICODE_STRING registry_path;
    PDRIVER_UNLOAD unload; /* what the driver itself had put into DriverUnload */
    UNICODE_STRING path;   /* RegistryPath, ended by a null character, in the pool */
    PFN_WDF_DRIVER_DEVICE_ADD device_add;
    PFN_WDF_DRIVER_UNLOAD evt_unload;
    WDF_EXECUTION_LEVEL level;       /* effective */
    WDF_SYNCHRONIZATION_SCOPE scope; /* effective */
    struct fx_driver *next;
};

/* The framework of one machine. */
struct fx {
    struct sim *s;
    struct fx_object **slots; /* by handle; a destroyed object's is NULL and is not used again */
    uint32_t slot_count, slots_max;
    struct fx_driver *drivers;
    struct fx_device *devices;                    /* the youngest first */
    struct WDFDEVICE_INIT *inits;                 /* handed out, neither used up nor freed */
    struct objmap contexts;                       /* context memory -> its object */
    struct fx_deferred *deferred, *deferred_last; /* to be disposed of, oldest first */
    struct io_work defer_work;
};

struct fx_binding { /* where a driver's image keeps its two pointers */
    const WDFFUNC **functions;
    PWDF_DRIVER_GLOBALS *globals;
};

int wdf_create(struct sim *s);
void wdf_reset(struct sim *s);
void wdf_destroy(struct sim *s);
static inline struct fx *fx_of(struct sim *s) { return s->nt->wdf; }
static inline struct fx *fx_now(void) { return sim_now()->nt->wdf; }

/* The table that drivers call through: build/.../wdf_table.c, made of what sim/wdf defines. */
extern const WDFFUNC wdf_function_table[WdfFunctionTableNumEntries];

/* --- bind.c --- */
struct fx_driver *fx_driver_of(PWDF_DRIVER_GLOBALS globals);

/* --- object.c: making, finding --- */
struct fx_attributes_rules {
    bool required;         /* there must be attributes: STATUS_WDF_PARENT_NOT_SPECIFIED */
    bool parent_forbidden; /* ParentObject must be NULL: STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED */
    bool parent_required;  /* STATUS_WDF_PARENT_NOT_SPECIFIED */
    bool scope_allowed;    /* else STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID */
    bool level_allowed;    /* else STATUS_WDF_EXECUTION_LEVEL_INVALID */
};
/* Size, levels, context sizes and parent of attributes (NULL is fine). NTSTATUS as KMDF's. */
NTSTATUS fx_attributes_check(struct fx *f, PWDF_OBJECT_ATTRIBUTES attributes,
                             const struct fx_attributes_rules *rules);
/*
 * An object of a class, zeroed behind its fx_object, with its context and callbacks; `parent` is what it
 * hangs on unless attributes name another. One reference, which its deletion drops.
 * STATUS_INSUFFICIENT_RESOURCES also where a fault is injected.
 */
NTSTATUS fx_object_create(struct fx *f, struct fx_driver *driver, const struct fx_class *class,
                          struct fx_object *parent, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_object **out);
/* A further context, as WdfObjectAllocateContext. */
NTSTATUS fx_context_add(struct fx_object *o, PWDF_OBJECT_ATTRIBUTES attributes, void **memory);
/* What a handle names: NULL with bug check 0x10D (4: no handle, 5: of another type or of nothing). */
struct fx_object *fx_object_of(struct fx *f, const void *handle, enum fx_type type);
/* The same with nothing said. */
struct fx_object *fx_object_find(struct fx *f, const void *handle, enum fx_type type);
/* A pointer that the page requires: false with bug check 0x10D/4 when it is NULL. */
bool fx_required(struct fx *f, const void *p);
void fx_bugcheck(struct fx *f, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4); /* 0x10D */
/* Where Windows breaks into the debugger under the framework's verifier: MISUSE. */
void fx_break(struct fx *f, enum api api, uint32_t obj, enum wdf_break why, uint64_t p1,
              uint64_t p2);
/* As io_irql_restore, for a callback of the framework's: 0x10D with parameter 0xE. */
static inline void fx_irql_restore(struct sim *s, enum api api, uint32_t obj, uint8_t expected,
                                   const void *routine)
{
    if (__builtin_expect(sched_irql(s) != expected, 0))
        io_irql_restore_as(s, api, obj, expected, routine, 0x10D);
}
static inline const void *fx_handle(const struct fx_object *o) { return o ? o->handle : NULL; }
static inline uint32_t fx_obj(const struct fx_object *o) { return o ? o->obj : 0; }
/* The trace id of whatever a handle names; 0: nothing. */
uint32_t fx_handle_obj(struct fx *f, const void *handle);
void *fx_context_memory(struct fx_object *o,
                        PCWDF_OBJECT_CONTEXT_TYPE_INFO type); /* NULL: not on it */
/* For objects that lie in a structure of their owner's (WDFDRIVER). */
void fx_object_init(struct fx *f, struct fx_driver *driver, const struct fx_class *class,
                    struct fx_object *parent, struct fx_object *o);
void fx_slot_drop(struct fx *f, struct fx_object *o);
/* The device that an object belongs to, by its parents; NULL: none. */
struct fx_object *fx_device_above(struct fx_object *o);

/* --- object_life.c: references, deletion --- */
void fx_reference(struct fx_object *o);
void fx_dereference(struct fx_object *o); /* destroys it with the last one */
void fx_delete(
    struct fx_object *o); /* cleanup of the tree now or at PASSIVE_LEVEL, then destruction */
/* Cleanup of the tree without deletion: fx_delete will follow. */
void fx_dispose_early(struct fx_object *o);

/* --- callbacks.c: synchronization scope and execution level --- */
/* The lock under which the callbacks of a device or a queue run. */
struct fx_lock {
    bool none, passive;
    KIRQL old;
    void *memory; /* KSPIN_LOCK, or KEVENT where it is passive: in the machine's pool */
    const struct agent *owner; /* who has it may take it again */
    unsigned depth;
};
void fx_lock_create(struct fx *f, struct fx_lock *lock, WDF_SYNCHRONIZATION_SCOPE scope,
                    bool passive);
void fx_lock_destroy(struct fx *f, struct fx_lock *lock);
void fx_callback_enter(struct fx *f, struct fx_lock *lock);
void fx_callback_leave(struct fx *f, struct fx_lock *lock);
/* The same for a driver that asks for the lock itself, whatever the scope. False: its agent has it
 * already (and it counts); it is not its agent's to give. */
bool fx_lock_take(struct fx *f, struct fx_lock *lock);
bool fx_lock_give(struct fx *f, struct fx_lock *lock);
/* Of the object or the nearest above it that has a lock. */
bool fx_serial_of(struct fx_object *o, struct fx_serial *out);
/* The lock that a DPC, timer, work item or interrupt below `parent` runs under (NULL: none), when its
 * callbacks run at PASSIVE_LEVEL or not. Statuses of AutomaticSerialization. */
NTSTATUS fx_serial_choose(struct fx *f, enum api api, struct fx_object *parent, BOOLEAN automatic,
                          bool passive, struct fx_lock **lock);
/* A parent that must be named: STATUS_WDF_PARENT_NOT_SPECIFIED, STATUS_INFO_LENGTH_MISMATCH. */
NTSTATUS fx_parent_required(struct fx *f, PWDF_OBJECT_ATTRIBUTES attributes,
                            struct fx_object **parent);
/* False, after a break into the debugger, above this IRQL. */
bool fx_irql_check(struct fx *f, enum api api, uint32_t obj, KIRQL most);

/* --- memory.c, lookaside.c --- */
enum fx_memory_from {
    FX_MEMORY_DRIVERS, /* the driver's own bytes: it may assign others */
    FX_MEMORY_POOL,
    FX_MEMORY_LIST,    /* an entry of a look-aside list */
    FX_MEMORY_REQUEST, /* a buffer of a request that the I/O manager made */
    FX_MEMORY_LOCKED   /* pages of a program; the MDL is unlocked and freed with the object */
};
struct fx_memory {
    struct fx_object object;
    enum fx_memory_from from;
    void *buffer;
    size_t bytes;
    PMDL mdl;       /* describes the buffer; NULL: nothing does */
    bool read_only; /* WdfMemoryCopyFromBuffer is refused */
    ULONG tag;
    struct fx_lookaside *list;
};
static inline struct fx_memory *fx_memory_of(struct fx *f, WDFMEMORY handle)
{
    return (struct fx_memory *)fx_object_of(f, handle, FX_MEMORY);
}
/* As WdfMemoryCreate; a tag of 0 is the driver's. */
NTSTATUS fx_memory_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                          PWDF_OBJECT_ATTRIBUTES attributes, POOL_TYPE pool, ULONG tag,
                          size_t bytes, struct fx_memory **out);
/* A buffer of a request, as a child of it; `from` is FX_MEMORY_REQUEST or FX_MEMORY_LOCKED. */
NTSTATUS fx_memory_for_request(struct fx *f, struct fx_object *request, enum fx_memory_from from,
                               void *buffer, size_t bytes, PMDL mdl, bool read_only,
                               struct fx_memory **out);
/* The kind of object that memory of a pool is. */
const struct fx_class *fx_memory_class(POOL_TYPE pool);
void fx_lookaside_give(struct fx_memory *m); /* its entry goes back */
/* STATUS_INTEGER_OVERFLOW: the part does not lie in the memory. NULL is all of it. */
NTSTATUS fx_memory_offsets(const struct fx_memory *m, PWDFMEMORY_OFFSET offsets);

/* --- string.c --- */
struct fx_string {
    struct fx_object object;
    UNICODE_STRING value; /* in the machine's paged pool, ended by a null character */
};
static inline struct fx_string *fx_string_of(struct fx *f, WDFSTRING handle)
{
    return (struct fx_string *)fx_object_of(f, handle, FX_STRING);
}
/* STATUS_INVALID_PARAMETER: lengths that are odd or cannot be. */
NTSTATUS fx_unicode_check(const UNICODE_STRING *s);
NTSTATUS fx_string_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                          PWDF_OBJECT_ATTRIBUTES attributes, const UNICODE_STRING *from,
                          struct fx_string **out);
NTSTATUS fx_string_assign(struct fx_string *s, const UNICODE_STRING *from);

/* --- collection.c: each member is kept by a reference --- */
struct fx_collection {
    struct fx_object object;
    struct fx_member {
        struct fx_member *next, *prev;
        struct fx_object *object;
    } * first, *last;
    ULONG count;
};
/* `before` NULL: at the end. */
NTSTATUS fx_collection_insert(struct fx *f, struct fx_collection *c, struct fx_member *before,
                              struct fx_object *o);
void fx_collection_remove(struct fx *f, struct fx_collection *c, struct fx_member *m);
struct fx_member *fx_collection_find(const struct fx_collection *c, const struct fx_object *o);
struct fx_member *fx_collection_at(const struct fx_collection *c, ULONG index); /* NULL: none */

/* --- registry.c --- */
struct fx_key {
    struct fx_object object;
    HANDLE handle; /* closed with the object */
};
/* A key object for an open handle, which is closed when there is none to be had. */
NTSTATUS fx_key_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                       PWDF_OBJECT_ATTRIBUTES attributes, HANDLE handle, struct fx_key **out);

#endif
