/*
 * dmacheck trace stat: a recorded run in numbers.
 */
#include "cli/trace.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/trace_stat.h"

static const char help[] =
    "usage: dmacheck trace stat TRACE [--top N] [--format text|json]\n"
    "\n"
    "A recorded run in numbers: requests, map registers, lists and common buffers of each "
    "adapter,\n"
    "bytes mapped and bounced, how long buffers were mapped and how many at one time, who did\n"
    "nothing while a transfer waited, how soon interrupts and DPCs ran, events and calls by kind.\n"
    "Times are virtual.\n"
    "\n"
    "  --top N                  rows of lists (default 10)\n"
    "  --format text|json       json: all rows, times in ns\n";

struct stat_options {
    const char *trace;
    uint64_t top;
    bool json;
};

static int take_options(struct stat_options *o, int argc, char **argv)
{
    static const struct option options[] = { { "top", required_argument, NULL, 't' },
                                             { "format", required_argument, NULL, 'f' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    int got;

    opterr = 0;
    while ((got = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (got == 'h') {
            fputs(help, stdout);
            return -1;
        } else if (got == 't') {
            if (!cli_number(optarg, &o->top) || !o->top || o->top > 1000000)
                return cli_wrong("trace stat: --top wants a number from 1, not '%s'", optarg);
        } else if (got == 'f') {
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return cli_wrong("trace stat: unknown format '%s'; known: text, json", optarg);
            o->json = !strcmp(optarg, "json");
        } else {
            return cli_wrong_option("trace stat", argv, got);
        }
    if (optind + 1 != argc)
        return cli_wrong("trace stat: wants one trace; see dmacheck trace stat --help");
    o->trace = argv[optind];
    return 0;
}

static void print_json(struct writer *w, struct trace_stat *s, const struct trace_names *n,
                       const struct trace_header *h)
{
    writer_object_begin(w);
    writer_key_string(w, "schema", "dmacheck-trace-stat-1");
    writer_key_string(w, "tool", REPORT_TOOL " " REPORT_VERSION);
    writer_key_string(w, "driver", h->driver);
    writer_key_string(w, "scenario", h->scenario);
    writer_key_string(w, "profile", h->profile);
    writer_key_u64(w, "seed", h->seed);
    trace_stat_json(w, s, n);
    writer_object_end(w);
    writer_line(w);
}

static void print_text(struct writer *w, struct trace_stat *s, const struct trace_names *n,
                       const struct trace_header *h, unsigned top)
{
    char line[512];

    snprintf(line, sizeof line, "%s, scenario %s, profile %s, seed %" PRIu64 "\n", h->driver,
             h->scenario, h->profile, h->seed);
    writer_clean(w, line, "");
    trace_stat_text(w, s, n, top);
}

int trace_verb_stat(int argc, char **argv)
{
    static struct writer w;
    static struct trace_stat s;
    struct stat_options o = { .top = 10 };
    struct trace_names names;
    struct trace_loaded *t;
    int code = take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    t = cli_trace_load(o.trace);
    if (!t)
        return DM_USAGE;
    trace_names_init(&names, t->reader);
    trace_stat_begin(&s);
    for (size_t i = 0; i < t->event_count; i++)
        trace_stat_event(&s, &t->events[i]);
    trace_stat_end(&s);
    s.findings = t->findings.count;
    writer_init(&w, STDOUT_FILENO, false);
    if (o.json)
        print_json(&w, &s, &names, t->header);
    else
        print_text(&w, &s, &names, t->header, (unsigned)o.top);
    trace_stat_free(&s);
    trace_load_free(t);
    return cli_trace_done(&w);
}
