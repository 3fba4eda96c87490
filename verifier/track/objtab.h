/*
 * A table of records by object number. Numbers are dense and grow during a run; the table is as
 * large as what lives, not as what ever lived: a dead record stays, as history, until a later
 * number takes its place. A look-up is a mask and, as a rule, one comparison, however many live.
 */
#ifndef DMACHECK_VERIFIER_TRACK_OBJTAB_H
#define DMACHECK_VERIFIER_TRACK_OBJTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"

#define OBJTAB_WINDOW 4 /* places that a number may take */

/* Every record begins with this. */
struct objtab_head {
    uint32_t id; /* 0: never used; the first row: see objtab.c */
    uint32_t live;
};

struct objtab {
    char *rows;
    uint32_t mask;
    uint32_t row_shift; /* a record is 1 << row_shift bytes */
    uint32_t top;       /* rows below it may be used: what a reset has to clear */
    uint32_t live;
    uint32_t grow_from; /* growth has not helped: tried again when so many live */
    uint32_t newest;    /* the row that was given last: where a search for what lives begins */
};

int objtab_create(struct objtab *t, size_t row_bytes,
                  unsigned bits); /* row_bytes: a power of two */
void objtab_destroy(struct objtab *t);
void objtab_reset(struct objtab *t);
/* The same as objtab_put when the number's own place is taken. */
void *objtab_put_slow(struct objtab *t, uint32_t id);

/* A record for id, counted as live, for the caller to overwrite (head included: { id, 1 }), since
 * what was there before is still in it. NULL: the host has no memory, or the ids are such as no machine
 * gives (more than OBJTAB_WINDOW live ones of nearly one number). */
static inline void *objtab_put(struct objtab *t, uint32_t id)
{
    uint32_t slot = OBJ_NUMBER(id) & t->mask;
    struct objtab_head *h = (void *)(t->rows + ((size_t)slot << t->row_shift));

    if (__builtin_expect(h->live, 0))
        return objtab_put_slow(t, id);
    t->newest = slot;
    t->live++;
    if (slot >= t->top)
        t->top = slot + 1;
    return h;
}

/* The same as objtab_find past the number's own place. In each file that asks, so that the compiler
 * sees how few registers it spoils and its callers save none. */
static __attribute__((noinline, unused)) void *objtab_find_slow(const struct objtab *t, uint32_t id)
{
    char *row = t->rows + ((size_t)(OBJ_NUMBER(id) & t->mask) << t->row_shift);

    for (unsigned i = 0; id && i < OBJTAB_WINDOW; i++, row += (size_t)1 << t->row_shift)
        if (((struct objtab_head *)row)->id == id)
            return row;
    return NULL;
}

/* The record of id, live or dead; NULL: never seen, or long forgotten. */
static inline void *objtab_find(const struct objtab *t, uint32_t id)
{
    char *row = t->rows + ((size_t)(OBJ_NUMBER(id) & t->mask) << t->row_shift);

    if (__builtin_expect(((struct objtab_head *)row)->id == id, 1))
        return row;
    return objtab_find_slow(t, id);
}

static inline void *objtab_find_live(const struct objtab *t, uint32_t id)
{
    struct objtab_head *h = objtab_find(t, id);

    return h && h->live ? h : NULL;
}

static inline void objtab_kill(struct objtab *t, void *row)
{
    struct objtab_head *h = row;

    t->live -= h->live;
    h->live = 0;
}

/* Calls each(ctx, record) for the live records in the order of their numbers. */
void objtab_each_live(const struct objtab *t, void (*each)(void *ctx, void *row), void *ctx);

#endif
