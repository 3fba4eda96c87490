/*
 * dmacheck report: a finished run, from its JSON, in another format.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/known.h"
#include "reports/load.h"
#include "sim/core/choice.h"

struct report_options {
    const char *from;
    int fail_on; /* 0: the exit code says nothing of findings */
    uint64_t findings_max;
    struct cli_known known;
    struct cli_outputs outputs;
};

static const char help[] =
    "usage: dmacheck report IN [-o OUT] [options]\n"
    "\n"
    "Writes what a finished run found, IN (made by run --format json), in another format.\n"
    "\n"
    "  --format " CLI_FORMATS "\n"
    "                           of standard output\n"
    "  -o FILE                  write the report to FILE, format by extension; repeatable\n"
    "  --fail-on LEVEL          exit 1 for findings from LEVEL on: note, warning or error;\n"
    "                           without it findings do not change the exit code\n"
    "  --max-findings N         list at most N\n"
    "  --bugcheck               print stop codes as Windows does\n"
    "  --color auto|always|never\n"
    "  -q, -v                   say less, more\n" CLI_KNOWN_HELP;

static const struct option long_options[] = {
    { "format", required_argument, NULL, 'f' }, { "fail-on", required_argument, NULL, 'l' },
    { "color", required_argument, NULL, 'c' },  { "max-findings", required_argument, NULL, 'm' },
    { "bugcheck", no_argument, NULL, 'b' },     CLI_KNOWN_OPTIONS,
    { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
};

static int take_option(struct report_options *o, int c, char **argv, const char **color)
{
    switch (c) {
    case 'f':
        o->outputs.format = optarg;
        return 0;
    case 'l':
        o->fail_on = report_severity(optarg);
        return o->fail_on
                   ? 0
                   : cli_wrong("report: --fail-on wants note, warning or error, not '%s'", optarg);
    case 'c':
        *color = optarg;
        return 0;
    case 'm':
        if (!cli_number(optarg, &o->findings_max) || !o->findings_max)
            return cli_wrong("report: --max-findings wants a number, not '%s'", optarg);
        return 0;
    case 'b':
        o->outputs.style.bugcheck = true;
        return 0;
    case 'q':
        o->outputs.style.verbosity = -1;
        return 0;
    case 'v':
        o->outputs.style.verbosity = 1;
        return 0;
    case 'o':
        return cli_outputs_add(&o->outputs, optarg);
    }
    return cli_known_option(&o->known, c, optarg) ? 0 : cli_wrong_option("report", argv, c);
}

static int take_options(struct report_options *o, int argc, char **argv)
{
    const char *color = NULL;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:qv", long_options, NULL)) != -1) {
        if (c == 'h') {
            fputs(help, stdout);
            return -1;
        }
        if (take_option(o, c, argv, &color))
            return DM_USAGE;
    }
    if (optind + 1 != argc)
        return cli_wrong("report: wants one report in JSON; see dmacheck report --help");
    o->from = argv[optind];
    if (!cli_color_known(color))
        return cli_wrong("report: --color wants auto, always or never, not '%s'", color);
    o->outputs.style.color = cli_color(color);
    return cli_outputs_check(&o->outputs);
}

/* Judges again only where there is something new to judge by: the JSON's own verdicts stay. */
static int judge(const struct report_options *o, struct report *r)
{
    const struct cli_known *k = &o->known;

    return k->suppress || k->baseline || k->write_baseline ? cli_known_judge(k, r) : 0;
}

int verb_report(int argc, char **argv)
{
    struct report_options o = { 0 };
    char message[1024] = "";
    struct report r;
    int code = take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    if (cli_known_read(&o.known))
        return DM_USAGE;
    if (report_load(&r, o.from, choice_word, message, sizeof message))
        return cli_wrong("%s", message);
    cli_story_roots(&r, r.driver);
    if (o.fail_on)
        r.fail_on = o.fail_on;
    code = judge(&o, &r);
    if (o.fail_on)
        code = cli_worse(code, cli_known_verdict(&r, o.fail_on));
    report_trim(&r, (unsigned)o.findings_max);
    code = cli_worse(code, cli_outputs_write(&o.outputs, &r));
    report_free(&r);
    cli_known_free(&o.known);
    return code;
}
