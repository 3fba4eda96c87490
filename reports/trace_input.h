/*
 * The lines of a trace that are no events, for people: its header, inputs, findings.
 */
#ifndef DMACHECK_REPORTS_TRACE_INPUT_H
#define DMACHECK_REPORTS_TRACE_INPUT_H

#include <stddef.h>

#include "reports/writer.h"

/* Each field of the header on a line of its own, "# " before it. */
void trace_header_text(struct writer *w, const char *json);
/* An input ("k":"payload"): what, and its arguments; bytes are cut where they are many. */
void trace_input_text(struct writer *w, const char *json);
/* A finding that the recording run had. */
void trace_finding_text(struct writer *w, const char *json);

#endif
