/*
 * dmacheck import: a trace out of what a debugger kept of recorder/'s lines.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "import/import.h"
#include "sim/core/profile.h"

static const char help[] =
    "usage: dmacheck import LOG -o TRACE [options]\n"
    "\n"
    "Reads what WinDbg, kd or DebugView captured of a driver with recorder/ in it "
    "(docs/recorder.md) and\n"
    "writes a .dmatrace of the DMA calls, for verify, trace and replay --calls. What hangs from "
    "lines\n"
    "that are missing is left out, and said.\n"
    "\n"
    "  -o FILE        the trace, .dmatrace or .dmatrace.zst\n"
    "  --symbols FILE names for places in the driver: link.exe's /MAP file, or what nm prints\n"
    "  --session N    of a log with several recordings: the Nth (the last one)\n"
    "  -q             say nothing of what is missing\n"
    "\n"
    "exit: 0 imported, 2 usage, a log that holds no recording, or no such file\n";

static const struct option long_options[] = {
    { "session", required_argument, NULL, 's' },
    { "symbols", required_argument, NULL, 'y' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_options(struct import_options *o, bool *quiet, int argc, char **argv)
{
    uint64_t session;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:q", long_options, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(help, stdout);
            return -1;
        case 'o':
            o->trace = optarg;
            break;
        case 'q':
            *quiet = true;
            break;
        case 'y':
            o->symbols = optarg;
            break;
        case 's':
            if (!cli_number(optarg, &session) || !session || session > UINT32_MAX)
                return cli_wrong("import: --session wants a number from 1, not '%s'", optarg);
            o->session = (uint32_t)session;
            break;
        default:
            return cli_wrong_option("import", argv, c);
        }
    }
    if (optind + 1 != argc)
        return cli_wrong("import: wants one log; see dmacheck import --help");
    if (!o->trace)
        return cli_wrong("import: wants -o FILE, where the trace is to go");
    o->log = argv[optind];
    return 0;
}

static void tell_missing(const struct import_options *o, const struct import_summary *s)
{
    if (s->sessions > 1)
        fprintf(stderr, "%s: %" PRIu32 " recordings; this is number %" PRIu32 " (--session N)\n",
                o->log, s->sessions, s->session);
    if (s->damaged)
        fprintf(stderr, "%s: %" PRIu64 " lines are cut off or mixed with others'\n", o->log,
                s->damaged);
    if (s->gaps)
        fprintf(stderr,
                "%s: %" PRIu64 " lines are missing at %" PRIu32 " place%s; %" PRIu64
                " calls and %" PRIu64 " objects that may hang from them are left out\n",
                o->log, s->missing, s->gaps, s->gaps == 1 ? "" : "s", s->calls_left_out,
                s->objects_left_out);
    if (s->undescribed)
        fprintf(stderr, "%s: of %" PRIu64 " adapters the description is not known\n", o->log,
                s->undescribed);
    if (!s->ended)
        fprintf(stderr, "%s: the driver was not seen to be unloaded; leaks are not judged\n",
                o->log);
}

int verb_import(int argc, char **argv)
{
    char remapped[32], direct[32], message[512] = "";
    struct import_options o = { .tool = "dmacheck 0.1.0",
                                .remapped_text = remapped,
                                .direct_text = direct };
    struct import_summary s;
    bool quiet = false;
    int code = take_options(&o, &quiet, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    snprintf(remapped, sizeof remapped, "translation=%d", (int)TRANSLATION_REMAP);
    snprintf(direct, sizeof direct, "translation=%d", (int)TRANSLATION_NONE);
    if (import_log(&o, &s, message, sizeof message))
        return cli_wrong("%s", message);
    if (!quiet)
        tell_missing(&o, &s);
    printf("%s: %" PRIu64 " events of %s, from %" PRIu64 " lines\n", o.trace, s.events, s.driver,
           s.lines);
    return DM_CLEAN;
}
