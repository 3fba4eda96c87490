/*
 * From a pointer of Windows' face (an IRP, an MDL, a list, a device object) to its object id. A
 * pointer that has been dropped still answers to objmap_last, so that "freed twice" can name what.
 */
#ifndef DMACHECK_SIM_CORE_OBJMAP_H
#define DMACHECK_SIM_CORE_OBJMAP_H

#include "sim/core/sim.h"

struct objmap_entry {
    const void *p;
    uint32_t obj; /* 0: empty */
    bool live;
    uint16_t epoch; /* of the map when it was put; another: empty */
    void *data;     /* the owner's */
};
struct objmap {
    struct objmap_entry *entries;
    uint32_t mask, used;
    uint16_t epoch; /* raised by a reset */
};

int objmap_create(struct objmap *m, unsigned bits); /* grows by itself */
void objmap_destroy(struct objmap *m);
void objmap_reset(struct objmap *m);
void objmap_put(struct objmap *m, const void *p, uint32_t obj,
                void *data); /* replaces a dead one */
void objmap_drop(struct objmap *m, const void *p);
/* The entry of p, or the empty one where it would go. The fold keeps objects that lie at equal
 * distances from falling into each other's places. Inline: each event names a few pointers. */
static inline struct objmap_entry *objmap_probe(const struct objmap *m, const void *p)
{
    uint64_t folded = (uint64_t)(uintptr_t)p ^ (uint64_t)(uintptr_t)p >> 17;
    uint32_t i = (uint32_t)(folded * 0x9e3779b97f4a7c15u >> 36);

    for (;; i++) {
        struct objmap_entry *e = &m->entries[i & m->mask];

        if (__builtin_expect(e->p == p || e->epoch != m->epoch, 1))
            return e;
    }
}

/* Live or last dead entry or NULL. */
static inline struct objmap_entry *objmap_last(const struct objmap *m, const void *p)
{
    struct objmap_entry *e = objmap_probe(m, p);

    return e->epoch == m->epoch ? e : NULL;
}

/* Live entry or NULL. */
static inline struct objmap_entry *objmap_find(const struct objmap *m, const void *p)
{
    struct objmap_entry *e = objmap_probe(m, p);

    return e->epoch == m->epoch && e->live ? e : NULL;
}

#endif
