/*
 * Reads what json.c writes (load.h). What it does not know it passes over; what it needs and does not
 * find is named.
 */
#include "reports/load.h"
#include "reports/coverage.h"
#include "reports/readiness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

struct loader {
    struct report *r;
    const char *wrong; /* the first thing that is; NULL: none yet */
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *needed(struct loader *l, const json_t *object, const char *key)
{
    const char *text = text_of(object, key);

    if (!text && !l->wrong)
        l->wrong = key;
    return text ? text : "";
}

/* Numbers above 2^53 are hex strings (writer_u64). */
static uint64_t number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_string(value))
        return strtoull(json_string_value(value), NULL, 16);
    return (uint64_t)json_integer_value(value);
}

static void take_choices(struct report_run *run, const struct report *r, json_t *choices)
{
    const char *name;
    json_t *value;

    json_object_foreach(choices, name, value)
    {
        for (unsigned i = 0; i < 32 && r->choice_word && r->choice_word(i); i++)
            if (!strcmp(r->choice_word(i), name)) {
                bool varied = json_is_string(value) && !strcmp(json_string_value(value), "varied");

                run->choices_met |= 1u << i;
                run->choices_varied |= (uint32_t)varied << i;
            }
    }
}

/* What a watched run exercised: words that are not known say nothing. */
static uint32_t seen_of(const json_t *words)
{
    const json_t *word;
    uint32_t seen = 0;
    size_t i;

    json_array_foreach(words, i, word)
    {
        for (unsigned bit = 0; bit < SEEN_BITS; bit++)
            if (json_is_string(word) && !strcmp(json_string_value(word), readiness_seen_word(bit)))
                seen |= 1u << bit;
    }
    return seen;
}

static void take_run(struct loader *l, const json_t *from)
{
    struct report_run run = {
        .scenario = needed(l, from, "scenario"),
        .profile = needed(l, from, "profile"),
        .program = text_of(from, "program"),
        .seed = number_of(from, "seed"),
        .bytes = number_of(from, "bytes"),
        .virtual_ns = number_of(from, "virtual_ns"),
        .events = number_of(from, "events"),
        .schedule = number_of(from, "schedule"),
        .findings = (unsigned)number_of(from, "findings"),
        .exit = (int)number_of(from, "exit"),
        .trouble = text_of(from, "trouble"),
        .excused = json_is_true(json_object_get(from, "excused")),
        .remapped = json_is_true(json_object_get(from, "remapped")),
        .seen = seen_of(json_object_get(from, "exercised")),
    };

    take_choices(&run, l->r, json_object_get(from, "choices"));
    report_add_run(l->r, &run);
}

static void take_site(struct loader *l, const json_t *from, struct report_site *site)
{
    const json_t *frame;
    size_t i;

    site->role = needed(l, from, "role");
    json_array_foreach(json_object_get(from, "frames"), i, frame)
    {
        if (site->frame_count < REPORT_FRAMES_MAX)
            site->frames[site->frame_count++] =
                (struct report_frame) { needed(l, frame, "file"), needed(l, frame, "function"),
                                        (unsigned)number_of(frame, "line") };
    }
}

/* The run of the list that a finding names. */
static int run_index(const struct report *r, const json_t *from)
{
    const char *scenario = text_of(from, "scenario"), *profile = text_of(from, "profile");
    const char *program = text_of(from, "program");
    uint64_t seed = number_of(from, "seed");

    for (unsigned i = 0; scenario && profile && i < r->run_count; i++)
        if (r->runs[i].seed == seed && !strcmp(r->runs[i].scenario, scenario) &&
            !strcmp(r->runs[i].profile, profile) && report_same_text(r->runs[i].program, program))
            return (int)i;
    return -1;
}

static void take_suppression(struct loader *l, const json_t *from, struct report_suppression *s)
{
    if (!json_is_object(from))
        return;
    s->reason = report_keep(l->r, needed(l, from, "reason"));
    s->expires = report_keep(l->r, text_of(from, "expires"));
    s->place = report_keep(l->r, needed(l, from, "place"));
}

/* A command that is not the one which would be composed was given, and stays. */
static void keep_repro(struct loader *l, struct report_finding *f, const char *repro)
{
    char composed[REPORT_COMMAND_MAX];

    report_repro(l->r, f, f->runs[0], composed, sizeof composed);
    if (repro && strcmp(composed, repro))
        f->repro = report_keep(l->r, repro);
}

/* Lines out of an array of strings; NULL: there is none. */
static const char *joined(struct loader *l, const json_t *lines)
{
    const json_t *line;
    const char *kept;
    size_t i, room = 1;
    char *text;

    if (!json_array_size(lines))
        return NULL;
    json_array_foreach(lines, i, line) { room += json_string_length(line) + 1; }
    text = calloc(1, room);
    must(text);
    json_array_foreach(lines, i, line)
    {
        strcat(text, i ? "\n" : "");
        strcat(text, json_is_string(line) ? json_string_value(line) : "");
    }
    kept = report_keep(l->r, text);
    free(text);
    return kept;
}

static void take_finding(struct loader *l, const json_t *from)
{
    struct report_finding f = {
        .rule = needed(l, from, "rule"),
        .severity = needed(l, from, "severity"),
        .message = needed(l, from, "message"),
        .driver_verifier = text_of(from, "driver_verifier"),
        .scenario = needed(l, from, "scenario"),
        .profile = needed(l, from, "profile"),
        .seed = number_of(from, "seed"),
        .all_profiles = json_is_true(json_object_get(from, "all_profiles")),
        .known = text_of(from, "state") && !strcmp(text_of(from, "state"), "known"),
    };
    const json_t *item, *sites = json_object_get(from, "sites");
    unsigned before = l->r->finding_count;
    size_t i;

    snprintf(f.fingerprint, sizeof f.fingerprint, "%s", needed(l, from, "fingerprint"));
    take_suppression(l, json_object_get(from, "suppressed"), &f.suppressed);
    json_array_foreach(sites, i, item)
    {
        if (f.site_count < REPORT_SITES_MAX)
            take_site(l, item, &f.sites[f.site_count++]);
    }
    if (!f.site_count)
        f.where = needed(l, from, "where");
    f.last = joined(l, json_object_get(from, "last_events"));
    json_array_foreach(json_object_get(from, "runs"), i, item)
    {
        int run = run_index(l->r, item);

        if (run >= 0 && !l->wrong)
            report_add_finding(l->r, (unsigned)run, &f);
        else if (!l->wrong)
            l->wrong = "a run for each finding";
    }
    if (!l->wrong && !json_array_size(json_object_get(from, "runs")))
        l->wrong = "runs";
    if (!l->wrong && l->r->finding_count > before)
        l->r->runs[l->r->findings[before].runs[0]].token =
            report_keep(l->r, text_of(from, "schedule"));
    if (!l->wrong && l->r->finding_count > before)
        keep_repro(l, &l->r->findings[before], text_of(from, "repro"));
}

static void take_rules(struct loader *l, const json_t *root)
{
    const json_t *from;
    size_t i;

    json_array_foreach(json_object_get(root, "rules"), i, from)
    {
        report_add_rule(l->r, &(struct report_rule) {
                                  .name = needed(l, from, "name"),
                                  .severity = text_of(from, "severity"),
                                  .family = text_of(from, "family"),
                                  .source = text_of(from, "source"),
                                  .readiness = json_is_true(json_object_get(from, "readiness")),
                                  .page = text_of(from, "page"),
                              });
    }
    json_array_foreach(json_object_get(root, "notices"), i, from)
    {
        report_add_notice(l->r, needed(l, from, "kind"), "%s", needed(l, from, "text"));
    }
}

static const char *take(struct report *r, const json_t *root, const char *(*word)(unsigned site))
{
    struct loader l = { .r = r };
    const json_t *item;
    size_t i;

    if (!text_of(root, "schema") || strcmp(text_of(root, "schema"), REPORT_SCHEMA))
        return "schema " REPORT_SCHEMA;
    report_init(r, needed(&l, root, "driver"));
    r->choice_word = word;
    r->repro = report_keep(r, text_of(root, "repro_options"));
    r->fail_on = report_severity(text_of(root, "fail_on"));
    r->suppressing = json_is_true(json_object_get(root, "suppressing"));
    r->baselined = json_is_true(json_object_get(root, "baselined"));
    r->watched = json_is_object(json_object_get(root, "readiness"));
    r->more = number_of(root, "findings_not_listed");
    r->coverage = coverage_load(json_object_get(root, "coverage"));
    json_array_foreach(json_object_get(root, "runs"), i, item) { take_run(&l, item); }
    json_array_foreach(json_object_get(root, "findings"), i, item) { take_finding(&l, item); }
    take_rules(&l, root);
    if (l.wrong)
        report_free(r);
    return l.wrong;
}

json_t *report_read_json(const char *path, char *message, size_t message_size)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);

    if (root)
        return root;
    for (char *p = error.text; *p; p++) /* it quotes what it stumbled over */
        *p = (unsigned char)*p < 0x20 ? ' ' : *p;
    if (error.line > 0)
        snprintf(message, message_size, "%s:%d: %s", path, error.line, error.text);
    else
        snprintf(message, message_size, "cannot read %s: %s", path, error.text);
    return NULL;
}

int report_load(struct report *r, const char *path, const char *(*choice_word)(unsigned site),
                char *message, size_t message_size)
{
    json_t *root = report_read_json(path, message, message_size);
    const char *wrong;

    if (!root)
        return -1;
    wrong = take(r, root, choice_word);
    json_decref(root);
    if (wrong)
        snprintf(message, message_size, "%s: this is no report of dmacheck run: expected %s", path,
                 wrong);
    return wrong ? -1 : 0;
}
