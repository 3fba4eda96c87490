/*
 * mdl_unlocked_while_mapped: the pages of an MDL are unlocked while they are mapped for DMA. Memory that
 * is not locked may be paged out and given to somebody else; the device keeps its address.
 */
#include "verifier/finding.h"
#include "verifier/track/alias.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s was unlocked while its pages are mapped by %s of %s", finding_object(e->obj),
            finding_object(m->head.id), finding_object(m->adapter));
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = alias_mapping_of(r->track, e->obj, ALIAS_PARTS);

    if (m)
        say(r, e, m);
}

RULE(mdl_unlocked_while_mapped, .on = EV(UNLOCK), .level = ERROR, .family = MDLS, .once = true,
     .source = "wdm/nf-wdm-mmunlockpages",
     .after = "sgl_leaked, mapregs_leaked, irp_completed_while_mapped", .run = on_event);
