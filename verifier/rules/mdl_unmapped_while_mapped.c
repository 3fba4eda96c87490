/*
 * mdl_unmapped_while_mapped: the system mapping of an MDL is taken away while a bounced transfer over it is
 * under way. The end of the transfer copies through that mapping: it needs another one then, at
 * DISPATCH_LEVEL, when there may be no room for one.
 */
#include "verifier/finding.h"
#include "verifier/track/alias.h"

#define KERNEL_MODE 0

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s was unmapped while it is mapped by %s of %s, which has to be copied yet",
            finding_object(e->obj), finding_object(m->head.id), finding_object(m->adapter));
}

/* Only what the driver unmaps itself, and only where bytes have to be copied back. */
static const struct mapping *mapping_of(struct rule_run *r, const struct event *e)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);
    const struct mapping *m;

    if (e->a[2] != KERNEL_MODE || !call || call->api != API_MmUnmapLockedPages)
        return NULL;
    m = alias_mapping_of(r->track, e->obj, ALIAS_PARTS);
    return m && m->bounced && !m->to_device ? m : NULL;
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = mapping_of(r, e);

    if (m)
        say(r, e, m);
}

RULE(mdl_unmapped_while_mapped, .on = EV(VIEW_END), .level = WARNING, .family = MDLS, .once = true,
     .source = "wdm/nf-wdm-mmunmaplockedpages",
     .after = "sgl_leaked, mapregs_leaked, irp_completed_while_mapped, mdl_unlocked_while_mapped, "
              "mdl_freed_while_mapped",
     .run = on_event);
