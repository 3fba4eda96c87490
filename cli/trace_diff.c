/*
 * dmacheck trace diff: what two recorded runs did differently.
 */
#include "cli/trace.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/trace_diff.h"

static const char help[] =
    "usage: dmacheck trace diff TRACE TRACE [options]\n"
    "\n"
    "Holds two recorded runs against each other by what was done: requests, DMA calls, mapped\n"
    "buffers, faults, of each thread, of DPCs and interrupts; and by what the rules find in them.\n"
    "Numbers of objects and events, addresses, times and lines do not count, so that two versions\n"
    "of a driver can be compared. - is the first run, + the second; numbers are those of events.\n"
    "\n"
    "  --top N                  rows of each list (default 10)\n"
    "  --context N              operations around the first difference (default 5)\n"
    "  --format text|json       json: all differences\n"
    "  --color auto|always|never\n"
    "\n"
    "exit: 0 the runs did the same, 1 they differ, 2 usage or input at fault\n";

struct diff_options {
    const char *traces[2];
    uint64_t top, context;
    bool json, color;
};

static int take_options(struct diff_options *o, int argc, char **argv)
{
    static const struct option options[] = {
        { "top", required_argument, NULL, 't' },    { "context", required_argument, NULL, 'C' },
        { "format", required_argument, NULL, 'f' }, { "color", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
    };
    const char *color = NULL;
    int got;

    opterr = 0;
    while ((got = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (got == 'h') {
            fputs(help, stdout);
            return -1;
        } else if (got == 't' || got == 'C') {
            if (!cli_number(optarg, got == 't' ? &o->top : &o->context) || o->top > 1000000 ||
                o->context > 1000000)
                return cli_wrong("trace diff: --%s wants a number, not '%s'",
                                 got == 't' ? "top" : "context", optarg);
        } else if (got == 'f') {
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return cli_wrong("trace diff: unknown format '%s'; known: text, json", optarg);
            o->json = !strcmp(optarg, "json");
        } else if (got == 'c') {
            color = optarg;
        } else {
            return cli_wrong_option("trace diff", argv, got);
        }
    if (!cli_color_known(color))
        return cli_wrong("trace diff: --color wants auto, always or never, not '%s'", color);
    if (optind + 2 != argc)
        return cli_wrong("trace diff: wants two traces; see dmacheck trace diff --help");
    o->traces[0] = argv[optind];
    o->traces[1] = argv[optind + 1];
    o->color = cli_color(color);
    return 0;
}

static int print(const struct diff_options *o, const struct trace_diff *d)
{
    static struct writer w;
    int code;

    writer_init(&w, STDOUT_FILENO, false);
    if (o->json) {
        writer_object_begin(&w);
        writer_key_string(&w, "schema", "dmacheck-trace-diff-1");
        writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
        trace_diff_json(&w, d);
        writer_object_end(&w);
        writer_line(&w);
    } else {
        trace_diff_text(&w, d, (unsigned)o->top, (unsigned)o->context, o->color);
    }
    code = cli_trace_done(&w);
    return code ? code : trace_diff_same(d) ? DM_CLEAN : DM_FINDINGS;
}

int trace_verb_diff(int argc, char **argv)
{
    static struct trace_diff d;
    struct diff_options o = { .top = 10, .context = 5 };
    struct trace_loaded *a, *b;
    int code = take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    a = cli_trace_load(o.traces[0]);
    b = a ? cli_trace_load(o.traces[1]) : NULL;
    code = DM_USAGE;
    if (a && b) {
        trace_diff_make(&d, a, b, LCS_WORK);
        code = print(&o, &d);
        trace_diff_free(&d);
    }
    trace_load_free(a);
    trace_load_free(b);
    return code;
}
