/*
 * The file that a trace is written into, in blocks of whole lines: plain, or each block a zstd frame of its
 * own. Behind what is written a place is always kept free, so that a disk that fills up can be said in the
 * file itself.
 */
#ifndef DMACHECK_TRACE_OUTPUT_H
#define DMACHECK_TRACE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output;

/* NULL: one line in message. */
struct output *output_open(const char *path, char *message, size_t message_size);
/* Appends lines. Once it has failed, nothing more is written, and what is given here counts as lost. */
bool output_write(struct output *o, const char *lines, size_t bytes);
uint64_t output_bytes(const struct output *o); /* of the file that are there to stay */
bool output_failed(const struct output *o);
/* 0, or negative err and one line in message: what was lost, and why. */
int output_close(struct output *o, char *message, size_t message_size);

#endif
