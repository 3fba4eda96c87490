/*
 * What sg.c and sg_remap.c share: the cursor over an MDL chain and the builder of elements.
 */
#ifndef DMACHECK_SIM_CORE_SG_PRIVATE_H
#define DMACHECK_SIM_CORE_SG_PRIVATE_H

#include "sim/core/sg.h"

struct builder {
    struct sim *s;
    struct dma_map *m;
    const struct sg_want *w;
    struct dma_range **tail;
    uint64_t mapped; /* bytes put out */
    uint32_t count;
    bool join;           /* runs that touch become one element */
    uint64_t ba, length; /* the run that is still growing */
    bool bounced;
};

/* A place in a chain, and how much of it is left to map. */
struct cursor {
    const struct dma_mdl *mdl;
    const uint64_t *pfn;
    uint32_t at;   /* offset in the page */
    uint64_t here; /* bytes left in this MDL */
    uint64_t left; /* bytes left in all */
};

/* The last MDL may be used up to the end of its last frame; nothing lies behind that. */
static inline void cursor_enter(struct cursor *c, uint64_t offset)
{
    const struct dma_mdl *mdl = c->mdl;
    uint64_t first = mdl->start + offset;

    c->pfn = mdl->pfns + (first >> PAGE_BITS);
    c->at = PAGE_OFFSET(first);
    c->here = mdl->length_bytes - offset;
    if (c->left > c->here && !mdl->next)
        c->here = align_up((uint64_t)mdl->start + mdl->length_bytes, PAGE_BYTES) - first;
    if (c->here > c->left)
        c->here = c->left;
}

static inline bool cursor_next_mdl(struct cursor *c)
{
    c->mdl = c->left ? c->mdl->next : NULL;
    while (c->mdl && !c->mdl->length_bytes)
        c->mdl = c->mdl->next;
    if (c->mdl)
        cursor_enter(c, 0);
    return c->mdl != NULL;
}

static inline bool cursor_begin(struct cursor *c, const struct sg_want *w, uint64_t length_bytes)
{
    uint64_t offset = w->offset;

    c->left = length_bytes;
    c->mdl = sg_seek(w->mdl, &offset);
    if (!c->mdl)
        return false;
    cursor_enter(c, offset);
    if (!w->chain && c->left > c->here)
        c->left = c->here;
    return true;
}

/* Moves over bytes of this MDL; pfn stays on the page of the next byte. */
static inline void cursor_skip(struct cursor *c, uint64_t bytes)
{
    uint64_t at = c->at + bytes;

    c->pfn += at >> PAGE_BITS;
    c->at = PAGE_OFFSET(at);
    c->here -= bytes;
    c->left -= bytes;
}

/* Bytes from here on whose frames follow one another, within this MDL and within 4 GiB. */
static inline uint64_t cursor_run(const struct cursor *c, bool single)
{
    const uint64_t *p = c->pfn;
    uint64_t bytes = PAGE_BYTES - c->at, here = c->here;

    if (single)
        return bytes < here ? bytes : here;
    while (bytes < here && p[1] == p[0] + 1 && (p[1] & 0xfffff)) {
        p++;
        bytes += PAGE_BYTES;
    }
    return bytes < here ? bytes : here;
}

/* The next run of bus addresses. false: no more elements are wanted. */
bool sg_run_in(struct builder *b, uint64_t ba, uint64_t length, bool bounced);
void sg_bounce_gather(struct builder *b, struct cursor *c, struct bounce *run);
/* Behind an IOMMU (sg_remap.c). false: no bus addresses or no bounce memory. */
bool sg_map_remapped(struct builder *b, struct cursor *c);

#endif
