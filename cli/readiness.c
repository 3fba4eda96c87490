/*
 * dmacheck run --readiness remap: on which machines the question is put, and the exit code of the
 * answer.
 */
#include "cli/run.h"

#include <string.h>

#include "reports/readiness.h"
#include "sim/core/profile.h"

/* Without an IOMMU: a machine that does next to nothing for a device, and one that bounces. An address
 * of no adapter's is told on both, a late access as well. */
static const char *const plain[] = { "direct64", "bounce32" };

int run_readiness_profiles(const char **profiles, unsigned *count)
{
    static char names[RUN_PROFILES_MAX][32];
    int n = profile_names(names, RUN_PROFILES_MAX);
    char message[512];
    struct profile p;

    *count = 0;
    for (int i = 0; i < n; i++) {
        bool wanted = false;

        if (profile_find(&p, names[i], message, sizeof message))
            return cli_wrong("%s", message);
        for (unsigned k = 0; k < sizeof plain / sizeof *plain; k++)
            wanted = wanted || !strcmp(names[i], plain[k]);
        if (wanted || p.translation == TRANSLATION_REMAP)
            profiles[(*count)++] = names[i];
    }
    return *count ? 0 : cli_wrong("no profiles found; DMACHECK_PROFILES names their folder");
}

int run_readiness_verdict(const struct report *r)
{
    static const int codes[] = {
        [READY_YES] = DM_CLEAN, [READY_NO] = DM_FINDINGS, [READY_NOT_SHOWN] = DM_BUDGET
    };
    struct report_groups g = report_groups_make(r);
    struct readiness y = readiness_of(r, &g);
    int code = codes[y.verdict];

    for (unsigned i = 0; i < r->run_count; i++)
        if (r->runs[i].exit != DM_FINDINGS && r->runs[i].exit != DM_BUDGET)
            code = cli_worse(code, r->runs[i].exit);
    readiness_free(&y);
    report_groups_free(&g);
    return code;
}

bool run_is_watched(const struct run_options *o)
{
    return o->readiness || cli_wants_story(&o->outputs);
}
