/*
 * The recorded run beside those of now: what it found is judged by the rules again, so that a trace without
 * its last lines can be compared as well.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "cli/judged.h"
#include "cli/replay.h"

/* How the run ended, as its last line says; NULL: it was cut off before. */
static json_t *result_line(const struct trace_loaded *t)
{
    for (size_t i = t->others.count; i-- > 0;) {
        json_t *line = json_loads(t->others.at[i], 0, NULL);
        const char *kind = json_string_value(json_object_get(line, "k"));

        if (kind && !strcmp(kind, "result"))
            return line;
        json_decref(line);
    }
    return NULL;
}

/* The first expectation that did not hold; NULL: all did. */
static const char *failure_of(const json_t *result)
{
    bool found = json_integer_value(json_object_get(result, "exit")) == DM_FINDINGS;

    return found ? json_string_value(json_object_get(result, "failure")) : NULL;
}

bool replay_recorded_failure(const struct dm_recording *rec)
{
    json_t *result = result_line(dm_recording_trace(rec));
    bool failed = failure_of(result) != NULL;

    json_decref(result);
    return failed;
}

void replay_judge_recorded(const struct dm_recording *rec, struct report *out)
{
    const struct trace_loaded *t = dm_recording_trace(rec);
    const struct trace_header *h = t->header;
    struct report_run run = { .scenario = h->scenario, .profile = h->profile, .seed = h->seed };
    struct run_item item = { .scenario = h->scenario, .profile = h->profile, .seed = h->seed };
    struct verifier *v = verifier_create(t->depot);
    json_t *result = result_line(t);

    must(v);
    verifier_begin(v, h->profile, h->seed, cli_was_remapped(h));
    for (size_t i = 0; i < t->event_count; i++)
        verifier_event(v, &t->events[i]);
    verifier_end(v);
    report_init(out, h->subject);
    run.exit = finding_count(v) ? DM_FINDINGS : DM_CLEAN;
    if (json_is_integer(json_object_get(result, "exit")))
        run.exit = (int)json_integer_value(json_object_get(result, "exit"));
    report_add_run(out, &run);
    for (unsigned i = 0; i < finding_count(v); i++)
        cli_add_judged(out, t->depot, finding_at(v, i), h, NULL);
    if (failure_of(result))
        run_add_expectation(out, 0, &item, failure_of(result), NULL, NULL);
    json_decref(result);
    verifier_destroy(v);
}

static struct replay_side *side_new(const char *profile)
{
    struct replay_side *s = calloc(1, sizeof *s);

    must(s);
    s->profile = profile;
    return s;
}

struct report_replay *replay_sides_begin(const struct replay_options *o,
                                         const struct dm_recording *rec, struct dm_driver *d)
{
    const struct trace_loaded *t = dm_recording_trace(rec);
    struct report_replay *p = calloc(1, sizeof *p);

    must(p);
    p->trace = o->trace;
    p->driver = o->run.driver;
    p->difference = "";
    p->other_build = !dm_recording_is_of(rec, d);
    p->other_driver = o->other_driver;
    p->side_by_side = o->run.profile || o->other_driver;
    p->recorded = side_new(t->header->profile);
    for (size_t i = 0; i < t->event_count; i++)
        replay_side_event(p->recorded, &t->events[i]);
    return p;
}

struct replay_side *replay_side_begin(const char *profile) { return side_new(profile); }

void replay_sides_add(struct report_replay *p, struct report *r, const struct report *recorded,
                      const struct report *one, struct replay_side *side)
{
    struct replay_row *row;

    p->rows = realloc(p->rows, (p->row_count + 1) * sizeof *p->rows);
    must(p->rows);
    row = &p->rows[p->row_count++];
    *row = (struct replay_row) { .run = r->run_count - 1, .side = side };
    replay_row_findings(row, r, recorded, one);
    p->recorded_exit = recorded->runs[0].exit;
    p->recorded_findings = recorded->finding_count;
}
