/*
 * mdl_freed_while_mapped: an MDL is freed while a mapping was made of it. Flush and put walk the MDL
 * again, to copy what was bounced and to clean caches: they walk memory that is somebody else's.
 */
#include "verifier/finding.h"
#include "verifier/track/alias.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_FREED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s was freed while it is mapped by %s of %s", finding_object(e->obj),
            finding_object(m->head.id), finding_object(m->adapter));
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = alias_mapping_of(r->track, e->obj, ALIAS_ITSELF);

    if (m)
        say(r, e, m);
}

RULE(mdl_freed_while_mapped, .on = EV(MDL_END), .level = ERROR, .family = MDLS, .once = true,
     .source = "wdm/nf-wdm-iofreemdl",
     .after = "sgl_leaked, mapregs_leaked, irp_completed_while_mapped, mdl_unlocked_while_mapped",
     .run = on_event);
