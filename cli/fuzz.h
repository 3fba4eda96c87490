/*
 * What the verbs of dmacheck fuzz share.
 */
#ifndef DMACHECK_CLI_FUZZ_H
#define DMACHECK_CLI_FUZZ_H

#include "cli/cli.h"
#include "inputs/surface.h"

struct fuzz_options {
    const char *subject;         /* the input, or the trace */
    const char *driver, *target; /* NULL: not said */
    const char *record, *output;
    struct surface *surface; /* never NULL: one that is not known is empty */
};

int fuzz_print(const struct fuzz_options *o);
int fuzz_replay(const struct fuzz_options *o);
int fuzz_encode(const struct fuzz_options *o);
int fuzz_seeds(const struct fuzz_options *o);
int fuzz_build(const struct fuzz_options *o);

/* The whole file; NULL: its line has been said. The caller frees it. */
uint8_t *fuzz_input_read(const char *path, size_t *bytes);
/* 0 or DM_USAGE. */
int fuzz_output_write(const char *path, const void *bytes, size_t count);

#endif
