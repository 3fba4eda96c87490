/*
 * The executive's life, and the one map from Windows' structures to object ids.
 */
#include "sim/nt/nt.h"

#include <stdlib.h>

#include "base/err.h"

#define OBJECT_BITS 10

struct part {
    int (*create)(struct sim *s);
    void (*reset)(struct sim *s);
    void (*destroy)(struct sim *s);
};

static const struct part parts[] = {
    { nt_ke_create, nt_ke_reset, nt_ke_destroy }, { nt_mm_create, nt_mm_reset, nt_mm_destroy },
    { nt_io_create, nt_io_reset, nt_io_destroy }, { nt_pnp_create, nt_pnp_reset, nt_pnp_destroy },
    { nt_zw_create, nt_zw_reset, nt_zw_destroy },
};

#define PARTS (sizeof parts / sizeof parts[0])

/* An object that was dropped keeps its last id, so that a later misuse of it is still named. */
uint32_t nt_obj(struct sim *s, const void *p, enum object_type type)
{
    const struct objmap_entry *e;
    uint32_t obj;

    if (!p)
        return 0;
    e = objmap_last(&s->nt->objects, p);
    if (e)
        return e->obj;
    obj = obj_new(&s->trace, type);
    objmap_put(&s->nt->objects, p, obj, NULL);
    return obj;
}

void nt_obj_new(struct sim *s, const void *p, enum object_type type)
{
    objmap_put(&s->nt->objects, p, obj_new(&s->trace, type), NULL);
}

void nt_obj_drop(struct sim *s, const void *p) { objmap_drop(&s->nt->objects, p); }

int nt_create(struct sim *s)
{
    s->nt = calloc(1, sizeof *s->nt);
    if (!s->nt)
        return ERR_NOMEM;
    if (objmap_create(&s->nt->objects, OBJECT_BITS)) {
        free(s->nt);
        s->nt = NULL;
        return ERR_NOMEM;
    }
    for (unsigned i = 0; i < PARTS; i++) {
        int err = parts[i].create(s);

        if (!err)
            continue;
        while (i--)
            parts[i].destroy(s);
        objmap_destroy(&s->nt->objects);
        free(s->nt);
        s->nt = NULL;
        return err;
    }
    return 0;
}

void nt_reset(struct sim *s)
{
    objmap_reset(&s->nt->objects);
    for (unsigned i = 0; i < PARTS; i++)
        parts[i].reset(s);
}

void nt_destroy(struct sim *s)
{
    if (!s->nt)
        return;
    for (unsigned i = PARTS; i--;)
        parts[i].destroy(s);
    objmap_destroy(&s->nt->objects);
    free(s->nt);
    s->nt = NULL;
}
