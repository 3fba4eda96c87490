/*
 * Buffers that cannot be what the driver means to map or flush: empty, not locked, outside their MDL
 * or longer than it, without a system address where the CPU has to copy them, or sharing a cache line
 * where caches are not coherent. The machine says in which way (BUFFER); each way is one rule, but for
 * an address outside, which the routines of one MDL and those of a chain tell apart.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define MDL_PARTIAL 0x0010u
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004u

/* What a BUFFER event says, unpacked. */
struct buffer {
    enum buffer_odd what;
    uint64_t missing_bytes, va, length_bytes, mdl_va;
    uint32_t flags;
};

static struct buffer buffer_of(const struct event *e)
{
    return (struct buffer) { (enum buffer_odd)LOW32(e->a[0]),
                             HIGH32(e->a[0]),
                             e->a[1],
                             LOW32(e->a[2]),
                             e->a[3],
                             HIGH32(e->a[2]) };
}

/* Says it with up to three parameters. */
static RULE_COLD void say(struct rule_run *r, const struct event *e, unsigned known, uint64_t p2,
                          uint64_t p3, uint64_t p4, const char *what)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);
    const struct call_record *call = track_call(r->track, e->agent, 0);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, m ? m->site_created : 0 },
                                                 { ROLE_LOCKED, m ? m->site_locked : 0 } },
                                      .bugcheck = { p2, p3, p4 },
                                      .bugcheck_known = known },
            "%s of %" PRIu32 " bytes of %s: %s",
            e->api ? api_name(e->api)
            : call ? api_name(call->api)
                   : "a transfer",
            LOW32(e->a[2]), finding_object(e->obj), what);
}

static bool is_list_v1(uint16_t api)
{
    return api == API_GetScatterGatherList || api == API_BuildScatterGatherList;
}

static void on_empty(struct rule_run *r, const struct event *e)
{
    if (buffer_of(e).what == BUFFER_EMPTY)
        say(r, e, 0, 0, 0, 0, "there is nothing to map");
}

static void on_unlocked(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_UNLOCKED)
        say(r, e, 1, b.mdl_va, 0, 0, "its pages are not locked");
}

static void on_unmapped(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_UNMAPPED)
        say(r, e, 1, b.mdl_va, 0, 0,
            "it has to be copied for this device, and has no system address");
}

static void on_outside(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if ((b.what == BUFFER_BEFORE || b.what == BUFFER_BEHIND) && !is_list_v1(e->api))
        say(r, e, 2, b.va, b.mdl_va, 0, "CurrentVa is not inside the MDL");
}

static void on_before(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_BEFORE && is_list_v1(e->api))
        say(r, e, 3, 1, b.va, b.mdl_va, "CurrentVa lies before the first MDL");
}

static void on_behind(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_BEHIND && is_list_v1(e->api))
        say(r, e, 3, 2, b.va, b.mdl_va, "CurrentVa lies behind the first MDL");
}

static void on_longer(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_LONGER)
        say(r, e, 3, 3, b.mdl_va, b.length_bytes, "it ends in a page that the MDL does not have");
}

static void on_short(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_SHORT)
        say(r, e, 1, b.missing_bytes, 0, 0, "the MDL chain ends before them");
}

/* Memory that the driver itself has laid where it lies. A buffer that comes with a request lies where
 * its requester wanted, and GetDmaAlignment asks nothing of that. */
static bool is_own(const struct rule_run *r, const struct event *e, const struct buffer *b)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);

    return m && !m->irp && (b->flags & MDL_SOURCE_IS_NONPAGED_POOL) && !(b->flags & MDL_PARTIAL);
}

static void on_va_unaligned(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_VA_UNALIGNED && is_own(r, e, &b))
        say(r, e, 3, 4, b.va, b.mdl_va, "it begins within a cache line, for a device to write");
}

static void on_length_unaligned(struct rule_run *r, const struct event *e)
{
    struct buffer b = buffer_of(e);

    if (b.what == BUFFER_LENGTH_UNALIGNED && is_own(r, e, &b))
        say(r, e, 3, 5, b.length_bytes, b.mdl_va,
            "it ends within a cache line, for a device to write");
}

#define PAGE_OF_ALL "debugger/bug-check-0xe6--driver-verifier-dma-violation"
#define BUFFER_RULE .on = EV(BUFFER), .level = ERROR, .family = MAP, .source = PAGE_OF_ALL

RULE(map_zero_length, BUFFER_RULE, .bugcheck = DV(0xE6, 0x21), .run = on_empty);
RULE(buffer_not_locked, BUFFER_RULE, .bugcheck = DV(0xE6, 0x0E), .run = on_unlocked);
RULE(buffer_without_system_va, BUFFER_RULE, .bugcheck = DV(0xE6, 0x22), .run = on_unmapped);
RULE(va_outside_mdl, BUFFER_RULE, .bugcheck = DV(0xE6, 0x1B), .run = on_outside);
RULE(buffer_before_mdl, BUFFER_RULE, .bugcheck = DV2(0xE6, 0x1F, 1), .run = on_before);
RULE(buffer_after_mdl, BUFFER_RULE, .bugcheck = DV2(0xE6, 0x1F, 2), .run = on_behind);
RULE(buffer_longer_than_mdl, BUFFER_RULE, .bugcheck = DV2(0xE6, 0x1F, 3), .run = on_longer);
RULE(buffer_not_line_aligned, BUFFER_RULE, .bugcheck = DV2(0xE6, 0x1F, 4), .run = on_va_unaligned);
RULE(length_not_line_aligned, BUFFER_RULE, .bugcheck = DV2(0xE6, 0x1F, 5),
     .run = on_length_unaligned);
RULE(buffer_insufficient, BUFFER_RULE, .bugcheck = DV(0xE6, 0x24), .run = on_short);
