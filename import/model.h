/*
 * What the calls of a recording mean: which lists, channels, map registers and common buffers lived
 * when, and the events that say so. The lines are gone through twice: first to learn of what the
 * capture tells too little (its beginning or its end may be among the missing lines), then to say
 * everything but that.
 */
#ifndef DMACHECK_IMPORT_MODEL_H
#define DMACHECK_IMPORT_MODEL_H

#include "import/capture.h"
#include "import/objects.h"
#include "import/symbols.h"
#include "trace/trace.h"

#define ABOUT_MAX 6
#define CHAIN_MAX 65
#define INSIDE_MAX 8
#define PENDING_MAX 64 /* threads whose chain or elements are being told */

struct import_call { /* beside each line that is a call or a callback */
    size_t back;     /* index + 1 of the line that ends it */
    uint32_t about[ABOUT_MAX];
    uint8_t about_count;
    bool dropped;
    bool wants_callback, granted;
    size_t callback; /* the line that grants it; 0: none */
    /* Of a call that names a buffer; to be known when it is granted. */
    bool to_device;
    uint32_t mdl, registers;
    uint32_t page_offset; /* where its first byte lies in a page */
    uint64_t offset, length;
    uint32_t site;
    uint32_t context; /* index */
    uint32_t made;    /* index of the list or the map registers that came of it */
};

struct import_mdl {
    uint64_t at, va, bytes;
    uint32_t flags;
};

struct import_pending { /* what a thread has told for its next line */
    uint64_t thread, chain_of, list;
    struct import_mdl chain[CHAIN_MAX];
    unsigned chain_count;
    uint64_t *elements; /* ba, bytes */
    size_t element_count, element_capacity;
    uint64_t elements_said;
    /* Calls of the framework that are open: their sites are the driver's, and so are those of what the
     * framework calls in them. */
    struct import_inside {
        uint32_t number, site;
    } inside[INSIDE_MAX];
    unsigned inside_count;
};

struct import_model {
    const struct import_capture *c;
    struct import_objects o;
    struct import_call *calls;
    bool *unsure; /* by object, known from the first time on */
    uint32_t unsure_count;
    bool learning;
    bool quiet; /* what is at hand is not said */
    struct trace trace;
    struct site_depot *depot;
    size_t line; /* at hand */
    size_t first_time_line;
    uint64_t hz, base;
    uint64_t anchor;                      /* where DmaRecordStart lay */
    const struct import_symbols *symbols; /* NULL: none */
    char driver[64];
    bool coherent;
    int remapped; /* -1: the recording does not say */
    struct import_pending pending[PENDING_MAX];
    uint32_t last_pending;
    uint64_t sites, calls_dropped, undescribed;
    bool detached, ends;
};

/* --- model.c --- */
void import_model_create(struct import_model *m, const struct import_capture *c,
                         struct site_depot *depot);
void import_model_destroy(struct import_model *m);
/* Learns; then say() may be called, which tells every event to what is attached to m->trace. */
void import_model_learn(struct import_model *m);
void import_model_say(struct import_model *m);
const char *import_agent_name(void *model, uint16_t agent);

/* --- for the handlers of calls --- */
static inline const struct import_line *import_at(const struct import_model *m, size_t i)
{
    return &m->c->lines[i];
}
static inline struct import_object *import_object(struct import_model *m, uint32_t index)
{
    return &m->o.at[index];
}
static inline uint32_t import_id(const struct import_model *m, uint32_t index)
{
    return index ? m->o.at[index].id : 0;
}
void import_say(struct import_model *m, enum event_kind kind, enum api api, uint32_t obj,
                uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
/* The same of an object: said whatever becomes of the call at hand, but not of one that is left out. */
void import_tell(struct import_model *m, uint32_t object, enum event_kind kind, enum api api,
                 uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
static inline bool import_is_sure(const struct import_model *m, uint32_t object)
{
    return m->learning || !m->unsure[object];
}
/* The call at hand is about this object, too. */
void import_about(struct import_model *m, size_t call, uint32_t object);
/* Begins an object here. */
uint32_t import_begin(struct import_model *m, enum object_type type, uint64_t key);
void import_end(struct import_model *m, uint32_t object);
/* The object of an address as a driver means it: alive, or the last that lived there. One that may
 * have begun among missing lines is made, as a stranger. 0: there never was one. */
uint32_t import_meant(struct import_model *m, enum object_type type, uint64_t key);
/* An object that needs no beginning: a device, an IRP, a device object, a domain. Its id; 0 for 0. */
uint32_t import_named(struct import_model *m, enum object_type type, uint64_t key);
uint32_t import_adapter(struct import_model *m, const struct import_line *l); /* index */
/* Says it, whatever line it is known from. */
uint32_t import_adapter_begin(struct import_model *m, uint64_t number, size_t described,
                              uint32_t registers);
uint32_t import_site(struct import_model *m, const struct import_line *l); /* of the caller */
/* The line of the call that a callback or a return belongs to; false: it is missing. */
bool import_call_of(const struct import_model *m, const struct import_line *l, size_t *call);
struct import_pending *import_pending(struct import_model *m, uint64_t thread);

/* --- buffer.c --- */
struct import_buffer { /* what a call names by an MDL and a place in its chain */
    uint32_t mdl;      /* id */
    uint64_t offset;   /* UINT64_MAX: outside */
    uint64_t bytes;    /* of the first MDL, or, by offset, of the chain */
    uint64_t length;
    struct import_mdl chain[CHAIN_MAX];
    unsigned chain_count;
    bool chain_whole, by_offset, to_device;
};
/* Read once for each call, whose line it is: a chain is told once. */
void import_buffer(struct import_model *m, const struct import_line *l, size_t call, bool by_offset,
                   struct import_buffer *b);
/* BUFFER, when it is out of the ordinary. */
void import_buffer_look(struct import_model *m, enum api api, const struct import_line *l,
                        const struct import_buffer *b, bool flush);
void import_chain_say(struct import_model *m, const struct import_buffer *b);
uint32_t import_registers(const struct import_buffer *b);

/* --- mapping.c: runs of lists and map registers --- */
void import_map(struct import_model *m, uint32_t owner, const struct import_run *run);
void import_unmap_all(struct import_model *m, uint32_t owner);
/* Gives up the pages that these bytes touch; whether there were any. */
bool import_unmap(struct import_model *m, uint32_t owner, const struct import_buffer *b);
/* The channel goes from its adapter; action: IO_ALLOCATION_ACTION. */
uint32_t import_channel_begin(struct import_model *m, uint32_t adapter, uint32_t registers,
                              size_t call);
void import_channel_end(struct import_model *m, uint32_t channel, uint64_t action);
void import_registers_end(struct import_model *m, uint32_t mapregs, uint64_t said);

/* --- the calls, by file --- */
typedef void import_handler(struct import_model *m, const struct import_line *l, size_t call,
                            enum api api);
import_handler import_list_call, import_list_return, import_put_call, import_list_callback,
    import_list_callback_end;
import_handler import_channel_call, import_channel_return, import_channel_callback,
    import_channel_callback_end, import_free_channel_call, import_free_object_call,
    import_free_registers_call, import_map_call, import_map_return, import_flush_call;
import_handler import_common_call, import_common_return, import_common_free;
import_handler import_adapter_call, import_adapter_return, import_put_adapter_call,
    import_context_call, import_context_return, import_cancel_call, import_info_call,
    import_info_return, import_completion_callback, import_completion_callback_end,
    import_framework_call, import_framework_return;
/* The return of a call that says its result and nothing else. */
import_handler import_plain_return;

#endif
