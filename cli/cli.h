/*
 * What the verbs share: the table of verbs, how a wrong input is told, where things are found.
 */
#ifndef DMACHECK_CLI_CLI_H
#define DMACHECK_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/dmacheck/machine.h"
#include "reports/report.h"

struct cli_verb {
    const char *name, *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit code */
};

/* One clear line on stderr, and DM_USAGE to return. */
int cli_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What getopt_long found wrong, for the option at hand. */
int cli_wrong_option(const char *verb, char **argv, int got); /* got: '?' or ':' */
/* A number that fills the whole text (decimal or 0x...); false: it does not. */
bool cli_number(const char *text, uint64_t *value);
/* Of two exit codes the one that wins: 3 > 5 > 2 > 1 > 4 > 0. */
int cli_worse(int a, int b);

/* --- paths.c --- */
const char *cli_exe_folder(void); /* of this program, links resolved */
const char *cli_tree_file(const char *name, char *path, size_t size); /* searched for from the
                                                program's folder upwards; NULL: not found */
bool cli_exists(const char *path);

/* --- output.c --- */
struct cli_outputs {
    const char *paths[8];
    unsigned path_count;
    const char *format; /* of stdout, or of a path whose extension says nothing */
    struct report_style style;
};
/* Checks formats before anything runs; 0 or DM_USAGE. */
int cli_outputs_check(const struct cli_outputs *o);
int cli_outputs_write(const struct cli_outputs *o, const struct report *r); /* 0 or an exit code */
bool cli_color(const char *when); /* "auto", "always", "never"; NO_COLOR is honoured */

/* --- driver.c --- */
struct cli_driver {
    char path[4096];   /* the .so */
    const char *shown; /* as the user named it */
};
/* Finds (and for a folder builds) what `run` was given. 0 or DM_USAGE, with its line said. */
int cli_driver_find(struct cli_driver *d, const char *name, int bug);
/* All samples that are built, sorted; returns how many. */
unsigned cli_samples(char (*names)[64], unsigned max);
/* --- build.c --- */
/* Builds a folder with driver.ini into the cache. 0 or DM_USAGE. */
int cli_build_folder(const char *folder, char *path, size_t size);

/* --- verbs --- */
int verb_run(int argc, char **argv);
int verb_verify(int argc, char **argv);
int verb_profiles(int argc, char **argv);
int verb_rules(int argc, char **argv);
int verb_explain(int argc, char **argv);

#endif
