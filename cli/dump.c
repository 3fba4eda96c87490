/*
 * dmacheck dump: what every DMA adapter had given out at a moment of a recorded run, as a kernel
 * debugger's adapter dump shows it. The moment is that of the first finding, unless one is named.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/dump.h"
#include "trace/read.h"
#include "verifier/verify.h"

static const char help[] =
    "usage: dmacheck dump TRACE [--at N|end] [--format text|json]\n"
    "\n"
    "Shows the DMA adapters of a recorded run: map registers, lists, common buffers and channels "
    "that were\n"
    "allocated and freed, bytes mapped since the last flush, and what lives, with the driver's "
    "line.\n"
    "\n"
    "  --at N      after event N (its \"s\" in the trace)\n"
    "  --at end    at the end of the run; without --at: at the first finding, else at the end\n";

struct dump_options {
    const char *trace;
    bool json, at_given;
    uint64_t at; /* UINT64_MAX: the end */
};

static int take_options(struct dump_options *o, int argc, char **argv)
{
    static const struct option options[] = { { "at", required_argument, NULL, 'a' },
                                             { "format", required_argument, NULL, 'f' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (c == 'h') {
            fputs(help, stdout);
            return -1;
        } else if (c == 'a') {
            o->at_given = true;
            o->at = UINT64_MAX;
            if (strcmp(optarg, "end") && !cli_number(optarg, &o->at))
                return cli_wrong("dump: --at wants an event's number or end, not '%s'", optarg);
        } else if (c == 'f') {
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return cli_wrong("dump: unknown format '%s'; known: text, json", optarg);
            o->json = !strcmp(optarg, "json");
        } else {
            return cli_wrong_option("dump", argv, c);
        }
    if (optind + 1 != argc)
        return cli_wrong("dump: wants one trace; see dmacheck dump --help");
    o->trace = argv[optind];
    return 0;
}

/* Up to the moment that was asked for. Negative: the trace is at fault, and message says where. */
static int replay(const struct dump_options *o, struct trace_reader *r, struct verifier *v,
                  struct ledger *l, char *message, size_t size)
{
    struct event e;
    int got;

    ledger_begin(l);
    while ((got = trace_read_next(r, &e, message, size)) > 0) {
        if (o->at_given && e.seq > o->at)
            return 0;
        ledger_event(l, &e);
        if (o->at_given)
            continue;
        verifier_event(v, &e);
        if (finding_count(v))
            return 0;
    }
    if (!got)
        cli_say_cut(r);
    return got;
}

static void print(const struct dump_options *o, const struct ledger *l, struct verifier *v,
                  struct site_depot *depot)
{
    const struct finding *f = o->at_given ? NULL : finding_at(v, 0);
    struct writer w;

    writer_init(&w, STDOUT_FILENO, false);
    if (o->json) {
        writer_object_begin(&w);
        writer_key_string(&w, "schema", "dmacheck-dump-1");
        writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
        writer_key_string(&w, "at", f ? f->word : NULL);
        dump_json(&w, l, depot);
        writer_object_end(&w);
        writer_end(&w);
        return;
    }
    if (f)
        printf("%s: %s\n", f->word, f->message);
    fflush(stdout);
    dump_text(&w, l, depot, "");
    writer_flush(&w);
}

int verb_dump(int argc, char **argv)
{
    static struct ledger ledger;
    struct dump_options o = { 0 };
    struct trace_reader *r;
    struct verifier *v;
    char message[512] = "";
    int code = take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    r = trace_read_open(o.trace, message, sizeof message);
    if (!r)
        return cli_wrong("%s", message);
    v = verifier_create(trace_read_depot(r));
    if (v) {
        verifier_begin(v, "", 0, false);
        code = replay(&o, r, v, &ledger, message, sizeof message);
        if (code < 0)
            code = cli_wrong("%s", message);
        else
            print(&o, &ledger, v, trace_read_depot(r));
    }
    verifier_destroy(v);
    trace_read_close(r);
    return v ? code : DM_INTERNAL;
}
