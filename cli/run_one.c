/*
 * One run: a machine for one profile and seed, one scenario on it, and its findings.
 */
#include "cli/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/must.h"
#include "include/dmacheck/plan.h"
#include "include/dmacheck/replay.h"
#include "machine/schedule.h"
#include "reports/coverage.h"
#include "reports/dump.h"
#include "reports/readiness.h"
#include "reports/replay.h"
#include "reports/timeline.h"
#include "sim/core/sched.h"
#include "sim/core/sim.h"
#include "trace/text.h"

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

unsigned run_add_finding(struct report *out, unsigned run, const struct run_item *item,
                         const char *repro, const char *last, const struct dm_finding *f)
{
    struct report_finding to = { .rule = f->rule,
                                 .severity = f->severity,
                                 .message = f->message,
                                 .driver_verifier = f->driver_verifier,
                                 .scenario = item->scenario,
                                 .profile = item->profile,
                                 .seed = item->seed,
                                 .repro = repro,
                                 .last = last };

    for (unsigned s = 0; s < f->site_count && s < REPORT_SITES_MAX; s++) {
        struct report_site *site = &to.sites[to.site_count++];

        site->role = f->sites[s].role;
        for (unsigned i = 0; i < f->sites[s].frame_count && i < REPORT_FRAMES_MAX; i++)
            site->frames[site->frame_count++] =
                (struct report_frame) { f->sites[s].frames[i].file, f->sites[s].frames[i].function,
                                        f->sites[s].frames[i].line };
    }
    report_add_finding(out, run, &to);
    return (unsigned)report_index_of(out, &to);
}

static void take_choices(struct report_run *run, const struct sim *s)
{
    for (unsigned i = 0; i < CHOICE_COUNT; i++) {
        run->choices_met |= (s->choice.second_seen[i] != 0u) << i;
        run->choices_varied |= ((s->choice.second_seen[i] & 2u) != 0) << i;
    }
}
_Static_assert(CHOICE_COUNT <= 32, "a bit for each choice site");

/* A token that is too long to be typed is given again as it was given, in its file. */
static void take_schedule(struct report_run *run, const struct run_options *o, struct dm_machine *m,
                          struct report *out)
{
    char *token = dm_machine_schedule(m);

    run->by_token = o->schedule != NULL;
    if (token && strlen(token) <= SCHEDULE_TOKEN_MAX)
        run->token = report_keep(out, token);
    else if (o->schedule)
        run->token = report_keep(out, o->schedule);
    free(token);
}

static const char *name_of_agent(void *sim, uint16_t id) { return sched_agent_name(sim, id); }

static struct dm_machine *make_machine(const struct run_options *o, const struct run_item *item,
                                       const char *record)
{
    struct dm_options options = {
        /* A replay on no machine in particular is one on the machine that the recording describes. */
        .profile = o->recording && !o->profile ? NULL : item->profile,
        .seed = item->seed,
        .verify = true,
        .ring = true,
        .last_events = o->last == RUN_LAST_UNSAID ? 0 : o->last,
        .bugcheck_stops = o->bugcheck,
        .record = record,
        .choices = o->choices,
        .schedule = o->schedule,
        .recording = o->recording,
        .check = o->check,
        .has_until = o->has_until,
        .until = o->until,
        .has_break = o->has_break,
        .break_at = o->break_at,
        .fault_one_in = o->fault_one_in,
        .fault_nth = o->fault_nth,
        .fault_value = o->fault_value,
        .races = !o->no_races,
        .fault_point = *o->fault_point ? o->fault_point : NULL,
        .steps_max = o->steps_max,
        .payload_max = (unsigned)o->payload_max,
        .inputs = item->program ? &item->program->input : NULL,
        .inputs_count = item->program != NULL,
        .subject = o->driver,
        .bug = o->bug ? "1" : "0",
        .mend = o->mend,
    };
    char message[512] = "";
    struct dm_machine *m = dm_machine_create(&options, message, sizeof message);

    if (!m)
        cli_wrong("%s", message);
    return m;
}

static void take_comparison(struct dm_machine *m, const struct run_item *item, struct report *out)
{
    if (!item->comparison)
        return;
    *item->comparison = *dm_machine_comparison(m);
    item->comparison->text = report_keep(out, item->comparison->text);
}

/* The last events with a finding, or with a failed expectation, a line each; NULL: none. */
static const char *last_text(struct dm_machine *m, const unsigned *finding)
{
    static char text[RUN_LAST_BYTES];
    size_t used = 0;

    for (unsigned i = 0; used + TRACE_TEXT_MAX + 2 < sizeof text; i++) {
        char *to = text + used + (i != 0);
        size_t n = finding ? dm_finding_last(m, *finding, i, to, TRACE_TEXT_MAX)
                           : dm_failure_last(m, i, to, TRACE_TEXT_MAX);

        if (!n)
            break;
        if (i)
            text[used++] = '\n';
        used += n;
    }
    return used ? text : NULL;
}

/* Findings, into the report and onto the picture of the run. */
static void take_findings(struct dm_machine *m, const struct run_item *item, const char *repro,
                          struct report *out)
{
    struct sim *s = dm_machine_sim(m);

    for (unsigned i = 0; i < dm_finding_count(m); i++) {
        const struct dm_finding *f = dm_finding(m, i);
        unsigned index = run_add_finding(out, 0, item, repro, last_text(m, &i), f);

        if (item->timeline)
            timeline_mark(item->timeline,
                          &(struct timeline_mark) { f->seq, f->ns, f->obj, f->owner, index });
    }
    if (item->timeline)
        timeline_close(item->timeline, s->depot, name_of_agent, s);
}

/* Why there is no verdict; NULL: there is one, or nothing was said. */
static const char *trouble_of(int exit, const struct dm_result *result)
{
    if (exit == DM_DIVERGED)
        return result->divergence;
    return exit > DM_FINDINGS && *result->first_failure ? result->first_failure : NULL;
}

/* What the adapters had given out where a bug check stopped the run. */
static const char *dump_of(struct dm_machine *m, const struct ledger *l, struct report *out)
{
    static char text[65536];
    struct writer w;
    const char *kept = NULL;
    ssize_t n;
    int fd = memfd_create("dump", 0);

    if (fd < 0)
        return NULL;
    writer_init(&w, fd, true);
    dump_text(&w, l, dm_machine_sim(m)->depot, "  ");
    n = writer_flush(&w) ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n > 0) {
        text[n] = 0;
        kept = report_keep(out, text);
    }
    close(fd);
    return kept;
}

void run_one(const struct run_options *o, struct dm_driver *d, const struct run_item *item,
             bool first, struct report *out)
{
    struct report_run run = { .scenario = item->scenario,
                              .profile = item->profile,
                              .seed = item->seed,
                              .exit = DM_USAGE,
                              .program = item->program ? item->program->path : NULL };
    struct dm_result result = { .scenario = item->scenario };
    static struct ledger ledger;
    char path[4096];
    struct dm_machine *m;

    report_init(out, o->driver);
    m = make_machine(o, item, record_path(o, item, first, path, sizeof path));
    if (!m) {
        report_add_run(out, &run);
        return;
    }
    if (item->timeline)
        must(trace_attach(&dm_machine_sim(m)->trace, timeline_event, item->timeline) == 0);
    run.remapped = dm_machine_sim(m)->profile.translation == TRANSLATION_REMAP;
    if (run_is_watched(o))
        must(trace_attach(&dm_machine_sim(m)->trace, readiness_event, &run.seen) == 0);
    if (o->coverage) {
        out->coverage = calloc(1, sizeof *out->coverage);
        must(out->coverage &&
             trace_attach(&dm_machine_sim(m)->trace, coverage_event, out->coverage) == 0);
    }
    if (o->bugcheck) {
        ledger_begin(&ledger);
        must(trace_attach(&dm_machine_sim(m)->trace, ledger_event, &ledger) == 0);
    }
    if (item->side)
        must(trace_attach(&dm_machine_sim(m)->trace, replay_side_event, item->side) == 0);
    dm_watchdog(RUN_CPU_SECONDS);
    if (item->plan)
        run.exit = dm_machine_run_plan(m, d, item->plan, &result);
    else
        run.exit = (int)dm_machine_run(m, d, item->scenario, &result);
    dm_watchdog(0);
    take_comparison(m, item, out);
    run.bytes = result.bytes;
    run.virtual_ns = result.virtual_ns;
    run.events = result.events;
    run.settled_hash = result.settled_hash;
    run.schedule = result.choices_hash;
    take_choices(&run, dm_machine_sim(m));
    take_schedule(&run, o, m, out);
    run.findings = dm_finding_count(m);
    run.trouble = trouble_of(run.exit, &result);
    if (o->bugcheck && run.findings)
        run.dump = dump_of(m, &ledger, out);
    report_add_run(out, &run);
    take_findings(m, item, o->repro, out);
    if (result.expectations_failed)
        run_add_expectation(out, 0, item, result.first_failure, o->repro, last_text(m, NULL));
    if (run.trouble)
        fprintf(stderr, "dmacheck: %s [profile=%s seed=%" PRIu64 "]: %s\n", item->scenario,
                item->profile, item->seed, run.trouble);
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
    if (one->coverage && !into->coverage)
        into->coverage = calloc(1, sizeof *into->coverage);
    if (one->coverage && into->coverage)
        coverage_add(into->coverage, one->coverage);
}
