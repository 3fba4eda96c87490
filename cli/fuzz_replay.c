/*
 * dmacheck fuzz replay: an input as a recorded run, which replay, shrink and trace go on from.
 */
#include "cli/fuzz.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inputs/decode.h"
#include "sim/core/profile.h"

#define TARGET_STEPS_MAX 3000000u /* as the targets have it */

static const struct {
    const char *target;
    unsigned allowed;
} targets[] = {
    { "ioctl", DECODE_REQUESTS | DECODE_POWER },
    { "device", DECODE_REQUESTS | DECODE_HOSTILE },
    { "plan", DECODE_ALL },
};
#define TARGETS (sizeof targets / sizeof *targets)

static int allowed(const char *target)
{
    for (unsigned i = 0; i < TARGETS; i++)
        if (!strcmp(targets[i].target, target))
            return (int)targets[i].allowed;
    cli_wrong("fuzz replay: --target wants ioctl, device or plan, not '%s'", target);
    return 0;
}

/* On the machine that the input names. */
static int play(const struct fuzz_options *o, struct dm_driver *d, const struct decoded *in,
                const char *record)
{
    char names[32][32], message[600] = "";
    int count = profile_names(names, 32);
    struct dm_options options = { .verify = true,
                                  .record = record,
                                  .bytes = in->choices,
                                  .bytes_count = in->choice_bytes,
                                  .subject = o->driver,
                                  .steps_max = TARGET_STEPS_MAX };
    struct dm_machine *m;
    struct dm_result result;

    if (count < 1)
        return cli_wrong("there are no profiles");
    options.profile = names[in->profile % (unsigned)count];
    m = dm_machine_create(&options, message, sizeof message);
    if (!m)
        return cli_wrong("%s", message);
    dm_machine_run_plan(m, d, &in->plan, &result);
    fprintf(stderr, "dmacheck: recorded %s, profile %s\n", record, options.profile);
    if (result.expectations_failed || result.exit == DM_USAGE)
        fprintf(stderr, "dmacheck: %s\n", result.first_failure);
    if (result.exit == DM_BUDGET)
        fputs("dmacheck: the run does not end\n", stderr);
    dm_machine_destroy(m);
    return result.exit;
}

int fuzz_replay(const struct fuzz_options *o)
{
    int may = allowed(o->target), code;
    struct cli_driver found;
    struct decoder *decoder;
    struct dm_driver *d;
    char record[4200], message[600] = "";
    size_t bytes;
    uint8_t *input;

    if (!may || cli_driver_find(&found, o->driver, 1, NULL))
        return DM_USAGE;
    input = fuzz_input_read(o->subject, &bytes);
    if (!input)
        return DM_USAGE;
    snprintf(record, sizeof record, "%s.dmatrace", o->subject);
    d = dm_driver_open(found.path, message, sizeof message);
    if (!d) {
        free(input);
        return cli_wrong("%s", message);
    }
    decoder = decoder_create(o->surface, 1, (unsigned)may);
    code = play(o, d, decode(decoder, input, bytes), o->record ? o->record : record);
    decoder_destroy(decoder);
    dm_driver_close(d);
    free(input);
    optind = 1;                                  /* verify reads a command line of its own */
    if (code != DM_USAGE && code != DM_INTERNAL) /* the findings, as verify prints them */
        code = cli_worse(code, verb_verify(2, (char *[]) { (char *)"verify",
                                                           (char *)(o->record ? o->record : record),
                                                           NULL }));
    return code;
}
