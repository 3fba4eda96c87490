/*
 * Lines of several processors reach the debugger in any order, some twice (printed, and dumped from
 * the ring), some never. Their numbers say it all: they are given in the order in which things happened.
 */
#include <stdlib.h>
#include <string.h>

#include "import/capture.h"

/* A driver that was loaded again, or another boot, begins with a line of its own, and with any number. */
static void count_sessions(struct import_capture *c)
{
    const struct import_line *first = NULL;
    uint32_t session = 0;

    for (size_t i = 0; i < c->count; i++) {
        struct import_line *l = &c->lines[i];
        bool begins = l->kind == 'i' && !strcmp(l->name, "start");

        /* Printed, and dumped from the ring later: the same beginning. */
        if (begins && (!first || l->number != first->number || l->time != first->time)) {
            first = l;
            session++;
        }
        l->session = session;
    }
    /* Lines before the first beginning: a recording of their own, of which the beginning is lost. */
    if (c->lines[0].session == 0)
        for (size_t i = 0; i < c->count; i++)
            c->lines[i].session++;
    c->sessions = c->lines[c->count - 1].session;
}

static int by_number(const void *a, const void *b)
{
    const struct import_line *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

bool import_order(struct import_capture *c, uint32_t session)
{
    size_t kept = 0;
    uint32_t gaps = 0;

    count_sessions(c);
    if (!session)
        session = c->sessions;
    if (session > c->sessions)
        return false;
    for (size_t i = 0; i < c->count; i++)
        if (c->lines[i].session == session)
            c->lines[kept++] = c->lines[i];
    c->count = kept;
    qsort(c->lines, c->count, sizeof(*c->lines), by_number);
    for (size_t i = kept = 0; i < c->count; i++) {
        if (kept && c->lines[i].number == c->lines[kept - 1].number)
            c->repeated++;
        else
            c->lines[kept++] = c->lines[i];
    }
    c->count = kept;
    for (size_t i = 0; i < c->count; i++) {
        struct import_line *l = &c->lines[i];
        bool begins = l->kind == 'i' && !strcmp(l->name, "start");
        uint32_t missing = i ? l->number - c->lines[i - 1].number - 1 : begins ? 0 : l->number;

        gaps += missing != 0 || (!i && !begins);
        c->missing += missing;
        l->gaps = gaps;
    }
    c->gaps = gaps;
    return true;
}
