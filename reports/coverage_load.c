/*
 * Coverage out of and into a report's JSON: beside what is said of rules and operations the counters that
 * it is said from, so that a report can be written again (coverage.h).
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/coverage.h"

static void write_counts(struct writer *w, const char *key, const uint64_t *counts, unsigned count,
                         const char *(*name)(unsigned index))
{
    writer_key(w, key);
    writer_object_begin(w);
    for (unsigned i = 0; i < count; i++)
        if (counts[i] && name(i))
            writer_key_u64(w, name(i), counts[i]);
    writer_object_end(w);
}

void coverage_write_counters(const struct coverage *c, struct writer *w)
{
    writer_key(w, "counters");
    writer_object_begin(w);
    write_counts(w, "kinds", c->kinds, EV_COUNT, event_word);
    write_counts(w, "calls", c->calls, API_COUNT, api_name);
    write_counts(w, "callbacks", c->callbacks, API_COUNT, api_name);
    writer_key(w, "no_door");
    writer_bool(w, c->no_door);
    writer_object_end(w);
}

/* Numbers above 2^53 are hex strings. */
static uint64_t number_of(const json_t *value)
{
    if (json_is_string(value))
        return strtoull(json_string_value(value), NULL, 16);
    return (uint64_t)json_integer_value(value);
}

/* Names that are not known count for nothing. */
static void take_counts(uint64_t *counts, unsigned count, const char *(*name)(unsigned index),
                        const json_t *from)
{
    for (unsigned i = 0; i < count; i++)
        if (name(i))
            counts[i] = number_of(json_object_get(from, name(i)));
}

static void take_outcomes(struct coverage *c, unsigned operation, const json_t *from)
{
    const json_t *outcome;
    size_t i;

    json_array_foreach(json_object_get(from, "outcomes"), i, outcome)
    {
        const char *word = json_string_value(json_object_get(outcome, "outcome"));
        unsigned k = 0;

        if (!word)
            continue;
        while (k < COVERAGE_OUTCOMES && coverage_outcome(operation, k) &&
               strcmp(coverage_outcome(operation, k), word))
            k++;
        if (k < COVERAGE_OUTCOMES && !coverage_outcome(operation, k))
            k = COVERAGE_OUTCOMES; /* "other" */
        c->outcomes[operation][k] = number_of(json_object_get(outcome, "count"));
    }
}

struct coverage *coverage_load(const json_t *from)
{
    const json_t *counters = json_object_get(from, "counters"), *operation;
    struct coverage *c = json_is_object(from) ? calloc(1, sizeof *c) : NULL;
    size_t i;

    if (!c)
        return NULL;
    take_counts(c->kinds, EV_COUNT, event_word, json_object_get(counters, "kinds"));
    take_counts(c->calls, API_COUNT, api_name, json_object_get(counters, "calls"));
    take_counts(c->callbacks, API_COUNT, api_name, json_object_get(counters, "callbacks"));
    c->no_door = json_is_true(json_object_get(counters, "no_door"));
    json_array_foreach(json_object_get(from, "operations"), i, operation)
    {
        const char *name = json_string_value(json_object_get(operation, "name"));
        enum api api;

        for (unsigned k = 0; name && coverage_operation(k, &api); k++)
            if (!strcmp(coverage_operation(k, &api), name))
                take_outcomes(c, k, operation);
    }
    return c;
}
