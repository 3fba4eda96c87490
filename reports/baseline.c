/*
 * Reads and writes baselines (baseline.h).
 */
#include "reports/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "reports/load.h"
#include "reports/writer.h"

struct entry {
    char fingerprint[REPORT_FINGERPRINT_MAX], rule[64], where[256];
};

struct baseline {
    char path[512], driver[256];
    struct entry *entries;
    unsigned count;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static struct entry *find(const struct baseline *b, const char *fingerprint)
{
    for (unsigned i = 0; i < b->count; i++)
        if (!strcmp(b->entries[i].fingerprint, fingerprint))
            return &b->entries[i];
    return NULL;
}

/* The same finding of several profiles is one entry. */
static void add(struct baseline *b, const char *fingerprint, const char *rule, const char *where)
{
    struct entry *e;

    if (find(b, fingerprint))
        return;
    b->entries = realloc(b->entries, (b->count + 1) * sizeof *b->entries);
    must(b->entries);
    e = &b->entries[b->count++];
    snprintf(e->fingerprint, sizeof e->fingerprint, "%s", fingerprint);
    snprintf(e->rule, sizeof e->rule, "%s", rule);
    snprintf(e->where, sizeof e->where, "%s", where);
}

/* Our own file or a report. Suppressed findings are left out: a suppression ends, a baseline does not. */
static const char *take_findings(struct baseline *b, const json_t *root)
{
    const json_t *findings = json_object_get(root, "findings"), *f;
    size_t i;

    snprintf(b->driver, sizeof b->driver, "%s", text_of(root, "driver"));
    if (!json_is_array(findings))
        return "expected an array 'findings'";
    json_array_foreach(findings, i, f)
    {
        if (!*text_of(f, "fingerprint"))
            return "a finding has no fingerprint";
        if (!json_is_object(json_object_get(f, "suppressed")))
            add(b, text_of(f, "fingerprint"), text_of(f, "rule"), text_of(f, "where"));
    }
    return NULL;
}

static void add_result(struct baseline *b, const json_t *result, const char *fingerprint)
{
    const json_t *location = json_array_get(json_object_get(result, "locations"), 0);
    const json_t *at = json_object_get(location, "physicalLocation");
    const json_t *line = json_object_get(json_object_get(at, "region"), "startLine");
    char where[256];

    snprintf(where, sizeof where, "%s:%lld",
             text_of(json_object_get(at, "artifactLocation"), "uri"),
             (long long)json_integer_value(line));
    add(b, fingerprint, text_of(result, "ruleId"), where);
}

static const char *take_sarif(struct baseline *b, const json_t *root)
{
    const json_t *run, *result;
    size_t i, k;

    json_array_foreach(json_object_get(root, "runs"), i, run)
    {
        json_array_foreach(json_object_get(run, "results"), k, result)
        {
            const char *fingerprint =
                text_of(json_object_get(result, "partialFingerprints"), BASELINE_SARIF_KEY);

            if (!*fingerprint)
                return "a result has no fingerprint of dmacheck's";
            if (!json_array_size(json_object_get(result, "suppressions")))
                add_result(b, result, fingerprint);
        }
    }
    return NULL;
}

static const char *take(struct baseline *b, const json_t *root)
{
    const char *schema = text_of(root, "schema");

    if (!strcmp(schema, BASELINE_SCHEMA) || !strcmp(schema, REPORT_SCHEMA))
        return take_findings(b, root);
    if (!strcmp(text_of(root, "version"), "2.1.0") && json_is_array(json_object_get(root, "runs")))
        return take_sarif(b, root);
    return "expected " BASELINE_SCHEMA ", " REPORT_SCHEMA " or SARIF 2.1.0";
}

struct baseline *baseline_read(const char *path, char *message, size_t message_size)
{
    json_t *root = report_read_json(path, message, message_size);
    struct baseline *b;
    const char *wrong;

    if (!root)
        return NULL;
    b = calloc(1, sizeof *b);
    must(b);
    snprintf(b->path, sizeof b->path, "%s", path);
    wrong = take(b, root);
    json_decref(root);
    if (!wrong)
        return b;
    snprintf(message, message_size, "%s: %s", path, wrong);
    baseline_free(b);
    return NULL;
}

void baseline_free(struct baseline *b)
{
    if (b)
        free(b->entries);
    free(b);
}

static bool was_found(const struct report *r, const char *fingerprint)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->findings[i].fingerprint, fingerprint))
            return true;
    return false;
}

void baseline_apply(const struct baseline *b, struct report *r)
{
    r->baselined = true;
    if (*b->driver && strcmp(b->driver, r->driver))
        report_add_notice(r, "baseline-other-driver", "%s was made of %s, not of %s", b->path,
                          b->driver, r->driver);
    for (unsigned i = 0; i < r->finding_count; i++)
        r->findings[i].known = find(b, r->findings[i].fingerprint) != NULL;
    for (unsigned i = 0; i < b->count; i++)
        if (!was_found(r, b->entries[i].fingerprint))
            report_add_notice(r, "baseline-fixed",
                              "%s: %s at %s was not found again: fixed, or not run this time",
                              b->path, b->entries[i].rule, b->entries[i].where);
}

static bool is_first_of_its_kind(const struct report *r, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (!r->findings[i].suppressed.reason &&
            !strcmp(r->findings[i].fingerprint, r->findings[index].fingerprint))
            return false;
    return true;
}

int baseline_write(const struct report *r, int fd)
{
    struct writer w;

    writer_init(&w, fd, false);
    writer_object_begin(&w);
    writer_key_string(&w, "schema", BASELINE_SCHEMA);
    writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
    writer_key_string(&w, "driver", r->driver);
    writer_key(&w, "findings");
    writer_array_begin(&w);
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct report_finding *f = &r->findings[i];
        char where[256];

        if (f->suppressed.reason || !is_first_of_its_kind(r, i))
            continue;
        report_where(f, where, sizeof where);
        writer_object_begin(&w);
        writer_key_string(&w, "fingerprint", f->fingerprint);
        writer_key_string(&w, "rule", f->rule);
        writer_key_string(&w, "where", where);
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_object_end(&w);
    return writer_end(&w);
}
