/*
 * The parts of a written test: text that clang-format leaves alone, payloads, calls.
 */
#ifndef DMACHECK_MACHINE_TO_TEST_PRIVATE_H
#define DMACHECK_MACHINE_TO_TEST_PRIVATE_H

#include "machine/to_test.h"

#define CODE_COLUMNS 100
#define STATEMENT_MAX 2048

/* --- to_test_text.c --- */
/* A statement, indented; one that is too wide is cut between the arguments of its first call. */
void code_statement(FILE *out, unsigned indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A string's literal, with its quotes. */
const char *code_string(char *literal, size_t size, const char *text);
/* In a comment: what would end it is pulled apart. */
void code_comment(FILE *out, const char *text);
void code_paragraph(FILE *out, const char *text); /* the same as lines of one */

/* --- to_test_names.c --- */
/* Who makes things and who uses them: a thing of one thread is a variable there, others are static, and
 * whoever uses one asks first whether it is there. */
struct names {
    const struct dm_plan *plan;
    const struct thing *things;
    size_t thing_count;
};
struct thing {
    uint16_t sort; /* enum draft_sort */
    uint32_t id;
    size_t made; /* by which op */
    uint16_t thread;
    bool used;   /* there is an op about it */
    bool shared; /* static; used with care */
    bool first;  /* a file: the first that its thread opens */
};
void names_take(struct names *n, const struct dm_plan *p);
const struct thing *names_find(const struct names *n, unsigned sort, uint32_t id);
/* Whether an op is about something that nobody ever makes: it does nothing. */
bool names_vain(const struct names *n, const struct dm_plan_op *op);
void names_free(struct names *n);

/* --- to_test_calls.c: one op --- */
struct writing {
    FILE *out;
    const struct dm_plan *plan;
    const struct names *names;
    const bool *inside; /* ops that an earlier one's call has done */
    unsigned indent;    /* of the statement at hand */
};
void calls_write_op(struct writing *w, size_t at);
bool calls_shared(const struct writing *w, unsigned sort, uint32_t id);
/* "IOCTL_8000A00D"; until the next call. */
const char *calls_code(uint32_t code);

/* --- to_test_functions.c: all of them --- */
void functions_write_data(FILE *out, const struct names *n);
void functions_write(FILE *out, const struct dm_plan *p, const struct names *n);

#endif
