/*
 * What race.c (accesses) and race_order.c (clocks) share.
 */
#ifndef DMACHECK_SIM_CORE_RACE_PRIVATE_H
#define DMACHECK_SIM_CORE_RACE_PRIVATE_H

#include "sim/core/objmap.h"
#include "sim/core/race.h"
#include "sim/core/sched_private.h"

/* Contexts that can be ordered: the machine itself (0), threads, and for each processor its DPCs, its
 * ISRs and its idle loop. Threads beyond share the last place, which hides races between them. */
#define RACE_CONTEXTS 64u
#define RACE_THREADS 48u
#define RACE_DPC (1 + RACE_THREADS)
#define RACE_ISR (RACE_DPC + SCHED_CPUS_MAX)
#define RACE_IDLE (RACE_ISR + SCHED_CPUS_MAX)

#define RACE_KEYS_MAX 65536u /* beyond, nothing is told any more */
#define RACE_PAIRS_MAX 64u   /* different races of a run */
#define RACE_EXTENSIONS_MAX 64u
#define RACE_CELLS 4u /* accesses that a word remembers */
#define RACE_WORDS (PAGE_BYTES / 8)

struct race_clock {
    uint32_t at[RACE_CONTEXTS];
};
struct race_clock_block {
    struct race_clock_block *next;
    struct race_clock clocks[64];
};

struct race_cell { /* one access; clock 0: none */
    uint32_t clock, site;
    uint8_t context, bytes_mask;
    bool store, interlocked, locked, torn;
};
struct race_page {
    struct race_page *next;
    struct race_cell words[RACE_WORDS][RACE_CELLS];
};
struct race_span {
    uint64_t from, to;
};
struct race_pair {
    uint32_t first, second; /* sites */
};

struct race {
    struct race_clock now[RACE_CONTEXTS]; /* what each context knows of each */
    uint16_t locks[RACE_CONTEXTS];        /* how many each holds */
    struct objmap keys;                   /* key -> struct race_clock */
    uint32_t key_count;
    struct race_clock_block *clocks, *clock_block; /* all; the one in use */
    unsigned clock_used;                           /* of the one in use */
    struct objmap pages;                           /* page's address -> struct race_page */
    struct race_page *live, *idle;
    uint64_t last_page;
    struct race_page *last;
    struct race_span statics[2], extensions[RACE_EXTENSIONS_MAX];
    unsigned extension_count;
    struct race_pair pairs[RACE_PAIRS_MAX];
    unsigned pair_count;
    uint64_t interlocked; /* address of the operation that comes next; 0: none */
};

unsigned race_context(const struct sim *s); /* who acts now */
int race_order_create(struct race *r);
void race_order_reset(struct race *r);
void race_order_destroy(struct race *r);

#endif
