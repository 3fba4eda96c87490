/*
 * The spoken half of call_begin: the stack is captured and the call is an event.
 */
#include "sim/core/call.h"

void call_say(struct call *c, const void *frame, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct sim *s = c->s;

    s->trace.site = site_capture(s->depot, frame, 0, s->hot.stack_low, s->hot.stack_high);
    trace_emit(&s->trace, EV_CALL, c->api, c->obj, a0, a1, a2, a3);
}
