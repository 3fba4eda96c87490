/*
 * MDLs and mappings of the wrong memory: what Driver Verifier finds in the database of page frames, and
 * only the machine can know.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE "debugger/bug-check-0xc4--driver-verifier-detected-violation"
#define FRAME_RULE(number)                                                                         \
    .on = EV(MISUSE), .level = ERROR, .family = MDLS, .bugcheck = DV(0xC4, number), .source = PAGE

static struct finding_about about(const struct rule_run *r, const struct event *e)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);

    return (struct finding_about) { .obj = e->obj,
                                    .sites = { { ROLE_HERE, e->site },
                                               { ROLE_CREATED, m ? m->site_created : 0 } } };
}

static const char *function(const struct rule_run *r, const struct event *e)
{
    const struct call_record *c = track_call(r->track, e->agent, 0);

    return c ? api_name(c->api) : "a call";
}

static void on_lock_io(struct rule_run *r, const struct event *e)
{
    struct finding_about a = about(r, e);

    if (e->a[0] == MISUSE_LOCK_IO)
        finding(r, e, &a,
                "%s of %s, which describes a device's memory (frame 0x%" PRIX64 "), not RAM",
                function(r, e), finding_object(e->obj), e->a[1]);
}

static void on_build_paged(struct rule_run *r, const struct event *e)
{
    struct finding_about a = about(r, e);

    if (e->a[0] != MISUSE_BUILD_PAGED)
        return;
    a.bugcheck[0] = e->irql;
    a.bugcheck_known = 1;
    finding(r, e, &a, "%s of %s, which describes pageable memory that nobody locked",
            function(r, e), finding_object(e->obj));
}

static void on_map_unlocked(struct rule_run *r, const struct event *e)
{
    struct finding_about a = about(r, e);

    if (e->a[0] == MISUSE_MAP_UNLOCKED)
        finding(r, e, &a,
                "%s of %s, whose flags say that its %" PRIu64 " pages are locked; frame 0x%" PRIX64
                " is not",
                function(r, e), finding_object(e->obj), e->a[1], e->a[2]);
}

static void on_not_io(struct rule_run *r, const struct event *e)
{
    struct finding_about a = about(r, e);

    if (e->a[0] == MISUSE_MAP_NOT_IO)
        finding(r, e, &a,
                "%s of %s: there is no memory at its frame 0x%" PRIX64
                ", and it is not marked as I/O space",
                function(r, e), finding_object(e->obj), e->a[2]);
}

/* Start, bytes, first frame that is not locked. */
static void on_io_space(struct rule_run *r, const struct event *e)
{
    struct finding_about a = about(r, e);

    if (e->a[0] != MISUSE_IO_SPACE_RAM)
        return;
    for (unsigned i = 0; i < 3; i++)
        a.bugcheck[i] = e->a[1 + i];
    a.bugcheck_known = 3;
    finding(r, e, &a,
            "%s of %" PRIu64 " bytes of memory at 0x%" PRIX64 ": frame 0x%" PRIX64 " is not locked",
            function(r, e), e->a[2], e->a[1], e->a[3]);
}

RULE(lock_io_memory, FRAME_RULE(0x6F), .run = on_lock_io);
RULE(build_mdl_paged_pool, FRAME_RULE(0x7F), .run = on_build_paged);
RULE(map_pages_unlocked, FRAME_RULE(0x85), .run = on_map_unlocked);
RULE(mdl_io_not_marked, FRAME_RULE(0x89), .run = on_not_io);
RULE(map_io_space_unlocked, FRAME_RULE(0x83), .run = on_io_space);
