/*
 * Deciding whether an injectable failure happens now. Plans are deterministic: the n-th chance of a
 * point, or one in so many by the seed.
 */
#include "sim/core/fault.h"

#include <string.h>

#include "base/must.h"
#include "base/rng.h"
#include "sim/core/sim.h"

static const char *const words[] = {
#define FAULT(point, word, text) word,
#include "trace/faults.def"
#undef FAULT
};

const char *fault_word(unsigned point) { return point < FAULT_COUNT ? words[point] : NULL; }

int fault_point_of(const char *word)
{
    for (int i = 0; i < FAULT_COUNT; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

void fault_reset(struct sim *s)
{
    memset(s->fault.chances, 0, sizeof(s->fault.chances));
    s->fault.taken = 0;
    s->fault.held = 0;
}

void fault_plan_nth(struct sim *s, enum fault_point point, uint32_t nth)
{
    must(point < FAULT_COUNT);
    s->fault.fail_nth[point] = nth;
}

void fault_plan_random(struct sim *s, uint32_t one_in) { s->fault.one_in = one_in; }

bool fault_take(struct sim *s, enum fault_point point)
{
    struct fault *f = &s->fault;
    uint32_t nth;
    bool fails;

    if (f->held)
        return false;
    nth = ++f->chances[point];
    fails = f->fail_nth[point] == nth;
    if (!fails && f->one_in)
        fails = rng_below(rng_mix(s->seed ^ (uint64_t)point << 40 ^ nth), f->one_in) == 0;
    if (fails) {
        f->taken++;
        trace_emit(&s->trace, EV_FAULT, API_NONE, 0, point, nth, 0, 0);
    }
    return fails;
}

void fault_hold(struct sim *s) { s->fault.held++; }

void fault_release(struct sim *s)
{
    must(s->fault.held);
    s->fault.held--;
}

bool fault_take_named(struct sim *s, enum fault_point point)
{
    struct fault *f = &s->fault;
    uint32_t one_in = f->one_in;
    bool fails;

    f->one_in = 0;
    fails = fault_take(s, point);
    f->one_in = one_in;
    return fails;
}
