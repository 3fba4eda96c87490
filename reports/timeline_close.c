/*
 * The end of a timeline: of what was gathered, that stays which lies near a finding, and it gets its
 * names, so that machine and trace may go.
 */
#include "reports/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "reports/timeline_private.h"

/* How far an item lies from the nearest finding, in events; without findings, from the first event of
 * the scenario. What the finding is about counts as near, and so does what lives around it. */
static uint64_t distance_of(const struct timeline *t, const struct timeline_item *item,
                            uint64_t start_seq)
{
    uint64_t best = UINT64_MAX;

    if (item->kind == TIMELINE_PHASE || item->kind == TIMELINE_STOP ||
        item->kind == TIMELINE_ADAPTER)
        return 0;
    if (!t->mark_count)
        return item->seq > start_seq ? item->seq - start_seq : start_seq - item->seq + 2000;
    for (unsigned i = 0; i < t->mark_count; i++) {
        const struct timeline_mark *m = &t->marks[i];
        uint64_t d = item->seq > m->seq ? item->seq - m->seq : m->seq - item->seq;

        if (m->obj && (item->obj == m->obj || item->other == m->obj || item->obj == m->owner))
            d /= 8;
        if (item->kind >= TIMELINE_REQUEST && item->seq <= m->seq && item->to_ns >= m->ns)
            d /= 4;
        best = d < best ? d : best;
    }
    return best;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static uint64_t scenario_start(const struct timeline *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->items[i].kind == TIMELINE_PHASE && t->items[i].a == PHASE_SCENARIO)
            return t->items[i].seq;
    return 0;
}

static void select_items(struct timeline *t)
{
    uint64_t *distances = malloc((t->count + 1) * sizeof *distances), *sorted, start, limit;
    uint32_t kept = 0;

    must(distances);
    sorted = malloc((t->count + 1) * sizeof *sorted);
    must(sorted);
    start = scenario_start(t);
    for (uint32_t i = 0; i < t->count; i++)
        sorted[i] = distances[i] = distance_of(t, &t->items[i], start);
    qsort(sorted, t->count, sizeof *sorted, by_value);
    limit = t->count > TIMELINE_KEPT_MAX ? sorted[TIMELINE_KEPT_MAX - 1] : UINT64_MAX;
    for (uint32_t i = 0; i < t->count; i++)
        if (distances[i] <= limit && kept < TIMELINE_KEPT_MAX)
            t->items[kept++] = t->items[i];
    t->left_out += t->count - kept;
    t->count = kept;
    free(distances);
    free(sorted);
}

/* --- names --- */

static int by_site(const void *a, const void *b)
{
    uint32_t x = ((const struct timeline_place *)a)->site;
    uint32_t y = ((const struct timeline_place *)b)->site;

    return x < y ? -1 : x > y;
}

static int by_agent(const void *a, const void *b)
{
    return ((const struct timeline_name *)a)->agent - ((const struct timeline_name *)b)->agent;
}

/* Sorts and keeps one of equal ones; returns how many are left. */
static unsigned unique(void *rows, unsigned count, size_t size,
                       int (*compare)(const void *, const void *))
{
    char *base = rows;
    unsigned kept = 0;

    qsort(rows, count, size, compare);
    for (unsigned i = 0; i < count; i++)
        if (!kept || compare(base + (kept - 1) * size, base + i * size)) {
            memmove(base + kept * size, base + i * size, size);
            kept++;
        }
    return kept;
}

static void name_places(struct timeline *t, struct site_depot *depot)
{
    unsigned count = 0;

    t->places = calloc(2 * (size_t)t->count + 1, sizeof *t->places);
    must(t->places);
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->items[i].site)
            t->places[count++].site = t->items[i].site;
        if (t->items[i].site_end)
            t->places[count++].site = t->items[i].site_end;
    }
    count = unique(t->places, count, sizeof *t->places, by_site);
    for (unsigned i = 0; i < count; i++)
        site_frame_text(depot, t->places[i].site, 0, &t->places[i].text);
    t->place_count = count;
}

static void name_agents(struct timeline *t, timeline_agent_name *name, void *ctx)
{
    unsigned count = 0;

    t->names = calloc((size_t)t->count + 1, sizeof *t->names);
    must(t->names);
    for (uint32_t i = 0; i < t->count; i++)
        t->names[count++].agent = t->items[i].agent;
    count = unique(t->names, count, sizeof *t->names, by_agent);
    for (unsigned i = 0; i < count; i++) {
        const char *text = name(ctx, t->names[i].agent);

        strncpy(t->names[i].text, text ? text : "", sizeof t->names[i].text - 1);
    }
    t->name_count = count;
}

void timeline_close(struct timeline *t, struct site_depot *depot, timeline_agent_name *name,
                    void *ctx)
{
    timeline_settle(t);
    select_items(t);
    name_places(t, depot);
    name_agents(t, name, ctx);
}

/* --- reading --- */

const struct timeline_place *timeline_place(const struct timeline *t, uint32_t site)
{
    struct timeline_place key = { .site = site };

    return site ? bsearch(&key, t->places, t->place_count, sizeof key, by_site) : NULL;
}

const char *timeline_agent(const struct timeline *t, uint16_t agent)
{
    struct timeline_name key = { .agent = agent };
    const struct timeline_name *n = bsearch(&key, t->names, t->name_count, sizeof key, by_agent);

    return n ? n->text : "";
}

const char *timeline_kind_word(enum timeline_kind kind)
{
    static const char *const words[TIMELINE_KINDS] = {
        [TIMELINE_PHASE] = "phase",     [TIMELINE_RUN] = "run",
        [TIMELINE_FRAME] = "frame",     [TIMELINE_DPC] = "dpc",
        [TIMELINE_ISR] = "isr",         [TIMELINE_IRQL] = "irql",
        [TIMELINE_STOP] = "stop",       [TIMELINE_DOORBELL] = "register",
        [TIMELINE_CLAIM] = "claim",     [TIMELINE_TOUCH] = "touch",
        [TIMELINE_FAULT] = "fault",     [TIMELINE_INTERRUPT] = "interrupt",
        [TIMELINE_REQUEST] = "request", [TIMELINE_ADAPTER] = "adapter",
        [TIMELINE_CHANNEL] = "channel", [TIMELINE_LIST] = "list",
        [TIMELINE_MAPREGS] = "mapregs", [TIMELINE_MAP] = "map",
        [TIMELINE_FLUSH] = "flush",     [TIMELINE_COMMON] = "common",
        [TIMELINE_MDL] = "mdl",
    };

    return kind < TIMELINE_KINDS ? words[kind] : "?";
}
