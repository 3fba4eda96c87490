/*
 * dmacheck verify: the rules over a recorded trace, without the driver. The findings are those that
 * the recorded run had.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/profile.h"
#include "trace/read.h"
#include "trace/text.h"
#include "verifier/verify.h"

struct verify_options {
    const char *trace;
    int fail_on;
    uint64_t findings_max;
    struct cli_outputs outputs;
};

static const char help[] =
    "usage: dmacheck verify TRACE [options]\n"
    "\n"
    "Lets the rules judge the events of a .dmatrace. Exit as for run.\n"
    "\n"
    "  --format text|json   of standard output\n"
    "  -o FILE              write the report to FILE, format by extension; repeatable\n"
    "  --fail-on LEVEL      note, warning (default) or error\n"
    "  --max-findings N     list at most N\n"
    "  --bugcheck           print stop codes as Windows does\n"
    "  --color auto|always|never\n"
    "  -q, -v               say less; -v prints every event first\n";

static const struct option long_options[] = {
    { "format", required_argument, NULL, 'f' },
    { "fail-on", required_argument, NULL, 'l' },
    { "color", required_argument, NULL, 'c' },
    { "max-findings", required_argument, NULL, 'm' },
    { "bugcheck", no_argument, NULL, 'b' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_options(struct verify_options *o, int argc, char **argv)
{
    const char *color = NULL;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:qv", long_options, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(help, stdout);
            return -1;
        case 'f':
            o->outputs.format = optarg;
            break;
        case 'l':
            o->fail_on = report_severity(optarg);
            break;
        case 'c':
            color = optarg;
            break;
        case 'b':
            o->outputs.style.bugcheck = true;
            break;
        case 'q':
            o->outputs.style.verbosity = -1;
            break;
        case 'v':
            o->outputs.style.verbosity = 1;
            break;
        case 'm':
            if (!cli_number(optarg, &o->findings_max) || !o->findings_max)
                return cli_wrong("verify: --max-findings wants a number, not '%s'", optarg);
            break;
        case 'o':
            if (o->outputs.path_count == sizeof o->outputs.paths / sizeof *o->outputs.paths)
                return cli_wrong("verify: too many -o");
            o->outputs.paths[o->outputs.path_count++] = optarg;
            break;
        default:
            return cli_wrong_option("verify", argv, c);
        }
        if (!o->fail_on)
            return cli_wrong("verify: --fail-on wants note, warning or error, not '%s'", optarg);
    }
    if (optind + 1 != argc)
        return cli_wrong("verify: wants one trace; see dmacheck verify --help");
    o->trace = argv[optind];
    o->outputs.style.color = cli_color(color);
    return cli_outputs_check(&o->outputs);
}

/* Whether the recorded machine translated: the profile's text in the header says it. */
static bool was_remapped(const struct trace_header *h)
{
    char wanted[32];

    snprintf(wanted, sizeof wanted, "translation=%d", (int)TRANSLATION_REMAP);
    return strstr(h->profile_text, wanted) != NULL;
}

static void add_finding(struct report *r, struct site_depot *depot, const struct finding *f,
                        const struct trace_header *h)
{
    static struct site_frame_text texts[FINDING_SITES_MAX][SITE_FRAMES_MAX];
    struct report_finding to = { .rule = f->word,
                                 .severity = f->severity,
                                 .message = f->message,
                                 .driver_verifier = f->driver_verifier,
                                 .scenario = h->scenario,
                                 .profile = h->profile,
                                 .seed = h->seed };

    _Static_assert(FINDING_SITES_MAX <= REPORT_SITES_MAX, "a report has room for every site");
    for (unsigned s = 0; s < f->site_count && s < FINDING_SITES_MAX; s++) {
        struct report_site *site = &to.sites[to.site_count++];

        site->role = finding_role_word(f->sites[s].role);
        for (unsigned i = 0; i < site_frame_count(depot, f->sites[s].site) && i < SITE_FRAMES_MAX;
             i++) {
            struct site_frame_text *t = &texts[s][i];

            if (site_frame_text(depot, f->sites[s].site, i, t))
                site->frames[site->frame_count++] =
                    (struct report_frame) { t->file, t->function, t->line };
        }
    }
    report_add_finding(r, 0, &to);
}

/* Feeds the whole trace; 0 or DM_USAGE. */
static int feed(struct trace_reader *t, struct verifier *v, struct report_run *run,
                int verbosity)
{
    char message[512] = "", text[TRACE_TEXT_MAX];
    struct event e;
    int got;

    while ((got = trace_read_next(t, &e, message, sizeof message)) > 0) {
        verifier_event(v, &e);
        if (verbosity > 0) {
            trace_text(text, sizeof text, &e, trace_read_depot(t), trace_read_agent_name(t, e.agent));
            puts(text);
        }
        run->events++;
        run->virtual_ns = e.ns;
    }
    return got < 0 ? cli_wrong("%s", message) : 0;
}

static int judge(const struct verify_options *o, struct trace_reader *t, struct verifier *v,
                 struct report *r)
{
    const struct trace_header *h = trace_read_header(t);
    struct report_run run = { .scenario = h->scenario, .profile = h->profile, .seed = h->seed };
    int code = DM_CLEAN;

    verifier_begin(v, h->profile, h->seed, was_remapped(h));
    if (feed(t, v, &run, o->outputs.style.verbosity))
        return DM_USAGE; /* no verdict over half a trace */
    verifier_end(v);
    run.exit = finding_count(v) ? DM_FINDINGS : DM_CLEAN;
    run.findings = finding_count(v);
    report_init(r, h->driver);
    r->findings_max = (unsigned)o->findings_max;
    report_add_run(r, &run);
    for (unsigned i = 0; i < finding_count(v); i++) {
        const struct finding *f = finding_at(v, i);

        add_finding(r, trace_read_depot(t), f, h);
        if (report_severity(f->severity) >= o->fail_on)
            code = DM_FINDINGS;
    }
    code = cli_worse(code, cli_outputs_write(&o->outputs, r));
    report_free(r);
    return code;
}

int verb_verify(int argc, char **argv)
{
    struct verify_options o = { .fail_on = 2 };
    char message[512] = "";
    struct trace_reader *t;
    struct verifier *v;
    struct report r;
    int code = take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    t = trace_read_open(o.trace, message, sizeof message);
    if (!t)
        return cli_wrong("%s", message);
    v = verifier_create(trace_read_depot(t));
    code = v ? judge(&o, t, v, &r) : DM_INTERNAL;
    verifier_destroy(v);
    trace_read_close(t);
    return code;
}
