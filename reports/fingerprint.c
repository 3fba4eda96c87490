/*
 * A finding's fingerprint: what makes it the same finding in another version of the driver. It is made
 * of the rule and of the primary place's file and function, so that it stays when lines move; several
 * of one rule in one function are told apart by their number, in the order of their lines.
 *
 *     16 hex digits of FNV-1a over "rule\0file\0function\0", a colon, the number: 84c1d0a7f3e2b915:1
 *
 * A finding without a place takes what stands instead of it (the scenario's name).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "reports/report.h"

static const struct report_frame *primary(const struct report_finding *f)
{
    return f->site_count && f->sites[0].frame_count ? &f->sites[0].frames[0] : NULL;
}

/* With the zero that ends it, so that "ab" "c" is not "a" "bc". */
static uint64_t add(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    while (*text++);
    return hash;
}

static uint64_t hash_of(const struct report_finding *f)
{
    const struct report_frame *frame = primary(f);
    uint64_t hash = add(0xcbf29ce484222325u, f->rule);
    const char *file;

    if (!frame)
        return add(hash, f->where ? f->where : "");
    file = frame->file ? frame->file : "";
    if (!strncmp(file, "./", 2)) /* the same file, however the compiler was called */
        file += 2;
    return add(add(hash, file), frame->function ? frame->function : "");
}

static unsigned line_of(const struct report_finding *f)
{
    const struct report_frame *frame = primary(f);

    return frame ? frame->line : 0;
}

/* A finding's hash and line, to be put in order. */
struct key {
    uint64_t hash;
    unsigned line, index;
};

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

void report_fingerprint_all(struct report *r)
{
    struct key *keys = calloc(r->finding_count + 1, sizeof *keys);
    unsigned number = 1;

    must(keys);
    for (unsigned i = 0; i < r->finding_count; i++)
        keys[i] = (struct key) { hash_of(&r->findings[i]), line_of(&r->findings[i]), i };
    qsort(keys, r->finding_count, sizeof *keys, compare);
    for (unsigned i = 0; i < r->finding_count; i++) {
        char *text = r->findings[keys[i].index].fingerprint;

        if (!i || keys[i].hash != keys[i - 1].hash)
            number = 1;
        else if (keys[i].line != keys[i - 1].line)
            number++;
        snprintf(text, REPORT_FINGERPRINT_MAX, "%016" PRIx64 ":%u", keys[i].hash, number);
    }
    free(keys);
}
