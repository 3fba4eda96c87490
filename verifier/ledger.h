/*
 * The books of a run: what each adapter has given out and got back, as a kernel debugger's adapter dump
 * shows it. Kept beside the verifier, only where somebody asks (--bugcheck, dmacheck dump).
 */
#ifndef DMACHECK_VERIFIER_LEDGER_H
#define DMACHECK_VERIFIER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"

#define LEDGER_ADAPTERS_MAX 64
#define LEDGER_THINGS_MAX 1024 /* live at one time; more are counted, not listed */

struct ledger_pair {
    uint64_t allocated, freed;
};

struct ledger_adapter {
    uint32_t obj, device, flags, site;
    bool released;
    uint32_t mapregs_max;
    uint64_t length_max_bytes;
    struct ledger_pair channels, mapregs, lists, commons;
    uint64_t mapped_since_flush_bytes;
};

/* A map register file, a list, a common buffer or a channel that lives. */
struct ledger_thing {
    uint32_t obj, adapter, mdl, site;
    uint32_t mapregs, elements;
    bool to_device, bounced;
    uint64_t length_bytes, mapped_bytes; /* asked for; mapped now */
    uint64_t ba, va;                     /* of a common buffer, or of the last run mapped */
};

struct ledger {
    unsigned adapter_count, thing_count;
    uint64_t adapters_lost, things_lost; /* did not fit */
    uint64_t seq, ns;                    /* of the last event */
    struct ledger_adapter adapters[LEDGER_ADAPTERS_MAX];
    struct ledger_thing things[LEDGER_THINGS_MAX];
};

void ledger_begin(struct ledger *l);
void ledger_event(void *ledger, const struct event *e); /* a trace sink */

#endif
