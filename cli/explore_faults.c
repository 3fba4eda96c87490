/*
 * --faults systematic: each resource request with a stack of its own, failed once. A line for each
 * on standard output, what went wrong as findings of the report; FILE of --log remembers across
 * runs which are done.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/explore.h"
#include "machine/probe.h"

#define RUN_CPU_SECONDS 120

struct ids {
    uint32_t *at;
    unsigned count;
};

struct sum {
    unsigned done, wrong, excluded, logged;
};

static bool ids_have(const struct ids *l, uint32_t id)
{
    for (unsigned i = 0; i < l->count; i++)
        if (l->at[i] == id)
            return true;
    return false;
}

static bool ids_add(struct ids *l, const char *text, size_t length)
{
    char word[16] = "", *end;
    uint32_t *at;

    if (length != 8)
        return false;
    memcpy(word, text, length);
    at = realloc(l->at, (l->count + 1) * sizeof *at);
    if (!at)
        return false;
    l->at = at;
    l->at[l->count] = (uint32_t)strtoul(word, &end, 16);
    l->count += *end == 0;
    return *end == 0;
}

/* "ID,ID". */
static int take_ids(struct ids *l, const char *option, const char *text)
{
    for (; text && *text; text += strcspn(text, ",") + (text[strcspn(text, ",")] == ','))
        if (!ids_add(l, text, strcspn(text, ",")))
            return cli_wrong(
                "explore: --%s wants ids of eight hex digits, as --list shows them, not "
                "'%.*s'",
                option, (int)strcspn(text, ","), text);
    return 0;
}

/* A line is "ID POINT PLACE: OUTCOME"; one with a # says something. */
static int read_log(struct ids *l, const char *path)
{
    FILE *f = path ? fopen(path, "r") : NULL;
    char line[1024];
    unsigned number = 0;
    int code = 0;

    while (f && !code && fgets(line, sizeof line, f)) {
        number++;
        if (*line != '#' && *line != '\n' && !ids_add(l, line, strcspn(line, " \n")))
            code = cli_wrong("%s:%u: expected an id of eight hex digits at the line's beginning",
                             path, number);
    }
    if (f)
        fclose(f);
    return code;
}

/* --- telling --- */

static bool tells(const struct explore_verb *o)
{
    const char *format = o->run.outputs.format;

    return o->list || ((!format || !strcmp(format, "text")) && !o->run.outputs.path_count &&
                       o->run.outputs.style.verbosity >= 0);
}

static void tell_chance(const struct probe_chance *c, const char *outcome)
{
    printf("%08x  %-18s %s%s%s\n", c->id, c->point, c->where, *outcome ? ": " : "", outcome);
}

static const char *repro(const struct explore_verb *o, struct report *r,
                         const struct probe_chance *c)
{
    char text[REPORT_COMMAND_MAX], driver[512], profile[512], scenario[256];

    report_shell_word(o->run.driver, driver, sizeof driver);
    report_shell_word(o->run.profile, profile, sizeof profile);
    report_shell_word(o->run.scenario, scenario, sizeof scenario);
    snprintf(text, sizeof text,
             "dmacheck explore %s --profile %s --scenario %s --faults systematic --only %08x%s",
             driver, profile, scenario, c->id, r->repro ? r->repro : "");
    return report_keep(r, text);
}

/* A run whose outcome is not right, with its findings; where no rule has spoken, what was expected
 * has not held. */
static void report_wrong(const struct explore_verb *o, struct dm_machine *m,
                         const struct probe_chance *c, const struct probe_outcome *out,
                         struct report *r)
{
    struct run_item item = { .scenario = o->run.scenario, .profile = o->run.profile };
    struct report one;
    struct report_run run = { .scenario = item.scenario,
                              .profile = item.profile,
                              .exit =
                                  out->result.exit > DM_FINDINGS ? out->result.exit : DM_FINDINGS,
                              .bytes = out->result.bytes,
                              .virtual_ns = out->result.virtual_ns,
                              .events = out->result.events };
    char text[640];

    report_init(&one, o->run.driver);
    run.findings = dm_finding_count(m);
    report_add_run(&one, &run);
    for (unsigned i = 0; i < dm_finding_count(m); i++)
        run_add_finding(&one, 0, &item, NULL, NULL, dm_finding(m, i));
    if (!dm_finding_count(m)) {
        snprintf(text, sizeof text, "%s (when %s fails at %s)", out->text, c->point, c->where);
        run_add_expectation(&one, 0, &item, text, NULL, NULL);
    }
    for (unsigned i = 0; i < one.finding_count; i++)
        one.findings[i].repro = repro(o, &one, c);
    run_merge(r, &one);
    report_free(&one);
}

/* --- the loop --- */

static void log_done(const char *path, const struct probe_chance *c, const char *outcome)
{
    FILE *f = path ? fopen(path, "a") : NULL;

    if (!f)
        return;
    fprintf(f, "%08x %s %s: %s\n", c->id, c->point, c->where, outcome);
    fclose(f);
}

static void fail_all(const struct explore_verb *o, struct dm_machine *m, struct prober *p,
                     const struct ids *excluded, const struct ids *logged, const struct ids *only,
                     struct sum *sum, struct report *r)
{
    for (unsigned i = 0; i < prober_count(p); i++) {
        const struct probe_chance *c = prober_chance(p, i);
        struct probe_outcome out;

        if (only->count && !ids_have(only, c->id))
            continue;
        if (ids_have(excluded, c->id)) {
            sum->excluded++;
            continue;
        }
        if (ids_have(logged, c->id)) {
            sum->logged++;
            continue;
        }
        if (o->list) {
            tell_chance(c, "");
            sum->done++;
            continue;
        }
        dm_watchdog(RUN_CPU_SECONDS);
        prober_fail(p, i, &out);
        dm_watchdog(0);
        sum->done++;
        sum->wrong += !out.right;
        if (tells(o))
            tell_chance(c, out.text);
        if (out.right)
            log_done(o->log, c, out.text);
        else
            report_wrong(o, m, c, &out, r);
    }
}

static void tell_sum(const struct explore_verb *o, const struct prober *p, const struct sum *sum,
                     struct report *r)
{
    char text[512];

    snprintf(text, sizeof text,
             "%u points with a stack of their own: %u %s once, %u of them with a wrong outcome, %u "
             "excluded, %u done before%s",
             prober_count(p), sum->done, o->list ? "would be failed" : "failed", sum->wrong,
             sum->excluded, sum->logged,
             prober_is_twice(p)
                 ? ""
                 : "; the scenario cannot be run twice: no next transfer was judged");
    if (o->list)
        printf("%s\n", text);
    else
        report_add_notice(r, "faults", "%s", text);
}

/* Whether what was asked for alone is among them. */
static int check_only(const struct prober *p, const struct ids *only)
{
    for (unsigned i = 0; i < only->count; i++) {
        bool there = false;

        for (unsigned k = 0; k < prober_count(p); k++)
            there |= prober_chance(p, k)->id == only->at[i];
        if (!there)
            return cli_wrong("explore: no point has the id %08x here; --list shows them",
                             only->at[i]);
    }
    return 0;
}

static int probe(const struct explore_verb *o, struct dm_machine *m, struct dm_driver *d,
                 const struct ids *excluded, const struct ids *logged, const struct ids *only,
                 struct report *r)
{
    char message[1024];
    struct sum sum = { 0 };
    struct prober *p = prober_create(m, d, o->run.scenario, message, sizeof message);
    int code;

    if (!p)
        return cli_wrong("explore: %s", message);
    code = check_only(p, only);
    if (!code) {
        fail_all(o, m, p, excluded, logged, only, &sum, r);
        tell_sum(o, p, &sum, r);
    }
    prober_destroy(p);
    return code;
}

static int check_log(const char *path)
{
    FILE *f = path ? fopen(path, "a") : NULL;

    if (path && !f)
        return cli_wrong("explore: %s: cannot be written", path);
    if (f)
        fclose(f);
    return 0;
}

int explore_faults(const struct explore_verb *o, struct dm_driver *d, struct report *r)
{
    struct ids excluded = { 0 }, logged = { 0 }, only = { 0 };
    struct dm_machine *m = NULL;
    int code = take_ids(&excluded, "exclude", o->exclude);

    if (!code)
        code = take_ids(&only, "only", o->only_ids);
    if (!code)
        code = read_log(&logged, o->log);
    if (!code && !o->list)
        code = check_log(o->log);
    if (!code) {
        m = explore_machine(o);
        code = m ? probe(o, m, d, &excluded, &logged, &only, r) : DM_INTERNAL;
    }
    if (m)
        dm_machine_destroy(m);
    if (!code && !o->list && !r->run_count)
        explore_tell_plain(o, d, r);
    free(excluded.at);
    free(logged.at);
    free(only.at);
    return code;
}
