/*
 * Channels and map registers: who gets an adapter, in which order, and what becomes of it. A
 * request waits first for the adapter's one channel (a queue for each adapter), then for map
 * registers (one queue for the machine, first come first served; who waits only for its own
 * adapter's registers lets others pass). What is released is handed on at once; the routine then
 * comes back before the release returns or later from a DPC, by choice and by profile.
 */
#ifndef DMACHECK_SIM_CORE_MAPREG_H
#define DMACHECK_SIM_CORE_MAPREG_H

#include "sim/core/sg.h"

/* IO_ALLOCATION_ACTION, by its values. */
enum dma_action { ACTION_KEEP = 1, ACTION_FREE = 2, ACTION_KEEP_REGISTERS = 3 };

enum context_state { CONTEXT_IDLE, CONTEXT_PENDING, CONTEXT_DONE, CONTEXT_CANCELLED };
struct dma_context { /* a transfer context, known by its address in the driver's memory */
    uint32_t obj;
    enum context_state state;
    bool transfer_cancelled; /* CancelMappedTransfer: the next map fails */
    struct dma_request *request;
};

/* A map register file: what a driver calls MapRegisterBase. */
struct mapfile {
    struct mapfile *next; /* free ones */
    uint32_t slot, obj;
    bool live;
    uint32_t count, used; /* registers; used by what is mapped */
    struct adapter *a;
    struct dma_map *maps;
    const void *was_mdl; /* what was ever mapped of it: [was_from, was_to) */
    uint64_t was_from, was_to;
    struct dma_context *context;
    struct dma_request *holder; /* while the channel is held with it */
    void *device_object;        /* who asked for it */
};
#define MAPFILE_TOKEN 0xfffffb0000000000ull /* no pointer of any kind, so a use as one is seen */
#define MAPFILE_SLOT_BITS 16
static inline uint64_t mapfile_token(const struct mapfile *f)
{
    return f ? MAPFILE_TOKEN | (uint64_t)OBJ_NUMBER(f->obj) << MAPFILE_SLOT_BITS | f->slot : 0;
}
/* Live file by token; NULL: none. *obj: its id, also of a dead one, 0 if it never was one. */
struct mapfile *mapfile_find(struct sim *s, uint64_t token, uint32_t *obj);

struct dma_list {
    struct dma_list *next; /* free ones */
    struct sg_list *face;  /* the driver's list */
    uint32_t obj;
    bool live, mapped;
    int8_t class; /* of our memory; -1: the driver's */
    struct adapter *a;
    uint32_t registers; /* still held */
    uint32_t unranged;  /* elements for which no range is kept (dma_plain.c) */
    struct dma_map map;
    struct sg_want want;
    void *target_mdl;        /* given by BuildMdlFromScatterGatherList */
    struct owned_run *owned; /* where the driver's own memory holds it */
    bool target_made;        /* it was made for that, and sim/nt frees it at the put */
};

enum request_kind { REQUEST_CHANNEL, REQUEST_LIST };
enum request_state {
    REQUEST_IDLE,
    REQUEST_QUEUED,
    REQUEST_WAITING,
    REQUEST_GRANTED,
    REQUEST_RUNNING,
    REQUEST_HELD
};
struct dma_request {
    struct dma_request *next;
    struct adapter *a;
    enum request_kind kind;
    enum request_state state;
    bool single;   /* v1: the one wait block of its device object */
    bool given_up; /* freed from within its own callback */
    uint32_t channel_obj;
    uint32_t site; /* of the call that asked: what comes of it later is said to come from there */
    uint32_t registers;
    struct mapfile *file;
    struct dma_list *list;
    struct dma_context *context;
    /* sim/nt's: calls the driver and returns the action */
    enum dma_action (*run)(struct sim *s, struct dma_request *r);
    void *device_object, *irp, *routine, *routine_context;
    struct dma_request *single_next;
};

void mapreg_adapter_init(struct sim *s, struct adapter *a);
void mapreg_reset(struct sim *s);

struct dma_request *request_alloc(struct sim *s, struct adapter *a, enum request_kind kind,
                                  uint32_t registers);
void request_free(struct sim *s, struct dma_request *r); /* one that was never submitted */
/* 0: channel and registers are taken: call request_go, or for a synchronous one without a routine
 * leave it held. 1: it waits. ERR_BUSY: a synchronous one that would have to wait; not taken. */
int request_submit(struct sim *s, struct dma_request *r, bool synchronous);
/* Whether an asynchronous routine comes later, by profile and choice. */
bool request_later(struct sim *s);
/* Lets the routine come: now or, from a DPC, later. */
void request_go(struct sim *s, struct dma_request *r, bool at_once);
/* Says who waits (DMA_WAITS), when nobody can go on any more; returns how many. */
uint32_t requests_say_waiting(struct sim *s);
void request_hold(struct sim *s, struct dma_request *r); /* granted, without a routine */
/* Takes a request that waits out of its queue; false: it runs, ran or is about to. */
bool request_cancel(struct sim *s, struct dma_request *r);
/* The v1 request of this device object that has not come back yet, or NULL. */
struct dma_request *request_single_of(struct sim *s, const void *device_object);

/* FreeAdapterChannel, FreeAdapterObject. false: no channel is held. */
bool channel_free(struct sim *s, struct adapter *a, enum dma_action action);
/* A file for the registers that were granted. */
void mapfile_begin(struct sim *s, struct dma_request *r);
/* FreeMapRegisters: the file dies with everything that is still mapped. count: as the driver said.
 */
void mapfile_free(struct sim *s, struct mapfile *f, uint32_t count_said);
void registers_put(struct sim *s, struct adapter *a, uint32_t count);

/* Maps into a file (registers checked by the caller); NULL when nothing could be mapped. */
struct dma_map *mapfile_map(struct sim *s, struct mapfile *f, const struct sg_want *w,
                            uint32_t mdl_obj);
/* Flush of [offset, +length) of this MDL: copies out when !to_device, gives up what it touches.
 * Returns the bytes copied; *touched: whether anything of the file was mapped there. */
uint64_t mapfile_flush(struct sim *s, struct mapfile *f, const void *mdl, uint64_t offset,
                       uint64_t length_bytes, bool to_device, bool *touched);

/* --- lists (dma_list.c) --- */
/* A list for so many registers, in the driver's buffer or (NULL) in ours. NULL: no memory. */
struct dma_list *list_begin(struct sim *s, struct adapter *a, uint32_t registers, void *buffer);
void list_abandon(struct sim *s, struct dma_list *l); /* never mapped */
bool list_map(struct sim *s, struct dma_list *l);     /* false: no memory for bouncing */
/* PutScatterGatherList; returns the bytes copied out. */
uint64_t list_put(struct sim *s, struct dma_list *l, bool to_device);
void list_unmap(struct sim *s, struct dma_list *l); /* its registers are taken away; it stays */
/* As mapfile_find. */
static inline struct dma_list *list_find(struct sim *s, const void *face, uint32_t *obj)
{
    struct objmap_entry *e = face ? objmap_last(&s->dma->list_map, face) : NULL;
    struct dma_list *l = e && (!e->obj || e->live) ? e->data : NULL; /* no id: a list of ours */

    *obj = l ? l->obj : e ? e->obj : 0;
    return l && l->live ? l : NULL;
}

#define LISTS_READY_MIN 32u /* lists of a size that rest before the first is used again */

/* The channel is free: whoever is next in its queue has it. */
void channel_next(struct sim *s, struct adapter *a);

/* --- their memory (dma_watch.c) --- */
void *list_memory(struct sim *s, unsigned class, uint64_t bytes);
/* Whether our lists lie there; which one (0: none yet), and whether it lives. */
bool list_memory_at(struct sim *s, uint64_t address, uint32_t *obj, bool *live);

#endif
