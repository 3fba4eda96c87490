/*
 * SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): a run for each profile, with the rules that
 * spoke, and for each fault a result that leads through its places in the order of time. Sections of the
 * standard are named where it decides something. docs/reports.md says what stands where.
 */
#include "reports/sarif.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/baseline.h"
#include "reports/report.h"
#include "reports/writer.h"

#define SARIF_SCHEMA_URI                                                                           \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

struct sarif {
    struct writer w;
    const struct report *r;
    const char *profile;
    unsigned *listed; /* findings with a place, on this profile */
    unsigned listed_count;
    unsigned trimmed;
};

static void message(struct writer *w, const char *key, const char *text)
{
    writer_key(w, key);
    writer_object_begin(w);
    writer_key_string(w, "text", text);
    writer_object_end(w);
}

static const struct report_frame *place_of(const struct report_finding *f)
{
    if (!f->site_count || !f->sites[0].frame_count || !f->sites[0].frames[0].file ||
        !*f->sites[0].frames[0].file)
        return NULL;
    return &f->sites[0].frames[0];
}

/* The first of the finding's runs on this profile; -1: none. */
static int run_on(const struct report *r, const struct report_finding *f, const char *profile)
{
    for (unsigned i = 0; i < f->run_count; i++)
        if (!strcmp(r->runs[f->runs[i]].profile, profile))
            return (int)f->runs[i];
    return -1;
}

/* --- rules (3.49) --- */

static int rule_index(const struct report *r, const char *name)
{
    for (unsigned i = 0; i < r->rule_count; i++)
        if (!strcmp(r->rules[i].name, name))
            return (int)i;
    return -1;
}

static void write_descriptions(struct writer *w, const struct report_rule *rule)
{
    char summary[1024], full[1024]; /* as much as GitHub takes of either */

    sarif_page_parts(rule->page, rule->name, summary, sizeof summary, full, sizeof full);
    message(w, "shortDescription", summary);
    message(w, "fullDescription", full);
    writer_key(w, "help");
    writer_object_begin(w);
    writer_key_string(w, "text", rule->page ? rule->page : summary);
    if (rule->page)
        writer_key_string(w, "markdown", rule->page);
    writer_object_end(w);
}

static void write_rule(struct writer *w, const struct report_rule *rule)
{
    writer_object_begin(w);
    writer_key_string(w, "id", rule->name);
    write_descriptions(w, rule);
    writer_key(w, "defaultConfiguration");
    writer_object_begin(w);
    writer_key_string(w, "level", rule->severity ? rule->severity : "error");
    writer_object_end(w);
    writer_key(w, "properties");
    writer_object_begin(w);
    writer_key(w, "tags");
    writer_array_begin(w);
    writer_string(w, "dma");
    if (rule->family)
        writer_string(w, rule->family);
    writer_array_end(w);
    writer_key_string(w, "precision", "very-high");
    writer_key_string(w, "problem.severity",
                      rule->severity && strcmp(rule->severity, "note") ? rule->severity
                                                                       : "recommendation");
    if (rule->source)
        writer_key_string(w, "source", rule->source);
    writer_object_end(w);
    writer_object_end(w);
}

static void write_tool(struct sarif *s)
{
    writer_key(&s->w, "tool");
    writer_object_begin(&s->w);
    writer_key(&s->w, "driver");
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "name", REPORT_TOOL);
    writer_key_string(&s->w, "semanticVersion", REPORT_VERSION);
    writer_key(&s->w, "rules");
    writer_array_begin(&s->w);
    for (unsigned i = 0; i < s->r->rule_count; i++)
        write_rule(&s->w, &s->r->rules[i]);
    writer_array_end(&s->w);
    writer_object_end(&s->w);
    writer_object_end(&s->w);
}

/* --- locations (3.28, 3.29) --- */

static void write_location(struct writer *w, const struct report_frame *frame, const char *text)
{
    char uri[1024];
    bool relative = sarif_uri(frame->file, uri, sizeof uri);

    writer_object_begin(w);
    writer_key(w, "physicalLocation");
    writer_object_begin(w);
    writer_key(w, "artifactLocation");
    writer_object_begin(w);
    writer_key_string(w, "uri", uri);
    if (relative)
        writer_key_string(w, "uriBaseId", "%SRCROOT%");
    writer_object_end(w);
    if (frame->line) {
        writer_key(w, "region");
        writer_object_begin(w);
        writer_key_u64(w, "startLine", frame->line);
        writer_object_end(w);
    }
    writer_object_end(w);
    if (frame->function && *frame->function) {
        writer_key(w, "logicalLocations");
        writer_array_begin(w);
        writer_object_begin(w);
        writer_key_string(w, "name", frame->function);
        writer_key_string(w, "kind", "function");
        writer_object_end(w);
        writer_array_end(w);
    }
    if (text)
        message(w, "message", text);
    writer_object_end(w);
}

static bool has_place(const struct report_site *site)
{
    return site->frame_count && site->frames[0].file && *site->frames[0].file;
}

/* Where a place is called from (3.44). */
static void write_stack(struct writer *w, const struct report_site *site)
{
    writer_key(w, "stack");
    writer_object_begin(w);
    writer_key(w, "frames");
    writer_array_begin(w);
    for (unsigned i = 0; i < site->frame_count; i++) {
        writer_object_begin(w);
        writer_key(w, "location");
        write_location(w, &site->frames[i], NULL);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_object_end(w);
}

/* Mapped, handed over, completed, misused, in the order of time (3.36 to 3.38). */
static void write_code_flow(struct writer *w, const struct report_finding *f)
{
    unsigned order[REPORT_SITES_MAX], count = report_sites_in_time(f, order), number = 0;

    writer_key(w, "codeFlows");
    writer_array_begin(w);
    writer_object_begin(w);
    writer_key(w, "threadFlows");
    writer_array_begin(w);
    writer_object_begin(w);
    writer_key(w, "locations");
    writer_array_begin(w);
    for (unsigned i = 0; i < count; i++) {
        const struct report_site *site = &f->sites[order[i]];

        if (!has_place(site))
            continue;
        writer_object_begin(w);
        writer_key(w, "location");
        write_location(w, &site->frames[0], site->role);
        write_stack(w, site);
        writer_key_u64(w, "executionOrder", ++number);
        writer_key_string(w, "importance", "essential");
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_object_end(w);
    writer_array_end(w);
    writer_object_end(w);
    writer_array_end(w);
}

/* --- results (3.27) --- */

/* Code scanning of GitHub takes primaryLocationLineHash alone; the other name is ours. */
static void write_fingerprints(struct writer *w, const struct report_finding *f)
{
    writer_key(w, "partialFingerprints");
    writer_object_begin(w);
    writer_key_string(w, BASELINE_SARIF_KEY, f->fingerprint);
    writer_key_string(w, "primaryLocationLineHash", f->fingerprint);
    writer_object_end(w);
}

/* Where anything is suppressed, what is not says so with an empty array (3.27.23). */
static void write_suppressions(struct sarif *s, const struct report_finding *f)
{
    if (!s->r->suppressing)
        return;
    writer_key(&s->w, "suppressions");
    writer_array_begin(&s->w);
    if (f->suppressed.reason) {
        writer_object_begin(&s->w);
        writer_key_string(&s->w, "kind", "external");
        writer_key_string(&s->w, "status", "accepted");
        writer_key_string(&s->w, "justification", f->suppressed.reason);
        writer_key(&s->w, "properties");
        writer_object_begin(&s->w);
        writer_key_string(&s->w, "entry", f->suppressed.place);
        writer_key_string(&s->w, "expires", f->suppressed.expires);
        writer_object_end(&s->w);
        writer_object_end(&s->w);
    }
    writer_array_end(&s->w);
}

static void write_properties(struct sarif *s, const struct report_finding *f, unsigned run)
{
    char repro[REPORT_COMMAND_MAX], explain[128];

    report_repro(s->r, f, run, repro, sizeof repro);
    snprintf(explain, sizeof explain, "dmacheck explain %s", f->rule);
    writer_key(&s->w, "properties");
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "profile", s->profile);
    writer_key_string(&s->w, "scenario", s->r->runs[run].scenario);
    writer_key_u64(&s->w, "seed", s->r->runs[run].seed);
    writer_key_string(&s->w, "driverVerifier", f->driver_verifier ? f->driver_verifier : "blind");
    writer_key_string(&s->w, "repro", repro);
    writer_key_string(&s->w, "explain", explain);
    writer_object_end(&s->w);
}

static uint64_t occurrences(const struct sarif *s, const struct report_finding *f)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < f->run_count; i++)
        n += !strcmp(s->r->runs[f->runs[i]].profile, s->profile);
    return n;
}

static void write_result(struct sarif *s, const struct report_finding *f)
{
    struct writer *w = &s->w;
    unsigned run = (unsigned)run_on(s->r, f, s->profile);
    char text[1024];

    snprintf(text, sizeof text, "%s (Driver Verifier: %s)", f->message,
             f->driver_verifier ? f->driver_verifier : "blind");
    writer_object_begin(w);
    writer_key_string(w, "ruleId", f->rule);
    if (rule_index(s->r, f->rule) >= 0)
        writer_key_u64(w, "ruleIndex", (uint64_t)rule_index(s->r, f->rule));
    writer_key_string(w, "level", f->severity);
    message(w, "message", text);
    writer_key(w, "locations");
    writer_array_begin(w);
    write_location(w, place_of(f), NULL);
    writer_array_end(w);
    write_fingerprints(w, f);
    write_code_flow(w, f);
    writer_key_u64(w, "occurrenceCount", occurrences(s, f));
    if (s->r->baselined)
        writer_key_string(w, "baselineState", f->known ? "unchanged" : "new");
    write_suppressions(s, f);
    write_properties(s, f, run);
    writer_object_end(w);
}

/* --- invocations (3.20): what is no result --- */

static void notify(struct sarif *s, const char *level, const char *id, const char *rule,
                   const char *text)
{
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "level", level);
    message(&s->w, "message", text);
    writer_key(&s->w, "descriptor");
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "id", id);
    writer_object_end(&s->w);
    if (rule) {
        writer_key(&s->w, "associatedRule");
        writer_object_begin(&s->w);
        writer_key_string(&s->w, "id", rule);
        if (rule_index(s->r, rule) >= 0)
            writer_key_u64(&s->w, "index", (uint64_t)rule_index(s->r, rule));
        writer_object_end(&s->w);
    }
    writer_object_end(&s->w);
}

/* A finding without a place in the source cannot be a result that readers show in the source. */
static void notify_placeless(struct sarif *s)
{
    for (unsigned i = 0; i < s->r->finding_count; i++) {
        const struct report_finding *f = &s->r->findings[i];
        char text[1024];

        if (place_of(f) || run_on(s->r, f, s->profile) < 0)
            continue;
        snprintf(text, sizeof text, "%s%s%s", f->where ? f->where : "", f->where ? ": " : "",
                 f->message);
        notify(s, report_counts(f) ? f->severity : "note", "finding-without-place", f->rule, text);
    }
}

static void notify_runs(struct sarif *s)
{
    for (unsigned i = 0; i < s->r->run_count; i++) {
        const struct report_run *run = &s->r->runs[i];
        char text[2048];

        if (strcmp(run->profile, s->profile) || run->exit <= 1)
            continue;
        snprintf(text, sizeof text, "scenario %s with seed %" PRIu64 ": %s (exit code %d)",
                 run->scenario, run->seed, report_trouble(run), run->exit);
        notify(s, "error", "run-without-verdict", NULL, text);
    }
}

static bool all_ended(const struct sarif *s)
{
    for (unsigned i = 0; i < s->r->run_count; i++)
        if (!strcmp(s->r->runs[i].profile, s->profile) && s->r->runs[i].exit > 1)
            return false;
    return true;
}

static void write_invocation(struct sarif *s, bool first)
{
    char text[128];

    writer_key(&s->w, "invocations");
    writer_array_begin(&s->w);
    writer_object_begin(&s->w);
    writer_key(&s->w, "executionSuccessful");
    writer_bool(&s->w, all_ended(s));
    writer_key(&s->w, "toolExecutionNotifications");
    writer_array_begin(&s->w);
    notify_runs(s);
    notify_placeless(s);
    for (unsigned i = 0; i < s->r->notice_count && first; i++)
        notify(s, "note", s->r->notices[i].kind, NULL, s->r->notices[i].text);
    snprintf(text, sizeof text, "%" PRIu64 " findings are left out: %s",
             s->trimmed + (first ? s->r->more : 0),
             s->trimmed ? "a run has 5000 results at most" : "--max-findings");
    if (s->trimmed || (first && s->r->more))
        notify(s, "warning", "results-trimmed", NULL, text);
    writer_array_end(&s->w);
    writer_object_end(&s->w);
    writer_array_end(&s->w);
}

/* --- runs (3.14) --- */

/* What is severe is kept when there is too much. */
static void list_results(struct sarif *s)
{
    unsigned total = 0;

    s->listed_count = 0;
    for (int severity = 3; severity >= 1; severity--)
        for (unsigned i = 0; i < s->r->finding_count; i++) {
            const struct report_finding *f = &s->r->findings[i];

            if (report_severity(f->severity) != severity || !place_of(f) ||
                run_on(s->r, f, s->profile) < 0)
                continue;
            if (total++ < SARIF_RESULTS_MAX)
                s->listed[s->listed_count++] = i;
        }
    s->trimmed = total - s->listed_count;
}

static void write_details(struct sarif *s)
{
    char id[256], driver[128], profile[96];

    report_slug(s->r->driver, driver, sizeof driver);
    report_slug(s->profile, profile, sizeof profile);
    snprintf(id, sizeof id, "dmacheck/%s/%s/", driver, profile);
    writer_key(&s->w, "automationDetails");
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "id", id);
    writer_object_end(&s->w);
    writer_key(&s->w, "originalUriBaseIds");
    writer_object_begin(&s->w);
    writer_key(&s->w, "%SRCROOT%");
    writer_object_begin(&s->w);
    message(&s->w, "description", "The folder that the driver was compiled in.");
    writer_object_end(&s->w);
    writer_object_end(&s->w);
    writer_key_string(&s->w, "columnKind", "utf16CodeUnits");
}

static void write_run(struct sarif *s, const char *profile, bool first)
{
    s->profile = profile;
    list_results(s);
    writer_object_begin(&s->w);
    write_tool(s);
    write_details(s);
    write_invocation(s, first);
    writer_key(&s->w, "results");
    writer_array_begin(&s->w);
    for (unsigned i = 0; i < s->listed_count; i++)
        write_result(s, &s->r->findings[s->listed[i]]);
    writer_array_end(&s->w);
    writer_object_end(&s->w);
    if (s->trimmed)
        fprintf(stderr, "dmacheck: SARIF: profile %s: %u findings are left out, %d are listed\n",
                profile, s->trimmed, SARIF_RESULTS_MAX);
}

static void write_runs(struct sarif *s)
{
    unsigned runs = 0, left_out = 0;

    writer_key(&s->w, "runs");
    writer_array_begin(&s->w);
    for (unsigned i = 0; i < s->r->run_count; i++) {
        if (!report_opens_profile(s->r, i))
            continue;
        if (runs < SARIF_RUNS_MAX)
            write_run(s, s->r->runs[i].profile, runs == 0);
        else
            left_out++;
        runs++;
    }
    writer_array_end(&s->w);
    if (left_out)
        fprintf(stderr, "dmacheck: SARIF: %u of %u profiles are left out, %d are listed\n",
                left_out, runs, SARIF_RUNS_MAX);
}

static int write_sarif(const struct report *r, int fd, const struct report_style *style)
{
    struct sarif *s = calloc(1, sizeof *s);
    int error;

    (void)style;
    if (!s || !(s->listed = calloc(r->finding_count + 1, sizeof *s->listed))) {
        free(s);
        return -1;
    }
    s->r = r;
    writer_init(&s->w, fd, false);
    writer_object_begin(&s->w);
    writer_key_string(&s->w, "$schema", SARIF_SCHEMA_URI);
    writer_key_string(&s->w, "version", "2.1.0");
    write_runs(s);
    writer_object_end(&s->w);
    error = writer_end(&s->w);
    free(s->listed);
    free(s);
    return error;
}

REPORT_WRITER(sarif, .extensions = { ".sarif", ".sarif.json" }, .write = write_sarif);
