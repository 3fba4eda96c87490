/*
 * An event: 64 bytes that say one thing that happened. Events are the only thing that the verifier,
 * the recorder and every report know of a run. They carry ids and region offsets, never a pointer of
 * the host, so that two runs with one seed give the same bytes.
 */
#ifndef DMACHECK_TRACE_EVENT_H
#define DMACHECK_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
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

/* SYSDMA_END's reason. */
enum sysdma_end {
    SYSDMA_END_COMPLETE = 1,  /* the count is out */
    SYSDMA_END_ERROR = 2,     /* no such data register, another width, memory refused */
    SYSDMA_END_CANCELLED = 3, /* CancelMappedTransfer */
    SYSDMA_END_FLUSHED = 4,   /* version 3: flushed before it was complete or cancelled */
    SYSDMA_END_STOPPED = 5,   /* versions 1 and 2, auto-initialise: the flush is what ends it */
    SYSDMA_END_REPLACED = 6,  /* programmed again while it ran */
};

/* DEV_STRAY's class: the low half of owner_class; the nearest owner's id is its high half. What a driver gave
 * a device in the place of an address of the DMA interface. */
enum dev_stray {
    STRAY_OVERRUN = 1, /* begins in a mapping and goes beyond its end, by distance_bytes */
    STRAY_BESIDE,    /* begins distance_bytes behind a mapping's end (negative: before its start) */
    STRAY_VIRTUAL,   /* a pointer; ba is its region offset */
    STRAY_PHYSICAL,  /* a physical address of memory */
    STRAY_TRUNCATED, /* the low 32 bits of a mapping's address */
    STRAY_SWAPPED,   /* a mapping's address with its bytes the other way round */
    STRAY_UNKNOWN,
    STRAY_CLASSES,
    STRAY_TOUCH = 0x100, /* a flag: the device touches it; else it was told of it */
};

/* RACE's how: who made the two accesses, and which of them wrote. */
enum race_context_kind { RACE_BY_THREAD, RACE_BY_DPC, RACE_BY_ISR };
#define RACE_STORE 1u
#define RACE_FIRST_STORE 2u
#define RACE_KIND_SHIFT 8
#define RACE_FIRST_KIND_SHIFT 16

/* BAD_ACCESS's kinds: the low half of distance_what; its high half is a distance in bytes, signed. The
 * site of the event is the driver's line, or, for the two that only left traces, where they were seen.
 * Its allocated_freed holds two sites of the block: allocated (low half) and freed. */
enum bad_access {
    BAD_ACCESS_BEYOND = 1,  /* a pool block; distance from its end */
    BAD_ACCESS_BEFORE,      /* a pool block; distance from its start, negative */
    BAD_ACCESS_FREED,       /* a freed pool block; distance from its start */
    BAD_ACCESS_STACK,       /* around a local variable */
    BAD_ACCESS_STATIC,      /* around a static variable */
    BAD_ACCESS_OTHER,       /* memory that is nobody's */
    BAD_ACCESS_BEYOND_SEEN, /* as BEYOND: the bytes behind the block have changed */
    BAD_ACCESS_FREED_SEEN,  /* as FREED: its fill pattern has changed */
};

/* CPU_READ's and CPU_WRITE's what: of the object, which part is touched. */
enum cpu_touched {
    CPU_TOUCHED_LIST,   /* a list: one that was put, or a store into one that lives */
    CPU_TOUCHED_BUFFER, /* the buffer of a list or of map registers, while it is mapped */
    CPU_TOUCHED_COMMON  /* a common buffer that was freed */
};

/* MISUSE's kinds: what a driver did that its calls' arguments do not show. p1, p2, p3 as said here. */
enum misuse {
    MISUSE_IRQL_CHANGED = 1, /* api came back at another IRQL: before, after */
    MISUSE_PENDING_UNMARKED, /* STATUS_PENDING returned, location not marked pending: major << 8 | minor */
    MISUSE_PENDING_MARKED, /* location marked pending, other status returned: major << 8 | minor, status */
    MISUSE_LOCK_IO,        /* an MDL of a device's memory is locked: first frame of it */
    MISUSE_BUILD_PAGED, /* an MDL of pageable memory is built as nonpaged: va, flags */
    MISUSE_MAP_UNLOCKED, /* an MDL of pageable frames without a lock is mapped: pages, first such frame */
    MISUSE_MAP_NOT_IO,   /* an MDL of frames without memory, not marked so: index, frame */
    MISUSE_IO_SPACE_RAM, /* pageable memory without a lock as I/O space: physical, bytes, frame */
    MISUSE_TIMER_FREED, /* a pool block is freed with a timer that is set: va of it, va of the block */
    MISUSE_DPC_FREED,     /* the same with a DPC that is queued */
    MISUSE_PAGED_TOUCHED, /* pageable memory touched at DISPATCH_LEVEL or above: va, IRQL, dir_length */
    /* A program's memory is touched: va, dir_length, p3. object = the IRP that brought the pointer, or 0 */
    MISUSE_USER_PROCESS,  /* where another process may be current; p3: 1, in a DPC or ISR */
    MISUSE_USER_OUTLIVED, /* its request has been completed, at the site p3 */
    MISUSE_USER_UNPROBED, /* p3: 1, probed or locked, 2: within a __try */
    MISUSE_INTR_UNCAUSED, /* a service routine claimed an interrupt of a line that nobody pulled: message */
    MISUSE_WDF_BREAK, /* the framework breaks into the debugger: enum wdf_break, two more */
};

/* Why the framework breaks into the debugger, when its verifier is on. */
enum wdf_break {
    WDF_BREAK_UNDELETABLE = 1, /* WdfObjectDelete of what only the framework deletes: type */
    WDF_BREAK_IRQL,            /* called above the IRQL that its page allows here: IRQL, allowed */
    WDF_BREAK_EXECUTION_LEVEL, /* serialization with an object of another level: wanted, its */
    WDF_BREAK_INTERRUPT_LOCK,  /* a WDFSPINLOCK that an interrupt object has */
    WDF_BREAK_NOT_OWNER,       /* gives back an object's lock that it has not */
    WDF_BREAK_GOING,           /* used while it is being deleted */
    WDF_BREAK_OWN_CALLBACK,    /* waits within its callback for that callback to end */
    WDF_BREAK_STOPPED_TWICE,   /* two threads stop a timer and wait */
    WDF_BREAK_SIZE,            /* a structure's Size: given, wanted */
    WDF_BREAK_POLICY,          /* an interrupt's policy or priority that there is not: both */
    WDF_BREAK_CREATED_LATE,    /* a policy for an interrupt made in EvtDevicePrepareHardware */
    WDF_BREAK_NOT_CONNECTED,   /* an interrupt that is not connected */
    WDF_BREAK_CONNECTED,       /* WdfInterruptEnable of one that is */
    WDF_BREAK_NOT_PASSIVE,     /* WdfInterruptTryToAcquireLock of one that is handled at its IRQL */
    WDF_BREAK_RESOURCE,        /* not an interrupt's resource, or another interrupt's */
    WDF_BREAK_READ_ONLY = 16,  /* a copy into memory of a write request */
    WDF_BREAK_NO_MEMBER,       /* an object to be removed is not in the collection: object */
    WDF_BREAK_INDEX,           /* no such index in a list: index, count */
    WDF_BREAK_FIXED,           /* a resource list that may only be read: index */
    WDF_BREAK_NOT_CONTROL = 24, /* WdfControlFinishInitializing of a device in a stack */
    WDF_BREAK_NOT_POLICY_OWNER, /* power policy of a device that another driver owns it for */
    WDF_BREAK_NO_REFERENCE,     /* ResumeIdle without StopIdle */
    WDF_BREAK_DMA_CONFIG = 32,  /* a configuration that contradicts itself: profile, value */
    WDF_BREAK_DMA_DIRECTION,    /* one that is neither: value */
    WDF_BREAK_DMA_VERSION,      /* for version 3 alone: profile */
    WDF_BREAK_DMA_PROFILE,      /* not for this profile: profile */
    WDF_BREAK_DMA_STATE,        /* too late, or too early: the transaction's state */
    WDF_BREAK_DMA_LENGTH,       /* completed with more than the transfer had: both */
    WDF_BREAK_DMA_SHORT,        /* the MDL chain ends before the transaction: length, rest */
    WDF_BREAK_DMA_FLUSH,        /* the adapter's flush failed: status */
    WDF_BREAK_DMA_BUSY,         /* a second packet transaction of a device */
    WDF_BREAK_DMA_REQUEST,     /* a request's method, or a reference never taken: method or state */
    WDF_BREAK_DMA_BUFFER,      /* a common buffer of no possible length: length, alignment */
    WDF_BREAK_QUEUE_KIND = 64, /* not with a queue of this kind: WDF_IO_QUEUE_DISPATCH_TYPE */
    WDF_BREAK_QUEUE_IDLE,      /* taken from a sequential queue that presents by itself */
    WDF_BREAK_QUEUE_FOREIGN,   /* the queue is the request's own, or another device's */
    WDF_BREAK_QUEUE_STATE, /* a notification is set already, or none is, or it may not be cleared now */
    WDF_BREAK_DISPATCHING, /* a request type is configured already, or has no callback: type */
    WDF_BREAK_REQUEST_NOT_OWNED,  /* the driver does not own the request */
    WDF_BREAK_REQUEST_MARKED,     /* it is marked cancelable: unmark it first */
    WDF_BREAK_REQUEST_UNMARKED,   /* it is not marked cancelable */
    WDF_BREAK_REQUEST_COMPLETED,  /* it has been completed: there is no IRP any more */
    WDF_BREAK_REQUEST_NO_QUEUE,   /* no queue has presented it */
    WDF_BREAK_REQUEST_NOT_FOUND,  /* not one that WdfIoQueueFindRequest has shown */
    WDF_BREAK_REQUEST_NOT_CALLER, /* not in EvtIoInCallerContext */
    WDF_BREAK_REQUEST_NOT_STOP,   /* EvtIoStop has not told of it */
    WDF_BREAK_REQUEST_BUFFER,     /* no such buffer with this I/O type: WDF_DEVICE_IO_TYPE */
    WDF_BREAK_SEND_OPTIONS,       /* the options of a send contradict: Flags */
    WDF_BREAK_SEND_CALLBACK,      /* asynchronously sent with no completion routine */
    WDF_BREAK_SEND_FORGET,  /* sent and forgotten, though formatted, or with a completion routine */
    WDF_BREAK_SENT_DELETED, /* deleted or reused while an I/O target has it */
};

/* CACHE's what. */
enum cache_story {
    CACHE_DEVICE_READS = 1, /* RAM under a line that was dirty when the mapping began */
    CACHE_DEVICE_WRITES,    /* the same, and the line may be written over it */
    CACHE_LINE_SHARED       /* what a device wrote is lost: the CPU wrote beside it in the line */
};

/* BUFFER's kinds: the low half of missing_what. */
enum buffer_odd {
    BUFFER_EMPTY = 1,        /* no bytes */
    BUFFER_UNLOCKED,         /* its pages are not locked, and not of a kind that needs no lock */
    BUFFER_BEFORE,           /* begins before the MDL */
    BUFFER_BEHIND,           /* begins at the end of the MDL or behind it */
    BUFFER_LONGER,           /* ends in a page that the MDL (the last of a chain) does not have */
    BUFFER_SHORT,            /* version 3: ends behind the chain */
    BUFFER_VA_UNALIGNED,     /* caches are not coherent: begins within a line */
    BUFFER_LENGTH_UNALIGNED, /* the same: ends within one, of which the MDL has not the rest */
    BUFFER_UNMAPPED,         /* is copied for the device, and the CPU has no address for it */
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
/* The same of words that do not end with a zero. */
int event_kind_of_bytes(const char *word, size_t bytes);
int object_type_of_bytes(const char *word, size_t bytes);
int api_of_bytes(const char *name, size_t bytes);
const char *phase_word(unsigned phase);
struct api_info {
    const char *name;
    uint8_t irql_min, irql_max;
    uint16_t cost_ns; /* CPU time of one call, before per-page and per-byte costs */
    const char *page; /* documentation page */
};
const struct api_info *api_info(unsigned api);

/* Whether it can be an event: a kind, a function and an object's type that there are, and an object where
 * one begins. Whoever hears events may take that for granted; what is neither a machine's nor
 * trace_read_next's is asked first. */
bool event_is_valid(const struct event *e);

#endif
