/*
 * dmacheck verify: the rules over a recorded trace, without the driver. The findings are those that
 * the recorded run had.
 */
#include "cli/judged.h"
#include "cli/telling.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "reports/readiness.h"
#include "reports/story.h"
#include "sim/core/profile.h"
#include "trace/read.h"
#include "trace/text.h"
#include "verifier/verify.h"

struct verify_options {
    const char *trace;
    int fail_on;
    uint64_t findings_max;
    struct cli_known known;
    struct cli_outputs outputs;
    struct timeline *timeline; /* for a page; NULL: nobody looks */
};

static const char help[] =
    "usage: dmacheck verify TRACE [options]\n"
    "\n"
    "Lets the rules judge the events of a .dmatrace. Exit as for run.\n"
    "\n"
    "  --format " CLI_FORMATS "\n"
    "                           of standard output\n"
    "  -o FILE                  write the report to FILE, format by extension; repeatable\n"
    "  --fail-on LEVEL          note, warning (default) or error\n"
    "  --max-findings N         list at most N\n"
    "  --bugcheck               print stop codes as Windows does\n"
    "  --color auto|always|never\n"
    "  -q, -v                   say less; -v prints every event first\n" CLI_KNOWN_HELP;

static const struct option long_options[] = {
    { "bugcheck", no_argument, NULL, 'b' },
    CLI_TELLING_OPTIONS,
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_options(struct verify_options *o, int argc, char **argv)
{
    struct cli_telling telling = { .verb = "verify",
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
            return cli_wrong_option("verify", argv, c);
        if (c == 'b')
            o->outputs.style.bugcheck = true;
        else if (cli_telling_option(&telling, c, optarg))
            return DM_USAGE;
    }
    if (optind + 1 != argc)
        return cli_wrong("verify: wants one trace; see dmacheck verify --help");
    o->trace = argv[optind];
    o->outputs.style.color = cli_color(telling.color);
    return cli_outputs_check(&o->outputs);
}

/* Feeds the whole trace; 0 or DM_USAGE. */
static int feed(const struct verify_options *o, struct trace_reader *t, struct verifier *v,
                struct report_run *run)
{
    char message[512] = "", text[TRACE_TEXT_MAX];
    struct event e;
    int got;

    while ((got = trace_read_next(t, &e, message, sizeof message)) > 0) {
        verifier_event(v, &e);
        readiness_event(&run->seen, &e);
        if (o->timeline)
            timeline_event(o->timeline, &e);
        if (o->outputs.style.verbosity > 0) {
            trace_text(text, sizeof text, &e, trace_read_depot(t),
                       trace_read_agent_name(t, e.agent));
            puts(text);
        }
        run->events++;
        run->virtual_ns = e.ns;
    }
    return got < 0 ? cli_wrong("%s", message) : (cli_say_cut(t), 0);
}

static const char *name_of_agent(void *reader, uint16_t id)
{
    return trace_read_agent_name(reader, id);
}

static void mark_finding(struct timeline *t, const struct finding *f, unsigned index)
{
    if (t)
        timeline_mark(t, &(struct timeline_mark) { f->seq, f->ns, f->obj, f->owner, index });
}

static void tell_story(const struct verify_options *o, struct trace_reader *t, struct report *r)
{
    struct report_story *story = report_story(r);

    timeline_close(o->timeline, trace_read_depot(t), name_of_agent, t);
    story->timelines[story->timeline_count++] = o->timeline;
}

static int judge(const struct verify_options *o, struct trace_reader *t, struct verifier *v,
                 struct report *r)
{
    const struct trace_header *h = trace_read_header(t);
    struct report_run run = { .scenario = h->scenario, .profile = h->profile, .seed = h->seed };
    char repro[REPORT_COMMAND_MAX], trace[1024];
    int code;

    verifier_begin(v, h->profile, h->seed, cli_was_remapped(h));
    if (feed(o, t, v, &run)) {
        timeline_destroy(o->timeline);
        return DM_USAGE; /* no verdict over half a trace */
    }
    verifier_end(v);
    run.remapped = cli_was_remapped(h);
    run.exit = finding_count(v) ? DM_FINDINGS : DM_CLEAN;
    run.findings = finding_count(v);
    report_init(r, h->driver);
    r->fail_on = o->fail_on;
    r->watched = cli_wants_story(&o->outputs);
    report_add_run(r, &run);
    report_shell_word(o->trace, trace, sizeof trace);
    snprintf(repro, sizeof repro, "dmacheck verify %s", trace);
    for (unsigned i = 0; i < finding_count(v); i++)
        mark_finding(o->timeline, finding_at(v, i),
                     cli_add_judged(r, trace_read_depot(t), finding_at(v, i), h, repro));
    cli_story_roots(r, h->driver);
    if (o->timeline)
        tell_story(o, t, r);
    code = cli_known_judge(&o->known, r);
    code = cli_worse(code, cli_known_verdict(r, o->fail_on));
    report_trim(r, (unsigned)o->findings_max);
    cli_describe_rules(r);
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
    if (cli_known_read(&o.known))
        return DM_USAGE;
    t = trace_read_open(o.trace, message, sizeof message);
    if (!t)
        return cli_wrong("%s", message);
    v = verifier_create(trace_read_depot(t));
    o.timeline = cli_wants_story(&o.outputs) ? timeline_create() : NULL;
    code = v ? judge(&o, t, v, &r) : DM_INTERNAL;
    verifier_destroy(v);
    trace_read_close(t);
    cli_known_free(&o.known);
    return code;
}
