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
#include "verifier/listen.h"

#define RULE_WORD_MAX 48
#define RULE_AFTER_MAX 32
#define RULE_STOPS_MAX 4
#define RULES_MAX 256

enum rule_level { NOTE = 1, WARNING, ERROR };

/* What a rule is about; `dmacheck rules` groups by it. */
enum rule_family {
    ADAPTER = 1,
    CHANNEL,
    MAP,
    COMMON,
    DEVICE,
    CALLER,    /* how Windows' functions are called: IRQL, arguments */
    MDLS,      /* MDLs, locks, mappings of pages */
    MEMORY,    /* pool, user memory, who may touch what */
    REQUEST,   /* IRPs and callbacks */
    FRAMEWORK, /* what KMDF itself says of its driver */
    ORDER,     /* between processors, devices and caches */
    RUN,
    RULE_FAMILIES
};

/* The bug check that Driver Verifier (or Windows) stops with; code 0: it is blind to this fault. */
struct rule_bugcheck {
    uint32_t code;
    uint32_t param1;
    uint32_t param2; /* where the page tells cases of param1 apart */
    bool has_param2;
};

/* What sets an event apart from the ordinary ones. Decided once for each event and not by each rule,
 * so that another rule costs an ordinary event nothing. */
enum rule_odd {
    ODD_ADAPTER =
        1, /* CALL of DMA_OPERATIONS: its adapter may be none, or a dead one; asks for them */
    ODD_IRQL = 2, /* CALL: at an IRQL that the function's page does not allow */
    ODD_PUT = 4,  /* CALL PutScatterGatherList: not of a live list, of this adapter and direction */
    ODD_CLAIM = 8, /* UNMAP, SGL_END, MAPREG_END, COMMON_END: while some engine is at work */
    ODD_STRAY =
        16,       /* DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT: not of memory that is mapped now */
    ODD_WAY = 32, /* DEV_CLAIM, DEV_READ, DEV_WRITE: against the direction of the mapping */
    ODD_AGAINST = 64 /* CALL GetScatterGatherList: against what the MDL was made for (track.h) */
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
    uint16_t after[RULE_AFTER_MAX]; /* indexes of the rules named in .after */
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
    const char *unreachable;                /* why no driver can cause it; NULL: one can */
    bool readiness; /* says that the driver would not survive DMA remapping */
    bool irql;      /* says at what IRQL its .calls may not be called: wrong_irql need not */
    /* Bug checks that stop Windows for this misuse even without Driver Verifier: where the rule has
     * said what is wrong, bug_check does not say what comes of it. */
    uint32_t stops[RULE_STOPS_MAX];
    const char *after; /* rules whose finding on the same object, or its owner, silences this one */
    bool once;         /* at most one finding for each object */
    uint16_t
        odd; /* of events that can be odd in one of these ways, it hears only of those that are */
    LISTENS;
    void (*run)(struct rule_run *r, const struct event *e);
    void (*also_at_end)(struct rule_run *r); /* the last word, when the driver is gone */
};

#define RULE(name, ...) const struct rule rule_##name = { .symbol = #name, __VA_ARGS__ }
/* For what a rule does once it has something to say: kept out of the way of the silent case. */
#define RULE_COLD __attribute__((noinline, cold))
#define DV(code, param1)                                                                           \
    {                                                                                              \
        code, param1, 0, false                                                                     \
    }
#define DV2(code, param1, param2)                                                                  \
    {                                                                                              \
        code, param1, param2, true                                                                 \
    }

/* Every rule, from the RULE() lines of verifier/rules (index.c). */
extern const struct rule *const rules_all[];
extern const unsigned rules_count;

void rule_word(const struct rule *rule, char *word, size_t size); /* put-while-device-runs */
const struct rule *rule_find(const char *word_or_symbol);         /* NULL: no such rule */
const char *rule_level_word(enum rule_level level);
const char *rule_family_word(enum rule_family family);

#endif
