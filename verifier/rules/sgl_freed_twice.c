/*
 * sgl_freed_twice: PutScatterGatherList was called again for a list that was put already. The
 * memory of the list has another owner by then, and so have the map registers that it names.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    const struct adapter_record *a = track_adapter(r->track, m->adapter);

    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site },
                           { ROLE_CREATED, m->site_created },
                           { ROLE_RELEASED, m->site_released } },
                .bugcheck = { a ? a->made_sgls : 0, a ? a->made_sgls - a->live_sgls + 1u : 0 },
                .bugcheck_known = a ? 2 : 0 },
            "PutScatterGatherList of %s of %s, which was released before",
            finding_object(m->head.id), finding_object(m->adapter));
}

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);

    if (m && !m->head.live)
        say(r, e, m);
}

RULE(sgl_freed_twice, .calls = CALLS(PutScatterGatherList), .odd = ODD_PUT, .level = ERROR,
     .family = MAP, .bugcheck = DV(0xE6, 0x06), .source = "wdm/nc-wdm-pput_scatter_gather_list",
     .run = on_call);
