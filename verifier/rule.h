/*
 * What a rule is. A rule is one file in verifier/rules: a function that is called for the events it
 * asks for, and one RULE() line. It looks things up in the trackers, which show the world as it was
 * just before the event, and says what is wrong with finding().
 */
#ifndef DMACHECK_VERIFIER_RULE_H
#define DMACHECK_VERIFIER_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"

#define RULE_ON_MAX 8
#define RULE_CALLS_MAX 8
#define RULE_WORD_MAX 48
#define RULES_MAX 256

enum rule_level { NOTE = 1, WARNING, ERROR };

/* What a rule is about; `dmacheck rules` groups by it. */
enum rule_family { ADAPTER = 1, CHANNEL, MAP, COMMON, DEVICE, CALLER, RUN, RULE_FAMILIES };

/* The bug check that Driver Verifier (or Windows) stops with; code 0: it is blind to this fault. */
struct rule_bugcheck {
    uint32_t code;
    uint32_t param1;
};

/* What sets an event apart from the ordinary ones. Decided once for each event and not by each rule,
 * so that another rule costs an ordinary event nothing. */
enum rule_odd {
    ODD_ADAPTER = 1, /* CALL of DMA_OPERATIONS: its adapter may be none, or a dead one; asks for them */
    ODD_IRQL = 2,    /* CALL: at an IRQL that the function's page does not allow */
    ODD_PUT = 4,     /* CALL PutScatterGatherList: not of a live list, of this adapter and direction */
    ODD_CLAIM = 8    /* UNMAP, SGL_END, MAPREG_END, COMMON_END: while some engine is at work */
};

struct track;
struct verifier;
struct rule;

/* A rule within one verifier: what its function gets. */
struct rule_run {
    const struct rule *rule;
    struct verifier *verifier;
    struct track *track; /* the world before the event */
    uint16_t index;
    uint16_t after[4]; /* indexes of the rules named in .after */
    unsigned after_count;
    char word[RULE_WORD_MAX];
};

struct rule {
    const char *symbol;
    enum rule_level level;
    enum rule_family family;
    struct rule_bugcheck bugcheck;          /* as a rule */
    struct rule_bugcheck bugcheck_remapped; /* on a profile that translates, where it differs */
    const char *source;                     /* documentation page */
    const char *after; /* rules whose finding on the same object, or its owner, silences this one */
    bool once;         /* at most one finding for each object */
    uint8_t odd; /* of events that can be odd in one of these ways, it hears only of those that are */
    uint16_t on[RULE_ON_MAX];       /* EV(...) */
    uint16_t calls[RULE_CALLS_MAX]; /* CALLS(...): CALL events of these functions */
    void (*run)(struct rule_run *r, const struct event *e);
    void (*also_at_end)(struct rule_run *r); /* the last word, when the driver is gone */
};

#define RULE(name, ...) const struct rule rule_##name = { .symbol = #name, __VA_ARGS__ }
/* For what a rule does once it has something to say: kept out of the way of the silent case. */
#define RULE_COLD __attribute__((noinline, cold))
#define DV(code, param1)                                                                           \
    {                                                                                              \
        (code), (param1)                                                                           \
    }

/* Lists of kinds are stored one higher, so that the zeros behind them end the list. */
#define EV_1(a) EV_##a + 1
#define EV_2(a, b) EV_1(a), EV_1(b)
#define EV_3(a, b, c) EV_2(a, b), EV_1(c)
#define EV_4(a, b, c, d) EV_3(a, b, c), EV_1(d)
#define EV_5(a, b, c, d, e) EV_4(a, b, c, d), EV_1(e)
#define EV_6(a, b, c, d, e, f) EV_5(a, b, c, d, e), EV_1(f)
#define EV_7(a, b, c, d, e, f, g) EV_6(a, b, c, d, e, f), EV_1(g)
#define EV_8(a, b, c, d, e, f, g, h) EV_7(a, b, c, d, e, f, g), EV_1(h)
#define EV_PICK(a, b, c, d, e, f, g, h, name, ...) name
#define EV(...)                                                                                    \
    {                                                                                              \
        EV_PICK(__VA_ARGS__, EV_8, EV_7, EV_6, EV_5, EV_4, EV_3, EV_2, EV_1, )(__VA_ARGS__)        \
    }
#define CALLS_1(a) API_##a
#define CALLS_2(a, b) CALLS_1(a), CALLS_1(b)
#define CALLS_3(a, b, c) CALLS_2(a, b), CALLS_1(c)
#define CALLS_4(a, b, c, d) CALLS_3(a, b, c), CALLS_1(d)
#define CALLS_5(a, b, c, d, e) CALLS_4(a, b, c, d), CALLS_1(e)
#define CALLS_6(a, b, c, d, e, f) CALLS_5(a, b, c, d, e), CALLS_1(f)
#define CALLS_7(a, b, c, d, e, f, g) CALLS_6(a, b, c, d, e, f), CALLS_1(g)
#define CALLS_8(a, b, c, d, e, f, g, h) CALLS_7(a, b, c, d, e, f, g), CALLS_1(h)
#define CALLS(...)                                                                                 \
    {                                                                                              \
        EV_PICK(__VA_ARGS__, CALLS_8, CALLS_7, CALLS_6, CALLS_5, CALLS_4, CALLS_3, CALLS_2,        \
                CALLS_1, )                                                                         \
        (__VA_ARGS__)                                                                              \
    }

/* Every rule, from the file names of verifier/rules (build/index.c). */
extern const struct rule *const rules_all[];
extern const unsigned rules_count;

void rule_word(const struct rule *rule, char *word, size_t size); /* put-while-device-runs */
const struct rule *rule_find(const char *word_or_symbol);         /* NULL: no such rule */
const char *rule_level_word(enum rule_level level);
const char *rule_family_word(enum rule_family family);

#endif
