/*
 * The pool: sizes, IRQLs and addresses that it is called with, and blocks that nobody gives back.
 */
#include <inttypes.h>

#include "verifier/irql.h"
#include "verifier/track/pool.h"

#define PAGE "debugger/bug-check-0xc4--driver-verifier-detected-violation"
#define POOL_RULE(number)                                                                          \
    .level = ERROR, .family = MEMORY, .bugcheck = DV(0xC4, number), .source = PAGE
#define ALLOCATORS                                                                                 \
    CALLS(ExAllocatePool, ExAllocatePoolWithTag, ExAllocatePoolWithTagPriority,                    \
          ExAllocatePoolWithQuota, ExAllocatePoolWithQuotaTag, ExAllocatePoolZero,                 \
          ExAllocatePoolUninitialized, ExAllocatePoolQuotaZero, ExAllocatePoolQuotaUninitialized,  \
          ExAllocatePoolPriorityZero, ExAllocatePoolPriorityUninitialized, ExAllocatePool2,        \
          ExAllocatePool3)
#define FREERS CALLS(ExFreePool, ExFreePoolWithTag, ExFreePool2)
#define PAGED_POOL_BIT 0x1u    /* of POOL_TYPE: wdm/ne-wdm-_pool_type */
#define POOL_FLAG_PAGED 0x100u /* kernel/pool_flags */
#define BAD_POOL_CALLER 0xC2u
#define FREED_TWICE 7u

/* a0 = type or flags, a1 = bytes */
static bool is_paged(const struct event *e)
{
    bool flags = e->api == API_ExAllocatePool2 || e->api == API_ExAllocatePool3;

    return (e->a[0] & (flags ? POOL_FLAG_PAGED : PAGED_POOL_BIT)) != 0;
}

/* --- allocating: the IRQL, the pool type, the bytes --- */

static struct finding_about request(const struct event *e)
{
    return (struct finding_about) { .bugcheck = { e->irql, e->a[0], e->a[1] },
                                    .bugcheck_known = 3 };
}

static void on_zero(struct rule_run *r, const struct event *e)
{
    struct finding_about a = request(e);

    if (e->a[1])
        return;
    a.sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    finding(r, e, &a, "%s of no bytes", api_name(e->api));
}

static void on_paged(struct rule_run *r, const struct event *e)
{
    if (is_paged(e) && e->irql > APC)
        irql_say_most(r, e, request(e), APC);
}
static void on_nonpaged(struct rule_run *r, const struct event *e)
{
    if (!is_paged(e) && e->irql > DISPATCH)
        irql_say(r, e, request(e));
}

RULE(pool_zero_bytes, POOL_RULE(0x00), .calls = ALLOCATORS, .run = on_zero);
RULE(pool_paged_irql, POOL_RULE(0x01), .irql = true, .calls = ALLOCATORS, .run = on_paged);
RULE(pool_nonpaged_irql, POOL_RULE(0x02), .irql = true, .odd = ODD_IRQL, .calls = ALLOCATORS,
     .run = on_nonpaged);

/* --- freeing: the IRQL, the pool type, the address --- */

static struct finding_about block(const struct event *e, const struct pool_record *p)
{
    return (struct finding_about) { .bugcheck = { e->irql, p->type, e->a[0] },
                                    .bugcheck_known = 3 };
}

static void on_free_paged(struct rule_run *r, const struct event *e)
{
    const struct pool_record *p = e->irql > APC ? track_pool(r->track, e->obj) : NULL;

    if (p && p->type == POOL_TYPE_PAGED)
        irql_say_most(r, e, block(e, p), APC);
}
static void on_free_nonpaged(struct rule_run *r, const struct event *e)
{
    const struct pool_record *p = track_pool(r->track, e->obj);

    if (p && p->type == POOL_TYPE_NONPAGED)
        irql_say(r, e, block(e, p));
}

RULE(pool_paged_free_irql, POOL_RULE(0x11), .irql = true, .calls = FREERS, .run = on_free_paged);
RULE(pool_nonpaged_free_irql, POOL_RULE(0x12), .irql = true, .odd = ODD_IRQL, .calls = FREERS,
     .run = on_free_nonpaged);

/* --- bug check 0xC2, of a call that frees --- */

static const struct call_record *freeing(const struct rule_run *r, const struct event *e)
{
    const struct call_record *c =
        e->a[0] == BAD_POOL_CALLER ? track_call(r->track, e->agent, 0) : NULL;

    return c && (c->api == API_ExFreePool || c->api == API_ExFreePoolWithTag ||
                 c->api == API_ExFreePool2)
               ? c
               : NULL;
}

static void on_freed_twice(struct rule_run *r, const struct event *e)
{
    const struct call_record *c = freeing(r, e);
    const struct pool_record *p = c ? track_pool(r->track, c->obj) : NULL;

    if (c && e->a[1] == FREED_TWICE)
        finding(r, e,
                &(struct finding_about) {
                    .obj = c->obj,
                    .sites = { { ROLE_HERE, e->site },
                               { ROLE_FREED, p ? p->site_freed : 0 },
                               { ROLE_ALLOCATED, p ? p->site_allocated : 0 } } },
                "%s of %s, which was freed before", api_name(c->api), finding_object(c->obj));
}

static void on_bad_free(struct rule_run *r, const struct event *e)
{
    const struct call_record *c = freeing(r, e);

    if (c && e->a[1] != FREED_TWICE)
        finding(r, e,
                &(struct finding_about) { .sites = { { ROLE_HERE, e->site } },
                                          .bugcheck = { e->a[2], 0, 0 },
                                          .bugcheck_known = 3 },
                "%s of an address that no allocation gave", api_name(c->api));
}

RULE(pool_freed_twice, POOL_RULE(0x13), .on = EV(BUGCHECK), .stops = { BAD_POOL_CALLER },
     .run = on_freed_twice);
RULE(pool_bad_free, POOL_RULE(0x10), .on = EV(BUGCHECK), .stops = { BAD_POOL_CALLER },
     .run = on_bad_free);

/* --- what is still to run in a block that is freed --- */

static void say_running(struct rule_run *r, const struct event *e, const char *what)
{
    const struct pool_record *p = track_pool(r->track, e->obj);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_ALLOCATED, p ? p->site_allocated : 0 } } },
            "%s is freed with a %s in it", finding_object(e->obj), what);
}

static void on_timer(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_TIMER_FREED)
        say_running(r, e, "timer that is set");
}
static void on_dpc(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_DPC_FREED)
        say_running(r, e, "DPC that is queued");
}

RULE(pool_timer_active, POOL_RULE(0x15), .on = EV(MISUSE), .run = on_timer);
RULE(pool_dpc_queued, .level = ERROR, .family = MEMORY, .bugcheck = DV(0xC7, 0x01),
     .source = "debugger/bug-check-0xc7--timer-or-dpc-invalid", .on = EV(MISUSE), .run = on_dpc);

/* --- at unload --- */

static void each_left(void *ctx, void *row)
{
    const struct pool_record *p = row;

    if (p->by_driver)
        finding(ctx, NULL,
                &(struct finding_about) { .obj = p->head.id,
                                          .sites = { { ROLE_ALLOCATED, p->site_allocated } } },
                "%s of %" PRIu64 " bytes of %s pool was never freed", finding_object(p->head.id),
                p->length_bytes, p->type == POOL_TYPE_PAGED ? "paged" : "nonpaged");
}

static void at_end(struct rule_run *r) { track_pool_each(r->track, each_left, r); }

RULE(pool_leaked, POOL_RULE(0x62), .once = true, .also_at_end = at_end);
