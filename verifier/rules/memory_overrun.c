/*
 * memory_overrun: bytes beside an object were touched: behind or before a pool block, around a local
 * or a static variable. With ASan the touch itself is seen and its line is named; without it only
 * what a write leaves in the bytes behind a pool block, when the block is freed or the driver goes.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_FAULT_BEYOND_END_OF_ALLOCATION 0xD6u /* with special pool */

static const char *verb(const struct event *e)
{
    return e->a[2] & EVENT_TO_DEVICE ? "written" : "read";
}

static void say_pool(struct rule_run *r, const struct event *e, const char *how)
{
    int32_t distance = (int32_t)HIGH32(e->a[0]);
    bool before = LOW32(e->a[0]) == BAD_ACCESS_BEFORE;
    bool seen = LOW32(e->a[0]) == BAD_ACCESS_BEYOND_SEEN;

    if (seen && e->obj && finding_amend(r, e->obj, ROLE_TOUCHED, 0))
        return; /* the traces of what was said when it happened */
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { seen ? ROLE_HERE : ROLE_TOUCHED, e->site },
                                                 { ROLE_ALLOCATED, LOW32(e->a[3]) } },
                                      .as = DV(PAGE_FAULT_BEYOND_END_OF_ALLOCATION, LOW32(e->a[1])),
                                      .bugcheck = { (e->a[2] & EVENT_TO_DEVICE) != 0 },
                                      .bugcheck_known = 1 },
            "%" PRIu64 " byte%s %s %" PRId32 " bytes %s of %s%s", (uint64_t)EVENT_LENGTH(e->a[2]),
            EVENT_LENGTH(e->a[2]) == 1 ? "" : "s", verb(e), before ? -distance : distance,
            before ? "before the start" : "behind the end",
            e->obj ? finding_object(e->obj) : "a structure of the system", how);
}

static void on_event(struct rule_run *r, const struct event *e)
{
    static const char *const places[] = {
        [BAD_ACCESS_STACK] = "beside a local variable",
        [BAD_ACCESS_STATIC] = "beside a static variable",
        [BAD_ACCESS_OTHER] = "where nothing is allocated",
    };
    uint32_t what = LOW32(e->a[0]);

    if (what == BAD_ACCESS_BEYOND || what == BAD_ACCESS_BEFORE)
        say_pool(r, e, "");
    else if (what == BAD_ACCESS_BEYOND_SEEN)
        say_pool(r, e, ", some time before this");
    else if (what < sizeof places / sizeof *places && places[what])
        finding(r, e, &(struct finding_about) { .sites = { { ROLE_TOUCHED, e->site } } },
                "%" PRIu64 " byte%s %s %s", (uint64_t)EVENT_LENGTH(e->a[2]),
                EVENT_LENGTH(e->a[2]) == 1 ? "" : "s", verb(e), places[what]);
}

RULE(memory_overrun, .on = EV(BAD_ACCESS), .level = ERROR, .family = CALLER,
     .source = "debugger/bug-check-0xd6--driver-page-fault-beyond-end-of-allocation",
     .run = on_event);
