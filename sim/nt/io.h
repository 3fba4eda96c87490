/*
 * What the files of the I/O manager share, and what PnP and the object manager ask of it. The
 * structures below are ours and lie in host memory; Windows' own (DRIVER_OBJECT, DEVICE_OBJECT, IRP,
 * FILE_OBJECT) lie in the machine's pool, where drivers see and may spoil them, and are found again
 * through nt->objects.
 */
#ifndef DMACHECK_SIM_NT_IO_H
#define DMACHECK_SIM_NT_IO_H

#include "sim/core/bus.h"
#include "sim/core/race.h"
#include "sim/nt/nt.h"

/* Limits. */
#define IO_STACK_SIZE_MAX 126 /* stack locations of one IRP: CCHAR, less the one of the end */
#define IO_IRP_QUARANTINE 8   /* freed IRPs that lie idle before the oldest is used again */
#define IO_VECTORS_MAX 256    /* interrupt vectors of the machine */
#define IO_WORKERS_MAX 16     /* threads of one work queue */
#define IO_NAME_BUCKETS 256
#define IO_DEBUG_LOG_BYTES 16384 /* what a driver printed last; older text is overwritten */

/* --- IRPs --- */
enum io_irp_state {
    IO_IRP_IDLE,  /* allocated or given back to whoever made it */
    IO_IRP_SENT,  /* some driver has it */
    IO_IRP_ENDED, /* completed to its top; its requester has yet to be told */
    IO_IRP_FREED
};

/* Keys of sim/core/race.h: what starting and opening has done, and what any request has. */
#define IO_ORDER_RARE(s) ((const char *)(s)->nt->io)
#define IO_ORDER_ANY(s) (IO_ORDER_RARE(s) + 1)

struct io_request; /* io_file.c: a user's request */

/* What the machine knows of an IRP beside the IRP itself. */
struct io_irp {
    PIRP irp;
    uint32_t obj;
    uint32_t bytes;
    uint8_t state;
    bool pooled;            /* its memory is the I/O manager's (IoAllocateIrp) */
    bool threaded;          /* the I/O manager ends and frees it for a requester's thread */
    uint32_t buffer_bytes;  /* of AssociatedIrp.SystemBuffer */
    struct agent *thread;   /* the requester */
    struct sched_event apc; /* the requester's share of completion, on its way */
    /* When set, takes the IRP when completion has reached the top; nothing else is done then. */
    void (*done)(struct sim *s, PIRP irp, void *ctx);
    void *done_ctx;
    struct io_request *request;
    struct io_sent *sent;  /* dispatch routines that have it and have not returned */
    uint32_t pending_site; /* one that returned STATUS_PENDING without having marked it, so far */
    uint8_t pending_location;  /* its stack location; 0: none */
    uint32_t pending_function; /* its major << 8 | minor */
    struct io_irp *next;       /* free list */
};

/* NULL: no memory. No fault is injected here: requests that may not fail for lack of an IRP (close,
 * PnP) use it too. */
PIRP io_irp_alloc(struct sim *s, CCHAR stack_size);
void io_irp_free(struct sim *s, PIRP irp);
/* Our record of an IRP; one is made for an IRP that a driver laid out in memory of its own. NULL when
 * the IRP is known to be freed. */
struct io_irp *io_irp_of(struct sim *s, PIRP irp);
void io_irp_init(PIRP irp, USHORT bytes, CCHAR stack_size);
/* As IofCallDriver and IofCompleteRequest do, without saying that a driver called. */
NTSTATUS io_call(struct sim *s, PDEVICE_OBJECT device, PIRP irp);
void io_complete(struct sim *s, PIRP irp);
/* Sends an IRP made by io_irp_alloc to a device and waits until it is completed; returns its final
 * status. The IRP stays the caller's. For PnP and power IRPs. */
NTSTATUS io_call_wait(struct sim *s, PDEVICE_OBJECT device, PIRP irp);
BOOLEAN io_cancel(struct sim *s, PIRP irp);
/* The requester's share of completion: copies back, tells, frees. */
void io_finish(struct sim *s, struct io_irp *r);

/* A dispatch routine that was called with an IRP, on the stack of its caller. */
enum io_left { IO_LEFT_NOT, IO_LEFT_UNMARKED, IO_LEFT_MARKED };
struct io_sent {
    struct io_sent *up;
    uint8_t location;
    uint8_t left; /* enum io_left: completion has passed the location, marked pending or not */
};

/*
 * A driver's routine came back at another IRQL than it was called at: MISUSE of the callback and its
 * object, with the routine as the place. The machine goes on at the right one, since nobody could wait any
 * more otherwise; `code` is the bug check, 0: Windows has none for it.
 */
void io_irql_restore_as(struct sim *s, enum api api, uint32_t obj, uint8_t expected,
                        const void *routine, uint32_t code);
static inline void io_irql_restore(struct sim *s, enum api api, uint32_t obj, uint8_t expected,
                                   const void *routine)
{
    if (__builtin_expect(sched_irql(s) != expected, 0))
        io_irql_restore_as(s, api, obj, expected, routine, 0xC8);
}
/* MISUSE of a callback that has returned, with the routine as the place. */
void io_misuse_of(struct sim *s, enum api api, uint32_t obj, enum misuse what, uint64_t p1,
                  const void *routine);
/* The place of a driver's routine; 0: it is no driver's. */
uint32_t io_routine_site(struct sim *s, const void *routine);
/* Completion leaves this stack location. */
void io_location_left(struct sim *s, struct io_irp *r, PIO_STACK_LOCATION at, CCHAR location);

/* --- drivers, devices, names --- */
struct io_driver {
    PDRIVER_OBJECT object;
    uint32_t obj;
    bool unloaded;
    struct io_extension *extensions; /* IoAllocateDriverObjectExtension */
    struct io_reinit *reinit;
    uint32_t devices; /* live device objects */
    struct io_driver *next;
};

struct io_device {
    PDEVICE_OBJECT object;
    uint32_t obj;
    bool deleted;         /* IoDeleteDevice was called; memory goes with the last reference */
    PDEVICE_OBJECT lower; /* what it is attached to */
    struct io_name *name;
    struct io_device_timer *timer;
    bool start_io_deferred, start_io_non_cancelable; /* IoSetStartIoAttributes */
    bool in_start_io, start_io_again, start_io_keyed;
    ULONG start_io_key;
    void *nt_pnp; /* PnP's own (device node) */
};

struct io_device *io_device_of(struct sim *s, PDEVICE_OBJECT device); /* NULL: not a live one */
/* As IoCreateDevice, nothing said; *out is NULL on failure. */
NTSTATUS io_device_create(struct sim *s, PDRIVER_OBJECT driver, ULONG extension_bytes,
                          PCUNICODE_STRING name, DEVICE_TYPE type, ULONG characteristics,
                          BOOLEAN exclusive, PDEVICE_OBJECT *out);
void io_device_delete(struct sim *s, PDEVICE_OBJECT device);
void io_timer_forget(struct sim *s, PDEVICE_OBJECT device); /* its IoInitializeTimer timer */
PDEVICE_OBJECT io_device_attach(struct sim *s, PDEVICE_OBJECT source, PDEVICE_OBJECT target);
PDEVICE_OBJECT io_device_top(PDEVICE_OBJECT device);
PDEVICE_OBJECT io_device_base(struct sim *s,
                              PDEVICE_OBJECT device); /* the bottom: usually the PDO */
/* The open handles' share: FILE_OBJECTs that name some device of this stack. */
uint32_t io_device_handles(struct sim *s, PDEVICE_OBJECT device);

/* A driver object for a driver of the machine itself (the PCI bus driver): no DriverEntry. All
 * MajorFunctions are the default ones; the caller sets its own. */
PDRIVER_OBJECT io_driver_create(struct sim *s, const char *name);
void io_driver_delete(struct sim *s, PDRIVER_OBJECT driver);
struct io_driver *io_driver_of(struct sim *s, PDRIVER_OBJECT driver);

/* The object namespace: devices and symbolic links, case-insensitive. */
PDEVICE_OBJECT io_name_device(struct sim *s, PCUNICODE_STRING name); /* follows links; NULL */
NTSTATUS io_link_create(struct sim *s, PCUNICODE_STRING link, PCUNICODE_STRING target);
NTSTATUS io_link_delete(struct sim *s, PCUNICODE_STRING link);
NTSTATUS io_name_add(struct sim *s, PCUNICODE_STRING name, PDEVICE_OBJECT device,
                     PCUNICODE_STRING target, struct io_name **out);
void io_name_remove(struct sim *s, struct io_name *n);
PCUNICODE_STRING io_name_string(const struct io_name *n);

/* --- interrupts --- */
/*
 * A vector number, as it stands in a translated resource list, belongs to this message (0 for a
 * line) of this device, and interrupts at this IRQL. PnP calls it when it hands out resources and
 * takes it back when they are released.
 */
void io_vector_register(struct sim *s, uint32_t vector, uint8_t irql, struct dm_device *device,
                        unsigned message);
void io_vector_unregister(struct sim *s, uint32_t vector);
/* What the scheduler knows of a connected interrupt; NULL: it is none. */
struct sched_intr *io_interrupt_sched(struct sim *s, PKINTERRUPT interrupt);

/* --- system threads that work off queues --- */
enum io_queue { IO_QUEUE_CRITICAL, IO_QUEUE_DELAYED, IO_QUEUE_HYPER, IO_QUEUES };
struct io_work {
    void (*fn)(struct sim *s, struct io_work *w);
    void *ctx;
    struct io_work *next;
    bool queued;
};
bool io_work_queue(struct sim *s, struct io_work *w, enum io_queue queue); /* false: was queued */

/* --- what the parts keep between calls --- */
PETHREAD io_thread_object(struct sim *s);         /* of the running thread */
void *io_host_alloc(struct sim *s, size_t bytes); /* zeroed, gone at reset */
void io_host_free(struct sim *s, void *p, size_t bytes);
void io_event_init(PRKEVENT event, EVENT_TYPE type, bool signalled);
KIRQL io_cancel_lock(struct sim *s);
void io_cancel_unlock(struct sim *s, KIRQL irql);

/* What a driver printed. Called for each whole text when set; a bounded log is kept as well. */
extern void (*nt_debug_print)(struct sim *s, const char *text);
void io_debug_text(struct sim *s, const char *text, size_t bytes);
size_t io_debug_log(struct sim *s, char *out, size_t out_bytes); /* the last of it, oldest first */

struct io_arena_chunk;
struct arena_free;
struct io_vector {
    struct dm_device *device;
    unsigned message;
    uint8_t irql;
};
struct io_worker_queue {
    struct io_work *head, *tail;
    struct agent *idle[IO_WORKERS_MAX];
    unsigned idle_count, worker_count;
};

struct nt_io {
    struct sim *s;
    struct io_arena_chunk *chunks, *chunk;
    struct arena_free *arena_free[33];
    struct io_driver *drivers;
    KSPIN_LOCK cancel_lock;
    struct io_worker_queue queues[IO_QUEUES];
    struct io_device_timer *timers;
    struct sched_event timer_event;
    struct sched_dpc timer_dpc;
    uint32_t timers_running;
    bool timer_armed;
    struct io_shutdown *shutdown;
    uint64_t random_state;
    uint64_t auto_names; /* FILE_AUTOGENERATED_DEVICE_NAME */
    uint64_t debug_written;
    /* Large tables, of which a reset clears those that were used. */
    bool irps_used, names_used, vectors_used;
    struct {
        struct io_irp *head, *tail;
        uint32_t count;
    } irp_free[IO_STACK_SIZE_MAX + 1];
    struct io_name *names[IO_NAME_BUCKETS];
    struct io_vector vectors[IO_VECTORS_MAX];
    char debug_log[IO_DEBUG_LOG_BYTES];
};

#endif
