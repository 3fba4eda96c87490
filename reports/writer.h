/*
 * A small streaming JSON writer: what is said is written, in the order in which it is said. It
 * takes no memory and calls nothing but write(2), so that it also works from an abort handler.
 */
#ifndef DMACHECK_REPORTS_WRITER_H
#define DMACHECK_REPORTS_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITER_DEPTH_MAX 24
#define WRITER_BUFFER_BYTES 4096

struct writer {
    int fd;
    int error;      /* 0, or ERR_IO after the first write that failed */
    bool hung_up;   /* it failed because the reader of a pipe had enough */
    bool compact;   /* one line, no spaces: for JSON lines */
    bool in_script; /* stands in a page: no "<" or "&" in a string */
    unsigned depth;
    bool keyed;      /* a key was written, its value comes next */
    uint32_t filled; /* a bit for each depth: something is in it already */
    size_t used;
    char buffer[WRITER_BUFFER_BYTES];
};

void writer_init(struct writer *w, int fd, bool compact);
int writer_flush(struct writer *w); /* 0 or ERR_IO */
void writer_line(struct writer *w); /* ends a value of JSON lines */
int writer_end(struct writer *w);   /* ends the line, flushes; 0 or ERR_IO */
void writer_object_begin(struct writer *w);
void writer_object_end(struct writer *w);
void writer_array_begin(struct writer *w);
void writer_array_end(struct writer *w);
void writer_key(struct writer *w, const char *key);
void writer_string(struct writer *w,
                   const char *text); /* NULL: null; bytes that are not UTF-8: U+FFFD */
void writer_u64(struct writer *w,
                uint64_t value); /* above 2^53 as a hex string, which JSON readers keep */
void writer_hex(struct writer *w, uint64_t value); /* "0xE6" */
void writer_bool(struct writer *w, bool value);
void writer_null(struct writer *w);

/* A key with its value. */
void writer_key_string(struct writer *w, const char *key, const char *text);
void writer_key_u64(struct writer *w, const char *key, uint64_t value);

/* Bytes past JSON, through the same buffer: the text writers use them. */
void writer_raw(struct writer *w, const char *bytes, size_t count);
/* Text that a driver may have a part in, for a terminal: no control characters, only UTF-8; what follows
 * a line's end is indented. */
void writer_clean(struct writer *w, const char *text, const char *indent);
/* The length of the UTF-8 sequence at p, 0 when it is none. */
size_t writer_utf8_length(const unsigned char *p);

#endif
