/*
 * The options of dmacheck run: what each means, and what is said to a wrong one.
 */
#include "cli/run.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "machine/last.h"
#include "machine/schedule.h"
#include "sim/core/fault.h"
#include "trace/record.h"

static const char help[] =
    "usage: dmacheck run DRIVER [options]\n"
    "       dmacheck run --all-samples [options]\n"
    "\n"
    "Runs a driver's scenarios on simulated machines and says what is wrong.\n"
    "DRIVER is a .so made by ddkcc, a folder with driver.ini, the name of a sample,\n"
    "twin:RULE, the small driver that breaks one rule, or case:NAME, a field story.\n"
    "\n"
    "  --profile NAME|FILE|all  the machine (default direct64; a case: all); all: every one,\n"
    "                           and requesters must get the same on each\n"
    "  --seed N                 the schedule and all other choices (default 0: plain)\n"
    "  --seeds A..B             each seed of a range, both ends included\n"
    "  --scenario NAME          this scenario only\n"
    "  --program FILE           a program for a computing device (docs/devices/accel.md), handed "
    "to\n"
    "                           the scenarios that take one, and only those run; repeatable\n"
    "  --record FILE            write a .dmatrace; further runs FILE-SCENARIO-PROFILE-SEED\n"
    "  --payload N              of the bytes of each device access record N (default 0; at most "
    "4096)\n"
    "  --record-dir DIR         with --all-samples: where traces and HTML reports go\n"
    "  --choices TRACE          the scenario and the choices that a trace recorded\n"
    "  --schedule TOKEN|@FILE   the schedule that a token names, instead of a seed's\n"
    "  --faults N|POINT:K[=V]   one resource request in N fails; or the K-th of POINT\n"
    "  --readiness remap        one page: would it survive DMA remapping (Kernel DMA Protection)?\n"
    "                           on the machines with an IOMMU and on two without\n"
    "  --last N                 the last N events with each finding (default 16, if it is one run "
    "and\n"
    "                           no trace is recorded)\n"
    "  --no-races               do not look for data races: a third faster\n"
    "  --bugcheck               stop at the first bug check and print it as Windows does\n"
    "  --coverage               say which rules, operations and outcomes were never tried\n"
    "  --bug 0|1                a twin with its fault (1, the default) or without\n"
    "  --mend FAULT[,...]|all   a case with these of its faults mended\n"
    "  --fail-on LEVEL          note, warning (default) or error: from here on exit 1\n"
    "  --max-findings N         list at most N\n"
    "  --jobs N                 so many processes\n"
    "  --format " CLI_FORMATS "\n"
    "                           of standard output\n"
    "  -o FILE                  write the report to FILE, format by extension; repeatable;\n"
    "                           -o - is standard output, which else stays empty then\n"
    "  --color auto|always|never\n"
    "  -q, -v                   say less, more\n" CLI_KNOWN_HELP "\n"
    "exit: 0 clean, 1 findings, 2 usage or input at fault, 3 the simulator failed,\n"
    "      4 a run ended without a verdict\n";

enum {
    OPT_PROFILE = 256,
    OPT_SEED,
    OPT_SEEDS,
    OPT_SCENARIO,
    OPT_PROGRAM,
    OPT_RECORD,
    OPT_RECORD_DIR,
    OPT_CHOICES,
    OPT_SCHEDULE,
    OPT_FAULTS,
    OPT_BUGCHECK,
    OPT_NO_RACES,
    OPT_PAYLOAD,
    OPT_BUG,
    OPT_MEND,
    OPT_JOBS,
    OPT_ALL_SAMPLES,
    OPT_READINESS,
    OPT_COVERAGE,
    OPT_LAST
};

static const struct option long_options[] = {
    { "profile", required_argument, NULL, OPT_PROFILE },
    { "seed", required_argument, NULL, OPT_SEED },
    { "seeds", required_argument, NULL, OPT_SEEDS },
    { "scenario", required_argument, NULL, OPT_SCENARIO },
    { "program", required_argument, NULL, OPT_PROGRAM },
    { "record", required_argument, NULL, OPT_RECORD },
    { "payload", required_argument, NULL, OPT_PAYLOAD },
    { "record-dir", required_argument, NULL, OPT_RECORD_DIR },
    { "choices", required_argument, NULL, OPT_CHOICES },
    { "schedule", required_argument, NULL, OPT_SCHEDULE },
    { "faults", required_argument, NULL, OPT_FAULTS },
    { "bugcheck", no_argument, NULL, OPT_BUGCHECK },
    { "no-races", no_argument, NULL, OPT_NO_RACES },
    { "bug", required_argument, NULL, OPT_BUG },
    { "mend", required_argument, NULL, OPT_MEND },
    { "jobs", required_argument, NULL, OPT_JOBS },
    { "all-samples", no_argument, NULL, OPT_ALL_SAMPLES },
    { "readiness", required_argument, NULL, OPT_READINESS },
    { "coverage", no_argument, NULL, OPT_COVERAGE },
    { "last", required_argument, NULL, OPT_LAST },
    CLI_TELLING_OPTIONS,
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_seeds(struct run_options *o, const char *text)
{
    const char *dots = strstr(text, "..");
    char first[32] = "";

    if (dots && (size_t)(dots - text) < sizeof first)
        memcpy(first, text, (size_t)(dots - text));
    if (!dots || !cli_number(first, &o->seed_first) || !cli_number(dots + 2, &o->seed_last) ||
        o->seed_last < o->seed_first || o->seed_last - o->seed_first >= 10000000)
        return cli_wrong(
            "run: --seeds wants A..B with A at most B and ten million seeds at most, not '%s'",
            text);
    return 0;
}

/* A schedule has its own seed. */
static int take_schedule(struct run_options *o)
{
    struct schedule s;
    char message[1024];

    if (!o->schedule)
        return 0;
    if (o->seed_given || o->choices)
        return cli_wrong("run: --schedule is instead of --seed, --seeds and --choices");
    if (schedule_read(&s, o->schedule, message, sizeof message))
        return cli_wrong("%s", message);
    o->seed_first = o->seed_last = s.seed;
    schedule_free(&s);
    return 0;
}

static int take_faults(struct run_options *o, const char *text)
{
    const char *colon = strchr(text, ':'), *equals = colon ? strchr(colon, '=') : NULL;
    char number[24] = "";
    uint64_t n = 0;

    snprintf(number, sizeof number, "%.*s",
             equals ? (int)(equals - colon - 1) : (int)sizeof number - 1, colon ? colon + 1 : text);
    if (!cli_number(number, &n) || !n || n > UINT32_MAX)
        return cli_wrong("run: --faults wants N or POINT:K with a number above 0, not '%s'", text);
    if (equals && !cli_number(equals + 1, &o->fault_value))
        return cli_wrong("run: --faults wants POINT:K=V with two numbers, not '%s'", text);
    if (!colon) {
        o->fault_one_in = (uint32_t)n;
        return 0;
    }
    snprintf(o->fault_point, sizeof o->fault_point, "%.*s", (int)(colon - text), text);
    o->fault_nth = (uint32_t)n;
    if (fault_point_of(o->fault_point) < 0)
        return cli_wrong("run: unknown fault point '%s'", o->fault_point);
    return 0;
}

static int take_option(struct run_options *o, int c, const char *text, struct cli_telling *telling)
{
    uint64_t bug = 1, last = 0;

    switch (c) {
    case OPT_PROFILE:
        o->profile = text;
        return 0;
    case OPT_SEED:
        if (cli_take_number("run", "seed", text, 0, UINT64_MAX, &o->seed_first))
            return DM_USAGE;
        o->seed_last = o->seed_first;
        o->seed_given = true;
        return 0;
    case OPT_SEEDS:
        o->seed_given = true;
        return take_seeds(o, text);
    case OPT_SCENARIO:
        o->scenario = text;
        return 0;
    case OPT_PROGRAM:
        return run_program_add(o, text);
    case OPT_RECORD:
        o->record = text;
        return 0;
    case OPT_RECORD_DIR:
        o->record_dir = text;
        return 0;
    case OPT_CHOICES:
        o->choices = text;
        return 0;
    case OPT_SCHEDULE:
        o->schedule = text;
        return 0;
    case OPT_FAULTS:
        return take_faults(o, text);
    case OPT_COVERAGE:
        o->coverage = true;
        return 0;
    case OPT_LAST:
        if (cli_take_number("run", "last", text, 0, LAST_EVENTS_MAX, &last))
            return DM_USAGE;
        o->last = (unsigned)last;
        return 0;
    case OPT_BUGCHECK:
        o->bugcheck = true;
        return 0;
    case OPT_PAYLOAD:
        return cli_take_number("run", "payload", text, 0, RECORD_PAYLOAD_MAX, &o->payload_max);
    case OPT_NO_RACES:
        o->no_races = true;
        return 0;
    case OPT_BUG:
        if (cli_take_number("run", "bug", text, 0, 1, &bug))
            return DM_USAGE;
        o->bug = (int)bug;
        return 0;
    case OPT_MEND:
        o->mend = text;
        return 0;
    case OPT_JOBS:
        return cli_take_number("run", "jobs", text, 1, 256, &o->jobs);
    case OPT_READINESS:
        o->readiness = true;
        return strcmp(text, "remap") ? cli_wrong("run: --readiness wants remap, not '%s'", text)
                                     : 0;
    case OPT_ALL_SAMPLES:
        o->all_samples = true;
        return 0;
    }
    return cli_telling_option(telling, c, text) ? DM_USAGE : 0;
}

int run_take_options(struct run_options *o, int argc, char **argv)
{
    struct cli_telling telling = { .verb = "run",
                                   .outputs = &o->outputs,
                                   .known = &o->known,
                                   .fail_on = &o->fail_on,
                                   .findings_max = &o->findings_max };
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:qv", long_options, NULL)) != -1) {
        if (c == 'h') {
            fputs(help, stdout);
            return -1;
        }
        if (c == '?' || c == ':')
            return cli_wrong_option("run", argv, c);
        if (take_option(o, c, optarg, &telling))
            return DM_USAGE;
    }
    o->outputs.style.color = cli_color(telling.color);
    o->outputs.style.bugcheck = o->bugcheck;
    if (optind < argc)
        o->driver = argv[optind++];
    if (optind < argc)
        return cli_wrong("run: '%s' is one argument too many", argv[optind]);
    if (!o->driver && !o->all_samples)
        return cli_wrong("run: no driver; dmacheck run --help");
    if (o->readiness && (o->profile || o->all_samples))
        return cli_wrong("run: --readiness chooses the profiles, and takes one driver");
    if (o->program_count && o->all_samples)
        return cli_wrong("run: --program is for one driver, not for --all-samples");
    if (take_schedule(o))
        return DM_USAGE;
    if (o->driver && o->all_samples)
        return cli_wrong("run: give a driver or --all-samples, not both");
    if (o->all_samples && (o->known.suppress || o->known.baseline || o->known.write_baseline))
        return cli_wrong("run: --suppress and --baseline are of one driver, not of --all-samples");
    return cli_outputs_check(&o->outputs);
}
