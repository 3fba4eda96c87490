/*
 * pool_freed_while_mapped: memory is freed while it is mapped for DMA. The device goes on reading or writing
 * it, and whoever gets it next has the device in it.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/alias.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_FREED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s of %" PRIu64 " bytes was freed while it is mapped by %s of %s",
            finding_object(e->obj), e->a[1], finding_object(m->head.id),
            finding_object(m->adapter));
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = alias_mapping_at(r->track, e->a[0], e->a[1]);

    if (m)
        say(r, e, m);
}

RULE(pool_freed_while_mapped, .on = EV(POOL_END), .level = ERROR, .family = MEMORY, .once = true,
     .source = "wdm/nf-wdm-exfreepoolwithtag",
     .after = "sgl_leaked, mapregs_leaked, irp_completed_while_mapped, mdl_unlocked_while_mapped, "
              "mdl_freed_while_mapped",
     .run = on_event);
