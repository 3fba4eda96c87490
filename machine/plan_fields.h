/*
 * The fields of one input line. What is not there, or is not what it has to be, is said as
 * "FILE:LINE: expected ...".
 */
#ifndef DMACHECK_MACHINE_PLAN_FIELDS_H
#define DMACHECK_MACHINE_PLAN_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/dmacheck/plan.h"

struct fields {
    const char *path;
    unsigned line;
    json_t *o;
    char *message;
    size_t message_size;
};

/* false: the line is no JSON object. */
bool fields_begin(struct fields *f, const char *text, size_t bytes);
void fields_end(struct fields *f);
bool fields_expected(struct fields *f, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* always false */

bool fields_has(const struct fields *f, const char *name);
/* A number up to limit, as a number or as a string of hex. */
bool fields_number(struct fields *f, const char *name, uint64_t limit, uint64_t *value);
/* NULL: said. The caller frees it. */
char *fields_text(struct fields *f, const char *name);
/* An array of hex and of {fill, len} that makes so many bytes. NULL: said. The caller frees it. */
uint8_t *fields_data(struct fields *f, const char *name, uint64_t bytes);
/* NAME_at and NAME of an object: this one's, or a piece of a chain. data: bytes that the caller frees. */
bool fields_buffer(struct fields *f, const json_t *o, const char *name, uint64_t bytes,
                   struct dm_plan_buffer *b, uint8_t **data);

#endif
