/*
 * What is known of a driver already: suppressions and baselines, for every verb that judges. The
 * files are read before anything runs, so that a wrong one costs no time.
 */
#include "cli/known.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/run.h"
#include "verifier/rule.h"

bool cli_known_option(struct cli_known *k, int c, const char *text)
{
    switch (c) {
    case CLI_SUPPRESS:
        k->suppress = text;
        return true;
    case CLI_BASELINE:
        k->baseline = text;
        return true;
    case CLI_WRITE_BASELINE:
        k->write_baseline = text;
        return true;
    case CLI_TODAY:
        k->today = text;
        return true;
    }
    return false;
}

static bool is_rule(const char *word)
{
    char printed[RULE_WORD_MAX];

    for (unsigned i = 0; run_rules[i]; i++) {
        rule_word(run_rules[i], printed, sizeof printed);
        if (!strcmp(printed, word))
            return true;
    }
    return rule_find(word) != NULL;
}

/* --today, else SOURCE_DATE_EPOCH (reproducible-builds.org: seconds since 1970), else the system's
 * date; all in UTC, so that a run on the last day means the same everywhere. */
static int take_today(struct cli_known *k)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;
    struct tm day;
    time_t at;

    if (k->today) {
        if (!suppressions_is_date(k->today))
            return cli_wrong("--today wants a day as YYYY-MM-DD, not '%s'", k->today);
        snprintf(k->date, sizeof k->date, "%s", k->today);
        return 0;
    }
    if (epoch && *epoch && (!cli_number(epoch, &seconds) || seconds >> 36))
        return cli_wrong("SOURCE_DATE_EPOCH wants seconds since 1970, not '%s'", epoch);
    at = epoch && *epoch ? (time_t)seconds : time(NULL);
    if (!gmtime_r(&at, &day) || !strftime(k->date, sizeof k->date, "%Y-%m-%d", &day))
        return cli_wrong("today's date is not known; --today says it");
    return 0;
}

int cli_known_read(struct cli_known *k)
{
    char message[1024] = "";

    if (k->today && !k->suppress)
        return cli_wrong("--today means nothing without --suppress");
    if (k->suppress) {
        k->suppressions = suppressions_read(k->suppress, is_rule, message, sizeof message);
        if (!k->suppressions)
            return cli_wrong("%s", message);
        if ((k->today || suppressions_expire(k->suppressions)) && take_today(k))
            return DM_USAGE;
    }
    if (k->baseline) {
        k->known = baseline_read(k->baseline, message, sizeof message);
        if (!k->known)
            return cli_wrong("%s", message);
    }
    return 0;
}

void cli_known_free(struct cli_known *k)
{
    suppressions_free(k->suppressions);
    baseline_free(k->known);
}

static int write_baseline(const char *path, const struct report *r)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int error;

    if (fd < 0)
        return cli_wrong("cannot write %s: %s", path, strerror(errno));
    error = baseline_write(r, fd);
    return close(fd) || error ? cli_wrong("cannot write %s", path) : 0;
}

int cli_known_judge(const struct cli_known *k, struct report *r)
{
    unsigned said = r->notice_count;

    report_fingerprint_all(r);
    if (k->suppressions)
        suppressions_apply(k->suppressions, r, k->date);
    if (k->known)
        baseline_apply(k->known, r);
    report_excuse_runs(r);
    for (; said < r->notice_count; said++)
        fprintf(stderr, "dmacheck: %s\n", r->notices[said].text);
    return k->write_baseline ? write_baseline(k->write_baseline, r) : 0;
}

int cli_known_verdict(const struct report *r, int fail_on)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (report_counts(&r->findings[i]) && report_severity(r->findings[i].severity) >= fail_on)
            return DM_FINDINGS;
    return DM_CLEAN;
}
