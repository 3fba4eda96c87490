/*
 * Both texts have all that a report would show of a finding.
 */
#include "tests/traces/judged.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/machine.h"
#include "sim/core/profile.h"
#include "trace/load.h"
#include "verifier/verify.h"

static void head(FILE *out, const char *rule, const char *severity, const char *message,
                 const char *driver_verifier, uint64_t seq)
{
    fprintf(out, "%s %s: %s (%s) at event %" PRIu64 "\n", severity, rule, message, driver_verifier,
            seq);
}

static void place(FILE *out, const char *role, const char *file, unsigned line,
                  const char *function)
{
    fprintf(out, "  %s %s:%u %s\n", role, file, line, function);
}

char *judged_live(const struct dm_machine *m)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    must(out);
    for (unsigned i = 0; i < dm_finding_count(m); i++) {
        const struct dm_finding *f = dm_finding(m, i);

        head(out, f->rule, f->severity, f->message, f->driver_verifier, f->seq);
        for (unsigned k = 0; k < f->site_count; k++)
            for (unsigned n = 0; n < f->sites[k].frame_count; n++)
                place(out, f->sites[k].role, f->sites[k].frames[n].file, f->sites[k].frames[n].line,
                      f->sites[k].frames[n].function);
    }
    fclose(out);
    return text;
}

static void tell(FILE *out, const struct verifier *v, struct site_depot *depot)
{
    struct site_frame_text t;

    for (unsigned i = 0; i < finding_count(v); i++) {
        const struct finding *f = finding_at(v, i);

        head(out, f->word, f->severity, f->message, f->driver_verifier, f->seq);
        for (unsigned k = 0; k < f->site_count; k++)
            for (unsigned n = 0; site_frame_text(depot, f->sites[k].site, n, &t); n++)
                place(out, finding_role_word(f->sites[k].role), t.file, t.line, t.function);
    }
}

char *judged_trace(const struct trace_loaded *loaded)
{
    char *text = NULL, translated[32];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct verifier *v = verifier_create(loaded->depot);

    must(out && v);
    snprintf(translated, sizeof translated, "translation=%d", (int)TRANSLATION_REMAP);
    verifier_begin(v, loaded->header->profile, loaded->header->seed,
                   strstr(loaded->header->profile_text, translated) != NULL);
    for (size_t i = 0; i < loaded->event_count; i++)
        verifier_event(v, &loaded->events[i]);
    verifier_end(v);
    tell(out, v, loaded->depot);
    fclose(out);
    verifier_destroy(v);
    return text;
}
