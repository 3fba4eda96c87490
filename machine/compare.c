/*
 * A run by recorded choices, held against its recording event by event. The first event that differs
 * makes the run diverged, and both are kept as text. Another driver file, scenario or machine is
 * expected to go its own way, so there nothing is compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"
#include "trace/read.h"
#include "trace/text.h"

struct compare {
    struct sim *s;
    struct trace_reader *recorded;
    bool diverged;
    char *message;
    size_t message_size;
};

static bool same_run(const struct dm_machine *m, const struct trace_header *h, const char *machine)
{
    const struct dm_run *r = &m->run;

    return strcmp(h->digest, r->driver->digest) == 0 && strcmp(h->profile_text, machine) == 0 &&
           strcmp(h->scenario, r->scenario->name ? r->scenario->name : "") == 0;
}

/* Arguments that a kind does not use are not in a trace. */
static bool same_event(const struct event *a, const struct event *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(a->kind, i)[0] != '-' && a->a[i] != b->a[i])
            return false;
    return a->kind == b->kind && a->seq == b->seq && a->ns == b->ns && a->obj == b->obj &&
           a->site == b->site && a->agent == b->agent && a->api == b->api && a->cpu == b->cpu &&
           a->irql == b->irql;
}

static void diverge(struct compare *c, const struct event *recorded, const struct event *now)
{
    char was[TRACE_TEXT_MAX] = "nothing more", is[TRACE_TEXT_MAX] = "nothing more";

    c->diverged = true;
    if (recorded)
        trace_text(was, sizeof(was), recorded, trace_read_depot(c->recorded),
                   trace_read_agent_name(c->recorded, recorded->agent));
    if (now)
        trace_text(is, sizeof(is), now, c->s->depot, sched_agent_name(c->s, now->agent));
    snprintf(c->message, c->message_size,
             "the run diverged from its recording\n  recorded: %s\n  now:      %s", was, is);
}

static void compare_event(void *ctx, const struct event *e)
{
    struct compare *c = ctx;
    struct event recorded;
    char message[256];

    if (c->diverged)
        return;
    if (trace_read_next(c->recorded, &recorded, message, sizeof(message)) != 1)
        diverge(c, NULL, e);
    else if (!same_event(&recorded, e))
        diverge(c, &recorded, e);
}

struct compare *compare_begin(struct dm_machine *m, const char *machine, char *message, size_t size)
{
    struct compare *c;
    char unread[256];

    if (!m->choices_path)
        return NULL;
    c = calloc(1, sizeof(*c));
    must(c);
    c->s = m->s;
    c->message = message;
    c->message_size = size;
    c->recorded = trace_read_open(m->choices_path, unread, sizeof(unread));
    if (!c->recorded || !same_run(m, trace_read_header(c->recorded), machine) ||
        trace_attach(&m->s->trace, compare_event, c)) {
        if (c->recorded)
            trace_read_close(c->recorded);
        free(c);
        return NULL;
    }
    return c;
}

bool compare_end(struct compare *c)
{
    struct event left;
    char message[256];
    bool diverged;

    if (!c)
        return false;
    trace_detach(&c->s->trace, c);
    if (!c->diverged && trace_read_next(c->recorded, &left, message, sizeof(message)) == 1)
        diverge(c, &left, NULL);
    diverged = c->diverged;
    trace_read_close(c->recorded);
    free(c);
    return diverged;
}
