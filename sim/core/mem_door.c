/*
 * Glue between memory and the access door: tells the door where the window is and which pages it
 * must ask about, and answers for user memory. A touch of user memory that is not the current
 * process's is what Windows makes of it: an exception below DISPATCH_LEVEL, a bug check from there
 * on.
 */
#include "sim/core/mem_priv.h"

#include "sim/core/door.h"
#include "sim/core/fetch.h"
#include "sim/core/owned.h"
#include "sim/core/sched.h"
#include "sim/core/seh.h"
#include "sim/core/userptr.h"

#define STATUS_ACCESS_VIOLATION 0xC0000005u
#define DRIVER_IRQL_NOT_LESS_OR_EQUAL 0xD1u
#define DOOR_WINDOW_BYTES (MEM_VIEWS_BYTES + MEM_WINDOW_BYTES)

static uint8_t door_flags[DOOR_WINDOW_BYTES >> PAGE_BITS];

static void on_user(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct sim *s = mem_memory.s;
    const void *p = (const void *)(uintptr_t)address;
    struct agent *thread = s && sched_is_running(s) ? sched_current_thread(s) : NULL;
    uint64_t parameters[2] = { is_store, 0 };
    uint32_t told, outer;

    if (!s)
        return;
    told = userptr_touch(s, address, bytes, is_store, pc);
    if (mem_user_valid(s, thread ? agent_process(thread) : 0, p, bytes)) {
        if (s->trace.on && s->dma && sched_is_running(s))
            owned_user_touch(s, address, bytes, is_store, pc);
        if (!is_store && fetch_planned(s, FAULT_USER_MEMORY) && s->dma && sched_is_running(s))
            fetch_load(s, FAULT_USER_MEMORY, 0, address, bytes, pc);
        return;
    }
    if (sched_irql(s) >= IRQL_DISPATCH) {
        outer = s->trace.site;
        s->trace.site = told ? told : outer;
        sim_bugcheck(s, DRIVER_IRQL_NOT_LESS_OR_EQUAL, va_of(s, p).v, sched_irql(s), is_store, 0);
        s->trace.site = outer;
        return;
    }
    parameters[1] = address;
    seh_raise(STATUS_ACCESS_VIOLATION, 2, parameters);
}

/* Paged pool at DISPATCH_LEVEL or above: luck on Windows, where the page may be out, unless it is locked. */
static void on_paged(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct sim *s = mem_memory.s;
    const void *p = (const void *)(uintptr_t)address;
    const void *low, *high;
    uint32_t page, outer;

    if (!s || !s->trace.on || !sched_is_running(s) || sched_irql(s) < IRQL_DISPATCH)
        return;
    page = mem_page_of(s, p);
    if (page == MEM_NONE || mem_frame(s, page)->locks)
        return;
    outer = s->trace.site;
    sched_stack(s, &low, &high);
    s->trace.site =
        site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)pc, low, high);
    trace_emit(&s->trace, EV_MISUSE, API_NONE, 0, MISUSE_PAGED_TOUCHED, va_of(s, p).v,
               sched_irql(s), dir_length(bytes, is_store));
    s->trace.site = outer;
}

void mem_door_attach(void)
{
    uint64_t base = (uint64_t)(uintptr_t)mem_user_views;
    bool first_time = door_flags[0] == 0;

    door_set_window(base, DOOR_WINDOW_BYTES, door_flags);
    g_door.on_user = on_user;
    g_door.on_paged = on_paged;
    if (!first_time)
        return;
    door_set_page_flags(0, (MEM_VIEWS_BYTES + MEM_RAM_MAX_BYTES) >> PAGE_BITS, DOOR_USER, 0);
    door_set_page_flags(((uint64_t)(uintptr_t)mem_window.mmio - base) >> PAGE_BITS, MEM_MMIO_PAGES,
                        DOOR_MMIO, 0);
}
