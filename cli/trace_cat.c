/*
 * dmacheck trace cat: a recorded run, line by line.
 */
#include "cli/trace.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/trace_input.h"
#include "reports/trace_line.h"
#include "trace/read.h"

static const char help[] =
    "usage: dmacheck trace cat TRACE [options]\n"
    "\n"
    "Lists a recorded run: its header, its events in columns, what the requester did (lines with "
    ">),\n"
    "findings. Columns: number, virtual time, processor, IRQL, who, what with object and "
    "arguments,\n"
    "the driver's line.\n"
    "\n"
    "  --from N, --to N         only the events N to N (their \"s\" in the trace), and inputs "
    "there\n"
    "  --format text|json       json: the trace's own lines, which make a trace again\n"
    "  --color auto|always|never\n";

struct cat {
    const char *trace;
    uint64_t from, to;
    bool json, color;
    struct writer w;
    struct trace_names names;
    struct trace_nth nth;
    bool in_range; /* the last event was */
};

static int take_options(struct cat *c, int argc, char **argv)
{
    static const struct option options[] = {
        { "from", required_argument, NULL, 'f' },   { "to", required_argument, NULL, 't' },
        { "format", required_argument, NULL, 'F' }, { "color", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
    };
    const char *color = NULL;
    int got;

    c->to = UINT64_MAX;
    opterr = 0;
    while ((got = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (got == 'h') {
            fputs(help, stdout);
            return -1;
        } else if (got == 'f' || got == 't') {
            if (!cli_number(optarg, got == 'f' ? &c->from : &c->to))
                return cli_wrong("trace cat: --%s wants an event's number, not '%s'",
                                 got == 'f' ? "from" : "to", optarg);
        } else if (got == 'F') {
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return cli_wrong("trace cat: unknown format '%s'; known: text, json", optarg);
            c->json = !strcmp(optarg, "json");
        } else if (got == 'c') {
            color = optarg;
            if (!cli_color_known(color))
                return cli_wrong("trace cat: --color wants auto, always or never, not '%s'", color);
        } else {
            return cli_wrong_option("trace cat", argv, got);
        }
    if (optind + 1 != argc)
        return cli_wrong("trace cat: wants one trace; see dmacheck trace cat --help");
    if (c->from > c->to)
        return cli_wrong("trace cat: --from %" PRIu64 " lies behind --to %" PRIu64, c->from, c->to);
    c->trace = argv[optind];
    c->color = cli_color(color);
    return 0;
}

static void end_line(struct cat *c) { writer_raw(&c->w, "\n", 1); }

static void print_head(struct cat *c, const char *header_line)
{
    if (c->json) {
        writer_raw(&c->w, header_line, strlen(header_line));
        end_line(c);
        return;
    }
    trace_header_text(&c->w, header_line);
    writer_raw(&c->w, trace_line_head(), strlen(trace_line_head()));
    end_line(c);
}

static void print_event(struct cat *c, const struct event *e)
{
    char text[TRACE_LINE_MAX];
    unsigned nth = trace_nth(&c->nth, e);

    c->in_range = e->seq >= c->from && e->seq <= c->to;
    if (!c->in_range)
        return;
    writer_raw(&c->w, text, trace_line(text, sizeof text, &c->names, e, nth, c->color));
    end_line(c);
}

static void print_line(struct cat *c, const struct trace_line *l)
{
    if (l->kind == TRACE_EVENT && !c->json) {
        print_event(c, &l->event);
        return;
    }
    if (l->kind == TRACE_EVENT)
        c->in_range = l->event.seq >= c->from && l->event.seq <= c->to;
    if (c->json) {
        if (c->in_range || (l->kind != TRACE_EVENT && l->kind != TRACE_INPUT)) {
            writer_raw(&c->w, l->text, l->bytes);
            end_line(c);
        }
    } else if (l->kind == TRACE_INPUT && c->in_range) {
        trace_input_text(&c->w, l->text);
    } else if (l->kind == TRACE_FINDING) {
        trace_finding_text(&c->w, l->text);
    }
}

int trace_verb_cat(int argc, char **argv)
{
    static struct cat c;
    struct trace_reader *r;
    struct trace_line line;
    char message[512] = "";
    int got = 0, code = take_options(&c, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    r = trace_read_open(c.trace, message, sizeof message);
    if (!r)
        return cli_wrong("%s", message);
    writer_init(&c.w, STDOUT_FILENO, false);
    trace_names_init(&c.names, r);
    c.in_range = !c.from;
    print_head(&c, trace_read_header_line(r));
    while (!c.w.error && (got = trace_read_line(r, &line, message, sizeof message)) > 0)
        print_line(&c, &line);
    code = cli_trace_done(&c.w);
    if (got < 0)
        code = cli_wrong("%s", message);
    else if (!c.w.error)
        cli_say_cut(r);
    trace_read_close(r);
    return code;
}
