/*
 * The stack depot: each distinct call stack of driver code is kept once and named by a number, in
 * order of first sight, so that the number is the same in two runs. Frames are kept as module and
 * offset and turned into file:line only when somebody reads them (libdw, trace/symbol.c).
 */
#ifndef DMACHECK_TRACE_SITE_H
#define DMACHECK_TRACE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#define SITE_FRAMES_MAX 8
#define SITE_MODULES_MAX 16

struct site_module {
    uint64_t base, end; /* code range in this process; 0 when read from a trace */
    uint64_t load_bias; /* pc - load_bias = address in the file */
    char name[64];      /* printed name */
    char path[256];     /* the shared object, for symbols */
};

struct site_frame {
    uint16_t module; /* index + 1; 0 = empty */
    uint64_t offset; /* address in the module's file of the return address - 1 */
};

struct site_frame_text {
    char file[128];
    char function[64];
    uint32_t line; /* 0 = unknown */
};

struct site_depot;

struct site_depot *site_depot_create(void);
void site_depot_destroy(struct site_depot *d);
void site_depot_reset(struct site_depot *d); /* forgets stacks, keeps modules */
/* Registers a loaded shared object by an address within it. Returns its index or a negative err. */
int site_module_add(struct site_depot *d, const char *name, const char *path, const void *inside);
void site_module_remove(struct site_depot *d, int index);
void site_modules_clear(struct site_depot *d); /* all of them, and every stack */

/*
 * Captures the stack whose innermost frame pointer is frame (__builtin_frame_address(0)) and whose
 * pointers stay within [stack_low, stack_high): frames of registered modules only, innermost first,
 * stopping where the driver's frames end. pc, when not 0, is the innermost return address itself.
 * Returns the site's id, 0 when no driver frame was found.
 */
uint32_t site_capture(struct site_depot *d, const void *frame, uint64_t pc, const void *stack_low,
                      const void *stack_high);
/* A site read from a trace: frames as text. Returns its id. */
uint32_t site_add_text(struct site_depot *d, uint32_t id, const struct site_frame_text *frames,
                       unsigned count);

unsigned site_frame_count(const struct site_depot *d, uint32_t site);
/* Frame i (0 = innermost) as text; false when unknown. Slow the first time, then kept. */
bool site_frame_text(struct site_depot *d, uint32_t site, unsigned i, struct site_frame_text *out);
uint32_t site_count(const struct site_depot *d);

#endif
