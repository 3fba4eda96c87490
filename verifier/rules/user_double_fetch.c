/*
 * user_double_fetch: the driver reads the same bytes of a program's memory twice in one request.
 * Another thread of the program may have changed them in between, so what was checked by the first
 * reading need not hold for the second. Said where the bytes were changed and read again (--faults
 * user-memory:N): what follows in the run is what a malicious program gets.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    if (e->obj)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_FIRST, LOW32(e->a[3]) } } },
            "%" PRIu64 " bytes of user memory were read twice; the program changed them in between",
            e->a[1]);
}

RULE(user_double_fetch, .on = EV(DOUBLE_FETCH), .level = ERROR, .family = MEMORY,
     .source = "kernel/buffer-handling", .run = on_event);
