/*
 * What verbs that run a recorded run once more share.
 */
#ifndef DMACHECK_CLI_RECORDED_H
#define DMACHECK_CLI_RECORDED_H

#include "cli/cli.h"
#include "trace/read.h"

/* Finds the driver that a trace was recorded with, or the other one that the user names. 0 or DM_USAGE, with
 * its line said. */
int cli_recorded_driver(struct cli_driver *d, const struct trace_header *h, const char *other);
/* The machine as it was; its texts are the header's. */
void cli_recorded_options(struct dm_options *o, const struct trace_header *h);

#endif
