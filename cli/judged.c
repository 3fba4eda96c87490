/*
 * What the rules found in a recorded run, as a report has it.
 */
#include "cli/judged.h"

#include <stdio.h>
#include <string.h>

#include "sim/core/profile.h"

/* Whether the recorded machine translated: the profile's text in the header says it. */
bool cli_was_remapped(const struct trace_header *h)
{
    char wanted[32];

    snprintf(wanted, sizeof wanted, "translation=%d", (int)TRANSLATION_REMAP);
    return strstr(h->profile_text, wanted) != NULL;
}

unsigned cli_add_judged(struct report *r, struct site_depot *depot, const struct finding *f,
                        const struct trace_header *h, const char *repro)
{
    static struct site_frame_text texts[FINDING_SITES_MAX][SITE_FRAMES_MAX];
    struct report_finding to = { .rule = f->word,
                                 .severity = f->severity,
                                 .message = f->message,
                                 .driver_verifier = f->driver_verifier,
                                 .scenario = h->scenario,
                                 .profile = h->profile,
                                 .seed = h->seed,
                                 .repro = repro };

    _Static_assert(FINDING_SITES_MAX <= REPORT_SITES_MAX, "a report has room for every site");
    for (unsigned s = 0; s < f->site_count && s < FINDING_SITES_MAX; s++) {
        struct report_site *site = &to.sites[to.site_count++];

        site->role = finding_role_word(f->sites[s].role);
        for (unsigned i = 0; i < site_frame_count(depot, f->sites[s].site) && i < SITE_FRAMES_MAX;
             i++) {
            struct site_frame_text *t = &texts[s][i];

            if (site_frame_text(depot, f->sites[s].site, i, t))
                site->frames[site->frame_count++] =
                    (struct report_frame) { t->file, t->function, t->line };
        }
    }
    report_add_finding(r, 0, &to);
    return (unsigned)report_index_of(r, &to);
}
