/*
 * What the files of dma*.c share: from Windows' pointers to the machine's objects, and the ways
 * that versions 1, 2 and 3 of an operation have in common.
 */
#ifndef DMACHECK_SIM_NT_DMA_H
#define DMACHECK_SIM_NT_DMA_H

#include "sim/core/common.h"
#include "sim/core/mapreg.h"
#include "sim/nt/nt.h"

struct dm_device *nt_pdo_device(struct sim *s, PDEVICE_OBJECT DeviceObject); /* pnp.c */

/* Ids and names that only events need cost nothing while nobody listens. */
#define SAID(s_, expression_) ((s_)->trace.on ? (expression_) : 0)

static inline struct dma_mdl *mdl_of(PMDL Mdl) { return (struct dma_mdl *)Mdl; }

static inline uint32_t adapter_id(const struct adapter *a) { return a ? a->obj : 0; }

/* MDL_CHAIN for what a mapping of the first so many bytes takes of the MDLs behind the first. */
void dma_chain_tell(struct sim *s, PMDL first, uint64_t bytes);
static inline void dma_chain_say(struct sim *s, PMDL first, uint64_t bytes)
{
    if (__builtin_expect(first && first->Next && s->trace.on, 0))
        dma_chain_tell(s, first, bytes);
}

/* Offset of CurrentVa in an MDL; UINT64_MAX: outside. */
static inline uint64_t mdl_offset_of(PMDL Mdl, PVOID CurrentVa)
{
    uint64_t offset;

    if (!Mdl)
        return UINT64_MAX;
    offset = (uint64_t)(uintptr_t)CurrentVa - ((uint64_t)(uintptr_t)Mdl->StartVa + Mdl->ByteOffset);
    return offset < Mdl->ByteCount ? offset : UINT64_MAX;
}

static inline PHYSICAL_ADDRESS logical_of(uint64_t ba)
{
    PHYSICAL_ADDRESS p;

    p.QuadPart = (LONGLONG)ba;
    return p;
}

/* --- dma_common.c --- */
struct list_call { /* what the five ways to get a list have in common */
    PDEVICE_OBJECT device_object;
    PMDL mdl;
    uint64_t offset;
    ULONG length;
    PDRIVER_LIST_CONTROL routine;
    PVOID routine_context;
    bool to_device;
    void *buffer; /* Build...; NULL: Get... */
    ULONG buffer_bytes;
    bool build;
    bool synchronous;
    struct dma_context *context; /* version 3 */
};
/* *list: the list, when it exists by the end of the call (its id in *obj) */
NTSTATUS dma_list_get(struct sim *s, struct adapter *a, const struct list_call *c,
                      struct dma_list **list, uint32_t *obj);
/* Says that a request failed, with what it would have taken. Mdl NULL: a channel. */
void dma_refused(struct sim *s, unsigned api, const struct adapter *a, NTSTATUS status, PMDL Mdl,
                 uint32_t registers);
/* The map registers that a transfer takes; 0: it is none. */
uint32_t dma_registers_of(PMDL Mdl, uint64_t offset, ULONG Length);
/* Calls the driver's AdapterListControl. */
static inline __attribute__((always_inline)) void
dma_list_call(struct sim *s, struct adapter *a, struct dma_list *l, PDEVICE_OBJECT device_object,
              PIRP irp, PDRIVER_LIST_CONTROL routine, PVOID context)
{
    if (s->trace.on)
        callback_begin(s, API_AdapterListControl, a->obj, device_obj(s, device_object),
                       irp ? irp_obj(s, irp) : 0, l->obj, va_of(s, context).v);
    routine(device_object, irp, (PSCATTER_GATHER_LIST)l->face, context);
    if (s->trace.on)
        callback_end(s, API_AdapterListControl, a->obj, 0);
    else
        door_flush_pending();
}

/* The plain case that comes later after all. */
void dma_list_later(struct sim *s, struct adapter *a, PDEVICE_OBJECT device_object,
                    PDRIVER_LIST_CONTROL routine, PVOID context);

struct channel_call {
    PDEVICE_OBJECT device_object;
    ULONG registers;
    PDRIVER_CONTROL routine;
    PVOID routine_context;
    bool synchronous;
    struct dma_context *context;
};
/* *file: synchronous without a routine; *held: the channel was taken at once. */
NTSTATUS dma_channel_get(struct sim *s, struct adapter *a, const struct channel_call *c,
                         struct mapfile **file);
struct dma_context *dma_context_find(struct sim *s, const void *p, uint32_t *obj);
/* The id of the channel that is held with this adapter, 0 if none. */
uint32_t dma_channel_held(const struct adapter *a);
uint32_t dma_length_cut(struct sim *s, uint64_t first_offset,
                        uint32_t length); /* by choice MAP_SHORT */

/* --- dma_system.c --- */
struct system_start { /* what a map says to the controller */
    uint64_t ba;
    ULONG length;
    bool to_device;
    ULONG device_offset;
    PDMA_COMPLETION_ROUTINE routine;
    PVOID routine_context;
};
/* Programs the channel of the file's adapter, which has one. */
void dma_system_start(struct sim *s, struct mapfile *f, const struct system_start *x);
/* The common half of the flushes; a system channel is stopped and drained first. Bytes copied. */
uint64_t dma_file_flush(struct sim *s, struct mapfile *f, PMDL Mdl, uint64_t offset, ULONG Length,
                        bool to_device, bool *touched);
/* --- dma_odd.c --- */
/* How a buffer is given: by CurrentVa or by an offset into a chain. */
struct buffer_way {
    bool by_offset, chain, flush, to_device;
    uint64_t offset;
};
/* An MDL that may be given for DMA: its frames are known and stay. */
#define MDL_DMA_READY (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE)
/* Says what is out of the ordinary about it, if anything (BUFFER). */
void dma_buffer_look(struct sim *s, enum api api, PMDL Mdl, PVOID CurrentVa, ULONG Length,
                     const struct buffer_way *way);
/* Nothing is: so cheap that a list can afford it. */
static inline bool dma_buffer_ordinary(const struct sim *s, PMDL Mdl, uint64_t offset, ULONG Length)
{
    return Mdl && (Mdl->MdlFlags & MDL_DMA_READY) && Length && offset < Mdl->ByteCount &&
           Length <= Mdl->ByteCount - offset && s->profile.coherent;
}
struct flush_done {
    const struct mapfile *file; /* NULL: the base is dead */
    uint32_t file_obj;
    PMDL mdl;
    PVOID base, current_va;
    uint64_t offset;
    ULONG length;
    bool by_offset, touched; /* anything that was mapped */
};
/* Says of a flush that it met nothing, or ran over the end of the registers. */
void dma_flush_look(struct sim *s, enum api api, const struct flush_done *d);

/* --- the operations, by the file that has them --- */
/* Hidden: a driver may have functions of these names, and its must not be mistaken for ours. */
#pragma GCC visibility push(hidden)
/* dma_adapter.c */
PUT_DMA_ADAPTER PutDmaAdapter;
GET_DMA_ALIGNMENT GetDmaAlignment;
READ_DMA_COUNTER ReadDmaCounter;
GET_DMA_ADAPTER_INFO GetDmaAdapterInfo;
/* dma_v1.c */
ALLOCATE_ADAPTER_CHANNEL AllocateAdapterChannel;
FLUSH_ADAPTER_BUFFERS FlushAdapterBuffers;
FREE_ADAPTER_CHANNEL FreeAdapterChannel;
FREE_MAP_REGISTERS FreeMapRegisters;
MAP_TRANSFER MapTransfer;
GET_SCATTER_GATHER_LIST GetScatterGatherList;
PUT_SCATTER_GATHER_LIST PutScatterGatherList;
/* dma_v2.c */
CALCULATE_SCATTER_GATHER_LIST_SIZE CalculateScatterGatherList;
BUILD_SCATTER_GATHER_LIST BuildScatterGatherList;
BUILD_MDL_FROM_SCATTER_GATHER_LIST BuildMdlFromScatterGatherList;
/* dma_v3.c */
GET_DMA_TRANSFER_INFO GetDmaTransferInfo;
INITIALIZE_DMA_TRANSFER_CONTEXT InitializeDmaTransferContext;
ALLOCATE_ADAPTER_CHANNEL_EX AllocateAdapterChannelEx;
CONFIGURE_ADAPTER_CHANNEL ConfigureAdapterChannel;
CANCEL_ADAPTER_CHANNEL CancelAdapterChannel;
MAP_TRANSFER_EX MapTransferEx;
GET_SCATTER_GATHER_LIST_EX GetScatterGatherListEx;
BUILD_SCATTER_GATHER_LIST_EX BuildScatterGatherListEx;
FLUSH_ADAPTER_BUFFERS_EX FlushAdapterBuffersEx;
FREE_ADAPTER_OBJECT FreeAdapterObject;
CANCEL_MAPPED_TRANSFER CancelMappedTransfer;
FLUSH_DMA_BUFFER FlushDmaBuffer;
/* dma_buffer.c */
ALLOCATE_COMMON_BUFFER AllocateCommonBuffer;
FREE_COMMON_BUFFER FreeCommonBuffer;
ALLOCATE_COMMON_BUFFER_EX AllocateCommonBufferEx;
ALLOCATE_COMMON_BUFFER_WITH_BOUNDS AllocateCommonBufferWithBounds;
CREATE_COMMON_BUFFER_FROM_MDL CreateCommonBufferFromMdl;
/* dma_domain.c */
ALLOCATE_DOMAIN_COMMON_BUFFER AllocateDomainCommonBuffer;
JOIN_DMA_DOMAIN JoinDmaDomain;
LEAVE_DMA_DOMAIN LeaveDmaDomain;
GET_DMA_DOMAIN GetDmaDomain;
/* dma_vector.c */
ALLOCATE_COMMON_BUFFER_VECTOR AllocateCommonBufferVector;
GET_COMMON_BUFFER_FROM_VECTOR_BY_INDEX GetCommonBufferFromVectorByIndex;
FREE_COMMON_BUFFER_FROM_VECTOR FreeCommonBufferFromVector;
FREE_COMMON_BUFFER_VECTOR FreeCommonBufferVector;
#pragma GCC visibility pop

#endif
