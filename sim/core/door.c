/*
 * door.c: the functions that driver code calls before each access. The way of a plain access is a
 * count down (to a tick that is due or a register store that is pending, in one number) and a range
 * check. Everything else is out of line. This file is compiled with -O2 and no sanitizer:
 * it runs between an instruction of the driver and the next.
 */
#include "sim/core/door.h"

#include <string.h>

#if defined(__clang__)
#define DOOR_RAW __attribute__((no_sanitize("address", "undefined", "coverage")))
#else
#define DOOR_RAW __attribute__((no_sanitize("address"), no_sanitize("undefined")))
#endif
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define COLD __attribute__((cold, noinline))

#define CREDIT_MAX (INT64_MAX / 2)
#define DOOR_FRESH                                                                                 \
    {                                                                                              \
        .credit = CREDIT_MAX, .at_zero = CREDIT_MAX, .tick_at = UINT64_MAX                         \
    }

struct door g_door = DOOR_FRESH;

/* ASan's own checks and copies; null where its run-time is not linked. */
/* From here on ASan has no shadow, and its check would fault in the place of the driver. */
#define ASAN_TOP (1ull << 47)
#define ASAN_DECLARE(n)                                                                            \
    extern void __asan_load##n##_noabort(uintptr_t) __attribute__((weak));                         \
    extern void __asan_store##n##_noabort(uintptr_t) __attribute__((weak));
DOOR_ACCESSES(ASAN_DECLARE)
extern void __asan_loadN_noabort(uintptr_t, size_t) __attribute__((weak));
extern void __asan_storeN_noabort(uintptr_t, size_t) __attribute__((weak));
extern void *__asan_memcpy(void *, const void *, size_t) __attribute__((weak));
extern void *__asan_memmove(void *, const void *, size_t) __attribute__((weak));
extern void *__asan_memset(void *, int, size_t) __attribute__((weak));

/* A build that never links ASan says so and saves each access the question. */
#ifdef DOOR_WITHOUT_ASAN
#define ASAN_LINKED(function) 0
#else
#define ASAN_LINKED(function) ((function) != NULL)
#endif

void door_reset(void) { g_door = (struct door)DOOR_FRESH; }

void door_set_window(uint64_t base, uint64_t bytes, uint8_t *flags)
{
    g_door.window_base = base;
    g_door.window_bytes = bytes;
    g_door.page_flags = flags;
}

void door_set_page_flags(uint64_t first_page, uint64_t count, uint8_t set, uint8_t clear)
{
    uint64_t pages = g_door.window_bytes / DOOR_PAGE_BYTES;

    for (uint64_t i = first_page; i < pages && i - first_page < count; i++)
        g_door.page_flags[i] = (uint8_t)((g_door.page_flags[i] & ~clear) | set);
}

/* Pages that were watched; past WATCHED they are no longer listed but searched for. */
#define WATCHED 4096u
static uint32_t watched[WATCHED], watched_count;

void door_watch_first(uint64_t page)
{
    g_door.page_flags[page] |= DOOR_WATCH;
    if (watched_count < WATCHED)
        watched[watched_count] = (uint32_t)page;
    watched_count += watched_count <= WATCHED;
}

void door_unwatch_all(void)
{
    if (watched_count > WATCHED)
        door_set_page_flags(0, g_door.window_bytes / DOOR_PAGE_BYTES, 0, DOOR_WATCH);
    else
        for (uint32_t i = 0; i < watched_count; i++)
            g_door.page_flags[watched[i]] &= (uint8_t)~DOOR_WATCH;
    watched_count = 0;
}

static DOOR_RAW void set_attention(void)
{
    uint64_t now = door_accesses(), left = g_door.tick_at > now ? g_door.tick_at - now - 1 : 0;

    if (g_door.pending_bytes || g_door.on_access)
        left = 0;
    if (left > CREDIT_MAX)
        left = CREDIT_MAX;
    g_door.credit = (int64_t)left;
    g_door.at_zero = now + left;
}

void door_hear_all(void (*on_access)(uint64_t address, uint64_t bytes, bool is_store, void *pc))
{
    g_door.heard_pc = NULL;
    g_door.on_access = on_access;
    set_attention();
}

void door_tick_at(uint64_t accesses)
{
    g_door.tick_at = accesses;
    set_attention();
}

/* The store is taken off before the device sees it: its model may come back through the door. */
DOOR_RAW COLD void door_flush_slow(void)
{
    uint64_t address = g_door.pending_address, bytes = g_door.pending_bytes;

    g_door.pending_bytes = 0;
    set_attention();
    if (bytes && g_door.on_mmio_store)
        g_door.on_mmio_store(address, bytes, g_door.pending_pc);
}

static DOOR_RAW COLD void attend(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    door_flush_slow();
    if (g_door.on_access) {
        g_door.heard_frame = __builtin_frame_address(0);
        g_door.heard_pc = pc;
        g_door.on_access(address, bytes, is_store, pc);
        g_door.heard_pc = NULL;
    }
    if (door_accesses() < g_door.tick_at)
        return;
    g_door.tick_at = UINT64_MAX; /* a hook that sets no new tick has had its last */
    set_attention();
    if (g_door.on_tick)
        g_door.on_tick(pc);
}

static DOOR_RAW COLD void tell(uint8_t flags, uint64_t address, uint64_t bytes, bool is_store,
                               void *pc)
{
    if ((flags & DOOR_USER) && g_door.on_user)
        g_door.on_user(address, bytes, is_store, pc);
    if ((flags & DOOR_PAGED) && g_door.on_paged)
        g_door.on_paged(address, bytes, is_store, pc);
    if ((flags & DOOR_WATCH) && g_door.on_watch)
        g_door.on_watch(address, bytes, is_store, pc);
    if (!(flags & DOOR_MMIO))
        return;
    if (is_store) {
        if (g_door.on_mmio_begin)
            g_door.on_mmio_begin();
        g_door.pending_address = address;
        g_door.pending_bytes = bytes;
        g_door.pending_pc = pc;
        set_attention();
    } else if (g_door.on_mmio_load) {
        g_door.on_mmio_load(address, bytes, pc);
    }
}

/* Tells runs of pages with the same flags, so that a copy over a border is told in two parts. */
static DOOR_RAW COLD void walk(uint64_t offset, uint64_t bytes, bool is_store, void *pc)
{
    uint64_t end = bytes < g_door.window_bytes - offset ? offset + bytes : g_door.window_bytes;

    while (offset < end) {
        uint8_t flags = g_door.page_flags[offset / DOOR_PAGE_BYTES];
        uint64_t stop = offset;
        do {
            stop = (stop / DOOR_PAGE_BYTES + 1) * DOOR_PAGE_BYTES;
        } while (stop < end && g_door.page_flags[stop / DOOR_PAGE_BYTES] == flags);
        stop = stop < end ? stop : end;
        if (flags)
            tell(flags, g_door.window_base + offset, stop - offset, is_store, pc);
        offset = stop;
    }
}

/* Whether nobody wants to hear of this access. */
static inline DOOR_RAW __attribute__((always_inline)) bool plain(uint64_t address, uint64_t bytes)
{
    if (!LIKELY(--g_door.credit >= 0))
        return false;
    uint64_t offset = address - g_door.window_base;
    return LIKELY(offset >= g_door.window_bytes) ||
           LIKELY(!g_door.page_flags[offset / DOOR_PAGE_BYTES] &&
                  offset % DOOR_PAGE_BYTES + bytes <= DOOR_PAGE_BYTES);
}

/* What `plain` turned down. It has counted the access already. */
static DOOR_RAW COLD void enter_slow(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    if (g_door.credit < 0)
        attend(address, bytes, is_store, pc);
    uint64_t offset = address - g_door.window_base;
    if (offset < g_door.window_bytes)
        walk(offset, bytes, is_store, pc);
}

static DOOR_RAW COLD void slow(uint64_t address, uint64_t bytes, bool is_store, void *pc,
                               void (*check)(uintptr_t))
{
    enter_slow(address, bytes, is_store, pc);
    if (check)
        check(address);
}

/*
 * Any range. One that begins before the window and reaches into it is told from the window on. Time
 * passes as if 16 bytes went with each access.
 */
static DOOR_RAW void enter_range(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    g_door.credit -= (int64_t)(1 + bytes / 16);
    if (!LIKELY(g_door.credit >= 0))
        attend(address, bytes, is_store, pc);
    if (!bytes || !g_door.window_bytes)
        return;
    if (address < g_door.window_base) {
        uint64_t before = g_door.window_base - address;
        if (bytes <= before)
            return;
        address += before;
        bytes -= before;
    }
    uint64_t offset = address - g_door.window_base;
    if (offset < g_door.window_bytes)
        walk(offset, bytes, is_store, pc);
}

void door_range(const void *address, uint64_t bytes, bool is_store, void *pc)
{
    enter_range((uint64_t)(uintptr_t)address, bytes, is_store, pc);
}

/* Both jumps are tail calls, so that a report of ASan begins at the driver's frame. */
#define DOOR_ONE(name, n, is_store)                                                                \
    DOOR_RAW void __door_##name##_noabort(uintptr_t address)                                       \
    {                                                                                              \
        if (!LIKELY(plain(address, n)))                                                            \
            slow(address, n, is_store, __builtin_return_address(0), __asan_##name##_noabort);      \
        else if (ASAN_LINKED(__asan_##name##_noabort) && LIKELY(address < ASAN_TOP))               \
            __asan_##name##_noabort(address);                                                      \
    }
#define DOOR_DEFINE(n) DOOR_ONE(load##n, n, false) DOOR_ONE(store##n, n, true)
DOOR_ACCESSES(DOOR_DEFINE)

DOOR_RAW void __door_loadN_noabort(uintptr_t address, size_t bytes)
{
    enter_range(address, bytes, false, __builtin_return_address(0));
    if (__asan_loadN_noabort)
        __asan_loadN_noabort(address, bytes);
}

DOOR_RAW void __door_storeN_noabort(uintptr_t address, size_t bytes)
{
    enter_range(address, bytes, true, __builtin_return_address(0));
    if (__asan_storeN_noabort)
        __asan_storeN_noabort(address, bytes);
}

/* Windows' memcpy copies overlapping ranges as memmove does; so does ours. */
DOOR_RAW void *__door_memcpy(void *to, const void *from, size_t bytes)
{
    void *pc = __builtin_return_address(0);

    enter_range((uintptr_t)from, bytes, false, pc);
    enter_range((uintptr_t)to, bytes, true, pc);
    return __asan_memcpy ? __asan_memcpy(to, from, bytes) : memmove(to, from, bytes);
}

DOOR_RAW void *__door_memmove(void *to, const void *from, size_t bytes)
{
    void *pc = __builtin_return_address(0);

    enter_range((uintptr_t)from, bytes, false, pc);
    enter_range((uintptr_t)to, bytes, true, pc);
    return __asan_memmove ? __asan_memmove(to, from, bytes) : memmove(to, from, bytes);
}

DOOR_RAW void *__door_memset(void *to, int value, size_t bytes)
{
    enter_range((uintptr_t)to, bytes, true, __builtin_return_address(0));
    return __asan_memset ? __asan_memset(to, value, bytes) : memset(to, value, bytes);
}

/* ddkcc puts this in the place of memcmp. ASan's run-time has its own memcmp behind it. */
DOOR_RAW int __door_memcmp(const void *a, const void *b, size_t bytes)
{
    void *pc = __builtin_return_address(0);

    enter_range((uintptr_t)a, bytes, false, pc);
    enter_range((uintptr_t)b, bytes, false, pc);
    return memcmp(a, b, bytes);
}
