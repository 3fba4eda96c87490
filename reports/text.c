/*
 * The report as text for a person: each finding with its places, then a table of scenario and
 * profile. A finding's first line is stable, so that scripts can look for it.
 */
#include "reports/report.h"
#include "reports/table.h"
#include "reports/writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In time order, whichever place is the finding's first. */
static const char *const role_order[] = { "Created at",  "Mapped at",   "Handed to the device at",
                                          "IRQL set at", "Released at", "Touched at",
                                          "Here" };
#define ROLES_KNOWN (sizeof role_order / sizeof *role_order)

static __attribute__((format(printf, 2, 3))) void say(struct writer *w, const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0)
        writer_raw(w, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static unsigned rank(const char *role)
{
    unsigned i = 0;

    while (i < ROLES_KNOWN && strcmp(role_order[i], role))
        i++;
    return i;
}

static void say_site(struct writer *w, const struct report_site *site)
{
    say(w, "  %s\n", site->role);
    if (!site->frame_count)
        say(w, "      (no frame of the driver)\n");
    for (unsigned i = 0; i < site->frame_count; i++)
        say(w, "      %s:%u %s\n", site->frames[i].file, site->frames[i].line,
            site->frames[i].function);
}

static void say_sites(struct writer *w, const struct report_finding *f)
{
    for (unsigned r = 0; r <= ROLES_KNOWN; r++)
        for (unsigned i = 0; i < f->site_count; i++)
            if (rank(f->sites[i].role) == r)
                say_site(w, &f->sites[i]);
}

static const char *bugcheck_name(unsigned long code)
{
    static const struct {
        unsigned long code;
        const char *name;
    } names[] = {
        { 0x09, "IRQL_NOT_GREATER_OR_EQUAL" },
        { 0x0A, "IRQL_NOT_LESS_OR_EQUAL" },
        { 0x0F, "SPIN_LOCK_ALREADY_OWNED" },
        { 0x10, "SPIN_LOCK_NOT_OWNED" },
        { 0x3B, "SYSTEM_SERVICE_EXCEPTION" },
        { 0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS" },
        { 0x4E, "PFN_LIST_CORRUPT" },
        { 0x50, "PAGE_FAULT_IN_NONPAGED_AREA" },
        { 0x76, "PROCESS_HAS_LOCKED_PAGES" },
        { 0x7E, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED" },
        { 0x7F, "UNEXPECTED_KERNEL_MODE_TRAP" },
        { 0xB8, "ATTEMPTED_SWITCH_FROM_DPC" },
        { 0xC2, "BAD_POOL_CALLER" },
        { 0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION" },
        { 0xC9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION" },
        { 0xCB, "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS" },
        { 0xD1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL" },
        { 0xE6, "DRIVER_VERIFIER_DMA_VIOLATION" },
        { 0x1DC, "DMA_COMMON_BUFFER_VECTOR_ERROR" },
    };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "see the bug check reference";
}

/* "0xE6 (0x0C, 0x11, 0x10, ...)" as Windows prints it. What is not known here is a kernel address
 * there. */
static void say_stop(struct writer *w, const char *driver_verifier)
{
    unsigned long long p[4] = { 0 };
    char *at;
    unsigned long code;

    if (strncmp(driver_verifier, "0x", 2)) /* blind */
        return;
    code = strtoul(driver_verifier, &at, 16);
    at += strspn(at, " (");
    for (unsigned i = 0; i < 4 && *at && *at != '.' && *at != ')'; i++) {
        p[i] = strtoull(at, &at, 16);
        at += strspn(at, ", ");
    }
    say(w, "  *** STOP: 0x%08lX (0x%016llX,0x%016llX,0x%016llX,0x%016llX)\n  %s\n", code, p[0],
        p[1], p[2], p[3], bugcheck_name(code));
}

static void say_finding(struct writer *w, const struct report *r, const struct report_finding *f,
                        const struct report_style *style)
{
    const char *red = !style->color                   ? ""
                      : !strcmp(f->severity, "error") ? "\033[1;31m"
                                                      : "\033[1;33m";
    char where[256];

    report_where(f, where, sizeof where);
    say(w, "dmacheck: %s%s%s: %s [profile=%s seed=%" PRIu64 "] %s\n", red, f->severity,
        style->color ? "\033[0m" : "", f->rule, f->profile, f->seed, where);
    if (style->verbosity < 0)
        return;
    say(w, "  %s\n", f->message);
    say_sites(w, f);
    say(w, "  Driver Verifier: %s\n", f->driver_verifier ? f->driver_verifier : "blind");
    if (style->bugcheck && f->driver_verifier)
        say_stop(w, f->driver_verifier);
    if (f->run_count > 1)
        say(w, "  seen in %u of %u runs\n", f->run_count, r->run_count);
    say(w, "  repro: dmacheck run %s --profile %s --seed %" PRIu64 " --scenario %s%s\n", r->driver,
        f->profile, f->seed, f->scenario, r->repro ? r->repro : "");
    say(w, "  explain: dmacheck explain %s\n\n", f->rule);
}

static const char *exit_text(int exit)
{
    static const char *const texts[] = { "clean",    "findings",   "usage",
                                         "internal", "no verdict", "diverged" };

    return exit >= 0 && exit < 6 ? texts[exit] : "?";
}

/* One cell: what all seeds of a scenario on a profile gave. */
static void cell_text(const struct report *r, const char *scenario, const char *profile, char *text,
                      size_t size)
{
    unsigned runs = 0, bad = 0;
    int worst = 0;

    for (unsigned i = 0; i < r->run_count; i++) {
        const struct report_run *run = &r->runs[i];

        if (strcmp(run->scenario, scenario) || strcmp(run->profile, profile))
            continue;
        runs++;
        bad += run->exit != 0;
        if (run->exit > 1 || !worst)
            worst = run->exit;
    }
    if (!runs)
        snprintf(text, size, "-");
    else if (!bad || runs == 1)
        snprintf(text, size, "%s", exit_text(worst));
    else
        snprintf(text, size, "%s %u/%u", exit_text(worst), bad, runs);
}

static void say_table(struct writer *w, const struct report *r, const struct report_style *style)
{
    struct table t;

    table_init(&t, "profile");
    for (unsigned i = 0; i < r->run_count; i++) {
        char text[32];

        cell_text(r, r->runs[i].scenario, r->runs[i].profile, text, sizeof text);
        table_set(&t, r->runs[i].profile, r->runs[i].scenario, text);
    }
    table_write(&t, w, style->color);
    table_free(&t);
}

static int write_text(const struct report *r, int fd, const struct report_style *style)
{
    struct writer *w = malloc(sizeof *w);
    uint64_t bytes = 0;
    unsigned clean = 0;
    int error;

    if (!w)
        return -1;
    writer_init(w, fd, true);
    for (unsigned i = 0; i < r->finding_count; i++)
        say_finding(w, r, &r->findings[i], style);
    if (style->verbosity >= 0)
        say_table(w, r, style);
    for (unsigned i = 0; i < r->run_count; i++) {
        bytes += r->runs[i].bytes;
        clean += r->runs[i].exit == 0;
    }
    if (style->verbosity >= 0)
        say(w, "dmacheck: %s: %u runs, %u clean, %" PRIu64 " findings, %" PRIu64 " bytes moved\n",
            r->driver, r->run_count, clean, r->finding_count + r->more, bytes);
    if (r->more)
        say(w, "dmacheck: %" PRIu64 " findings are not listed\n", r->more);
    error = writer_flush(w);
    free(w);
    return error;
}

REPORT_WRITER(text, .extension = "txt", .write = write_text);
