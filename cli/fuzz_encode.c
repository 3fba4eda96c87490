/*
 * dmacheck fuzz encode, seeds and build: inputs to begin with, out of recorded runs and of surfaces, and
 * the driver that they are for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/fuzz.h"
#include "include/dmacheck/plan.h"
#include "inputs/encode.h"
#include "inputs/seeds.h"
#include "sim/core/profile.h"
#include "trace/read.h"

#define INPUT_BYTES_MAX (1u << 24)

/* Which of the machines that an input names by number the trace is of. */
static uint32_t profile_of(const char *trace)
{
    char names[32][32], message[300];
    int count = profile_names(names, 32), at = 0;
    struct trace_reader *t = trace_read_open(trace, message, sizeof message);

    while (t && at < count && strcmp(names[at], trace_read_header(t)->profile))
        at++;
    if (t)
        trace_read_close(t);
    return at < count ? (uint32_t)at : 0;
}

int fuzz_encode(const struct fuzz_options *o)
{
    char message[600] = "";
    struct dm_plan *p = dm_plan_read(o->subject, message, sizeof message);
    uint8_t *to = malloc(INPUT_BYTES_MAX);
    int code = DM_INTERNAL;

    if (!p)
        code = cli_wrong("%s", message);
    else if (to)
        code =
            fuzz_output_write(o->output, to,
                              encode(p, o->surface, profile_of(o->subject), to, INPUT_BYTES_MAX));
    free(to);
    dm_plan_free(p);
    return code;
}

int fuzz_seeds(const struct fuzz_options *o)
{
    static uint8_t bytes[1u << 17];
    char name[SEED_NAME_MAX], path[4200];
    int code = 0;
    size_t size;

    if (mkdir(o->output, 0777) && errno != EEXIST)
        return cli_wrong("%s: %s", o->output, strerror(errno));
    for (unsigned i = 0; !code && (size = seed(o->surface, i, bytes, sizeof bytes, name)); i++) {
        snprintf(path, sizeof path, "%s/%s", o->output, name);
        code = fuzz_output_write(path, bytes, size);
    }
    return code;
}

/* With coverage and AddressSanitizer, where it is wanted. */
int fuzz_build(const struct fuzz_options *o)
{
    char path[4200];
    uint8_t *bytes;
    size_t count;
    int code;

    if (!cli_is_folder(o->subject))
        return cli_wrong("fuzz build: %s: expected a driver's folder", o->subject);
    cli_build_options("--asan --fuzz");
    if (cli_build_folder(o->subject, o->subject, NULL, path, sizeof path))
        return DM_USAGE;
    bytes = fuzz_input_read(path, &count);
    code = bytes ? fuzz_output_write(o->output, bytes, count) : DM_USAGE;
    free(bytes);
    return code;
}
