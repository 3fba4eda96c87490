/*
 * user_pointer_*: an address that a program has passed (METHOD_NEITHER and its like) is used where it need
 * not mean what it did: unprobed or unguarded, in the context of some other process, or after the request
 * that brought it. Windows gives the driver other bytes, or none, at no time of the driver's choosing.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

/* What an access that fails comes to: at DISPATCH_LEVEL, as an exception that nobody takes. */
#define USER_STOPS                                                                                 \
    .stops = { 0xD1, 0x1E, 0x7E, 0x3B } /* DRIVER_IRQL_..., *_EXCEPTION_NOT_HANDLED and the like */
#define USER_RULE .on = EV(MISUSE), .level = ERROR, .family = MEMORY, USER_STOPS

static const char *way(const struct event *e)
{
    return e->a[2] & EVENT_TO_DEVICE ? "written" : "read";
}

static void on_unprobed(struct rule_run *r, const struct event *e)
{
    static const char *const missing[] = {
        "without ProbeForRead or ProbeForWrite, and outside of __try",
        "outside of __try: the program may take the memory away at any time",
        "without ProbeForRead or ProbeForWrite: the address may be the system's",
    };

    if (e->a[0] != MISUSE_USER_UNPROBED)
        return;
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_TOUCHED, e->site } } },
            "%" PRIu64 " bytes of user memory are %s %s", (uint64_t)EVENT_LENGTH(e->a[2]), way(e),
            missing[e->a[3] % 3]);
}

static void on_process(struct rule_run *r, const struct event *e)
{
    if (e->a[0] != MISUSE_USER_PROCESS)
        return;
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_TOUCHED, e->site } } },
            "%" PRIu64 " bytes of user memory are %s by their user address %s",
            (uint64_t)EVENT_LENGTH(e->a[2]), way(e),
            e->a[3] ? "in a DPC or ISR, where any process may be current"
                    : "in a thread of another process");
}

static void on_outlived(struct rule_run *r, const struct event *e)
{
    if (e->a[0] != MISUSE_USER_OUTLIVED)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_TOUCHED, e->site }, { ROLE_COMPLETED, LOW32(e->a[3]) } } },
            "%" PRIu64
            " bytes of user memory are %s, and the request that brought their address has "
            "been completed",
            (uint64_t)EVENT_LENGTH(e->a[2]), way(e));
}

RULE(user_pointer_unprobed, USER_RULE,
     .source = "kernel/errors-in-referencing-user-space-addresses", .run = on_unprobed);
RULE(user_pointer_wrong_process, USER_RULE,
     .source = "kernel/using-neither-buffered-nor-direct-i-o", .run = on_process);
RULE(user_pointer_outlives_owner, USER_RULE,
     .source = "kernel/using-neither-buffered-nor-direct-i-o", .run = on_outlived);
