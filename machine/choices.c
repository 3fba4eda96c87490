/*
 * The choices of a recorded trace: every CHOICE event becomes one record, looked up by its key
 * while the run is repeated.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "machine/private.h"
#include "trace/read.h"

static bool record_add(struct dm_machine *m, size_t *room, const struct event *e)
{
    if (m->choice_count == *room) {
        size_t more = *room * 2 + 1024;
        struct choice_record *grown = realloc(m->choices, more * sizeof(*grown));

        if (!grown)
            return false;
        m->choices = grown;
        *room = more;
    }
    m->choices[m->choice_count++] = (struct choice_record) {
        .site = (uint16_t)e->obj,
        .agent = e->agent,
        .nth = (uint32_t)e->a[0],
        .bound = (uint32_t)e->a[1],
        .value = (uint32_t)e->a[2],
    };
    return true;
}

int choices_load(struct dm_machine *m, const char *path, char *message, size_t message_size)
{
    struct trace_reader *r = trace_read_open(path, message, message_size);
    struct event e;
    size_t room = 0;
    int got;

    if (!r)
        return ERR_IO;
    m->recorded_seed = trace_read_header(r)->seed; /* what is not a choice comes from it, too */
    while ((got = trace_read_next(r, &e, message, message_size)) > 0)
        if (e.kind == EV_CHOICE && !record_add(m, &room, &e)) {
            snprintf(message, message_size, "%s: no memory for its choices", path);
            got = ERR_NOMEM;
            break;
        }
    trace_read_close(r);
    if (!got && !m->choices) { /* a run without a single choice: an empty list is a list */
        m->choices = calloc(1, sizeof(*m->choices));
        got = m->choices ? 0 : ERR_NOMEM;
    }
    return got < 0 ? got : 0;
}
