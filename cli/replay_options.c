/*
 * The options of dmacheck replay.
 */
#include "cli/replay.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "machine/last.h"

static const char help[] =
    "usage: dmacheck replay TRACE [options]\n"
    "\n"
    "Runs a recorded run (.dmatrace, .dmatrace.zst) again: its driver, inputs, faults, choices.\n"
    "Each event is compared while it happens; the first that differs is shown like a diff, exit "
    "5.\n"
    "\n"
    "  --profile NAME|FILE|all  the same inputs on another machine, beside the recorded run\n"
    "  --driver DRIVER          another driver, as run takes it: is it fixed? Resyncs, and says\n"
    "                           which findings are gone, which remain and which are new; also\n"
    "                           where the recorded one is no longer found under its name\n"
    "  --bug 0|1, --mend FAULT[,...]|all\n"
    "                           the same, of a twin or a case with other faults in it\n"
    "  --on-divergence WHAT     stop: the run ends there (default); report: it goes on; resync:\n"
    "                           it is aligned at the next equal operations, differences are\n"
    "                           counted, and the exit code is that of the findings\n"
    "  --plan                   the inputs out of the trace, also where the driver has the "
    "scenario\n"
    "  --calls                  no driver: the recorded DMA calls and device accesses, also of an\n"
    "                           imported trace, on --profile or the recorded machine\n"
    "  --until N                the run ends behind event N; what was found then is reported\n"
    "  --break N                stops in a debugger at event N (make debug TRACE=FILE EVENT=N)\n"
    "  --print-token            prints the schedule as a token for run --schedule; runs nothing\n"
    "  --record FILE            records the replay\n"
    "  --last N                 the last N events with each finding\n"
    "  --max-findings N         list at most N\n"
    "  --fail-on LEVEL          note, warning (default) or error: from here on exit 1\n"
    "  --format " CLI_FORMATS "\n"
    "                           of standard output\n"
    "  -o FILE                  write the report to FILE, format by extension; repeatable\n"
    "  --color auto|always|never\n"
    "  -q, -v                   say less, more\n" CLI_KNOWN_HELP "\n"
    "exit: as the recorded run's when it comes again; 2 usage or input at fault, 3 the simulator\n"
    "      failed, 4 no verdict, 5 the run diverged from its recording\n";

enum {
    OPT_PROFILE = 256,
    OPT_DRIVER,
    OPT_BUG,
    OPT_MEND,
    OPT_ON_DIVERGENCE,
    OPT_PLAN,
    OPT_CALLS,
    OPT_UNTIL,
    OPT_BREAK,
    OPT_PRINT_TOKEN,
    OPT_RECORD,
    OPT_LAST
};

static const struct option long_options[] = {
    { "profile", required_argument, NULL, OPT_PROFILE },
    { "driver", required_argument, NULL, OPT_DRIVER },
    { "bug", required_argument, NULL, OPT_BUG },
    { "mend", required_argument, NULL, OPT_MEND },
    { "on-divergence", required_argument, NULL, OPT_ON_DIVERGENCE },
    { "plan", no_argument, NULL, OPT_PLAN },
    { "calls", no_argument, NULL, OPT_CALLS },
    { "until", required_argument, NULL, OPT_UNTIL },
    { "break", required_argument, NULL, OPT_BREAK },
    { "print-token", no_argument, NULL, OPT_PRINT_TOKEN },
    { "record", required_argument, NULL, OPT_RECORD },
    { "last", required_argument, NULL, OPT_LAST },
    CLI_TELLING_OPTIONS,
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_event(const char *option, const char *text, bool *given, uint64_t *value)
{
    *given = true;
    return cli_number(text, value)
               ? 0
               : cli_wrong("replay: --%s wants the number of an event, not '%s'", option, text);
}

static int take_last(struct replay_options *o, const char *text)
{
    uint64_t last = 0;

    if (!cli_number(text, &last) || last > LAST_EVENTS_MAX)
        return cli_wrong("replay: --last wants a number up to %d, not '%s'", LAST_EVENTS_MAX, text);
    o->run.last = (unsigned)last;
    return 0;
}

static int take_check(struct replay_options *o, const char *text)
{
    static const struct {
        const char *word;
        enum dm_check check;
    } words[] = { { "stop", DM_CHECK_STOP },
                  { "report", DM_CHECK_REPORT },
                  { "resync", DM_CHECK_RESYNC } };

    o->divergence = text;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i].word, text)) {
            o->run.check = words[i].check;
            return 0;
        }
    return cli_wrong("replay: --on-divergence wants stop, report or resync, not '%s'", text);
}

/* What a run takes as well. */
static int take_run_option(struct replay_options *o, int c, const char *text,
                           struct cli_telling *telling)
{
    struct run_options *run = &o->run;

    switch (c) {
    case OPT_PROFILE:
        run->profile = text;
        return 0;
    case OPT_RECORD:
        run->record = text;
        return 0;
    }
    return cli_telling_option(telling, c, text) ? DM_USAGE : 0;
}

static int take_option(struct replay_options *o, int c, const char *text,
                       struct cli_telling *telling)
{
    switch (c) {
    case OPT_DRIVER:
        o->driver = text;
        return 0;
    case OPT_BUG:
        o->bug = text;
        return strcmp(text, "0") && strcmp(text, "1")
                   ? cli_wrong("replay: --bug wants 0 or 1, not '%s'", text)
                   : 0;
    case OPT_MEND:
        o->mend = text;
        return 0;
    case OPT_ON_DIVERGENCE:
        return take_check(o, text);
    case OPT_PLAN:
        o->plan = true;
        return 0;
    case OPT_CALLS:
        o->calls = true;
        return 0;
    case OPT_PRINT_TOKEN:
        o->print_token = true;
        return 0;
    case OPT_LAST:
        return take_last(o, text);
    case OPT_UNTIL:
        return take_event("until", text, &o->run.has_until, &o->run.until);
    case OPT_BREAK:
        return take_event("break", text, &o->run.has_break, &o->run.break_at);
    }
    return take_run_option(o, c, text, telling);
}

/* What excludes what. */
static int check(const struct replay_options *o)
{
    if (o->calls && (o->other_driver || o->divergence || o->plan || o->print_token ||
                     o->run.record || o->run.has_until || o->run.has_break))
        return cli_wrong("replay: --calls has no driver, no inputs and no choices: it takes "
                         "--profile and what says how to report");
    if (o->run.profile && o->divergence)
        return cli_wrong("replay: another machine goes its own way: --profile takes no "
                         "--on-divergence");
    if (o->run.profile && (o->run.has_until || o->run.has_break))
        return cli_wrong("replay: events of another machine have other numbers: --profile takes "
                         "no --until or --break");
    return 0;
}

int replay_take_options(struct replay_options *o, int argc, char **argv)
{
    struct cli_telling telling = { .verb = "replay",
                                   .outputs = &o->run.outputs,
                                   .known = &o->run.known,
                                   .fail_on = &o->run.fail_on,
                                   .findings_max = &o->run.findings_max };
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:qv", long_options, NULL)) != -1) {
        if (c == 'h') {
            fputs(help, stdout);
            return -1;
        }
        if (c == '?' || c == ':')
            return cli_wrong_option("replay", argv, c);
        if (take_option(o, c, optarg, &telling))
            return DM_USAGE;
    }
    if (optind + 1 != argc)
        return cli_wrong("replay: wants one trace; see dmacheck replay --help");
    o->trace = argv[optind];
    o->run.outputs.style.color = cli_color(telling.color);
    o->other_driver = o->driver || o->bug || o->mend;
    return check(o) ? DM_USAGE : cli_outputs_check(&o->run.outputs);
}
