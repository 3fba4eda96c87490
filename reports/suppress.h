/*
 * Suppression files: findings that somebody has decided to live with for a while, each with the
 * reason and the day on which it is to be looked at again. docs/suppressions.md has the format.
 */
#ifndef DMACHECK_REPORTS_SUPPRESS_H
#define DMACHECK_REPORTS_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/report.h"

struct suppressions;

/* is_rule says whether a word names a rule. NULL with "FILE:LINE: what was expected" in message. */
struct suppressions *suppressions_read(const char *path, bool (*is_rule)(const char *word),
                                       char *message, size_t message_size);
void suppressions_free(struct suppressions *s);
/* Whether an entry ends on some day: only then is today's date needed. */
bool suppressions_expire(const struct suppressions *s);
/* Marks what is suppressed; an entry that is expired or that nothing needs becomes a notice.
 * today: "2026-12-31"; that day itself still counts. */
void suppressions_apply(const struct suppressions *s, struct report *r, const char *today);
bool suppressions_is_date(const char *text); /* a day of the calendar, YYYY-MM-DD */

#endif
