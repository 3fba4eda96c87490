/*
 * What the rules found, as one text: of a machine's run, and of a trace.
 */
#ifndef DMACHECK_TESTS_TRACES_JUDGED_H
#define DMACHECK_TESTS_TRACES_JUDGED_H

struct dm_machine;
struct trace_loaded;

/* To be freed by the caller. */
char *judged_live(const struct dm_machine *m);
char *judged_trace(const struct trace_loaded *t);

#endif
