/*
 * The verifier: takes events, live from a machine or read from a trace, keeps the trackers up to
 * date, lets the rules look, and gathers findings. It knows nothing but events, so both doors give
 * the same findings.
 */
#ifndef DMACHECK_VERIFIER_VERIFY_H
#define DMACHECK_VERIFIER_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"
#include "trace/site.h"
#include "verifier/finding.h"
#include "verifier/rule.h"

struct verifier;

struct verifier *verifier_create(struct site_depot *depot); /* NULL: no memory */
/* The same with other rules than all (at most RULES_MAX): what a rule costs is measured so. */
struct verifier *verifier_create_with(struct site_depot *depot, const struct rule *const *rules,
                                      unsigned count);
void verifier_destroy(struct verifier *v);
/* A run begins. remapped: the profile translates, which decides what Driver Verifier would see. */
void verifier_begin(struct verifier *v, const char *profile_name, uint64_t seed, bool remapped);
void verifier_event(void *verifier, const struct event *e); /* a trace sink; event_is_valid holds */
void verifier_end(struct verifier *v);   /* the last word: leaks, when the driver was unloaded */
void verifier_reset(struct verifier *v); /* forgets the run and its findings */
struct site_depot *verifier_depot(const struct verifier *v);

#endif
