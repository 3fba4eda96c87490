/*
 * The options of dmacheck explore: what each means, and what is said to a wrong one.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/explore.h"

static const char help[] =
    "usage: dmacheck explore DRIVER --scenario S [options]\n"
    "       dmacheck explore DRIVER --scenario S --faults systematic [options]\n"
    "\n"
    "Runs one scenario under many schedules and says what is wrong in any of them; or fails each\n"
    "resource that the driver asks for once, and says what comes of it. DRIVER as for run.\n"
    "\n"
    "  --scenario NAME          the scenario\n"
    "  --strategy pct           priorities that fall at random points (the default)\n"
    "  --strategy random        a random walk\n"
    "  --strategy dfs           every schedule with at most --depth preemptions\n"
    "  --depth N                pct: orderings that a bug needs (default 3); dfs: preemptions\n"
    "                           (default 2); at most 16\n"
    "  --budget Ns|Nruns        seconds, or runs (default 10000runs; dfs: 1000000runs)\n"
    "  --seed N                 of the search (default 1)\n"
    "  --pin-data               placement, splits and a device's pace stay plain (dfs: always)\n"
    "  --keep-going             go on behind the first finding\n"
    "  --run N                  the run of this number alone, as a finding's repro line says\n"
    "  --check-every N          each N-th run is run twice and must be the same (default 100;\n"
    "                           0: only those that find something)\n"
    "  --profile NAME|FILE      the machine (default direct64)\n"
    "  --jobs N                 so many processes (not for dfs)\n"
    "  --record FILE            write the failing run as a .dmatrace\n"
    "  --no-races               do not look for data races: a third faster\n"
    "\n"
    "  --faults systematic      fail each resource request with a stack of its own, once\n"
    "  --list                   only say which there are\n"
    "  --exclude ID[,ID...]     leave these out\n"
    "  --only ID[,ID...]        these alone\n"
    "  --log FILE               leave out what FILE says is done, and add to it\n"
    "\n"
    "  --bug 0|1                a twin with its fault (1, the default) or without\n"
    "  --mend FAULT[,...]|all   a case with these of its faults mended\n"
    "  --fail-on LEVEL          note, warning (default) or error: from here on exit 1\n"
    "  --max-findings N         list at most N\n"
    "  --format " CLI_FORMATS "\n"
    "                           of standard output\n"
    "  -o FILE                  write the report to FILE, format by extension; repeatable\n"
    "  --color auto|always|never\n"
    "  -q, -v                   say less, more\n" CLI_KNOWN_HELP "\n"
    "exit: 0 nothing found, 1 findings, 2 usage or input at fault, 3 the simulator failed,\n"
    "      4 the budget ended before all schedules were run (dfs), or a run had no verdict,\n"
    "      5 a run that was run again was another\n";

enum {
    OPT_SCENARIO = 256,
    OPT_STRATEGY,
    OPT_DEPTH,
    OPT_BUDGET,
    OPT_SEED,
    OPT_PIN_DATA,
    OPT_KEEP_GOING,
    OPT_RUN,
    OPT_CHECK_EVERY,
    OPT_PROFILE,
    OPT_JOBS,
    OPT_RECORD,
    OPT_NO_RACES,
    OPT_FAULTS,
    OPT_LIST,
    OPT_EXCLUDE,
    OPT_ONLY,
    OPT_LOG,
    OPT_BUG,
    OPT_MEND,
};

static const struct option long_options[] = {
    { "scenario", required_argument, NULL, OPT_SCENARIO },
    { "strategy", required_argument, NULL, OPT_STRATEGY },
    { "depth", required_argument, NULL, OPT_DEPTH },
    { "budget", required_argument, NULL, OPT_BUDGET },
    { "seed", required_argument, NULL, OPT_SEED },
    { "pin-data", no_argument, NULL, OPT_PIN_DATA },
    { "keep-going", no_argument, NULL, OPT_KEEP_GOING },
    { "run", required_argument, NULL, OPT_RUN },
    { "check-every", required_argument, NULL, OPT_CHECK_EVERY },
    { "profile", required_argument, NULL, OPT_PROFILE },
    { "jobs", required_argument, NULL, OPT_JOBS },
    { "record", required_argument, NULL, OPT_RECORD },
    { "no-races", no_argument, NULL, OPT_NO_RACES },
    { "faults", required_argument, NULL, OPT_FAULTS },
    { "list", no_argument, NULL, OPT_LIST },
    { "exclude", required_argument, NULL, OPT_EXCLUDE },
    { "only", required_argument, NULL, OPT_ONLY },
    { "log", required_argument, NULL, OPT_LOG },
    { "bug", required_argument, NULL, OPT_BUG },
    { "mend", required_argument, NULL, OPT_MEND },
    CLI_TELLING_OPTIONS,
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_budget(struct explore_verb *o, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    char number[20] = "";
    uint64_t n = 0;

    if (digits && digits < sizeof number)
        memcpy(number, text, digits);
    if (!cli_number(number, &n) || !n ||
        (strcmp(text + digits, "s") && strcmp(text + digits, "runs")))
        return cli_wrong("explore: --budget wants seconds or runs, as 60s or 5000runs, not '%s'",
                         text);
    o->budget_runs = text[digits] == 'r' ? n : 0;
    o->budget_seconds = text[digits] == 's' ? n : 0;
    return 0;
}

static int take_strategy(struct explore_verb *o, const char *text)
{
    static const char *const words[] = { "random", "pct", "dfs" };

    for (int i = 0; i < 3; i++)
        if (!strcmp(text, words[i])) {
            o->strategy = (enum explore_strategy)i;
            return 0;
        }
    return cli_wrong("explore: --strategy wants random, pct or dfs, not '%s'", text);
}

/* What `run` takes as well. */
static int take_run_option(struct explore_verb *o, int c, const char *text,
                           struct cli_telling *telling)
{
    struct run_options *r = &o->run;
    uint64_t bug = 1;

    switch (c) {
    case OPT_SCENARIO:
        r->scenario = text;
        return 0;
    case OPT_PROFILE:
        r->profile = text;
        return 0;
    case OPT_JOBS:
        return cli_take_number("explore", "jobs", text, 1, 256, &r->jobs);
    case OPT_RECORD:
        r->record = text;
        return 0;
    case OPT_NO_RACES:
        r->no_races = true;
        return 0;
    case OPT_BUG:
        if (cli_take_number("explore", "bug", text, 0, 1, &bug))
            return DM_USAGE;
        r->bug = (int)bug;
        return 0;
    case OPT_MEND:
        r->mend = text;
        return 0;
    }
    return cli_telling_option(telling, c, text) ? DM_USAGE : 0;
}

static int take_option(struct explore_verb *o, int c, const char *text, struct cli_telling *telling)
{
    uint64_t depth;

    switch (c) {
    case OPT_STRATEGY:
        return take_strategy(o, text);
    case OPT_DEPTH:
        if (cli_take_number("explore", "depth", text, 0, 16, &depth))
            return DM_USAGE;
        o->depth = (unsigned)depth;
        o->has_depth = true;
        return 0;
    case OPT_BUDGET:
        return take_budget(o, text);
    case OPT_SEED:
        return cli_take_number("explore", "seed", text, 0, UINT64_MAX, &o->seed);
    case OPT_PIN_DATA:
        o->pin_data = true;
        return 0;
    case OPT_KEEP_GOING:
        o->keep_going = true;
        return 0;
    case OPT_RUN:
        o->has_only = true;
        return cli_take_number("explore", "run", text, 0, UINT64_MAX, &o->only);
    case OPT_CHECK_EVERY:
        return cli_take_number("explore", "check-every", text, 0, UINT64_MAX, &o->check_every);
    case OPT_FAULTS:
        o->faults = true;
        return strcmp(text, "systematic")
                   ? cli_wrong("explore: --faults wants systematic, not '%s'", text)
                   : 0;
    case OPT_LIST:
        o->list = true;
        return 0;
    case OPT_EXCLUDE:
        o->exclude = text;
        return 0;
    case OPT_ONLY:
        o->only_ids = text;
        return 0;
    case OPT_LOG:
        o->log = text;
        return 0;
    }
    return take_run_option(o, c, text, telling);
}

/* What does not go together. */
static int check(struct explore_verb *o)
{
    if (!o->faults && (o->list || o->exclude || o->only_ids || o->log))
        return cli_wrong("explore: --%s is for --faults systematic", o->list       ? "list"
                                                                     : o->exclude  ? "exclude"
                                                                     : o->only_ids ? "only"
                                                                                   : "log");
    if (o->has_depth && o->strategy == EXPLORE_RANDOM)
        return cli_wrong("explore: --depth is for pct and dfs");
    if (o->strategy == EXPLORE_PCT && !o->depth)
        return cli_wrong("explore: --depth wants a number from 1 to 16 for pct, not '0'");
    if (o->strategy == EXPLORE_DFS && (o->run.jobs > 1 || o->has_only))
        return cli_wrong("explore: --%s is for random and pct", o->has_only ? "run" : "jobs");
    if (o->run.profile && !strcmp(o->run.profile, "all"))
        return cli_wrong("explore: --profile wants one machine, not 'all'");
    return cli_outputs_check(&o->run.outputs);
}

int explore_take_options(struct explore_verb *o, int argc, char **argv)
{
    struct cli_telling telling = { .verb = "explore",
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
            return cli_wrong_option("explore", argv, c);
        if (take_option(o, c, optarg, &telling))
            return DM_USAGE;
    }
    o->run.outputs.style.color = cli_color(telling.color);
    if (optind < argc)
        o->run.driver = argv[optind++];
    if (optind < argc)
        return cli_wrong("explore: '%s' is one argument too many", argv[optind]);
    if (!o->run.driver)
        return cli_wrong("explore: no driver; dmacheck explore --help");
    if (!o->has_depth)
        o->depth = o->strategy == EXPLORE_DFS ? 2 : 3;
    if (!o->budget_runs && !o->budget_seconds)
        o->budget_runs = o->strategy == EXPLORE_DFS ? 1000000 : 10000;
    return check(o);
}
