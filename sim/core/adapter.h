/*
 * DMA adapters: what IoGetDmaAdapter gives, as the machine sees it. An adapter knows how far its
 * device reaches, whether it takes fragments, and how many map registers one transfer may have. All
 * of the machine's DMA state hangs from struct dma.
 *
 * The state of a channel, of map registers and of lists is in mapreg.h; what maps is in sg.h.
 */
#ifndef DMACHECK_SIM_CORE_ADAPTER_H
#define DMACHECK_SIM_CORE_ADAPTER_H

#include "sim/core/bounce.h"
#include "sim/core/bus.h"
#include "sim/core/objmap.h"
#include "sim/core/range.h"
#include "sim/core/sched.h"
#include "sim/core/sim.h"

#define DMA_LIST_CLASSES 24 /* list memory: 256 bytes << class */

struct dma_list;
struct dma_request;
struct mapfile;
struct dma_map;
struct common_buffer;
struct sysdma;
struct sysdma_channel;

struct adapter_description { /* DEVICE_DESCRIPTION without Windows' types */
    unsigned version;        /* 0..3 */
    bool master, scatter_gather;
    bool bits32, bits64;   /* version 0..2 */
    bool pci;              /* InterfaceType: PCIBus, or to be asked of the device, which is PCI */
    unsigned address_bits; /* version 3 */
    uint32_t length_max_bytes;
    /* a slave: master is false */
    uint32_t channel, line;
    unsigned width_bytes;    /* of its data register; 0: the description names none */
    bool automatic;          /* the channel begins again at the start when its count is out */
    uint64_t device_address; /* version 3: of the data register */
};

struct adapter {
    struct adapter *next; /* all of the machine, newest first */
    const void *face;     /* what the driver holds */
    uint32_t obj;
    bool live;
    unsigned version;     /* of the operations: 1, 2, 3 */
    bool scatter_gather;  /* asked for, and the machine does it */
    bool remapped;        /* an IOMMU translates */
    bool needs_registers; /* transfers take map registers, so there can be too few */
    bool may_bounce;      /* some memory is out of reach, or parts must not be shown */
    bool plain;           /* frames are runs and elements as they come (dma_plain.c) */
    unsigned address_bits;
    uint64_t ba_max; /* highest bus address it may use */
    uint64_t shift_low,
        shift_high; /* bus address minus physical, below ADAPTER_LOW_END and above */
    uint64_t length_max_bytes;
    uint32_t registers_max; /* of one transfer, and of all that are live */
    uint32_t registers_live;
    uint32_t ranges_live;
    struct { /* sysdma.h; channel NULL: a bus master */
        struct sysdma_channel *channel;
        uint32_t line;
        unsigned width_bytes;
        bool automatic;
        uint64_t device_address;
    } system;
    struct dm_device *device;
    /* the channel: one at a time */
    struct dma_request *holder;
    struct dma_request *spare;                   /* its own request: one is under way mostly */
    struct dma_request *queue_head, *queue_tail; /* wait for the channel */
    bool waiting;                                /* holder waits for registers */
    struct adapter *wait_next;
    struct dma_request *ready_head, *ready_tail; /* granted, callback to come from the DPC */
    struct sched_dpc dpc;
};

struct dma {
    struct sim *s;
    struct ranges ranges;
    struct bounce_pool bounce;
    struct adapter *adapters;
    struct adapter *last; /* found last: most drivers use one */
    struct objmap adapter_map, context_map, common_map, list_map, list_pages, owned;
    uint32_t channels_live, registers_live, lists_live;
    struct adapter *wait_head, *wait_tail; /* adapters whose holder waits for registers, in order */
    uint32_t posted; /* packets of devices that are on their way to memory (bus_posted.c) */
    struct dma_request *run_head, *run_tail; /* granted by a release: to be called back */
    bool running;                            /* somebody is working through run_head */
    struct dma_request *request_free;
    struct dma_map *map_free;
    struct dma_list *list_free; /* records of lists in drivers' buffers */
    struct {
        struct dma_list *head, *tail;
        uint32_t ready;
        char *carve, *carve_end;
    } lists[DMA_LIST_CLASSES];
    struct hostile *hostile; /* of devices, what they should not do (hostile.c); NULL: nothing */
    struct fetches *fetches; /* loads of what others can change (fetch.c); NULL: none */
    struct weakorder *weakorder; /* stores that devices may not see yet (weakorder.c); NULL: none */
    struct userptrs *userptrs;   /* pointers of programs (userptr.c); NULL: none so far */
    struct owned_run *owned_free; /* whose bytes are whose, for the CPU (owned.c) */
    struct dma_request *singles;  /* v1 requests that have not come back */
    bool system_short;            /* somebody waits for the machine's registers */
    struct mapfile **files;       /* by slot */
    uint32_t file_count, file_capacity;
    struct mapfile *file_free_head, *file_free_tail;
    struct common_buffer *commons;
    struct sysdma *sysdma;    /* NULL until somebody has an adapter for it */
    struct cache *cache;      /* not coherent machines: NULL until first used (cache.c) */
    struct dma_block *blocks; /* all records above, for reset and destroy */
    char *block_at, *block_end;
    struct dma_block *block_now;
    void *nt; /* sim/nt/dma*.c: tables and memory that drivers see */
};

/* Makes an adapter; NULL: Windows refuses such a description. */
struct adapter *adapter_create(struct sim *s, struct dm_device *device,
                               const struct adapter_description *d, const void *face);
void adapter_destroy(struct sim *s, struct adapter *a); /* stays known as dead */
/* By what the driver holds; dead ones too; NULL: never was one. */
struct adapter *adapter_find_slow(struct sim *s, const void *face);
static inline struct adapter *adapter_find(struct sim *s, const void *face)
{
    struct adapter *last = s->dma->last;

    return __builtin_expect(last && last->face == face, 1) ? last : adapter_find_slow(s, face);
}

/* Where a machine's bus addresses are not physical ones (logical_is_physical = no), memory below 2
 * GiB is seen at 2 GiB, the rest at 512 GiB, as behind the inbound window of an Arm host bridge. */
#define ADAPTER_LOW_END 0x80000000ull
#define ADAPTER_LOW_SHIFT 0x80000000ull
#define ADAPTER_HIGH_SHIFT 0x8000000000ull

/* The bus address of a physical range for this adapter's device without translation; false: out of
 * its reach. */
static inline bool adapter_reaches(const struct adapter *a, uint64_t pa, uint64_t length_bytes,
                                   uint64_t *ba)
{
    *ba = pa + (pa < ADAPTER_LOW_END ? a->shift_low : a->shift_high);
    return *ba + length_bytes - 1 <= a->ba_max;
}
/* The way back, as a device's access goes; false: nothing there. */
bool bus_to_physical(const struct sim *s, uint64_t ba, uint64_t *pa);
uint64_t bus_of_physical(const struct sim *s, uint64_t pa); /* and there, without translation */
/* A zone that the device reaches, for bounce runs; MEM_ZONES: none (cannot happen from 24 bits on).
 */
enum mem_zone adapter_zone(const struct adapter *a);
/* Whether nothing of any adapter of this device is mapped: only then may its domain change. */
bool device_quiet(struct sim *s, const struct dm_device *device);

/* Records that live until reset; cleared. */
void *dma_record(struct sim *s, size_t bytes);

int dma_create(struct sim *s);
void dma_reset(struct sim *s);
void dma_destroy(struct sim *s);

#endif
