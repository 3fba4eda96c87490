/*
 * The strict comparison, and how the first difference is shown: like a diff, with what came before and what
 * follows on both sides. Texts are made when the run is over, since symbols are slow and a driver's stack
 * is small.
 */
#include "machine/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"
#include "machine/recording.h"
#include "trace/text.h"

#define LINE_MAX_SHOWN 240

bool compare_same(const struct event *a, const struct event *b)
{
    if (!memcmp(a, b, sizeof(*a)))
        return true;
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(a->kind, i)[0] != '-' && a->a[i] != b->a[i])
            return false;
    return a->stamp == b->stamp && a->seq == b->seq && a->ns == b->ns && a->obj == b->obj &&
           a->site == b->site;
}

void compare_differs(struct compare *c, const struct event *now)
{
    if (!c->differs) {
        c->differs = true;
        c->first = c->at;
    }
    if (now && c->now_count < COMPARE_BEHIND)
        c->now[c->now_count++] = *now;
}

bool compare_take(struct compare *c, const struct event *e)
{
    if (c->open && c->at == c->count && (!c->differs || c->resync))
        return false;
    if (c->check == DM_CHECK_RESYNC) {
        if (c->differs && c->now_count < COMPARE_BEHIND)
            c->now[c->now_count++] = *e;
        resync_take(c, e);
        return false;
    }
    if (!c->differs && c->at < c->count && compare_same(&c->recorded[c->at], e)) {
        c->at++;
        return false;
    }
    compare_differs(c, e);
    return c->check == DM_CHECK_STOP && c->now_count == COMPARE_BEHIND;
}

/* --- beside a run --- */

static void compare_event(void *machine, const struct event *e)
{
    struct dm_machine *m = machine;

    if (m->stop.ended) /* what is said of the end itself was not recorded there */
        return;
    if (compare_take(&m->compare, e))
        m->stop.now = true;
}

/* Another driver, scenario or machine is expected to go its own way. */
static bool same_run(const struct dm_machine *m, const char *machine)
{
    const struct dm_run *r = &m->run;
    const struct trace_header *h = m->recording->trace->header;

    return dm_recording_is_of(m->recording, r->driver) && !strcmp(h->profile_text, machine) &&
           !strcmp(h->scenario, r->scenario->name ? r->scenario->name : "");
}

void compare_begin(struct dm_machine *m, const char *machine)
{
    struct compare *c = &m->compare;

    compare_forget(m);
    if (!m->recording || m->options.check == DM_CHECK_NONE ||
        (m->options.check == DM_CHECK_SAME && !same_run(m, machine)))
        return;
    *c = (struct compare) { .recorded = m->recording->trace->events,
                            .count = m->recording->trace->event_count,
                            .check = m->options.check,
                            .open =
                                m->recording->trace->cut || (m->options.check != DM_CHECK_SAME &&
                                                             !recording_is_whole(m->recording)) };
    if (c->check == DM_CHECK_SAME)
        c->check = DM_CHECK_REPORT;
    if (c->check == DM_CHECK_RESYNC)
        c->resync = resync_create();
    m->comparison.made = true;
    must(trace_attach(&m->s->trace, compare_event, m) == 0);
}

void compare_forget(struct dm_machine *m)
{
    resync_free(m->compare.resync);
    m->compare.resync = NULL;
    free(m->compare_text);
    m->compare_text = NULL;
    m->comparison = (struct dm_comparison) { .text = "" };
}

/* --- what is said of it --- */

struct shown {
    char *text;
    size_t used;
};

static void show(struct shown *to, char mark, const struct event *e, struct site_depot *depot,
                 const char *agent)
{
    char line[TRACE_TEXT_MAX];

    trace_text(line, sizeof(line), e, depot, agent);
    if (to->used + LINE_MAX_SHOWN + 4 < COMPARE_TEXT_MAX)
        to->used += (size_t)snprintf(to->text + to->used, COMPARE_TEXT_MAX - to->used, "\n%c %.*s",
                                     mark, LINE_MAX_SHOWN, line);
}

static void show_recorded(struct dm_machine *m, struct shown *to, char mark, size_t from,
                          size_t end)
{
    struct trace_loaded *t = m->recording->trace;

    for (size_t i = from; i < end && i < m->compare.count; i++)
        show(to, mark, &t->events[i], t->depot,
             trace_read_agent_name(t->reader, t->events[i].agent));
}

/* Where the two sides are the same again, as far as both are shown. */
static unsigned same_again(const struct compare *c)
{
    unsigned i = 1;

    while (i < c->now_count && c->first + i < c->count &&
           !compare_same(&c->recorded[c->first + i], &c->now[i]))
        i++;
    return i;
}

static const char *difference_text(struct dm_machine *m)
{
    const struct compare *c = &m->compare;
    struct shown to = { malloc(COMPARE_TEXT_MAX), 0 };
    unsigned again = c->now_count < COMPARE_BEHIND ? COMPARE_BEHIND : same_again(c);

    must(to.text);
    to.used =
        (size_t)snprintf(to.text, COMPARE_TEXT_MAX, "%s at event %" PRIu64 " (- recorded, + now)",
                         c->resync ? "the first difference is"
                                   : "the run diverged from its recording",
                         m->comparison.first);
    show_recorded(m, &to, ' ', c->first > COMPARE_BEFORE ? c->first - COMPARE_BEFORE : 0, c->first);
    show_recorded(m, &to, '-', c->first, c->first + again);
    if (c->first >= c->count)
        to.used += (size_t)snprintf(to.text + to.used, COMPARE_TEXT_MAX - to.used,
                                    "\n- nothing more was recorded");
    for (unsigned i = 0; i < c->now_count && i < again; i++)
        show(&to, '+', &c->now[i], m->s->depot, sched_agent_name(m->s, c->now[i].agent));
    show_recorded(m, &to, ' ', c->first + again, c->first + c->now_count);
    if (!c->now_count)
        snprintf(to.text + to.used, COMPARE_TEXT_MAX - to.used, "\n+ nothing more happens now");
    m->compare_text = to.text;
    return to.text;
}

void compare_end(struct dm_machine *m)
{
    struct compare *c = &m->compare;
    struct dm_comparison *d = &m->comparison;
    bool whole = !m->stop.ended; /* who ended the run does not miss the rest */

    if (!d->made)
        return;
    trace_detach(&m->s->trace, m);
    if (c->resync)
        resync_end(c, whole);
    else if (!c->differs && whole && c->at < c->count)
        compare_differs(c, NULL);
    d->differs = c->differs;
    d->ends_early = c->open;
    d->events = c->at;
    if (c->resync)
        resync_count(c->resync, d);
    if (!c->differs)
        return;
    /* Up to there both sides have the same numbers, and an edited trace may have others from there on. */
    d->first = c->now_count ? c->now[0].seq : c->recorded[c->first].seq;
    d->text = difference_text(m);
}

const struct dm_comparison *dm_machine_comparison(const struct dm_machine *m)
{
    return &m->comparison;
}
