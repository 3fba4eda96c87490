/*
 * --suppress, --baseline, --write-baseline and --today, for every verb that judges.
 */
#ifndef DMACHECK_CLI_KNOWN_H
#define DMACHECK_CLI_KNOWN_H

#include "cli/cli.h"
#include "reports/baseline.h"
#include "reports/suppress.h"

enum { CLI_SUPPRESS = 4096, CLI_BASELINE, CLI_WRITE_BASELINE, CLI_TODAY };

/* Rows of a verb's table of long options, and lines of its help. */
#define CLI_KNOWN_OPTIONS                                                                          \
    { "suppress", required_argument, NULL, CLI_SUPPRESS },                                         \
        { "baseline", required_argument, NULL, CLI_BASELINE },                                     \
        { "write-baseline", required_argument, NULL, CLI_WRITE_BASELINE },                         \
    {                                                                                              \
        "today", required_argument, NULL, CLI_TODAY                                                \
    }
#define CLI_KNOWN_HELP                                                                             \
    "  --suppress FILE          findings that do not count: RULE SITE EXPIRES REASON a line\n"     \
    "  --today YYYY-MM-DD       the day that suppressions expire by (default: the system's)\n"     \
    "  --baseline FILE          only what is not in FILE counts: a baseline, or a former\n"        \
    "                           report in JSON or SARIF\n"                                         \
    "  --write-baseline FILE    write what is found now as a baseline\n"

struct cli_known {
    const char *suppress, *baseline, *write_baseline, *today;
    char date[16];
    struct suppressions *suppressions;
    struct baseline *known;
};

bool cli_known_option(struct cli_known *k, int c,
                      const char *text); /* whether it was one of them */
int cli_known_read(struct cli_known *k); /* 0 or DM_USAGE, said */
void cli_known_free(struct cli_known *k);
/* Fingerprints, suppressions, baseline; says on stderr what is expired, unused or fixed. */
int cli_known_judge(const struct cli_known *k, struct report *r);
/* DM_FINDINGS when one that counts is at or above fail_on. */
int cli_known_verdict(const struct report *r, int fail_on);

#endif
