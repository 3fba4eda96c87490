/*
 * What the tests of memory share: a machine with one agent on it, and a way to see exceptions.
 */
#ifndef DMACHECK_TESTS_UNIT_NT_MM_H
#define DMACHECK_TESTS_UNIT_NT_MM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/core/seh.h"
#include "sim/nt/nt.h"

#define PROCESS OBJ_ID(OBJ_PROCESS, 7)

static struct event last[EV_COUNT];
static unsigned said[EV_COUNT];

static inline void hear(void *ctx, const struct event *e)
{
    (void)ctx;
    last[e->kind] = *e;
    said[e->kind]++;
}

static inline void on_machine(void (*fn)(void *))
{
    struct profile p;
    char message[200];
    struct sim *s;

    profile_default(&p);
    p.placement = MEMORY_SCATTERED;
    p.above_4g = true;
    s = sim_create(&p, message, sizeof message);
    assert_non_null(s);
    memset(said, 0, sizeof said);
    trace_attach(&s->trace, hear, NULL);
    assert_int_equal(sched_run(s, sched_thread(s, "test", fn, s, PROCESS, 8), true), SCHED_DONE);
    sim_destroy(s);
}

/* The exception that fn raises; 0: none. */
static __attribute__((noinline, unused)) NTSTATUS raised(void (*fn)(void *), void *ctx)
{
    struct seh_frame f;
    int k = ddk_seh_enter(&f, 1);

    if (k == 0) {
        fn(ctx);
        ddk_seh_leave(&f, 0);
        return 0;
    }
    if (k == 1)
        ddk_seh_verdict(&f, 1);
    return (NTSTATUS)f.code;
}

/* A bug check that was said since the last look; the machine goes on as if it had not been. */
static inline uint32_t bugcheck(struct sim *s)
{
    uint32_t code = said[EV_BUGCHECK] ? (uint32_t)last[EV_BUGCHECK].a[0] : 0;

    said[EV_BUGCHECK] = 0;
    s->bugcheck_code = 0;
    return code;
}

#define PA(v) ((PHYSICAL_ADDRESS) { .QuadPart = (LONGLONG)(v) })
#define EVERYWHERE PA(0), PA(INT64_MAX)

#endif
