/*
 * What tests made of plans call beside scenario.h.
 */
#include "machine/plan_things.h"
#include "machine/private.h"

struct dm_file *dm_open_own(struct dm_run *r, unsigned index, unsigned access, int32_t *status)
{
    return run_open_own(r, index, access, status);
}

void *dm_wild(uint64_t name) { return plan_wild(name); }
