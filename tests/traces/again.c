/*
 * Every scenario of every driver on every machine, recorded; then
 *   read: the file has each event as it was said, and a line for each finding;
 *   judged: the rules find over the file what they found live;
 *   replayed, on the machine that the file describes: each event comes again, and the run ends as it did.
 * Every second trace is a compressed one. Prints what does not hold, and counts.
 *     again DRIVERS-FOLDER PROGRAM PROFILES SEED JOBS NAME...
 * PROFILES comma separated; PROGRAM is for scenarios that take one; JOBS processes share the drivers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "include/dmacheck/machine.h"
#include "include/dmacheck/replay.h"
#include "include/dmacheck/scenario.h"
#include "machine/program.h"
#include "sim/core/sim.h"
#include "tests/traces/judged.h"
#include "trace/load.h"
#include "trace/memory.h"

#define PROFILES_MAX 32

static struct counts { /* of all processes */
    unsigned runs, failed, findings;
    unsigned long long events;
} * counts;

struct job {
    const char *name, *scenario, *profile;
    struct dm_driver *driver;
    struct dm_options options; /* what recording and replaying have in common */
    char path[80];
    bool wrong;
};

struct live { /* the recorded run */
    struct dm_result result;
    struct trace_memory memory;
    char *findings;
};

static void wrong(struct job *j, const char *what, const char *was, const char *is)
{
    if (!j->wrong)
        __atomic_fetch_add(&counts->failed, 1, __ATOMIC_SEQ_CST);
    j->wrong = true;
    printf("FAILED: %s %s [profile=%s]: %s\n  live: %s\n  then: %s\n", j->name, j->scenario,
           j->profile, what, was, is);
}

static void numbers(struct job *j, const char *what, uint64_t was, uint64_t is)
{
    char a[32], b[32];

    snprintf(a, sizeof a, "%llu", (unsigned long long)was);
    snprintf(b, sizeof b, "%llu", (unsigned long long)is);
    if (was != is)
        wrong(j, what, a, b);
}

static struct dm_machine *machine(const struct dm_options *o)
{
    char message[400] = "";
    struct dm_machine *m = dm_machine_create(o, message, sizeof message);

    if (!m) {
        fprintf(stderr, "again: %s\n", message);
        exit(2);
    }
    return m;
}

static void run(struct job *j, struct dm_machine *m, struct dm_result *result)
{
    dm_watchdog(60);
    dm_machine_run(m, j->driver, j->scenario, result);
    dm_watchdog(0);
}

static void record(struct job *j, struct live *live)
{
    struct dm_options o = j->options;
    struct dm_machine *m;

    o.record = j->path;
    m = machine(&o);
    trace_memory_init(&live->memory, 0);
    must(trace_attach(&dm_machine_sim(m)->trace, trace_memory_event, &live->memory) == 0);
    run(j, m, &live->result);
    live->findings = judged_live(m);
    __atomic_fetch_add(&counts->findings, dm_finding_count(m), __ATOMIC_SEQ_CST);
    dm_machine_destroy(m);
}

/* --- read and judged --- */

/* Arguments that a kind does not use are not in a trace. */
static bool same(const struct event *a, const struct event *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(a->kind, i)[0] != '-' && a->a[i] != b->a[i])
            return false;
    return a->seq == b->seq && a->ns == b->ns && a->obj == b->obj && a->site == b->site &&
           a->stamp == b->stamp;
}

static void read_back(struct job *j, const struct live *live)
{
    char message[400] = "";
    struct trace_loaded *t = trace_load(j->path, message, sizeof message);
    char *findings;

    if (!t || *message) {
        wrong(j, "reading", "a whole trace", message);
        if (t)
            trace_load_free(t);
        return;
    }
    numbers(j, "events of the file", trace_memory_count(&live->memory), t->event_count);
    for (size_t i = 0; i < t->event_count && !j->wrong; i++)
        if (!same(trace_memory_at(&live->memory, i), &t->events[i]))
            numbers(j, "an event differs", i, t->events[i].seq + 1);
    findings = judged_trace(t);
    if (strcmp(findings, live->findings))
        wrong(j, "the rules over the trace", live->findings, findings);
    numbers(j, "lines of findings", live->result.findings, t->findings.count);
    __atomic_fetch_add(&counts->events, t->event_count, __ATOMIC_SEQ_CST);
    free(findings);
    trace_load_free(t);
}

/* --- replayed --- */

static void replay(struct job *j, const struct live *live)
{
    char message[400] = "";
    struct dm_recording *rec = dm_recording_load(j->path, message, sizeof message);
    struct dm_options o = j->options;
    struct dm_result result;
    struct dm_machine *m;
    char *findings;

    if (!rec) {
        wrong(j, "loading", "a recording", message);
        return;
    }
    o.profile = NULL; /* the file describes it */
    o.seed = 0;
    o.recording = rec;
    o.check = DM_CHECK_STOP;
    m = machine(&o);
    run(j, m, &result);
    findings = judged_live(m);
    if (dm_machine_comparison(m)->differs || !dm_machine_comparison(m)->made)
        wrong(j, "the replay", "the same events", dm_machine_comparison(m)->text);
    else if (strcmp(findings, live->findings))
        wrong(j, "findings of the replay", live->findings, findings);
    numbers(j, "exit of the replay", live->result.exit, result.exit);
    numbers(j, "what requesters got", live->result.settled_hash, result.settled_hash);
    numbers(j, "virtual time", live->result.virtual_ns, result.virtual_ns);
    free(findings);
    dm_machine_destroy(m);
    dm_recording_free(rec);
}

static void one(struct job *j)
{
    struct live live = { 0 };

    record(j, &live);
    read_back(j, &live);
    replay(j, &live);
    __atomic_fetch_add(&counts->runs, 1, __ATOMIC_SEQ_CST);
    unlink(j->path);
    free(live.findings);
    trace_memory_free(&live.memory);
}

/* --- which --- */

static void driver(const char *folder, const char *name, const struct dm_input *program,
                   char *const *profiles, unsigned profile_count, uint64_t seed)
{
    char path[512], message[400] = "";
    unsigned nth = 0;
    struct dm_driver *d;

    snprintf(path, sizeof path, "%s/%s.so", folder, name);
    d = dm_driver_open(path, message, sizeof message);
    if (!d) {
        fprintf(stderr, "again: %s\n", message);
        exit(2);
    }
    for (const struct dm_scenario *s = dm_driver_scenarios(d); s->name; s++)
        for (unsigned i = 0; i < profile_count; i++) {
            bool takes = s->flags & DM_TAKES_PROGRAM;
            struct job j = { .name = name,
                             .scenario = s->name,
                             .profile = profiles[i],
                             .driver = d,
                             .options = { .profile = profiles[i],
                                          .seed = seed,
                                          .verify = true,
                                          .races = true,
                                          .inputs = takes ? program : NULL,
                                          .inputs_count = takes } };

            snprintf(j.path, sizeof j.path, "/tmp/dmacheck-again-%d.dmatrace%s", (int)getpid(),
                     nth++ & 1 ? ".zst" : "");
            one(&j);
        }
    dm_driver_close(d);
}

static unsigned split(char *text, char **words)
{
    unsigned count = 0;

    for (char *w = strtok(text, ","); w && count < PROFILES_MAX; w = strtok(NULL, ","))
        words[count++] = w;
    return count;
}

int main(int argc, char **argv)
{
    char *profiles[PROFILES_MAX], message[400] = "";
    struct dm_input program = { .name = "program" };
    unsigned profile_count, jobs;
    int status;

    if (argc < 7)
        return fprintf(stderr, "usage: again DRIVERS PROGRAM PROFILES SEED JOBS NAME...\n"), 2;
    program.bytes = program_read(argv[2], &program.count, message, sizeof message);
    if (!program.bytes)
        return fprintf(stderr, "again: %s\n", message), 2;
    profile_count = split(argv[3], profiles);
    jobs = (unsigned)atoi(argv[5]);
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(counts != MAP_FAILED && jobs);
    fflush(stdout);
    for (unsigned i = 0; i < jobs; i++)
        if (fork() == 0) {
            for (int k = 6 + (int)i; k < argc; k += (int)jobs)
                driver(argv[1], argv[k], &program, profiles, profile_count,
                       strtoull(argv[4], NULL, 0));
            exit(0);
        }
    while (wait(&status) > 0)
        if (status) {
            printf("FAILED: a process ended with status %d\n", status);
            counts->failed++;
        }
    printf("%u runs with %u findings in %llu events: recorded, judged again and replayed\n",
           counts->runs, counts->findings, counts->events);
    printf("%u passed, %u failed\n", counts->runs - counts->failed, counts->failed);
    return counts->failed != 0;
}
