/*
 * Findings: what a rule said, about which objects, with the places in the driver that explain it.
 * Equal findings (same rule, same places) are kept once and counted.
 */
#ifndef DMACHECK_VERIFIER_FINDING_H
#define DMACHECK_VERIFIER_FINDING_H

#include "verifier/rule.h"

#define FINDING_SITES_MAX 6
#define FINDING_MESSAGE_MAX 240
#define FINDINGS_MAX 256 /* distinct ones of a run; more are counted, not kept */

/* The places, in the order in which reports print them. */
enum finding_role {
    ROLE_NONE,
    ROLE_CREATED,
    ROLE_ALLOCATED,
    ROLE_MAPPED,
    ROLE_GIVEN,
    ROLE_RAISED,
    ROLE_RELEASED,
    ROLE_FREED,
    ROLE_TOUCHED,
    ROLE_LOCKED,
    ROLE_CHECKED,
    ROLE_COMPLETED,
    ROLE_HELD,
    ROLE_FIRST,
    ROLE_OTHER,
    ROLE_WAITS,
    ROLE_HERE,
    ROLES
};
const char *finding_role_word(enum finding_role role); /* "Mapped at" */

struct finding_site {
    enum finding_role role;
    uint32_t site; /* trace/site.h */
};

struct finding {
    const struct rule *rule;
    const char *word;     /* the rule's printed word */
    const char *severity; /* error | warning | note */
    const char *profile;
    uint64_t seed;
    uint64_t seq, ns; /* of the event that it was made at */
    uint64_t count;   /* how often */
    uint32_t obj, owner;
    uint16_t agent;
    unsigned site_count, amended;                 /* the last `amended` of them came later */
    struct finding_site sites[FINDING_SITES_MAX]; /* the first is the one to print in one line */
    char message[FINDING_MESSAGE_MAX];
    char driver_verifier[64]; /* "0xE6 (0x26, ...)" or "blind" */
};

struct verifier;
unsigned finding_count(const struct verifier *v);
const struct finding *finding_at(const struct verifier *v, unsigned index); /* in order made */
uint64_t finding_dropped(const struct verifier *v); /* distinct ones beyond FINDINGS_MAX */

/* --- for rules --- */

/* What a finding is about. Sites of 0 are left out. */
struct finding_about {
    uint32_t obj;   /* the object at fault */
    uint32_t owner; /* what it belongs to: a finding there silences echoes here; 0: none */
    uint32_t also;  /* what else it is about, as owner; 0: none */
    struct finding_site sites[FINDING_SITES_MAX]; /* the first with a site is the primary one */
    uint64_t
        bugcheck[4]; /* parameters 2.. where the page gives them a meaning that is known here */
    unsigned bugcheck_known; /* how many of them; 0: "..." */
    struct rule_bugcheck as; /* instead of the rule's own; code 0: the rule's */
    bool blind;              /* Windows would not notice this, whatever the rule's own */
};

/* Says it, unless it is an echo. e: the event at hand, NULL in also_at_end. */
void finding(struct rule_run *r, const struct event *e, const struct finding_about *about,
             const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds a place to what this rule said of obj before, if it did and has no such place yet. */
bool finding_amend(struct rule_run *r, uint32_t obj, enum finding_role role, uint32_t site);
/* Whether a rule that this bug check may come of (.stops) spoke at this place. */
bool finding_explains(const struct rule_run *r, uint32_t code, uint32_t site);
/* The same; what would come after a finding of this rule's about obj is then silent, too. */
bool finding_explains_of(struct rule_run *r, uint32_t code, uint32_t site, uint32_t obj);
/* "SGL#3"; a few may be in use at once. */
const char *finding_object(uint32_t obj);

#endif
