/*
 * seh.c: the chain of __try frames, and raising. A filter is an expression in the middle of a
 * function whose callees are still on the stack. It is run there as Windows runs a filter funclet:
 * with that function's frame pointer, but the raiser's stack pointer. ddkcc builds such functions
 * so that no local is addressed through the stack pointer (no optimisation, a variable-sized
 * block), hence the filter's own calls grow the stack below the raiser and harm nothing.
 */
#include "sim/core/seh.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Values that ddk_seh_enter returns in the lowered function. 0: the body is about to run. */
enum { SEH_FILTER = 1, SEH_HANDLE = 2 };

enum { SEH_EXCEPT = 1, SEH_FINALLY = 2 };

#define STATUS_NONCONTINUABLE 0xC0000025u /* STATUS_NONCONTINUABLE_EXCEPTION */

enum { CONTEXT_BYTES = 1232 }; /* CONTEXT on x64 */

_Static_assert(sizeof(struct seh_frame) <= 24 * 8, "ddkcc/rt/prologue.h reserves this much");
_Static_assert(sizeof(struct seh_record) == 152, "EXCEPTION_RECORD on x64");

static struct seh_frame *first_chain;
struct seh_frame **seh_current = &first_chain;
void (*seh_unhandled)(const struct seh_record *record);
void (*seh_unwinding)(const struct seh_frame *target);

extern void __asan_unpoison_memory_region(const volatile void *, size_t) __attribute__((weak));

void seh_push(struct seh_frame *frame, int kind);
int seh_filter(const struct seh_context *at, struct seh_context *deep);
_Noreturn void seh_jump(const struct seh_context *at, int value);

#define SAVE(base)                                                                                 \
    "    movq %rbx, 0(" base ")\n    movq %rbp, 8(" base ")\n"                                     \
    "    movq %r12, 16(" base ")\n    movq %r13, 24(" base ")\n"                                   \
    "    movq %r14, 32(" base ")\n    movq %r15, 40(" base ")\n"                                   \
    "    leaq 8(%rsp), %rax\n    movq %rax, 48(" base ")\n"                                        \
    "    movq (%rsp), %rax\n    movq %rax, 56(" base ")\n"

#define LOAD                                                                                       \
    "    movq 0(%rdi), %rbx\n    movq 8(%rdi), %rbp\n"                                             \
    "    movq 16(%rdi), %r12\n    movq 24(%rdi), %r13\n"                                           \
    "    movq 32(%rdi), %r14\n    movq 40(%rdi), %r15\n"

__asm__(".text\n"
        ".globl ddk_seh_enter\n.type ddk_seh_enter, @function\n"
        "ddk_seh_enter:\n" SAVE(
            "%rdi") "    subq $8, %rsp\n    call seh_push\n    addq $8, %rsp\n"
                    "    xorl %eax, %eax\n    ret\n"
                    ".size ddk_seh_enter, .-ddk_seh_enter\n"
                    ".globl seh_jump\n.hidden seh_jump\n.type seh_jump, @function\n"
                    "seh_jump:\n" LOAD
                    "    movq 48(%rdi), %rsp\n    movl %esi, %eax\n    jmpq *56(%rdi)\n"
                    ".size seh_jump, .-seh_jump\n"
                    ".globl seh_filter\n.hidden seh_filter\n.type seh_filter, @function\n"
                    "seh_filter:\n" SAVE("%rsi") LOAD "    subq $128, %rsp\n    andq $-16, %rsp\n"
                                                      "    movl $1, %eax\n    jmpq *56(%rdi)\n"
                                                      ".size seh_filter, .-seh_filter\n");

__attribute__((used, visibility("hidden"))) void seh_push(struct seh_frame *frame, int kind)
{
    frame->kind = kind;
    frame->deep = NULL;
    frame->target = NULL;
    frame->pointers = NULL;
    frame->code = 0;
    frame->verdict = frame->abnormal = 0;
    frame->prev = *seh_current;
    *seh_current = frame;
}

bool seh_guarded(void)
{
    for (const struct seh_frame *f = *seh_current; f; f = f->prev)
        if (f->kind == SEH_EXCEPT && !f->deep)
            return true;
    return false;
}

void ddk_seh_leave(struct seh_frame *frame, int abnormal)
{
    *seh_current = frame->prev;
    frame->abnormal = abnormal;
}

/* The filter's value: back to the search, on the raiser's stack. */
void ddk_seh_verdict(struct seh_frame *frame, int verdict)
{
    frame->verdict = verdict;
    seh_jump(frame->deep, 1);
}

/*
 * Skipped frames leave ASan's marks on the stack, which are cleared from here up to the frame that
 * goes on. ASan's own way (__asan_handle_no_return) would clear the marks of living frames as well.
 */
static _Noreturn void go_to(struct seh_frame *frame)
{
    uint64_t here = (uint64_t)(uintptr_t)__builtin_frame_address(0);

    if (__asan_unpoison_memory_region && frame->at.rsp > here)
        __asan_unpoison_memory_region((void *)(uintptr_t)here, frame->at.rsp - here);
    seh_jump(&frame->at, SEH_HANDLE);
}

/* Searches whose stack is about to go (a filter raised, and someone took it) are over. */
static void forget_searches(const struct seh_frame *target)
{
    for (struct seh_frame *f = target->prev; f; f = f->prev)
        if (f->deep && (uint64_t)(uintptr_t)f->deep < target->at.rsp)
            f->deep = NULL;
}

/* Runs the next __finally on the way to `target`, or arrives. */
static _Noreturn void unwind(struct seh_frame *target)
{
    for (struct seh_frame *f = *seh_current; f && f != target; f = f->prev)
        if (f->kind == SEH_FINALLY) {
            *seh_current = f->prev;
            f->abnormal = 1;
            f->target = target;
            forget_searches(f);
            go_to(f);
        }
    forget_searches(target);
    *seh_current = target->prev;
    go_to(target);
}

/* The end of a __finally block: on with the unwinding, if one brought us here. */
void ddk_seh_resume(struct seh_frame *frame)
{
    if (frame->target)
        unwind(frame->target);
}

/* While `deep` is set the frame is being asked; an exception in its filter passes it by. */
static int ask(struct seh_frame *frame, struct seh_pointers *pointers)
{
    struct seh_context deep;

    frame->deep = &deep;
    frame->pointers = pointers;
    frame->code = pointers->record->code;
    seh_filter(&frame->at, &deep);
    frame->deep = NULL;
    frame->pointers = NULL;
    return frame->verdict;
}

void seh_raise_record(struct seh_record *record, void *context)
{
    _Alignas(16) char zeros[CONTEXT_BYTES] = { 0 };
    struct seh_pointers pointers = { record, context ? context : zeros };

    for (struct seh_frame *f = *seh_current; f; f = f->prev) {
        if (f->kind != SEH_EXCEPT || f->deep)
            continue;
        int verdict = ask(f, &pointers);
        if (verdict > 0) {
            if (seh_unwinding)
                seh_unwinding(f);
            unwind(f);
        }
        if (verdict < 0 && !(record->flags & SEH_NONCONTINUABLE))
            return;
        if (verdict < 0) {
            struct seh_record second = { .code = STATUS_NONCONTINUABLE,
                                         .flags = SEH_NONCONTINUABLE,
                                         .inner = record,
                                         .address = record->address };
            *seh_current = f->prev;
            seh_raise_record(&second, context);
        }
    }
    if (seh_unhandled)
        seh_unhandled(record);
    abort();
}

void seh_raise(uint32_t code, uint32_t parameters, const uint64_t *parameter)
{
    struct seh_record record = { .code = code, .address = __builtin_return_address(0) };

    if (parameters > SEH_PARAMETERS_MAX)
        parameters = SEH_PARAMETERS_MAX;
    record.parameters = parameters;
    if (parameters)
        memcpy(record.parameter, parameter, parameters * sizeof *parameter);
    seh_raise_record(&record, NULL);
}

uint32_t ddk_exception_code_in(struct seh_frame *frame) { return frame->code; }

void *ddk_exception_information_in(struct seh_frame *frame) { return frame->pointers; }

uint8_t ddk_abnormal_termination_in(struct seh_frame *frame) { return frame->abnormal != 0; }
