/*
 * What adapters give out, and buffers while they are mapped (trace_stat.h).
 */
#include "reports/trace_stat.h"

#define LOW32(v) ((uint32_t)(v))

/* The adapter's row; made for an adapter whose beginning the trace does not have. */
static struct stat_adapter *adapter_row(struct trace_stat *s, uint64_t adapter)
{
    uint64_t *known = trace_map_at(&s->adapter_of, adapter);

    if (!*known) {
        *known = STAT_ADD(s->adapters, s->adapter_count, s->adapter_room) + 1;
        s->adapters[*known - 1].obj = LOW32(adapter);
    }
    return &s->adapters[*known - 1];
}

static void mapregs_take(struct trace_stat *s, const struct event *e, uint64_t count)
{
    struct stat_adapter *a = adapter_row(s, e->a[0]);

    *trace_map_at(&s->mapregs_of, e->obj) = count;
    a->mapregs_live += count;
    s->mapregs_live += count;
    if (a->mapregs_live > a->mapregs_high) {
        a->mapregs_high = a->mapregs_live;
        a->mapregs_high_seq = e->seq;
    }
    if (s->mapregs_live > s->mapregs_high) {
        s->mapregs_high = s->mapregs_live;
        s->mapregs_high_seq = e->seq;
    }
}

static void mapregs_give(struct trace_stat *s, const struct event *e, uint64_t count)
{
    uint64_t *held = trace_map_at(&s->mapregs_of, e->obj);
    struct stat_adapter *a = adapter_row(s, e->a[0]);

    if (count > *held)
        count = *held;
    *held -= count;
    a->mapregs_live -= count < a->mapregs_live ? count : a->mapregs_live;
    s->mapregs_live -= count < s->mapregs_live ? count : s->mapregs_live;
}

/* --- mapped buffers --- */

static struct stat_mapping *open_mapping(struct trace_stat *s, uint32_t obj)
{
    uint64_t known = trace_map_get(&s->mapping_of, obj);

    return known && !s->mappings[known - 1].end_ns ? &s->mappings[known - 1] : NULL;
}

static void map_begin(struct trace_stat *s, const struct event *e)
{
    bool to_device = e->a[1] & EVENT_TO_DEVICE;
    uint64_t bytes = EVENT_LENGTH(e->a[1]), adapter = trace_map_get(&s->owner_of, e->obj);
    struct stat_adapter *a = adapter ? adapter_row(s, adapter) : NULL;
    struct stat_mapping *m = open_mapping(s, e->obj);

    if (a) {
        a->maps[to_device]++;
        a->mapped_bytes[to_device] += bytes;
        a->bounced_bytes[to_device] += e->a[1] & EVENT_BOUNCED ? bytes : 0;
    }
    *trace_map_at(&s->bytes_of, e->obj) += bytes;
    if (!m) {
        size_t i = STAT_ADD(s->mappings, s->mapping_count, s->mapping_room);

        *trace_map_at(&s->mapping_of, e->obj) = i + 1;
        m = &s->mappings[i];
        *m = (struct stat_mapping) { .obj = e->obj,
                                     .adapter = LOW32(adapter),
                                     .site = e->site,
                                     .to_device = to_device,
                                     .begin_ns = e->ns,
                                     .seq = e->seq };
        if (++s->mapped_now > s->mapped_high)
            s->mapped_high = s->mapped_now;
    }
    m->length_bytes += bytes;
    m->bounced = m->bounced || e->a[1] & EVENT_BOUNCED;
}

static void map_end(struct trace_stat *s, const struct event *e, uint64_t bytes)
{
    uint64_t *mapped = trace_map_at(&s->bytes_of, e->obj);
    struct stat_mapping *m = open_mapping(s, e->obj);

    *mapped -= bytes < *mapped ? bytes : *mapped;
    if (*mapped || !m)
        return;
    /* 0 says that it is open; what begins and ends at 0 lasts a nanosecond. */
    m->end_ns = e->ns ? e->ns : 1;
    s->mapped_now--;
}

static void list_begin(struct trace_stat *s, const struct event *e)
{
    struct stat_adapter *a = adapter_row(s, e->a[0]);

    *trace_map_at(&s->owner_of, e->obj) = e->a[0];
    mapregs_take(s, e, LOW32(e->a[3]));
    a->lists_made++;
    if (++a->lists_live > a->lists_high) {
        a->lists_high = a->lists_live;
        a->lists_high_seq = e->seq;
    }
}

static void list_end(struct trace_stat *s, const struct event *e)
{
    struct stat_adapter *a;

    map_end(s, e, UINT64_MAX);
    mapregs_give(s, e, UINT64_MAX);
    a = adapter_row(s, e->a[0]);
    a->lists_live -= a->lists_live > 0;
}

static void common_event(struct trace_stat *s, const struct event *e)
{
    struct stat_adapter *a = adapter_row(s, e->a[0]);

    if (e->kind == EV_COMMON_END) {
        a->commons_live -= a->commons_live > 0;
        a->commons_bytes -= e->a[2] < a->commons_bytes ? e->a[2] : a->commons_bytes;
        return;
    }
    a->commons_made++;
    a->commons_live++;
    a->commons_bytes += e->a[2];
    if (a->commons_bytes > a->commons_high_bytes)
        a->commons_high_bytes = a->commons_bytes;
}

static void adapter_begin(struct trace_stat *s, const struct event *e)
{
    struct stat_adapter *a = adapter_row(s, e->obj);

    a->device = LOW32(e->a[0]);
    a->mapregs_max = e->a[2];
    a->site = e->site;
}

void stat_dma_event(struct trace_stat *s, const struct event *e)
{
    switch (e->kind) {
    case EV_ADAPTER:
        adapter_begin(s, e);
        break;
    case EV_MAPREG:
        *trace_map_at(&s->owner_of, e->obj) = e->a[0];
        mapregs_take(s, e, e->a[1]);
        break;
    case EV_MAPREG_END:
        map_end(s, e, UINT64_MAX);
        mapregs_give(s, e, UINT64_MAX);
        break;
    case EV_SGL:
        list_begin(s, e);
        break;
    case EV_SGL_END:
        list_end(s, e);
        break;
    case EV_MAP:
        map_begin(s, e);
        break;
    case EV_UNMAP:
        map_end(s, e, EVENT_LENGTH(e->a[1]));
        break;
    case EV_COMMON:
    case EV_COMMON_END:
        common_event(s, e);
        break;
    default:
        break;
    }
}
