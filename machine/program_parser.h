/*
 * What the files of the text form's parser share: what has been read so far.
 */
#ifndef DMACHECK_MACHINE_PROGRAM_PARSER_H
#define DMACHECK_MACHINE_PROGRAM_PARSER_H

#include "machine/program.h"
#include "machine/program_text.h"

#define BUFFER_BYTES_MAX (256ull << 20)
#define STEPS_MAX 100000u /* more than a driver takes, so that it can be seen to refuse them */

enum { OUT, A, B, C, D, OPERANDS };

struct step { /* as the device has it */
    uint8_t opcode, type, variant, flags;
    uint32_t count, count2, count3;
    uint64_t refs[OPERANDS];
    uint32_t immediate, tag;
};
_Static_assert(sizeof(struct step) == DM_PROGRAM_STEP_BYTES, "a step's stride");

struct range {
    char name[TEXT_NAME_MAX];
    unsigned type;
    uint64_t offset, count;
};

struct label {
    char name[TEXT_NAME_MAX];
    uint32_t step;
};

struct operand {
    uint64_t ref;
    bool named; /* by a range, which says type and length */
    unsigned type;
    uint64_t bytes_left; /* of it, from here on */
};

struct array { /* that grows */
    void *p;
    size_t used, room;
};

struct parser {
    struct text t;
    struct text_place place; /* of the statement under way */
    char name[TEXT_NAME_MAX];
    uint64_t buffer_bytes;
    uint8_t *contents;
    struct array ranges, labels, steps, expected, literals;
    uint32_t outcome, reason;
    uint64_t outcome_step;
    char outcome_label[TEXT_NAME_MAX]; /* instead of the number, while it may be unknown */
    struct text_place outcome_place;
};

extern const char *const program_types[]; /* u8, i32, f32, NULL */

/* Zeroed. */
void *array_add(struct array *a, size_t bytes);

static inline uint32_t step_count(const struct parser *p)
{
    return (uint32_t)(p->steps.used / sizeof(struct step));
}

/* --- program.c --- */
bool take_range(struct parser *p, struct range **r);

/* --- program_init.c --- */
bool take_init(struct parser *p);

/* --- program_steps.c --- */
bool take_operand(struct parser *p, const char *what, struct operand *o);
/* An opcode, maybe with its type behind a point; false: name is something else. */
bool is_opcode(const char *name, unsigned *opcode, int *type);
bool take_step(struct parser *p, unsigned opcode, int type);
bool take_raw(struct parser *p);

#endif
