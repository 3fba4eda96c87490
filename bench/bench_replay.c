/*
 * Runs a driver's scenario by a seed, recorded, or again from the recording, and prints how long COUNT runs
 * took. bench/replay.sh compares the two.
 *
 *     bench_replay DRIVER.so PROFILE SCENARIO record|replay|unchecked TRACE COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "include/dmacheck/replay.h"

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int fail(const char *why)
{
    fprintf(stderr, "bench_replay: %s\n", why);
    return 1;
}

int main(int argc, char **argv)
{
    struct dm_options o = { .verify = true, .ring = true, .races = true, .seed = 7 };
    struct dm_recording *rec = NULL;
    struct dm_result result;
    char message[300];
    double took = 0;

    if (argc != 7)
        return fail("usage: DRIVER.so PROFILE SCENARIO record|replay|unchecked TRACE COUNT"), 2;
    o.profile = argv[2];
    if (!strcmp(argv[4], "record")) {
        o.record = argv[5];
    } else {
        rec = dm_recording_load(argv[5], message, sizeof(message));
        if (!rec)
            return fail(message);
        o.recording = rec;
        o.check = strcmp(argv[4], "replay") ? DM_CHECK_NONE : DM_CHECK_STOP;
    }
    struct dm_driver *d = dm_driver_open(argv[1], message, sizeof(message));
    struct dm_machine *m = d ? dm_machine_create(&o, message, sizeof(message)) : NULL;

    if (!m)
        return fail(message);
    for (int i = 0; i <= atoi(argv[6]); i++) { /* the first makes pages and caches warm */
        double start = seconds();

        if (dm_machine_run(m, d, argv[3], &result) != DM_CLEAN)
            return fail("the run is not clean");
        if (rec && !strcmp(argv[4], "replay") && dm_machine_comparison(m)->differs)
            return fail("the replay diverged");
        took += i ? seconds() - start : 0;
    }
    printf("%.9f\n", took);
    dm_machine_destroy(m);
    dm_driver_close(d);
    dm_recording_free(rec);
    return 0;
}
