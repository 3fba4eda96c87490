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
    uint32_t id;   /* 0: never used */
    uint32_t live;
};

struct objtab {
    char *rows;
    uint32_t mask;
    uint32_t row_shift; /* a record is 1 << row_shift bytes */
    uint32_t top;       /* rows below it may be used: what a reset has to clear */
    uint32_t live;
};

int objtab_create(struct objtab *t, size_t row_bytes, unsigned bits); /* row_bytes: a power of two */
void objtab_destroy(struct objtab *t);
void objtab_reset(struct objtab *t);
/* A fresh record for id, zeroed and live; NULL only when the host has no memory. */
void *objtab_put(struct objtab *t, uint32_t id);

/* The record of id, live or dead; NULL: never seen, or long forgotten. */
static inline void *objtab_find(const struct objtab *t, uint32_t id)
{
    char *row = t->rows + ((size_t)(OBJ_NUMBER(id) & t->mask) << t->row_shift);

    for (unsigned i = 0; i < OBJTAB_WINDOW; i++, row += (size_t)1 << t->row_shift)
        if (((struct objtab_head *)row)->id == id)
            return id ? row : NULL;
    return NULL;
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
