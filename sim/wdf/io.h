/*
 * What the files of queues, requests, files and I/O targets share. What Windows keeps under a queue's spin
 * lock is kept between two scheduling points here: no function below lets others run between looking at
 * a queue's state and changing it.
 */
#ifndef DMACHECK_SIM_WDF_IO_H
#define DMACHECK_SIM_WDF_IO_H

#include "sim/wdf/device.h"

/* --- rings: a head, and links that are in at most one of them --- */
struct fx_ring {
    struct fx_ring *next, *prev;
};
#define fx_ring_of(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))
static inline void fx_ring_init(struct fx_ring *r) { r->next = r->prev = r; }
static inline bool fx_ring_empty(const struct fx_ring *r) { return r->next == r; }
static inline void fx_ring_put(struct fx_ring *head, struct fx_ring *e) /* at the end */
{
    e->next = head;
    e->prev = head->prev;
    e->prev->next = head->prev = e;
}
static inline void fx_ring_cut(struct fx_ring *e)
{
    e->prev->next = e->next;
    e->next->prev = e->prev;
    fx_ring_init(e);
}
void fx_ring_move(struct fx_ring *to, struct fx_ring *from); /* all; `to` is empty */

/* --- a thread that waits for the framework --- */
struct fx_waiter {
    struct agent *thread;
    bool done;
};
void fx_waiter_wait(struct fx *f, struct fx_waiter *w); /* w->done = false before what may set it */
void fx_waiter_set(struct fx *f, struct fx_waiter *w);

/* --- queues --- */
enum fx_queue_power {
    FX_QUEUE_ON,
    FX_QUEUE_SETTLING, /* nobody may present any more */
    FX_QUEUE_STOPPING, /* begins to tell the driver about what it owns */
    FX_QUEUE_STOP_TELLING,
    FX_QUEUE_STOP_TOLD, /* waits until each is completed or acknowledged */
    FX_QUEUE_OFF,
    FX_QUEUE_STARTING,
    FX_QUEUE_START_TELLING
};

struct fx_told { /* a driver's state callback, or a thread of the framework's, and that it is due */
    bool set;
    PFN_WDF_IO_QUEUE_STATE method;
    WDFCONTEXT context;
    struct fx_waiter *waiter;
};

struct fx_request;

struct fx_queue {
    struct fx_object object;
    struct fx_device *device;
    struct fx_queue *next; /* of the device, in order of creation */
    WDF_IO_QUEUE_CONFIG config;
    bool internal; /* the framework's own, for create requests */
    bool power_managed, passive;
    bool accepts, dispatches, shut; /* shut: not to accept again before a restart */
    bool cancels;                   /* whoever requeues or marks is cancelled at once */
    bool disposing, gone;
    bool from_empty, from_empty_again; /* for ReadyNotify */
    bool busy;                         /* the power policy has been told */
    bool again;                        /* what was put off must look once more */
    uint8_t power;                     /* enum fx_queue_power */
    bool purging;                      /* STOPPING is for good */
    struct fx_ring waiting;            /* IRPs with our cancel routine */
    struct fx_ring cancelable;         /* the driver's, marked cancelable */
    struct fx_ring cancelled;          /* whose EvtRequestCancel is due */
    struct fx_ring cancelled_here;     /* whose EvtIoCanceledOnQueue is due */
    struct fx_ring owned;              /* the driver has them */
    struct fx_ring telling, told;      /* of those, while power goes: to be told, have been told */
    ULONG waiting_count, owned_count;
    unsigned completing; /* of driver-created requests, between the two halves of completion */
    unsigned presenting; /* agents within fx_queue_run */
    struct fx_lock own, *lock;
    struct fx_told idle, drained, ready;
    struct fx_waiter settled, ended;
    struct sched_dpc dpc;
    struct io_work work;
};

/* --- requests --- */
enum fx_origin { FX_FROM_IO, FX_FROM_DRIVER, FX_INTERNAL }; /* whose the IRP is */
enum fx_place { FX_NOWHERE, FX_WAITING, FX_CANCELABLE };    /* which ring `link` is in */
enum fx_ack { FX_ACK_NONE, FX_ACK_KEEP, FX_ACK_REQUEUE };
enum fx_lent { FX_LENT_NOT, FX_LENT_CALLER, FX_LENT_QUEUE }; /* who will hear of its completion */

struct fx_request {
    struct fx_object object;
    struct fx_device *device; /* NULL: no device's */
    PIRP irp;                 /* NULL: completed, or none yet */
    uint8_t origin, place, ack, lent;
    bool can_complete; /* not from a queue, yet to be completed by its driver */
    bool completed, cancelled;
    bool presented;  /* the driver has seen it: callbacks of its context are called */
    bool owned;      /* the driver's to complete, forward, mark */
    bool in_caller;  /* in EvtIoInCallerContext */
    bool cancelable; /* marked, and neither unmarked nor completed */
    bool cancel_told;
    bool found;   /* WdfIoQueueFindRequest has shown it */
    bool in_stop; /* EvtIoStop has told of it */
    bool dispatching;
    CCHAR boost;
    unsigned irp_refs;
    struct fx_queue *queue;
    struct fx_queue *meant; /* for which queue EvtIoInCallerContext has it */
    struct fx_ring link, owned_link, cancel_link;
    PFN_WDF_REQUEST_CANCEL cancel;
    PMDL mdl;                         /* made over its system buffer */
    struct fx_memory *input, *output; /* memory objects over its buffers, children of it */
    struct fx_sent *sent; /* request_send.c: what sending needs; NULL: never formatted */
};

/* --- files --- */
struct fx_file {
    struct fx_object object;
    struct fx_device *device;
    struct fx_file *next;
    PFILE_OBJECT wdm;
    uint32_t process; /* who opened it */
};

/* --- the device's share --- */
struct fx_io {
    struct fx_queue *queues;
    struct fx_queue *def, *creates;                      /* creates: for EvtDeviceFileCreate */
    struct fx_queue *table[IRP_MJ_MAXIMUM_FUNCTION + 1]; /* [IRP_MJ_CREATE]: configured alone */
    bool powered, shutting, started;                     /* started: has ever been */
    unsigned opens;
    struct fx_file *files;
    struct fx_target *target; /* the default one */
};

/* queue.c */
NTSTATUS fx_queue_create(struct fx *f, struct fx_device *d, PWDF_IO_QUEUE_CONFIG config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_queue **out);
bool fx_queue_handles(const struct fx_queue *q, UCHAR major);
void fx_queue_keep(struct fx_queue *q); /* WdfObjectDelete leaves it alone from now on */
static inline struct fx_queue *fx_queue_of(struct fx *f, WDFQUEUE handle)
{
    return (struct fx_queue *)fx_object_of(f, handle, FX_QUEUE);
}
/* queue_run.c */
void fx_queue_run(struct fx *f, struct fx_queue *q, struct fx_request *fresh);
void fx_queue_run_inside(struct fx *f, struct fx_queue *q); /* unless somebody is at it */
NTSTATUS fx_queue_take_new(struct fx *f, struct fx_queue *q, struct fx_request *r);
NTSTATUS fx_queue_take_forwarded(struct fx *f, struct fx_queue *q, struct fx_request *r);
NTSTATUS fx_queue_get(struct fx *f, struct fx_queue *q, enum api api, PFILE_OBJECT file,
                      struct fx_request *tag, struct fx_request **out);
void fx_queue_own(struct fx_queue *q, struct fx_request *r);
void fx_queue_disown(struct fx_queue *q, struct fx_request *r);
void fx_queue_filled(struct fx_queue *q); /* a request has been put into `waiting` */
void fx_queue_woken(struct fx_queue *q);
bool fx_queue_zero_length(const struct fx_queue *q, const struct fx_request *r);
/* queue_power.c */
bool fx_queue_power_step(struct fx *f, struct fx_queue *q); /* false: nothing more to do now */
static inline bool fx_queue_telling(const struct fx_queue *q)
{
    return q->power == FX_QUEUE_STOP_TELLING || q->power == FX_QUEUE_START_TELLING;
}
void fx_queue_settle(struct fx *f, struct fx_queue *q);
void fx_queue_stop(struct fx *f, struct fx_queue *q, bool purge);
void fx_queue_start(struct fx *f, struct fx_queue *q);
void fx_queue_started(struct fx *f, struct fx_queue *q);
/* queue_state.c */
NTSTATUS fx_queue_purge(struct fx *f, struct fx_queue *q, bool waiting, bool owned,
                        const struct fx_told *told);
void fx_queue_flush_file(struct fx *f, struct fx_queue *q, PFILE_OBJECT file);
/* queue_cancel.c: the IRPs' cancel routines */
NTSTATUS fx_ring_insert(struct fx_queue *q, struct fx_request *r, enum fx_place place, bool head);
bool fx_ring_remove(struct fx_request *r); /* false: it is being cancelled */
void fx_ring_lose(struct fx_request *r);   /* out of its ring, whatever its cancel routine does */
struct fx_request *fx_queue_next(struct fx_queue *q, enum fx_place place, PFILE_OBJECT file);
void fx_queue_cancelled(struct fx *f, struct fx_queue *q, struct fx_request *r); /* while waiting */
void fx_queue_cancel_driver(struct fx *f, struct fx_queue *q, struct fx_request *r);
bool fx_queue_tell_cancelled(struct fx *f, struct fx_queue *q);
/* A driver's state callback, under the queue's lock. */
void fx_told_tell(struct fx *f, struct fx_queue *q, struct fx_told *t);

/* request.c */
NTSTATUS fx_request_create(struct fx *f, struct fx_device *d, PIRP irp, struct fx_request **out);
NTSTATUS fx_request_make(struct fx *f, struct fx_driver *driver, PWDF_OBJECT_ATTRIBUTES attributes,
                         PIRP irp, enum fx_origin origin, struct fx_request **out);
void fx_request_complete(struct fx *f, struct fx_request *r, NTSTATUS status);
void fx_request_complete_with(struct fx *f, struct fx_request *r, NTSTATUS status,
                              ULONG_PTR information);
void fx_request_drop(struct fx_request *r); /* never presented: goes with nothing said */
void fx_request_forget_irp(struct fx *f, struct fx_request *r); /* sent and forgotten */
static inline struct fx_request *fx_request_of(struct fx *f, WDFREQUEST handle)
{
    return (struct fx_request *)fx_object_of(f, handle, FX_REQUEST);
}
static inline PIO_STACK_LOCATION fx_request_at(const struct fx_request *r)
{
    return IoGetCurrentIrpStackLocation(r->irp);
}
/* What the framework's verifier asks of a request; each says so and gives STATUS_INVALID_DEVICE_REQUEST. */
bool fx_request_is_owned(struct fx *f, struct fx_request *r, enum api api);
bool fx_request_is_unmarked(struct fx *f, struct fx_request *r, enum api api);
bool fx_request_in_irp(struct fx *f, struct fx_request *r,
                       enum api api); /* has an IRP: not completed */
bool fx_request_at_valid(struct fx *f, struct fx_request *r,
                         enum api api); /* a stack location, too */
void fx_request_parameters(const struct fx_request *r, PWDF_REQUEST_PARAMETERS p);
/* request_buffer.c */
void fx_request_buffers_free(struct fx *f, struct fx_request *r);
/* request_send.c */
void fx_sent_free(struct fx *f, struct fx_request *r);
void fx_sent_restore(struct fx *f, struct fx_request *r); /* gives back what formatting has made */

/* file.c */
NTSTATUS fx_file_dispatch(struct fx *f, struct fx_device *d, PIRP irp);
struct fx_file *fx_file_find(struct fx_device *d, PFILE_OBJECT wdm);
void fx_file_create_ended(struct fx *f, struct fx_device *d, PFILE_OBJECT wdm, NTSTATUS status);

WDF_SYNCHRONIZATION_SCOPE fx_file_scope(const struct fx_device *d); /* of its callbacks */

/* io_device.c */
void fx_io_flush_file(struct fx *f, struct fx_device *d, PFILE_OBJECT file);
bool fx_io_passes(const struct fx_device *d, const struct fx_queue *q, UCHAR major);
/* Completes an IRP that no request was made for. */
NTSTATUS fx_irp_complete(PIRP irp, NTSTATUS status);
/* Hands an IRP to the driver below as it is. */
NTSTATUS fx_irp_pass(struct fx_device *d, PIRP irp);

#endif
