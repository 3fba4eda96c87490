/*
 * Mapping: from a piece of a locked buffer to the runs of bus addresses that a device gets for it,
 * with bouncing and translation as the adapter needs them. Lists and MapTransfer(Ex) all go through
 * here.
 */
#ifndef DMACHECK_SIM_CORE_SG_H
#define DMACHECK_SIM_CORE_SG_H

#include "sim/core/adapter.h"

/* Of its flags. */
#define DMA_MDL_MAPPED 0x0001 /* MDL_MAPPED_TO_SYSTEM_VA */
#define DMA_MDL_IO_SPACE 0x0800

/* An MDL as its page gives it (x64); sim/nt asserts that the DDK's is laid out the same. */
struct dma_mdl {
    struct dma_mdl *next;
    int16_t size_bytes;
    int16_t flags;
    void *process;
    void *mapped_va;
    void *start_va;
    uint32_t length_bytes;
    uint32_t start; /* offset in the first page */
    uint64_t pfns[];
};

struct sg_element {
    uint64_t ba;
    uint32_t length_bytes;
    uint64_t reserved;
};
struct sg_list {
    uint32_t count;
    uint64_t reserved;
    struct sg_element elements[];
};
_Static_assert(sizeof(struct sg_element) == 24, "SCATTER_GATHER_ELEMENT");
_Static_assert(sizeof(struct sg_list) == 16, "SCATTER_GATHER_LIST");

/* Bytes of a list with its private part, for so many map registers: 232 for one, as Windows was
 * seen to answer for 128 bytes inside a page behind an IOMMU. */
#define SG_PRIVATE_BYTES 184u
static inline uint64_t sg_size(uint32_t registers)
{
    return sizeof(struct sg_list) + SG_PRIVATE_BYTES +
           (uint64_t)registers * (sizeof(struct sg_element) + sizeof(uint64_t));
}

/* One mapping: what one MapTransfer(Ex) or one list made. */
struct dma_map {
    struct dma_map *next;
    struct adapter *a;
    uint32_t owner; /* MAPREG or SGL */
    bool to_device;
    const void *mdl;
    uint32_t mdl_obj;
    uint32_t registers;
    uint64_t offset, length_bytes; /* in the buffer (v1, v2: of the MDL; v3: of the chain) */
    uint64_t mapped_bytes;         /* not given up yet */
    struct dma_range *ranges;
    struct bounce *bounces;
    uint64_t bus; /* behind an IOMMU: first bus page reserved; 0: none */
    uint32_t bus_pages;
    struct owned_run *owned; /* by frame, where bus addresses do not tell the frames (owned.c) */
};

/* Map registers for [offset, offset + length_bytes) of a chain: ERR_RANGE when it is too short.

 * The HAL tolerates a little excess in the last page; it maps only frames that exist. */
int sg_count(const struct dma_mdl *mdl, uint64_t offset, uint64_t length_bytes,
             uint32_t *registers);
uint64_t sg_chain_bytes(const struct dma_mdl *mdl);
/* The MDL of the chain that holds the offset; *offset becomes relative to it. NULL: beyond. */
const struct dma_mdl *sg_seek(const struct dma_mdl *mdl, uint64_t *offset);
/* Whether these bytes hold parts of pages, not only whole ones. */
bool sg_has_parts(const struct dma_mdl *mdl, uint64_t offset, uint64_t length_bytes);

struct sg_want {
    const struct dma_mdl *mdl;
    uint64_t offset, length_bytes;
    bool to_device;
    bool chain;                  /* walk on to the next MDL */
    bool one_run;                /* packet: all of it as one element */
    bool per_mdl;                /* packet: an element for each MDL */
    bool first_run_only;         /* stop after one element */
    struct sg_element *elements; /* NULL: not wanted */
    uint32_t elements_max;       /* stop after so many; at least 1 */
    uint32_t registers_max;      /* stop before more are needed; 0: no limit */
    bool unranged;               /* ranges are counted and not kept (dma_plain.h says when) */
    bool cleans;                 /* version 3: the map itself writes the CPU's caches back */
};
/*
 * Maps: fills m (a, owner, mdl, mdl_obj set by the caller) and says nothing: sg_say does. Returns
 * the number of elements; m->length_bytes is what was mapped, which may be less than wanted where
 * the wish has limits. 0: no memory for bouncing or no bus addresses left; nothing has changed.
 */
uint32_t sg_map(struct sim *s, struct dma_map *m, const struct sg_want *w);
/* Where a run of several pages is cut in two by choice; 0: not. */
uint64_t sg_split(struct sim *s, uint64_t ba, uint64_t length_bytes);
/* EV_MAP for each run. */
void sg_say(struct sim *s, const struct dma_map *m);
/* Copies out what [offset, offset + length) of a transfer from the device holds in bounce runs. */
uint64_t sg_copy_out(struct sim *s, struct dma_map *m, uint64_t offset, uint64_t length_bytes);
/* Gives up the pages that [offset, offset + length) touches; all = true: whatever is left. */
void sg_unmap(struct sim *s, struct dma_map *m, uint64_t offset, uint64_t length_bytes, bool all);

/* A choice that can only be the plain one is said to nobody and counted nowhere: it need not be drawn. */
static inline bool choices_idle(const struct sim *s) { return s->choice.source == CHOICE_PLAIN; }

/* fault_take, at the least cost where no fault is planned. */
static inline bool fault_here(struct sim *s, enum fault_point point)
{
    struct fault *f = &s->fault;

    if (__builtin_expect(f->one_in || fault_named(f, point), 0))
        return fault_take(s, point);
    f->chances[point]++;
    return false;
}

struct dma_map *sg_map_alloc(struct sim *s);
void sg_map_free(struct sim *s, struct dma_map *m); /* unmaps what is left */

#endif
