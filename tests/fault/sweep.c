/*
 * Each thing that can fail, failed once: for each driver, scenario and row of trace/faults.def the 1st,
 * 2nd, 3rd ... chance, until a run ends in which none was taken. Each time the run must come to its
 * end: every request gets a status, no rule speaks, no pool block is left, the driver unloads.
 * What a device does that it should not is not among them: a driver may wait for it for ever. The fuzz
 * targets try that.
 * Usage: sweep DRIVERS-FOLDER NAME... ; what a scenario expects to succeed may fail (dm_expect).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/dmacheck/machine.h"
#include "include/dmacheck/scenario.h"
#include "sim/core/mem.h"

#define CHANCES_ALL 24 /* of one point: all so far, then every third more */

static unsigned passed, failed;

struct left {
    unsigned blocks;
    char last[200];
};

/* What the system itself keeps for a device that is still plugged in has no site. */
static void note_left(void *ctx, const struct pool_block *b)
{
    struct site_frame_text at = { .line = 0 };
    struct left *left = ctx;

    if (!b->site)
        return;
    left->blocks++;
    site_frame_text(sim_now()->depot, b->site, 0, &at);
    snprintf(left->last, sizeof left->last, "%.4s of %u bytes, allocated at %s:%u",
             (const char *)&b->tag, (unsigned)b->bytes, at.file, at.line);
}

static const char *wrong(struct dm_machine *m, const struct dm_result *r)
{
    static char text[300];
    struct left left = { 0 };
    struct sim *s = dm_machine_sim(m);

    if (r->exit > DM_FINDINGS)
        snprintf(text, sizeof text, "exit %d: %s", r->exit, r->first_failure);
    else if (r->findings)
        snprintf(text, sizeof text, "%s: %s", dm_finding(m, 0)->rule, dm_finding(m, 0)->message);
    else if (r->expectations_failed)
        snprintf(text, sizeof text, "%s", r->first_failure);
    else if (s->bugcheck_code)
        snprintf(text, sizeof text, "bug check 0x%X", s->bugcheck_code);
    else if (pool_live(s, note_left, &left), left.blocks)
        snprintf(text, sizeof text, "%u pool blocks are left, the last %s", left.blocks, left.last);
    else
        return NULL;
    return text;
}

/* Whether the fault was taken, so that there may be a later chance. */
static bool one(struct dm_driver *d, const char *scenario, const char *profile, const char *point,
                unsigned nth)
{
    struct dm_options o = { .profile = profile,
                            .verify = true,
                            .fault_point = point,
                            .fault_nth = nth,
                            .steps_max = 5000000 };
    struct dm_result r = { 0 };
    char message[200];
    const char *why;
    struct dm_machine *m = dm_machine_create(&o, message, sizeof message);
    bool taken;

    if (!m) {
        printf("FAILED: %s\n", message);
        failed++;
        return false;
    }
    dm_watchdog(20);
    dm_machine_run(m, d, scenario, &r);
    dm_watchdog(0);
    taken = r.faults_taken != 0;
    why = wrong(m, &r);
    if (why)
        printf("FAILED: dmacheck run %s --scenario %s --profile %s --faults %s:%u: %s\n",
               dm_driver_name(d), scenario, profile, point, nth, why);
    failed += why != NULL;
    passed += !why;
    dm_machine_destroy(m);
    return taken;
}

/* By number of the point: whether it is a device that does what it should not. */
static const bool is_the_devices[] = {
#define FAULT(point, word, text) false,
#define FAULT_DEVICE(point, word, text) true,
#include "trace/faults.def"
#undef FAULT
#undef FAULT_DEVICE
};

static void sweep(struct dm_driver *d, const char *scenario, const char *profile)
{
    const char *point;

    for (unsigned p = 0; (point = fault_word(p)); p++)
        for (unsigned nth = 1; !is_the_devices[p] && one(d, scenario, profile, point, nth);)
            nth += nth < CHANCES_ALL ? 1 : nth / 3;
}

int main(int argc, char **argv)
{
    static const char *const profiles[] = { "direct64", "tight", "remap" };

    for (int i = 2; i < argc; i++) {
        char path[512], message[200];
        const struct dm_scenario *sc;
        struct dm_driver *d;

        snprintf(path, sizeof path, "%s/samples/%s.so", argv[1], argv[i]);
        d = dm_driver_open(path, message, sizeof message);
        if (!d) {
            fprintf(stderr, "sweep: %s\n", message);
            return 2;
        }
        sc = dm_driver_scenarios(d);
        for (unsigned k = 0; sc[k].name; k++)
            for (unsigned p = 0;
                 !(sc[k].flags & DM_TAKES_PROGRAM) && p < sizeof profiles / sizeof *profiles; p++)
                sweep(d, sc[k].name, profiles[p]);
        dm_driver_close(d);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
