/*
 * The spoken half of call_begin: the stack is captured and the call is an event.
 */
#include "sim/core/call.h"

/* The function is the high half of api_obj: so nearly all arguments go in registers. */
void call_say(struct sim *s, uint64_t api_obj, const void *frame, uint64_t a0, uint64_t a1,
              uint64_t a2, uint64_t a3)
{
    race_give_obj(s, (uint32_t)api_obj); /* whoever is called back about it comes after this */
    s->trace.site = s->site_told
                        ? s->site_told
                        : site_capture(s->depot, frame, 0, s->hot.stack_low, s->hot.stack_high);
    trace_say(&s->trace, EV_CALL, (enum api)(api_obj >> 32), (uint32_t)api_obj, a0, a1, a2, a3);
}
