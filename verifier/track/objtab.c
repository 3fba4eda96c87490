/*
 * The table behind the trackers (objtab.h). It grows only when a number finds its whole window
 * taken by live records, so a steady state allocates nothing. A trace that no machine has said may have
 * many ids of one number: no growth parts them, and the table does not follow it for ever.
 */
#include "verifier/track/objtab.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define ROWS_SURE 65536u /* however few live */
#define ROWS_EACH 64u    /* beyond, for each that lives */

static size_t rows_of(uint32_t mask)
{
    return (size_t)mask + OBJTAB_WINDOW; /* the window of the last row does not wrap */
}

/* The row that a look-up of 0, nobody's id, comes to must not have that id when it was never used. */
#define UNUSED_FIRST UINT32_MAX

static void mark_first(struct objtab *t) { ((struct objtab_head *)t->rows)->id = UNUSED_FIRST; }

int objtab_create(struct objtab *t, size_t row_bytes, unsigned bits)
{
    must((row_bytes & (row_bytes - 1)) == 0);
    memset(t, 0, sizeof *t);
    t->row_shift = (uint32_t)__builtin_ctzll(row_bytes);
    t->mask = (1u << bits) - 1;
    t->rows = calloc(rows_of(t->mask), row_bytes);
    if (!t->rows)
        return -1;
    mark_first(t);
    return 0;
}

void objtab_destroy(struct objtab *t)
{
    free(t->rows);
    memset(t, 0, sizeof *t);
}

void objtab_reset(struct objtab *t)
{
    memset(t->rows, 0, (size_t)t->top << t->row_shift);
    t->top = t->live = t->newest = t->grow_from = 0;
    mark_first(t);
}

/* The row that id may take: its own, a row never used, or else a dead one. */
static struct objtab_head *place_for(const struct objtab *t, uint32_t id, uint32_t *slot)
{
    struct objtab_head *dead = NULL;

    for (uint32_t i = 0; i < OBJTAB_WINDOW; i++) {
        uint32_t at = (OBJ_NUMBER(id) & t->mask) + i;
        struct objtab_head *h = (void *)(t->rows + ((size_t)at << t->row_shift));

        if (h->id == id || (!dead && !h->live)) {
            dead = h;
            *slot = at;
        }
        if (h->id == id)
            break;
    }
    return dead;
}

/* A large table is one of much that lives. */
static bool may_grow(const struct objtab *t)
{
    return t->mask < ROWS_SURE - 1 ||
           (t->mask < OBJ_NUMBER(UINT32_MAX) && t->mask / ROWS_EACH < t->live);
}

static bool grow(struct objtab *t)
{
    struct objtab old = *t;
    size_t row_bytes = (size_t)1 << t->row_shift;

    if (t->live < t->grow_from)
        return false;
    for (;;) {
        bool all = true, may = may_grow(t);

        t->mask = t->mask << 1 | 1;
        t->top = 0;
        t->rows = may ? calloc(rows_of(t->mask), row_bytes) : NULL;
        if (!t->rows) {
            *t = old;
            t->grow_from = 2 * t->live;
            return false;
        }
        mark_first(t);
        for (uint32_t i = 0; i < old.top && all; i++) {
            struct objtab_head *h = (void *)(old.rows + ((size_t)i << t->row_shift)), *to;
            uint32_t slot = 0;

            if (!h->id || h->id == UNUSED_FIRST)
                continue;
            to = place_for(t, h->id, &slot);
            all = to || !h->live;
            if (!to)
                continue;
            memcpy(to, h, row_bytes);
            if (slot >= t->top)
                t->top = slot + 1;
        }
        if (all)
            break;
        free(t->rows);
    }
    t->newest = t->top ? t->top - 1 : 0;
    free(old.rows);
    return true;
}

void *objtab_put_slow(struct objtab *t, uint32_t id)
{
    uint32_t slot = 0;
    struct objtab_head *h = place_for(t, id, &slot);

    while (!h) {
        if (!grow(t))
            return NULL;
        h = place_for(t, id, &slot);
    }
    t->live += 1 - h->live;
    t->newest = slot;
    h->live = 1;
    if (slot >= t->top)
        t->top = slot + 1;
    return h;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

void objtab_each_live(const struct objtab *t, void (*each)(void *ctx, void *row), void *ctx)
{
    uint32_t count = 0, *ids = t->live ? malloc(t->live * sizeof *ids) : NULL;

    if (!ids)
        return;
    for (uint32_t i = 0; i < t->top; i++) {
        const struct objtab_head *h = (const void *)(t->rows + ((size_t)i << t->row_shift));

        if (h->live) {
            must(count < t->live);
            ids[count++] = h->id;
        }
    }
    qsort(ids, count, sizeof *ids, by_id);
    for (uint32_t i = 0; i < count; i++)
        each(ctx, objtab_find(t, ids[i]));
    free(ids);
}
