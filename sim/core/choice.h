/*
 * The choice stream: the only source of anything that could go either way. A choice has a site, the
 * agent that meets it and a running number of that pair; its value is 0 (plain), H(seed, key),
 * a recorded value looked up by key, or a fuzzer's bytes. What is not 0 is an event.
 */
#ifndef DMACHECK_SIM_CORE_CHOICE_H
#define DMACHECK_SIM_CORE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim;

enum choice_site {
#define CHOICE(site, word, text) CHOICE_##site,
#include "trace/choices.def"
#undef CHOICE
    CHOICE_COUNT
};

enum choice_source { CHOICE_PLAIN, CHOICE_SEED, CHOICE_RECORDED, CHOICE_BYTES, CHOICE_STRATEGY };

#define CHOICE_AGENTS_MAX 256 /* agents beyond share the last row; their numbers still differ */
/* Points between calls (sched_between) are numbered by themselves, from here on: a run that was
 * recorded without them has the numbers that it had. */
#define CHOICE_BETWEEN 0x80000000u

struct choice_record {
    uint16_t site, agent;
    uint32_t nth, bound, value;
};

/* Who could go on, where that is what is asked: for values 0, 1, ... */
#define CHOICE_WHO_MAX 6
#define CHOICE_NOBODY 0 /* a processor that was promised a thread which another one took */
struct choice_who {
    uint16_t agent[CHOICE_WHO_MAX];
    uint8_t running; /* the value by which the running one goes on; CHOICE_WHO_MAX: it cannot */
    bool waits;      /* the running one turns in a loop until somebody else has done something */
    bool fresh;      /* the running one was chosen and has done nothing since */
    uint64_t stalled_ns; /* how long value 0 has been passed over */
};

struct choice_strategy; /* sim/core/choice_strategy.h */

struct choice {
    enum choice_source source;
    uint64_t seed;
    const uint8_t *bytes; /* CHOICE_BYTES */
    size_t bytes_left;
    struct choice_map *recorded;       /* by key: what overrides the source; or NULL */
    struct choice_strategy *strategy;  /* CHOICE_STRATEGY */
    bool between_passed;               /* one of those below is not 0 */
    uint64_t drawn;                    /* choices with a bound above 1 */
    uint64_t hash;                     /* over everything drawn: names the schedule */
    uint8_t second_seen[CHOICE_COUNT]; /* bit 0: met; bit 1: took a value other than 0 */
    uint32_t nth[CHOICE_COUNT][CHOICE_AGENTS_MAX];
    uint32_t between[CHOICE_AGENTS_MAX]; /* points between calls that each agent has passed */
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
/* The caller keeps it until another source is set. */
void choice_from_strategy(struct sim *s, struct choice_strategy *strategy);

/* A value in [0, bound). bound 0 or 1 is no choice: 0, and nothing is said. */
uint32_t choice_draw(struct sim *s, enum choice_site site, uint32_t bound);
/* One in `one_in` chances takes a value other than 0 out of [0, bound): most choices stay plain. */
uint32_t choice_rare(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in);
/* As choice_rare; a strategy is told who goes on by which value. */
uint32_t choice_among(struct sim *s, enum choice_site site, uint32_t bound, uint32_t one_in,
                      const struct choice_who *who);
/* Points between calls: whether somebody other than the running one (value 0) goes on. Only a
 * strategy is asked, and a recording in which one was; a 0 leaves no mark. due: there may be a
 * value other than 0, and choice_between comes next; false: the point is passed. */
bool choice_between_due(struct sim *s);
uint32_t choice_between(struct sim *s, uint32_t bound, const struct choice_who *who);
/* What a seed gives at a point. */
struct choice_point;
uint32_t choice_of_seed(uint64_t seed, const struct choice_point *p);

#endif
