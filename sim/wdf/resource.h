/*
 * Lists of hardware resources: descriptors in order. What a driver is shown of one is a copy that lies in
 * the machine's pool until the descriptor is removed.
 */
#ifndef DMACHECK_SIM_WDF_RESOURCE_H
#define DMACHECK_SIM_WDF_RESOURCE_H

#include "sim/wdf/device.h"

union fx_descriptor {
    CM_PARTIAL_RESOURCE_DESCRIPTOR cm;
    IO_RESOURCE_DESCRIPTOR io;
};

struct fx_entry {
    struct fx_entry *next;
    union fx_descriptor d;
    void *seen; /* the driver's copy; NULL: it has not asked */
};

/* WDFCMRESLIST, WDFIORESLIST. */
struct fx_list {
    struct fx_object object;
    bool fixed; /* it may be read alone */
    bool changed;
    size_t bytes; /* of a descriptor */
    struct fx_entry *first;
    ULONG count;
    struct fx_req_list *owner; /* of a WDFIORESLIST */
    struct fx_list *next;      /* in its owner */
};

/* WDFIORESREQLIST: alternatives, the best first. */
struct fx_req_list {
    struct fx_object object;
    bool fixed, changed;
    ULONG slot;
    INTERFACE_TYPE interface;
    struct fx_list *first;
    ULONG count;
};

static inline bool fx_list_end(ULONG index) { return index == WDF_INSERT_AT_END; }

void fx_list_destroy(struct fx_object *o);
/* Adds a copy; STATUS_ARRAY_BOUNDS_EXCEEDED: no such index. */
NTSTATUS fx_list_insert(struct fx *f, struct fx_list *l, const void *descriptor, ULONG index);
struct fx_entry *fx_list_at(const struct fx_list *l, ULONG index); /* NULL: none */
/* The driver's copy as it is now; NULL: no such index. */
void *fx_list_show(struct fx *f, struct fx_list *l, ULONG index);
bool fx_list_remove(struct fx *f, struct fx_list *l, ULONG index); /* false: no such index */
/* The first descriptor with these bytes. */
bool fx_list_remove_equal(struct fx *f, struct fx_list *l, const void *descriptor);

/* --- resource_io.c --- */
NTSTATUS fx_io_list_create(struct fx *f, struct fx_req_list *owner,
                           PWDF_OBJECT_ATTRIBUTES attributes, struct fx_list **out);

#endif
