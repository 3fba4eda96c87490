/*
 * A draft: a case that is cut. Ops hang together: what makes a thing, and all that is about it or done by
 * it; whoever goes takes along what cannot be without it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/plan_things.h"
#include "machine/shrink_private.h"

enum draft_sort draft_makes(const struct dm_plan_op *op)
{
    switch (op->kind) {
    case DM_OP_OPEN:
        return SORT_FILE;
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
        return SORT_REQUEST;
    case DM_OP_PLUG:
        return SORT_DEVICE;
    case DM_OP_ALLOC:
        return SORT_ALLOC;
    case DM_OP_THREAD:
        return SORT_THREAD;
    }
    return SORT_NONE;
}

enum draft_sort draft_about(const struct dm_plan_op *op)
{
    switch (op->kind) {
    case DM_OP_OPEN:
        return op->name || op->b ? SORT_NONE : SORT_DEVICE; /* or one of the driver's own */
    case DM_OP_START:
    case DM_OP_STOP:
    case DM_OP_REMOVE:
    case DM_OP_SURPRISE:
    case DM_OP_POWER:
    case DM_OP_REGISTRY:
        return SORT_DEVICE;
    case DM_OP_CLOSE:
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
        return SORT_FILE;
    case DM_OP_CANCEL:
    case DM_OP_WAIT:
    case DM_OP_SETTLED:
    case DM_OP_RELEASE:
        return SORT_REQUEST;
    case DM_OP_FREE:
        return SORT_ALLOC;
    case DM_OP_JOIN:
        return SORT_THREAD;
    }
    return SORT_NONE;
}

/* --- room --- */

static void room(void **array, size_t *room, size_t wanted, size_t item)
{
    if (wanted <= *room)
        return;
    *array = realloc(*array, wanted * item);
    must(*array);
    *room = wanted;
}
#define ROOM(d, of, count) room((void **)&(d)->of##s, &(d)->of##_room, (count), sizeof(*(d)->of##s))

/* Copies count items, where there may be none. */
static void copy(void *to, const void *from, size_t bytes)
{
    if (bytes)
        memcpy(to, from, bytes);
}

static void copy_program(struct draft *to, const void *program, size_t bytes)
{
    room((void **)&to->program, &to->program_room, bytes, 1);
    copy(to->program, program, bytes);
    to->program_bytes = bytes;
}

void draft_copy_choices(struct draft *to, const struct choice_record *choices, size_t count)
{
    ROOM(to, choice, count);
    copy(to->choices, choices, count * sizeof(*choices));
    to->choice_count = count;
}

static void copy_rest(struct draft *to, const struct dm_plan *head,
                      const struct dm_plan_fault *faults, size_t fault_count)
{
    to->head = *head;
    ROOM(to, fault, fault_count);
    copy(to->faults, faults, fault_count * sizeof(*faults));
    to->fault_count = fault_count;
}

void draft_copy(struct draft *to, const struct draft *from)
{
    ROOM(to, op, from->op_count);
    ROOM(to, buffer, from->buffer_count);
    copy(to->ops, from->ops, from->op_count * sizeof(*to->ops));
    copy(to->buffers, from->buffers, from->buffer_count * sizeof(*to->buffers));
    to->op_count = from->op_count;
    to->buffer_count = from->buffer_count;
    to->cards = from->cards;
    copy_rest(to, &from->head, from->faults, from->fault_count);
    draft_copy_choices(to, from->choices, from->choice_count);
    copy_program(to, from->program, from->program_bytes);
}

void draft_free(struct draft *d)
{
    free(d->ops);
    free(d->buffers);
    free(d->faults);
    free(d->choices);
    free(d->program);
    memset(d, 0, sizeof(*d));
}

void draft_show(const struct draft *d, struct shrink_case *as)
{
    *as = (struct shrink_case) {
        .plan = d->head,
        .choices = d->choices,
        .choice_count = d->choice_count,
        .program = d->program_bytes ? d->program : NULL,
        .program_bytes = d->program_bytes,
    };
    as->plan.ops = d->ops;
    as->plan.op_count = d->op_count;
    as->plan.buffers = d->buffers;
    as->plan.buffer_count = d->buffer_count;
    as->plan.faults = d->faults;
    as->plan.fault_count = d->fault_count;
}

/* --- numbers --- */

/* Old numbers to new ones, by sort; whoever made a plan may have numbered its things as it liked. */
static uint32_t renumbered(const struct plan_things *t, enum draft_sort sort, uint32_t old)
{
    return (uint32_t)(uintptr_t)plan_thing(t, (enum plan_sort)sort, old);
}

static uint32_t first_plugged(const struct draft *d)
{
    uint32_t first = UINT32_MAX;

    for (size_t i = 0; i < d->op_count; i++)
        if (d->ops[i].kind == DM_OP_PLUG && d->ops[i].id < first)
            first = d->ops[i].id;
    return first;
}

/* The cards that are there before the first is plugged keep their numbers. */
static void number_device(const struct plan_things *t, uint32_t first, uint32_t *number)
{
    uint32_t nth = *number >= first ? renumbered(t, SORT_DEVICE, *number) : 0;

    if (*number >= first)
        *number = nth ? first + nth - 1 : UINT32_MAX; /* never plugged */
}

static void number_op(const struct plan_things *t, uint32_t cards, struct dm_plan_op *op)
{
    enum draft_sort makes = draft_makes(op), about = draft_about(op);

    if (makes == SORT_DEVICE)
        number_device(t, cards, &op->id);
    else if (makes)
        op->id = renumbered(t, makes, op->id);
    if (about == SORT_DEVICE)
        number_device(t, cards, &op->on);
    else if (about)
        op->on = renumbered(t, about, op->on);
    op->thread = (uint16_t)renumbered(t, SORT_THREAD, op->thread);
}

/* What is made is numbered from 1 in the order of its making, cards from the first that is plugged; a thread
 * that is nobody's (its number was never made) becomes the first thread. */
static void number(struct draft *d)
{
    uintptr_t next[SORT_COUNT] = { 0 };
    struct plan_things t;

    plan_things_begin(&t, d->op_count);
    for (size_t i = 0; i < d->op_count; i++) {
        enum draft_sort sort = draft_makes(&d->ops[i]);

        if (sort)
            plan_thing_put(&t, (enum plan_sort)sort, d->ops[i].id, (void *)++next[sort]);
    }
    for (size_t i = 0; i < d->op_count; i++)
        number_op(&t, d->cards, &d->ops[i]);
    for (size_t i = 0; i < d->buffer_count; i++)
        if (d->buffers[i].place == DM_PLACE_ALLOC)
            d->buffers[i].alloc = renumbered(&t, SORT_ALLOC, d->buffers[i].alloc);
    plan_things_end(&t);
}

/* Bytes that are all alike are said in one word. */
static void simplify(struct dm_plan_buffer *b)
{
    if (b->content != DM_CONTENT_BYTES || !b->bytes ||
        (b->bytes > 1 && memcmp(b->data, b->data + 1, b->bytes - 1) != 0))
        return;
    b->content = DM_CONTENT_FILL;
    b->value = b->data[0];
    b->data = NULL;
}

void draft_take(struct draft *d, const struct shrink_case *from)
{
    const struct dm_plan *p = &from->plan;

    ROOM(d, op, p->op_count);
    ROOM(d, buffer, p->buffer_count);
    copy(d->ops, p->ops, p->op_count * sizeof(*d->ops));
    copy(d->buffers, p->buffers, p->buffer_count * sizeof(*d->buffers));
    d->op_count = p->op_count;
    d->buffer_count = p->buffer_count;
    copy_rest(d, p, p->faults, p->fault_count);
    draft_copy_choices(d, from->choices, from->choice_count);
    copy_program(d, from->program, from->program_bytes);
    for (size_t i = 0; i < d->op_count; i++)
        for (uint32_t b = 0; b < d->ops[i].buffer_count && d->ops[i].kind != DM_OP_FILE; b++)
            simplify(&d->buffers[d->ops[i].buffer_first + b]);
    d->cards = first_plugged(d);
    number(d);
}

/* --- what goes with what --- */

struct dead { /* numbers of things that are not made any more, by sort */
    bool *of[SORT_COUNT];
    size_t count;
};

static bool is_dead(const struct dead *dead, enum draft_sort sort, uint32_t id)
{
    return sort && id < dead->count && dead->of[sort][id];
}

static bool uses_dead(const struct draft *d, const struct dead *dead, const struct dm_plan_op *op)
{
    if (is_dead(dead, draft_about(op), op->on) || is_dead(dead, SORT_THREAD, op->thread))
        return true;
    for (uint32_t b = 0; b < op->buffer_count; b++) {
        const struct dm_plan_buffer *buffer = &d->buffers[op->buffer_first + b];

        if (buffer->place == DM_PLACE_ALLOC && is_dead(dead, SORT_ALLOC, buffer->alloc))
            return true;
    }
    return false;
}

void draft_close(const struct draft *d, bool *gone)
{
    struct dead dead = { .count = d->op_count + 64 }; /* dense numbers; a few cards before them */
    bool more = true;

    for (unsigned s = 1; s < SORT_COUNT; s++) {
        dead.of[s] = calloc(dead.count, sizeof(bool));
        must(dead.of[s]);
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < d->op_count; i++) {
            const struct dm_plan_op *op = &d->ops[i];
            enum draft_sort makes = draft_makes(op);

            if (!gone[i] && uses_dead(d, &dead, op))
                gone[i] = true;
            if (gone[i] && makes && op->id < dead.count && !dead.of[makes][op->id])
                dead.of[makes][op->id] = more = true;
        }
    }
    for (unsigned s = 1; s < SORT_COUNT; s++)
        free(dead.of[s]);
}

void draft_without(struct draft *to, const struct draft *from, const bool *gone)
{
    ROOM(to, op, from->op_count);
    ROOM(to, buffer, from->buffer_count);
    to->op_count = to->buffer_count = 0;
    to->cards = from->cards;
    for (size_t i = 0; i < from->op_count; i++) {
        struct dm_plan_op op = from->ops[i];

        if (gone[i])
            continue;
        if (op.buffer_count)
            copy(to->buffers + to->buffer_count, from->buffers + op.buffer_first,
                 op.buffer_count * sizeof(*to->buffers));
        op.buffer_first = (uint32_t)to->buffer_count;
        to->buffer_count += op.buffer_count;
        to->ops[to->op_count++] = op;
    }
    copy_rest(to, &from->head, from->faults, from->fault_count);
    copy_program(to, from->program, from->program_bytes);
    number(to);
}
