/*
 * A scenario's calls into the machine. On Windows each would go over to a stack of the kernel's: SYSTEM_CALL
 * says where that begins, so that what a run says depends on the call and not on how the scenario's code came
 * to it. A function that begins with it is SYSTEM_ENTRY: it has one body, which everybody calls.
 */
#ifndef DMACHECK_MACHINE_SYSTEM_H
#define DMACHECK_MACHINE_SYSTEM_H

#include "machine/private.h"

struct system_call { /* aligned, so that all frames below lie as they would elsewhere */
    _Alignas(64) struct sim *s;
    const void *before;
};

static inline void system_call_end(struct system_call *c) { sched_system_leave(c->s, c->before); }

#define SYSTEM_CALL(r)                                                                             \
    __attribute__((cleanup(system_call_end))) struct system_call call_ = { .s = (r)->s };          \
    call_.before = sched_system_enter((r)->s, &call_)

#ifdef __clang__
#define SYSTEM_ENTRY __attribute__((noinline))
#else
#define SYSTEM_ENTRY __attribute__((noipa))
#endif

#endif
