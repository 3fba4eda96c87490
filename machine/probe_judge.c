/*
 * What is right: the run comes to its end with nothing to be said of it, and its requester knows.
 * Requests are held against those of the run without a fault, in the order in which they were sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/probe_private.h"
#include "sim/core/mem.h"

void probe_keep_reference(struct prober *p)
{
    p->reference = p->requests;
    p->reference_count = p->first_count;
    p->reference_hash = p->settled_hash;
    p->requests = NULL;
    p->request_room = p->request_count = 0;
}

/* --- the pool --- */

struct left {
    unsigned blocks;
    char last[160];
};

/* What the system itself keeps has no site. */
static void note_left(void *ctx, const struct pool_block *b)
{
    struct site_frame_text at = { .line = 0 };
    struct left *left = ctx;

    if (!b->site)
        return;
    left->blocks++;
    site_frame_text(sim_now()->depot, b->site, 0, &at);
    snprintf(left->last, sizeof(left->last), "%.4s of %u bytes, allocated at %.100s:%u",
             (const char *)&b->tag, (unsigned)b->bytes, at.file, at.line);
}

/* --- requests --- */

static const struct probe_request *user_request(const struct probe_request *list, unsigned count,
                                                unsigned index)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i].of_user && !index--)
            return &list[i];
    return NULL;
}

static unsigned user_count(const struct probe_request *list, unsigned count)
{
    unsigned n = 0;

    while (user_request(list, count, n))
        n++;
    return n;
}

static bool reference_has(const struct prober *p, const struct probe_request *r)
{
    for (unsigned i = 0; i < p->reference_count; i++)
        if (p->reference[i].of_user && p->reference[i].major == r->major &&
            p->reference[i].status == r->status)
            return true;
    return false;
}

/* The first request that is told of an error which none of its kind was told of without the fault. */
static const struct probe_request *told(const struct prober *p)
{
    const struct probe_request *r;

    for (unsigned i = 0; (r = user_request(p->requests, p->first_count, i)); i++)
        if (r->ended && r->status < 0 && !reference_has(p, r))
            return r;
    return NULL;
}

/* Success with something else than without the fault, while nobody was told of anything. */
static bool succeeds_wrongly(const struct prober *p, bool same_data, char *text, size_t size)
{
    const struct probe_request *r, *before;
    unsigned i;

    for (i = 0; (before = user_request(p->reference, p->reference_count, i)); i++) {
        r = user_request(p->requests, p->first_count, i);
        if (!r || r->major != before->major || r->length_bytes != before->length_bytes ||
            r->status != before->status)
            return false; /* it goes another way, and somebody was told */
        if (r->status >= 0 && r->information != before->information) {
            snprintf(text, size,
                     "request %u succeeds with %llu bytes in the place of %llu, and nobody is told",
                     i + 1, (unsigned long long)r->information,
                     (unsigned long long)before->information);
            return true;
        }
    }
    if (!same_data || user_request(p->requests, p->first_count, i) ||
        p->settled_hash == p->reference_hash)
        return false;
    snprintf(text, size, "all requests succeed, but what they got differs, and nobody is told");
    return true;
}

/* --- the verdict --- */

static bool is_wrong(const struct prober *p, const struct probe_chance *c,
                     const struct dm_result *r, char *text, size_t size)
{
    struct left left = { 0 };
    struct sim *s = p->m->s;
    bool changes_data = strstr(c->point, "memory") != NULL; /* somebody else does, on purpose */

    if (r->exit == DM_BUDGET)
        snprintf(text, size, "the run does not end");
    else if (r->exit > DM_FINDINGS)
        snprintf(text, size, "the run cannot be judged: %s", r->first_failure);
    else if (r->findings)
        snprintf(text, size, "%s: %s", dm_finding(p->m, 0)->rule, dm_finding(p->m, 0)->message);
    else if (r->expectations_failed)
        snprintf(text, size, "%s", r->first_failure);
    else if (s->bugcheck_code)
        snprintf(text, size, "bug check 0x%X", s->bugcheck_code);
    else if (!r->faults_taken)
        snprintf(text, size, "the chance did not come again");
    else if (pool_live(s, note_left, &left), left.blocks)
        snprintf(text, size, "%u pool blocks are left, the last %s", left.blocks, left.last);
    else if (p->late)
        snprintf(text, size, "the device has done %u things since its driver was unloaded",
                 p->late);
    else
        return succeeds_wrongly(p, !changes_data, text, size);
    return true;
}

static void say_right(const struct prober *p, char *text, size_t size)
{
    const struct probe_request *r = told(p);

    if (r)
        snprintf(text, size, "the requester is told 0x%08X", (unsigned)r->status);
    else if (p->load_status < 0)
        snprintf(text, size, "the driver does not load: 0x%08X", (unsigned)p->load_status);
    else if (!user_request(p->requests, p->first_count, 0) && p->reference_count)
        snprintf(text, size, "the device does not start");
    else if (user_count(p->requests, p->first_count) < user_count(p->reference, p->reference_count))
        snprintf(text, size, "a request is refused before the driver hears of it");
    else
        snprintf(text, size, "nobody has to be told");
}

void prober_fail(struct prober *p, unsigned i, struct probe_outcome *out)
{
    const struct probe_chance *c = prober_chance(p, i);
    struct dm_plan_fault fault = { .point = c->point, .nth = c->nth };

    probe_run(p, &fault, 1, &out->result);
    out->right = !is_wrong(p, c, &out->result, out->text, sizeof(out->text));
    if (out->right)
        say_right(p, out->text, sizeof(out->text));
}
