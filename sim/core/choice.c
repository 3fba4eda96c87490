/*
 * Drawing choices. The key of a choice is (site, agent, n-th of that pair): a recorded run finds its
 * values again even when other choices have come or gone between them.
 */
#include "sim/core/choice.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "base/rng.h"
#include "sim/core/choice_strategy.h"
#include "sim/core/sim.h"

struct choice_map {
    struct choice_record *slots; /* bound 0: empty */
    uint32_t mask;
};

static const char *const words[] = {
#define CHOICE(site, word, text) word,
#include "trace/choices.def"
#undef CHOICE
};

const char *choice_word(unsigned site) { return site < CHOICE_COUNT ? words[site] : NULL; }

int choice_site_of(const char *word)
{
    for (int i = 0; i < CHOICE_COUNT; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static void map_free(struct choice *c)
{
    if (!c->recorded)
        return;
    free(c->recorded->slots);
    free(c->recorded);
    c->recorded = NULL;
}

void choice_reset(struct sim *s)
{
    struct choice *c = &s->choice;

    /* Rows are cleared only where something was drawn: a short run has few agents. */
    if (c->drawn)
        for (unsigned site = 0; site < CHOICE_COUNT; site++)
            if (c->second_seen[site])
                memset(c->nth[site], 0, sizeof(c->nth[site]));
    memset(c->second_seen, 0, sizeof(c->second_seen));
    if (c->between_passed)
        memset(c->between, 0, sizeof(c->between));
    c->between_passed = false;
    c->drawn = 0;
    c->hash = 0;
}

static void source_set(struct sim *s, enum choice_source source)
{
    map_free(&s->choice);
    s->choice.source = source;
    s->between = source == CHOICE_STRATEGY;
}

void choice_from_plain(struct sim *s) { source_set(s, CHOICE_PLAIN); }

void choice_from_seed(struct sim *s, uint64_t seed)
{
    source_set(s, seed ? CHOICE_SEED : CHOICE_PLAIN);
    s->choice.seed = rng_mix(seed);
}

void choice_from_bytes(struct sim *s, const uint8_t *bytes, size_t size)
{
    source_set(s, CHOICE_BYTES);
    s->choice.bytes = bytes;
    s->choice.bytes_left = size;
}

void choice_from_strategy(struct sim *s, struct choice_strategy *strategy)
{
    source_set(s, CHOICE_STRATEGY);
    s->choice.strategy = strategy;
}

static uint64_t key_hash(unsigned site, unsigned agent, uint32_t nth)
{
    return rng_mix((uint64_t)nth << 32 | site << 16 | agent);
}

uint32_t choice_by_seed(uint64_t seed, const struct choice_record *r)
{
    return rng_below(rng_mix(rng_mix(seed) ^ key_hash(r->site, r->agent, r->nth)), r->bound);
}

int choice_change(struct sim *s, const struct choice_record *records, size_t count)
{
    struct choice_map *m = calloc(1, sizeof(*m));
    uint32_t size = 16;
    bool between = false;

    while (size < count * 2)
        size *= 2;
    if (!m || !(m->slots = calloc(size, sizeof(*m->slots)))) {
        free(m);
        return ERR_NOMEM;
    }
    m->mask = size - 1;
    for (size_t i = 0; i < count; i++) {
        const struct choice_record *r = &records[i];
        uint32_t at = (uint32_t)key_hash(r->site, r->agent, r->nth) & m->mask;

        if (r->bound < 2 || r->value >= r->bound) {
            free(m->slots);
            free(m);
            return ERR_INVALID;
        }
        while (m->slots[at].bound)
            at = (at + 1) & m->mask;
        m->slots[at] = *r;
        between = between || r->nth >= CHOICE_BETWEEN;
    }
    map_free(&s->choice);
    s->choice.recorded = m;
    if (s->choice.source == CHOICE_PLAIN) /* what is not recorded is 0, and counted */
        s->choice.source = CHOICE_RECORDED;
    s->between = between;
    return 0;
}

int choice_from_records(struct sim *s, const struct choice_record *records, size_t count)
{
    choice_from_plain(s);
    return choice_change(s, records, count);
}

static bool recorded_value(const struct choice *c, const struct choice_point *p, uint32_t *value)
{
    const struct choice_map *m = c->recorded;
    uint32_t at = (uint32_t)key_hash(p->site, p->agent, p->nth) & m->mask;

    for (; m->slots[at].bound; at = (at + 1) & m->mask) {
        const struct choice_record *r = &m->slots[at];

        if (r->site == p->site && r->agent == p->agent && r->nth == p->nth) {
            *value = r->value < p->bound ? r->value : r->value % p->bound;
            return true;
        }
    }
    return false;
}

/* 32 bits out of the fuzzer's bytes, as many as the bound needs; 0 when they have run out. */
static uint32_t byte_value(struct choice *c, uint32_t bound)
{
    uint32_t value = 0;

    for (uint32_t reach = 1; reach < bound && c->bytes_left; reach <<= 8) {
        value = value << 8 | *c->bytes++;
        c->bytes_left--;
        if (reach > UINT32_MAX >> 8)
            break;
    }
    return value % bound;
}

static uint32_t seed_value(uint64_t seed, const struct choice_point *p)
{
    uint64_t h = rng_mix(seed ^ key_hash(p->site, p->agent, p->nth));

    return p->one_in < 2 || (uint32_t)h % p->one_in == 0 ? rng_below(h, p->bound) : 0;
}

uint32_t choice_of_seed(uint64_t seed, const struct choice_point *p)
{
    return seed_value(rng_mix(seed), p);
}

static unsigned row_of(unsigned agent)
{
    return agent < CHOICE_AGENTS_MAX ? agent : CHOICE_AGENTS_MAX - 1;
}

static void taken(struct sim *s, const struct choice_point *p, uint32_t value)
{
    struct choice *c = &s->choice;

    c->drawn++;
    c->hash = rng_mix(c->hash ^ ((uint64_t)p->site << 48 | (uint64_t)p->agent << 32 | value));
    c->second_seen[p->site] |= value ? 3 : 1;
    if (value) /* what is not said was 0: a trace holds only what left the plain way */
        trace_emit(&s->trace, EV_CHOICE, API_NONE, p->site, p->nth, p->bound, value, 0);
}

static uint32_t draw(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in,
                     const struct choice_who *who)
{
    struct choice *c = &s->choice;
    struct choice_point p = { site, s->trace.agent, 0, bound, one_in, who };
    uint32_t value = 0;

    if (bound < 2)
        return 0;
    if (c->source == CHOICE_PLAIN)
        return 0;
    p.nth = c->nth[site][row_of(p.agent)]++;
    switch (c->source) {
    case CHOICE_SEED:
        if (!c->recorded || !recorded_value(c, &p, &value))
            value = seed_value(c->seed, &p);
        break;
    case CHOICE_RECORDED:
        recorded_value(c, &p, &value); /* not recorded: it was 0 */
        break;
    case CHOICE_BYTES:
        value = byte_value(c, bound);
        break;
    case CHOICE_STRATEGY:
        value = c->strategy->take(c->strategy, &p);
        must(value < bound);
        break;
    case CHOICE_PLAIN:
        break; /* not reached */
    }
    taken(s, &p, value);
    return value;
}

uint32_t choice_draw(struct sim *s, enum choice_site site, uint32_t bound)
{
    return draw(s, site, bound, 1, NULL);
}

uint32_t choice_rare(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in)
{
    must(one_in > 0);
    return draw(s, site, bound, one_in, NULL);
}

uint32_t choice_among(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in,
                      const struct choice_who *who)
{
    must(one_in > 0);
    return draw(s, site, bound, one_in, who);
}

static struct choice_point between_point(const struct sim *s, uint32_t bound,
                                         const struct choice_who *who)
{
    uint16_t agent = s->trace.agent;
    uint32_t nth = CHOICE_BETWEEN + s->choice.between[row_of(agent)];

    return (struct choice_point) { CHOICE_SCHED_NEXT, agent, nth, bound, 1, who };
}

static void between_pass(struct sim *s)
{
    s->choice.between[row_of(s->trace.agent)]++;
    s->choice.between_passed = true;
}

bool choice_between_due(struct sim *s)
{
    struct choice_point p = between_point(s, UINT32_MAX, NULL);
    uint32_t value = 0;

    if (s->choice.source == CHOICE_STRATEGY || (recorded_value(&s->choice, &p, &value) && value))
        return true;
    between_pass(s);
    return false;
}

uint32_t choice_between(struct sim *s, uint32_t bound, const struct choice_who *who)
{
    struct choice *c = &s->choice;
    struct choice_point p = between_point(s, bound, who);
    uint32_t value = 0;

    between_pass(s);
    if (bound < 2)
        return 0;
    if (c->source == CHOICE_STRATEGY)
        value = c->strategy->take(c->strategy, &p);
    else
        recorded_value(c, &p, &value);
    must(value < bound);
    if (value)
        taken(s, &p, value);
    return value;
}
