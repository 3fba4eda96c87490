/*
 * A run's recording: what its header says, and the recorder beside the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
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
    const struct profile *p = &m->s->profile;

    snprintf(
        out, size - sizeof(" races=1"),
        "placement=%d above_4g=%d ram_mib=%u coherent=%d cpus=%u page_ns=%u kib_ns=%u "
        "access_ps=%u translation=%d lazy=%d external=%d address_bits=%u scatter_gather=%d "
        "elements=%d map_registers=%u map_registers_system=%u deferred=%d logical_is_physical=%d",
        (int)p->placement, p->above_4g, p->ram_mib, p->coherent, p->cpus, p->page_ns, p->kib_ns,
        p->access_ps, (int)p->translation, p->lazy, p->external, p->address_bits, p->scatter_gather,
        (int)p->elements, p->map_registers, p->map_registers_system, p->deferred,
        p->logical_is_physical);
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
    };

    if (!m->record_path)
        return true;
    m->recorder =
        recorder_open(m->record_path, &h, m->s->depot, agent_name_of, m->s, message, size);
    if (!m->recorder)
        return false;
    must(trace_attach(&m->s->trace, recorder_event, m->recorder) == 0);
    return true;
}

bool run_record_end(struct dm_machine *m, char *message, size_t size)
{
    struct recorder *rec = m->recorder;

    if (!rec)
        return true;
    trace_detach(&m->s->trace, rec);
    findings_record(m);
    m->recorder = NULL;
    return recorder_close(rec, message, size) == 0;
}
