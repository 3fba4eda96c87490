/*
 * The words of a program's text form: names, numbers, values, and where they stand.
 */
#ifndef DMACHECK_MACHINE_PROGRAM_TEXT_H
#define DMACHECK_MACHINE_PROGRAM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_NAME_MAX 64

struct text {
    const char *file;
    const char *at, *end;
    const char *line_start;
    unsigned line;
    char *message;
    size_t message_size;
};

struct text_place {
    unsigned line, column;
};

enum text_type { TEXT_U8, TEXT_I32, TEXT_F32 }; /* as the device numbers them */
static inline unsigned text_type_bytes(unsigned type) { return type == TEXT_U8 ? 1 : 4; }

void text_begin(struct text *t, const char *file, const char *text, char *message, size_t size);
/* Where the next word stands. */
struct text_place text_here(struct text *t);
/* "FILE:LINE:COLUMN: expected ..., not 'WORD'"; always false. */
bool text_expected(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same of another place, without what is found there. */
bool text_wrong_at(struct text *t, struct text_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool text_line_ends(struct text *t); /* nothing but a comment is left */
bool text_next_line(struct text *t); /* false: there is none */
bool text_at_end(struct text *t);    /* as text_line_ends, or else says so */
bool text_is(struct text *t, char c);
bool text_take_char(struct text *t, char c); /* or else says so */
bool text_is_name(struct text *t);
bool text_take_name(struct text *t, const char *what, char name[TEXT_NAME_MAX]);
/* This word, or else says so. */
bool text_take_word(struct text *t, const char *word);
/* One of words (NULL at the end): its index, or -1 and says so. */
int text_take_one_of(struct text *t, const char *what, const char *const *words);
bool text_take_number(struct text *t, const char *what, uint64_t least, uint64_t most,
                      uint64_t *value);
/* MxNxK. */
bool text_take_tile(struct text *t, uint32_t tile[3]);
/* A value of this type, as its bits. */
bool text_take_value(struct text *t, unsigned type, uint32_t *bits);

#endif
