/*
 * dmacheck: the command. Finds the verb and hands over; each verb is a file of its own.
 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/read.h"

static const struct cli_verb verbs[] = {
    { "run", "run a driver's scenarios on simulated machines and report what is wrong", verb_run },
    { "replay", "run a recorded run again, each event held against its recording", verb_replay },
    { "explore", "run a scenario under many schedules, or with each resource failed once",
      verb_explore },
    { "verify", "let the rules judge a recorded trace", verb_verify },
    { "import", "make a trace of what a driver with recorder/ wrote on Windows", verb_import },
    { "report", "write what a finished run found in another format", verb_report },
    { "profiles", "list the machine profiles", verb_profiles },
    { "rules", "list the rules", verb_rules },
    { "explain", "print a rule's page", verb_explain },
    { "dump", "show a recorded run's DMA adapters at a moment", verb_dump },
    { "shrink", "make a recorded failing run smaller", verb_shrink },
    { "trace", "list a recorded run, search it, count, compare two", verb_trace },
    { "fuzz", "show, replay and make inputs of the fuzz targets", verb_fuzz },
};
#define VERBS (sizeof verbs / sizeof *verbs)

int cli_wrong(const char *format, ...)
{
    va_list args;

    fputs("dmacheck: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return DM_USAGE;
}

void cli_say_cut(const struct trace_reader *t)
{
    if (trace_read_gap(t))
        fprintf(stderr, "dmacheck: note: %s\n", trace_read_gap(t));
    if (trace_read_cut(t))
        fprintf(stderr, "dmacheck: note: %s\n", trace_read_cut(t));
}

bool cli_number(const char *text, uint64_t *value)
{
    char *end;

    if (!text || *text < '0' || *text > '9')
        return false;
    *value = strtoull(text, &end, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
    return *end == '\0';
}

int cli_take_number(const char *verb, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *value)
{
    if (cli_number(text, value) && *value >= least && *value <= most)
        return 0;
    if (most == UINT64_MAX)
        return cli_wrong("%s: --%s wants a number, not '%s'", verb, option, text);
    return cli_wrong("%s: --%s wants a number from %llu to %llu, not '%s'", verb, option,
                     (unsigned long long)least, (unsigned long long)most, text);
}

int cli_worse(int a, int b)
{
    static const int order[] = { DM_CLEAN, DM_BUDGET,   DM_FINDINGS,
                                 DM_USAGE, DM_DIVERGED, DM_INTERNAL };
    int at_a = 0, at_b = 0;

    for (int i = 0; i < 6; i++) {
        at_a = order[i] == a ? i : at_a;
        at_b = order[i] == b ? i : at_b;
    }
    return order[at_a > at_b ? at_a : at_b];
}

static void print_help(void)
{
    puts("usage: dmacheck VERB [options]\n"
         "\n"
         "Runs a Windows driver's own source on a simulated machine and finds its DMA bugs.\n");
    for (size_t i = 0; i < VERBS; i++)
        printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
    puts("\n"
         "  dmacheck VERB --help tells more; --version prints the version.\n"
         "\n"
         "exit: 0 clean, 1 findings, 2 usage or input at fault, 3 the simulator failed,\n"
         "      4 the budget ended without a verdict, 5 a run diverged from its recording");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name)
        return cli_wrong("no verb; dmacheck --help lists them");
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        print_help();
        return DM_CLEAN;
    }
    if (!strcmp(name, "--version")) {
        puts(REPORT_TOOL " " REPORT_VERSION);
        return DM_CLEAN;
    }
    for (size_t i = 0; i < VERBS; i++)
        if (!strcmp(verbs[i].name, name)) {
            int code = verbs[i].run(argc - 1, argv + 1);

            if (fflush(stdout) && code == DM_CLEAN)
                code = cli_wrong("cannot write to standard output");
            return code;
        }
    return cli_wrong("unknown verb '%s'; dmacheck --help lists them", name);
}
