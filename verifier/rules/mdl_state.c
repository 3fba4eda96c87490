/*
 * Functions of MDLs that were given an MDL in the wrong state: what Driver Verifier reads from MdlFlags.
 * The MDL's address is the second parameter, its flags the third; the address means nothing here.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE "debugger/bug-check-0xc4--driver-verifier-detected-violation"
#define MDL_RULE(number)                                                                           \
    .level = ERROR, .family = MDLS, .bugcheck = DV(0xC4, number), .source = PAGE
#define MEMORY_MANAGEMENT 0x1Au
#define PFN_LIST_CORRUPT 0x4Eu
#define BAD_POOL_CALLER 0xC2u
#define SYSTEM_PTE_MISUSE 0xDAu
#define USER_MODE 1u
#define IS_MAPPED 1u /* a3 of MmUnmapLockedPages */
#define IS_USER_ADDRESS 2u

/* wdm/ns-wdm-_mdl, MdlFlags */
enum mdl_flags {
    MAPPED = 0x0001,
    LOCKED = 0x0002,
    NONPAGED = 0x0004,
    PARTIAL = 0x0010,
    PARTIAL_MAPPED = 0x0020,
    PARENT_MAPPED = 0x0100,
    IO_SPACE = 0x0800
};

/* Of an MDL that lives: what is done to a freed one is another rule's. */
static const struct mdl_record *live(const struct rule_run *r, const struct event *e)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);

    return m && m->head.live ? m : NULL;
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, const char *what)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_LOCKED, m ? m->site_locked : 0 },
                                                 { ROLE_CREATED, m ? m->site_created : 0 },
                                                 { ROLE_FREED, m ? m->site_freed : 0 } } },
            "%s of %s %s", api_name(e->api), finding_object(e->obj), what);
}

/* --- MmProbeAndLockPages, MmUnlockPages: a2 = flags --- */

static void on_lock(struct rule_run *r, const struct event *e)
{
    if (!live(r, e))
        return;
    if (e->a[2] & LOCKED)
        say(r, e, "whose pages are locked already");
    else if (e->a[2] & NONPAGED)
        say(r, e, "which was built for nonpaged memory");
    else if (e->a[2] & (MAPPED | PARTIAL | IO_SPACE))
        say(r, e, "which is mapped, partial or of I/O space");
}

static void on_unlock_never(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && !(e->a[2] & (LOCKED | NONPAGED | PARTIAL)))
        say(r, e, "whose pages are not locked");
}
static void on_unlock_nonpaged(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && (e->a[2] & NONPAGED) && !(e->a[2] & PARTIAL))
        say(r, e, "which was built for nonpaged memory");
}
static void on_unlock_partial(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && (e->a[2] & PARTIAL))
        say(r, e, "which IoBuildPartialMdl made: the pages are its source's");
}

RULE(lock_wrong_flags, MDL_RULE(0xB0), .calls = CALLS(MmProbeAndLockPages), .run = on_lock);
RULE(unlock_never_locked, MDL_RULE(0x7C), .stops = { PFN_LIST_CORRUPT },
     .calls = CALLS(MmUnlockPages), .run = on_unlock_never);
RULE(unlock_nonpaged_mdl, MDL_RULE(0x7D), .stops = { PFN_LIST_CORRUPT },
     .calls = CALLS(MmUnlockPages), .run = on_unlock_nonpaged);
RULE(unlock_partial_mdl, MDL_RULE(0xB4), .stops = { PFN_LIST_CORRUPT },
     .calls = CALLS(MmUnlockPages), .run = on_unlock_partial);

/* --- MmMapLockedPages(SpecifyCache): a0 = mode, a1 = flags --- */

static void on_map_mapped(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && e->a[0] != USER_MODE && (e->a[1] & (MAPPED | NONPAGED)))
        say(r, e,
            e->a[1] & MAPPED ? "which is mapped already"
                             : "whose memory has a system address anyway");
}
static void on_map_unlocked(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && !(e->a[1] & (LOCKED | NONPAGED | PARTIAL | IO_SPACE)))
        say(r, e, "whose pages are not locked");
}
static void on_map_old(struct rule_run *r, const struct event *e)
{
    say(r, e, "stops the machine when there is no room; MmMapLockedPagesSpecifyCache need not");
}
static void on_map_arg(struct rule_run *r, const struct event *e)
{
    const struct call_record *c = track_call(r->track, e->agent, 0);

    if (e->a[2] && c && c->api == API_MmMapLockedPagesSpecifyCache)
        say(r, e, "with BugCheckOnFailure stops the machine when there is no room");
}

RULE(map_already_mapped, MDL_RULE(0xB2),
     .calls = CALLS(MmMapLockedPages, MmMapLockedPagesSpecifyCache), .run = on_map_mapped);
RULE(map_not_locked, MDL_RULE(0xB3), .stops = { MEMORY_MANAGEMENT },
     .calls = CALLS(MmMapLockedPages, MmMapLockedPagesSpecifyCache), .run = on_map_unlocked);
RULE(map_locked_pages_used, MDL_RULE(0x81),
     .after =
         "map_locked_pages_irql, map_locked_pages_user_irql, map_already_mapped, map_not_locked",
     .stops = { 0x3F }, .calls = CALLS(MmMapLockedPages), .run = on_map_old);
RULE(map_bugcheck_on_failure, MDL_RULE(0x82),
     .after =
         "map_specify_cache_irql, map_specify_cache_user_irql, map_already_mapped, map_not_locked",
     .stops = { 0x3F }, .args = APIS(MmMapLockedPagesSpecifyCache), .run = on_map_arg);

/* --- MmUnmapLockedPages: a0 = address, a1 = flags, a3: is it mapped there --- */

static void on_unmap_partial(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && !(e->a[3] & IS_USER_ADDRESS) && (e->a[1] & PARTIAL) &&
        !(e->a[1] & PARTIAL_MAPPED))
        say(r, e, "which IoBuildPartialMdl made: the mapping is its source's");
}
static void on_unmap(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && !(e->a[3] & (IS_USER_ADDRESS | IS_MAPPED)) && !(e->a[1] & PARTIAL))
        say(r, e, "which is not mapped there");
}
static void on_unmap_user(struct rule_run *r, const struct event *e)
{
    if (live(r, e) && (e->a[3] & IS_USER_ADDRESS) && !(e->a[3] & IS_MAPPED))
        say(r, e, "at a user address that is no mapping of it");
}

RULE(unmap_partial_mdl, MDL_RULE(0xB5), .stops = { SYSTEM_PTE_MISUSE },
     .calls = CALLS(MmUnmapLockedPages), .run = on_unmap_partial);
RULE(unmap_not_mapped, MDL_RULE(0xB6), .stops = { SYSTEM_PTE_MISUSE },
     .calls = CALLS(MmUnmapLockedPages), .run = on_unmap);
RULE(unmap_bad_user_address, MDL_RULE(0xB9), .stops = { SYSTEM_PTE_MISUSE },
     .calls = CALLS(MmUnmapLockedPages), .run = on_unmap_user);

/* --- IoFreeMdl: a0 = flags, a1: whether it lives --- */

/* IoFreeMdl ends a partial MDL's own mapping; its source's is its source's. */
static void on_free_mapped(struct rule_run *r, const struct event *e)
{
    if (e->a[1] && (e->a[0] & MAPPED) && !(e->a[0] & (PARTIAL | PARENT_MAPPED)))
        say(r, e, "which is still mapped");
}
static void on_free_again(struct rule_run *r, const struct event *e)
{
    if (!e->a[1] && e->obj)
        say(r, e, "which was freed before");
}

RULE(mdl_freed_mapped, MDL_RULE(0xB8), .calls = CALLS(IoFreeMdl), .run = on_free_mapped);
RULE(mdl_freed_twice, MDL_RULE(0x13), .stops = { BAD_POOL_CALLER }, .calls = CALLS(IoFreeMdl),
     .run = on_free_again);
