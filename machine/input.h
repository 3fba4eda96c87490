/*
 * Inputs: what the requester does is said as it happens, and recorded whole, so that a trace holds all
 * that a run was given: requests with their bytes, cancels, power, removal, and what else a scenario does
 * that the machine sees. From such lines a plan is made (include/dmacheck/plan.h).
 */
#ifndef DMACHECK_MACHINE_INPUT_H
#define DMACHECK_MACHINE_INPUT_H

#include "machine/line.h"
#include "machine/private.h"

enum input_kind {
#define INPUT(kind, word) INPUT_##kind,
#include "trace/inputs.def"
#undef INPUT
    INPUT_COUNT
};

/* From here on a line alone says it, no event. */
#define INPUT_SILENT INPUT_ALLOC

struct input_field { /* of a line: a text, or else a number; name NULL: not said */
    const char *name, *text;
    uint64_t value;
};

extern const char *const input_words[];
int input_kind_of(const char *word); /* negative: no such input */

/* What an event says, too; returns its index. */
uint64_t input_say_fields(struct dm_run *r, enum input_kind kind, uint32_t obj,
                          const struct input_field *fields, unsigned count);
#define FIELDS(...)                                                                                \
    (const struct input_field[]) { __VA_ARGS__ },                                                  \
        sizeof((const struct input_field[]) { __VA_ARGS__ }) / sizeof(struct input_field)
#define input_say(r, kind, obj, ...) input_say_fields((r), (kind), (obj), FIELDS(__VA_ARGS__))

/* What only the recorder is told. */
void input_note_fields(struct dm_run *r, enum input_kind kind, const struct input_field *fields,
                       unsigned count);
#define input_note(r, kind, ...)                                                                   \
    do                                                                                             \
        if ((r)->m->recorder)                                                                      \
            input_note_fields((r), (kind), FIELDS(__VA_ARGS__));                                   \
    while (0)

/* A request, with its buffers: where they lie and what they hold. Returns its index. */
uint64_t input_request(struct dm_run *r, uint32_t file, const struct host_io *io);
void input_file(struct dm_run *r, const char *path, const void *bytes, uint32_t size_bytes);
/* What the run was handed by name. */
void input_given(struct dm_run *r);

/* --- input_buffer.c --- */
/* dm_fill's note of what lies where, so that a large payload is one line. */
void input_filled(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern);
/* The scenario's memory, so that buffers can be named by their allocation. */
uint32_t input_next_alloc(struct dm_run *r); /* its number */
void input_alloc(struct dm_run *r, const void *p, size_t bytes);
void input_free(struct dm_run *r, const void *p);
/* ,"NAME_at":where */
void input_put_place(struct dm_run *r, struct line *l, const char *name, const void *p);
/* ,"NAME":what it holds; sparing: only where that is said in few words. */
void input_put_content(struct dm_run *r, struct line *l, const char *name, const void *p,
                       size_t bytes, bool sparing);
/* Any bytes of the host's: an array of pieces, each in hex or alike throughout. */
void input_put_bytes(struct line *l, const void *p, size_t bytes);
void input_end(struct dm_run *r); /* of the run */

#endif
