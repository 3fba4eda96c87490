/*
 * What the files dma_*.c share: DMA enablers, the adapters behind them, and transactions with their
 * states. Names of fields say what KMDF's own say, so that its source and ours can be held side by side.
 */
#ifndef DMACHECK_SIM_WDF_DMA_H
#define DMACHECK_SIM_WDF_DMA_H

#include "sim/wdf/device.h"

/* One adapter and what follows from it. */
struct adapter_info {
    DEVICE_DESCRIPTION description; /* Version 0: not configured */
    PDMA_ADAPTER adapter;           /* NULL: none */
    ULONG list_bytes;               /* of a list for all its map registers */
    ULONG registers;
    size_t fragment_max; /* bytes of one transfer */
};

struct fx_enabler {
    struct fx_object object;
    struct fx_device *device;
    WDFDEVICE device_handle;
    struct fx_enabler *next;      /* of the device, in order of creation */
    struct adapter_info infos[2]; /* read, write; one adapter for both is the first */
    WDF_DMA_PROFILE profile;
    bool master, lists, duplex; /* bus master, scatter/gather, an adapter for each direction */
    bool single;                /* transactions begin with the single-transfer requirement */
    bool added;
    bool preallocates; /* Build... with a buffer of its own, or the system profile's list */
    bool fill_failed, enable_failed;
    ULONG length_max;                 /* MaximumLength of its configuration */
    ULONG elements_max;               /* of a scatter/gather list */
    ULONG alignment;                  /* of common buffers: a mask */
    size_t list_bytes;                /* of a preallocated list */
    PSCATTER_GATHER_LIST system_list; /* one for all transactions of the system profile */
    PFN_WDF_DMA_ENABLER_FILL fill;
    PFN_WDF_DMA_ENABLER_FLUSH flush;
    PFN_WDF_DMA_ENABLER_ENABLE enable;
    PFN_WDF_DMA_ENABLER_DISABLE disable;
    PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_START start;
    PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP stop;
};

static inline struct fx_enabler *enabler_of(struct fx *f, WDFDMAENABLER handle)
{
    return (struct fx_enabler *)fx_object_of(f, handle, FX_DMA_ENABLER);
}
static inline struct adapter_info *enabler_info(struct fx_enabler *e, WDF_DMA_DIRECTION direction)
{
    return &e->infos[e->duplex && direction == WdfDmaDirectionWriteToDevice];
}
static inline bool enabler_v3(const struct fx_enabler *e)
{
    return e->infos[0].description.Version == DEVICE_DESCRIPTION_VERSION3;
}
static inline bool enabler_system(const struct fx_enabler *e) { return !e->master; }
static inline bool enabler_packet(const struct fx_enabler *e) { return e->master && !e->lists; }
static inline bool direction_known(WDF_DMA_DIRECTION d)
{
    return d == WdfDmaDirectionReadFromDevice || d == WdfDmaDirectionWriteToDevice;
}

/* The framework reads through a pointer that is NULL: what Windows stops with at this IRQL. */
void dma_null_read(struct fx *f, uint64_t offset);
/* A function whose page says PASSIVE_LEVEL, called above it: the framework's verifier refuses. */
static inline bool dma_passive(struct fx *f) { return sched_irql(f->s) == PASSIVE_LEVEL; }

/* --- transactions --- */
/* The framework's own numbers: bug check 0x10D/8 shows them. */
enum txn_state {
    TXN_INVALID,
    TXN_CREATED,
    TXN_RESERVED,
    TXN_INITIALIZED,
    TXN_TRANSFER,
    TXN_COMPLETED,
    TXN_FAILED,
    TXN_RELEASED,
    TXN_DELETED
};

enum txn_completion { TXN_FULL, TXN_PARTIAL, TXN_FINAL };

struct fx_txn;
/* What the profiles do each in their way. */
struct txn_kind {
    NTSTATUS (*initialize)(struct fx *f, struct fx_txn *t);      /* checks of a new transaction */
    NTSTATUS (*start)(struct fx *f, struct fx_txn *t);           /* the first transfer */
    NTSTATUS (*stage)(struct fx *f, struct fx_txn *t);           /* a further one */
    NTSTATUS (*transferred)(struct fx *f, struct fx_txn *t);     /* the end of one */
    void (*release)(struct fx *f, struct fx_txn *t, bool force); /* the end of all */
};
extern const struct txn_kind txn_kind_packet, txn_kind_list; /* packet: the system profile's, too */

struct fx_txn {
    struct fx_object object;
    struct fx_enabler *enabler;
    const struct txn_kind *kind;
    enum txn_state state;
    WDF_DMA_DIRECTION direction;
    struct adapter_info
        *info;          /* NULL before the first Initialize and after resources are released */
    WDFREQUEST request; /* NULL: not of a request; stays readable after the transfer */
    struct fx_object *referenced; /* the request, while the transaction refers to its IRP */
    union {                       /* what follows when the resources are there */
        PFN_WDF_PROGRAM_DMA program;
        PFN_WDF_RESERVE_DMA reserve;
    } acquired;
    PVOID acquired_context;
    void *context; /* transfer context of version 3; NULL: the enabler was of version 2 */
    PMDL start_mdl, mdl;
    size_t start_offset, offset; /* into them */
    size_t length, remaining, transferred;
    size_t fragment, fragment_max; /* the current transfer's bytes, and at most */
    bool single;
    ULONG flags; /* of the Ex functions */

    /* scatter/gather */
    PSCATTER_GATHER_LIST list;
    void *list_buffer;
    ULONG list_buffer_bytes;

    /* packet and system */
    PVOID base;
    bool base_set;
    ULONG registers_needed, registers_reserved;
    ULONG device_offset;
    bool cancelled;
    bool staging, stage_again, complete_later; /* some agent stages; what came meanwhile */
    DMA_COMPLETION_STATUS completion;

    /* system */
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL configure;
    PVOID configure_context;
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE complete;
    PVOID complete_context;
};

/* The transaction of a handle, kept in memory until it is let go; NULL with bug check 0x10D/4 or /5. */
struct fx_txn *txn_take(struct fx *f, WDFDMATRANSACTION handle);
static inline void txn_let_go(struct fx_txn *t)
{
    if (t)
        fx_dereference(&t->object);
}
void txn_wrong_state(struct fx *f, const struct fx_txn *t); /* bug check 0x10D/8 */
void txn_context_renew(struct fx_txn *t);                   /* version 3's transfer context */

/* --- dma_transaction.c: the state machine --- */
struct txn_buffer {
    PFN_WDF_PROGRAM_DMA program;
    WDF_DMA_DIRECTION direction;
    PMDL mdl;
    size_t offset;
    ULONG length;
};
extern const struct fx_class txn_class;
NTSTATUS txn_initialize(struct fx *f, struct fx_txn *t, const struct txn_buffer *b);
NTSTATUS txn_execute(struct fx *f, struct fx_txn *t, PVOID context);
BOOLEAN txn_completed(struct fx *f, struct fx_txn *t, size_t length, enum txn_completion how,
                      NTSTATUS *status);
void txn_release(struct fx *f, struct fx_txn *t, bool force);
BOOLEAN txn_cancel(struct fx *f, struct fx_txn *t);
void txn_request_retain(struct fx *f, struct fx_txn *t); /* the reference goes, the pointer stays */
void txn_fail(struct fx *f, struct fx_txn *t); /* TransferFailed, without its request's reference */

/* --- dma_transaction_info.c: how much a transfer takes --- */
/* Where a chain goes on after so many bytes. */
void txn_next_address(PMDL mdl, size_t offset, size_t bytes, PMDL *next_mdl, size_t *next_offset);
/* The estimate of HalCalculateScatterGatherListSize; *possible: what the map registers that there
 * are can carry. STATUS_BUFFER_TOO_SMALL: the chain is too short. */
NTSTATUS txn_registers(PMDL mdl, size_t offset, ULONG length, ULONG available, size_t *possible,
                       ULONG *required);
/* Whether one transfer can carry all of it, and the list can hold what it takes. */
NTSTATUS txn_single_prepare(struct fx *f, struct fx_txn *t);
void txn_transfer_info(struct fx *f, const struct fx_txn *t, ULONG *registers, ULONG *elements);

/* --- dma_packet.c --- */
NTSTATUS packet_reserve(struct fx *f, struct fx_txn *t, ULONG registers,
                        WDF_DMA_DIRECTION direction, PFN_WDF_RESERVE_DMA routine, PVOID context);
void packet_free(struct fx *f, struct fx_txn *t);

/* --- dma_packet_stage.c --- */
NTSTATUS packet_stage(struct fx *f, struct fx_txn *t);

/* --- dma_system.c --- */
bool system_configure(struct fx *f, struct fx_txn *t); /* false: EvtProgramDma is not called */
PDMA_COMPLETION_ROUTINE system_routine(const struct fx_txn *t);
void system_complete(struct fx *f, struct fx_txn *t, DMA_COMPLETION_STATUS status);
void system_stop(struct fx *f, struct fx_txn *t);
void system_list_set(struct fx *f, struct fx_enabler *e, void *list, ULONG bytes);

/* --- callbacks of the driver --- */
void txn_call_program(struct fx *f, struct fx_txn *t, PSCATTER_GATHER_LIST list);

/* The IRQL that most of the table's functions are called at; gives back what to lower to. */
static inline KIRQL dma_raise(struct fx *f)
{
    KIRQL old = sched_irql(f->s);

    if (old < DISPATCH_LEVEL)
        sched_irql_set(f->s, DISPATCH_LEVEL);
    return old;
}
static inline void dma_lower(struct fx *f, KIRQL old)
{
    if (sched_irql(f->s) != old)
        sched_irql_set(f->s, old);
}
static inline PDEVICE_OBJECT txn_fdo(const struct fx_txn *t) { return t->enabler->device->wdm; }
/* What the table's functions are given as the context of a routine: found again by txn_find. */
static inline PVOID txn_token(const struct fx_txn *t) { return t->object.handle; }
static inline struct fx_txn *txn_find(struct fx *f, PVOID token)
{
    return (struct fx_txn *)fx_object_find(f, token, FX_DMA_TRANSACTION);
}

#endif
