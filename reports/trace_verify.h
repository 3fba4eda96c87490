/*
 * The rules over a loaded trace.
 */
#ifndef DMACHECK_REPORTS_TRACE_VERIFY_H
#define DMACHECK_REPORTS_TRACE_VERIFY_H

#include "trace/load.h"
#include "verifier/verify.h"

/* Its findings are those of the run; the caller destroys it. NULL: no memory. */
struct verifier *trace_verify(const struct trace_loaded *t);

#endif
