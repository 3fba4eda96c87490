/*
 * Common buffers: memory that driver and device share for a long time. Placed where the device
 * reaches, contiguous for it, with guards in front and behind, filled with a pattern that is not
 * zero (no page promises zeroes).
 */
#ifndef DMACHECK_SIM_CORE_COMMON_H
#define DMACHECK_SIM_CORE_COMMON_H

#include "sim/core/sg.h"

#define COMMON_FILL 0xc3u
#define COMMON_LARGE_BYTES (2u << 20)

struct common_want {
    uint64_t length_bytes;
    uint64_t min, max; /* bounds of the logical address: first and last byte; 0, UINT64_MAX: none */
    bool large;        /* in units of 2 MiB, aligned to it */
    uint32_t domain;   /* behind an IOMMU */
    enum object_type type; /* OBJ_COMMON or OBJ_VECTOR */
};
struct common_buffer {
    struct common_buffer *next; /* free records */
    uint32_t obj;
    bool live, borrowed; /* borrowed: CreateCommonBufferFromMdl; no guards, not our memory */
    struct adapter *a;
    uint8_t *data;
    uint64_t length_bytes, ba;
    uint32_t first_page, pages; /* with guard pages */
    uint64_t bus;
    uint32_t bus_pages;
    struct dma_range *range;
    struct common_buffer
        *under;    /* an older one, alive at the same address (two adapters, one MDL) */
    bool bypassed; /* borrowed memory that is uncached for so long */
    /* a vector: */
    uint64_t element_bytes, stride;
    uint32_t elements, elements_live;
    uint8_t *gone; /* per element: freed */
};

struct common_buffer *common_alloc(struct sim *s, struct adapter *a, const struct common_want *w);
/* Over a page-aligned part of an MDL; access: IOMMU_READ/WRITE. NULL: not contiguous, out of reach.
 */
struct common_buffer *common_borrow(struct sim *s, struct adapter *a, const struct dma_mdl *mdl,
                                    uint64_t offset, const struct common_want *w, void *va,
                                    unsigned access);
void common_free(struct sim *s, struct common_buffer *c);
/* By its address, the newest there; dead: NULL, but *obj is its id. */
struct common_buffer *common_find(struct sim *s, const void *va, uint32_t *obj);
/* Of those at this address, the one of this adapter and bus address if there is one. */
struct common_buffer *common_meant(struct common_buffer *newest, const struct adapter *a,
                                   uint64_t ba);

#endif
