/*
 * common_buffer_freed_twice: FreeCommonBuffer was called again for a buffer that was freed
 * already. On Windows its pages belong to somebody else by then and are taken away from under him.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct common_record *m)
{
    finding(r, e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, m->site_created },
                                                 { ROLE_RELEASED, m->site_released } },
                                      .bugcheck = { 1 }, /* so many too many */
                                      .bugcheck_known = 1 },
            "%s of %s of %s, which was released before", api_name(e->api),
            finding_object(m->head.id), finding_object(m->adapter));
}

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct common_record *m = track_common(r->track, (uint32_t)e->a[0]);

    if (m && !m->head.live)
        say(r, e, m);
}

RULE(common_buffer_freed_twice, .calls = CALLS(FreeCommonBuffer, FreeCommonBufferVector),
     .level = ERROR, .family = COMMON, .bugcheck = DV(0xE6, 0x03),
     .source = "wdm/nc-wdm-pfree_common_buffer", .run = on_call);
