/*
 * Findings of a recorded run, for the verbs that judge a trace.
 */
#ifndef DMACHECK_CLI_JUDGED_H
#define DMACHECK_CLI_JUDGED_H

#include "reports/report.h"
#include "trace/read.h"
#include "verifier/verify.h"

/* Whether the recorded machine translated: the profile's text in the header says it. */
bool cli_was_remapped(const struct trace_header *h);
/* Puts a finding into the report's first run; its index in the report. */
unsigned cli_add_judged(struct report *r, struct site_depot *depot, const struct finding *f,
                        const struct trace_header *h, const char *repro);

#endif
