/*
 * What ASan sees becomes an event, and the run goes on. Drivers built with ASan, and our own code
 * in that configuration, go on after a report (-fsanitize-recover); the report's callback says the
 * event while ASan's text is thrown away. A report without driver code on the stack is a fault of
 * ours: its text is printed and the process ends. Without ASan this file is three empty functions.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/asan.h"
#include "machine/private.h"
#include "sim/core/bad_touch.h"

#if ASAN_THERE

static struct dm_machine *reporting; /* whose run is under way */
static int nowhere = -1;

const char *__asan_default_options(void);
void __ubsan_on_report(void);

/*
 * Signals are survive.c's. A fault of ours ends with 3, never with the 1 of a finding. Equal places
 * are reported again, since the next run must say what this one said.
 */
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
#ifdef DMACHECK_FUZZING /* nothing goes on there: the fuzzer keeps the input */
    return "halt_on_error=1:detect_leaks=0:handle_segv=1:allow_user_segv_handler=1:"
           "detect_stack_use_after_return=0:check_printf=0:quarantine_size_mb=4:"
           "thread_local_quarantine_size_kb=64:malloc_context_size=4";
#endif
    return "halt_on_error=0:suppress_equal_pcs=0:symbolize=1:exitcode=3:detect_leaks=0:"
           "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:use_sigaltstack=0:"
           "allow_user_segv_handler=1:detect_stack_use_after_return=0:intercept_tls_get_addr=0";
}

static void reports_to(int fd) { __sanitizer_set_report_fd((void *)(intptr_t)fd); }

/* UBSan's reports are about our own code and end the process: they are for the reader. */
__attribute__((visibility("default"))) void __ubsan_on_report(void) { reports_to(STDERR_FILENO); }

static enum bad_access what_of(const char *description)
{
    if (strstr(description, "stack"))
        return BAD_ACCESS_STACK;
    if (strstr(description, "global") || strstr(description, "odr"))
        return BAD_ACCESS_STATIC;
    return BAD_ACCESS_OTHER;
}

static uint32_t culprit(struct sim *s)
{
    const void *low, *high;

    sched_stack(s, &low, &high);
    return site_capture(s->depot, __asan_get_report_bp(), 0, low, high);
}

static void on_report(const char *text)
{
    struct sim *s = reporting ? reporting->s : NULL;
    uint32_t site = s && sched_is_running(s) ? culprit(s) : 0;

    if (site) {
        bad_touch_say(s, site,
                      &(struct touch_of_cpu) { __asan_get_report_address(),
                                               __asan_get_report_access_size(),
                                               __asan_get_report_access_type() },
                      what_of(__asan_get_report_description()));
        return;
    }
    if (s)
        fputs(text, stderr);
    fputs("dmacheck: the simulator failed: ASan found a fault in its own code\n", stderr);
    fflush(stderr);
    _exit(DM_INTERNAL);
}

void sanitizer_enter(struct dm_machine *m)
{
    reporting = m;
    if (nowhere < 0)
        nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    reports_to(m && nowhere >= 0 ? nowhere : STDERR_FILENO);
}

void sanitizer_stack(void *low, size_t bytes)
{
    __asan_unpoison_memory_region(low, bytes); /* what ran here before was cut off */
    __sanitizer_start_switch_fiber(NULL, low, bytes);
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
}

void sanitizer_install(void) { __asan_set_error_report_callback(on_report); }

#else

void sanitizer_enter(struct dm_machine *m) { (void)m; }
void sanitizer_install(void) {}

void sanitizer_stack(void *low, size_t bytes)
{
    (void)low;
    (void)bytes;
}

#endif
