/*
 * A plan as a programmer would write it: calls of scenario.h. A request that its thread waits for and
 * releases at once is one call, dm_read, and not four.
 */
#ifndef DMACHECK_MACHINE_CALLS_H
#define DMACHECK_MACHINE_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "include/dmacheck/plan.h"

/* Whether a read or write is sent as a chain of MDLs; there is no call that waits for one. */
bool calls_chain(const struct dm_plan_op *op);
/* Whether the request that is sent at this op is waited for in the same call. */
bool calls_waits(const struct dm_plan *p, size_t at);
/* Marks the ops that belong to an earlier one's call; inside: as long as the plan. */
void calls_fold(const struct dm_plan *p, bool *inside);
/* How many calls it is; to draw a choice does nothing, and is none. */
size_t calls_count(const struct dm_plan *p);

#endif
