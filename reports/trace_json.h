/*
 * An event as JSON with the names that a program would have to look up.
 */
#ifndef DMACHECK_REPORTS_TRACE_JSON_H
#define DMACHECK_REPORTS_TRACE_JSON_H

#include "reports/trace_line.h"
#include "reports/writer.h"

/* One object: the fields that the trace has, and "agent", "where", "objects" (all that it
 * names). nth as trace_nth gives it. */
void trace_event_json(struct writer *w, const struct trace_names *n, const struct event *e,
                      unsigned nth);

#endif
