/*
 * What the verbs share: the table of verbs, how a wrong input is told, where things are found.
 */
#ifndef DMACHECK_CLI_CLI_H
#define DMACHECK_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
/* What is missing at the end of a trace that was read, on stderr; nothing, if nothing is. */
struct trace_reader;
void cli_say_cut(const struct trace_reader *t);
/* A number that fills the whole text (decimal or 0x...); false: it does not. */
bool cli_number(const char *text, uint64_t *value);
/* The same for an option's value between two bounds; 0, or DM_USAGE with its line said. */
int cli_take_number(const char *verb, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *value);
/* Of two exit codes the one that wins: 3 > 5 > 2 > 1 > 4 > 0. */
int cli_worse(int a, int b);

/* --- paths.c --- */
const char *cli_exe_folder(void); /* of this program, links resolved */
const char *cli_tree_file(const char *name, char *path, size_t size); /* searched for from the
                                                program's folder upwards; NULL: not found */
bool cli_exists(const char *path);

/* --- output.c --- */
#define CLI_FORMATS "text|json|html|sarif|junit|github|markdown"
struct cli_outputs {
    const char *paths[8];
    unsigned path_count;
    const char *format; /* of stdout ("-" among paths), or of a path whose extension says nothing */
    struct report_style style;
};
int cli_outputs_add(struct cli_outputs *o, const char *path); /* one -o; 0 or DM_USAGE */
/* Checks formats and files before anything runs; 0 or DM_USAGE. */
int cli_outputs_check(const struct cli_outputs *o);
int cli_outputs_write(const struct cli_outputs *o, const struct report *r); /* 0 or an exit code */
bool cli_wants_story(const struct cli_outputs *o); /* some format shows how runs went */
bool cli_color(const char *when);       /* "auto", "always", "never"; NO_COLOR is honoured */
bool cli_color_known(const char *when); /* one of these words, or NULL */

/* --- story.c --- */
void cli_story_roots(struct report *r, const char *driver); /* where its sources may lie */

/* --- driver.c --- */
struct cli_driver {
    char path[4096];   /* the .so */
    const char *shown; /* as the user named it */
};
bool cli_is_folder(const char *path);
/* Finds (and for a folder builds) what `run` was given; mend: NULL, "all" or faults of a case. 0 or
 * DM_USAGE, with its line said. */
int cli_driver_find(struct cli_driver *d, const char *name, int bug, const char *mend);
/* All samples that are built, sorted; returns how many. */
unsigned cli_samples(char (*names)[64], unsigned max);
/* --- build.c --- */
/* Builds a folder with driver.ini into the cache. shown: as the user named it. 0 or DM_USAGE. */
int cli_build_folder(const char *folder, const char *shown, const char *mend, char *path,
                     size_t size);

/* Options that ddkcc gets besides, from here on. */
void cli_build_options(const char *words);

/* --- case.c --- */
/* What the compiler is told of the faults that a driver.ini names: FAULT_X=1, or 0 where it is mended. 0 or
 * DM_USAGE. */
int cli_case_defines(const char *shown, const char *faults, const char *mend, char *defines,
                     size_t size);
/* Where the story of this name lies in the tree; false: there is none. */
bool cli_case_folder(const char *name, char *path, size_t size);
bool cli_is_case(const char *driver);   /* case:NAME */
void cli_case_notice(struct report *r); /* which profiles show it, and which hide it */

/* --- explain.c, describe.c --- */
FILE *cli_rule_page(const char *rule);     /* docs/rules/RULE.md, open; NULL: no such page */
void cli_describe_rules(struct report *r); /* fills r->rules for the findings that it has */

/* --- verbs --- */
int verb_run(int argc, char **argv);
int verb_replay(int argc, char **argv);
int verb_explore(int argc, char **argv);
int verb_verify(int argc, char **argv);
int verb_import(int argc, char **argv);
int verb_profiles(int argc, char **argv);
int verb_rules(int argc, char **argv);
int verb_report(int argc, char **argv);
int verb_explain(int argc, char **argv);
int verb_dump(int argc, char **argv);
int verb_shrink(int argc, char **argv);
int verb_trace(int argc, char **argv);
int verb_fuzz(int argc, char **argv);

#endif
