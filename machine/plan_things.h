/*
 * What a plan has made so far, by its numbers.
 */
#ifndef DMACHECK_MACHINE_PLAN_THINGS_H
#define DMACHECK_MACHINE_PLAN_THINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plan_sort { PLAN_FILE, PLAN_REQUEST, PLAN_ALLOC, PLAN_THREAD };

struct plan_slot {
    uint64_t key;  /* 0: free */
    void *p;       /* NULL: not made, or gone again */
    unsigned uses; /* under way */
};
struct plan_things {
    struct plan_slot *slots;
    size_t mask;
};

void plan_things_begin(struct plan_things *t, size_t most);
void plan_things_end(struct plan_things *t);
/* NULL: there is none. */
void *plan_thing(const struct plan_things *t, enum plan_sort sort, uint32_t number);
/* In the place of an earlier one of that number. */
void plan_thing_put(struct plan_things *t, enum plan_sort sort, uint32_t number, void *p);
/* The same, and it is gone; NULL also while it is in use. */
void *plan_thing_take(struct plan_things *t, enum plan_sort sort, uint32_t number);
void plan_thing_use(struct plan_things *t, enum plan_sort sort, uint32_t number, int more);

/* A pointer into none of a plan's memory, from its name in events. */
void *plan_wild(uint64_t name);

#endif
