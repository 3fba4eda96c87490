/*
 * Baselines: what was found before, so that only what is new counts. A baseline is written by
 * baseline_write, or is a former report in JSON or SARIF: all three carry fingerprints.
 */
#ifndef DMACHECK_REPORTS_BASELINE_H
#define DMACHECK_REPORTS_BASELINE_H

#include <stddef.h>

#include "reports/report.h"

#define BASELINE_SCHEMA "dmacheck-baseline-1"
#define BASELINE_SARIF_KEY "dmacheckFinding/v1" /* among a SARIF result's partialFingerprints */

struct baseline;

/* NULL with one line in message. */
struct baseline *baseline_read(const char *path, char *message, size_t message_size);
void baseline_free(struct baseline *b);
/* Marks what is known (after report_fingerprint_all); what was not found again becomes a notice. */
void baseline_apply(const struct baseline *b, struct report *r);
/* Everything that is found and not suppressed. 0 or a negative err. */
int baseline_write(const struct report *r, int fd);

#endif
