/*
 * The I/O manager's own state: made, reset and thrown away with the machine, and the small memory
 * that its records live in. Windows' structures are not here; they lie in the machine's pool.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/must.h"

#define ARENA_CHUNK_BYTES 65536u
#define ARENA_STEP 32u        /* sizes are rounded up to this */
#define ARENA_SMALL_MAX 1024u /* larger ones have a chunk of their own */

struct io_arena_chunk {
    struct io_arena_chunk *next;
    size_t used, bytes;
    _Alignas(16) char data[];
};

struct arena_free {
    struct arena_free *next;
};

static struct io_arena_chunk *chunk_new(size_t bytes)
{
    struct io_arena_chunk *c = malloc(sizeof(*c) + bytes);

    must(c);
    c->next = NULL;
    c->used = 0;
    c->bytes = bytes;
    return c;
}

/* The chunk after the present one that has room; a new one is linked in when there is none. */
static struct io_arena_chunk *chunk_with_room(struct nt_io *io, size_t bytes)
{
    struct io_arena_chunk *c = io->chunk;

    while (c->bytes - c->used < bytes) {
        if (!c->next)
            c->next = chunk_new(bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES);
        c = c->next;
    }
    io->chunk = c;
    return c;
}

void *io_host_alloc(struct sim *s, size_t bytes)
{
    struct nt_io *io = s->nt->io;
    size_t rounded = align_up(bytes, ARENA_STEP);
    struct arena_free **list =
        rounded <= ARENA_SMALL_MAX ? &io->arena_free[rounded / ARENA_STEP] : NULL;
    void *p;

    if (list && *list) {
        p = *list;
        *list = (*list)->next;
    } else {
        struct io_arena_chunk *c = chunk_with_room(io, rounded);

        p = c->data + c->used;
        c->used += rounded;
    }
    memset(p, 0, rounded);
    return p;
}

/* Large pieces come back with the next reset only: nobody frees many of them. */
void io_host_free(struct sim *s, void *p, size_t bytes)
{
    struct nt_io *io = s->nt->io;
    size_t rounded = align_up(bytes, ARENA_STEP);
    struct arena_free *f = p;

    if (!p || rounded > ARENA_SMALL_MAX)
        return;
    f->next = io->arena_free[rounded / ARENA_STEP];
    io->arena_free[rounded / ARENA_STEP] = f;
}

int nt_io_create(struct sim *s)
{
    struct nt_io *io = calloc(1, sizeof(*io));

    if (!io)
        return ERR_NOMEM;
    io->s = s;
    io->chunks = io->chunk = chunk_new(ARENA_CHUNK_BYTES);
    s->nt->io = io;
    nt_io_reset(s);
    return ERR_NONE;
}

/* Pool memory is the machine's and is reset there: only what points into it is forgotten here. */
void nt_io_reset(struct sim *s)
{
    struct nt_io *io = s->nt->io;
    struct io_arena_chunk *chunks = io->chunks;

    for (struct io_arena_chunk *c = chunks; c; c = c->next)
        c->used = 0;
    if (io->irps_used)
        memset(io->irp_free, 0, sizeof(io->irp_free));
    if (io->names_used)
        memset(io->names, 0, sizeof(io->names));
    if (io->vectors_used)
        memset(io->vectors, 0, sizeof(io->vectors));
    memset(io, 0, offsetof(struct nt_io, irp_free));
    io->s = s;
    io->chunks = io->chunk = chunks;
    io->random_state = s->seed;
}

void nt_io_destroy(struct sim *s)
{
    struct nt_io *io = s->nt->io;
    struct io_arena_chunk *next;

    for (struct io_arena_chunk *c = io->chunks; c; c = next) {
        next = c->next;
        free(c);
    }
    free(io);
    s->nt->io = NULL;
}

void io_event_init(PRKEVENT event, EVENT_TYPE type, bool signalled)
{
    memset(event, 0, sizeof(*event));
    event->Header.Type = (UCHAR)type;
    event->Header.Size = sizeof(*event) / sizeof(LONG);
    event->Header.SignalState = signalled;
    event->Header.WaitListHead.Flink = event->Header.WaitListHead.Blink =
        &event->Header.WaitListHead;
}

PETHREAD io_thread_object(struct sim *s)
{
    struct agent *a = sched_current_thread(s);

    return a ? (PETHREAD)ke_thread_of(s, a) : NULL;
}
