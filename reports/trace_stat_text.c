/*
 * Numbers of a run as tables of 80 columns (trace_stat.h). Times in tables are microseconds.
 */
#include "reports/trace_stat.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define NAME_COLUMNS 28

struct page {
    struct writer *w;
    struct trace_stat *s;
    const struct trace_names *n;
    unsigned top;
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

static void say_more(struct page *p, size_t count, size_t shown)
{
    if (count > shown)
        say(p, "  ... and %zu more; --top N lists more\n", count - shown);
}

/* " at dma.c:88", nothing where nothing is known. */
static void say_place(struct page *p, const char *before, uint32_t site)
{
    char place[256];

    trace_place_text(p->n, site, place, sizeof place);
    if (*place)
        say(p, "%s%s", before, place);
}

static void say_spread(struct page *p, const struct stat_spread *s)
{
    const uint64_t ns[] = { s->min, s->median, s->max };

    for (unsigned i = 0; i < 3; i++)
        if (s->count)
            say(p, " %8" PRIu64 ".%03u", ns[i] / 1000, (unsigned)(ns[i] % 1000));
        else
            say(p, " %12s", "-");
}

static struct stat_spread spread_of(struct stat_series *series)
{
    struct stat_spread s = stat_spread(series);

    free(series->ns);
    return s;
}

/* --- counts --- */

struct count {
    const char *name;
    uint64_t count;
};

static int by_count(const void *a, const void *b)
{
    const struct count *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* The most frequent first, two to a line where their names are short. */
static void say_counts(struct page *p, const char *title, struct count *rows, size_t count)
{
    size_t used = 0, shown;
    bool left = true;

    for (size_t i = 0; i < count; i++)
        if (rows[i].count && rows[i].name)
            rows[used++] = rows[i];
    if (!used)
        return;
    qsort(rows, used, sizeof *rows, by_count);
    shown = used < 2 * (size_t)p->top ? used : 2 * (size_t)p->top;
    say(p, "\n%s\n", title);
    for (size_t i = 0; i < shown; i++) {
        bool wide = strlen(rows[i].name) > NAME_COLUMNS;
        bool pair = left && !wide && i + 1 < shown && strlen(rows[i + 1].name) <= NAME_COLUMNS;

        say(p, pair ? "  %8" PRIu64 " %-28s" : "  %8" PRIu64 " %s\n", rows[i].count, rows[i].name);
        left = !pair;
    }
    say_more(p, used, shown);
}

static void say_events(struct page *p)
{
    static struct count rows[API_COUNT];
    const struct trace_stat *s = p->s;

    for (unsigned i = 0; i < EV_COUNT; i++)
        rows[i] = (struct count) { event_word(i), s->kinds[i] };
    say_counts(p, "Events by kind", rows, EV_COUNT);
    for (unsigned i = 0; i < API_COUNT; i++)
        rows[i] = (struct count) { api_name(i), s->calls[i] };
    say_counts(p, "Calls of Windows by the driver", rows, API_COUNT);
    for (unsigned i = 0; i < API_COUNT; i++)
        rows[i] = (struct count) { api_name(i), s->callbacks[i] };
    say_counts(p, "Calls of the driver by Windows", rows, API_COUNT);
    for (unsigned i = 0; i < STAT_CHOICES; i++)
        rows[i] = (struct count) { trace_choice_word(i), s->choices[i] };
    say_counts(p, "Choices that left the plain way, by site", rows, STAT_CHOICES);
    for (unsigned i = 0; i < STAT_FAULTS; i++)
        rows[i] = (struct count) { trace_fault_word(i), s->faults[i] };
    say_counts(p, "Injected faults, by point", rows, STAT_FAULTS);
}

/* --- requests --- */

static uint64_t duration(uint64_t begin_ns, uint64_t end_ns)
{
    return end_ns == STAT_OPEN ? UINT64_MAX : end_ns - begin_ns;
}

static void say_major(struct page *p, unsigned major)
{
    uint64_t count = 0, ok = 0, never = 0;
    struct stat_series series = { 0 };
    struct stat_spread spread;
    const char *word = trace_major_word(major);

    for (size_t i = 0; i < p->s->request_count; i++) {
        const struct stat_request *r = &p->s->requests[i];

        if (r->major != major)
            continue;
        count++;
        ok += r->seen_end && r->status < 0x80000000u;
        never += !r->seen_end;
        if (r->seen_end)
            stat_series_add(&series, r->end_ns - r->begin_ns);
    }
    spread = spread_of(&series);
    if (!count)
        return;
    say(p, "  %-14.14s %5" PRIu64 " %5" PRIu64 " %6" PRIu64 " %5" PRIu64, word ? word : "?", count,
        ok, count - ok - never, never);
    say_spread(p, &spread);
    say(p, "\n");
}

static int longer_request(const void *a, const void *b)
{
    const struct stat_request *x = *(const struct stat_request *const *)a;
    const struct stat_request *y = *(const struct stat_request *const *)b;
    uint64_t dx = duration(x->begin_ns, x->end_ns), dy = duration(y->begin_ns, y->end_ns);

    if (dx != dy)
        return dx < dy ? 1 : -1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void say_request(struct page *p, const struct stat_request *r)
{
    char object[48], status[64], took[48];
    const char *word = trace_major_word(r->major);

    trace_object_text(r->irp, object, sizeof object);
    trace_status_text(r->status, status, sizeof status);
    trace_time_text(duration(r->begin_ns, r->end_ns), took, sizeof took);
    say(p, "  %-10s %-15.15s %9" PRIu64 " bytes ", object, word ? word : "?", r->length_bytes);
    if (!r->seen_end) {
        say(p, "never completed; begins at event %" PRIu64 "\n", r->seq);
        return;
    }
    say(p, "%s %s\n      event %" PRIu64, took, status, r->seq);
    if (r->status < 0x80000000u && r->information != r->length_bytes &&
        r->information <= UINT32_MAX)
        say(p, ", gives %" PRIu64, r->information);
    say_place(p, ", done at ", r->site_end);
    say(p, "\n");
}

static void say_requests(struct page *p)
{
    const struct stat_request **rows = calloc(p->s->request_count + 1, sizeof *rows);
    size_t used = 0;

    must(rows);
    if (p->s->request_count)
        say(p, "\n%-16s %5s %5s %6s %5s %12s %12s %12s\n", "Requests", "count", "ok", "failed",
            "never", "min us", "median us", "max us");
    for (unsigned major = 0; major < 256; major++)
        say_major(p, major);
    for (size_t i = 0; i < p->s->request_count; i++)
        if (stat_is_transfer(&p->s->requests[i]))
            rows[used++] = &p->s->requests[i];
    qsort(rows, used, sizeof *rows, longer_request);
    if (used)
        say(p, "\nTransfers of the requester, longest first; %" PRIu64 " at once at most\n",
            p->s->waiting_high);
    for (size_t i = 0; i < used && i < p->top; i++)
        say_request(p, rows[i]);
    say_more(p, used, p->top);
    free(rows);
}

/* --- DMA --- */

static void say_adapter(struct page *p, const struct stat_adapter *a)
{
    char object[48], device[48], limit[48] = "no limit";

    trace_object_text(a->obj, object, sizeof object);
    trace_object_text(a->device, device, sizeof device);
    if (a->mapregs_max)
        snprintf(limit, sizeof limit, "limit %" PRIu64, a->mapregs_max);
    say(p, a->device ? "  %s of %s" : "  %s", object, device);
    say_place(p, ", got at ", a->site);
    say(p, "\n");
    if (a->mapregs_high)
        say(p,
            "    map registers    %" PRIu64 " at once at most (event %" PRIu64 "), %s, %" PRIu64
            " left\n",
            a->mapregs_high, a->mapregs_high_seq, limit, a->mapregs_live);
    if (a->lists_made)
        say(p,
            "    lists            %" PRIu64 " made, %" PRIu64 " at once at most, %" PRIu64
            " left\n",
            a->lists_made, a->lists_high, a->lists_live);
    if (a->commons_made)
        say(p,
            "    common buffers   %" PRIu64 " made, %" PRIu64 " bytes at most, %" PRIu64 " left\n",
            a->commons_made, a->commons_high_bytes, a->commons_live);
    for (unsigned to = 0; to < 2; to++)
        if (a->maps[to])
            say(p, "    %-16s mapped %" PRIu64 " bytes in runs: %" PRIu64 "; bounced %" PRIu64 "\n",
                to ? "to the device" : "from the device", a->mapped_bytes[to], a->maps[to],
                a->bounced_bytes[to]);
}

static int longer_mapping(const void *a, const void *b)
{
    const struct stat_mapping *x = *(const struct stat_mapping *const *)a;
    const struct stat_mapping *y = *(const struct stat_mapping *const *)b;
    uint64_t dx = duration(x->begin_ns, x->end_ns), dy = duration(y->begin_ns, y->end_ns);

    if (dx != dy)
        return dx < dy ? 1 : -1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void say_mapping(struct page *p, const struct stat_mapping *m)
{
    char object[48], took[48];

    trace_object_text(m->obj, object, sizeof object);
    trace_time_text(duration(m->begin_ns, m->end_ns), took, sizeof took);
    say(p, "  %-12s %9" PRIu64 " bytes %s the device%s, %s\n      event %" PRIu64, object,
        m->length_bytes, m->to_device ? "to" : "from", m->bounced ? ", bounced" : "",
        m->end_ns == STAT_OPEN ? "never unmapped" : took, m->seq);
    say_place(p, ", mapped at ", m->site);
    say(p, "\n");
}

static void say_mappings(struct page *p)
{
    const struct stat_mapping **rows = calloc(p->s->mapping_count + 1, sizeof *rows);
    size_t used = p->s->mapping_count;

    must(rows);
    if (used)
        say(p, "\n%-33s %6s %12s %12s %12s\n", "Buffers while they were mapped", "count", "min us",
            "median us", "max us");
    for (unsigned to = 0; used && to < 2; to++) {
        struct stat_series series = { 0 };
        struct stat_spread spread;

        for (size_t i = 0; i < used; i++)
            if (p->s->mappings[i].to_device == to && p->s->mappings[i].end_ns != STAT_OPEN)
                stat_series_add(&series,
                                duration(p->s->mappings[i].begin_ns, p->s->mappings[i].end_ns));
        spread = spread_of(&series);
        if (!spread.count)
            continue;
        say(p, "  %-31s %6zu", to ? "to the device" : "from the device", spread.count);
        say_spread(p, &spread);
        say(p, "\n");
    }
    for (size_t i = 0; i < used; i++)
        rows[i] = &p->s->mappings[i];
    qsort(rows, used, sizeof *rows, longer_mapping);
    for (size_t i = 0; i < used && i < p->top; i++)
        say_mapping(p, rows[i]);
    say_more(p, used, p->top);
    free(rows);
}

/* How far transfers overlap: for how long how many were mapped. */
static void say_overlap(struct page *p)
{
    const struct trace_stat *s = p->s;

    if (!s->mapping_count)
        return;
    say(p, "\nBuffers mapped at once: %" PRIu64 " at most\n", s->mapped_high);
    for (unsigned i = 0; i <= STAT_DEPTH; i++)
        if (s->depth_ns[i])
            say(p, "  %2u%s %14" PRIu64 ".%03u us %4u %%\n", i, i == STAT_DEPTH ? "+" : " ",
                s->depth_ns[i] / 1000, (unsigned)(s->depth_ns[i] % 1000),
                (unsigned)(s->end_ns ? s->depth_ns[i] * 100.0 / s->end_ns + 0.5 : 0));
}

static void say_dma(struct page *p)
{
    const struct trace_stat *s = p->s;

    if (s->adapter_count)
        say(p, "\nAdapters (left: at the end); all together %" PRIu64 " map registers at most\n",
            s->mapregs_high);
    for (size_t i = 0; i < s->adapter_count && i < p->top; i++)
        say_adapter(p, &s->adapters[i]);
    say_more(p, s->adapter_count, p->top);
    say_mappings(p);
    say_overlap(p);
}

/* --- time --- */

static int by_waited(const void *a, const void *b)
{
    const struct stat_idle *x = a, *y = b;

    if (!x->events_waiting != !y->events_waiting)
        return !x->events_waiting ? 1 : -1;
    if (x->waited_ns != y->waited_ns)
        return x->waited_ns < y->waited_ns ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void say_idle_row(struct page *p, const struct stat_idle *r)
{
    say(p, "  %-24s %9" PRIu64 ".%03u %9" PRIu64 ".%03u  %" PRIu64 " and %" PRIu64 "\n", r->name,
        r->waited_ns / 1000, (unsigned)(r->waited_ns % 1000), r->from_ns / 1000,
        (unsigned)(r->from_ns % 1000), r->from_seq, r->to_seq);
}

static void say_idle(struct page *p)
{
    struct trace_stat *s = p->s;
    char waited[48];
    size_t did = 0;

    if (!s->pending_ns)
        return;
    trace_time_text(s->pending_ns, waited, sizeof waited);
    say(p,
        "\nWho did nothing while a transfer waited (%s with one in all)\n"
        "  %-24s %13s %13s  %s\n",
        waited, "", "longest us", "from us", "between events");
    qsort(s->idles, s->idle_count, sizeof *s->idles, by_waited);
    while (did < s->idle_count && s->idles[did].events_waiting)
        did++;
    for (size_t i = 0; i < did && i < p->top; i++)
        say_idle_row(p, &s->idles[i]);
    say_more(p, did, p->top);
    if (did == s->idle_count)
        return;
    say(p, "  nothing at all meanwhile:");
    for (size_t i = did; i < s->idle_count && i < did + 4; i++)
        say(p, " %s", s->idles[i].name);
    if (s->idle_count > did + 4)
        say(p, " and %zu more", s->idle_count - did - 4);
    say(p, "\n");
}

static void say_latency(struct page *p, uint32_t obj, const char *what, uint64_t count,
                        struct stat_series *latency)
{
    struct stat_spread spread = stat_spread(latency);
    char object[48], name[80];

    trace_object_text(obj, object, sizeof object);
    snprintf(name, sizeof name, "%s%s", object, what);
    say(p, "  %-31.31s %6" PRIu64, name, count);
    say_spread(p, &spread);
    say(p, "\n");
}

static void say_interrupts(struct page *p)
{
    struct trace_stat *s = p->s;

    if (s->interrupt_count || s->dpc_count)
        say(p, "\n%-33s %6s %12s %12s %12s\n", "From raised or queued to running", "count",
            "min us", "median us", "max us");
    for (size_t i = 0; i < s->interrupt_count && i < p->top; i++) {
        struct stat_interrupt *r = &s->interrupts[i];
        char what[48] = "";

        if (r->claimed != r->served)
            snprintf(what, sizeof what, ", %" PRIu64 " claimed", r->claimed);
        say_latency(p, r->obj, what, r->served, &r->latency);
    }
    for (size_t i = 0; i < s->dpc_count && i < p->top; i++)
        say_latency(p, s->dpcs[i].obj, "", s->dpcs[i].ran, &s->dpcs[i].latency);
    say_more(p, s->interrupt_count, p->top);
    say_more(p, s->dpc_count, p->top);
}

void trace_stat_text(struct writer *w, struct trace_stat *s, const struct trace_names *n,
                     unsigned top)
{
    struct page p = { w, s, n, top };
    char length[48];

    trace_time_text(s->end_ns, length, sizeof length);
    say(&p, "%" PRIu64 " events in %s", s->events, length);
    if (s->findings)
        say(&p, ", findings recorded: %" PRIu64, s->findings);
    say(&p, "\n");
    say_requests(&p);
    say_dma(&p);
    say_idle(&p);
    say_interrupts(&p);
    say_events(&p);
}
