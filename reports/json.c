/*
 * The report as one JSON object (docs/report.schema.json). It holds all that the other formats need:
 * load.c makes a report of it again.
 */
#include "reports/coverage.h"
#include "reports/readiness.h"
#include "reports/replay.h"
#include "reports/report.h"
#include "reports/writer.h"

#include <stdio.h>
#include <string.h>

/* The choice sites that a run met, and whether one took another value than the plain one. */
static void write_choices(struct writer *w, const struct report *r, const struct report_run *run)
{
    writer_key(w, "choices");
    writer_object_begin(w);
    for (unsigned i = 0; i < 32 && r->choice_word; i++)
        if (run->choices_met & 1u << i)
            writer_key_string(w, r->choice_word(i),
                              run->choices_varied & 1u << i ? "varied" : "plain");
    writer_object_end(w);
}

/* What readiness is judged by. */
static void write_exercised(struct writer *w, const struct report_run *run)
{
    writer_key(w, "remapped");
    writer_bool(w, run->remapped);
    writer_key(w, "exercised");
    writer_array_begin(w);
    for (unsigned i = 0; i < SEEN_BITS; i++)
        if (run->seen & 1u << i)
            writer_string(w, readiness_seen_word(i));
    writer_array_end(w);
}

static void write_run_name(struct writer *w, const struct report_run *run)
{
    writer_key_string(w, "scenario", run->scenario);
    if (run->program)
        writer_key_string(w, "program", run->program);
    writer_key_string(w, "profile", run->profile);
    writer_key_u64(w, "seed", run->seed);
}

static void write_run(struct writer *w, const struct report *r, const struct report_run *run)
{
    writer_object_begin(w);
    write_run_name(w, run);
    writer_key_u64(w, "exit", (uint64_t)run->exit);
    writer_key_u64(w, "bytes", run->bytes);
    writer_key_u64(w, "virtual_ns", run->virtual_ns);
    writer_key_u64(w, "events", run->events);
    writer_key_u64(w, "findings", run->findings);
    if (run->trouble)
        writer_key_string(w, "trouble", run->trouble);
    if (run->excused) {
        writer_key(w, "excused");
        writer_bool(w, true);
    }
    writer_key(w, "schedule");
    writer_hex(w, run->schedule);
    write_choices(w, r, run);
    if (r->watched)
        write_exercised(w, run);
    writer_object_end(w);
}

static void write_site(struct writer *w, const struct report_site *site)
{
    writer_object_begin(w);
    writer_key_string(w, "role", site->role);
    writer_key(w, "frames");
    writer_array_begin(w);
    for (unsigned i = 0; i < site->frame_count; i++) {
        writer_object_begin(w);
        writer_key_string(w, "file", site->frames[i].file);
        writer_key_u64(w, "line", site->frames[i].line);
        writer_key_string(w, "function", site->frames[i].function);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_object_end(w);
}

static void write_runs_of(struct writer *w, const struct report *r, const struct report_finding *f)
{
    writer_key(w, "runs");
    writer_array_begin(w);
    for (unsigned i = 0; i < f->run_count; i++) {
        const struct report_run *run = &r->runs[f->runs[i]];

        writer_object_begin(w);
        write_run_name(w, run);
        writer_object_end(w);
    }
    writer_array_end(w);
}

/* What is known of it already: only where somebody asked. */
static void write_state(struct writer *w, const struct report *r, const struct report_finding *f)
{
    if (r->baselined)
        writer_key_string(w, "state", f->known ? "known" : "new");
    if (!f->suppressed.reason)
        return;
    writer_key(w, "suppressed");
    writer_object_begin(w);
    writer_key_string(w, "reason", f->suppressed.reason);
    writer_key_string(w, "expires", f->suppressed.expires);
    writer_key_string(w, "place", f->suppressed.place);
    writer_object_end(w);
}

/* A string for each event. */
static void write_last(struct writer *w, const char *last)
{
    char line[1024];

    if (!last)
        return;
    writer_key(w, "last_events");
    writer_array_begin(w);
    for (size_t n; *last; last += n + (last[n] == '\n')) {
        n = strcspn(last, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, last);
        writer_string(w, line);
    }
    writer_array_end(w);
}

static void write_finding(struct writer *w, const struct report *r, const struct report_finding *f)
{
    char where[256], repro[REPORT_COMMAND_MAX];

    report_where(f, where, sizeof where);
    report_repro(r, f, f->runs[0], repro, sizeof repro);
    writer_object_begin(w);
    writer_key_string(w, "rule", f->rule);
    writer_key_string(w, "severity", f->severity);
    writer_key_string(w, "scenario", f->scenario);
    writer_key_string(w, "profile", f->profile);
    writer_key_u64(w, "seed", f->seed);
    writer_key_string(w, "where", where);
    writer_key_string(w, "message", f->message);
    writer_key_string(w, "driver_verifier", f->driver_verifier);
    writer_key_string(w, "repro", repro);
    if (r->runs[f->runs[0]].token)
        writer_key_string(w, "schedule", r->runs[f->runs[0]].token);
    if (f->all_profiles) {
        writer_key(w, "all_profiles");
        writer_bool(w, true);
    }
    writer_key_string(w, "fingerprint", f->fingerprint);
    write_state(w, r, f);
    writer_key(w, "sites");
    writer_array_begin(w);
    for (unsigned i = 0; i < f->site_count; i++)
        write_site(w, &f->sites[i]);
    writer_array_end(w);
    write_runs_of(w, r, f);
    write_last(w, f->last);
    writer_object_end(w);
}

static void write_rules(struct writer *w, const struct report *r)
{
    writer_key(w, "rules");
    writer_array_begin(w);
    for (unsigned i = 0; i < r->rule_count; i++) {
        writer_object_begin(w);
        writer_key_string(w, "name", r->rules[i].name);
        writer_key_string(w, "severity", r->rules[i].severity);
        writer_key_string(w, "family", r->rules[i].family);
        writer_key_string(w, "source", r->rules[i].source);
        writer_key(w, "readiness");
        writer_bool(w, r->rules[i].readiness);
        writer_key_string(w, "page", r->rules[i].page);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_notices(struct writer *w, const struct report *r)
{
    writer_key(w, "notices");
    writer_array_begin(w);
    for (unsigned i = 0; i < r->notice_count; i++) {
        writer_object_begin(w);
        writer_key_string(w, "kind", r->notices[i].kind);
        writer_key_string(w, "text", r->notices[i].text);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static int write_json(const struct report *r, int fd, const struct report_style *style)
{
    struct writer w;

    (void)style; /* JSON has neither colours nor degrees of wordiness */
    writer_init(&w, fd, false);
    writer_object_begin(&w);
    writer_key_string(&w, "schema", REPORT_SCHEMA);
    writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
    writer_key_string(&w, "driver", r->driver);
    if (r->repro && *r->repro)
        writer_key_string(&w, "repro_options", r->repro);
    if (r->fail_on)
        writer_key_string(&w, "fail_on", report_severity_word(r->fail_on));
    if (r->suppressing) {
        writer_key(&w, "suppressing");
        writer_bool(&w, true);
    }
    if (r->baselined) {
        writer_key(&w, "baselined");
        writer_bool(&w, true);
    }
    writer_key(&w, "runs");
    writer_array_begin(&w);
    for (unsigned i = 0; i < r->run_count; i++)
        write_run(&w, r, &r->runs[i]);
    writer_array_end(&w);
    writer_key(&w, "findings");
    writer_array_begin(&w);
    for (unsigned i = 0; i < r->finding_count; i++)
        write_finding(&w, r, &r->findings[i]);
    writer_array_end(&w);
    writer_key_u64(&w, "findings_not_listed", r->more);
    write_rules(&w, r);
    write_notices(&w, r);
    if (r->watched)
        readiness_write_json(r, &w);
    if (r->replay) {
        writer_key(&w, "replay");
        replay_write_json(r, &w);
    }
    if (r->coverage) {
        writer_key(&w, "coverage");
        coverage_write_json(r, &w);
    }
    writer_object_end(&w);
    return writer_end(&w);
}

REPORT_WRITER(json, .extensions = { ".json" }, .write = write_json);
