/*
 * Whether some adapter's device has joined another's domain: they share common buffers from then on.
 */
#include "verifier/track/tracker.h"

static void joins(struct track *t, void *state, const struct event *e)
{
    (void)state;
    (void)e;
    t->domains_joined = true;
}

TRACKER(domain, .state_bytes = 1, .calls = APIS(JoinDmaDomain), .run = joins);
