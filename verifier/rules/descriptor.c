/*
 * What a device was told of a list, against the list: lengths that go beyond an element, elements out of
 * order, elements that were left out. Arithmetic over descriptors is where drivers for rings and PRP
 * lists go wrong, and only some of it ends in a fault.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/part.h"

/* The device was told of more than was mapped there. */
static void overrun(struct rule_run *r, const struct event *e)
{
    uint32_t owner = HIGH32(e->a[2]);
    const struct mapping *m = track_is_common(owner) ? NULL : track_mapping(r->track, owner);
    const struct common_record *c = track_is_common(owner) ? track_common(r->track, owner) : NULL;

    if ((LOW32(e->a[2]) & ~(uint32_t)STRAY_TOUCH) != STRAY_OVERRUN ||
        track_range_shared(&r->track->ranges, e->a[0], owner))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = owner,
                                      .owner = track_adapter_of(r->track, owner),
                                      .sites = { { ROLE_GIVEN, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_CREATED, c ? c->site_created : 0 } } },
            "engine %" PRIu32 " of %s was given a length that goes %" PRIu64
            " bytes beyond what %s of %s has mapped at 0x%" PRIx64,
            HIGH32(e->a[3]), finding_object(e->obj), e->a[1], finding_object(owner),
            finding_object(track_adapter_of(r->track, owner)), e->a[0]);
}

static void order(struct rule_run *r, const struct event *e)
{
    uint32_t sgl = (uint32_t)e->a[2];
    const struct part *p = track_part(r->track, sgl);
    const struct mapping *m = track_mapping(r->track, sgl);

    if (!p || !m || p->lost || !part_goes_back(p, e->a[0], e->a[1]) || part_is_shared(r->track, e))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = sgl,
                .owner = m->adapter,
                .sites = { { ROLE_GIVEN, LOW32(e->a[3]) }, { ROLE_MAPPED, m->site_mapped } } },
            "engine %" PRIu32 " of %s is told of the bytes from %" PRIu64
            " of %s after later ones: the list's elements went out of order",
            HIGH32(e->a[3]), finding_object(e->obj), e->a[0], finding_object(sgl));
}

/* Bytes of the lists over this MDL that no device was told of; *doorbell: of one such list. */
static uint64_t untold_bytes(const struct track *t, uint32_t mdl, uint32_t *doorbell, uint32_t *sgl)
{
    const struct parts *s = track_state(t, &tracker_part);
    uint64_t untold = 0;

    for (unsigned i = 0; i < s->used && i < PARTS_MAX; i++) {
        const struct part *p = &s->rows[i];
        uint64_t covered = part_covered_bytes(p);

        if (p->lost || p->mdl != mdl || covered >= p->length_bytes)
            continue;
        untold += p->length_bytes - covered;
        *doorbell = p->doorbell;
        *sgl = p->sgl;
    }
    return untold;
}

/* A read or a write moves all that it says. Of an IOCTL's buffer the driver may have used a part. */
static bool moves_by_itself(const struct irp_record *irp)
{
    return irp->major_minor >> 8 == 3 || irp->major_minor >> 8 == 4; /* IRP_MJ_READ, IRP_MJ_WRITE */
}

/* A request that claims to have moved what no descriptor named. */
static void sum(struct rule_run *r, const struct event *e)
{
    const struct irp_record *irp = objtab_find(&r->track->irps, e->obj);
    uint32_t doorbell = 0, sgl = 0;
    uint64_t untold;
    const struct mapping *m;

    if (!irp || !moves_by_itself(irp))
        return;
    if (!irp->head.live || (int32_t)e->a[0] < 0 || !e->a[1] || !irp->mdl)
        return;
    untold = untold_bytes(r->track, irp->mdl, &doorbell, &sgl);
    m = track_mapping(r->track, sgl);
    if (!untold || e->a[1] + untold <= irp->length_bytes)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = sgl,
                                      .owner = m ? m->adapter : 0,
                                      .sites = { { ROLE_COMPLETED, e->site },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_GIVEN, doorbell } } },
            "%s is completed with %" PRIu64 " bytes, but the device was never told of %" PRIu64
            " bytes of its list",
            finding_object(e->obj), e->a[1], untold);
}

#define SOURCE "wdm/ns-wdm-_scatter_gather_list"

RULE(descriptor_overrun, .on = EV(DEV_STRAY), .level = ERROR, .family = DEVICE, .readiness = true,
     .after = "map_length_ignored, sgl_count_ignored", .bugcheck_remapped = DV(0xE6, 0x26),
     .source = SOURCE, .run = overrun);
RULE(descriptor_order, .on = EV(DEV_PART), .level = WARNING, .family = DEVICE, .once = true,
     .source = SOURCE, .run = order);
RULE(descriptor_sum_differs, .on = EV(IRP_END), .level = ERROR, .family = DEVICE, .source = SOURCE,
     .run = sum);
