/*
 * Coverage in words and as JSON (coverage.h). The words begin with what was never tried.
 */
#include "reports/coverage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 100u

__attribute__((format(printf, 2, 3))) static void say(struct writer *w, const char *format, ...)
{
    char line[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    writer_raw(w, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

/* Words behind a heading, filled into lines. */
struct list {
    struct writer *w;
    const char *heading;
    unsigned count, column;
};

static void list_word(struct list *l, const char *word)
{
    unsigned length = (unsigned)strlen(word) + 2;

    if (!l->count++) {
        say(l->w, "  %s\n    ", l->heading);
        l->column = 4;
    } else {
        say(l->w, ",");
        if (l->column + length > COLUMNS) {
            say(l->w, "\n    ");
            l->column = 4;
        } else {
            say(l->w, " ");
        }
    }
    say(l->w, "%s", word);
    l->column += length;
}

static void list_end(struct list *l)
{
    if (l->count)
        say(l->w, "\n");
}

static void write_rules(const struct report *r, struct writer *w)
{
    struct list not_armed = { .w = w, .heading = "cannot speak here:" };
    struct list untried = { .w = w, .heading = "never tried by these runs:" };
    unsigned armed = 0, exercised = 0, fired = 0;

    for (unsigned i = 0; i < rules_count; i++) {
        struct coverage_rule c = coverage_of_rule(r->coverage, rules_all[i], r);

        armed += c.armed;
        exercised += c.exercised;
        fired += c.fired;
    }
    say(w, "Rules: %u, of which %u armed, %u exercised, %u fired\n", rules_count, armed, exercised,
        fired);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < rules_count; i++) {
            struct coverage_rule c = coverage_of_rule(r->coverage, rules_all[i], r);
            char word[RULE_WORD_MAX];

            rule_word(rules_all[i], word, sizeof word);
            if (pass == 0 && c.armed && c.told && !c.exercised)
                list_word(&untried, word);
            else if (pass == 1 && !c.armed)
                list_word(&not_armed, word);
        }
        list_end(pass ? &not_armed : &untried);
    }
}

static void write_operations(const struct report *r, struct writer *w)
{
    struct list uncalled = { .w = w, .heading = "never called:" };
    struct list unseen = { .w = w, .heading = "outcomes never seen of those that were called:" };
    unsigned called = 0;
    enum api api;
    const char *name, *word;

    for (unsigned i = 0; (name = coverage_operation(i, &api)) != NULL; i++)
        called += r->coverage->calls[api] != 0;
    say(w, "Operations of DMA_OPERATIONS: %u of %u called\n", called, COVERAGE_OPERATIONS);
    for (unsigned i = 0; (name = coverage_operation(i, &api)) != NULL; i++)
        if (!r->coverage->calls[api])
            list_word(&uncalled, name);
    list_end(&uncalled);
    for (unsigned i = 0; (name = coverage_operation(i, &api)) != NULL; i++)
        for (unsigned k = 0; r->coverage->calls[api] && (word = coverage_outcome(i, k)) != NULL;
             k++)
            if (!r->coverage->outcomes[i][k]) {
                char text[128];

                snprintf(text, sizeof text, "%s %s", name, word);
                list_word(&unseen, text);
            }
    list_end(&unseen);
}

void coverage_write_text(const struct report *r, struct writer *w)
{
    say(w, "\nCoverage of the verification\n");
    write_rules(r, w);
    write_operations(r, w);
}

/* --- JSON --- */

static void json_rule(const struct report *r, const struct rule *rule, struct writer *w)
{
    struct coverage_rule c = coverage_of_rule(r->coverage, rule, r);
    char word[RULE_WORD_MAX];

    rule_word(rule, word, sizeof word);
    writer_object_begin(w);
    writer_key_string(w, "name", word);
    writer_key(w, "armed");
    writer_bool(w, c.armed);
    writer_key(w, "exercised");
    if (c.told)
        writer_bool(w, c.exercised);
    else
        writer_null(w);
    writer_key(w, "fired");
    writer_bool(w, c.fired);
    writer_object_end(w);
}

static void json_operation(const struct report *r, unsigned index, struct writer *w)
{
    enum api api;
    const char *name = coverage_operation(index, &api), *word;

    writer_object_begin(w);
    writer_key_string(w, "name", name);
    writer_key_u64(w, "calls", r->coverage->calls[api]);
    writer_key(w, "outcomes");
    writer_array_begin(w);
    for (unsigned k = 0; k <= COVERAGE_OUTCOMES; k++) {
        uint64_t count = r->coverage->outcomes[index][k];

        word = k < COVERAGE_OUTCOMES ? coverage_outcome(index, k) : "other";
        if (!word || (k == COVERAGE_OUTCOMES && !count))
            continue;
        writer_object_begin(w);
        writer_key_string(w, "outcome", word);
        writer_key_u64(w, "count", count);
        writer_object_end(w);
    }
    writer_array_end(w);
    writer_object_end(w);
}

void coverage_write_json(const struct report *r, struct writer *w)
{
    writer_object_begin(w);
    writer_key(w, "rules");
    writer_array_begin(w);
    for (unsigned i = 0; i < rules_count; i++)
        json_rule(r, rules_all[i], w);
    writer_array_end(w);
    writer_key(w, "operations");
    writer_array_begin(w);
    for (unsigned i = 0; i < COVERAGE_OPERATIONS; i++)
        json_operation(r, i, w);
    writer_array_end(w);
    coverage_write_counters(r->coverage, w);
    writer_object_end(w);
}
