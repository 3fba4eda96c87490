/*
 * bug_check: Windows itself would have stopped here, with or without Driver Verifier. The simulator
 * goes on, so what follows may be a consequence.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

/* Those that listen to the bug check themselves and say more of it. */
#define AFTER                                                                                      \
    "raise_irql_lowers, lower_irql_raises, spin_lock_owned_already, spin_lock_not_owned, "         \
    "pool_freed_twice, pool_bad_free, call_driver_no_irp, call_driver_no_device, irp_freed_bad, "  \
    "vector_not_empty, vector_index_out_of_bounds, vector_index_freed, "                           \
    "wdf_recursive_lock, wdf_request_before_transaction, wdf_null_parameter, wdf_wrong_handle, "   \
    "wdf_request_error, wdf_object_error, wdf_dma_wrong_state, wdf_queue_error, "                  \
    "wdf_lock_operation, wdf_irql_changed"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);

    if (finding_explains(r, (uint32_t)e->a[0], e->site))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site } },
                                      .as = DV((uint32_t)e->a[0], (uint32_t)e->a[1]),
                                      .bugcheck = { e->a[2], e->a[3] },
                                      .bugcheck_known = 2 },
            "bug check 0x%" PRIX64 " (0x%" PRIX64 ", 0x%" PRIX64 ", 0x%" PRIX64 ", ...)%s%s",
            e->a[0], e->a[1], e->a[2], e->a[3], call ? " in " : "",
            call ? api_name(call->api) : "");
}

RULE(bug_check, .on = EV(BUGCHECK), .after = AFTER, .level = ERROR, .family = CALLER,
     .source = "debugger/bug-check-code-reference2", .run = on_event);
