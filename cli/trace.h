/*
 * The verbs of dmacheck trace: a file each.
 */
#ifndef DMACHECK_CLI_TRACE_H
#define DMACHECK_CLI_TRACE_H

#include "cli/cli.h"
#include "reports/writer.h"
#include "trace/load.h"

/* argv[0] is the verb, without "trace". */
int trace_verb_cat(int argc, char **argv);
int trace_verb_query(int argc, char **argv);
int trace_verb_stat(int argc, char **argv);
int trace_verb_diff(int argc, char **argv);
int trace_verb_to_test(int argc, char **argv); /* to_test.c */

/* The whole trace; what is missing at its end is noted on stderr. NULL: its line is said. */
struct trace_loaded *cli_trace_load(const char *path);

/* Writes what is left. 0, also when the reader of a pipe had enough; else DM_USAGE with its
 * line said. */
int cli_trace_done(struct writer *w);

#endif
