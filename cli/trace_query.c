/*
 * dmacheck trace query: those events of a recorded run that somebody asks for.
 */
#include "cli/trace.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/trace_filter.h"
#include "reports/trace_json.h"

static const char help[] =
    "usage: dmacheck trace query TRACE [conditions] [options]\n"
    "\n"
    "Prints the events for which all conditions hold, as trace cat does. A condition that is "
    "given\n"
    "several things, with commas between them, holds for any of them.\n"
    "\n"
    "  --object SGL#1           events that name this object\n"
    "  --related                with --object: also those that name what belongs to it, and the "
    "life\n"
    "                           of what it belongs to\n"
    "  --adapter N, --device N  of this adapter or device, and of all that belongs to it\n"
    "  --finding N              at the places, or about the objects, of the N-th finding of the "
    "rules\n"
    "  --kind WORD              kinds of events: map, irp-complete, 'device-*'\n"
    "  --api NAME               calls and callbacks of a function: MapTransfer, '*ScatterGather*'\n"
    "  --agent NAME             who: scenario, 'cpu*/dpc', or its number\n"
    "  --where FILE[:LINE]      said at this place in the driver, or from there\n"
    "  --events LO..HI          by number; either side may be left out\n"
    "  --time LO..HI            by virtual time: 100us..1.5ms; ns without a unit\n"
    "  --bus LO..HI             about bytes at these addresses, as devices see them\n"
    "  --va LO..HI              about bytes at these, as the driver does: 0x..., or system:0x4000\n"
    "\n"
    "  -c                       print how many there are, no events\n"
    "  --format text|json       json: an object a line, with the agent's name, the place, the "
    "objects\n"
    "  --color auto|always|never\n";

struct query {
    const char *trace;
    uint64_t finding; /* 0: none asked for */
    bool count, json, color;
    struct trace_filter filter;
};

static int take_range(struct filter_span *span, const char *option, const char *text,
                      enum filter_unit unit)
{
    if (filter_span(span, text, unit))
        return 0;
    return cli_wrong("trace query: --%s wants LO..HI, not '%s'", option, text);
}

static int take_one(struct query *q, int option, const char *text)
{
    struct trace_filter *f = &q->filter;

    const struct {
        int option;
        const char **to;
    } words[] = { { 'o', &f->objects }, { 'A', &f->adapters }, { 'D', &f->devices },
                  { 'k', &f->kinds },   { 'p', &f->apis },     { 'a', &f->agents },
                  { 'w', &f->where } };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].option == option) {
            *words[i].to = text;
            return 0;
        }
    switch (option) {
    case 'e':
        return take_range(&f->events, "events", text, FILTER_NUMBER);
    case 't':
        return take_range(&f->time, "time", text, FILTER_TIME);
    case 'b':
        return take_range(&f->bus, "bus", text, FILTER_NUMBER);
    case 'v':
        return take_range(&f->va, "va", text, FILTER_VA);
    case 'F':
        if (cli_number(text, &q->finding) && q->finding && q->finding <= UINT32_MAX)
            return 0;
        return cli_wrong("trace query: --finding wants a number from 1, not '%s'", text);
    case 'f':
        q->json = !strcmp(text, "json");
        if (q->json || !strcmp(text, "text"))
            return 0;
        return cli_wrong("trace query: unknown format '%s'; known: text, json", text);
    default:
        return DM_INTERNAL;
    }
}

static const struct option options[] = {
    { "object", required_argument, NULL, 'o' },
    { "related", no_argument, NULL, 'r' },
    { "adapter", required_argument, NULL, 'A' },
    { "device", required_argument, NULL, 'D' },
    { "kind", required_argument, NULL, 'k' },
    { "api", required_argument, NULL, 'p' },
    { "agent", required_argument, NULL, 'a' },
    { "where", required_argument, NULL, 'w' },
    { "events", required_argument, NULL, 'e' },
    { "time", required_argument, NULL, 't' },
    { "bus", required_argument, NULL, 'b' },
    { "va", required_argument, NULL, 'v' },
    { "finding", required_argument, NULL, 'F' },
    { "format", required_argument, NULL, 'f' },
    { "color", required_argument, NULL, 'C' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_options(struct query *q, int argc, char **argv)
{
    const char *color = NULL;
    int got, code = 0;

    opterr = 0;
    while (!code && (got = getopt_long(argc, argv, ":hc", options, NULL)) != -1)
        if (got == 'h') {
            fputs(help, stdout);
            return -1;
        } else if (got == 'c') {
            q->count = true;
        } else if (got == 'r') {
            q->filter.related = true;
        } else if (got == 'C') {
            color = optarg;
        } else if (got == '?' || got == ':') {
            code = cli_wrong_option("trace query", argv, got);
        } else {
            code = take_one(q, got, optarg);
        }
    if (code)
        return code;
    if (!cli_color_known(color))
        return cli_wrong("trace query: --color wants auto, always or never, not '%s'", color);
    if (q->filter.related && !q->filter.objects)
        return cli_wrong("trace query: --related is of an object: --object names it");
    if (optind + 1 != argc)
        return cli_wrong("trace query: wants one trace; see dmacheck trace query --help");
    q->trace = argv[optind];
    q->color = cli_color(color);
    return 0;
}

static int print(struct query *q, const struct trace_loaded *t)
{
    static struct writer w;
    char text[TRACE_LINE_MAX];
    uint64_t count = 0;
    unsigned nth;

    writer_init(&w, STDOUT_FILENO, true);
    for (size_t i = 0; i < t->event_count && !w.error; i++) {
        if (!filter_event(&q->filter, &t->events[i], &nth))
            continue;
        count++;
        if (q->count)
            continue;
        if (q->json)
            trace_event_json(&w, &q->filter.names, &t->events[i], nth);
        else
            writer_raw(&w, text,
                       trace_line(text, sizeof text, &q->filter.names, &t->events[i], nth,
                                  q->color));
        writer_line(&w);
    }
    if (q->count)
        writer_raw(&w, text, (size_t)snprintf(text, sizeof text, "%" PRIu64 "\n", count));
    else if (!count)
        fprintf(stderr, "dmacheck: note: no event of %s meets all conditions\n", q->trace);
    return cli_trace_done(&w);
}

int trace_verb_query(int argc, char **argv)
{
    static struct query q;
    struct trace_loaded *t;
    char message[512] = "";
    int code = take_options(&q, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    t = cli_trace_load(q.trace);
    if (!t)
        return DM_USAGE;
    if (!filter_prepare(&q.filter, t, message, sizeof message) ||
        (q.finding && !filter_finding(&q.filter, (unsigned)q.finding, message, sizeof message)))
        code = cli_wrong("trace query: %s", message);
    else
        code = print(&q, t);
    filter_end(&q.filter);
    trace_load_free(t);
    return code;
}
