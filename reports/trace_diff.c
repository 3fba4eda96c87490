/*
 * Aligning operations stream by stream (trace_diff.h): first those that are alike in
 * everything, then, between them, those that are the same operation; what is left was removed,
 * added, or done by somebody else.
 */
#include "reports/trace_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

/* One stream of both runs while it is aligned: its operations by number, and their names. */
struct side {
    size_t *ops;
    uint64_t *names;
    size_t count;
};

static struct side side_of(const struct trace_ops *o, const char *stream)
{
    struct side s = { 0 };
    uint32_t index = 0;

    while (index < o->stream_count && strcmp(o->streams[index], stream))
        index++;
    s.ops = malloc((o->count + 1) * sizeof *s.ops);
    s.names = malloc((o->count + 1) * sizeof *s.names);
    must(s.ops && s.names);
    for (size_t i = 0; i < o->count; i++)
        if (o->ops[i].stream == index && index < o->stream_count)
            s.ops[s.count++] = i;
    return s;
}

static void name_side(const struct side *s, const struct trace_ops *o, bool strong)
{
    for (size_t i = 0; i < s->count; i++)
        s->names[i] = strong ? o->ops[s->ops[i]].strong : o->ops[s->ops[i]].weak;
}

static void side_free(struct side *s)
{
    free(s->ops);
    free(s->names);
}

/* --- rows --- */

const struct trace_op *diff_op_a(const struct trace_diff *d, const struct diff_row *row)
{
    return row->a == LCS_NONE ? NULL : &d->a.ops[row->a];
}

const struct trace_op *diff_op_b(const struct trace_diff *d, const struct diff_row *row)
{
    return row->b == LCS_NONE ? NULL : &d->b.ops[row->b];
}

static unsigned differences(const struct trace_op *a, const struct trace_op *b)
{
    unsigned what = 0;

    if (a->has_direction != b->has_direction || a->to_device != b->to_device)
        what |= DIFF_DIRECTION;
    if (a->has_length != b->has_length || a->length_bytes != b->length_bytes)
        what |= DIFF_LENGTH;
    if (a->bounced != b->bounced)
        what |= DIFF_BOUNCED;
    if (a->has_status != b->has_status || a->status != b->status ||
        (a->end == OP_NO_EVENT) != (b->end == OP_NO_EVENT))
        what |= DIFF_STATUS;
    if (a->others != b->others)
        what |= DIFF_OTHER;
    return what;
}

static void row_add(struct trace_diff *d, uint32_t stream, size_t a, size_t b)
{
    struct diff_row *row;

    if (d->count == d->room) {
        d->room = d->room * 2 + 1024;
        d->rows = realloc(d->rows, d->room * sizeof *d->rows);
        must(d->rows);
    }
    row = &d->rows[d->count++];
    *row = (struct diff_row) { .stream = stream, .a = a, .b = b };
    if (a == LCS_NONE)
        row->kind = DIFF_ADDED;
    else if (b == LCS_NONE)
        row->kind = DIFF_REMOVED;
    else if (d->a.ops[a].strong != d->b.ops[b].strong)
        row->kind = DIFF_CHANGED;
    if (row->kind == DIFF_CHANGED)
        row->what = (uint8_t)differences(&d->a.ops[a], &d->b.ops[b]);
}

/* Those between two that are alike: of both, what is the same operation. */
static void align_gaps(struct lcs *l, const struct side *a, const struct side *b,
                       const size_t *anchors)
{
    size_t i = 0, j = 0;

    while (i < a->count) {
        size_t end = i;

        while (end < a->count && anchors[end] == LCS_NONE)
            end++;
        lcs_align(l, i, end, j, end < a->count ? anchors[end] : b->count);
        if (end < a->count) {
            l->partner[end] = anchors[end];
            j = anchors[end] + 1;
        }
        i = end + 1;
    }
}

/* work: for those alike in everything, and for the others. */
static void align_stream(struct trace_diff *d, uint32_t stream, uint64_t work[2])
{
    struct side a = side_of(&d->a, d->streams[stream]), b = side_of(&d->b, d->streams[stream]);
    size_t *anchors = malloc((a.count + 1) * sizeof *anchors);
    size_t *partner = malloc((a.count + 1) * sizeof *partner), j = 0;
    struct lcs l = { a.names, b.names, anchors, work[0], false };

    must(anchors && partner);
    name_side(&a, &d->a, true);
    name_side(&b, &d->b, true);
    lcs_align(&l, 0, a.count, 0, b.count);
    work[0] = l.work;
    l.work = work[1];
    name_side(&a, &d->a, false);
    name_side(&b, &d->b, false);
    l.partner = partner;
    align_gaps(&l, &a, &b, anchors);
    for (size_t i = 0; i < a.count; i++) {
        while (partner[i] != LCS_NONE && j < partner[i])
            row_add(d, stream, LCS_NONE, b.ops[j++]);
        row_add(d, stream, a.ops[i], partner[i] == LCS_NONE ? LCS_NONE : b.ops[j++]);
    }
    while (j < b.count)
        row_add(d, stream, LCS_NONE, b.ops[j++]);
    work[1] = l.work;
    d->bounded = d->bounded || l.bounded;
    side_free(&a);
    side_free(&b);
    free(anchors);
    free(partner);
}

/* --- what somebody else did --- */

/* Removed here and added there, in all the same: a DPC does what a thread did. Both rows become
 * one. */
static void find_moved(struct trace_diff *d)
{
    size_t *next = malloc((d->count + 1) * sizeof *next), kept = 0;
    struct trace_map first = { 0 };

    must(next);
    for (size_t i = d->count; i-- > 0;) { /* the lists are in order then */
        uint64_t *head;

        if (d->rows[i].kind != DIFF_ADDED)
            continue;
        head = trace_map_at(&first, d->b.ops[d->rows[i].b].strong);
        next[i] = *head;
        *head = i + 1;
    }
    for (size_t i = 0; i < d->count; i++) {
        uint64_t *head;

        if (d->rows[i].kind != DIFF_REMOVED)
            continue;
        head = trace_map_at(&first, d->a.ops[d->rows[i].a].strong);
        if (!*head)
            continue;
        d->rows[i].kind = DIFF_MOVED;
        d->rows[i].b = d->rows[*head - 1].b;
        d->rows[*head - 1].kind = DIFF_KINDS;
        *head = next[*head - 1];
    }
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].kind != DIFF_KINDS)
            d->rows[kept++] = d->rows[i];
    d->count = kept;
    trace_map_free(&first);
    free(next);
}

/* The first in time; what only moved comes after all that is more. */
static void find_first(struct trace_diff *d)
{
    size_t best_event = 0, before = 0;
    bool best_moved = true;

    d->first = LCS_NONE;
    for (size_t i = 0; i < d->count; i++) {
        const struct diff_row *row = &d->rows[i];
        const struct trace_op *a = diff_op_a(d, row);
        bool moved = row->kind == DIFF_MOVED;

        if (!i || row->stream != d->rows[i - 1].stream)
            before = 0;
        if (a)
            before = a->event;
        d->counts[row->kind]++;
        if (row->kind == DIFF_SAME)
            continue;
        if (d->first == LCS_NONE || (best_moved && !moved) ||
            (best_moved == moved && before < best_event)) {
            d->first = i;
            best_event = before;
            best_moved = moved;
        }
    }
}

static void streams_add(struct trace_diff *d, const struct trace_ops *o)
{
    for (uint32_t i = 0; i < o->stream_count; i++) {
        uint32_t k = 0;

        while (k < d->stream_count && strcmp(d->streams[k], o->streams[i]))
            k++;
        if (k == d->stream_count)
            snprintf(d->streams[d->stream_count++], sizeof d->streams[0], "%s", o->streams[i]);
    }
}

void trace_diff_make(struct trace_diff *d, const struct trace_loaded *a,
                     const struct trace_loaded *b, uint64_t work)
{
    uint64_t left[2] = { work, work };

    memset(d, 0, sizeof *d);
    trace_ops_make(&d->a, a);
    trace_ops_make(&d->b, b);
    streams_add(d, &d->a);
    streams_add(d, &d->b);
    for (uint32_t i = 0; i < d->stream_count; i++)
        align_stream(d, i, left);
    find_moved(d);
    find_first(d);
    diff_findings_make(d);
}

bool trace_diff_same(const struct trace_diff *d)
{
    return d->first == LCS_NONE && !d->findings_gone && !d->findings_new;
}

void trace_diff_free(struct trace_diff *d)
{
    trace_ops_free(&d->a);
    trace_ops_free(&d->b);
    free(d->rows);
    free(d->findings_a.rows);
    free(d->findings_b.rows);
}
