/*
 * What a recorded run did, in numbers: gathered from its events in order, then printed as
 * tables or JSON.
 */
#ifndef DMACHECK_REPORTS_TRACE_STAT_H
#define DMACHECK_REPORTS_TRACE_STAT_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/trace_line.h"
#include "reports/trace_map.h"
#include "reports/writer.h"

#define STAT_OPEN UINT64_MAX /* the end of what never ended */
#define STAT_CHOICES 64
#define STAT_FAULTS 64
#define STAT_DEPTH 16 /* transfers at one time: from here on together */

struct stat_series { /* durations; sorted by stat_spread */
    uint64_t *ns;
    size_t count, room;
};
struct stat_spread {
    size_t count;
    uint64_t min, median, max;
};

struct stat_request {
    uint32_t irp, site_end;
    uint8_t major, minor;
    bool seen_end;
    uint64_t length_bytes, information, begin_ns, end_ns, seq;
    uint32_t status;
};

/* A buffer while it is mapped: a list, or map registers from their first map to the last unmap. */
struct stat_mapping {
    uint32_t obj, adapter, site;
    bool to_device, bounced;
    uint64_t length_bytes, begin_ns, end_ns, seq;
};

struct stat_adapter {
    uint32_t obj, device, site;
    uint64_t mapregs_max; /* 0: not limited */
    uint64_t mapregs_live, mapregs_high, mapregs_high_seq;
    uint64_t lists_made, lists_live, lists_high, lists_high_seq;
    uint64_t commons_made, commons_live, commons_bytes, commons_high_bytes;
    uint64_t maps[2], mapped_bytes[2], bounced_bytes[2]; /* [1]: to the device */
};

/* The longest time in which somebody did nothing while a request waited. */
struct stat_idle {
    char name[48];
    bool active;             /* it has done something */
    uint64_t events_waiting; /* of its events: while a request waited */
    uint64_t last_ns, last_pending_ns, last_seq;
    uint64_t from_ns, to_ns, from_seq, to_seq, waited_ns;
};

struct stat_interrupt {
    uint32_t obj;
    uint64_t raised, served, claimed, raised_ns;
    bool waits;
    struct stat_series latency;
};
struct stat_dpc {
    uint32_t obj;
    uint64_t ran;
    struct stat_series latency;
};

struct trace_stat {
    uint64_t events, end_ns, last_seq;
    uint64_t kinds[EV_COUNT], calls[API_COUNT], callbacks[API_COUNT];
    uint64_t choices[STAT_CHOICES], faults[STAT_FAULTS];
    uint64_t findings; /* that the recording run had: the caller's to fill in */

    struct stat_request *requests;
    size_t request_count, request_room;
    uint64_t waiting, waiting_high, pending_ns; /* transfers of the requester; time with any */

    struct stat_adapter *adapters;
    size_t adapter_count, adapter_room;
    uint64_t mapregs_live, mapregs_high, mapregs_high_seq; /* of all adapters */

    struct stat_mapping *mappings;
    size_t mapping_count, mapping_room;
    uint64_t mapped_now, mapped_high, depth_ns[STAT_DEPTH + 1]; /* time with so many mapped */

    struct stat_idle *idles;
    size_t idle_count, idle_room;
    struct stat_interrupt *interrupts;
    size_t interrupt_count, interrupt_room;
    struct stat_dpc *dpcs;
    size_t dpc_count, dpc_room;

    /* by object: an index + 1, or a number */
    struct trace_map request_of, adapter_of, mapping_of, owner_of, mapregs_of, bytes_of, idle_of,
        interrupt_of, dpc_of, queued_at;
};

void trace_stat_begin(struct trace_stat *s);
void trace_stat_event(struct trace_stat *s, const struct event *e);
void trace_stat_end(struct trace_stat *s); /* of the events: what is open stays open */
void trace_stat_free(struct trace_stat *s);

struct stat_spread stat_spread(struct stat_series *series); /* sorts it */
void stat_series_add(struct stat_series *series, uint64_t ns);
/* A transfer of the requester: what gaps are measured against. */
bool stat_is_transfer(const struct stat_request *r);

/* top: how many rows the lists that could be long have. */
void trace_stat_text(struct writer *w, struct trace_stat *s, const struct trace_names *n,
                     unsigned top);
void trace_stat_json(struct writer *w, struct trace_stat *s, const struct trace_names *n);

/* --- between the parts --- */
#define STAT_ADD(array, count, room) stat_add((void **)&(array), &(count), &(room), sizeof *(array))
size_t stat_add(void **array, size_t *count, size_t *room, size_t size); /* the index; zeroed */
void stat_dma_event(struct trace_stat *s, const struct event *e);
void stat_idle_event(struct trace_stat *s, const struct event *e);
void stat_idle_end(struct trace_stat *s);
void stat_intr_event(struct trace_stat *s, const struct event *e);

#endif
