/*
 * A machine as its users see it: made from options, run, read, destroyed. What a run does is
 * boot.c's; what scenarios may do is scenario.c's and request.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/explore.h"
#include "machine/input.h"
#include "machine/plan_play.h"
#include "machine/private.h"
#include "machine/recording.h"
#include "sim/core/hostile.h"
#include "sim/core/mapreg.h"

#define RING_BITS 14 /* 16,384 events: the last of a run, 1 MiB */

/* Where every choice of a run comes from. */
static int choices_source(struct dm_machine *m)
{
    const struct dm_options *o = &m->options;

    if (m->strategy) {
        choice_from_strategy(m->s, m->strategy);
        return 0;
    }
    if (m->recording)
        return recording_apply(m->s, m->recording);
    if (!o->bytes)
        return schedule_apply(m->s, &m->schedule);
    choice_from_bytes(m->s, o->bytes, o->bytes_count);
    return 0;
}

/* The schedule by its token or by its seed. */
static int schedule_take(struct dm_machine *m, const struct dm_options *o, char *message,
                         size_t size)
{
    int error = 0;

    if (o->schedule)
        error = schedule_read(&m->schedule, o->schedule, message, size);
    else
        m->schedule = (struct schedule) { .seeded = o->seed != 0, .seed = o->seed };
    return error ? error : schedule_add(&m->schedule, o->changes, o->change_count, message, size);
}

/* The machine that was asked for, or the one that a recording describes. */
static int profile_take(const struct dm_machine *m, struct profile *p, char *message, size_t size)
{
    const struct dm_options *o = &m->options;
    const struct trace_header *h = o->recording ? o->recording->trace->header : NULL;

    if (o->profile_text)
        return profile_from_text(p, o->profile ? o->profile : "", o->profile_text, message, size);
    if (h && !o->profile)
        return profile_from_text(p, h->profile, h->profile_text, message, size);
    return profile_find(p, o->profile ? o->profile : "direct64", message, size);
}

/* Whose choices are taken: the caller's recording, or the one that choices names. Faults are its own where
 * the recording is the caller's; choices alone are choices alone. */
static bool recording_take(struct dm_machine *m, char *message, size_t size)
{
    const struct dm_options *o = &m->options;

    m->recording = o->recording;
    if (o->recording && !o->inputs) {
        m->options.inputs = o->recording->given;
        m->options.inputs_count = o->recording->given_count;
    }
    if (o->recording)
        recording_plan(o->recording, &m->options);
    if (o->recording && !o->faults)
        return faults_exact(m, o->recording->faults, o->recording->fault_count, message, size);
    if (o->recording || !o->choices)
        return true;
    m->recording = m->own_recording = dm_recording_load(o->choices, message, size);
    if (!m->recording)
        return false;
    message[0] = 0; /* an end that is missing is told by the comparison */
    return true;
}

static bool sinks_attach(struct dm_machine *m, char *message, size_t size)
{
    struct trace *t = &m->s->trace;

    if (m->options.verify) {
        m->verifier = verifier_create(m->s->depot);
        if (!m->verifier || trace_attach(t, verifier_event, m->verifier)) {
            snprintf(message, size, "no memory for the verifier");
            return false;
        }
    }
    if (m->options.ring) {
        if (ring_create(&m->ring, RING_BITS) || trace_attach(t, ring_event, &m->ring)) {
            snprintf(message, size, "no memory for the flight recorder");
            return false;
        }
    }
    return true;
}

static char *copy_of(const char *text) { return text ? strdup(text) : NULL; }

struct dm_machine *dm_machine_create(const struct dm_options *o, char *message, size_t message_size)
{
    struct dm_machine *m = calloc(1, sizeof(*m));
    struct profile profile;

    message[0] = 0;
    if (!m) {
        snprintf(message, message_size, "no memory for a machine");
        return NULL;
    }
    m->options = *o;
    m->module = -1;
    m->record_path = copy_of(o->record);
    m->subject = copy_of(o->subject);
    m->mend = copy_of(o->mend);
    m->bug = copy_of(o->bug);
    if (!faults_check(o, message, message_size) ||
        !faults_exact(m, o->faults, o->fault_count, message, message_size) ||
        !recording_take(m, message, message_size) ||
        profile_take(m, &profile, message, message_size))
        goto out;
    if (schedule_take(m, o, message, message_size))
        goto out;
    m->s = sim_create(&profile, message, message_size);
    if (!m->s)
        goto out;
    m->s->seed = m->recording ? m->recording->trace->header->seed : m->schedule.seed;
    m->s->bugcheck_stops = o->bugcheck_stops;
    if (o->steps_max)
        m->s->limits.steps_max = o->steps_max;
    if (choices_source(m)) {
        snprintf(message, message_size, "no memory for its choices");
        goto out;
    }
    faults_plan(m);
    if (!sinks_attach(m, message, message_size))
        goto out;
    if (!last_create(m)) {
        snprintf(message, message_size, "no memory for the last events");
        goto out;
    }
    survive_install();
    return m;
out:
    if (!message[0])
        snprintf(message, message_size, "the machine cannot be made");
    dm_machine_destroy(m);
    return NULL;
}

void dm_machine_reset(struct dm_machine *m)
{
    findings_forget(m);
    if (!m->used)
        return;
    choices_source(m); /* a fuzzer's bytes and a trace's choices begin again */
    /* What the parts say while they are made again nobody heard when the machine was new either. */
    m->s->trace.on = false;
    sim_reset(m->s);
    m->s->trace.on = m->s->trace.sink_count > 0;
    if (m->verifier)
        verifier_reset(m->verifier);
    m->ring.count = 0;
    m->used = m->budget = false;
}

void dm_machine_choices(struct dm_machine *m, const uint8_t *bytes, size_t count)
{
    m->options.bytes = bytes;
    m->options.bytes_count = count;
    choices_source(m);
}

bool machine_profile(struct dm_machine *m, const struct profile *p)
{
    if (m->s->profile.ram_mib != p->ram_mib)
        return false;
    m->s->profile = *p;
    m->used = true; /* the next reset makes it that machine */
    return true;
}

void dm_machine_destroy(struct dm_machine *m)
{
    if (!m)
        return;
    findings_forget(m);
    free(m->views);
    if (m->s) {
        survive_enter(NULL);
        sim_destroy(m->s);
    }
    if (m->verifier)
        verifier_destroy(m->verifier);
    if (m->ring.events)
        ring_destroy(&m->ring);
    last_destroy(m);
    compare_forget(m);
    dm_recording_free(m->own_recording);
    schedule_free(&m->schedule);
    free(m->record_path);
    free(m->subject);
    free(m->mend);
    free(m->bug);
    free(m->exact_faults);
    free(m);
}

char *dm_machine_schedule(struct dm_machine *m)
{
    if (m->options.bytes)
        return NULL;
    return m->recording ? dm_recording_schedule(m->recording) : schedule_token(&m->schedule);
}

void dm_machine_strategy(struct dm_machine *m, struct choice_strategy *st)
{
    m->strategy = st;
    choices_source(m);
}

struct sim *dm_machine_sim(struct dm_machine *m) { return m->s; }

/* --- one run --- */

static const struct dm_scenario *scenario_find(const struct dm_driver *d, const char *name)
{
    const struct dm_scenario *sc = d->scenarios;

    if (!name)
        return sc;
    while (sc->name && strcmp(sc->name, name))
        sc++;
    return sc;
}

/* The driver's code in the depot, so that stacks can name it. */
static void module_bind(struct dm_machine *m, struct dm_driver *d)
{
    if (m->module_driver == d)
        return;
    if (m->module >= 0)
        site_module_remove(m->s->depot, m->module);
    m->module = site_module_add(m->s->depot, d->name, d->path, (const void *)d->entry);
    m->module_driver = d;
}

/* Who waits for ever. The rules about what never ends name it; where there are none, or where they see
 * nothing of the driver's, the run itself has failed. */
static void say_stuck(struct dm_machine *m, enum sched_end end)
{
    struct dm_run *r = &m->run;
    unsigned before = m->verifier ? finding_count(m->verifier) : 0;
    uint32_t waiting = requests_say_waiting(m->s);

    trace_emit(&m->s->trace, EV_STUCK, API_NONE, 0, end, waiting, 0, 0);
    if (end != SCHED_STUCK || m->s->fault.device_lied ||
        (m->verifier && finding_count(m->verifier) > before))
        return;
    run_fail(r, "the run is stuck: %s waits and nothing can wake it",
             r->thread_count ? "the scenario" : "the machine");
}

static enum dm_exit judge(struct dm_machine *m, enum sched_end end, const struct dm_result *result)
{
    if (m->budget || end == SCHED_STEPS)
        return DM_BUDGET;
    if (result->findings || result->expectations_failed || m->s->bugcheck_code)
        return DM_FINDINGS;
    return DM_CLEAN;
}

static void result_fill(struct dm_machine *m, enum sched_end end, struct dm_result *result)
{
    struct dm_run *r = &m->run;

    *result = (struct dm_result) {
        .scenario = r->scenario->name,
        .bytes = r->bytes,
        .virtual_ns = sched_now_ns(m->s),
        .events = m->s->trace.seq,
        .choices_hash = m->s->choice.hash,
        .settled_hash = r->settled_hash,
        .findings = dm_finding_count(m),
        .expectations_failed = r->expectations_failed,
        .faults_taken = m->s->fault.taken,
    };
    snprintf(result->first_failure, sizeof(result->first_failure), "%s", r->first_failure);
    result->exit = judge(m, end, result);
}

static enum dm_exit refuse(struct dm_result *result, enum dm_exit exit, const char *why)
{
    *result = (struct dm_result) { .exit = exit };
    snprintf(result->first_failure, sizeof(result->first_failure), "%s", why);
    return exit;
}

/* What is run, and what is plugged for it. */
struct job {
    const struct dm_scenario *scenario;
    const struct dm_plan *plan; /* NULL: the scenario is code */
    const char *devices;        /* NULL: what the driver's setup says */
};

/* Everything that a run needs before its first event. */
static enum dm_exit prepare(struct dm_machine *m, struct dm_driver *d, const struct job *job,
                            struct dm_result *result)
{
    struct sim *s = m->s;

    faults_plan(m);
    if (!faults_of_setup(m, d))
        return refuse(result, DM_USAGE, "the setup's faults: expected POINT:N, comma separated");
    hostile_begin(s);
    m->used = true;
    m->run = (struct dm_run) {
        .m = m, .s = s, .driver = d, .scenario = job->scenario, .plan = job->plan
    };
    m->run.devices_text = job->devices ? job->devices : d->setup ? d->setup->devices : NULL;
    image_restore(d->image, d->statics);
    if (m->options.races)
        race_start(s, d->image);
    module_bind(m, d);
    if (m->verifier)
        verifier_begin(m->verifier, s->profile.name, s->seed,
                       s->profile.translation == TRANSLATION_REMAP);
    return DM_CLEAN;
}

static enum dm_exit run(struct dm_machine *m, struct dm_driver *d, const struct job *job,
                        struct dm_result *result)
{
    struct sim *s = m->s;
    struct agent *boot;
    enum sched_end end;
    char message[160] = "", profile[1024] = "";

    if (prepare(m, d, job, result))
        return result->exit;
    if (m->record_path || m->recording) /* nobody else asks which machine it is */
        run_profile_text(m, profile, sizeof(profile));
    if (!run_record_begin(m, profile, message, sizeof(message)))
        return refuse(result, DM_USAGE, message);
    compare_begin(m, profile);
    last_begin(m);
    input_given(&m->run);
    stop_begin(m);
    boot = sched_thread(s, "boot", boot_main, &m->run, 0, 8);
    must(boot);
    survive_enter(m);
    end = sched_run(s, boot, true);
    survive_enter(NULL);
    stop_end(m);
    if (end == SCHED_STUCK || sched_now_ns(s) >= s->limits.virtual_ns_max)
        say_stuck(m, end);
    trace_emit(&s->trace, EV_PHASE, API_NONE, 0, PHASE_END, (uint64_t)end, 0, 0);
    if (m->verifier)
        verifier_end(m->verifier);
    last_end(m);
    findings_gather(m);
    result_fill(m, end, result);
    compare_end(m);
    if (m->comparison.differs && m->compare.check != DM_CHECK_RESYNC) {
        result->exit = DM_DIVERGED;
        result->divergence = m->comparison.text;
    }
    input_end(&m->run);
    plan_play_end(&m->run);
    if (!run_record_end(m, result, message, sizeof(message))) { /* what was found still stands */
        result->exit = DM_USAGE;
        snprintf(result->first_failure, sizeof(result->first_failure), "%s", message);
    }
    return result->exit;
}

enum dm_exit dm_machine_run(struct dm_machine *m, struct dm_driver *d, const char *scenario,
                            struct dm_result *result)
{
    struct job job = { .scenario = scenario_find(d, scenario) };

    dm_machine_reset(m);
    if (scenario && !job.scenario->name)
        return refuse(result, DM_USAGE, "the driver has no such scenario");
    return run(m, d, &job, result);
}

int dm_machine_run_scenario(struct dm_machine *m, struct dm_driver *d, const struct dm_scenario *s,
                            const char *devices, struct dm_result *result)
{
    struct job job = { .scenario = s, .devices = devices };

    dm_machine_reset(m);
    return run(m, d, &job, result);
}

int dm_machine_run_plan(struct dm_machine *m, struct dm_driver *d, const struct dm_plan *p,
                        struct dm_result *result)
{
    static const struct dm_plan_fault none;
    struct job job = { &m->played, p, p->devices };
    struct fault_at *faults = m->exact_faults; /* the machine's own, for its later runs */
    size_t fault_count = m->exact_fault_count;
    char message[160] = "";

    dm_machine_reset(m);
    m->exact_faults = NULL;
    m->played =
        (struct dm_scenario) { p->scenario ? p->scenario : "plan", "", plan_play, p->flags };
    if (plan_check(p, message, sizeof(message)) &&
        faults_exact(m, p->fault_count ? p->faults : &none, p->fault_count, message,
                     sizeof(message)))
        run(m, d, &job, result);
    else
        refuse(result, DM_USAGE, message);
    free(m->exact_faults);
    m->exact_faults = faults;
    m->exact_fault_count = fault_count;
    return result->exit;
}
