/*
 * Which findings of the rules two runs have in common (trace_diff.h). Lines shift from version
 * to version: a finding is known by its rule and the function in which it is.
 */
#include "reports/trace_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "reports/trace_verify.h"

static struct diff_findings findings_of(const struct trace_ops *o)
{
    struct verifier *v = trace_verify(o->trace);
    struct diff_findings list = { 0 };
    unsigned count = v ? finding_count(v) : 0;

    list.rows = calloc(count + 1, sizeof *list.rows);
    must(list.rows);
    for (unsigned i = 0; i < count; i++) {
        const struct finding *f = finding_at(v, i);
        struct diff_finding *row = &list.rows[list.count++];
        struct site_frame_text frame;

        row->of = o;
        row->site = f->site_count ? f->sites[0].site : 0;
        snprintf(row->rule, sizeof row->rule, "%s", f->word);
        snprintf(row->severity, sizeof row->severity, "%s", f->severity);
        snprintf(row->message, sizeof row->message, "%s", f->message);
        if (row->site && site_frame_text(o->trace->depot, row->site, 0, &frame))
            snprintf(row->function, sizeof row->function, "%.63s", frame.function);
    }
    verifier_destroy(v);
    return list;
}

void diff_findings_make(struct trace_diff *d)
{
    d->findings_a = findings_of(&d->a);
    d->findings_b = findings_of(&d->b);
    d->findings_new = d->findings_b.count;
    for (size_t i = 0; i < d->findings_a.count; i++) {
        struct diff_finding *a = &d->findings_a.rows[i];

        for (size_t j = 0; j < d->findings_b.count && !a->paired; j++) {
            struct diff_finding *b = &d->findings_b.rows[j];

            a->paired =
                !b->paired && !strcmp(a->rule, b->rule) && !strcmp(a->function, b->function);
            b->paired = b->paired || a->paired;
        }
        d->findings_gone += !a->paired;
        d->findings_new -= a->paired;
    }
}
