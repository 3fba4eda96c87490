/*
 * From pointers to object ids: open addressing with linear probing. Nothing is ever taken out, only
 * marked dead, so a search ends at the first empty entry and a dead pointer still has its name. A
 * reset raises the map's epoch, and entries of older epochs count as empty.
 */
#include "sim/core/objmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

int objmap_create(struct objmap *m, unsigned bits)
{
    must(bits >= 2 && bits <= 27);
    *m = (struct objmap) { .mask = (1u << bits) - 1, .epoch = 1 };
    m->entries = calloc(1ull << bits, sizeof *m->entries);
    return m->entries ? 0 : ERR_NOMEM;
}

void objmap_destroy(struct objmap *m)
{
    free(m->entries);
    *m = (struct objmap) { 0 };
}

void objmap_reset(struct objmap *m)
{
    m->used = 0;
    if (++m->epoch == 0) {
        memset(m->entries, 0, (m->mask + 1ull) * sizeof *m->entries);
        m->epoch = 1;
    }
}

static void grow(struct objmap *m)
{
    struct objmap bigger = { .mask = m->mask * 2 + 1, .used = m->used, .epoch = m->epoch };

    bigger.entries = calloc(bigger.mask + 1ull, sizeof *bigger.entries);
    must(bigger.entries != NULL);
    for (uint32_t i = 0; i <= m->mask; i++)
        if (m->entries[i].epoch == m->epoch)
            *objmap_probe(&bigger, m->entries[i].p) = m->entries[i];
    free(m->entries);
    *m = bigger;
}

void objmap_put(struct objmap *m, const void *p, uint32_t obj, void *data)
{
    struct objmap_entry *e = objmap_probe(m, p);

    if (e->epoch != m->epoch && ++m->used > m->mask / 2) {
        grow(m);
        e = objmap_probe(m, p);
    }
    *e =
        (struct objmap_entry) { .p = p, .obj = obj, .live = true, .epoch = m->epoch, .data = data };
}

void objmap_drop(struct objmap *m, const void *p)
{
    struct objmap_entry *e = objmap_probe(m, p);

    if (e->epoch == m->epoch)
        e->live = false;
}
