/*
 * Touches of freed blocks and of what lies around live ones.
 */
#include "sim/core/bad_touch.h"

#include "sim/core/mem.h"
#include "sim/core/mem_priv.h"
#include "sim/core/sched.h"

void bad_touch_say(struct sim *s, uint32_t site, const struct touch_of_cpu *t,
                   enum bad_access otherwise)
{
    struct pool_block block = { 0 };
    int32_t distance = 0;
    enum bad_access what = pool_story(s, t->at, &block, &distance);
    uint32_t before = s->trace.site;

    s->trace.site = site;
    trace_emit(&s->trace, EV_BAD_ACCESS, API_NONE, block.obj,
               (uint64_t)(uint32_t)distance << 32 | (what ? what : otherwise), va_of(s, t->at).v,
               dir_length(t->bytes, t->store), (uint64_t)block.freed_site << 32 | block.site);
    s->trace.site = before;
}

void bad_touch_look(struct sim *s, const struct touch_of_cpu *t, const void *pc)
{
    const void *low, *high;

    if (MEM_ASAN || pool_may_touch(s, t->at, t->bytes))
        return;
    sched_stack(s, &low, &high);
    bad_touch_say(s,
                  site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)pc, low,
                               high),
                  t, BAD_ACCESS_OTHER);
}
