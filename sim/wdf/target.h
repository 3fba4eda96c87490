/*
 * What the files of I/O targets and of sent requests share.
 */
#ifndef DMACHECK_SIM_WDF_TARGET_H
#define DMACHECK_SIM_WDF_TARGET_H

#include "sim/wdf/io.h"

struct fx_target {
    struct fx_object object;
    struct fx_device *device;
    bool in_stack; /* the driver below; else one that the driver opens */
    bool open, opening, removing, waiting;
    uint8_t state;           /* WDF_IO_TARGET_STATE */
    PDEVICE_OBJECT wdm, pdo; /* NULL: closed */
    PFILE_OBJECT file;       /* of a remote one; with a reference */
    bool named;              /* opened by name: it is ours to clean up */
    struct fx_ring sent;     /* requests that the target has */
    struct fx_ring ignored;  /* the same, of those sent in spite of its state */
    struct fx_ring pended;   /* not sent: the target is stopped */
    struct fx_waiter empty;  /* for the end of what was sent */
    uint16_t agent;          /* whose timers time-outs are; 0: none yet */
    UNICODE_STRING name;     /* of the last open by name, for opening again */
    WDF_IO_TARGET_OPEN_PARAMS params;
};

struct fx_part {              /* a buffer that is sent along */
    struct fx_memory *memory; /* NULL: described otherwise, or none */
    PVOID buffer;
    PMDL mdl;
    ULONG bytes;
    bool pageable; /* a driver's own memory: to be locked for an MDL */
};

/* What a request needs while it is formatted and sent. */
struct fx_sent {
    struct fx_request *request;
    struct fx_target *target;
    PFN_WDF_REQUEST_COMPLETION_ROUTINE routine;
    WDFCONTEXT context;
    struct fx_waiter *sync; /* a thread waits for it */
    struct fx_ring link;    /* of the target's rings */
    bool ready;             /* formatted since the last send */
    bool next_filled;       /* its next stack location is formatted by the driver's own words */
    bool busy, pended, ignored, ended;
    bool timer_set, timed_out;
    unsigned holds; /* on the IRP: its own completion, a timer, those who cancel it */
    struct sched_event timer;
    struct sched_dpc dpc;
    /* What formatting has made of the IRP's buffers, and what was there. */
    bool described, kept, copies_back, locked;
    UCHAR major;
    WDF_REQUEST_COMPLETION_PARAMS params;
    PVOID system; /* allocated */
    ULONG system_bytes;
    PMDL mdl; /* allocated */
    PVOID old_system, old_user;
    PMDL old_mdl;
    ULONG old_flags;
    struct fx_memory *memory[3]; /* each with a reference */
};

static inline struct fx_target *fx_target_of(struct fx *f, WDFIOTARGET handle)
{
    return (struct fx_target *)fx_object_of(f, handle, FX_IO_TARGET);
}

/* request_send.c */
struct fx_sent *fx_sent_of(struct fx *f, struct fx_request *r); /* made when it is not there */
NTSTATUS fx_request_fit(struct fx *f, struct fx_request *r, struct fx_target *t);
NTSTATUS fx_request_send_wait(struct fx *f, struct fx_request *r, struct fx_target *t,
                              PWDF_REQUEST_SEND_OPTIONS options, bool *sent);
BOOLEAN fx_request_cancel_sent(struct fx *f, struct fx_request *r);
NTSTATUS fx_send_options_check(PWDF_REQUEST_SEND_OPTIONS options);
/* A pended request: goes now, or fails with a status. */
void fx_request_resend(struct fx *f, struct fx_request *r);
void fx_request_fail_pended(struct fx *f, struct fx_request *r, NTSTATUS status);
/* The request whose link this is. */
static inline struct fx_request *fx_sent_request(struct fx_ring *e)
{
    return fx_ring_of(e, struct fx_sent, link)->request;
}

/* target.c */
NTSTATUS fx_target_create(struct fx *f, struct fx_device *d, PWDF_OBJECT_ATTRIBUTES attributes,
                          bool in_stack, struct fx_target **out);
NTSTATUS fx_target_start(struct fx *f, struct fx_target *t);
void fx_target_cut(struct fx *f, struct fx_target *t, struct fx_request *r);
void fx_target_remove(struct fx *f, struct fx_target *t, WDF_IO_TARGET_STATE state);
/* target_open.c */
void fx_target_close(struct fx *f, struct fx_target *t, WDF_IO_TARGET_STATE state);
/* target_format.c */
NTSTATUS fx_part_memory(struct fx *f, WDFMEMORY memory, PWDFMEMORY_OFFSET offset,
                        struct fx_part *p);
NTSTATUS fx_part_descriptor(struct fx *f, PWDF_MEMORY_DESCRIPTOR descriptor, struct fx_part *p);
NTSTATUS fx_format_transfer(struct fx *f, struct fx_target *t, struct fx_request *r, UCHAR major,
                            const struct fx_part *p, PLONGLONG offset);
NTSTATUS fx_format_control(struct fx *f, struct fx_target *t, struct fx_request *r, UCHAR major,
                           ULONG code, const struct fx_part *in, const struct fx_part *out);
NTSTATUS fx_format_others(struct fx *f, struct fx_target *t, struct fx_request *r, ULONG code,
                          const struct fx_part parts[3]);
void fx_format_copy_back(struct fx_request *r); /* when it has come back */

#endif
