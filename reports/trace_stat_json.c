/*
 * Numbers of a run as JSON (trace_stat.h). All rows, times in nanoseconds; null: never.
 */
#include "reports/trace_stat.h"

#include <stdlib.h>

static void key_object(struct writer *w, const char *key, uint32_t obj)
{
    char text[48];

    trace_object_text(obj, text, sizeof text);
    writer_key_string(w, key, obj ? text : NULL);
}

static void key_place(struct writer *w, const char *key, const struct trace_names *n, uint32_t site)
{
    char text[320];

    trace_place_text(n, site, text, sizeof text);
    writer_key_string(w, key, *text ? text : NULL);
}

static void key_time(struct writer *w, const char *key, uint64_t ns)
{
    if (ns != STAT_OPEN) {
        writer_key_u64(w, key, ns);
        return;
    }
    writer_key(w, key);
    writer_null(w);
}

static void key_bool(struct writer *w, const char *key, bool value)
{
    writer_key(w, key);
    writer_bool(w, value);
}

static void key_spread(struct writer *w, const char *key, const struct stat_spread *s)
{
    writer_key(w, key);
    writer_object_begin(w);
    writer_key_u64(w, "count", s->count);
    writer_key_u64(w, "min_ns", s->min);
    writer_key_u64(w, "median_ns", s->median);
    writer_key_u64(w, "max_ns", s->max);
    writer_object_end(w);
}

static void array_begin(struct writer *w, const char *key)
{
    writer_key(w, key);
    writer_array_begin(w);
}

/* {"map": 3, ...}, in the order of the lists of words. */
static void counts(struct writer *w, const char *key, const uint64_t *counts, unsigned count,
                   const char *(*name)(unsigned))
{
    writer_key(w, key);
    writer_object_begin(w);
    for (unsigned i = 0; i < count; i++)
        if (counts[i] && name(i))
            writer_key_u64(w, name(i), counts[i]);
    writer_object_end(w);
}

static void write_requests(struct writer *w, const struct trace_stat *s,
                           const struct trace_names *n)
{
    array_begin(w, "requests");
    for (size_t i = 0; i < s->request_count; i++) {
        const struct stat_request *r = &s->requests[i];
        char status[64];

        writer_object_begin(w);
        key_object(w, "object", r->irp);
        writer_key_string(w, "major", trace_major_word(r->major));
        writer_key_u64(w, "minor", r->minor);
        writer_key_u64(w, "event", r->seq);
        writer_key_u64(w, "length_bytes", r->length_bytes);
        writer_key_u64(w, "begin_ns", r->begin_ns);
        key_time(w, "end_ns", r->end_ns);
        trace_status_text(r->status, status, sizeof status);
        writer_key_string(w, "status", r->seen_end ? status : NULL);
        writer_key_u64(w, "information", r->information);
        key_place(w, "completed_at", n, r->site_end);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_key_u64(w, "transfers_high", s->waiting_high);
    writer_key_u64(w, "waiting_ns", s->pending_ns);
}

static void write_adapters(struct writer *w, const struct trace_stat *s,
                           const struct trace_names *n)
{
    static const char *const directions[] = { "from_device", "to_device" };

    array_begin(w, "adapters");
    for (size_t i = 0; i < s->adapter_count; i++) {
        const struct stat_adapter *a = &s->adapters[i];

        writer_object_begin(w);
        key_object(w, "object", a->obj);
        key_object(w, "device", a->device);
        key_place(w, "got_at", n, a->site);
        writer_key_u64(w, "map_registers_limit", a->mapregs_max);
        writer_key_u64(w, "map_registers_high", a->mapregs_high);
        writer_key_u64(w, "map_registers_high_event", a->mapregs_high_seq);
        writer_key_u64(w, "map_registers_left", a->mapregs_live);
        writer_key_u64(w, "lists_made", a->lists_made);
        writer_key_u64(w, "lists_high", a->lists_high);
        writer_key_u64(w, "lists_left", a->lists_live);
        writer_key_u64(w, "common_buffers_made", a->commons_made);
        writer_key_u64(w, "common_buffers_high_bytes", a->commons_high_bytes);
        writer_key_u64(w, "common_buffers_left", a->commons_live);
        for (unsigned to = 0; to < 2; to++) {
            writer_key(w, directions[to]);
            writer_object_begin(w);
            writer_key_u64(w, "runs", a->maps[to]);
            writer_key_u64(w, "mapped_bytes", a->mapped_bytes[to]);
            writer_key_u64(w, "bounced_bytes", a->bounced_bytes[to]);
            writer_object_end(w);
        }
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_key_u64(w, "map_registers_high", s->mapregs_high);
    writer_key_u64(w, "map_registers_high_event", s->mapregs_high_seq);
}

static void write_mappings(struct writer *w, const struct trace_stat *s,
                           const struct trace_names *n)
{
    struct stat_series series = { 0 };
    struct stat_spread spread;

    array_begin(w, "mapped");
    for (size_t i = 0; i < s->mapping_count; i++) {
        const struct stat_mapping *m = &s->mappings[i];

        if (m->end_ns != STAT_OPEN)
            stat_series_add(&series, m->end_ns - m->begin_ns);
        writer_object_begin(w);
        key_object(w, "object", m->obj);
        key_object(w, "adapter", m->adapter);
        writer_key_u64(w, "event", m->seq);
        writer_key_u64(w, "length_bytes", m->length_bytes);
        writer_key_string(w, "direction", m->to_device ? "to-device" : "from-device");
        key_bool(w, "bounced", m->bounced);
        writer_key_u64(w, "begin_ns", m->begin_ns);
        key_time(w, "end_ns", m->end_ns);
        key_place(w, "mapped_at", n, m->site);
        writer_object_end(w);
    }
    writer_array_end(w);
    spread = stat_spread(&series);
    free(series.ns);
    key_spread(w, "mapped_time", &spread);
    writer_key_u64(w, "mapped_high", s->mapped_high);
    array_begin(w, "mapped_at_one_time_ns");
    for (unsigned i = 0; i <= STAT_DEPTH; i++)
        writer_u64(w, s->depth_ns[i]);
    writer_array_end(w);
}

static void write_times(struct writer *w, struct trace_stat *s)
{
    struct stat_spread spread;

    array_begin(w, "idle_while_waiting");
    for (size_t i = 0; i < s->idle_count; i++) {
        const struct stat_idle *r = &s->idles[i];

        writer_object_begin(w);
        writer_key_string(w, "who", r->name);
        writer_key_u64(w, "longest_ns", r->waited_ns);
        writer_key_u64(w, "from_ns", r->from_ns);
        writer_key_u64(w, "to_ns", r->to_ns);
        writer_key_u64(w, "from_event", r->from_seq);
        writer_key_u64(w, "to_event", r->to_seq);
        writer_key_u64(w, "events_while_waiting", r->events_waiting);
        writer_object_end(w);
    }
    writer_array_end(w);
    array_begin(w, "interrupts");
    for (size_t i = 0; i < s->interrupt_count; i++) {
        struct stat_interrupt *r = &s->interrupts[i];

        writer_object_begin(w);
        key_object(w, "object", r->obj);
        writer_key_u64(w, "raised", r->raised);
        writer_key_u64(w, "served", r->served);
        writer_key_u64(w, "claimed", r->claimed);
        spread = stat_spread(&r->latency);
        key_spread(w, "latency", &spread);
        writer_object_end(w);
    }
    writer_array_end(w);
    array_begin(w, "dpcs");
    for (size_t i = 0; i < s->dpc_count; i++) {
        writer_object_begin(w);
        key_object(w, "object", s->dpcs[i].obj);
        writer_key_u64(w, "ran", s->dpcs[i].ran);
        spread = stat_spread(&s->dpcs[i].latency);
        key_spread(w, "latency", &spread);
        writer_object_end(w);
    }
    writer_array_end(w);
}

void trace_stat_json(struct writer *w, struct trace_stat *s, const struct trace_names *n)
{
    writer_key_u64(w, "events", s->events);
    writer_key_u64(w, "virtual_ns", s->end_ns);
    writer_key_u64(w, "findings_recorded", s->findings);
    write_requests(w, s, n);
    write_adapters(w, s, n);
    write_mappings(w, s, n);
    write_times(w, s);
    counts(w, "kinds", s->kinds, EV_COUNT, event_word);
    counts(w, "calls", s->calls, API_COUNT, api_name);
    counts(w, "callbacks", s->callbacks, API_COUNT, api_name);
    counts(w, "choices", s->choices, STAT_CHOICES, trace_choice_word);
    counts(w, "faults", s->faults, STAT_FAULTS, trace_fault_word);
}
