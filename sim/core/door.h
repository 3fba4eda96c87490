/*
 * door.h: the access door. Drivers are compiled so that every access calls one of the functions at
 * the end of this file before it happens. The door counts accesses (the CPU's virtual time), and
 * asks the owner of an address range before anyone touches it: device registers, user memory, and
 * pages that somebody watches. It decides nothing itself.
 *
 * All addresses that matter lie in one window of the address space. A byte for each page of the
 * window says who wants to know; outside the window (stack, statics) the answer is nobody.
 */
#ifndef SIM_CORE_DOOR_H
#define SIM_CORE_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DOOR_PAGE_BYTES = 4096,

    /* Why a page is not plain memory; several may hold. */
    DOOR_MMIO = 1,  /* device registers: on_mmio_load, on_mmio_store */
    DOOR_WATCH = 2, /* somebody cares about the CPU's use of it: on_watch */
    DOOR_USER = 4,  /* user view: on_user checks the process, the range and the double fetch */
    DOOR_PAGED = 8  /* pageable memory of the system: on_paged */
};

struct door {
    /* The hot half: one cache line. */
    int64_t credit;   /* accesses until the slow way is taken; below 0: take it */
    uint64_t at_zero; /* accesses since door_reset when credit is 0: see door_accesses */
    uint64_t window_base;
    uint64_t window_bytes;    /* 0: no window, everything is plain */
    uint8_t *page_flags;      /* window_bytes / DOOR_PAGE_BYTES bytes, owned by the caller */
    uint64_t tick_at;         /* on_tick is due at this count; UINT64_MAX: never */
    uint64_t pending_address; /* a register store that the CPU has begun */
    uint64_t pending_bytes;   /* 0: none */

    /* Called before a load: puts the device's value into the backing page. */
    void (*on_mmio_load)(uint64_t address, uint64_t bytes, void *pc);
    /* Called after a store, at the next access or entry: the value is in the backing page. */
    void (*on_mmio_store)(uint64_t address, uint64_t bytes, void *pc);
    /* Called before a store is begun: others may come first. */
    void (*on_mmio_begin)(void);
    /* Called before the access. Both may leave by seh_raise or a longjmp. */
    void (*on_watch)(uint64_t address, uint64_t bytes, bool is_store, void *pc);
    void (*on_user)(uint64_t address, uint64_t bytes, bool is_store, void *pc);
    void (*on_paged)(uint64_t address, uint64_t bytes, bool is_store, void *pc);
    /* Called before every access, plain ones as well, which costs each the slow way (door_hear_all). */
    void (*on_access)(uint64_t address, uint64_t bytes, bool is_store, void *pc);
    /* Called when the accesses reach tick_at; sets the next one with door_tick_at. */
    void (*on_tick)(void *pc);
    void *pending_pc;
    /* While on_access hears one: where it is, for whoever has to say in whose name it ran. */
    void *heard_pc;
    const void *heard_frame;
} __attribute__((aligned(64)));

extern struct door g_door;

/* Accesses since door_reset; the clock of CPU work. Counted down in `credit`, so that the count and the
 * question whether something is due are one instruction. */
static inline uint64_t door_accesses(void) { return g_door.at_zero - (uint64_t)g_door.credit; }

/* Forgets everything: no window, no hooks, count 0. */
void door_reset(void);

/* `flags` holds one byte a page and outlives the window; both bounds are multiples of a page. */
void door_set_window(uint64_t base, uint64_t bytes, uint8_t *flags);

/* Sets and clears flag bits of whole pages, counted from the window's base. */
void door_set_page_flags(uint64_t first_page, uint64_t count, uint8_t set, uint8_t clear);

/* DOOR_WATCH of one page, remembered, so that a new machine's memory begins unwatched. */
void door_watch_first(uint64_t page);
static inline void door_watch(uint64_t page)
{
    if (!(g_door.page_flags[page] & DOOR_WATCH))
        door_watch_first(page);
}
/* Nobody watches any page. */
void door_unwatch_all(void);

/* on_access hears every access from now on; NULL: nobody does. */
void door_hear_all(void (*on_access)(uint64_t address, uint64_t bytes, bool is_store, void *pc));

/* on_tick comes at this count of accesses; UINT64_MAX: never. */
void door_tick_at(uint64_t accesses);

/* For functions of the simulator that touch a driver's memory in its name (memcmp, RtlXxx). */
void door_range(const void *address, uint64_t bytes, bool is_store, void *pc);

void door_flush_slow(void);

/* Every entry into the simulator calls this first: the store before the call has happened. */
static inline void door_flush_pending(void)
{
    if (g_door.pending_bytes)
        door_flush_slow();
}

/* What driver code calls. `noabort` is the compiler's word for "goes on after a report". */
#define DOOR_ACCESSES(X) X(1) X(2) X(4) X(8) X(16)
#define DOOR_DECLARE(n)                                                                            \
    void __door_load##n##_noabort(uintptr_t address);                                              \
    void __door_store##n##_noabort(uintptr_t address);
DOOR_ACCESSES(DOOR_DECLARE)
void __door_loadN_noabort(uintptr_t address, size_t bytes);
void __door_storeN_noabort(uintptr_t address, size_t bytes);
void *__door_memcpy(void *to, const void *from, size_t bytes);
void *__door_memmove(void *to, const void *from, size_t bytes);
void *__door_memset(void *to, int value, size_t bytes);
int __door_memcmp(const void *a, const void *b, size_t bytes);

#endif
