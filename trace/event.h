/*
 * An event: 64 bytes that say one thing that happened. Events are the only thing that the verifier,
 * the recorder and every report know of a run. They carry ids and region offsets, never a pointer of
 * the host, so that two runs with one seed give the same bytes.
 */
#ifndef DMACHECK_TRACE_EVENT_H
#define DMACHECK_TRACE_EVENT_H

#include <stdint.h>

#define TRACE_VERSION 1 /* raise when a kind's order or meaning changes */

enum event_kind {
#define EVENT(kind, word, a0, a1, a2, a3) EV_##kind,
#include "trace/events.def"
#undef EVENT
    EV_COUNT
};

enum api {
    API_NONE,
#define API(name, irql_min, irql_max, cost_ns, page) API_##name,
#include "trace/api.def"
#undef API
    API_COUNT
};

enum object_type {
#define OBJECT(type, word) OBJ_##type,
#include "trace/objects.def"
#undef OBJECT
    OBJ_COUNT
};

enum phase {
#define PHASE(name, word) PHASE_##name,
#include "trace/phases.def"
#undef PHASE
    PHASE_COUNT
};

struct event {
    uint64_t seq;
    uint64_t ns;
    uint64_t a[4];
    uint32_t obj;  /* what it is about */
    uint32_t site; /* who said so: an id in the stack depot (trace/site.h) */
    union {
        struct {
            uint16_t agent;
            uint16_t kind;
            uint16_t api;
            uint8_t cpu;
            uint8_t irql;
        };
        uint64_t stamp; /* these as one word: an event is written in few stores (trace.h) */
    };
};
_Static_assert(sizeof(struct event) == 64, "one event, one cache line");

/* Bits of the "dir_length" arguments of events.def. */
#define EVENT_TO_DEVICE (1ull << 63)
#define EVENT_BOUNCED (1ull << 62)
#define EVENT_LENGTH(dl) ((dl) & ~(EVENT_TO_DEVICE | EVENT_BOUNCED))
static inline uint64_t dir_length(uint64_t length_bytes, int to_device)
{
    return length_bytes | (to_device ? EVENT_TO_DEVICE : 0);
}

/* ADAPTER's flags: what the driver asked for and what the machine gave. */
#define ADAPTER_MASTER 0x01u
#define ADAPTER_SG 0x02u
#define ADAPTER_REMAPPED 0x04u /* behind an IOMMU that translates */
#define ADAPTER_COHERENT 0x08u
#define ADAPTER_VERSION_SHIFT 8 /* 1, 2, 3: of the description */
#define ADAPTER_WIDTH_SHIFT 16  /* address bits */

/* DEV_FAULT's reason: the low half of owner_reason; the owner's id is its high half. */
enum dev_fault {
    DEV_FAULT_NOT_MAPPED = 1, /* no translation and none in quarantine */
    DEV_FAULT_RELEASED = 2,   /* the range was mapped and has been released; owner = by whom */
    DEV_FAULT_PERMISSION = 3, /* mapped, but not for this direction */
    DEV_FAULT_WIDTH = 4,      /* beyond the address bits of the device */
    DEV_FAULT_NO_MEMORY = 5,  /* without an IOMMU: no memory at this physical address */
    DEV_FAULT_BUS_MASTER = 6, /* bus mastering is off in its command register */
};

/* BAD_ACCESS's kinds: the low half of distance_what; its high half is a distance in bytes, signed. The
 * site of the event is the driver's line, or, for the two that only left traces, where they were seen.
 * Its allocated_freed holds two sites of the block: allocated (low half) and freed. */
enum bad_access {
    BAD_ACCESS_BEYOND = 1, /* a pool block; distance from its end */
    BAD_ACCESS_BEFORE,     /* a pool block; distance from its start, negative */
    BAD_ACCESS_FREED,      /* a freed pool block; distance from its start */
    BAD_ACCESS_STACK,      /* around a local variable */
    BAD_ACCESS_STATIC,     /* around a static variable */
    BAD_ACCESS_OTHER,      /* memory that is nobody's */
    BAD_ACCESS_BEYOND_SEEN, /* as BEYOND: the bytes behind the block have changed */
    BAD_ACCESS_FREED_SEEN,  /* as FREED: its fill pattern has changed */
};

#define OBJ_ID(type, number) ((uint32_t)(type) << 24 | (uint32_t)(number))
#define OBJ_TYPE(id) ((enum object_type)((id) >> 24))
#define OBJ_NUMBER(id) ((id)&0xffffffu)

/* Names of all the above, for text, traces and reports. NULL when out of range. */
const char *event_word(unsigned kind);
const char *event_arg_name(unsigned kind, unsigned index);
int event_kind_of(const char *word); /* -1: unknown */
const char *object_word(unsigned type);
int object_type_of(const char *word);
const char *api_name(unsigned api);
int api_of(const char *name);
const char *phase_word(unsigned phase);
struct api_info {
    const char *name;
    uint8_t irql_min, irql_max;
    uint16_t cost_ns; /* CPU time of one call, before per-page and per-byte costs */
    const char *page; /* documentation page */
};
const struct api_info *api_info(unsigned api);

#endif
