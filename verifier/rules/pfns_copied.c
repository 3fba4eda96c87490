/*
 * pfns_copied: an MDL is mapped whose page frame numbers and flags the driver has written itself, copied
 * from others. Who has locked these pages, and until when, is in the others; this one only says so.
 */
#include "verifier/finding.h"
#include "verifier/track/mdl_empty.h"

/* MDL_PAGES_LOCKED, MDL_SOURCE_IS_NONPAGED_POOL, MDL_PARTIAL */
#define SAYS_IT_HAS_PAGES (0x2u | 0x4u | 0x10u)
#define MDL_IO_SPACE 0x800u /* registers have no locks: such an MDL may be made by hand */

static void on_call(struct rule_run *r, const struct event *e)
{
    if (!(e->a[1] & SAYS_IT_HAS_PAGES) || (e->a[1] & MDL_IO_SPACE) ||
        !mdl_is_empty(r->track, e->obj))
        return;
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } },
            "%s says that it has pages, but it was neither built nor locked: its frame numbers and "
            "flags are "
            "copied from elsewhere",
            finding_object(e->obj));
}

RULE(pfns_copied, .calls = CALLS(MmMapLockedPagesSpecifyCache, MmMapLockedPages), .level = ERROR,
     .family = MDLS, .once = true, .source = "wdm/nf-wdm-mmmaplockedpagesspecifycache",
     .run = on_call);
