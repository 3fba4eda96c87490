/*
 * Loading is reading to the end and keeping it all.
 */
#include "trace/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

#define EVENTS_MAX                                                                                 \
    (1u << 26) /* 4 GiB of them: more is a run that went wild, and would take the machine along */

static void *grown(void *p, size_t count, size_t size)
{
    p = realloc(p, count * size);
    must(p);
    return p;
}

static void line_add(struct trace_lines *l, const struct trace_line *line, size_t events)
{
    char *copy = malloc(line->bytes + 1);

    must(copy);
    memcpy(copy, line->text, line->bytes + 1);
    if (!(l->count & (l->count - 1))) { /* room is a power of two */
        size_t room = l->count ? l->count * 2 : 1;

        l->at = grown(l->at, room, sizeof(*l->at));
        l->bytes = grown(l->bytes, room, sizeof(*l->bytes));
        l->line = grown(l->line, room, sizeof(*l->line));
        l->event = grown(l->event, room, sizeof(*l->event));
    }
    l->at[l->count] = copy;
    l->bytes[l->count] = line->bytes;
    l->line[l->count] = line->number;
    l->event[l->count++] = events;
}

static void lines_free(struct trace_lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        free((char *)l->at[i]);
    free(l->at);
    free(l->bytes);
    free(l->line);
    free(l->event);
}

static int read_all(struct trace_loaded *t, const char *path, char *message, size_t message_size)
{
    struct event *events = NULL;
    size_t room = 0;
    struct trace_line line;
    int got;

    while ((got = trace_read_line(t->reader, &line, message, message_size)) > 0) {
        if (line.kind == TRACE_INPUT)
            line_add(&t->inputs, &line, t->event_count);
        else if (line.kind == TRACE_FINDING)
            line_add(&t->findings, &line, t->event_count);
        else if (line.kind == TRACE_OTHER)
            line_add(&t->others, &line, t->event_count);
        if (line.kind != TRACE_EVENT)
            continue;
        if (t->event_count == EVENTS_MAX) {
            snprintf(message, message_size, "%s:%u: expected at most %u events", path, line.number,
                     EVENTS_MAX);
            got = ERR_NOMEM;
            break;
        }
        if (t->event_count == room) {
            room = room * 2 + 1024;
            events = grown(events, room, sizeof(*events));
        }
        events[t->event_count++] = line.event;
    }
    t->events = events;
    return got;
}

struct trace_loaded *trace_load(const char *path, char *message, size_t message_size)
{
    struct trace_loaded *t = calloc(1, sizeof(*t));

    must(t);
    t->reader = trace_read_open(path, message, message_size);
    if (!t->reader || read_all(t, path, message, message_size)) {
        trace_load_free(t);
        return NULL;
    }
    t->header = trace_read_header(t->reader);
    t->header_line = trace_read_header_line(t->reader);
    t->depot = trace_read_depot(t->reader);
    t->cut = trace_read_cut(t->reader) != NULL;
    snprintf(message, message_size, "%s", t->cut ? trace_read_cut(t->reader) : "");
    return t;
}

void trace_load_free(struct trace_loaded *t)
{
    if (!t)
        return;
    lines_free(&t->inputs);
    lines_free(&t->findings);
    lines_free(&t->others);
    free((struct event *)t->events);
    if (t->reader)
        trace_read_close(t->reader);
    free(t);
}
