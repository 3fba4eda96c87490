/*
 * What the files of reissue*.c share.
 */
#ifndef DMACHECK_MACHINE_REISSUE_PRIVATE_H
#define DMACHECK_MACHINE_REISSUE_PRIVATE_H

#include "machine/reissue.h"
#include "sim/core/bus.h"
#include "sim/nt/dma.h"
#include "sim/nt/host.h"

#define REISSUE_ARGS_MAX 4

struct reissue_call {  /* one recorded call */
    size_t call, back; /* events; back 0: it has none */
    size_t args[REISSUE_ARGS_MAX];
    size_t callback, callback_end; /* where it was granted; 0: nowhere */
    unsigned arg_count;
    bool came;     /* the callback has come here */
    bool failed;   /* refused here: it never will */
    void *self[2]; /* for the routine: the reissue, and this call */
};

struct reissue_run { /* where a piece of a mapping lay when recorded, or lies here */
    uint64_t ba, bytes, offset;
    uint32_t mdl; /* of a mapping: whose bytes; the newest run of the same bytes is meant */
};

struct reissue_thing { /* what stands for a recorded object */
    void *p;
    uint64_t extra; /* an adapter: its operations; a common buffer: its bus address */
    uint32_t id;    /* here */
    bool tried;
    uint64_t va, bytes; /* an MDL as it was recorded */
    struct reissue_run *recorded, *here;
    uint32_t recorded_count, here_count;
};

struct reissue_things {
    struct reissue_thing *at;
    uint32_t count;
};

struct reissue_block { /* memory to be given back */
    struct reissue_block *next;
    void *p;
    PMDL mdl;
};

struct reissue {
    const struct trace_loaded *t;
    const struct event *events;
    size_t event_count;
    struct sim *s;
    struct verifier *verifier;
    struct reissue_summary *summary;
    struct reissue_call *calls;
    size_t call_count;
    uint32_t *call_at; /* by event: index + 1 of the call that begins there */
    bool *done;        /* by event */
    struct reissue_things things[OBJ_COUNT];
    struct reissue_things here; /* runs by what is mapped here: index as heard */
    struct reissue_run
        *live; /* what was mapped when recorded, as far as the walk has come; mdl: owner */
    uint32_t live_count, live_capacity;
    struct reissue_block *blocks;
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo;         /* of the device that was added last */
    PDMA_OPERATIONS operations; /* of the adapter that was got last */
    uint32_t heard[OBJ_COUNT];  /* last object of a type that the machine has named */
    uint32_t heard_callback;
    bool ends;
};

/* --- reissue.c --- */
void reissue_walk(struct reissue *r, size_t from, size_t to, int agent);
void reissue_skip(struct reissue *r, const struct reissue_call *c, const char *why);
/* What was recorded as the answer, and what it is here. */
void reissue_answer(struct reissue *r, const struct reissue_call *c, uint64_t recorded,
                    uint64_t here);
static inline const struct event *reissue_begin(const struct reissue *r,
                                                const struct reissue_call *c)
{
    return &r->events[c->call];
}
static inline const struct event *reissue_arg(const struct reissue *r, const struct reissue_call *c,
                                              unsigned i)
{
    static const struct event none;

    return i < c->arg_count ? &r->events[c->args[i]] : &none;
}
static inline const struct event *reissue_back(const struct reissue *r,
                                               const struct reissue_call *c)
{
    static const struct event none;

    return c->back ? &r->events[c->back] : &none;
}

/* --- reissue_things.c --- */
struct reissue_thing *reissue_thing(struct reissue *r, uint32_t id); /* made when it is new */
/* What stands for it; *missing: the recorded call named one, and there is none. */
void *reissue_pointer(struct reissue *r, uint32_t id, bool *missing);
void reissue_bind(struct reissue *r, uint32_t id, void *p, uint32_t here);
void *reissue_memory(struct reissue *r, uint64_t bytes);
struct dm_device *reissue_device(struct reissue *r, uint32_t id);
PDEVICE_OBJECT reissue_device_object(struct reissue *r, uint32_t id);
/* The MDL of a call, with the flags that it had then, and the chain behind it. Restored by _done. */
#define REISSUE_FLAGS_UNKNOWN UINT64_MAX
struct reissue_mdl {
    PMDL mdl, last;
    CSHORT flags;
    ULONG missing; /* bytes of the chain that no event names */
    PMDL filler;
};
bool reissue_mdl(struct reissue *r, const struct reissue_call *c, uint32_t id, uint64_t flags,
                 uint64_t chain_bytes, struct reissue_mdl *m);
void reissue_mdl_done(struct reissue *r, struct reissue_mdl *m);
/* The pointer that a CurrentVa means here. */
PVOID reissue_va(struct reissue *r, uint32_t mdl, uint64_t recorded, uint64_t offset);
void reissue_things_free(struct reissue *r);

/* --- reissue_device.c --- */
void reissue_hear(void *reissue, const struct event *e); /* what this machine says of itself */
void reissue_learn(struct reissue *r); /* what is known of things from the whole trace */
void reissue_mapped(struct reissue *r, const struct event *e);   /* a recorded MAP */
void reissue_unmapped(struct reissue *r, const struct event *e); /* a recorded UNMAP */
void reissue_access(struct reissue *r, const struct event *e);

/* --- the calls --- */
void reissue_issue(struct reissue *r, struct reissue_call *c); /* reissue_calls.c */
void reissue_adapter_described(struct reissue *r, const struct event *e);
PDEVICE_OBJECT reissue_device_added(void); /* reissue.c: the PDO of the device that came last */
bool reissue_issue_3(struct reissue *r, struct reissue_call *c); /* reissue_calls_3.c: version 3 */
bool reissue_issue_common(struct reissue *r, struct reissue_call *c); /* reissue_common.c */
struct adapter_of {
    PDMA_ADAPTER adapter;
    PDMA_OPERATIONS ops;
};
struct adapter_of reissue_adapter(struct reissue *r, uint32_t id, bool *missing);
IO_ALLOCATION_ACTION reissue_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID MapRegisterBase,
                                     PVOID Context);
VOID reissue_list_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                          PVOID Context);

#endif
