/*
 * host.c: a tiny machine for the compiler's tests. It has the access door, structured exceptions,
 * a window of plain memory, user memory and device registers, and a trace sink. It loads the driver
 * that ddkcc made, runs its `test_main` twice with the statics restored in between, and prints what
 * it returned, or "?" and the two values if the second run differs from the first.
 */
#define _GNU_SOURCE
#include "sim/core/door.h"
#include "sim/core/image.h"
#include "sim/core/seh.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { PAGES = 8, WINDOW_BYTES = PAGES * DOOR_PAGE_BYTES };

/* Pages 0 and 1 are plain, 2 registers, 3 watched, 4 user memory, 5 watched next to 6 plain. */
static char *window;
static uint8_t flags[PAGES] = {0, 0, DOOR_MMIO, DOOR_WATCH, DOOR_USER, DOOR_WATCH, 0, 0};
static char log_text[65536];

static void note(const char *format, ...)
{
    size_t len = strlen(log_text);
    va_list args;

    va_start(args, format);
    vsnprintf(log_text + len, sizeof log_text - len, format, args);
    va_end(args);
}

static void mmio_load(uint64_t address, uint64_t bytes, void *pc)
{
    (void)pc;
    note("L%d+%d ", (int)(address - (uint64_t)(uintptr_t)window), (int)bytes);
    memset((void *)(uintptr_t)address, 0x5A, bytes);
}

static void mmio_store(uint64_t address, uint64_t bytes, void *pc)
{
    uint64_t value = 0;

    (void)pc;
    memcpy(&value, (void *)(uintptr_t)address, bytes < 8 ? bytes : 8);
    note("S%d+%d=%x ", (int)(address - (uint64_t)(uintptr_t)window), (int)bytes, (unsigned)value);
}

static void watch(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    (void)pc;
    note("%c%d+%d ", is_store ? 'w' : 'r', (int)(address - (uint64_t)(uintptr_t)window),
         (int)bytes);
}

static void user(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    uint64_t p[2] = {is_store, address};

    (void)pc, (void)bytes;
    seh_raise(0xC0000005u, 2, p);
}

/* Runs on the faulting stack in the place of the instruction that faulted. */
static void fault_entry(void)
{
    uint64_t p[2] = {0, 0};

    seh_raise(0xC0000005u, 2, p);
    printf("a fault was continued\n");
    fflush(stdout);
    _Exit(3);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;

    (void)number, (void)info;
    u->uc_mcontext.gregs[REG_RSP] = ((u->uc_mcontext.gregs[REG_RSP] - 128) & ~15LL) - 8;
    u->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)fault_entry;
}

static void catch_faults(void)
{
    static char stack[65536];
    stack_t where = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigaltstack(&where, NULL);
    sigaction(SIGSEGV, &action, NULL);
}

static void unhandled(const struct seh_record *record)
{
    printf("unhandled %08x\n", record->code);
    fflush(stdout);
    _Exit(3);
}

/* What tests call. */
void *host_window(void);
const char *host_log(void);
void host_raise(unsigned code);
void host_raise_with(unsigned code, unsigned long long a);
unsigned long long host_accesses(void);
int ddk_wpp_trace(const char *function, const char *file, int line, int level_known,
                  long long level, const char *flags_text, const char *format, ...);

void *host_window(void)
{
    return window;
}

const char *host_log(void)
{
    door_flush_pending();
    static char last[sizeof log_text];
    strcpy(last, log_text);
    log_text[0] = '\0';
    return last;
}

void host_raise(unsigned code)
{
    seh_raise(code, 0, NULL);
}

void host_raise_with(unsigned code, unsigned long long a)
{
    uint64_t p[1] = {a};

    seh_raise(code, 1, p);
}

unsigned long long host_accesses(void)
{
    return door_accesses();
}

int ddk_wpp_trace(const char *function, const char *file, int line, int level_known,
                  long long level, const char *flags_text, const char *format, ...)
{
    const char *base = strrchr(file, '/');

    note("[%s %s:%d %d %lld %s %s]", function, base ? base + 1 : file, line, level_known, level,
         flags_text, format);
    return 0;
}

static void must_have(const void *p, const char *what)
{
    if (p)
        return;
    fprintf(stderr, "host: %s\n", what);
    exit(2);
}

int main(int argc, char **argv)
{
    void *so = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    must_have(so, argc == 2 ? dlerror() : "usage: host DRIVER.so");
    const struct dmacheck_image *image = dlsym(so, "dmacheck_image");
    must_have(image, "no dmacheck_image");
    int (*test_main)(void) = (int (*)(void))dlsym(so, "test_main");
    must_have((void *)test_main, "no test_main");

    window = mmap(NULL, WINDOW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    door_reset();
    door_set_window((uint64_t)(uintptr_t)window, WINDOW_BYTES, flags);
    g_door.on_mmio_load = mmio_load;
    g_door.on_mmio_store = mmio_store;
    g_door.on_watch = watch;
    g_door.on_user = user;
    seh_unhandled = unhandled;
    catch_faults();

    char *data = malloc(image_data_bytes(image));
    must_have(data, "no memory");
    image_save(image, data);
    int first = test_main();
    image_restore(image, data);
    log_text[0] = '\0';
    memset(window, 0, WINDOW_BYTES);
    g_door.pending_bytes = 0;
    door_tick_at(UINT64_MAX);
    int second = test_main();
    if (*seh_current)
        printf("frames left on the chain\n");
    if (first == second)
        printf("%d\n", first);
    else
        printf("? %d then %d\n", first, second);
    free(data);
    return 0;
}
