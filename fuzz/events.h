/*
 * The same bytes give the same events: those of one run are kept, those of the next are held against them.
 */
#ifndef DMACHECK_FUZZ_EVENTS_H
#define DMACHECK_FUZZ_EVENTS_H

#include <string.h>

#include "fuzz/bytes.h"
#include "machine/private.h"
#include "sim/core/sched.h"
#include "trace/text.h"

static struct {
    struct event *events;
    uint64_t count, room, at;
    bool kept; /* the run under way is the second one */
} events;

static void events_forget(void) { events.kept = false; }

/* Says both events. */
static _Noreturn void events_differ(struct dm_machine *m, const struct event *was,
                                    const struct event *is)
{
    char first[TRACE_TEXT_MAX] = "nothing more", second[TRACE_TEXT_MAX] = "nothing more";

    if (was)
        trace_text(first, sizeof first, was, m->s->depot, sched_agent_name(m->s, was->agent));
    if (is)
        trace_text(second, sizeof second, is, m->s->depot, sched_agent_name(m->s, is->agent));
    fprintf(stderr, "  first:  %s\n  second: %s\n", first, second);
    wrong("two runs differ", m->s->profile.name);
}

static void events_hold(void *machine, const struct event *e)
{
    const struct event *was = events.at < events.count ? &events.events[events.at] : NULL;

    if (events.kept) {
        if (!was || memcmp(was, e, sizeof *e) != 0)
            events_differ(machine, was, e);
        events.at++;
        return;
    }
    if (events.count == events.room) {
        events.room = events.room * 2 + 65536;
        events.events = realloc(events.events, events.room * sizeof *e);
        if (!events.events)
            wrong("no memory", "");
    }
    events.events[events.count++] = *e;
}

static bool events_begin(struct dm_machine *m)
{
    events.at = 0;
    if (!events.kept)
        events.count = 0;
    return trace_attach(&m->s->trace, events_hold, m) == 0;
}

static void events_end(struct dm_machine *m)
{
    trace_detach(&m->s->trace, m);
    if (events.kept && events.at < events.count)
        events_differ(m, &events.events[events.at], NULL);
    events.kept = true;
}

#endif
