/*
 * A machine with one accelerator and nothing else: what tests drive it with. The test is the driver; numbers
 * are those of docs/devices/accel.md.
 */
#ifndef TESTS_ACCEL_BENCH_H
#define TESTS_ACCEL_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/bus.h"
#include "sim/core/mem.h"
#include "sim/core/sched.h"

enum {
    ID = 0x000,
    ADDRESS_BITS = 0x008,
    LOCAL_BYTES = 0x00c,
    CONTROL = 0x040,
    STATUS = 0x044,
    RING_LOW = 0x048,
    RING_HIGH = 0x04c,
    ENTRIES = 0x050,
    PRODUCER = 0x054,
    CONSUMER = 0x058,
    ABORT = 0x05c,
    INT_STATUS = 0x060,
    PREFETCH = 0x064,
    FAULT = 0x068,
    FAULT_STEP = 0x06c,
    FAULT_ENTRY = 0x070,
    FAULT_ADDRESS = 0x074,
    STEPS_DONE = 0x07c,
    COMMANDS_DONE = 0x080,
    HOSTILE = 0xf00
};
enum { RUN = 1, IRQ = 2, RESET = 4 };
enum { BUSY = 1, STATUS_FAULT = 0x100, STATUS_RING = 0x200, STATUS_BUS = 0x400 };
enum { OP_RUN = 1, OP_IN, OP_OUT };
enum { FLAG_INTERRUPT = 1, FLAG_LOCAL = 2 };
enum { ENDED = 1, ENDED_FAULT = 2, ENDED_ABORTED = 4 };
enum { PAGE_R = 1, PAGE_W = 2, PAGE_LOCAL = 4, PAGE_RW = 3 };
enum { COPY = 1, FILL, ADD, MUL, FMA, REDUCE, SELECT, MATMUL, GATHER };
enum { U8, I32, F32 };
#define NO_STEP 0xffffffffu

struct command {
    uint32_t opcode, flags;
    uint64_t address;
    uint32_t count, buffers;
    uint64_t target, cookie;
    uint32_t steps_done, fault_step;
    uint64_t fault_address;
    uint32_t fault, status;
};

struct step {
    uint8_t opcode, type, variant, flags;
    uint32_t count, count2, count3;
    uint64_t out, a, b, c, d;
    uint32_t immediate, tag;
};

struct buffer_entry {
    uint64_t table, bytes;
    uint32_t pages, first_byte;
    uint64_t reserved;
};

struct element {
    uint64_t address;
    uint32_t bytes, reserved;
};

#define BENCH_RING 8u

struct memory { /* host address, and where the device finds it */
    uint8_t *p;
    uint64_t ba;
    uint32_t first; /* page of the machine */
};

struct bench {
    struct sim *s;
    struct dm_device *d;
    void *ctx;
    struct sched_intr intr;
    unsigned interrupts;
    struct memory ring, program, buffers, tables;
    uint32_t entry; /* next in the ring */
    uint32_t buffer_count;
    uint64_t table_bytes; /* of tables, that are taken */
};

static inline void wr(struct bench *b, unsigned reg, uint32_t value)
{
    bus_bar_write(b->d, 0, reg, value, 4);
}

static inline uint32_t rd(struct bench *b, unsigned reg)
{
    return (uint32_t)bus_bar_read(b->d, 0, reg, 4);
}

static inline void pause_us(struct bench *b, uint64_t us)
{
    sched_block(b->s, sched_now_ns(b->s) + us * 1000);
}

/* Whole pages whose frames follow one another (as a common buffer's do), or not (as a user's). */
static inline struct memory pages(struct bench *b, uint64_t bytes, bool together)
{
    struct memory m;
    uint32_t count = (uint32_t)((bytes + PAGE_BYTES - 1) >> PAGE_BITS);

    m.first = mem_pages_alloc_zeroed(b->s, together ? MEM_BELOW_4G : MEM_ANY, count ? count : 1);
    assert_int_not_equal(m.first, MEM_NONE);
    m.ba = mem_pfn(b->s, m.first) << PAGE_BITS;
    m.p = mem_system(m.first);
    return m;
}

static inline uint64_t page_address(struct bench *b, const struct memory *m, uint64_t page)
{
    return mem_pfn(b->s, m->first + (uint32_t)page) << PAGE_BITS;
}

/* Registers and ring as a driver sets them up in D0. */
static inline void bring_up(struct bench *b)
{
    memset(b->ring.p, 0, BENCH_RING * sizeof(struct command));
    b->entry = 0;
    wr(b, CONTROL, RESET);
    wr(b, RING_LOW, (uint32_t)b->ring.ba);
    wr(b, RING_HIGH, (uint32_t)(b->ring.ba >> 32));
    wr(b, ENTRIES, BENCH_RING);
    wr(b, CONTROL, RUN | IRQ);
}

static inline struct command *entry_at(struct bench *b, uint32_t index)
{
    return (struct command *)b->ring.p + index;
}

/* Into the ring, and the doorbell; its index. */
static inline uint32_t submit(struct bench *b, const struct command *c)
{
    uint32_t index = b->entry;

    *entry_at(b, index) = *c;
    b->entry = (index + 1) % BENCH_RING;
    wr(b, PRODUCER, b->entry);
    return index;
}

/* Until it has ended; false: it has not, in a second. */
static inline bool ended(struct bench *b, uint32_t index)
{
    for (unsigned i = 0; i < 1000000; i++) {
        if (entry_at(b, index)->status)
            return true;
        pause_us(b, 1);
    }
    return false;
}

/* One more buffer for the next runs: bytes of m from first_byte on. */
static inline void buffer_add(struct bench *b, const struct memory *m, uint64_t bytes,
                              uint32_t first_byte, uint64_t flags)
{
    struct buffer_entry *e = (struct buffer_entry *)b->buffers.p + b->buffer_count++;
    uint64_t *table = (uint64_t *)(b->tables.p + b->table_bytes);
    uint32_t count = (uint32_t)((first_byte + bytes + PAGE_BYTES - 1) >> PAGE_BITS);

    *e = (struct buffer_entry) { b->tables.ba + b->table_bytes, bytes, count, first_byte, 0 };
    for (uint32_t i = 0; i < count; i++)
        table[i] = (flags & PAGE_LOCAL ? (uint64_t)i << PAGE_BITS : page_address(b, m, i)) | flags;
    b->table_bytes += count * 8ull;
}

static inline void buffers_forget(struct bench *b)
{
    b->buffer_count = 0;
    b->table_bytes = 0;
}

static inline struct command run_command(struct bench *b, uint32_t steps)
{
    return (struct command) { .opcode = OP_RUN,
                              .flags = FLAG_INTERRUPT,
                              .address = b->program.ba,
                              .count = steps,
                              .buffers = b->buffer_count,
                              .target = b->buffers.ba };
}

/* Runs what is in the program's memory to its end; its record. */
static inline const struct command *run_steps(struct bench *b, uint32_t steps)
{
    struct command c = run_command(b, steps);
    uint32_t index = submit(b, &c);

    assert_true(ended(b, index));
    return entry_at(b, index);
}

/* --- a machine --- */

struct bench_job {
    void (*fn)(struct bench *);
    struct bench *b;
    uint32_t program_bytes;
};

static inline bool bench_isr(struct sim *s, void *ctx, uint32_t message)
{
    struct bench *b = ctx;

    (void)s;
    assert_int_equal(message, 0);
    b->interrupts++;
    return true;
}

static inline void bench_thread(void *ctx)
{
    struct bench_job *j = ctx;
    struct bench *b = j->b;

    b->intr = (struct sched_intr) { .fn = bench_isr, .ctx = b, .irql = 6, .cpu = -1 };
    sched_intr_connect(b->s, &b->intr);
    b->d->messages = 1;
    b->d->intr[0] = &b->intr;
    b->ring = pages(b, PAGE_BYTES, true);
    b->buffers = pages(b, PAGE_BYTES, true);
    b->tables = pages(b, 1u << 20, true);
    b->program = pages(b, j->program_bytes, true);
    bring_up(b);
    j->fn(b);
    wr(b, CONTROL, RESET);
    sched_intr_disconnect(b->s, &b->intr);
}

/* fn as a thread of a fresh machine with this model in it. */
static inline void on_machine(const char *model, uint64_t seed, uint32_t steps_max,
                              void (*fn)(struct bench *), void *ctx)
{
    struct profile p;
    char message[200];
    struct bench b = { .ctx = ctx };
    struct bench_job j = { fn, &b, steps_max * 64 };
    struct agent *a;

    profile_default(&p);
    p.logical_is_physical = true;
    b.s = sim_create(&p, message, sizeof message);
    assert_non_null(b.s);
    if (seed)
        choice_from_seed(b.s, seed);
    b.d = bus_plug(b.s, dm_device_model(model));
    assert_non_null(b.d);
    b.d->bus_master = true;
    a = sched_thread(b.s, "test", bench_thread, &j, 0, 8);
    assert_int_equal(sched_run(b.s, a, true), SCHED_DONE);
    sim_destroy(b.s);
}

#endif
