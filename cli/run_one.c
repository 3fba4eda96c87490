/*
 * One run: a machine for one profile and seed, one scenario on it, and its findings.
 */
#include "cli/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/sim.h"

#define ONE_EXTENSION ".dmatrace"
/* Of one run, whatever it does: a loop that never calls Windows ends here. */
#define RUN_CPU_SECONDS 120

/* The first run is recorded to FILE; each other one to FILE-SCENARIO-PROFILE-SEED.dmatrace. */
static const char *record_path(const struct run_options *o, const struct run_item *item, bool first,
                               char *path, size_t size)
{
    size_t stem, extension = strlen(ONE_EXTENSION);

    if (!o->record || first)
        return o->record;
    stem = strlen(o->record);
    if (stem > extension && !strcmp(o->record + stem - extension, ONE_EXTENSION))
        stem -= extension;
    snprintf(path, size, "%.*s-%s-%s-%" PRIu64 ONE_EXTENSION, (int)stem, o->record, item->scenario,
             item->profile, item->seed);
    return path;
}

static void add_finding(struct report *out, unsigned run, const struct run_item *item,
                        const struct dm_finding *f)
{
    struct report_finding to = { .rule = f->rule,
                                 .severity = f->severity,
                                 .message = f->message,
                                 .driver_verifier = f->driver_verifier,
                                 .scenario = item->scenario,
                                 .profile = item->profile,
                                 .seed = item->seed };

    for (unsigned s = 0; s < f->site_count && s < REPORT_SITES_MAX; s++) {
        struct report_site *site = &to.sites[to.site_count++];

        site->role = f->sites[s].role;
        for (unsigned i = 0; i < f->sites[s].frame_count && i < REPORT_FRAMES_MAX; i++)
            site->frames[site->frame_count++] =
                (struct report_frame) { f->sites[s].frames[i].file, f->sites[s].frames[i].function,
                                        f->sites[s].frames[i].line };
    }
    report_add_finding(out, run, &to);
}

static void add_expectation(struct report *out, unsigned run, const struct run_item *item,
                            const struct dm_result *result)
{
    char message[256];
    struct report_finding f = { .rule = "expectation-failed",
                                .severity = "error",
                                .message = message,
                                .driver_verifier = "blind",
                                .scenario = item->scenario,
                                .profile = item->profile,
                                .seed = item->seed,
                                .where = item->scenario };

    snprintf(message, sizeof message,
             "%" PRIu32 " expectations of the scenario did not hold, first: %s",
             result->expectations_failed, result->first_failure);
    report_add_finding(out, run, &f);
}

static void take_choices(struct report_run *run, const struct sim *s)
{
    for (unsigned i = 0; i < CHOICE_COUNT; i++) {
        run->choices_met |= (s->choice.second_seen[i] != 0u) << i;
        run->choices_varied |= ((s->choice.second_seen[i] & 2u) != 0) << i;
    }
}
_Static_assert(CHOICE_COUNT <= 32, "a bit for each choice site");

static struct dm_machine *make_machine(const struct run_options *o, const struct run_item *item,
                                       const char *record)
{
    struct dm_options options = {
        .profile = item->profile,
        .seed = item->seed,
        .verify = true,
        .ring = true,
        .bugcheck_stops = o->bugcheck,
        .record = record,
        .choices = o->choices,
        .fault_one_in = o->fault_one_in,
        .fault_nth = o->fault_nth,
        .fault_point = *o->fault_point ? o->fault_point : NULL,
        .steps_max = o->steps_max,
    };
    char message[512] = "";
    struct dm_machine *m = dm_machine_create(&options, message, sizeof message);

    if (!m)
        cli_wrong("%s", message);
    return m;
}

void run_one(const struct run_options *o, struct dm_driver *d, const struct run_item *item,
             bool first, struct report *out)
{
    struct report_run run = {
        .scenario = item->scenario, .profile = item->profile, .seed = item->seed, .exit = DM_USAGE
    };
    struct dm_result result = { .scenario = item->scenario };
    char path[4096];
    struct dm_machine *m;

    report_init(out, o->driver);
    m = make_machine(o, item, record_path(o, item, first, path, sizeof path));
    if (!m) {
        report_add_run(out, &run);
        return;
    }
    dm_watchdog(RUN_CPU_SECONDS);
    run.exit = dm_machine_run(m, d, item->scenario, &result);
    dm_watchdog(0);
    run.bytes = result.bytes;
    run.virtual_ns = result.virtual_ns;
    run.events = result.events;
    run.settled_hash = result.settled_hash;
    run.schedule = result.choices_hash;
    take_choices(&run, dm_machine_sim(m));
    run.findings = dm_finding_count(m);
    report_add_run(out, &run);
    for (unsigned i = 0; i < run.findings; i++)
        add_finding(out, 0, item, dm_finding(m, i));
    if (result.expectations_failed)
        add_expectation(out, 0, item, &result);
    if (run.exit == DM_DIVERGED)
        fprintf(stderr, "dmacheck: %s [profile=%s seed=%" PRIu64 "]: %s\n", item->scenario,
                item->profile, item->seed, result.divergence);
    else if (run.exit > DM_FINDINGS && *result.first_failure)
        fprintf(stderr, "dmacheck: %s [profile=%s seed=%" PRIu64 "]: %s\n", item->scenario,
                item->profile, item->seed, result.first_failure);
    dm_machine_destroy(m);
    if (o->outputs.style.verbosity > 0)
        fprintf(stderr, "dmacheck: %s %s seed=%" PRIu64 ": exit %d, %" PRIu64 " events\n",
                item->scenario, item->profile, item->seed, run.exit, run.events);
}

void run_merge(struct report *into, const struct report *one)
{
    unsigned index = report_add_run(into, &one->runs[0]);

    for (unsigned i = 0; i < one->finding_count; i++)
        report_add_finding(into, index, &one->findings[i]);
}
