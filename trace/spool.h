/*
 * The spool of a trace that is being written: text goes into a shared mapping, which outlives the
 * process, and from there into the file in blocks.
 */
#ifndef DMACHECK_TRACE_SPOOL_H
#define DMACHECK_TRACE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#define SPOOL_LINE_MAX 8192 /* the longest line that is formatted in place */
#define SPOOL_BYTES (4u << 20)
#define SPOOL_MAGIC 0x6c6f6f7073616d64ull

/* At the start of the spool file. A spool whose `drained` is not the file's size belongs to a file
 * that got its last block but whose header was not yet updated: the overlap is skipped. */
struct spool_header {
    uint64_t magic;
    uint64_t drained; /* bytes of the trace file when this content began */
    uint64_t used;    /* bytes of content that are whole lines */
    uint64_t reserved;
};

struct spool;

struct spool *spool_open(const char *path, char *message, size_t message_size);
char *spool_reserve(struct spool *s, size_t bytes); /* room for one line */
void spool_commit(struct spool *s, const char *end);
void spool_write(struct spool *s, const void *text, size_t bytes);
int spool_drain(struct spool *s);
/* Drains, compresses a .zst, removes the spool file. */
int spool_close(struct spool *s, char *message, size_t message_size);

#endif
