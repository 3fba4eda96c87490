/*
 * A plan written as C: a CMocka test that does the same through include/dmacheck, with the schedule, the
 * faults and the machine of the run that the plan came from, and expects that nothing is found.
 */
#ifndef DMACHECK_MACHINE_TO_TEST_H
#define DMACHECK_MACHINE_TO_TEST_H

#include <stdbool.h>
#include <stdio.h>

#include "include/dmacheck/plan.h"
#include "machine/shrink_target.h"
#include "sim/core/choice.h"

struct to_test {
    const char *name;   /* the test is test_NAME: letters, digits and _ */
    const char *driver; /* path of the shared object, when DMACHECK_DRIVER names no other */
    const char *profile;
    const char *profile_text; /* where no profile of that name is the machine; else NULL */
    bool races, bugcheck_stops;
    const struct dm_plan *plan;
    const char *schedule;                /* a token; NULL: plain, but for these choices */
    const struct choice_record *choices; /* where a token would be too long */
    size_t choice_count;
    const struct shrink_target *target; /* what is found today; NULL: nothing */
};

void to_test_write(FILE *out, const struct to_test *t);
/* A name made of a rule's or whatever: each character that C does not allow becomes _. */
void to_test_name(char *name, size_t size, const char *from);

#endif
