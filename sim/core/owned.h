/*
 * Whose a byte is, for the CPU's side: a byte of a buffer that is mapped belongs to the device, a
 * list that the HAL has handed out to the HAL, a common buffer that was freed to nobody. While
 * somebody listens, the pages that a driver reaches by pointer are watched by the access door
 * (sim/core/door.h), and a touch of such a byte is said (CPU_READ, CPU_WRITE).
 *
 * A mapping that leaves the frames where they are costs nothing here: its bus addresses tell the
 * frames, and its pages are only marked. What is bounced or translated is kept by frame.
 */
#ifndef DMACHECK_SIM_CORE_OWNED_H
#define DMACHECK_SIM_CORE_OWNED_H

#include "sim/core/door.h"
#include "sim/core/mapreg.h"

#define OWNED_MDL_NONPAGED 0x4  /* MDL_SOURCE_IS_NONPAGED_POOL */
#define OWNED_MDL_REACHABLE 0x5 /* MDL_MAPPED_TO_SYSTEM_VA, MDL_SOURCE_IS_NONPAGED_POOL */

/* Marks pages from p on: a touch of them is looked up. */
static inline void owned_mark(const void *p, uint64_t bytes)
{
    uint64_t at = (uint64_t)(uintptr_t)p - g_door.window_base, end = at + bytes;

    if (at >= g_door.window_bytes || end > g_door.window_bytes)
        return;
    for (at >>= PAGE_BITS; at << PAGE_BITS < end; at++)
        door_watch(at);
}

/* UNWRITTEN, if fresh pool memory goes to a device as it was. */
void owned_look_unwritten(struct sim *s, const struct dma_map *m, const char *p, uint64_t bytes);

/* A mapping begins that leaves frames where they are; called while somebody listens. */
static inline void owned_map_plain(const struct dma_map *m)
{
    const struct dma_mdl *mdl = m->mdl;

    if (!(mdl->flags & OWNED_MDL_REACHABLE))
        return;
    owned_mark((const char *)mdl->mapped_va + m->offset, m->length_bytes);
    if (m->to_device && m->length_bytes <= POOL_FRESH_MAX)
        owned_look_unwritten(sim_running, m, (const char *)mdl->mapped_va + m->offset,
                             m->length_bytes);
}

/* The same for any mapping. */
void owned_map(struct sim *s, struct dma_map *m);
void owned_unmap(struct sim *s, struct dma_map *m);
/* A list lies in memory of the driver's. */
void owned_list(struct sim *s, struct dma_list *l);
void owned_list_end(struct sim *s, struct dma_list *l);
/* A common buffer begins; one was freed. */
void owned_common(struct sim *s, const void *data, uint64_t bytes, uint32_t obj);
void owned_common_end(struct sim *s, const void *data, uint64_t bytes, uint32_t obj);

/* The CPU touches user memory that it may touch. */
void owned_user_touch(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc);

void owned_reset(struct sim *s);

#endif
