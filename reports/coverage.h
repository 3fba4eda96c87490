/*
 * What a set of runs has tried: each rule, each operation of DMA_OPERATIONS and each outcome that its page
 * names. What was never tried is what the author's tests do not show.
 */
#ifndef DMACHECK_REPORTS_COVERAGE_H
#define DMACHECK_REPORTS_COVERAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "reports/report.h"
#include "reports/writer.h"
#include "trace/event.h"
#include "verifier/rule.h"

#define COVERAGE_OPERATIONS 39
#define COVERAGE_OUTCOMES 8

struct coverage {
    uint64_t kinds[EV_COUNT], calls[API_COUNT], callbacks[API_COUNT];
    uint64_t outcomes[COVERAGE_OPERATIONS][COVERAGE_OUTCOMES + 1]; /* the last: any other */
    bool no_door; /* a driver without the access door's checks was among them */
};

void coverage_event(void *coverage, const struct event *e); /* a trace sink */
void coverage_add(struct coverage *into, const struct coverage *from);

/* What became of a rule. */
struct coverage_rule {
    bool armed;     /* it could have spoken */
    bool told;      /* whether `exercised` can be told: not of rules that hear of misuse alone */
    bool exercised; /* what it judges has happened */
    bool fired;
};
struct coverage_rule coverage_of_rule(const struct coverage *c, const struct rule *rule,
                                      const struct report *r);

/* An operation: its name, how often it was called, and its outcomes by word; NULL ends them. */
const char *coverage_operation(unsigned index, enum api *api);
const char *coverage_outcome(unsigned operation, unsigned index);

void coverage_write_text(const struct report *r, struct writer *w);
void coverage_write_json(const struct report *r, struct writer *w); /* the value of "coverage" */
/* The counters that all of it is said from: a member of "coverage". */
void coverage_write_counters(const struct coverage *c, struct writer *w);
struct coverage *
coverage_load(const json_t *from); /* of "coverage"; NULL: there is none. To be freed. */

#endif
