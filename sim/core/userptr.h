/*
 * Pointers of a program that a driver uses as they came: METHOD_NEITHER and its like. Who brought which
 * range, and until when; which ranges the driver has probed. A touch of user memory that Windows would
 * let through by luck only is said (MISUSE_USER_...), and Windows' behaviour stays what it is.
 *
 * Costs nothing until the first request that hands on pointers: until then there is no record.
 */
#ifndef DMACHECK_SIM_CORE_USERPTR_H
#define DMACHECK_SIM_CORE_USERPTR_H

#include "sim/core/adapter.h"

/* A request brings a range of this process; it has been completed (obj: the IRP). */
void userptr_brought(struct sim *s, uint32_t obj, uint32_t process, const void *p, uint64_t bytes);
void userptr_completed_slow(struct sim *s, uint32_t obj);
/* The driver has probed a range, in vain or not. */
void userptr_probed(struct sim *s, const void *p, uint64_t bytes);
/* The driver is about to touch user memory. Returns the site that it was told with; 0: all is well. */
uint32_t userptr_touch(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc);

static inline void userptr_completed(struct sim *s, uint32_t obj)
{
    if (s->dma && s->dma->userptrs)
        userptr_completed_slow(s, obj);
}

#endif
