/*
 * IRQL at functions of the memory manager that Driver Verifier looks at one by one: each has a number of
 * its own in bug check 0xC4, and the IRQL found as its second parameter.
 */
#include "verifier/irql.h"

#define PAGE "debugger/bug-check-0xc4--driver-verifier-detected-violation"
#define MM_RULE(number)                                                                            \
    .irql = true, .level = ERROR, .family = MDLS, .bugcheck = DV(0xC4, number), .source = PAGE
#define USER_MODE 1u
#define IS_USER_ADDRESS 2u /* a3 of MmUnmapLockedPages */

static void on_call(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 });
}

RULE(probe_and_lock_irql, MM_RULE(0x70), .odd = ODD_IRQL, .calls = CALLS(MmProbeAndLockPages),
     .run = on_call);
RULE(unlock_pages_irql, MM_RULE(0x78), .odd = ODD_IRQL, .calls = CALLS(MmUnlockPages),
     .run = on_call);

/* The physical address and the bytes follow. */
static void on_map_io(struct rule_run *r, const struct event *e)
{
    irql_say(r, e,
             (struct finding_about) { .bugcheck = { e->irql, e->a[0], e->a[1] },
                                      .bugcheck_known = 3 });
}

RULE(map_io_space_irql, MM_RULE(0x73), .odd = ODD_IRQL,
     .calls = CALLS(MmMapIoSpace, MmMapIoSpaceEx), .run = on_map_io);
RULE(unmap_io_space_irql, MM_RULE(0x7B), .odd = ODD_IRQL, .calls = CALLS(MmUnmapIoSpace),
     .run = on_call);

/* Then DISPATCH_LEVEL and 0. */
static void on_pages(struct rule_run *r, const struct event *e)
{
    if (e->irql > DISPATCH)
        irql_say(r, e,
                 (struct finding_about) { .bugcheck = { e->irql, DISPATCH, 0 },
                                          .bugcheck_known = 3 });
}

RULE(pages_for_mdl_irql, MM_RULE(0x7E), .odd = ODD_IRQL,
     .calls = CALLS(MmAllocatePagesForMdl, MmAllocatePagesForMdlEx, MmFreePagesFromMdl),
     .run = on_pages);

/* --- mappings: <= DISPATCH_LEVEL into the system, <= APC_LEVEL into a process --- */

static void judge(struct rule_run *r, const struct event *e, bool user, bool wanted)
{
    if (user == wanted && e->irql > (user ? APC : DISPATCH))
        irql_say_most(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 },
                      user ? APC : DISPATCH);
}

static void on_map(struct rule_run *r, const struct event *e)
{
    judge(r, e, e->a[0] == USER_MODE, false);
}
static void on_map_user(struct rule_run *r, const struct event *e)
{
    judge(r, e, e->a[0] == USER_MODE, true);
}
static void on_unmap(struct rule_run *r, const struct event *e)
{
    judge(r, e, (e->a[3] & IS_USER_ADDRESS) != 0, false);
}
static void on_unmap_user(struct rule_run *r, const struct event *e)
{
    judge(r, e, (e->a[3] & IS_USER_ADDRESS) != 0, true);
}

RULE(map_locked_pages_irql, MM_RULE(0x74), .odd = ODD_IRQL, .calls = CALLS(MmMapLockedPages),
     .run = on_map);
RULE(map_locked_pages_user_irql, MM_RULE(0x75), .calls = CALLS(MmMapLockedPages),
     .run = on_map_user);
RULE(map_specify_cache_irql, MM_RULE(0x76), .odd = ODD_IRQL,
     .calls = CALLS(MmMapLockedPagesSpecifyCache), .run = on_map);
RULE(map_specify_cache_user_irql, MM_RULE(0x77), .calls = CALLS(MmMapLockedPagesSpecifyCache),
     .run = on_map_user);
RULE(unmap_pages_irql, MM_RULE(0x79), .odd = ODD_IRQL, .calls = CALLS(MmUnmapLockedPages),
     .run = on_unmap);
RULE(unmap_user_pages_irql, MM_RULE(0x7A), .calls = CALLS(MmUnmapLockedPages),
     .run = on_unmap_user);
