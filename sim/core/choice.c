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
    c->drawn = 0;
    c->hash = 0;
}

void choice_from_plain(struct sim *s)
{
    map_free(&s->choice);
    s->choice.source = CHOICE_PLAIN;
}

void choice_from_seed(struct sim *s, uint64_t seed)
{
    map_free(&s->choice);
    s->choice.source = seed ? CHOICE_SEED : CHOICE_PLAIN;
    s->choice.seed = rng_mix(seed);
}

void choice_from_bytes(struct sim *s, const uint8_t *bytes, size_t size)
{
    map_free(&s->choice);
    s->choice.source = CHOICE_BYTES;
    s->choice.bytes = bytes;
    s->choice.bytes_left = size;
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
    }
    map_free(&s->choice);
    s->choice.recorded = m;
    if (s->choice.source == CHOICE_PLAIN) /* what is not recorded is 0, and counted */
        s->choice.source = CHOICE_RECORDED;
    return 0;
}

int choice_from_records(struct sim *s, const struct choice_record *records, size_t count)
{
    choice_from_plain(s);
    return choice_change(s, records, count);
}

static bool recorded_value(const struct choice *c, unsigned site, unsigned agent, uint32_t nth,
                           uint32_t bound, uint32_t *value)
{
    const struct choice_map *m = c->recorded;
    uint32_t at = (uint32_t)key_hash(site, agent, nth) & m->mask;

    for (; m->slots[at].bound; at = (at + 1) & m->mask) {
        const struct choice_record *r = &m->slots[at];

        if (r->site == site && r->agent == agent && r->nth == nth) {
            *value = r->value < bound ? r->value : r->value % bound;
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

static uint32_t draw(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in)
{
    struct choice *c = &s->choice;
    unsigned agent = s->trace.agent;
    unsigned row = agent < CHOICE_AGENTS_MAX ? agent : CHOICE_AGENTS_MAX - 1;
    uint32_t nth, value = 0;
    uint64_t h;

    if (bound < 2)
        return 0;
    if (c->source == CHOICE_PLAIN)
        return 0;
    nth = c->nth[site][row]++;
    switch (c->source) {
    case CHOICE_SEED:
        if (c->recorded && recorded_value(c, site, agent, nth, bound, &value))
            break;
        h = rng_mix(c->seed ^ key_hash(site, agent, nth));
        if (one_in < 2 || (uint32_t)h % one_in == 0)
            value = rng_below(h, bound);
        break;
    case CHOICE_RECORDED:
        recorded_value(c, site, agent, nth, bound, &value); /* not recorded: it was 0 */
        break;
    case CHOICE_BYTES:
        value = byte_value(c, bound);
        break;
    case CHOICE_PLAIN:
        break; /* not reached */
    }
    c->drawn++;
    c->hash = rng_mix(c->hash ^ ((uint64_t)site << 48 | (uint64_t)agent << 32 | value));
    c->second_seen[site] |= value ? 3 : 1;
    if (value) /* what is not said was 0: a trace holds only what left the plain way */
        trace_emit(&s->trace, EV_CHOICE, API_NONE, site, nth, bound, value, 0);
    return value;
}

uint32_t choice_draw(struct sim *s, enum choice_site site, uint32_t bound)
{
    return draw(s, site, bound, 1);
}

uint32_t choice_rare(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in)
{
    must(one_in > 0);
    return draw(s, site, bound, one_in);
}
