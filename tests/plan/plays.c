/*
 * Every scenario of every driver, recorded, read back as a plan and played without its code on a fresh
 * machine with the recorded choices and faults: the events are the same bit for bit, the findings, what
 * requesters got and the end too. An expectation of the scenario's is its own affair.
 * Each run is made twice: as it is, and with random faults and a machine that stops at the first bug check.
 * Usage: plays DRIVERS-FOLDER PROGRAM PROFILES SEEDS NAME... (PROFILES and SEEDS comma separated; PROGRAM
 * is for scenarios that take one).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "include/dmacheck/machine.h"
#include "include/dmacheck/plan.h"
#include "include/dmacheck/scenario.h"
#include "machine/plan_read.h"
#include "machine/program.h"
#include "sim/core/sim.h"
#include "trace/load.h"
#include "trace/text.h"

#define NAMES_MAX 64

static char trace_path[64];
static unsigned played, failed, excused, ops_total;

/* Scenarios that store into a buffer while a request has it: no line holds that (docs/trace-format.md). */
static const char *const stores[][2] = {
    { "samples/accel", "beside" },
    { "cases/program_changed.bug0", "changed" },
    { "cases/program_changed.bug1", "changed" },
};

struct how { /* one run */
    const char *driver, *scenario, *profile, *program;
    uint64_t seed;
    uint32_t fault_one_in;
    bool stops;
};

struct follow { /* the played run beside the recorded one */
    const struct trace_loaded *t;
    struct sim *s;
    size_t at;
    bool differs;
    char was[TRACE_TEXT_MAX], is[TRACE_TEXT_MAX];
};

static bool same(const struct event *a, const struct event *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(a->kind, i)[0] != '-' && a->a[i] != b->a[i])
            return false;
    return a->kind == b->kind && a->seq == b->seq && a->ns == b->ns && a->obj == b->obj &&
           a->site == b->site && a->agent == b->agent && a->api == b->api && a->cpu == b->cpu &&
           a->irql == b->irql;
}

static void follow_event(void *ctx, const struct event *e)
{
    struct follow *f = ctx;
    const struct event *was = f->at < f->t->event_count ? &f->t->events[f->at] : NULL;

    if (f->differs || (was && same(was, e))) {
        f->at++;
        return;
    }
    f->differs = true;
    if (was)
        trace_text(f->was, sizeof f->was, was, f->t->depot, "");
    trace_text(f->is, sizeof f->is, e, f->s->depot, "");
}

/* All findings as one text. */
static char *findings_of(const struct dm_machine *m)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    for (unsigned i = 0; i < dm_finding_count(m); i++) {
        const struct dm_finding *f = dm_finding(m, i);

        fprintf(out, "%s: %s\n", f->rule, f->message);
        for (unsigned k = 0; k < f->site_count; k++)
            for (unsigned n = 0; n < f->sites[k].frame_count; n++)
                fprintf(out, "  %s %s:%u\n", f->sites[k].role, f->sites[k].frames[n].file,
                        f->sites[k].frames[n].line);
    }
    fclose(out);
    return text;
}

static struct dm_machine *machine_for(const struct how *h, struct dm_options *o)
{
    char message[400] = "";
    struct dm_machine *m;

    o->verify = true;
    o->races = true;
    o->profile = h->profile;
    o->seed = h->seed;
    o->fault_one_in = h->fault_one_in;
    o->bugcheck_stops = h->stops;
    m = dm_machine_create(o, message, sizeof message);
    if (!m) {
        fprintf(stderr, "plays: %s\n", message);
        exit(2);
    }
    return m;
}

static bool is_excused(const struct how *h)
{
    for (unsigned i = 0; i < sizeof stores / sizeof *stores; i++)
        if (!strcmp(stores[i][0], h->driver) && !strcmp(stores[i][1], h->scenario))
            return true;
    return false;
}

static void wrong(const struct how *h, const char *what, const char *was, const char *is)
{
    if (is_excused(h)) {
        excused++;
        return;
    }
    failed++;
    printf("FAILED: %s %s [profile=%s seed=%llu%s%s]: %s\n  recorded: %s\n  played:   %s\n",
           h->driver, h->scenario, h->profile, (unsigned long long)h->seed,
           h->stops ? " faults" : "", h->program ? " program" : "", what, was, is);
}

static void numbers(const struct how *h, const char *what, uint64_t was, uint64_t is)
{
    char a[32], b[32];

    snprintf(a, sizeof a, "%llu", (unsigned long long)was);
    snprintf(b, sizeof b, "%llu", (unsigned long long)is);
    if (was != is)
        wrong(h, what, a, b);
}

static void play(const struct how *h, struct dm_driver *d, const struct trace_loaded *t,
                 const struct dm_plan *p, const struct dm_result *first, const char *findings)
{
    struct dm_options o = { .choices = trace_path, .check = DM_CHECK_NONE };
    struct dm_machine *m = machine_for(h, &o);
    struct follow f = {
        .t = t, .s = dm_machine_sim(m), .was = "nothing more", .is = "nothing more"
    };
    unsigned before = failed;
    struct dm_result r;
    char *now;

    trace_attach(&dm_machine_sim(m)->trace, follow_event, &f);
    dm_watchdog(60);
    dm_machine_run_plan(m, d, p, &r);
    dm_watchdog(0);
    now = findings_of(m);
    if (f.differs || f.at != t->event_count) {
        if (!f.differs)
            trace_text(f.was, sizeof f.was, &t->events[f.at], t->depot, "");
        wrong(h, "other events", f.was, f.is);
    } else if (strcmp(now, findings)) {
        wrong(h, "other findings", findings, now);
    } else {
        numbers(h, "bytes moved", first->bytes, r.bytes);
        numbers(h, "what requesters got", first->settled_hash, r.settled_hash);
        if (!first->expectations_failed)
            numbers(h, "exit", first->exit, r.exit);
    }
    if (failed > before && *r.first_failure)
        printf("  %s\n", r.first_failure);
    free(now);
    dm_machine_destroy(m);
}

static void one(const struct how *h, struct dm_driver *d)
{
    struct dm_options o = { .record = trace_path };
    char message[400] = "";
    struct dm_input input = { .name = "program" };
    struct dm_program *program = NULL;
    struct dm_machine *m;
    struct dm_result r;
    struct trace_loaded *t;
    struct dm_plan *p;
    char *findings;

    if (h->program) {
        input.bytes = program = program_read(h->program, &input.count, message, sizeof message);
        if (!program) {
            fprintf(stderr, "plays: %s\n", message);
            exit(2);
        }
        o.inputs = &input;
        o.inputs_count = 1;
    }
    m = machine_for(h, &o);
    dm_watchdog(60);
    dm_machine_run(m, d, h->scenario, &r);
    dm_watchdog(0);
    findings = findings_of(m);
    dm_machine_destroy(m);
    t = trace_load(trace_path, message, sizeof message);
    p = t ? plan_of_trace(t, trace_path, message, sizeof message) : NULL;
    played++;
    if (!p) {
        wrong(h, "no plan", message, "-");
    } else {
        ops_total += (unsigned)p->op_count;
        play(h, d, t, p, &r, findings);
    }
    dm_plan_free(p);
    if (t)
        trace_load_free(t);
    free(findings);
    if (program)
        program_free(program);
}

static unsigned split(char *text, const char **words)
{
    unsigned count = 0;

    for (char *w = strtok(text, ","); w && count < NAMES_MAX; w = strtok(NULL, ","))
        words[count++] = w;
    return count;
}

/* Every scenario of a driver, on each profile with each seed. */
static void all(struct dm_driver *d, const char *name, const char *program,
                const char *const *profiles, unsigned profile_count, const char *const *seeds,
                unsigned seed_count)
{
    for (const struct dm_scenario *s = dm_driver_scenarios(d); s->name; s++)
        for (unsigned k = 0; k < profile_count * seed_count; k++) {
            struct how h = { .driver = name,
                             .scenario = s->name,
                             .profile = profiles[k % profile_count],
                             .program = s->flags & DM_TAKES_PROGRAM ? program : NULL,
                             .seed = strtoull(seeds[k / profile_count], NULL, 0) };

            one(&h, d);
            h.fault_one_in = 40;
            h.stops = true;
            one(&h, d);
        }
}

int main(int argc, char **argv)
{
    const char *profiles[NAMES_MAX], *seeds[NAMES_MAX];
    unsigned profile_count, seed_count;
    int fd;

    if (argc < 6)
        return fprintf(stderr, "usage: plays DRIVERS-FOLDER PROGRAM PROFILES SEEDS NAME...\n"), 2;
    profile_count = split(argv[3], profiles);
    seed_count = split(argv[4], seeds);
    snprintf(trace_path, sizeof trace_path, "/tmp/dmacheck-plays-XXXXXX");
    fd = mkstemp(trace_path);
    if (fd < 0)
        return perror(trace_path), 2;
    close(fd);
    for (int i = 5; i < argc; i++) {
        char path[512], message[400] = "";
        struct dm_driver *d;

        snprintf(path, sizeof path, "%s/%s.so", argv[1], argv[i]);
        d = dm_driver_open(path, message, sizeof message);
        if (!d)
            return fprintf(stderr, "plays: %s\n", message), 2;
        all(d, argv[i], argv[2], profiles, profile_count, seeds, seed_count);
        dm_driver_close(d);
    }
    unlink(trace_path);
    printf("%u operations; %u runs differ because their scenario stores into a buffer in use\n",
           ops_total, excused);
    printf("%u passed, %u failed\n", played - failed, failed);
    return failed != 0;
}
