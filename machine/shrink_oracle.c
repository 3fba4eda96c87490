/*
 * Candidates on a machine. What a run drew is gathered while it runs, so that what is kept are the choices
 * that were really there.
 */
#include "machine/shrink_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "machine/private.h"

/* A candidate that takes so much longer than the first run hangs. */
#define STEPS_FACTOR 4
#define STEPS_MORE 100000
#define KINDS_MAX 64

struct shrink_runner {
    struct dm_machine *m;
    struct dm_driver *d;
    const char *scenario;
    const struct shrink_target *target;
    uint64_t seed; /* of what is no choice */
    struct choice_record *drawn;
    size_t drawn_count, drawn_room;
    const char *rules[KINDS_MAX]; /* that speak in the first run */
    unsigned rule_count;
    bool asked, fails; /* in the first run the scenario, too, got something else */
    struct dm_input input;
};

static void gather(void *ctx, const struct event *e)
{
    struct shrink_runner *r = ctx;

    if (e->kind != EV_CHOICE || !e->a[2])
        return;
    if (r->drawn_count == r->drawn_room) {
        r->drawn_room = r->drawn_room * 2 + 256;
        r->drawn = realloc(r->drawn, r->drawn_room * sizeof(*r->drawn));
        must(r->drawn);
    }
    r->drawn[r->drawn_count++] = (struct choice_record) { .site = (uint16_t)e->obj,
                                                          .agent = e->agent,
                                                          .nth = (uint32_t)e->a[0],
                                                          .bound = (uint32_t)e->a[1],
                                                          .value = (uint32_t)e->a[2] };
}

struct shrink_runner *shrink_runner_open(const struct dm_options *o, struct dm_driver *d,
                                         const char *scenario, const struct shrink_target *t,
                                         char *message, size_t message_size)
{
    struct shrink_runner *r = calloc(1, sizeof(*r));
    struct dm_options options = *o;

    must(r);
    *r = (struct shrink_runner) { .d = d, .scenario = scenario, .target = t, .seed = o->seed };
    options.seed = 0;
    options.verify = true;
    options.record = NULL;
    r->m = dm_machine_create(&options, message, message_size);
    if (!r->m) {
        free(r);
        return NULL;
    }
    must(trace_attach(&r->m->s->trace, gather, r) == 0);
    return r;
}

void shrink_runner_close(struct shrink_runner *r)
{
    if (!r)
        return;
    trace_detach(&r->m->s->trace, r);
    dm_machine_destroy(r->m);
    free(r->drawn);
    free(r);
}

/* --- one run --- */

static void run_case(struct shrink_runner *r, const struct shrink_case *c, struct dm_result *result)
{
    static const struct dm_plan_fault none;
    struct dm_machine *m = r->m;
    struct schedule schedule = { .seeded = c->seed != 0,
                                 .seed = c->seed,
                                 .changes = (struct choice_record *)c->choices,
                                 .change_count = c->seed ? 0 : c->choice_count };
    char message[160];

    dm_machine_reset(m);
    r->drawn_count = 0;
    m->s->seed = r->seed;
    must(schedule_apply(m->s, &schedule) == 0);
    if (!r->scenario) {
        dm_machine_run_plan(m, r->d, &c->plan, result);
        return;
    }
    r->input = (struct dm_input) { "program", c->program, c->program_bytes };
    m->options.inputs = &r->input;
    m->options.inputs_count = c->program != NULL;
    must(faults_exact(m, c->plan.fault_count ? c->plan.faults : &none, c->plan.fault_count, message,
                      sizeof(message)));
    dm_machine_run(m, r->d, r->scenario, result);
}

/* --- the verdict --- */

static bool speaks_anew(const struct shrink_runner *r, const char *rule)
{
    for (unsigned i = 0; i < r->rule_count; i++)
        if (!strcmp(r->rules[i], rule))
            return false;
    return true;
}

static bool is_there(const struct shrink_runner *r, const struct dm_result *result)
{
    if (*r->target->failure)
        return result->expectations_failed && !strcmp(result->first_failure, r->target->failure);
    for (unsigned i = 0; i < dm_finding_count(r->m); i++)
        if (shrink_target_is(r->target, dm_finding(r->m, i)))
            return true;
    return false;
}

static bool is_another(const struct shrink_runner *r, const struct dm_result *result)
{
    if (result->exit != DM_FINDINGS || (result->expectations_failed && !r->fails))
        return true;
    for (unsigned i = 0; i < dm_finding_count(r->m); i++)
        if (speaks_anew(r, dm_finding(r->m, i)->rule))
            return true;
    return false;
}

/* The first run says what may be seen beside the finding, and how long a run takes. */
static void take_measure(struct shrink_runner *r, const struct dm_result *result)
{
    struct sim *s = r->m->s;
    uint64_t most = sched_steps(s) * STEPS_FACTOR + STEPS_MORE;

    r->fails = result->expectations_failed != 0;
    for (unsigned i = 0; i < dm_finding_count(r->m) && r->rule_count < KINDS_MAX; i++)
        if (speaks_anew(r, dm_finding(r->m, i)->rule))
            r->rules[r->rule_count++] = dm_finding(r->m, i)->rule;
    if (most < s->limits.steps_max)
        s->limits.steps_max = most;
}

/* Hardly any run depends on its seed but for its choices: without one, there is less to say. */
static bool first(struct shrink_runner *r, const struct shrink_case *c, struct dm_result *result)
{
    uint64_t seed = r->seed;

    r->asked = true;
    for (r->seed = 0;; r->seed = seed) {
        run_case(r, c, result);
        if (is_there(r, result))
            break;
        if (r->seed == seed)
            return false;
    }
    take_measure(r, result);
    return true;
}

bool shrink_runner_same(void *runner, const struct shrink_case *c, struct shrink_taken *taken)
{
    struct shrink_runner *r = runner;
    struct dm_result result;
    bool same;

    if (!r->asked) {
        same = first(r, c, &result);
    } else {
        run_case(r, c, &result);
        same = is_there(r, &result) && !is_another(r, &result);
    }
    *taken = (struct shrink_taken) { r->drawn, r->drawn_count };
    return same;
}

uint64_t shrink_runner_seed(const struct shrink_runner *r) { return r->seed; }

/* --- the last run --- */

/* A token that says no more than the seed, where there is one. */
static char *base_schedule(uint64_t seed)
{
    struct schedule plain = { .seed = seed };

    return seed ? schedule_token(&plain) : NULL;
}

static struct dm_choice *choices_of(const struct shrink_case *c)
{
    struct dm_choice *choices = calloc(c->choice_count + 1, sizeof(*choices));

    must(choices);
    for (size_t i = 0; i < c->choice_count; i++)
        choices[i] = (struct dm_choice) { choice_word(c->choices[i].site), c->choices[i].agent,
                                          c->choices[i].nth, c->choices[i].value };
    return choices;
}

int shrink_record(const struct dm_options *o, uint64_t seed, struct dm_driver *d,
                  const char *scenario, const struct shrink_case *c, const struct shrink_target *t,
                  char *message, size_t message_size)
{
    struct dm_input input = { "program", c->program, c->program_bytes };
    static const struct dm_plan_fault none;
    char *schedule = base_schedule(seed);
    struct dm_choice *choices = choices_of(c);
    struct shrink_runner r = { .target = t };
    struct dm_options options = *o;
    struct dm_result result;

    options.seed = 0;
    options.schedule = schedule;
    options.changes = choices;
    options.change_count = c->choice_count;
    options.verify = true;
    options.faults = c->plan.fault_count ? c->plan.faults : &none;
    options.fault_count = c->plan.fault_count;
    options.inputs = c->program ? &input : NULL;
    options.inputs_count = c->program != NULL;
    r.m = dm_machine_create(&options, message, message_size);
    free(schedule);
    free(choices);
    if (!r.m)
        return ERR_INVALID;
    if (scenario)
        dm_machine_run(r.m, d, scenario, &result);
    else
        dm_machine_run_plan(r.m, d, &c->plan, &result);
    snprintf(message, message_size, "%s", result.exit > DM_FINDINGS ? result.first_failure : "");
    if (!*message && !is_there(&r, &result))
        snprintf(message, message_size, "the shrunk run does not show it again");
    dm_machine_destroy(r.m);
    return *message ? ERR_DIVERGED : 0;
}
