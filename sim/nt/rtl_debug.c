/*
 * What drivers print: DbgPrint and its kin, WPP traces, assertions. The text goes to a bounded log
 * of the machine and to whoever hooked nt_debug_print; it is never part of the result.
 */
#include <stdio.h>

#include "sim/core/seh.h"
#include "sim/nt/io.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define LINE_BYTES 512 /* DbgPrint's own limit: wdm/nf-wdm-dbgprint */
#define TRACE_BYTES 1024
#define STATUS_BREAKPOINT_CODE 0x80000003u
#define STATUS_ASSERTION_FAILURE_CODE 0xC0000420u
#define DEBUGGER_INACTIVE ((NTSTATUS)0xC0000354) /* STATUS_DEBUGGER_INACTIVE */

void (*nt_debug_print)(struct sim *s, const char *text);

void io_debug_text(struct sim *s, const char *text, size_t bytes)
{
    struct nt_io *io = s->nt->io;

    for (size_t i = 0; i < bytes; i++)
        io->debug_log[io->debug_written++ % IO_DEBUG_LOG_BYTES] = text[i];
    if (nt_debug_print)
        nt_debug_print(s, text);
}

size_t io_debug_log(struct sim *s, char *out, size_t out_bytes)
{
    const struct nt_io *io = s->nt->io;
    uint64_t n = min_u64(io->debug_written, IO_DEBUG_LOG_BYTES);

    if (!out_bytes)
        return 0;
    n = min_u64(n, out_bytes - 1);
    for (uint64_t i = 0; i < n; i++)
        out[i] = io->debug_log[(io->debug_written - n + i) % IO_DEBUG_LOG_BYTES];
    out[n] = 0;
    return (size_t)n;
}

static ULONG print(struct sim *s, const char *prefix, const char *format, va_list args)
{
    char line[LINE_BYTES];
    size_t at = strlen(prefix);

    if (at >= sizeof(line))
        at = sizeof(line) - 1;
    memcpy(line, prefix, at);
    line[at] = 0;
    if (crt_format8(line + at, sizeof(line) - at, format, args) < 0)
        snprintf(line + at, sizeof(line) - at, "(malformed format)\n");
    io_debug_text(s, line, strlen(line));
    return 0; /* STATUS_SUCCESS */
}

/*
 * DbgPrint: text for the debugger.
 *
 * Irql     <= DIRQL (Unicode conversions: PASSIVE_LEVEL)
 * Returns  STATUS_SUCCESS
 * Gap      no filter mask: everything is printed; floating point shows as '?', as it is not
 *          formatted in kernel code
 * Says     CALL (a0 = component, a1 = level), RETURN
 * Source   wdm/nf-wdm-dbgprint
 */
ULONG DbgPrint(PCSTR Format, ...)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_DbgPrint, 0, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, 0, 0);
    va_list args;

    va_start(args, Format);
    print(s, "", Format, args);
    va_end(args);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

ULONG DbgPrintReturnControlC(PCCH Format, ...)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_DbgPrint, 0, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, 0, 0);
    va_list args;

    va_start(args, Format);
    print(s, "", Format, args);
    va_end(args);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

/*
 * DbgPrintEx: text for the debugger, by component and level.
 *
 * Irql     <= DIRQL
 * Returns  STATUS_SUCCESS
 * Gap      as DbgPrint
 * Says     CALL (a0 = component, a1 = level), RETURN
 * Source   wdm/nf-wdm-dbgprintex
 */
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_DbgPrintEx, 0, ComponentId, Level, 0, 0);
    va_list args;

    va_start(args, Format);
    print(s, "", Format, args);
    va_end(args);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

/*
 * vDbgPrintEx: as DbgPrintEx, over a list of arguments.
 *
 * Irql     <= DIRQL
 * Returns  STATUS_SUCCESS
 * Gap      as DbgPrint
 * Says     CALL (a0 = component, a1 = level), RETURN
 * Source   wdm/nf-wdm-vdbgprintex
 */
ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_vDbgPrintEx, 0, ComponentId, Level, 0, 0);

    print(s, "", Format, arglist);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

/*
 * vDbgPrintExWithPrefix: as vDbgPrintEx, with a text in front.
 *
 * Irql     <= DIRQL
 * Returns  STATUS_SUCCESS
 * Gap      as DbgPrint
 * Says     CALL (a0 = component, a1 = level), RETURN
 * Source   wdm/nf-wdm-vdbgprintexwithprefix
 */
ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                            va_list arglist)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_vDbgPrintExWithPrefix, 0, ComponentId, Level, 0, 0);

    print(s, Prefix, Format, arglist);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

/* Filter states: everything is printed, and that cannot be changed (Gap). Source
 * wdm/nf-wdm-dbgsetdebugfilterstate */
NTSTATUS DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    (void)ComponentId;
    (void)Level;
    return TRUE;
}

NTSTATUS DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_DbgSetDebugFilterState, 0, ComponentId, Level, State, 0);

    call_end(&c, (uint32_t)STATUS_ACCESS_DENIED, 0, 0, 0);
    return STATUS_ACCESS_DENIED;
}

/*
 * A breakpoint is an exception, which some drivers catch to learn whether a debugger is there. Where
 * no frame could catch it the driver goes on, as when somebody at a debugger types `g`: drivers are
 * built checked here (DBG), and a checked driver may break wherever it likes.
 */
static void breakpoint(struct sim *s, uint64_t status)
{
    static const char text[] = "*** Breakpoint: no debugger is attached, the driver goes on\n";
    struct call c = call_begin(s, API_DbgBreakPoint, 0, status, 0, 0, 0);
    bool caught = *seh_head() != NULL;

    if (!caught)
        io_debug_text(s, text, strlen(text));
    call_end(&c, caught, 0, 0, 0);
    if (caught)
        seh_raise(STATUS_BREAKPOINT_CODE, 0, NULL);
}

/*
 * DbgBreakPoint: stops in the debugger.
 *
 * Irql     any
 * Returns  nothing
 * Gap      where no __try could catch it Windows without a debugger stops (0x7E); here it goes on
 * Says     CALL, RETURN (whether it is raised), EXCEPTION
 * Source   wdm/nf-wdm-dbgbreakpoint
 */
VOID DbgBreakPoint(VOID) { breakpoint(sim_now(), 0); }

VOID DbgBreakPointWithStatus(ULONG Status) { breakpoint(sim_now(), Status); }

VOID ddk_debugbreak(VOID) { breakpoint(sim_now(), 0); }

/* The two flags that drivers read before they break: nobody is there. */
static BOOLEAN debugger_enabled = FALSE, debugger_not_present = TRUE;
PBOOLEAN KdDebuggerEnabled = &debugger_enabled;
PBOOLEAN KdDebuggerNotPresent = &debugger_not_present;

BOOLEAN KdRefreshDebuggerNotPresent(VOID) { return TRUE; }

NTSTATUS KdDisableDebugger(VOID) { return DEBUGGER_INACTIVE; }

NTSTATUS KdEnableDebugger(VOID) { return DEBUGGER_INACTIVE; }

/*
 * A failed ASSERT of a checked driver: said and printed; the driver goes on, as when somebody at a
 * debugger ignores it. Source wdm/nf-wdm-assert
 */
VOID ddk_assert(PCSTR Text, PCSTR File, int Line)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ddk_assert, 0, (uint64_t)Line, 0, 0, 0);
    char line[LINE_BYTES];

    snprintf(line, sizeof(line), "*** Assertion failed: %s\n***   Source File: %s, line %d\n", Text,
             File, Line);
    io_debug_text(s, line, strlen(line));
    call_end(&c, STATUS_ASSERTION_FAILURE_CODE, 0, 0, 0);
}

/* PAGED_CODE: the API row's IRQL range is the check. Source kernel/paged-code */
VOID ddk_paged_code(PCSTR File, int Line)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ddk_paged_code, 0, (uint64_t)Line, sched_irql(s), File != NULL, 0);

    call_end(&c, 0, 0, 0, 0);
}

/* --- WPP: %!NAME! stands for a type of its own; the rest is the printf language --- */

struct wpp {
    char *out;
    size_t room, at;
    const char *function, *file;
    int line;
};

static void wpp_add(struct wpp *w, const char *text)
{
    size_t n = strlen(text);

    if (n >= w->room - w->at)
        n = w->room - w->at - 1;
    memcpy(w->out + w->at, text, n);
    w->at += n;
    w->out[w->at] = 0;
}

/* Text that takes no argument, with % doubled where it may hold one. */
static void wpp_literal(struct wpp *w, const char *text)
{
    char c[3] = { 0 };

    for (; *text; text++) {
        c[0] = *text;
        c[1] = *text == '%' ? '%' : 0;
        wpp_add(w, c);
    }
}

/*
 * One %!NAME!. Names that say where we are take no argument; the others stand for one argument,
 * whose printf type is put in their place. Source
 * devtest/what-are-the-wpp-extended-format-specification-strings
 */
static void wpp_name(struct wpp *w, const char *name, size_t length)
{
    static const struct {
        const char *name, *type;
    } types[] = {
        { "STATUS", "0x%08x" },   { "HRESULT", "0x%08x" }, { "WINERROR", "%u" },
        { "NTSTATUS", "0x%08x" }, { "bool", "%d" },        { "BOOLEAN", "%d" },
        { "ULONG", "%u" },        { "DWORD", "%u" },       { "LONG", "%d" },
        { "WORD", "%u" },         { "BYTE", "%u" },        { "irql", "%d" },
        { "pool", "%d" },         { "str", "%s" },         { "ARSTR", "%s" },
        { "ARWSTR", "%ws" },      { "USTR", "%wZ" },       { "ANSTR", "%Z" },
        { "I64D", "%I64d" },      { "I64U", "%I64u" },     { "I64X", "%I64x" },
        { "TIMESTAMP", "%p" },    { "sysctrl", "%d" },     { "IRP_MJ", "%d" },
    };
    char number[16];

    if (!strncmp(name, "FUNC", length)) {
        wpp_literal(w, w->function);
    } else if (!strncmp(name, "FILE", length)) {
        wpp_literal(w, w->file);
    } else if (!strncmp(name, "LINE", length)) {
        snprintf(number, sizeof(number), "%d", w->line);
        wpp_add(w, number);
    } else if (strncmp(name, "STDPREFIX", length) && strncmp(name, "SPACE", length)) {
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
            if (strlen(types[i].name) == length && !strncmp(name, types[i].name, length)) {
                wpp_add(w, types[i].type);
                return;
            }
        wpp_add(w, "%p"); /* a GUID, a dump, a name of the driver's own: the first word of it */
    }
}

static void wpp_format(struct wpp *w, const char *format)
{
    char c[2] = { 0 };

    for (; *format; format++) {
        const char *end = format[0] == '%' && format[1] == '!' ? strchr(format + 2, '!') : NULL;

        if (end) {
            wpp_name(w, format + 2, (size_t)(end - format - 2));
            format = end;
        } else {
            c[0] = *format;
            wpp_add(w, c);
        }
    }
}

/*
 * What ddkcc's generated trace macros call. A level of 0 to 255 where the macro has one.
 * Gap: %!HEXDUMP! and GUIDs show their address' place only, not their bytes.
 */
int ddk_wpp_trace(const char *function, const char *file, int line, int has_level, long long level,
                  const char *flags, const char *format, ...);
int ddk_wpp_trace(const char *function, const char *file, int line, int has_level, long long level,
                  const char *flags, const char *format, ...)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ddk_wpp_trace, 0, (uint64_t)line,
                               has_level ? (uint64_t)level : 0, flags && *flags, 0);
    char translated[TRACE_BYTES] = "", text[TRACE_BYTES];
    struct wpp w = { translated, sizeof(translated), 0, function, file, line };
    va_list args;
    int n;

    wpp_format(&w, format);
    va_start(args, format);
    n = crt_format8(text, sizeof(text) - 1, translated, args);
    va_end(args);
    if (n < 0)
        snprintf(text, sizeof(text) - 1, "%s: (malformed format)", function);
    strcat(text, "\n");
    io_debug_text(s, text, strlen(text));
    call_end(&c, 0, 0, 0, 0);
    return 0;
}
