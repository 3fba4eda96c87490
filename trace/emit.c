/*
 * The trace's life: sinks come and go, numbers start again with each machine.
 */
#include <string.h>

#include "base/err.h"
#include "trace/trace.h"

void trace_init(struct trace *t, struct site_depot *depot)
{
    memset(t, 0, sizeof(*t));
    t->depot = depot;
}

void trace_reset(struct trace *t)
{
    t->cpu = 0;
    t->irql = 0;
    t->agent = 0;
    t->site = 0;
    t->ns = 0;
    t->seq = 0;
    memset(t->numbers, 0, sizeof(t->numbers));
}

int trace_attach(struct trace *t, void (*event)(void *, const struct event *), void *ctx)
{
    if (t->sink_count == TRACE_SINKS_MAX)
        return ERR_NOMEM;
    t->sinks[t->sink_count++] = (struct trace_sink) { event, ctx };
    t->on = true;
    return 0;
}

void trace_emit_more(struct trace *t, const struct event *e)
{
    for (unsigned i = 1; i < t->sink_count; i++)
        t->sinks[i].event(t->sinks[i].ctx, e);
}

void trace_detach(struct trace *t, void *ctx)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < t->sink_count; i++)
        if (t->sinks[i].ctx != ctx)
            t->sinks[kept++] = t->sinks[i];
    t->sink_count = kept;
    t->on = kept > 0;
}
