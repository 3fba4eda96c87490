/*
 * A run's recording: what its header says, and the recorder beside the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/line.h"
#include "machine/private.h"

#define TOOL "dmacheck 0.1.0"

static const char *agent_name_of(void *sim, uint16_t id) { return sched_agent_name(sim, id); }

static const char *strategy_of(const struct dm_machine *m)
{
    return m->recording || m->schedule.change_count ? "recorded"
           : m->options.bytes                       ? "bytes"
           : m->schedule.seeded                     ? "seed"
                                                    : "plain";
}

void run_profile_text(const struct dm_machine *m, char *out, size_t size)
{
    profile_text(&m->s->profile, out, size - sizeof(" races=1"));
    if (m->options.races) /* sites are numbered otherwise, and there are more events */
        strcat(out, " races=1");
}

/* What was to fail, as `--faults` takes it. */
static const char *faults_text(const struct dm_options *o, char *out, size_t size)
{
    if (o->fault_point)
        snprintf(out, size, o->fault_value ? "%s:%u=0x%" PRIx64 : "%s:%u", o->fault_point,
                 o->fault_nth, o->fault_value);
    else if (o->fault_one_in)
        snprintf(out, size, "%u", o->fault_one_in);
    else
        return NULL;
    return out;
}

bool run_record_begin(struct dm_machine *m, const char *text, char *message, size_t size)
{
    const struct dm_run *r = &m->run;
    char faults[64];
    struct record_header h = {
        .tool = TOOL,
        .driver = r->driver->name,
        .driver_digest = r->driver->digest,
        .scenario = r->scenario->name ? r->scenario->name : "",
        .profile = m->s->profile.name,
        .profile_text = text,
        .strategy = strategy_of(m),
        .seed = m->s->seed,
        .steps_max = m->s->limits.steps_max,
        .virtual_ns_max = m->s->limits.virtual_ns_max,
        .subject = m->subject ? m->subject : r->driver->path,
        .bug = m->bug,
        .mend = m->mend,
        .devices = r->devices_text,
        .scenario_flags = r->scenario->flags,
        .faults = faults_text(&m->options, faults, sizeof(faults)),
        .races = m->options.races,
        .bugcheck_stops = m->options.bugcheck_stops,
        .plan = r->plan != NULL,
    };

    if (!m->record_path)
        return true;
    m->recorder =
        recorder_open(m->record_path, &h, m->s->depot, agent_name_of, m->s, message, size);
    if (!m->recorder)
        return false;
    recorder_payload(m->recorder, &m->s->trace, m->options.payload_max);
    must(trace_attach(&m->s->trace, recorder_event, m->recorder) == 0);
    return true;
}

/* How it ended: what events do not say. */
static void say_result(struct recorder *r, const struct dm_result *result)
{
    struct line l = { 0 };

    line_put(&l, "{\"k\":\"result\",\"exit\":%d", (int)result->exit);
    if (*result->first_failure) {
        line_put(&l, ",\"failure\":");
        line_string(&l, result->first_failure);
    }
    line_put(&l, "}");
    recorder_line(r, l.text);
    free(l.text);
}

bool run_record_end(struct dm_machine *m, const struct dm_result *result, char *message,
                    size_t size)
{
    struct recorder *rec = m->recorder;

    if (!rec)
        return true;
    trace_detach(&m->s->trace, rec);
    findings_record(m);
    say_result(rec, result);
    m->recorder = NULL;
    return recorder_close(rec, message, size) == 0;
}
