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
/* Live entry or NULL. */
struct objmap_entry *objmap_find(const struct objmap *m, const void *p);
/* Live or last dead entry or NULL. */
struct objmap_entry *objmap_last(const struct objmap *m, const void *p);

#endif
