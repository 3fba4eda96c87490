/*
 * Surviving the driver. A wild pointer, a division by zero or an illegal instruction of driver code
 * arrives as a signal; it becomes what Windows makes of it, an exception or a bug check, and the
 * run ends while the process lives. The handler itself only moves the interrupted stack into one of
 * the functions below, which then run where the fault was, on the agent's own stack: from a signal
 * handler nothing of the machine may be touched.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/must.h"
#include "machine/private.h"
#include "sim/core/mem.h"
#include "sim/core/seh.h"

#define RED_ZONE_BYTES 128 /* below the stack pointer, used by leaf functions */
#define EMERGENCY_BYTES (64u << 10)
#define WATCH_AGAIN_US 100000 /* when the clock struck at a bad moment */
#define WATCH_TRIES 50
#define LEAF_WORDS 3 /* what a leaf may have pushed */

/* The signal at hand. One machine runs at a time, and a fault within a fault ends the process. */
static struct {
    struct dm_machine *machine;
    int signal;
    uint64_t address, pc, frame;
    bool write, overflow, busy;
    unsigned tries;
} fault;

static char emergency_stack[EMERGENCY_BYTES] __attribute__((aligned(64)));
static char signal_stack[EMERGENCY_BYTES] __attribute__((aligned(64)));

static void put_line(const char *text)
{
    ssize_t n = write(STDERR_FILENO, text, strlen(text));

    (void)n; /* there is nobody left to tell */
}

static _Noreturn void ours(const char *what)
{
    if (must_last_words)
        must_last_words();
    put_line("dmacheck: the simulator failed: ");
    put_line(what);
    put_line("\n");
#ifdef DMACHECK_FUZZING
    abort();
#else
    _exit(DM_INTERNAL);
#endif
}

/* --- on the agent's stack --- */

static uint32_t status_of(int signal)
{
    switch (signal) {
    case SIGFPE:
        return 0xC0000094u; /* STATUS_INTEGER_DIVIDE_BY_ZERO */
    case SIGILL:
        return 0xC000001Du; /* STATUS_ILLEGAL_INSTRUCTION */
    case SIGTRAP:
        return 0x80000003u; /* STATUS_BREAKPOINT */
    default:
        return 0xC0000005u; /* STATUS_ACCESS_VIOLATION */
    }
}

/* An address where a user's memory could be: an access there may be caught by __try. */
static bool user_address(uint64_t a) { return a < (uint64_t)(uintptr_t)mem_window.system; }

/* Which stop code Windows shows: bugcheck codes 0xD1, 0x50, 0x3B and 0x7E. */
static _Noreturn void bug_check(struct sim *s)
{
    uint64_t where = va_of(s, (const void *)(uintptr_t)fault.address).v;
    uint32_t code = status_of(fault.signal);
    bool memory = fault.signal == SIGSEGV || fault.signal == SIGBUS;

    if (fault.overflow)
        sim_bugcheck(s, 0x7F, 8, 0, 0, 0); /* UNEXPECTED_KERNEL_MODE_TRAP: double fault */
    else if (memory && sched_irql(s) >= IRQL_DISPATCH)
        sim_bugcheck(s, 0xD1, where, sched_irql(s), fault.write, 0);
    else if (memory && !user_address(fault.address))
        sim_bugcheck(s, 0x50, where, fault.write, 0, 0);
    else if (agent_process(sched_current_thread(s)))
        sim_bugcheck(s, 0x3B, code, where, 0, 0); /* SYSTEM_SERVICE_EXCEPTION */
    else
        sim_bugcheck(s, 0x7E, code, where, 0, 0); /* SYSTEM_THREAD_EXCEPTION_NOT_HANDLED */
    sim_end(s);
}

/* Captures who did it. A site takes return addresses, which lie behind their call. False: no driver
 * code is on the stack, so that the fault is ours. */
static bool blame(struct sim *s)
{
    const void *low, *high;

    sched_stack(s, &low, &high);
    s->trace.site =
        site_capture(s->depot, (const void *)(uintptr_t)fault.frame, fault.pc + 1, low, high);
    /* What hears accesses leaves no frames behind that can be walked; whose access it is was noted. */
    if (!s->trace.site && g_door.heard_pc)
        s->trace.site = site_capture(s->depot, g_door.heard_frame,
                                     (uint64_t)(uintptr_t)g_door.heard_pc, low, high);
    g_door.heard_pc = NULL;
    return s->trace.site != 0;
}

static void fault_landed(void)
{
    struct sim *s = fault.machine->s;
    uint64_t parameters[2] = { fault.write, fault.address };
    uint32_t code = status_of(fault.signal);
    bool memory = fault.signal == SIGSEGV || fault.signal == SIGBUS;

    if (fault.overflow)
        sanitizer_stack(emergency_stack, sizeof(emergency_stack));
    if (!blame(s))
        ours(fault.overflow ? "its stack ran over" : "a fault in its own code");
    trace_emit(&s->trace, EV_EXCEPTION, API_NONE, 0, code,
               va_of(s, (const void *)(uintptr_t)fault.address).v, 0, 0);
    fault.busy = false;
    if (!fault.overflow && *seh_head() && sched_irql(s) < IRQL_DISPATCH &&
        (!memory || user_address(fault.address)))
        seh_raise(code, memory ? 2 : 0, parameters);
    bug_check(s);
}

/* An exception that no frame took. The record's code is the status that was raised. */
static void unhandled(const struct seh_record *record)
{
    struct sim *s = sim_now();

    const void *low, *high;

    if (!s || !sched_is_running(s))
        ours("an exception outside a run");
    /* The raiser's frames are still there, and its call has ended: who raised is looked up anew. */
    sched_stack(s, &low, &high);
    s->trace.site = site_capture(s->depot, __builtin_frame_address(0), 0, low, high);
    trace_emit(&s->trace, EV_EXCEPTION, API_NONE, 0, record->code, 0, 0, 0);
    sim_bugcheck(s, agent_process(sched_current_thread(s)) ? 0x3B : 0x7E, record->code, 0, 0, 0);
    sim_end(s);
}

static void clock_landed(void)
{
    struct sim *s = fault.machine->s;

    struct site_frame_text at = { .line = 0 };

    fault.machine->budget = true;
    fault.busy = false;
    if (blame(s) && site_frame_text(s->depot, s->trace.site, 0, &at))
        run_fail(&fault.machine->run, "%s:%u: a loop without end: the run's CPU time is used up",
                 at.file, at.line);
    else
        run_fail(&fault.machine->run, "a loop without end: the run's CPU time is used up");
    sim_end(s);
}

/* --- in the handler --- */

/* The driver's own code: only there is the machine in order. */
static bool pc_in_driver(uint64_t pc)
{
    const struct dm_driver *d = fault.machine->run.driver;

    return pc >= d->code_start && pc < d->code_end;
}

/* Lets the interrupted code go on in fn, as if it had been called there. */
static void land(ucontext_t *uc, void (*fn)(void), bool emergency)
{
    uint64_t sp = emergency ? (uint64_t)(uintptr_t)emergency_stack + sizeof(emergency_stack)
                            : (uint64_t)uc->uc_mcontext.gregs[REG_RSP] - RED_ZONE_BYTES;

    sp = (sp & ~15ull) - 8; /* as after a call: fn never returns to it */
    *(uint64_t *)(uintptr_t)sp = 0;
    uc->uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)fn;
    uc->uc_mcontext.gregs[REG_EFL] &= ~0x400ll; /* string instructions go upwards */
}

/* Of somebody else's frame: between its variables ASan sees nothing that may be read. */
static __attribute__((no_sanitize("address"))) uint64_t stack_word(uint64_t at)
{
    return *(const volatile uint64_t *)(uintptr_t)at;
}

/* One of the linker's stubs (.plt), through which the driver calls: no line of its source is there. */
static bool in_stub(uint64_t pc)
{
    static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
    const uint8_t *at = (const uint8_t *)(uintptr_t)pc;

    if (!pc_in_driver(pc))
        return false;
    if (memcmp(at, endbr, sizeof(endbr)) == 0)
        at += sizeof(endbr);
    at += *at == 0xf2;                     /* bnd */
    return at[0] == 0xff && at[1] == 0x25; /* jmp *place(%rip) */
}

static void note(const ucontext_t *uc, int sig, const siginfo_t *info)
{
    fault.signal = sig;
    fault.pc = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
    fault.frame = (uint64_t)uc->uc_mcontext.gregs[REG_RBP];
    fault.address = sig == SIGSEGV || sig == SIGBUS ? (uint64_t)(uintptr_t)info->si_addr : fault.pc;
    fault.write = (uc->uc_mcontext.gregs[REG_ERR] & 2) != 0;
    /* A call into nothing, or a leaf without a frame (ASan's check of a wild pointer): the caller's
     * address was pushed a moment ago. */
    if (fault.overflow || (pc_in_driver(fault.pc) && !in_stub(fault.pc)))
        return;
    for (unsigned i = 0; i < LEAF_WORDS; i++) {
        uint64_t word, at = (uint64_t)uc->uc_mcontext.gregs[REG_RSP] + 8 * i;

        if (at >= fault.frame)
            return;
        word = stack_word(at);
        if (pc_in_driver(word)) {
            fault.pc = word - 1;
            return;
        }
    }
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    const void *low, *high;
    uint64_t sp = (uint64_t)uc->uc_mcontext.gregs[REG_RSP];

    if (!fault.machine || !sched_is_running(fault.machine->s))
        ours("a fault outside a run");
    if (fault.busy)
        ours("a fault while it dealt with another");
    fault.busy = true;
    sched_stack(fault.machine->s, &low, &high);
    fault.overflow =
        sp < (uint64_t)(uintptr_t)low + RED_ZONE_BYTES + 512 || sp > (uint64_t)(uintptr_t)high;
    note(uc, sig, info);
    land(uc, fault_landed, fault.overflow);
}

static void on_clock(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct itimerval again = { .it_value.tv_usec = WATCH_AGAIN_US };

    if (!fault.machine || !sched_is_running(fault.machine->s))
        return;
    if (!pc_in_driver((uint64_t)uc->uc_mcontext.gregs[REG_RIP])) {
        if (++fault.tries > WATCH_TRIES) {
            put_line("dmacheck: the CPU time of one run is used up\n");
            _exit(DM_BUDGET);
        }
        setitimer(ITIMER_VIRTUAL, &again, NULL);
        return;
    }
    fault.overflow = false;
    note(uc, sig, info);
    land(uc, clock_landed, false);
}

/* --- installing --- */

static void catch (int sig, void (*fn)(int, siginfo_t *, void *))
{
    struct sigaction a = { .sa_sigaction = fn, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

    sigemptyset(&a.sa_mask);
    must(sigaction(sig, &a, NULL) == 0);
}

void survive_install(void)
{
    static bool done; /* of the process, not of a machine */
    stack_t stack = { .ss_sp = signal_stack, .ss_size = sizeof(signal_stack) };

    if (done)
        return;
    done = true;
    must(sigaltstack(&stack, NULL) == 0);
    catch (SIGSEGV, on_fault);
    catch (SIGBUS, on_fault);
    catch (SIGFPE, on_fault);
    catch (SIGILL, on_fault);
    catch (SIGTRAP, on_fault);
    catch (SIGVTALRM, on_clock);
    seh_unhandled = unhandled;
    sanitizer_install();
}

void survive_enter(struct dm_machine *m)
{
    fault.machine = m;
    fault.busy = false;
    fault.tries = 0;
    sanitizer_enter(m);
}

void dm_watchdog(unsigned cpu_seconds)
{
    struct itimerval t = { .it_value.tv_sec = cpu_seconds };

    setitimer(ITIMER_VIRTUAL, &t, NULL);
}
