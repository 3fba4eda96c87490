/*
 * What is said of one finding, whatever the format: where it is, how to see it again, in which
 * order its places came, whether it counts.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/report.h"
#include "verifier/finding.h"

static const char *const severities[] = { "note", "warning", "error" };

const char *report_severity_word(int severity) { return severities[severity - 1]; }

int report_severity(const char *word)
{
    for (int i = 0; i < 3; i++)
        if (word && !strcmp(word, severities[i]))
            return i + 1;
    return 0;
}

void report_where(const struct report_finding *f, char *text, size_t size)
{
    const struct report_frame *frame =
        f->site_count && f->sites[0].frame_count ? &f->sites[0].frames[0] : NULL;

    if (f->where)
        snprintf(text, size, "%s", f->where);
    else if (frame && frame->file && *frame->file)
        snprintf(text, size, "%s:%u", frame->file, frame->line);
    else
        snprintf(text, size, "-");
}

bool report_counts(const struct report_finding *f) { return !f->known && !f->suppressed.reason; }

bool report_finding_has_run(const struct report_finding *f, unsigned run)
{
    for (unsigned i = 0; i < f->run_count; i++)
        if (f->runs[i] == run)
            return true;
    return false;
}

bool report_fails(const struct report *r, const struct report_finding *f)
{
    return report_counts(f) && report_severity(f->severity) >= (r->fail_on ? r->fail_on : 2);
}

int report_run_exit(const struct report_run *run) { return run->excused ? 0 : run->exit; }

const char *report_trouble(const struct report_run *run)
{
    static const char *const words[] = { "",
                                         "",
                                         "the run could not be set up",
                                         "the simulator itself failed",
                                         "the run ended without a verdict",
                                         "the run diverged from its recording" };

    if (run->trouble)
        return run->trouble;
    return run->exit >= 0 && run->exit < 6 ? words[run->exit] : "the exit code is not known";
}

/* The verifier lists its roles in the order of time. */
static unsigned role_rank(const char *role)
{
    unsigned i = ROLE_NONE + 1;

    while (i < ROLES && (!role || strcmp(finding_role_word((enum finding_role)i), role)))
        i++;
    return i;
}

unsigned report_sites_in_time(const struct report_finding *f, unsigned order[REPORT_SITES_MAX])
{
    unsigned count = 0;

    for (unsigned rank = 0; rank <= ROLES; rank++)
        for (unsigned i = 0; i < f->site_count; i++)
            if (role_rank(f->sites[i].role) == rank)
                order[count++] = i;
    return count;
}

/* --- the command that shows it again --- */

static bool is_plain(const char *word)
{
    for (const char *p = word; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_@%+=:,./-", *p))
            return false;
    return *word != '\0';
}

void report_shell_word(const char *word, char *text, size_t size)
{
    size_t used;

    if (is_plain(word)) {
        snprintf(text, size, "%s", word);
        return;
    }
    used = (size_t)snprintf(text, size, "'");
    for (; *word && used + 8 < size; word++) {
        if (*word == '\'')
            used += (size_t)snprintf(text + used, size - used, "'\\''");
        else
            text[used++] = *word;
    }
    snprintf(text + used, size - used, "'");
}

void report_repro(const struct report *r, const struct report_finding *f, unsigned run, char *text,
                  size_t size)
{
    const struct report_run *of = &r->runs[run];
    char driver[512], profile[512], scenario[256], file[512], program[540] = "", schedule[540];

    if (f->repro) {
        snprintf(text, size, "%s", f->repro);
        return;
    }
    report_shell_word(r->driver, driver, sizeof driver);
    report_shell_word(f->all_profiles ? "all" : of->profile, profile, sizeof profile);
    report_shell_word(of->scenario, scenario, sizeof scenario);
    if (of->program) {
        report_shell_word(of->program, file, sizeof file);
        snprintf(program, sizeof program, " --program %s", file);
    }
    if (of->by_token && of->token) {
        report_shell_word(of->token, file, sizeof file);
        snprintf(schedule, sizeof schedule, "--schedule %s", file);
    } else {
        snprintf(schedule, sizeof schedule, "--seed %" PRIu64, of->seed);
    }
    snprintf(text, size, "dmacheck run %s --profile %s %s --scenario %s%s%s", driver, profile,
             schedule, scenario, program, r->repro ? r->repro : "");
}

/* --- names --- */

void report_slug(const char *name, char *text, size_t size)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash && slash[1] ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    size_t length = dot && dot != base ? (size_t)(dot - base) : strlen(base);

    snprintf(text, size, "%.*s", (int)length, base);
    for (char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_:", *p))
            *p = '_';
}

bool report_opens_profile(const struct report *r, unsigned run)
{
    for (unsigned i = 0; i < run; i++)
        if (!strcmp(r->runs[i].profile, r->runs[run].profile))
            return false;
    return true;
}
