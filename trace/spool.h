/*
 * The spool of a trace that is being written: lines go into a shared mapping, which outlives the
 * process, and from there into the file in blocks.
 */
#ifndef DMACHECK_TRACE_SPOOL_H
#define DMACHECK_TRACE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#define SPOOL_LINE_MAX 16384 /* the longest line that is formatted in place */
#define SPOOL_BYTES (128u << 10)
#define SPOOL_MAGIC 0x6c6f6f7073616d64ull

/* At the start of the spool file. While `used` or `beside` is not 0, what the trace file has beyond
 * `drained` is a part of the same lines, or room that is kept free. */
struct spool_header {
    uint64_t magic;   /* 0: the trace has ended, though its writer has not */
    uint64_t drained; /* bytes of the trace file when this content began */
    uint64_t used;    /* bytes of content; whole lines */
    uint64_t beside;  /* 1: a line that has no room here is being written behind `drained` */
};

struct spool;

struct spool *spool_open(const char *path, char *message, size_t message_size);
/* Room for one line of at most SPOOL_LINE_MAX bytes; it is said when spool_commit has been told its end. */
char *spool_reserve(struct spool *s);
void spool_commit(struct spool *s, const char *end);
/* One line of any length, without its newline. */
void spool_line(struct spool *s, const char *text, size_t bytes);
/* Drains, and removes the spool file. 0, or negative err and one line in message. */
int spool_close(struct spool *s, char *message, size_t message_size);

#endif
