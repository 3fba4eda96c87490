/*
 * The differences of two runs as JSON (trace_diff.h): all of them.
 */
#include "reports/trace_diff.h"

static void write_run(struct writer *w, const char *key, const struct trace_ops *o)
{
    const struct trace_header *h = o->trace->header;

    writer_key(w, key);
    writer_object_begin(w);
    writer_key_string(w, "driver", h->driver);
    writer_key_string(w, "digest", h->digest);
    writer_key_string(w, "scenario", h->scenario);
    writer_key_string(w, "profile", h->profile);
    writer_key_u64(w, "seed", h->seed);
    writer_key_u64(w, "operations", o->count);
    writer_object_end(w);
}

static void write_op(struct writer *w, const char *key, const struct trace_ops *o,
                     const struct trace_op *op)
{
    static const char *const kinds[] = { "request", "call", "map", "trouble" };
    const struct event *e;
    char text[OP_TEXT_MAX];

    writer_key(w, key);
    if (!op) {
        writer_null(w);
        return;
    }
    e = &o->trace->events[op->event];
    writer_object_begin(w);
    writer_key_u64(w, "event", e->seq);
    writer_key_string(w, "kind", kinds[op->kind]);
    writer_key_string(w, "agent", o->streams[op->stream]);
    trace_object_text(e->obj, text, sizeof text);
    writer_key_string(w, "object", e->obj ? text : NULL);
    trace_op_text(o, op, text, sizeof text);
    writer_key_string(w, "text", text);
    trace_place_text(&o->names, e->site, text, sizeof text);
    writer_key_string(w, "where", *text ? text : NULL);
    writer_object_end(w);
}

static void write_row(struct writer *w, const struct trace_diff *d, const struct diff_row *row)
{
    static const char *const kinds[] = { "same", "changed", "removed", "added", "moved" };
    static const char *const words[] = { "direction", "length", "bounced", "status", "other" };

    writer_object_begin(w);
    writer_key_string(w, "kind", kinds[row->kind]);
    writer_key(w, "what");
    writer_array_begin(w);
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (row->what & 1u << i)
            writer_string(w, words[i]);
    writer_array_end(w);
    write_op(w, "a", &d->a, diff_op_a(d, row));
    write_op(w, "b", &d->b, diff_op_b(d, row));
    writer_object_end(w);
}

static void write_findings(struct writer *w, const char *key, const struct diff_findings *list)
{
    writer_key(w, key);
    writer_array_begin(w);
    for (size_t i = 0; i < list->count; i++) {
        const struct diff_finding *f = &list->rows[i];
        char place[256];

        if (f->paired)
            continue;
        trace_place_text(&f->of->names, f->site, place, sizeof place);
        writer_object_begin(w);
        writer_key_string(w, "rule", f->rule);
        writer_key_string(w, "severity", f->severity);
        writer_key_string(w, "message", f->message);
        writer_key_string(w, "where", *place ? place : NULL);
        writer_object_end(w);
    }
    writer_array_end(w);
}

void trace_diff_json(struct writer *w, const struct trace_diff *d)
{
    static const char *const names[] = { "alike", "changed", "removed", "added", "moved" };

    write_run(w, "a", &d->a);
    write_run(w, "b", &d->b);
    writer_key(w, "same");
    writer_bool(w, trace_diff_same(d));
    writer_key_string(w, "aligned", d->bounded ? "bounded" : "best");
    writer_key(w, "operations");
    writer_object_begin(w);
    for (unsigned i = 0; i < DIFF_KINDS; i++)
        writer_key_u64(w, names[i], d->counts[i]);
    writer_object_end(w);
    writer_key(w, "first_difference");
    if (d->first == LCS_NONE)
        writer_null(w);
    else
        write_row(w, d, &d->rows[d->first]);
    writer_key(w, "differences");
    writer_array_begin(w);
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].kind != DIFF_SAME)
            write_row(w, d, &d->rows[i]);
    writer_array_end(w);
    write_findings(w, "findings_gone", &d->findings_a);
    write_findings(w, "findings_new", &d->findings_b);
}
