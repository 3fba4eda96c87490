/*
 * The switch saves what the System V ABI says a callee must keep, and nothing else: 16 instructions.
 */
#include "sim/core/fiber.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/asan.h"
#include "base/must.h"

/* A frame that is larger steps over it unseen; nothing is spent on it but addresses. */
#define GUARD_BYTES (1u << 20)

#if ASAN_THERE
#include <pthread.h>
#endif

#ifndef __x86_64__
#error "dmacheck's fibers are written for x86-64"
#endif

void fiber_swap(void **save, void *load);
void fiber_start(void);

__asm__(".text\n"
        ".globl fiber_swap\n.hidden fiber_swap\n.type fiber_swap,@function\n"
        "fiber_swap:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size fiber_swap,.-fiber_swap\n"
        /* A new fiber's first return lands here: r12 = entry, r13 = arg. rbp is 0, which ends every
         * walk over its frames. */
        ".globl fiber_start\n.hidden fiber_start\n.type fiber_start,@function\n"
        "fiber_start:\n"
        "  movq %r12, %rdi\n  movq %r13, %rsi\n"
        "  call fiber_main\n"
        "  ud2\n"
        ".size fiber_start,.-fiber_start\n");

__attribute__((used)) void fiber_main(void (*entry)(void *), void *arg);

void fiber_main(void (*entry)(void *), void *arg)
{
#if ASAN_THERE
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
    entry(arg);
    must(!"a fiber's entry never returns");
}

void fiber_make(struct fiber *f, char *low, char *high, void (*entry)(void *), void *arg)
{
    uint64_t *sp = (uint64_t *)((uintptr_t)high & ~(uintptr_t)15);

#if ASAN_THERE
    /* Frames of a run that was cut off may have left their redzones here. */
    __asan_unpoison_memory_region(low, (size_t)(high - low));
#endif
    *--sp = 0; /* keeps the stack aligned at fiber_main's entry */
    *--sp = 0;
    *--sp = (uint64_t)fiber_start;
    *--sp = 0;               /* rbp */
    *--sp = 0;               /* rbx */
    *--sp = (uint64_t)entry; /* r12 */
    *--sp = (uint64_t)arg;   /* r13 */
    *--sp = 0;
    *--sp = 0;
    f->sp = sp;
    f->low = low;
    f->high = high;
    f->fake = NULL;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
#if ASAN_THERE
    const void *low = to->low;
    size_t bytes = (size_t)(to->high - to->low);

    if (!low) { /* the host's stack: ask once, the answer never changes */
        static const void *host_low;
        static size_t host_bytes;

        if (!host_low) {
            pthread_attr_t attr;
            void *base;

            must(pthread_getattr_np(pthread_self(), &attr) == 0);
            must(pthread_attr_getstack(&attr, &base, &host_bytes) == 0);
            pthread_attr_destroy(&attr);
            host_low = base;
        }
        low = host_low;
        bytes = host_bytes;
    }
    __sanitizer_start_switch_fiber(&from->fake, low, bytes);
#endif
    fiber_swap(&from->sp, to->sp);
#if ASAN_THERE
    __sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
#endif
}

/* Free stacks, each with the next one's address in its lowest word. */
static char *stacks_free;

char *fiber_stack_alloc(void)
{
    char *low = stacks_free;

    if (low) {
        memcpy(&stacks_free, low, sizeof(stacks_free));
        return low;
    }
    low = mmap(NULL, FIBER_STACK_BYTES + GUARD_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(low != MAP_FAILED);
    must(mprotect(low, GUARD_BYTES, PROT_NONE) == 0);
    return low + GUARD_BYTES;
}

void fiber_stack_free(char *low)
{
    if (!low)
        return;
#if ASAN_THERE
    __asan_unpoison_memory_region(low, FIBER_STACK_BYTES);
#endif
    memcpy(low, &stacks_free, sizeof(stacks_free));
    stacks_free = low;
}
