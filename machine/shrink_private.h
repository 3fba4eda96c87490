/*
 * What the passes of shrink share: the draft that they cut, and the one way to try a cut.
 */
#ifndef DMACHECK_MACHINE_SHRINK_PRIVATE_H
#define DMACHECK_MACHINE_SHRINK_PRIVATE_H

#include "machine/shrink.h"

/* A case that can be changed. The arrays are its own, the bytes that buffers point to are not. */
struct draft {
    struct dm_plan_op *ops;
    struct dm_plan_buffer *buffers;
    struct dm_plan_fault *faults;
    struct choice_record *choices;
    uint8_t *program;
    size_t op_count, buffer_count, fault_count, choice_count, program_bytes;
    size_t op_room, buffer_room, fault_room, choice_room, program_room;
    struct dm_plan head; /* scenario, flags, devices */
    uint32_t cards;      /* that are there before the first is plugged */
};

/* Sorts of things that an op makes, or is about. */
enum draft_sort {
    SORT_NONE,
    SORT_DEVICE,
    SORT_FILE,
    SORT_REQUEST,
    SORT_ALLOC,
    SORT_THREAD,
    SORT_COUNT
};
enum draft_sort draft_makes(const struct dm_plan_op *op);
enum draft_sort draft_about(const struct dm_plan_op *op);
static inline bool draft_is_request(const struct dm_plan_op *op)
{
    return op->kind == DM_OP_READ || op->kind == DM_OP_WRITE || op->kind == DM_OP_IOCTL;
}

/* --- shrink_draft.c --- */
void draft_take(struct draft *d,
                const struct shrink_case *from); /* copies; numbers from 1, dense */
void draft_copy(struct draft *to, const struct draft *from);
void draft_copy_choices(struct draft *to, const struct choice_record *choices, size_t count);
void draft_show(const struct draft *d, struct shrink_case *as);
void draft_free(struct draft *d);
/* Marks what cannot be without what is gone: a file's requests, a thread's ops, a request's waits. */
void draft_close(const struct draft *d, bool *gone);
/* from without the ops that are gone; `gone` must be closed. Choices are not copied. */
void draft_without(struct draft *to, const struct draft *from, const bool *gone);

/* --- the driver, shrink.c --- */
struct block {
    struct block *next;
    uint8_t bytes[];
};
struct shrinker {
    const struct shrink_oracle *oracle;
    const struct shrink_options *options;
    struct draft now, trial, base; /* base: what a pass began with */
    uint64_t runs, seeds;          /* seeds: how many were drawn */
    bool scheduled;                /* the failure wants choices: other schedules are tried, too */
    bool spent;
    struct block *blocks; /* bytes of payloads that were made */
};
/* Whether trial shows the finding; it is `now` then. */
bool shrink_try(struct shrinker *s);
/* The same; with other schedules when the one at hand does not do. */
bool shrink_try_scheduled(struct shrinker *s);
uint8_t *shrink_block(struct shrinker *s, size_t bytes); /* until shrink_free */

/* --- ddmin.c --- */
/* Finds a smallest set of items that must stay. without(ctx, gone) tries it without these and says whether
 * that does; gone[] is all false at first, and at the end says what could go. */
void ddmin(size_t count, bool *gone, bool (*without)(void *ctx, const bool *gone), void *ctx);

/* --- the passes; true: something got smaller --- */
bool shrink_plain(struct shrinker *s); /* shrink_choices.c: does the plain schedule do? */
bool shrink_ops(struct shrinker *s);
bool shrink_merge(struct shrinker *s); /* shrink_merge.c: two things become one */
bool shrink_faults(struct shrinker *s);
bool shrink_choices(struct shrinker *s);
bool shrink_bytes(struct shrinker *s);
bool shrink_times(struct shrinker *s);
bool shrink_program(struct shrinker *s);
size_t shrink_steps(const void *program); /* of a struct dm_program */

#endif
