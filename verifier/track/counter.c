/*
 * The performance counter as a driver last saw it.
 */
#include "verifier/track/counter.h"

#include "verifier/track/tracker.h"

static void on_return(struct track *t, void *state, const struct event *e)
{
    struct counter_seen *seen = state;

    (void)t;
    *seen = (struct counter_seen) { .ticks = e->a[0], .ns = e->ns, .site = e->site };
}

TRACKER(counter, .state_bytes = sizeof(struct counter_seen),
        .returns = APIS(KeQueryPerformanceCounter), .run = on_return);

const struct counter_seen *track_counter(const struct track *t)
{
    return track_state(t, &tracker_counter);
}
