/*
 * What the rules about IRQL share: the limits of trace/api.def, and one way to say that they were broken.
 */
#ifndef DMACHECK_VERIFIER_IRQL_H
#define DMACHECK_VERIFIER_IRQL_H

#include "verifier/finding.h"

#define PASSIVE 0u
#define APC 1u
#define DISPATCH 2u

const char *irql_name(unsigned irql); /* "DISPATCH_LEVEL" */
/* The function that e calls may be called at its page's IRQLs only; about: what is known besides the place,
 * where the IRQL was set and the object of e. */
void irql_say(struct rule_run *r, const struct event *e, struct finding_about about);
/* The same where the limit depends on an argument. */
void irql_say_most(struct rule_run *r, const struct event *e, struct finding_about about,
                   unsigned highest);

#endif
