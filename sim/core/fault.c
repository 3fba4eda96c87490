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
    s->fault.device_lied = false;
    s->fault.held = 0;
}

void fault_plan_nth(struct sim *s, enum fault_point point, uint32_t nth)
{
    must(point < FAULT_COUNT);
    s->fault.fail_nth[point] = nth;
}

void fault_plan_value(struct sim *s, uint64_t value) { s->fault.fail_value = value; }

void fault_plan_random(struct sim *s, uint32_t one_in) { s->fault.one_in = one_in; }

void fault_plan_exact(struct sim *s, const struct fault_at *list, size_t count)
{
    struct fault *f = &s->fault;

    f->exact = list != NULL;
    f->list = list;
    f->count = list ? count : 0;
    f->points = 0;
    for (size_t i = 0; i < f->count; i++) {
        must(list[i].point < FAULT_COUNT);
        f->points |= 1ull << list[i].point;
    }
}

void fault_hear(struct sim *s, void (*hear)(void *ctx, unsigned point, uint32_t nth, uint32_t site),
                void *ctx)
{
    s->fault.hear = hear;
    s->fault.hear_ctx = ctx;
}

/* Lists are short: what failed in one run. */
static const struct fault_at *listed(const struct fault *f, enum fault_point point, uint32_t nth)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].point == point && f->list[i].nth == nth)
            return &f->list[i];
    return NULL;
}

static bool drawn(const struct sim *s, enum fault_point point, uint32_t nth)
{
    return rng_below(rng_mix(s->seed ^ (uint64_t)point << 40 ^ nth), s->fault.one_in) == 0;
}

static bool take(struct sim *s, enum fault_point point, bool named, uint64_t *value)
{
    struct fault *f = &s->fault;
    const struct fault_at *at = NULL;
    uint32_t nth;

    if (f->held)
        return false;
    nth = ++f->chances[point];
    if (f->hear)
        f->hear(f->hear_ctx, point, nth, s->trace.site);
    *value = f->fail_value;
    if (f->exact && !(at = listed(f, point, nth)))
        return false;
    if (!f->exact && f->fail_nth[point] != nth && (named || !f->one_in || !drawn(s, point, nth)))
        return false;
    if (at)
        *value = at->value;
    f->taken++;
    return true;
}

bool fault_take(struct sim *s, enum fault_point point)
{
    uint64_t value;

    if (!take(s, point, false, &value))
        return false;
    trace_emit(&s->trace, EV_FAULT, API_NONE, 0, point, s->fault.chances[point], 0, 0);
    return true;
}

bool fault_take_named(struct sim *s, enum fault_point point)
{
    uint64_t value;

    if (!take(s, point, true, &value))
        return false;
    trace_emit(&s->trace, EV_FAULT, API_NONE, 0, point, s->fault.chances[point], 0, 0);
    return true;
}

bool fault_take_value(struct sim *s, enum fault_point point, uint64_t *value)
{
    if (!take(s, point, true, value))
        return false;
    s->fault.device_lied = true;
    trace_emit(&s->trace, EV_FAULT, API_NONE, 0, point, s->fault.chances[point], *value, 0);
    return true;
}

void fault_hold(struct sim *s) { s->fault.held++; }

void fault_release(struct sim *s)
{
    must(s->fault.held);
    s->fault.held--;
}
