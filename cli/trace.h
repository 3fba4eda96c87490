/*
 * The verbs of dmacheck trace: a file each.
 */
#ifndef DMACHECK_CLI_TRACE_H
#define DMACHECK_CLI_TRACE_H

#include "cli/cli.h"
#include "reports/writer.h"

int trace_verb_cat(int argc, char **argv); /* argv[0] is the verb, without "trace" */

/* Writes what is left. 0, also when the reader of a pipe had enough; else DM_USAGE with its line said. */
int cli_trace_done(struct writer *w);

#endif
