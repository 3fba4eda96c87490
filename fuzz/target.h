/*
 * What targets that run a driver share: an input is decoded into a plan, the plan is played on a machine
 * that is made once and is another one by the input's word, and what comes of it is judged. The driver's
 * object and its surface lie beside the program: drivers/NAME.so, drivers/NAME.surface; NAME is
 * FUZZ_DRIVER.
 */
#ifndef DMACHECK_FUZZ_TARGET_H
#define DMACHECK_FUZZ_TARGET_H

#include <libgen.h>
#include <limits.h>
#include <string.h>

#include "fuzz/bytes.h"
#include "fuzz/events.h"
#include "inputs/decode.h"
#include "inputs/mutate.h"
#include "inputs/record.h"
#include "machine/private.h"
#include "sim/core/mem.h"
#include "sim/core/profile.h"

#ifndef FUZZ_SHOWN
#define FUZZ_SHOWN FUZZ_DRIVER /* and its surface, where it is none of ours */
#endif
#define TARGET_STEPS_MAX 3000000u
#define TWICE_ONE_IN                                                                               \
    16u /* inputs that are run a second time, to see whether the same comes of it */

static struct {
    struct dm_driver *driver;
    struct surface *surface;
    struct decoder *decoder;
    struct dm_machine *machine;
    struct profile profiles[32];
    unsigned profile_count;
} target;

static void target_profiles(void)
{
    char names[32][32], message[200] = "";
    int count = profile_names(names, 32);

    for (int i = 0; i < count; i++)
        if (profile_find(&target.profiles[target.profile_count++], names[i], message,
                         sizeof message))
            wrong("profile", message);
    if (!target.profile_count)
        wrong("profile", "there is none");
}

static void target_open(const char *program, const char *name, unsigned allowed)
{
    static char hint[400];
    char copy[PATH_MAX], path[PATH_MAX + 80], message[600] = "";
    const char *folder;

    snprintf(copy, sizeof copy, "%s", program);
    folder = dirname(copy);
    snprintf(path, sizeof path, "%s/drivers/%s.so", folder, FUZZ_DRIVER);
    target.driver = dm_driver_open(path, message, sizeof message);
    if (!target.driver)
        wrong(path, message);
    snprintf(path, sizeof path, "%s/drivers/%s.surface", folder, FUZZ_DRIVER);
    target.surface = surface_read(path, message, sizeof message);
    if (!target.surface)
        wrong("surface", message);
    target.decoder = decoder_create(target.surface, 1, allowed);
    target_profiles();
    snprintf(hint, sizeof hint, "dmacheck fuzz replay INPUT --target %s --driver %s", name,
             FUZZ_SHOWN);
    wrong_hint = hint;
}

/* Made once; only a machine with another amount of memory is made anew. */
static struct dm_machine *target_machine(const struct profile *p)
{
    struct dm_options o = { .verify = true,
                            .steps_max = TARGET_STEPS_MAX,
                            .profile = p->name,
                            .record = getenv("DMACHECK_FUZZ_RECORD") };
    char message[200] = "";

    if (target.machine && !machine_profile(target.machine, p)) {
        dm_machine_destroy(target.machine);
        target.machine = NULL;
    }
    if (!target.machine)
        target.machine = dm_machine_create(&o, message, sizeof message);
    if (!target.machine)
        wrong("no machine", message);
    return target.machine;
}

/* --- judging --- */

static _Noreturn void target_found(const struct dm_finding *f)
{
    const struct dm_finding_site *s = f->site_count ? &f->sites[0] : NULL;
    char what[200];

    if (s && s->frame_count)
        snprintf(what, sizeof what, "%s at %s:%u", f->rule, s->frames[0].file, s->frames[0].line);
    else
        snprintf(what, sizeof what, "%s", f->rule);
    wrong(what, f->message);
}

static void target_judge(const struct dm_machine *m, const struct dm_result *r)
{
    if (dm_finding_count(m))
        target_found(dm_finding(m, 0));
    if (r->exit == DM_BUDGET)
        wrong("budget", "the run does not end");
    if (r->exit != DM_CLEAN)
        wrong("run", *r->first_failure ? r->first_failure : "a bug check");
}

/* --- one input --- */

static inline void target_play(const struct decoded *in, bool second)
{
    struct dm_machine *m = target_machine(&target.profiles[in->profile % target.profile_count]);
    struct dm_result result;

    dm_machine_choices(m, in->choices, in->choice_bytes);
    if (second && !events_begin(m))
        wrong("too many sinks", "");
    dm_machine_run_plan(m, target.driver, &in->plan, &result);
    if (second)
        events_end(m);
    target_judge(m, &result);
    dm_machine_reset(m);
    if (pool_live(m->s, NULL, NULL))
        wrong("reset", "a block survives it");
}

/* The same with a scenario in C, on the input's machine and with its choices. */
static inline void target_scenario(const struct dm_scenario *s, const struct decoded *in)
{
    struct dm_machine *m = target_machine(&target.profiles[in->profile % target.profile_count]);
    struct dm_result result;

    dm_machine_choices(m, in->choices, in->choice_bytes);
    dm_machine_run_scenario(m, target.driver, s, NULL, &result);
    target_judge(m, &result);
}

static inline bool target_twice(const uint8_t *data, size_t size)
{
    uint32_t sum = 1;

    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + data[i];
    return sum % TWICE_ONE_IN == 0;
}

static inline int target_run(const uint8_t *data, size_t size)
{
    const struct decoded *in = decode(target.decoder, data, size);

    if (!target_twice(data, size)) {
        target_play(in, false);
        return 0;
    }
    events_forget();
    target_play(in, true);
    target_play(in, true);
    return 0;
}

/* --- for libFuzzer: records stay whole --- */

#ifndef FUZZ_STANDALONE
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    const struct mutator m = { seed, target.surface, LLVMFuzzerMutate };

    return mutate(&m, data, size, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_bytes, const uint8_t *b, size_t b_bytes,
                                 uint8_t *out, size_t max, unsigned seed)
{
    const struct mutator m = { seed, target.surface, LLVMFuzzerMutate };

    return mutate_cross(&m, a, a_bytes, b, b_bytes, out, max);
}
#endif

#endif
