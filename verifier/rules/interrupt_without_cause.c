/*
 * interrupt_without_cause: a service routine claims an interrupt of a line that its device does not pull. On
 * a shared line the one who did pull it is then never asked, and the line stays pulled for ever; and a DPC
 * looks for work that is not there, or takes the last work for done again.
 */
#include "verifier/finding.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_INTR_UNCAUSED)
        finding(r, e,
                &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } },
                "%s claimed an interrupt while the line of its device was not pulled",
                api_name(e->api));
}

RULE(interrupt_without_cause, .on = EV(MISUSE), .level = ERROR, .family = ORDER,
     .source = "kernel/writing-an-isr", .run = on_event);
