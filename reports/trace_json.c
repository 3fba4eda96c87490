/*
 * Events as JSON (trace_json.h).
 */
#include "reports/trace_json.h"

#include <stdio.h>

void trace_event_json(struct writer *w, const struct trace_names *n, const struct event *e,
                      unsigned nth)
{
    uint32_t objects[1 + TRACE_ARGS_MAX];
    unsigned count = trace_event_objects(e, nth, objects);
    char text[320];

    writer_object_begin(w);
    writer_key_u64(w, "s", e->seq);
    writer_key_u64(w, "t", e->ns);
    writer_key_string(w, "k", event_word(e->kind));
    if (e->api)
        writer_key_string(w, "api", api_name(e->api));
    if (OBJ_TYPE(e->obj) != OBJ_NONE) {
        trace_object_text(e->obj, text, sizeof text);
        writer_key_string(w, "o", text);
    } else if (e->obj) {
        writer_key_u64(w, "o", e->obj);
    }
    if (e->site)
        writer_key_u64(w, "w", e->site);
    writer_key_u64(w, "g", e->agent);
    writer_key_u64(w, "c", e->cpu);
    writer_key_u64(w, "i", e->irql);
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(e->kind, i)[0] != '-')
            writer_key_u64(w, event_arg_name(e->kind, i), e->a[i]);
    trace_agent_text(n, e->agent, text, sizeof text);
    writer_key_string(w, "agent", text);
    trace_place_text(n, e->site, text, sizeof text);
    writer_key_string(w, "where", *text ? text : NULL);
    writer_key(w, "objects");
    writer_array_begin(w);
    for (unsigned i = 0; i < count; i++) {
        trace_object_text(objects[i], text, sizeof text);
        writer_string(w, text);
    }
    writer_array_end(w);
    writer_object_end(w);
}
