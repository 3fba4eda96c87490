/*
 * Loading a recording: every CHOICE event becomes one record, looked up by its key while the run is
 * repeated, and every FAULT event one fault.
 */
#include "machine/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"

/* What is wrong with an event that decides a run; NULL: nothing. */
static const char *wrong_with(const struct event *e)
{
    if (e->kind == EV_CHOICE && (e->a[1] < 2 || e->a[1] > UINT32_MAX || e->a[2] >= e->a[1]))
        return "a choice whose value is below its bound";
    if (e->kind == EV_CHOICE && (e->obj >= CHOICE_COUNT || e->a[0] > UINT32_MAX))
        return "a choice site that there is";
    if (e->kind == EV_FAULT && e->a[0] >= FAULT_COUNT)
        return "a fault point that there is";
    if (e->kind == EV_FAULT && (!e->a[1] || e->a[1] > UINT32_MAX))
        return "the chance of a fault, from 1";
    return NULL;
}

static void take(struct dm_recording *r, const struct event *e)
{
    if (e->kind == EV_CHOICE)
        r->choices[r->choice_count++] = (struct choice_record) {
            .site = (uint16_t)e->obj,
            .agent = e->agent,
            .nth = (uint32_t)e->a[0],
            .bound = (uint32_t)e->a[1],
            .value = (uint32_t)e->a[2],
        };
    else if (e->kind == EV_FAULT)
        r->faults[r->fault_count++] =
            (struct dm_plan_fault) { fault_word((unsigned)e->a[0]), (uint32_t)e->a[1], e->a[2] };
}

static bool take_all(struct dm_recording *r, const char *path, char *message, size_t size)
{
    const struct trace_loaded *t = r->trace;
    size_t choices = 0, faults = 0;

    for (size_t i = 0; i < t->event_count; i++) {
        const char *wanted = wrong_with(&t->events[i]);

        choices += t->events[i].kind == EV_CHOICE;
        faults += t->events[i].kind == EV_FAULT;
        if (wanted) {
            snprintf(message, size, "%s: event %" PRIu64 ": expected %s", path, t->events[i].seq,
                     wanted);
            return false;
        }
    }
    r->choices = calloc(choices + 1, sizeof(*r->choices));
    r->faults = calloc(faults + 1, sizeof(*r->faults));
    must(r->choices);
    must(r->faults);
    for (size_t i = 0; i < t->event_count; i++)
        take(r, &t->events[i]);
    return true;
}

/* "N" or "POINT:K[=V]", as --faults takes it. false: it is neither. */
static bool take_planned(struct dm_recording *r, const char *path, char *message, size_t size)
{
    const char *text = r->trace->header->faults;
    unsigned n = 0, end = 0;
    uint64_t value = 0;

    if (!*text)
        return true;
    if (sscanf(text, "%u%n", &n, &end) == 1 && n && !text[end]) {
        r->planned.one_in = n;
        return true;
    }
    end = 0;
    if (sscanf(text, "%31[a-z-]:%u%n=0x%" SCNx64 "%n", r->planned.point, &n, &end, &value, &end) >=
            2 &&
        n && !text[end] && fault_point_of(r->planned.point) >= 0) {
        r->planned.nth = n;
        r->planned.value = value;
        return true;
    }
    snprintf(message, size, "%s:1: expected faults as N or POINT:K, not '%s'", path, text);
    return false;
}

/* What a machine that is to repeat it watches for, where the caller says nothing else. */
void recording_plan(const struct dm_recording *r, struct dm_options *o)
{
    if (o->fault_one_in || o->fault_point)
        return;
    o->fault_one_in = r->planned.one_in;
    o->fault_point = *r->planned.point ? r->planned.point : NULL;
    o->fault_nth = r->planned.nth;
    o->fault_value = r->planned.value;
}

struct dm_recording *dm_recording_load(const char *trace_path, char *message, size_t message_size)
{
    struct dm_recording *r = calloc(1, sizeof(*r));

    must(r);
    message[0] = 0;
    r->trace = trace_load(trace_path, message, message_size);
    if (!r->trace || !take_all(r, trace_path, message, message_size) ||
        !take_planned(r, trace_path, message, message_size) ||
        !given_load(r, trace_path, message, message_size)) {
        dm_recording_free(r);
        return NULL;
    }
    return r;
}

void dm_recording_free(struct dm_recording *r)
{
    if (!r)
        return;
    trace_load_free(r->trace);
    given_free(r);
    free(r->choices);
    free(r->faults);
    free(r);
}

const struct trace_loaded *dm_recording_trace(const struct dm_recording *r) { return r->trace; }

bool recording_is_whole(const struct dm_recording *r)
{
    const struct trace_loaded *t = r->trace;
    const struct event *last = t->event_count ? &t->events[t->event_count - 1] : NULL;

    return !t->cut && last && last->kind == EV_PHASE && last->a[0] == PHASE_END;
}

/* What is not recorded was 0, unless the recording ends too early to say so. */
int recording_apply(struct sim *s, const struct dm_recording *r)
{
    if (!r->choice_count && !strcmp(r->trace->header->strategy, "plain")) {
        choice_from_plain(s);
        return 0;
    }
    if (strcmp(r->trace->header->strategy, "seed") || recording_is_whole(r))
        return choice_from_records(s, r->choices, r->choice_count);
    choice_from_seed(s, r->trace->header->seed);
    return choice_change(s, r->choices, r->choice_count);
}

bool dm_recording_is_of(const struct dm_recording *r, const struct dm_driver *d)
{
    return strcmp(r->trace->header->digest, d->digest) == 0;
}

/* What a seed decided is not said again, unless the recording says something else. */
char *dm_recording_schedule(const struct dm_recording *r)
{
    const struct trace_header *h = r->trace->header;
    struct schedule s = { .seeded = strcmp(h->strategy, "seed") == 0, .seed = h->seed };
    bool complete = true;
    char *token;

    for (size_t i = 0; complete && i < r->choice_count; i++) {
        const struct choice_record *c = &r->choices[i];

        if (!s.seeded || choice_by_seed(h->seed, c) != c->value)
            complete = schedule_change(&s, c);
    }
    token = complete ? schedule_token(&s) : NULL;
    schedule_free(&s);
    return token;
}
