/*
 * Runs one scenario of a driver that has recorder/ in it and keeps what it prints, beside the
 * machine's own trace. Usage: record DRIVER.so SCENARIO PROFILE SEED LOG TRACE; SCENARIO "-": the first
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/dmacheck/machine.h"

extern void (*nt_debug_print)(struct sim *s, const char *text); /* sim/nt/io.h */

static FILE *log_file;

static void keep(struct sim *s, const char *text)
{
    (void)s;
    fputs(text, log_file);
}

int main(int argc, char **argv)
{
    struct dm_options o = { .verify = true };
    struct dm_result r = { 0 };
    char message[300] = "";
    struct dm_machine *m;
    struct dm_driver *d;

    if (argc != 7) {
        fprintf(stderr, "usage: record DRIVER.so SCENARIO PROFILE SEED LOG TRACE\n");
        return 2;
    }
    o.profile = argv[3];
    o.seed = strtoull(argv[4], NULL, 10);
    o.record = argv[6];
    log_file = fopen(argv[5], "w");
    d = log_file ? dm_driver_open(argv[1], message, sizeof message) : NULL;
    m = d ? dm_machine_create(&o, message, sizeof message) : NULL;
    if (!m) {
        fprintf(stderr, "record: %s\n", log_file ? message : argv[5]);
        return 2;
    }
    nt_debug_print = keep;
    dm_machine_run(m, d, strcmp(argv[2], "-") ? argv[2] : NULL, &r);
    nt_debug_print = NULL;
    for (unsigned i = 0; i < dm_finding_count(m); i++)
        printf("%s\n", dm_finding(m, i)->rule);
    if (r.exit > DM_FINDINGS)
        fprintf(stderr, "record: exit %d: %s\n", r.exit, r.first_failure);
    dm_machine_destroy(m);
    return fclose(log_file) ? 2 : (int)r.exit;
}
