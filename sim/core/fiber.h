/*
 * Fibers: stacks of their own and a switch between them, nothing more. ASan is told of each switch.
 */
#ifndef DMACHECK_SIM_CORE_FIBER_H
#define DMACHECK_SIM_CORE_FIBER_H

#include <stddef.h>

struct fiber {
    void *sp;         /* saved stack pointer while it does not run */
    char *low, *high; /* stack bounds; both NULL for the host's own stack */
    void *fake;       /* ASan's fake stack while it does not run */
};

/* Prepares f to run entry(arg) on [low, high) when it is switched to for the first time. */
void fiber_make(struct fiber *f, char *low, char *high, void (*entry)(void *), void *arg);
void fiber_switch(struct fiber *from, struct fiber *to);
#define FIBER_STACK_BYTES (256u << 10)

/* A stack with guard pages below it, out of the process's store of them; one that was freed comes back
 * first, so a machine that comes and goes costs no system call. */
char *fiber_stack_alloc(void);
void fiber_stack_free(char *low); /* NULL: nothing */

#endif
