/*
 * Which of a run's chances fail: as its options plan, as the driver's own setup wants, or exactly those of
 * a recording.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"

bool faults_check(const struct dm_options *o, char *message, size_t size)
{
    if (o->fault_point && fault_point_of(o->fault_point) < 0) {
        snprintf(message, size, "no such fault point: %s", o->fault_point);
        return false;
    }
    if (o->fault_point && !o->fault_nth) {
        snprintf(message, size, "fault point %s: which chance? (a number from 1)", o->fault_point);
        return false;
    }
    return true;
}

/* Copies what was recorded; a point that nobody knows is refused. */
bool faults_exact(struct dm_machine *m, const struct dm_plan_fault *faults, size_t count,
                  char *message, size_t size)
{
    free(m->exact_faults);
    m->exact_faults = NULL;
    if (!faults)
        return true;
    m->exact_faults = calloc(count + 1, sizeof(*m->exact_faults));
    must(m->exact_faults);
    m->exact_fault_count = count;
    for (size_t i = 0; i < count; i++) {
        int point = fault_point_of(faults[i].point);

        if (point < 0 || !faults[i].nth) {
            snprintf(message, size, "fault %zu: expected a fault point and which chance, not %s:%u",
                     i + 1, faults[i].point, faults[i].nth);
            return false;
        }
        m->exact_faults[i] = (struct fault_at) { (uint32_t)point, faults[i].nth, faults[i].value };
    }
    return true;
}

void faults_plan(struct dm_machine *m)
{
    const struct dm_options *o = &m->options;

    fault_plan_exact(m->s, m->exact_faults, m->exact_fault_count);
    memset(m->s->fault.fail_nth, 0, sizeof(m->s->fault.fail_nth));
    if (o->fault_one_in)
        fault_plan_random(m->s, o->fault_one_in);
    if (o->fault_point)
        fault_plan_nth(m->s, (enum fault_point)fault_point_of(o->fault_point), o->fault_nth);
    fault_plan_value(m->s, o->fault_value);
}

/* What the driver's own setup wants to fail: "POINT:N,POINT:N". false: it cannot be read. */
bool faults_of_setup(struct dm_machine *m, const struct dm_driver *d)
{
    const char *at = d->setup ? d->setup->faults : NULL;

    for (; at && *at; at += strspn(at, ", ")) {
        char word[32];
        unsigned nth;
        int used = 0, point;

        if (sscanf(at, "%31[a-z-]:%u%n", word, &nth, &used) != 2 || !nth)
            return false;
        point = fault_point_of(word);
        if (point < 0)
            return false;
        fault_plan_nth(m->s, (enum fault_point)point, nth);
        at += used;
    }
    return true;
}
