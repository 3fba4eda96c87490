/*
 * All schedules with at most so many preemptions. A schedule is the plain one (whoever runs goes
 * on; where it cannot, the earliest goes) but for some points where somebody else is taken. Running
 * one shows all points behind the last of them, and each alternative there is a schedule of its own
 * that waits to be run: at once if it costs nothing, with the next number of preemptions if it
 * takes the processor from somebody who could have gone on. So each schedule is run once, those
 * with few preemptions first.
 */
#include <stdlib.h>

#include "base/must.h"
#include "base/rng.h"
#include "sim/core/choice_strategy.h"

#define LEVELS_MAX 16
#define NODES_MAX (1u << 26) /* 1.25 GiB: then the space is not exhausted */
#define CHANGES_MAX 4096     /* points of one schedule that differ from the plain one */
#define NOBODY UINT32_MAX

struct node { /* a schedule: its parent's, and one point more */
    uint32_t parent, point;
    uint16_t value, bound;
};

struct list { /* of nodes that wait */
    uint32_t *at;
    uint32_t count, room;
};

struct change {
    uint32_t point;
    uint16_t value, bound;
};

struct tree {
    struct choice_strategy st;
    unsigned preemptions, level;
    struct node *nodes;
    uint32_t node_count, node_room;
    struct list waiting[LEVELS_MAX + 1];
    uint64_t run[LEVELS_MAX + 1];
    uint32_t node; /* the one that is run */
    struct change changes[CHANGES_MAX];
    uint32_t change_count, change_next;
    bool cut, repeats;
};

static bool list_add(struct list *l, uint32_t node)
{
    if (l->count == l->room) {
        uint32_t room = l->room ? l->room * 2 : 256;
        uint32_t *at = realloc(l->at, room * sizeof(*at));

        if (!at)
            return false;
        l->at = at;
        l->room = room;
    }
    l->at[l->count++] = node;
    return true;
}

static void schedule_add(struct tree *t, unsigned level, uint32_t point, uint32_t value,
                         uint32_t bound)
{
    if (t->node_count == t->node_room && t->node_room < NODES_MAX) {
        uint32_t room = t->node_room * 2;
        struct node *nodes = realloc(t->nodes, room * sizeof(*nodes));

        if (nodes) {
            t->nodes = nodes;
            t->node_room = room;
        }
    }
    if (t->node_count == t->node_room || !list_add(&t->waiting[level], t->node_count)) {
        t->cut = true;
        return;
    }
    t->nodes[t->node_count++] = (struct node) { t->node, point, (uint16_t)value, (uint16_t)bound };
}

static void changes_of(struct tree *t, uint32_t node)
{
    uint32_t count = 0;

    for (uint32_t n = node; t->nodes[n].parent != NOBODY; n = t->nodes[n].parent)
        count++;
    must(count <= CHANGES_MAX);
    t->change_count = count;
    for (uint32_t n = node; count--; n = t->nodes[n].parent)
        t->changes[count] =
            (struct change) { t->nodes[n].point, t->nodes[n].value, t->nodes[n].bound };
}

static void tree_again(struct choice_strategy *st)
{
    struct tree *t = (struct tree *)st;

    t->repeats = true; /* what it shows is known */
    t->change_next = 0;
    st->points = 0;
}

static bool tree_begin(struct choice_strategy *st, uint64_t run)
{
    struct tree *t = (struct tree *)st;

    (void)run;
    while (!t->waiting[t->level].count && t->level < t->preemptions)
        t->level++;
    if (!t->waiting[t->level].count)
        return false;
    t->node = t->waiting[t->level].at[--t->waiting[t->level].count];
    t->run[t->level]++;
    changes_of(t, t->node);
    tree_again(st);
    t->repeats = false;
    return true;
}

/* The plain one, and what it costs to take another. */
static uint32_t plain_value(const struct choice_point *p, unsigned *cost)
{
    bool goes_on = p->who->running < p->bound;

    *cost = goes_on;
    return goes_on ? p->who->running : 0;
}

static uint32_t tree_take(struct choice_strategy *st, const struct choice_point *p)
{
    struct tree *t = (struct tree *)st;
    uint32_t point, value;
    unsigned cost;

    if (!p->who)
        return strategy_data(st, p);
    if (strategy_settled(p, &value))
        return value;
    point = (uint32_t)st->points++;
    if (t->change_next < t->change_count) {
        const struct change *c = &t->changes[t->change_next];

        if (c->point != point)
            return plain_value(p, &cost);
        t->change_next++;
        if (c->bound == p->bound)
            return c->value;
        st->diverged = true;
        return 0;
    }
    value = plain_value(p, &cost);
    if (t->repeats)
        return value;
    for (uint32_t other = 0; other < p->bound && t->level + cost <= t->preemptions; other++)
        if (other != value && p->who->agent[other] != CHOICE_NOBODY &&
            t->change_count < CHANGES_MAX)
            schedule_add(t, t->level + cost, point, other, p->bound);
    t->cut |= t->change_count == CHANGES_MAX;
    return value;
}

static void tree_destroy(struct choice_strategy *st)
{
    struct tree *t = (struct tree *)st;

    for (unsigned i = 0; i <= LEVELS_MAX; i++)
        free(t->waiting[i].at);
    free(t->nodes);
    free(t);
}

void tree_progress(const struct choice_strategy *st, unsigned preemptions, uint64_t *run,
                   uint64_t *waiting)
{
    const struct tree *t = (const struct tree *)st;

    *run = preemptions <= LEVELS_MAX ? t->run[preemptions] : 0;
    *waiting = preemptions <= LEVELS_MAX ? t->waiting[preemptions].count : 0;
}

bool tree_is_cut(const struct choice_strategy *st) { return ((const struct tree *)st)->cut; }

struct choice_strategy *tree_create(unsigned preemptions)
{
    struct tree *t = calloc(1, sizeof(*t));

    must(preemptions <= LEVELS_MAX);
    if (!t)
        return NULL;
    t->st = (struct choice_strategy) { .name = "dfs",
                                       .begin = tree_begin,
                                       .again = tree_again,
                                       .take = tree_take,
                                       .destroy = tree_destroy,
                                       .pin_data = true };
    t->preemptions = preemptions;
    t->node_room = 1024;
    t->nodes = malloc(t->node_room * sizeof(*t->nodes));
    if (!t->nodes || !list_add(&t->waiting[0], 0)) {
        tree_destroy(&t->st);
        return NULL;
    }
    t->nodes[t->node_count++] = (struct node) { .parent = NOBODY };
    return &t->st;
}
