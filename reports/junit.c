/*
 * JUnit's XML, as Jenkins, GitLab and others read it: a suite for each profile, a case for each scenario
 * and seed. tests/cli/junit.xsd has its structure. Times are virtual seconds of the simulated machine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/report.h"
#include "reports/xml.h"

struct junit {
    struct writer *w;
    const struct report *r;
    char name[256]; /* of the suite at hand: dmacheck.DRIVER.PROFILE */
};

struct counts {
    uint64_t tests, failures, errors, virtual_ns;
};

static void put(struct junit *j, const char *text) { writer_raw(j->w, text, strlen(text)); }

/* The finding that a run fails for: the first of the most severe; NULL: none that fails it. */
static const struct report_finding *reason_of(const struct report *r, unsigned run)
{
    const struct report_finding *worst = NULL;

    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct report_finding *f = &r->findings[i];

        if (report_fails(r, f) && report_finding_has_run(f, run) &&
            (!worst || report_severity(f->severity) > report_severity(worst->severity)))
            worst = f;
    }
    return worst;
}

static bool has_finding(const struct report *r, unsigned run)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (report_finding_has_run(&r->findings[i], run))
            return true;
    return false;
}

/* It failed for findings that --max-findings cut off. */
static bool is_cut(const struct report *r, unsigned run)
{
    return report_run_exit(&r->runs[run]) == 1 && !has_finding(r, run);
}

static bool is_error(const struct report_run *run) { return run->exit > 1; }

/* Of one profile; NULL: of all. */
static struct counts count_runs(const struct report *r, const char *profile)
{
    struct counts c = { 0 };

    for (unsigned i = 0; i < r->run_count; i++) {
        if (profile && strcmp(r->runs[i].profile, profile))
            continue;
        c.tests++;
        c.errors += is_error(&r->runs[i]);
        c.failures += !is_error(&r->runs[i]) && (reason_of(r, i) || is_cut(r, i));
        c.virtual_ns += r->runs[i].virtual_ns;
    }
    return c;
}

static void put_time(struct junit *j, uint64_t virtual_ns)
{
    char text[48];

    snprintf(text, sizeof text, "%" PRIu64 ".%09" PRIu64, virtual_ns / 1000000000,
             virtual_ns % 1000000000);
    xml_attribute(j->w, "time", text);
}

static void put_counts(struct junit *j, const struct counts *c)
{
    xml_attribute_u64(j->w, "tests", c->tests);
    xml_attribute_u64(j->w, "failures", c->failures);
    xml_attribute_u64(j->w, "errors", c->errors);
    put_time(j, c->virtual_ns);
}

static void put_line(struct junit *j, const char *before, const char *text)
{
    put(j, before);
    xml_text(j->w, text);
    put(j, "\n");
}

static void put_sites(struct junit *j, const struct report_finding *f)
{
    unsigned order[REPORT_SITES_MAX], count = report_sites_in_time(f, order);

    for (unsigned i = 0; i < count; i++) {
        const struct report_site *site = &f->sites[order[i]];
        char text[768];

        put_line(j, "  ", site->role);
        for (unsigned k = 0; k < site->frame_count; k++) {
            snprintf(text, sizeof text, "%s:%u %s", site->frames[k].file, site->frames[k].line,
                     site->frames[k].function);
            put_line(j, "      ", text);
        }
    }
}

static void put_finding(struct junit *j, const struct report_finding *f)
{
    char first[512], where[256];

    report_where(f, where, sizeof where);
    snprintf(first, sizeof first, "%s: %s %s", f->severity, f->rule, where);
    put_line(j, "", first);
    put_line(j, "  ", f->message);
    put_sites(j, f);
    put_line(j, "  Driver Verifier: ", f->driver_verifier ? f->driver_verifier : "blind");
    put_line(j, "  explain: dmacheck explain ", f->rule);
}

/* One element, since some readers keep one only: it is of the worst finding's type and tells of all. */
static void put_failure(struct junit *j, unsigned run, const struct report_finding *reason)
{
    put(j, "      <failure");
    xml_attribute(j->w, "type", reason->rule);
    xml_attribute(j->w, "message", reason->message);
    put(j, ">");
    for (unsigned i = 0; i < j->r->finding_count; i++)
        if (report_fails(j->r, &j->r->findings[i]) &&
            report_finding_has_run(&j->r->findings[i], run))
            put_finding(j, &j->r->findings[i]);
    put(j, "</failure>\n");
}

static void put_error(struct junit *j, const struct report_run *run)
{
    static const char *const types[] = { "", "", "usage", "internal", "no-verdict", "diverged" };
    bool known = run->exit < (int)(sizeof types / sizeof *types);

    put(j, "      <error");
    xml_attribute(j->w, "type", known ? types[run->exit] : "unknown");
    xml_attribute(j->w, "message", report_trouble(run));
    put(j, "/>\n");
}

/* The command that repeats the run, and what it found that does not fail it. */
static void put_output(struct junit *j, unsigned run)
{
    char text[REPORT_COMMAND_MAX], last[REPORT_COMMAND_MAX] = "";

    put(j, "      <system-out>");
    for (unsigned i = 0; i < j->r->finding_count; i++) {
        const struct report_finding *f = &j->r->findings[i];

        if (!report_finding_has_run(f, run))
            continue;
        report_repro(j->r, f, run, text, sizeof text);
        if (strcmp(text, last))
            put_line(j, "repro: ", text);
        strcpy(last, text);
        if (f->suppressed.reason)
            put_line(j, "suppressed: ", f->suppressed.reason);
        else if (f->known)
            put_line(j, "known: ", "the baseline has it");
        if (!report_fails(j->r, f))
            put_finding(j, f);
    }
    put(j, "</system-out>\n");
}

static void put_case(struct junit *j, unsigned index)
{
    const struct report_run *run = &j->r->runs[index];
    const struct report_finding *reason = reason_of(j->r, index);
    bool cut = is_cut(j->r, index);
    bool empty = !is_error(run) && !cut && !has_finding(j->r, index);
    char name[256];

    snprintf(name, sizeof name, "%s seed=%" PRIu64, run->scenario, run->seed);
    put(j, "    <testcase");
    xml_attribute(j->w, "name", name);
    xml_attribute(j->w, "classname", j->name);
    put_time(j, run->virtual_ns);
    put(j, empty ? "/>\n" : ">\n");
    if (empty)
        return;
    if (is_error(run))
        put_error(j, run);
    else if (reason)
        put_failure(j, index, reason);
    else if (cut)
        put(j, "      <failure type=\"not-listed\" message=\"its findings are not listed: "
               "--max-findings\"/>\n");
    if (has_finding(j->r, index))
        put_output(j, index);
    put(j, "    </testcase>\n");
}

static void put_suite(struct junit *j, const char *profile)
{
    struct counts c = count_runs(j->r, profile);
    char driver[128], shown[96];

    report_slug(j->r->driver, driver, sizeof driver);
    report_slug(profile, shown, sizeof shown);
    snprintf(j->name, sizeof j->name, "dmacheck.%s.%s", driver, shown);
    put(j, "  <testsuite");
    xml_attribute(j->w, "name", j->name);
    put_counts(j, &c);
    put(j, ">\n    <properties>\n      <property name=\"tool\"");
    xml_attribute(j->w, "value", REPORT_TOOL " " REPORT_VERSION);
    put(j, "/>\n      <property name=\"driver\"");
    xml_attribute(j->w, "value", j->r->driver);
    put(j, "/>\n      <property name=\"profile\"");
    xml_attribute(j->w, "value", profile);
    put(j, "/>\n    </properties>\n");
    for (unsigned i = 0; i < j->r->run_count; i++)
        if (!strcmp(j->r->runs[i].profile, profile))
            put_case(j, i);
    put(j, "  </testsuite>\n");
}

static int write_junit(const struct report *r, int fd, const struct report_style *style)
{
    struct writer *w = malloc(sizeof *w);
    struct junit j = { .w = w, .r = r };
    struct counts c = count_runs(r, NULL);
    int error;

    (void)style; /* every test is in the file, however wordy the text would be */
    if (!w)
        return -1;
    writer_init(w, fd, true);
    put(&j, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dmacheck\"");
    put_counts(&j, &c);
    put(&j, ">\n");
    for (unsigned i = 0; i < r->run_count; i++)
        if (report_opens_profile(r, i))
            put_suite(&j, r->runs[i].profile);
    put(&j, "</testsuites>\n");
    error = writer_flush(w);
    free(w);
    return error;
}

REPORT_WRITER(junit, .extensions = { ".xml" }, .write = write_junit);
