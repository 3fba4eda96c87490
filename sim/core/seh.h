/*
 * seh.h: structured exceptions for driver code. ddkcc lowers __try, __except, __finally and __leave
 * to a frame on the driver's stack and calls of the ddk_ functions below. Frames form a chain, one
 * chain for each fiber. Raising is Windows' two passes: filters run from the innermost frame
 * outward while the raiser's stack still stands, then __finally blocks run on the way to the frame
 * whose filter took the exception.
 */
#ifndef SIM_CORE_SEH_H
#define SIM_CORE_SEH_H

#include <stdbool.h>
#include <stdint.h>

enum { SEH_PARAMETERS_MAX = 15, SEH_NONCONTINUABLE = 1 };

/* Laid out as EXCEPTION_RECORD and EXCEPTION_POINTERS, since filters read them by those names. */
struct seh_record {
    uint32_t code, flags;
    struct seh_record *inner;
    void *address;
    uint32_t parameters;
    uint32_t unused;
    uint64_t parameter[SEH_PARAMETERS_MAX];
};

struct seh_pointers {
    struct seh_record *record;
    void *context;
};

/* What a callee keeps, its stack and where it goes on. seh.c's assembly knows the order. */
struct seh_context {
    uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

struct seh_frame {
    struct seh_context at;    /* the function that holds the __try */
    struct seh_context *deep; /* while its filter runs: where the search goes on */
    struct seh_frame *prev;
    struct seh_frame *target;      /* while unwinding: the frame that took the exception */
    struct seh_pointers *pointers; /* valid while the filter runs */
    uint32_t code;
    int kind, verdict, abnormal;
};

/* The running fiber's chain; the scheduler points it at the next fiber's head when it switches. */
extern struct seh_frame **seh_current;

static inline struct seh_frame **seh_head(void) { return seh_current; }

/* Whether some __except around the running code would be asked about an exception. */
bool seh_guarded(void);

/* No frame takes the exception: a bug check. Set by the runner; must not return. */
extern void (*seh_unhandled)(const struct seh_record *record);

/* About to leave all frames inside `target`, simulator's functions included. May be null. */
extern void (*seh_unwinding)(const struct seh_frame *target);

/*
 * Raises an exception in the running fiber. Returns only when a filter said to continue execution.
 * A fault handler calls it on the fiber's own stack, at least 128 bytes below the faulting stack
 * pointer. `context` is what GetExceptionInformation()->ContextRecord shows; null: zeros.
 */
void seh_raise(uint32_t code, uint32_t parameters, const uint64_t *parameter);
void seh_raise_record(struct seh_record *record, void *context);

/* What lowered code calls; ddkcc/rt/prologue.h declares them to the driver. */
int ddk_seh_enter(struct seh_frame *frame, int kind) __attribute__((returns_twice));
void ddk_seh_leave(struct seh_frame *frame, int abnormal);
void ddk_seh_verdict(struct seh_frame *frame, int verdict);
void ddk_seh_resume(struct seh_frame *frame);
uint32_t ddk_exception_code_in(struct seh_frame *frame);
void *ddk_exception_information_in(struct seh_frame *frame);
uint8_t ddk_abnormal_termination_in(struct seh_frame *frame);

#endif
