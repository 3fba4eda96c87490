/*
 * The choice stream: the only source of anything that could go either way. A choice has a site, the
 * agent that meets it and a running number of that pair; its value is 0 (plain), H(seed, key),
 * a recorded value looked up by key, or a fuzzer's bytes. What is not 0 is an event.
 */
#ifndef DMACHECK_SIM_CORE_CHOICE_H
#define DMACHECK_SIM_CORE_CHOICE_H

#include <stddef.h>
#include <stdint.h>

struct sim;

enum choice_site {
#define CHOICE(site, word, text) CHOICE_##site,
#include "trace/choices.def"
#undef CHOICE
    CHOICE_COUNT
};

enum choice_source { CHOICE_PLAIN, CHOICE_SEED, CHOICE_RECORDED, CHOICE_BYTES };

#define CHOICE_AGENTS_MAX 256 /* agents beyond share the last row; their numbers still differ */

struct choice_record {
    uint16_t site, agent;
    uint32_t nth, bound, value;
};

struct choice {
    enum choice_source source;
    uint64_t seed;
    const uint8_t *bytes; /* CHOICE_BYTES */
    size_t bytes_left;
    struct choice_map *recorded;       /* by key: what overrides the source; or NULL */
    uint64_t drawn;                    /* choices with a bound above 1 */
    uint64_t hash;                     /* over everything drawn: names the schedule */
    uint8_t second_seen[CHOICE_COUNT]; /* bit 0: met; bit 1: took a value other than 0 */
    uint32_t nth[CHOICE_COUNT][CHOICE_AGENTS_MAX];
};

const char *choice_word(unsigned site);
int choice_site_of(const char *word);
void choice_reset(struct sim *s); /* counters only; the source stays */
void choice_from_plain(struct sim *s);
void choice_from_seed(struct sim *s, uint64_t seed);
void choice_from_bytes(struct sim *s, const uint8_t *bytes, size_t size);
/* These, and 0 for all others. Negative err: one is no choice (bound, value), or no memory. */
int choice_from_records(struct sim *s, const struct choice_record *records, size_t count);
/* These, and for all others what was set before (plain or a seed). */
int choice_change(struct sim *s, const struct choice_record *records, size_t count);

/* What a seed gives there, if it does not leave the choice plain. */
uint32_t choice_by_seed(uint64_t seed, const struct choice_record *r);

/* A value in [0, bound). bound 0 or 1 is no choice: 0, and nothing is said. */
uint32_t choice_draw(struct sim *s, enum choice_site site, uint32_t bound);
/* One in `one_in` chances takes a value other than 0 out of [0, bound): most choices stay plain. */
uint32_t choice_rare(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in);

#endif
