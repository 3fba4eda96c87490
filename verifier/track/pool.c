/*
 * Pool blocks: allocated and freed where.
 */
#include "verifier/track/pool.h"

#include "verifier/track/tracker.h"

_Static_assert(sizeof(struct pool_record) == 64, "see unused");

static int create(void *state) { return objtab_create(state, sizeof(struct pool_record), 8); }
static void destroy(void *state) { objtab_destroy(state); }
static void reset(void *state) { objtab_reset(state); }

/* Pool that the driver asked for: within a call of one of the functions of api_mm.def, in a row there. */
static bool by_driver(const struct track *t, const struct event *e)
{
    const struct call_record *c = track_call(t, e->agent, 0);

    return c && c->api >= API_ExAllocatePool && c->api <= API_ExAllocatePool3;
}

static void on_event(struct track *t, void *state, const struct event *e)
{
    struct pool_record *p =
        e->kind == EV_POOL ? objtab_put(state, e->obj) : objtab_find_live(state, e->obj);

    if (!p)
        return;
    if (e->kind == EV_POOL) {
        *p = (struct pool_record) { .head = { e->obj, 1 },
                                    .site_allocated = e->site,
                                    .tag = (uint32_t)e->a[2],
                                    .type = (uint32_t)e->a[3],
                                    .by_driver = by_driver(t, e),
                                    .va = e->a[0],
                                    .length_bytes = e->a[1] };
    } else {
        p->site_freed = e->site;
        objtab_kill(state, p);
    }
}

TRACKER(pool, .state_bytes = sizeof(struct objtab), .create = create, .destroy = destroy,
        .reset = reset, .run = on_event, .on = EV(POOL, POOL_END));

const struct pool_record *track_pool(const struct track *t, uint32_t id)
{
    return objtab_find(track_state(t, &tracker_pool), id);
}

void track_pool_each(const struct track *t, void (*each)(void *ctx, void *row), void *ctx)
{
    objtab_each_live(track_state(t, &tracker_pool), each, ctx);
}
