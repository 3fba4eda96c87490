/*
 * The report as one JSON object; tests/unit/reports_writers.c holds it to its shape.
 */
#include "reports/report.h"
#include "reports/writer.h"

#include <stdio.h>

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

static void write_run(struct writer *w, const struct report *r, const struct report_run *run)
{
    writer_object_begin(w);
    writer_key_string(w, "scenario", run->scenario);
    writer_key_string(w, "profile", run->profile);
    writer_key_u64(w, "seed", run->seed);
    writer_key_u64(w, "exit", (uint64_t)run->exit);
    writer_key_u64(w, "bytes", run->bytes);
    writer_key_u64(w, "virtual_ns", run->virtual_ns);
    writer_key_u64(w, "events", run->events);
    writer_key(w, "schedule");
    writer_hex(w, run->schedule);
    write_choices(w, r, run);
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
        writer_key_string(w, "scenario", run->scenario);
        writer_key_string(w, "profile", run->profile);
        writer_key_u64(w, "seed", run->seed);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_finding(struct writer *w, const struct report *r, const struct report_finding *f)
{
    char where[256];

    report_where(f, where, sizeof where);
    writer_object_begin(w);
    writer_key_string(w, "rule", f->rule);
    writer_key_string(w, "severity", f->severity);
    writer_key_string(w, "scenario", f->scenario);
    writer_key_string(w, "profile", f->profile);
    writer_key_u64(w, "seed", f->seed);
    writer_key_string(w, "where", where);
    writer_key_string(w, "message", f->message);
    writer_key_string(w, "driver_verifier", f->driver_verifier);
    writer_key(w, "sites");
    writer_array_begin(w);
    for (unsigned i = 0; i < f->site_count; i++)
        write_site(w, &f->sites[i]);
    writer_array_end(w);
    write_runs_of(w, r, f);
    writer_object_end(w);
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
    writer_object_end(&w);
    return writer_end(&w);
}

REPORT_WRITER(json, .extension = "json", .write = write_json);
