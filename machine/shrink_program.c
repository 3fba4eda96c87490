/*
 * Fewer steps of a program that a scenario was handed. What it is expected to leave behind was said of the
 * whole program, so it is compared no more once a step has gone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/program.h"
#include "machine/shrink_private.h"

size_t shrink_steps(const void *program)
{
    const struct dm_program *p = program;

    return p ? p->steps : 0;
}

struct cut {
    struct shrinker *s;
    bool smaller;
};

/* Steps keep their order; whatever lies behind them stays where it is. */
static bool without(void *ctx, const bool *gone)
{
    struct cut *c = ctx;
    const uint8_t *base = c->s->base.program;
    const struct dm_program *was = (const struct dm_program *)base;
    struct dm_program *is;
    uint8_t *steps;

    draft_copy(&c->s->trial, &c->s->base);
    draft_copy_choices(&c->s->trial, c->s->now.choices, c->s->now.choice_count);
    is = (struct dm_program *)c->s->trial.program;
    steps = c->s->trial.program + was->steps_at;
    is->steps = is->expected = 0;
    for (uint32_t i = 0; i < was->steps; i++)
        if (!gone[i])
            memcpy(steps + is->steps++ * (size_t)DM_PROGRAM_STEP_BYTES,
                   base + was->steps_at + i * (size_t)DM_PROGRAM_STEP_BYTES, DM_PROGRAM_STEP_BYTES);
    if (is->steps == was->steps || !shrink_try(c->s))
        return false;
    c->smaller = true;
    return true;
}

bool shrink_program(struct shrinker *s)
{
    struct cut c = { .s = s };
    const struct dm_program *p;
    bool *gone;

    draft_copy(&s->base, &s->now);
    p = (const struct dm_program *)s->base.program;
    /* One that is to be refused or to fault says at which step: it is as short as its author made it. */
    if (!s->base.program_bytes || p->outcome != DM_PROGRAM_RUNS || p->steps < 2)
        return false;
    gone = malloc(p->steps);
    must(gone);
    ddmin(p->steps, gone, without, &c);
    free(gone);
    return c.smaller;
}
