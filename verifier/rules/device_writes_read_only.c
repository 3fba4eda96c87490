/*
 * device_writes_read_only, device_reads_write_only, mapping_used_both_ways: a device touches memory
 * against the direction that it was mapped for. With a bounce buffer what it wrote is thrown away, or
 * what it reads is old; behind an IOMMU the access is refused. Where the mapping is also used the
 * way it was made for, the driver wanted both from one mapping, which there is not: it takes two.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

struct touch {
    const struct mapping *m; /* NULL: not against a mapping's direction */
    bool to_device;
};

static struct touch touch_of(const struct track *t, const struct event *e)
{
    bool fault = e->kind == EV_DEV_FAULT;
    bool to_device = fault ? (e->a[1] & EVENT_TO_DEVICE) != 0 : e->kind == EV_DEV_READ;
    uint32_t owner = fault ? HIGH32(e->a[2]) : (uint32_t)e->a[2];
    const struct mapping *m;

    if (fault && LOW32(e->a[2]) != DEV_FAULT_PERMISSION)
        return (struct touch) { NULL, to_device };
    owner = track_owner(t, owner, e->a[0]);
    m = track_is_common(owner) ? NULL : track_mapping(t, owner);
    if (m && (!m->head.live || m->to_device == to_device))
        m = NULL;
    return (struct touch) { m, to_device };
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, struct touch t)
{
    /* Two requests over one buffer: which of the two mappings the device uses cannot be told. */
    if (track_range_shared(&r->track->ranges, e->a[0], t.m->head.id))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = t.m->head.id,
                .owner = t.m->adapter,
                .sites = { { ROLE_MAPPED, t.m->site_mapped }, { ROLE_TOUCHED, LOW32(e->a[3]) } } },
            "engine %" PRIu32 " of %s %s %s of %s, which was mapped for the device to %s%s",
            HIGH32(e->a[3]), finding_object(e->obj), t.to_device ? "reads" : "writes",
            finding_object(t.m->head.id), finding_object(t.m->adapter),
            t.to_device ? "write" : "read", t.m->used ? " and is used that way, too" : "");
}

static void on_write(struct rule_run *r, const struct event *e)
{
    struct touch t = touch_of(r->track, e);

    if (t.m && !t.to_device && !t.m->used)
        say(r, e, t);
}

static void on_read(struct rule_run *r, const struct event *e)
{
    struct touch t = touch_of(r->track, e);

    if (t.m && t.to_device && !t.m->used)
        say(r, e, t);
}

static void on_either(struct rule_run *r, const struct event *e)
{
    struct touch t = touch_of(r->track, e);

    if (t.m && t.m->used)
        say(r, e, t);
}

/* What the three have in common. */
#define ROW                                                                                        \
    .odd = ODD_WAY, .level = ERROR, .family = DEVICE, .once = true, .readiness = true,             \
    .bugcheck_remapped = DV(0xE6, 0x26), .source = "pci/enabling-dma-remapping-for-device-drivers"

RULE(device_writes_read_only, .on = EV(DEV_WRITE, DEV_FAULT), ROW, .run = on_write);
RULE(device_reads_write_only, .on = EV(DEV_READ, DEV_FAULT), ROW, .run = on_read);
RULE(mapping_used_both_ways, .on = EV(DEV_READ, DEV_WRITE, DEV_FAULT), ROW,
     .after = "device_writes_read_only, device_reads_write_only", .run = on_either);
