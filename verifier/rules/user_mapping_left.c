/*
 * user_mapping_left: a driver has mapped pages of its own into a program, the program's handle is closed,
 * and the mapping is still there. The program, or whoever has taken it over, reads and writes the pages
 * when the driver has long given them to something else.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/user_view.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t file = user_view_closing(r->track, e->obj);
    const struct user_view *v;
    unsigned from = 0;

    while ((v = user_view_of(r->track, file, &from)))
        finding(r, e,
                &(struct finding_about) {
                    .obj = v->mdl, .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, v->site } } },
                "%" PRIu64
                " bytes of %s are still mapped into the program whose last handle is closed",
                v->length_bytes, finding_object(v->mdl));
}

RULE(user_mapping_left, .on = EV(IRP_END), .level = ERROR, .family = MEMORY, .once = true,
     .source = "wdm/nf-wdm-mmmaplockedpagesspecifycache", .run = on_event);
