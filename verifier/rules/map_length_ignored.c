/*
 * map_length_ignored, sgl_count_ignored: the device is told of as many bytes as were asked for, from the
 * first address on. What a map or an element covers may be less: memory is not in one piece, map
 * registers are short. The device then goes on into memory that is somebody else's.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/outcome.h"

/* A device is told of a range that goes beyond its owner's memory, and whose memory it is is sure. */
static bool is_overrun(const struct track *t, const struct event *e)
{
    return LOW32(e->a[2]) == STRAY_OVERRUN &&
           !track_range_shared(&t->ranges, e->a[0], HIGH32(e->a[2]));
}

/* How long the range is that it was told. */
static uint64_t told_bytes(const struct track *t, const struct event *e)
{
    return track_range_run(&t->ranges, e->a[0], HIGH32(e->a[2])) + e->a[1];
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m,
                          uint64_t mapped_bytes, uint32_t site, const char *what)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_GIVEN, LOW32(e->a[3]) }, { ROLE_MAPPED, site } } },
            "engine %" PRIu32 " of %s was given %" PRIu64 " bytes at 0x%" PRIx64
            ", all that was asked for; %s of %s is %" PRIu64 " bytes",
            HIGH32(e->a[3]), finding_object(e->obj), told_bytes(r->track, e), e->a[0], what,
            finding_object(m->head.id), mapped_bytes);
}

static void on_map(struct rule_run *r, const struct event *e)
{
    const struct short_map *s =
        is_overrun(r->track, e) ? outcome_short_map(r->track, HIGH32(e->a[2])) : NULL;
    const struct mapping *m = s ? track_mapping(r->track, s->mapregs) : NULL;

    if (m && s->ba == e->a[0] && told_bytes(r->track, e) == s->wanted_bytes)
        say(r, e, m, s->mapped_bytes, s->site, "the map of");
}

static void on_list(struct rule_run *r, const struct event *e)
{
    uint32_t sgl = HIGH32(e->a[2]);
    const struct mapping *m =
        is_overrun(r->track, e) && OBJ_TYPE(sgl) == OBJ_SGL ? track_mapping(r->track, sgl) : NULL;

    if (m && told_bytes(r->track, e) == m->mapped_bytes)
        say(r, e, m, m->mapped_bytes - e->a[1], m->site_mapped, "this element of");
}

RULE(map_length_ignored, .on = EV(DEV_STRAY), .level = ERROR, .family = DEVICE, .readiness = true,
     .once = true, .bugcheck_remapped = DV(0xE6, 0x26), .source = "wdm/nc-wdm-pmap_transfer",
     .run = on_map);
RULE(sgl_count_ignored, .on = EV(DEV_STRAY), .level = ERROR, .family = DEVICE, .readiness = true,
     .once = true, .bugcheck_remapped = DV(0xE6, 0x26), .source = "wdm/ns-wdm-_scatter_gather_list",
     .run = on_list);
