/*
 * dmacheck trace: looking at recorded runs. Each of its verbs is a file of its own.
 */
#include "cli/trace.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct cli_verb verbs[] = {
    { "cat", "list the events of a trace, with its header, inputs and findings", trace_verb_cat },
    { "query", "find events: by object, agent, kind, function, address, time, finding",
      trace_verb_query },
    { "stat", "count: requests, map registers, bytes, times, overlap, gaps", trace_verb_stat },
    { "diff", "tell what two runs did differently", trace_verb_diff },
    { "to-test", "write a recorded run as a test in C", trace_verb_to_test },
};
#define VERBS (sizeof verbs / sizeof *verbs)

static void print_help(void)
{
    puts("usage: dmacheck trace VERB TRACE... [options]\n"
         "\n"
         "Looks at a recorded run (.dmatrace, .dmatrace.zst).\n");
    for (size_t i = 0; i < VERBS; i++)
        printf("  %-8s %s\n", verbs[i].name, verbs[i].summary);
    puts("\n"
         "  dmacheck trace VERB --help tells more.\n"
         "\n"
         "exit: 0 done, 1 diff: the runs differ, 2 usage or input at fault");
}

struct trace_loaded *cli_trace_load(const char *path)
{
    char message[512] = "";
    struct trace_loaded *t = trace_load(path, message, sizeof message);

    if (!t)
        cli_wrong("%s", message);
    else if (t->cut)
        fprintf(stderr, "dmacheck: note: %s\n", message);
    return t;
}

/* Whoever reads our output (head, a pager) may have enough of it before its end. */
int cli_trace_done(struct writer *w)
{
    if (!writer_flush(w) || w->hung_up)
        return DM_CLEAN;
    return cli_wrong("cannot write to standard output");
}

int verb_trace(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name)
        return cli_wrong("trace: which verb? dmacheck trace --help lists them");
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        print_help();
        return DM_CLEAN;
    }
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < VERBS; i++)
        if (!strcmp(verbs[i].name, name))
            return verbs[i].run(argc - 1, argv + 1);
    return cli_wrong("trace: unknown verb '%s'; dmacheck trace --help lists them", name);
}
