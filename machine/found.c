/*
 * What a run found, as text: what a test says when it fails.
 */
#include <stdarg.h>
#include <stdio.h>

#include "include/dmacheck/machine.h"

struct out {
    char *text;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *o, const char *format, ...)
{
    va_list args;
    int n;

    if (o->used >= o->size)
        return;
    va_start(args, format);
    n = vsnprintf(o->text + o->used, o->size - o->used, format, args);
    va_end(args);
    o->used += n > 0 ? (size_t)n : 0;
}

static void put_finding(struct out *o, const struct dm_finding *f)
{
    put(o, "%s: %s: %s\n", f->severity, f->rule, f->message);
    for (unsigned s = 0; s < f->site_count; s++)
        for (unsigned i = 0; i < f->sites[s].frame_count; i++) {
            const struct dm_site_frame *frame = &f->sites[s].frames[i];

            put(o, "  %-16s %s:%u %s\n", i ? "" : f->sites[s].role, frame->file, frame->line,
                frame->function);
        }
}

void dm_found(const struct dm_machine *m, const struct dm_result *result, char *text, size_t size)
{
    struct out o = { text, size, 0 };

    if (size)
        *text = 0;
    for (unsigned i = 0; i < dm_finding_count(m); i++)
        put_finding(&o, dm_finding(m, i));
    if (*result->first_failure)
        put(&o, "%s\n", result->first_failure);
    if (result->exit == DM_BUDGET)
        put(&o, "the run ended without a verdict\n");
    else if (result->exit == DM_DIVERGED)
        put(&o, "%s\n", result->divergence);
}
