/*
 * A ledger in words, as a kernel debugger's adapter dump has it, or as JSON.
 */
#ifndef DMACHECK_REPORTS_DUMP_H
#define DMACHECK_REPORTS_DUMP_H

#include "reports/writer.h"
#include "trace/site.h"
#include "verifier/ledger.h"

/* indent: put before each line. */
void dump_text(struct writer *w, const struct ledger *l, struct site_depot *depot,
               const char *indent);
/* The members of an object that is open: seq, ns, adapters. */
void dump_json(struct writer *w, const struct ledger *l, struct site_depot *depot);

#endif
