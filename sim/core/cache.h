/*
 * Caches that devices do not see, on a machine whose profile says coherent = no. The CPU uses its
 * cache lines, which are the memory's views as they are; a device uses RAM, which is a second image
 * of the pages that DMA has come near. The two meet at defined moments only: when a mapping call or
 * KeFlushIoBuffers cleans, when a flush lets the CPU see what came, and when a dirty line happens
 * to be written back (choice WRITE_BACK).
 *
 * Nothing here is called on a coherent machine. Common buffers, bounce memory and memory that was
 * asked for uncached have one image on every machine.
 */
#ifndef DMACHECK_SIM_CORE_CACHE_H
#define DMACHECK_SIM_CORE_CACHE_H

#include "sim/core/sg.h"

#define CACHE_LINE_BYTES 64u

/* A mapping begins. cleans: version 3, where the call itself writes dirty lines back. */
void cache_map(struct sim *s, const struct dma_map *m, bool cleans);
/* A transfer from the device is flushed: the CPU sees [offset, +length) of it as RAM has it. */
void cache_flush_map(struct sim *s, const struct dma_map *m, uint64_t offset,
                     uint64_t length_bytes);
/* KeFlushIoBuffers, FlushDmaBuffer, over one MDL: dirty lines are written back; for a read by DMA
 * the others are dropped, so that the CPU sees RAM. */
void cache_flush_mdl(struct sim *s, const struct dma_mdl *mdl, bool read, bool dma);
/* Where a device finds the bytes that the CPU has at p (in one page). Dirty lines among them may be
 * written back just now. */
void *cache_device(struct sim *s, void *p, uint64_t bytes);
/* What the HAL itself has copied to memory is in RAM too, whatever becomes of its lines. */
void cache_write_through(struct sim *s, struct pa pa, uint64_t bytes);
/* Takes whole pages out of the caches for a while, or puts them back. false: they were (or were
 * not) uncached already, all of them. */
bool cache_bypass(struct sim *s, void *va, uint64_t bytes, bool bypass);

void cache_reset(struct sim *s);
void cache_destroy(struct sim *s);

#endif
