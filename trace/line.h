/*
 * One line of a trace understood: of which kind it is, and its event.
 */
#ifndef DMACHECK_TRACE_LINE_H
#define DMACHECK_TRACE_LINE_H

#include "trace/read.h"
#include "trace/scan.h"

struct line_said {
    enum trace_line_kind kind;
    struct event event;    /* of a TRACE_EVENT */
    char agent_name[24];   /* of an agent's event */
    bool lost;             /* a TRACE_OTHER that says what its writer could not write */
    const char *not_found; /* what was expected there; NULL: nothing is wrong */
};

/* SCAN_WHOLE: it is a JSON object; said->not_found says whether it is a line of a trace. */
enum scan_end line_read(const char *text, size_t bytes, struct line_said *said);

#endif
