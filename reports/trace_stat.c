/*
 * Counting events, requests and time (trace_stat.h). DMA, interrupts and idle times are files
 * of their own.
 */
#include "reports/trace_stat.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum { MAJOR_READ = 3, MAJOR_WRITE = 4, MAJOR_FLUSH = 9, MAJOR_IOCTL = 14, MAJOR_INTERNAL = 15 };

size_t stat_add(void **array, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        *room = *room * 2 + 16;
        *array = realloc(*array, *room * size);
        must(*array);
    }
    memset((char *)*array + *count * size, 0, size);
    return (*count)++;
}

void stat_series_add(struct stat_series *series, uint64_t ns)
{
    size_t i = STAT_ADD(series->ns, series->count, series->room);

    series->ns[i] = ns;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

struct stat_spread stat_spread(struct stat_series *series)
{
    struct stat_spread s = { .count = series->count };

    if (!series->count)
        return s;
    qsort(series->ns, series->count, sizeof *series->ns, by_size);
    s.min = series->ns[0];
    s.median = series->ns[(series->count - 1) / 2];
    s.max = series->ns[series->count - 1];
    return s;
}

bool stat_is_transfer(const struct stat_request *r)
{
    return r->major == MAJOR_READ || r->major == MAJOR_WRITE || r->major == MAJOR_FLUSH ||
           r->major == MAJOR_IOCTL || r->major == MAJOR_INTERNAL;
}

/* A request is said again for each driver of a stack that it is given to. */
static void request_begin(struct trace_stat *s, const struct event *e)
{
    uint64_t *known = trace_map_at(&s->request_of, e->obj);
    struct stat_request *r;

    if (*known && !s->requests[*known - 1].seen_end)
        return;
    *known = STAT_ADD(s->requests, s->request_count, s->request_room) + 1;
    r = &s->requests[*known - 1];
    *r = (struct stat_request) { .irp = e->obj,
                                 .major = (uint8_t)(e->a[0] >> 8),
                                 .minor = (uint8_t)e->a[0],
                                 .length_bytes = e->a[1],
                                 .begin_ns = e->ns,
                                 .end_ns = STAT_OPEN,
                                 .seq = e->seq };
    if (stat_is_transfer(r) && ++s->waiting > s->waiting_high)
        s->waiting_high = s->waiting;
}

static void request_end(struct trace_stat *s, const struct event *e)
{
    uint64_t known = trace_map_get(&s->request_of, e->obj);
    struct stat_request *r = known ? &s->requests[known - 1] : NULL;

    if (!r || r->seen_end)
        return;
    r->seen_end = true;
    r->end_ns = e->ns;
    r->status = (uint32_t)e->a[0];
    r->information = e->a[1];
    r->site_end = e->site;
    if (stat_is_transfer(r))
        s->waiting--;
}

static void time_passes(struct trace_stat *s, const struct event *e)
{
    uint64_t ns = e->ns > s->end_ns ? e->ns - s->end_ns : 0;

    if (s->waiting)
        s->pending_ns += ns;
    s->depth_ns[s->mapped_now < STAT_DEPTH ? s->mapped_now : STAT_DEPTH] += ns;
    if (e->ns > s->end_ns)
        s->end_ns = e->ns;
}

void trace_stat_begin(struct trace_stat *s) { memset(s, 0, sizeof *s); }

void trace_stat_event(struct trace_stat *s, const struct event *e)
{
    time_passes(s, e);
    s->events++;
    s->last_seq = e->seq;
    s->kinds[e->kind]++;
    stat_idle_event(s, e);
    if (e->kind == EV_CALL)
        s->calls[e->api]++;
    else if (e->kind == EV_CALLBACK)
        s->callbacks[e->api]++;
    else if (e->kind == EV_CHOICE && e->obj < STAT_CHOICES)
        s->choices[e->obj]++;
    else if (e->kind == EV_FAULT && e->a[0] < STAT_FAULTS)
        s->faults[e->a[0]]++;
    else if (e->kind == EV_IRP)
        request_begin(s, e);
    else if (e->kind == EV_IRP_END)
        request_end(s, e);
    else
        stat_dma_event(s, e);
    stat_intr_event(s, e);
}

void trace_stat_end(struct trace_stat *s)
{
    stat_idle_end(s);
    for (size_t i = 0; i < s->mapping_count; i++)
        if (!s->mappings[i].end_ns)
            s->mappings[i].end_ns = STAT_OPEN;
}

void trace_stat_free(struct trace_stat *s)
{
    struct trace_map *maps[] = { &s->request_of, &s->adapter_of, &s->mapping_of, &s->owner_of,
                                 &s->mapregs_of, &s->bytes_of,   &s->idle_of,    &s->interrupt_of,
                                 &s->dpc_of,     &s->queued_at };

    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        trace_map_free(maps[i]);
    for (size_t i = 0; i < s->interrupt_count; i++)
        free(s->interrupts[i].latency.ns);
    for (size_t i = 0; i < s->dpc_count; i++)
        free(s->dpcs[i].latency.ns);
    free(s->requests);
    free(s->adapters);
    free(s->mappings);
    free(s->idles);
    free(s->interrupts);
    free(s->dpcs);
}
