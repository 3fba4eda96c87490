/*
 * Feeds a loaded trace to the rules (trace_verify.h).
 */
#include "reports/trace_verify.h"

#include <string.h>

struct verifier *trace_verify(const struct trace_loaded *t)
{
    struct verifier *v = verifier_create(t->depot);

    if (!v)
        return NULL;
    verifier_begin(v, t->header->profile, t->header->seed,
                   strstr(t->header->profile_text, "translation=1") != NULL);
    for (size_t i = 0; i < t->event_count; i++)
        verifier_event(v, &t->events[i]);
    verifier_end(v);
    return v;
}
