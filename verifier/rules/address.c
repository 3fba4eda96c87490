/*
 * Addresses that did not come from the DMA interface: what a driver told a device in the place of a
 * logical address. On a machine without an IOMMU most of them work, or work until memory above 4 GiB is
 * installed; behind one each is a fault. The machine says what the value is (bus_stray.c).
 *
 * A device that claims what it is told is judged when it is told; one that does not, when it touches.
 */
#include <inttypes.h>
#include <stdio.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static bool is_driver_fault(const struct track *t, const struct event *e)
{
    const struct claim *covering;

    return !(e->a[2] & STRAY_TOUCH) ||
           !track_engine_claims(t, e->obj, HIGH32(e->a[3]), e->a[0], &covering);
}

static void say(struct rule_run *r, const struct event *e, enum dev_stray class, const char *what)
{
    uint32_t near = HIGH32(e->a[2]);
    const struct mapping *m = near && !track_is_common(near) ? track_mapping(r->track, near) : NULL;
    const struct common_record *c =
        near && track_is_common(near) ? track_common(r->track, near) : NULL;
    char of[80] = "";

    if ((LOW32(e->a[2]) & ~(uint32_t)STRAY_TOUCH) != class || !is_driver_fault(r->track, e))
        return;
    if (near)
        snprintf(of, sizeof of, " %s of %s", finding_object(near),
                 finding_object(track_adapter_of(r->track, near)));
    finding(r, e,
            &(struct finding_about) { .obj = near ? near : e->obj,
                                      .owner = near ? track_adapter_of(r->track, near) : 0,
                                      .sites = { { ROLE_GIVEN, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_CREATED, c ? c->site_created : 0 } } },
            "engine %" PRIu32 " of %s was given 0x%" PRIx64 ", which %s%s", HIGH32(e->a[3]),
            finding_object(e->obj), e->a[0], what, of);
}

static void beside(struct rule_run *r, const struct event *e)
{
    int64_t distance = (int64_t)e->a[1];
    char what[64];

    snprintf(what, sizeof what, "is %" PRId64 " byte%s %s", distance < 0 ? -distance : distance + 1,
             distance == 0 || distance == -1 ? "" : "s",
             distance < 0 ? "before the start of" : "past the last byte of");
    say(r, e, STRAY_BESIDE, what);
}
static void physical(struct rule_run *r, const struct event *e)
{
    say(r, e, STRAY_PHYSICAL, "is a physical address and not one that the DMA interface gave");
}
static void pointer(struct rule_run *r, const struct event *e)
{
    say(r, e, STRAY_VIRTUAL, "is a pointer: a virtual address, which no device understands");
}
static void truncated(struct rule_run *r, const struct event *e)
{
    say(r, e, STRAY_TRUNCATED,
        HIGH32(e->a[2])
            ? "is the low 32 bits of a logical address of"
            : "is the low 32 bits of the physical address of a page that is locked for I/O");
}
static void swapped(struct rule_run *r, const struct event *e)
{
    say(r, e, STRAY_SWAPPED, "has its bytes the other way round; so turned it lies in");
}
static void unknown(struct rule_run *r, const struct event *e)
{
    say(r, e, STRAY_UNKNOWN, "is nothing that was ever mapped for it");
}

/* A claim of memory that lives, by another device than the one that it was mapped for. On a machine
 * without translation it works; domains that were joined on purpose share their common buffers. */
static void other_device(struct rule_run *r, const struct event *e)
{
    uint32_t owner = (uint32_t)e->a[2], adapter = track_adapter_of(r->track, owner);
    const struct adapter_record *a = adapter ? track_adapter(r->track, adapter) : NULL;
    const struct mapping *m = track_is_common(owner) ? NULL : track_mapping(r->track, owner);
    const struct common_record *c = track_is_common(owner) ? track_common(r->track, owner) : NULL;

    if (!a || !a->device || a->device == e->obj || (c && r->track->domains_joined) ||
        !(m ? m->head.live : c && c->head.live))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = owner,
                                      .owner = adapter,
                                      .sites = { { ROLE_GIVEN, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_CREATED, c ? c->site_created : 0 } } },
            "engine %" PRIu32 " of %s was given 0x%" PRIx64 ", which %s of %s mapped for %s",
            HIGH32(e->a[3]), finding_object(e->obj), e->a[0], finding_object(owner),
            finding_object(adapter), finding_object(a->device));
}

#define SOURCE "pci/enabling-dma-remapping-for-device-drivers"
#define TOLD                                                                                       \
    .on = EV(DEV_STRAY), .level = ERROR, .family = DEVICE, .readiness = true,                      \
    .bugcheck_remapped = DV(0xE6, 0x26), .source = SOURCE

RULE(address_raw_physical, TOLD, .run = physical);
RULE(address_kernel_virtual, TOLD, .run = pointer);
RULE(address_truncated, TOLD, .run = truncated);
RULE(address_swapped, TOLD, .run = swapped);
RULE(address_beside, TOLD, .run = beside);
RULE(address_unknown, TOLD, .run = unknown);
RULE(address_of_other_device, .on = EV(DEV_CLAIM), .odd = ODD_STRAY, .level = ERROR,
     .family = DEVICE, .readiness = true, .once = true, .bugcheck_remapped = DV(0xE6, 0x26),
     .source = SOURCE, .run = other_device);
