/*
 * memory_used_after_free: a pool block was touched after it was freed. With ASan the touch itself is
 * seen and its line is named; without it only what a write leaves in the fill of a freed block, when
 * the block is given to somebody else or the driver goes.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_FAULT_IN_FREED_SPECIAL_POOL 0xD5u

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t what = LOW32(e->a[0]);
    bool seen = what == BAD_ACCESS_FREED_SEEN, write = (e->a[2] & EVENT_TO_DEVICE) != 0;

    if (what != BAD_ACCESS_FREED && !seen)
        return;
    if (seen && e->obj && finding_amend(r, e->obj, ROLE_TOUCHED, 0))
        return; /* the traces of what was said when it happened */
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_TOUCHED, seen ? 0 : e->site },
                                                 { ROLE_FREED, HIGH32(e->a[3]) },
                                                 { ROLE_ALLOCATED, LOW32(e->a[3]) } },
                                      .as = DV(PAGE_FAULT_IN_FREED_SPECIAL_POOL, LOW32(e->a[1])),
                                      .bugcheck = { write },
                                      .bugcheck_known = 1 },
            "%" PRIu64 " byte%s %s at offset %" PRId32 " of %s after it was freed%s",
            (uint64_t)EVENT_LENGTH(e->a[2]), EVENT_LENGTH(e->a[2]) == 1 ? "" : "s",
            write ? "written" : "read", (int32_t)HIGH32(e->a[0]),
            e->obj ? finding_object(e->obj) : "a structure of the system",
            seen ? "; its memory was found changed" : "");
}

RULE(memory_used_after_free, .on = EV(BAD_ACCESS), .level = ERROR, .family = CALLER,
     .source = "debugger/bug-check-0xd5--driver-page-fault-in-freed-special-pool", .run = on_event);
