/*
 * irp_completed_while_mapped: a request is completed while its buffer is still mapped for DMA. The pages are
 * unlocked and the requester goes on with its buffer, so the device writes into memory that is
 * somebody else's, and what a bounce buffer holds comes too late or never.
 */
#include "verifier/finding.h"
#include "verifier/track/alias.h"

#define WDF_VIOLATION 0x10Du

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_COMPLETED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s was completed while its buffer is mapped by %s of %s", finding_object(e->obj),
            finding_object(m->head.id), finding_object(m->adapter));
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = alias_mapping_of_irp(r->track, e->obj, (uint32_t)e->a[2]);

    /* Of a KMDF driver's request the framework has said it already: wdf_request_before_transaction. */
    if (m && !finding_explains_of(r, WDF_VIOLATION, e->site, m->head.id))
        say(r, e, m);
}

RULE(irp_completed_while_mapped, .on = EV(IRP_END), .level = ERROR, .family = MDLS, .once = true,
     .source = "wdm/nc-wdm-pput_scatter_gather_list", .after = "sgl_leaked, mapregs_leaked",
     .run = on_event);
