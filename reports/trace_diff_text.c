/*
 * The differences of two runs for people (trace_diff.h): "-" the first, "+" the second.
 */
#include "reports/trace_diff.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct page {
    struct writer *w;
    const struct trace_diff *d;
    unsigned top;
    bool color;
};

__attribute__((format(printf, 2, 3))) static void say(struct page *p, const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    writer_raw(p->w, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void paint(struct page *p, const char *code)
{
    if (p->color)
        say(p, "\033[%sm", code);
}

/* "- 812 MapTransfer …  dma.c:88", without the line's end. */
static void say_op(struct page *p, char sign, const struct trace_ops *o, const struct trace_op *op,
                   bool who)
{
    const struct event *e = &o->trace->events[op->event];
    char text[OP_TEXT_MAX], place[256];

    trace_op_text(o, op, text, sizeof text);
    trace_place_text(&o->names, e->site, place, sizeof place);
    if (sign != ' ')
        paint(p, sign == '-' ? "31" : "32");
    say(p, "  %c %7" PRIu64 " ", sign, e->seq);
    writer_clean(p->w, text, "");
    if (who)
        say(p, ", by %s", o->streams[op->stream]);
    if (*place)
        say(p, "  %s", place);
    if (sign != ' ')
        paint(p, "0");
    say(p, "\n");
}

static void say_row(struct page *p, const struct diff_row *row)
{
    const struct trace_op *a = diff_op_a(p->d, row), *b = diff_op_b(p->d, row);

    bool who = row->kind == DIFF_MOVED;

    if (row->kind == DIFF_SAME) {
        say_op(p, ' ', &p->d->a, a, false);
        return;
    }
    if (a)
        say_op(p, '-', &p->d->a, a, who);
    if (b)
        say_op(p, '+', &p->d->b, b, who);
}

/* --- which runs --- */

static size_t count_of(const struct trace_ops *o, enum trace_op_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < o->count; i++)
        n += o->ops[i].kind == kind;
    return n;
}

static void say_run(struct page *p, const char *sign, const struct trace_ops *o)
{
    const struct trace_header *h = o->trace->header;
    char text[512];

    snprintf(text, sizeof text, "%s %s, scenario %s, profile %s, seed %" PRIu64 " (%s)", sign,
             h->driver, h->scenario, h->profile, h->seed, h->digest);
    writer_clean(p->w, text, "");
    say(p, "\n    %zu requests, %zu DMA calls, %zu buffers mapped\n", count_of(o, OP_REQUEST),
        count_of(o, OP_CALL), count_of(o, OP_MAP));
}

/* --- the first difference --- */

static void say_first(struct page *p, unsigned context)
{
    const struct trace_diff *d = p->d;
    const struct diff_row *first = &d->rows[d->first];
    size_t from = d->first, to = d->first;

    say(p, "\nFirst difference, in what %s does:\n", d->streams[first->stream]);
    for (unsigned i = 0; i < context && from && d->rows[from - 1].stream == first->stream; i++)
        from--;
    for (unsigned i = 0;
         i < context && to + 1 < d->count && d->rows[to + 1].stream == first->stream; i++)
        to++;
    for (size_t i = from; i <= to; i++)
        say_row(p, &d->rows[i]);
}

/* --- lists --- */

typedef bool chosen(const struct trace_diff *d, const struct diff_row *row);

static const struct trace_op *op_of(const struct trace_diff *d, const struct diff_row *row)
{
    return row->a != LCS_NONE ? &d->a.ops[row->a] : &d->b.ops[row->b];
}

static bool map_removed(const struct trace_diff *d, const struct diff_row *row)
{
    return row->kind == DIFF_REMOVED && op_of(d, row)->kind == OP_MAP;
}
static bool map_added(const struct trace_diff *d, const struct diff_row *row)
{
    return row->kind == DIFF_ADDED && op_of(d, row)->kind == OP_MAP;
}
static bool other_removed(const struct trace_diff *d, const struct diff_row *row)
{
    return row->kind == DIFF_REMOVED && op_of(d, row)->kind != OP_MAP;
}
static bool other_added(const struct trace_diff *d, const struct diff_row *row)
{
    return row->kind == DIFF_ADDED && op_of(d, row)->kind != OP_MAP;
}
static bool direction(const struct trace_diff *d, const struct diff_row *row)
{
    (void)d;
    return row->what & DIFF_DIRECTION;
}
static bool length(const struct trace_diff *d, const struct diff_row *row)
{
    (void)d;
    return row->what & DIFF_LENGTH && !(row->what & DIFF_DIRECTION);
}
static bool status(const struct trace_diff *d, const struct diff_row *row)
{
    (void)d;
    return row->what & DIFF_STATUS && !(row->what & (DIFF_DIRECTION | DIFF_LENGTH));
}
static bool other_change(const struct trace_diff *d, const struct diff_row *row)
{
    (void)d;
    return row->kind == DIFF_CHANGED && !(row->what & (DIFF_DIRECTION | DIFF_LENGTH | DIFF_STATUS));
}
static bool moved(const struct trace_diff *d, const struct diff_row *row)
{
    (void)d;
    return row->kind == DIFF_MOVED;
}

static void say_list(struct page *p, const char *title, chosen *wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < p->d->count; i++)
        count += wanted(p->d, &p->d->rows[i]);
    if (!count)
        return;
    say(p, "\n%s: %zu\n", title, count);
    for (size_t i = 0, shown = 0; i < p->d->count && shown < p->top; i++)
        if (wanted(p->d, &p->d->rows[i])) {
            say_row(p, &p->d->rows[i]);
            shown++;
        }
    if (count > p->top)
        say(p, "  ... and %zu more; --top N lists more\n", count - p->top);
}

static void say_findings(struct page *p, const char *title, char sign,
                         const struct diff_findings *list, size_t count)
{
    if (!count)
        return;
    say(p, "\n%s: %zu\n", title, count);
    for (size_t i = 0; i < list->count; i++) {
        const struct diff_finding *f = &list->rows[i];
        char place[256];

        if (f->paired)
            continue;
        trace_place_text(&f->of->names, f->site, place, sizeof place);
        paint(p, sign == '-' ? "31" : "32");
        say(p, "  %c %s: ", sign, f->rule);
        writer_clean(p->w, f->message, "    ");
        if (*place)
            say(p, "  %s", place);
        paint(p, "0");
        say(p, "\n");
    }
}

static void say_sum(struct page *p)
{
    const struct trace_diff *d = p->d;

    say(p, "\n%zu operations alike, %zu changed, %zu removed, %zu added, %zu moved",
        d->counts[DIFF_SAME], d->counts[DIFF_CHANGED], d->counts[DIFF_REMOVED],
        d->counts[DIFF_ADDED], d->counts[DIFF_MOVED]);
    say(p, "; findings: %zu gone, %zu new\n", d->findings_gone, d->findings_new);
}

void trace_diff_text(struct writer *w, const struct trace_diff *d, unsigned top, unsigned context,
                     bool color)
{
    struct page p = { w, d, top, color };

    say_run(&p, "-", &d->a);
    say_run(&p, "+", &d->b);
    if (d->bounded)
        say(&p, "The runs are too unlike to be aligned in the best way: what is alike is paired "
                "where it "
                "lies near.\n");
    if (d->first != LCS_NONE)
        say_first(&p, context);
    say_list(&p, "Maps removed", map_removed);
    say_list(&p, "Maps added", map_added);
    say_list(&p, "Directions changed", direction);
    say_list(&p, "Lengths changed", length);
    say_list(&p, "Ends changed", status);
    say_list(&p, "Otherwise changed", other_change);
    say_list(&p, "Other operations removed", other_removed);
    say_list(&p, "Other operations added", other_added);
    say_list(&p, "Done by somebody else, or in another order", moved);
    say_findings(&p, "Findings gone", '-', &d->findings_a, d->findings_gone);
    say_findings(&p, "Findings new", '+', &d->findings_b, d->findings_new);
    say_sum(&p);
}
