/*
 * Runs the bench driver once on a machine with the sinks that are asked for, and (with TIME) prints how
 * long its scenario took. bench/run.sh runs it under callgrind with two lengths of loop and takes the
 * difference, so what lies around the loop does not count.
 *
 *     bench_machine DRIVER.so PROFILE none|null|ring|verify|rules=N|run|record=FILE
 *
 * rules=N is a verifier with N rules: the real ones evenly thinned out, or repeated in turn, so that
 * they ask for kinds of events and for calls in the proportion in which the real ones do. run: all that
 * `dmacheck run` attaches; record=FILE: the same, recorded. BENCH_SCENARIO: not the first one; BENCH_RUNS: so
 * often behind one that does not count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "include/dmacheck/machine.h"
#include "sim/core/sim.h"
#include "trace/trace.h"
#include "verifier/verify.h"

static uint64_t events;

static void count_event(void *ctx, const struct event *e)
{
    (void)ctx;
    (void)e;
    events++;
}

static struct verifier *attach_rules(struct sim *s, const char *profile, unsigned count)
{
    static const struct rule *rules[RULES_MAX];
    struct verifier *v;

    for (unsigned i = 0; i < count && i < RULES_MAX; i++)
        rules[i] = rules_all[count < rules_count ? i * rules_count / count : i % rules_count];
    v = verifier_create_with(s->depot, rules, count);
    if (v) {
        verifier_begin(v, profile, 0, false);
        trace_attach(&s->trace, verifier_event, v);
    }
    return v;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct dm_options options_of(char **argv)
{
    struct dm_options o = { .profile = argv[2], .steps_max = 4000000000u };

    o.ring = strcmp(argv[3], "ring") == 0;
    o.verify = strcmp(argv[3], "verify") == 0;
    if (strncmp(argv[3], "record=", 7) == 0)
        o.record = argv[3] + 7;
    if (o.record || strcmp(argv[3], "run") == 0)
        o.ring = o.verify = o.races = true;
    return o;
}

static bool attach(struct dm_machine *m, const char *profile, const char *sinks)
{
    if (strcmp(sinks, "null") == 0)
        trace_attach(&dm_machine_sim(m)->trace, count_event, &events);
    return strncmp(sinks, "rules=", 6) != 0 ||
           attach_rules(dm_machine_sim(m), profile, (unsigned)atoi(sinks + 6));
}

/* One run; false: it did not end as it should, and has been said. */
static bool run(struct dm_machine *m, struct dm_driver *d)
{
    struct dm_result result;
    enum dm_exit exit_code = dm_machine_run(m, d, getenv("BENCH_SCENARIO"), &result);

    if (exit_code == DM_CLEAN && !result.expectations_failed)
        return true;
    fprintf(stderr, "bench_machine: the run ended with %d: %s\n", exit_code, result.first_failure);
    return false;
}

int main(int argc, char **argv)
{
    char message[300];
    struct dm_options o;

    if (argc != 4) {
        fprintf(stderr, "usage: bench_machine DRIVER.so PROFILE "
                        "none|null|ring|verify|rules=N|run|record=FILE\n");
        return 2;
    }
    o = options_of(argv);
    struct dm_machine *m = dm_machine_create(&o, message, sizeof(message));
    struct dm_driver *d = m ? dm_driver_open(argv[1], message, sizeof(message)) : NULL;

    if (!d || !attach(m, argv[2], argv[3])) {
        fprintf(stderr, "bench_machine: %s\n", message);
        return 2;
    }
    int runs = getenv("BENCH_RUNS") ? atoi(getenv("BENCH_RUNS")) : 0;

    if (runs && !run(m, d))
        return 1;
    double start = seconds();

    for (int i = 0; i < (runs ? runs : 1); i++) {
        if (runs)
            dm_machine_reset(m);
        if (!run(m, d))
            return 1;
    }
    if (getenv("BENCH_TIME"))
        printf("%.9f\n", seconds() - start);
    if (events)
        printf("%llu events\n", (unsigned long long)events);
    dm_driver_close(d);
    dm_machine_destroy(m);
    return 0;
}
