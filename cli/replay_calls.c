/*
 * dmacheck replay --calls: the recorded DMA calls and device accesses once more, without the driver.
 */
#include "cli/judged.h"
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "machine/reissue.h"

/* The machine of this name, or the recorded one; an imported trace is of none that we have. */
static int take_machine(const struct replay_options *o, const struct trace_header *h,
                        const char *name, struct profile *p)
{
    char message[512] = "";

    if (o->run.profile
            ? !profile_find(p, name, message, sizeof message)
            : !profile_from_text(p, h->profile, h->profile_text, message, sizeof message) ||
                  !profile_find(p, "direct64", message, sizeof message))
        return 0;
    return cli_wrong("%s", message);
}

static void tell(const struct replay_options *o, const char *profile,
                 const struct reissue_summary *s)
{
    if (o->run.outputs.style.verbosity < 0)
        return;
    fprintf(stderr,
            "dmacheck: %s: %" PRIu64 " of %" PRIu64 " DMA calls issued, %" PRIu64 " of %" PRIu64
            " device accesses",
            profile, s->issued, s->calls, s->accesses - s->accesses_left, s->accesses);
    if (s->refused || s->granted)
        fprintf(stderr, "; %" PRIu64 " fail here that did not, %" PRIu64 " the other way round",
                s->refused, s->granted);
    fprintf(stderr, s->skipped ? "; %" PRIu64 " that depend on others are left out\n" : "\n",
            s->skipped);
    for (unsigned i = 0; i < s->note_count; i++)
        fprintf(stderr, "dmacheck: %s: %s\n", profile, s->notes[i]);
}

static void add_run(struct report *r, const struct trace_header *recorded, const char *profile,
                    struct reissue *again, const struct reissue_summary *s, const char *repro)
{
    const struct verifier *v = reissue_verifier(again);
    struct trace_header h = *recorded;
    struct report_run run = { .scenario = recorded->scenario,
                              .profile = profile,
                              .events = s->events,
                              .virtual_ns = s->virtual_ns,
                              .exit = finding_count(v) ? DM_FINDINGS : DM_CLEAN,
                              .findings = finding_count(v) };
    struct report one;

    snprintf(h.profile, sizeof h.profile, "%s", profile);
    h.seed = 0;
    report_init(&one, recorded->driver);
    report_add_run(&one, &run);
    for (unsigned i = 0; i < finding_count(v); i++)
        cli_add_judged(&one, reissue_depot(again), finding_at(v, i), &h, repro);
    run_merge(r, &one);
    report_free(&one);
}

static int run_each(const struct replay_options *o, const struct trace_loaded *t, struct report *r,
                    const char *const *profiles, unsigned count)
{
    char trace[1024], repro[REPORT_COMMAND_MAX], message[512] = "";

    report_shell_word(o->trace, trace, sizeof trace);
    for (unsigned i = 0; i < count; i++) {
        struct reissue_summary summary;
        struct reissue *again;
        struct profile p;
        int code = take_machine(o, t->header, profiles[i], &p);

        if (code)
            return code;
        again = reissue_run(t, &p, &summary, message, sizeof message);
        if (!again)
            return cli_wrong("%s", message);
        tell(o, p.name, &summary);
        snprintf(repro, sizeof repro, "dmacheck replay --calls %s --profile %s", trace, p.name);
        add_run(r, t->header, p.name, again, &summary, report_keep(r, repro));
        reissue_free(again);
    }
    return 0;
}

int replay_calls(struct replay_options *o)
{
    const char *profiles[RUN_PROFILES_MAX] = { "direct64" };
    unsigned count = 1;
    char message[512] = "";
    struct trace_loaded *t = trace_load(o->trace, message, sizeof message);
    struct report r;
    int code;

    if (!t)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: %s\n", message);
    code = o->run.profile ? run_take_profiles(&o->run, profiles, &count) : 0;
    if (!code)
        code = cli_known_read(&o->run.known);
    if (code) {
        trace_load_free(t);
        return code;
    }
    report_init(&r, t->header->driver);
    r.fail_on = o->run.fail_on;
    code = run_each(o, t, &r, profiles, count);
    if (!code) {
        cli_story_roots(&r, t->header->driver);
        code = run_judge(&o->run, &r, count);
    }
    report_free(&r);
    cli_known_free(&o->run.known);
    trace_load_free(t);
    return code;
}
