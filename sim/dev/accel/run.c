/*
 * A run of the accelerator: its buffers and their page tables are read whole, then steps are fetched and
 * decoded in order and given to the engine, which carries them out.
 */
#include "sim/dev/accel/accel.h"

#define TABLE_BURST (ACCEL_BURST_BYTES / 8u) /* entries */

static void end(struct dm_device *d, enum accel_fault fault, uint64_t address)
{
    struct accel_told told = { .fault = fault, .step = ACCEL_NO_STEP, .address = address };

    accel_end(d, &told);
}

void accel_run_begin(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    const struct accel_command *c = &st->command;

    st->run.buffer = st->run.page = st->run.pages_before = 0;
    st->run.step = st->run.fetched_first = st->run.fetched_count = 0;
    st->run.decoded = (struct accel_told) { 0 };
    st->engine.space.count = c->buffers;
    st->engine.overreads = st->mode == HOSTILE_OVERREAD;
    if (c->count > ACCEL_STEPS_MAX || c->buffers > ACCEL_BUFFERS_MAX || c->address % 64 ||
        c->target % 32 || (c->flags & COMMAND_LOCAL)) {
        end(d, ACCEL_FAULT_COMMAND, 0);
        return;
    }
    if (c->count)
        accel_claim(d, c->address, (uint64_t)c->count * sizeof(struct accel_step), true);
    accel_after(d, c->buffers ? ACCEL_BUFFERS : ACCEL_STEPS, ACCEL_FETCH_NS);
}

/* --- buffers and page tables --- */

static bool buffer_fits(const struct accel_buffer_entry *b, uint32_t pages_before)
{
    return b->table % 8 == 0 && b->first_byte < ACCEL_PAGE_BYTES &&
           b->pages <= ACCEL_PAGES_MAX - pages_before && b->bytes <= ACCEL_BUFFER_BYTES_MAX &&
           b->first_byte + b->bytes <= (uint64_t)b->pages * ACCEL_PAGE_BYTES;
}

static void buffers_fetch(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_buffer_entry entries[ACCEL_BUFFERS_MAX];
    size_t bytes = st->command.buffers * sizeof *entries;
    uint32_t pages = 0;

    if (!dm_bus_read(d, ACCEL_ENGINE, st->command.target, entries, bytes)) {
        end(d, ACCEL_FAULT_DMA_ABORT, st->command.target);
        return;
    }
    accel_claim(d, st->command.target, bytes, true);
    for (uint32_t i = 0; i < st->command.buffers; i++) {
        const struct accel_buffer_entry *b = &entries[i];

        if (!buffer_fits(b, pages)) {
            end(d, ACCEL_FAULT_COMMAND, 0);
            return;
        }
        st->engine.space.buffers[i] =
            (struct accel_buffer) { b->bytes, pages, b->pages, b->first_byte };
        st->run.tables[i] = b->table;
        if (b->pages)
            accel_claim(d, b->table, b->pages * 8ull, true);
        pages += b->pages;
    }
    accel_after(d, ACCEL_TABLES, ACCEL_FETCH_NS);
}

/* The bytes of the buffer that lie in this page are the run's, to read, to write, or both. */
static bool page_take(struct dm_device *d, const struct accel_buffer *b, uint32_t page)
{
    struct accel *st = dm_state(d);
    uint64_t entry = st->engine.space.pages[b->first_page + page];
    uint64_t at = entry & ~(uint64_t)(ACCEL_PAGE_BYTES - 1);
    uint64_t from = page ? 0 : b->first_byte;
    uint64_t until = b->first_byte + b->bytes - (uint64_t)page * ACCEL_PAGE_BYTES;

    until = until < ACCEL_PAGE_BYTES ? until : ACCEL_PAGE_BYTES;
    if ((uint64_t)page * ACCEL_PAGE_BYTES >= b->first_byte + b->bytes || from >= until)
        return true; /* nothing of the buffer is in it */
    if (entry & ACCEL_PAGE_LOCAL)
        return accel_local_holds(st, at, ACCEL_PAGE_BYTES);
    if (entry & ACCEL_PAGE_READ)
        accel_claim(d, at + from, until - from, true);
    if (entry & ACCEL_PAGE_WRITE)
        accel_claim(d, at + from, until - from, false);
    return true;
}

static void tables_fetch(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_run *r = &st->run;
    const struct accel_buffer *b = &st->engine.space.buffers[r->buffer];
    uint32_t left = b->pages - r->page, count = left < TABLE_BURST ? left : TABLE_BURST;
    uint64_t at = r->tables[r->buffer] + r->page * 8ull;

    if (count && !dm_bus_read(d, ACCEL_ENGINE, at, &st->engine.space.pages[b->first_page + r->page],
                              count * 8ull)) {
        end(d, ACCEL_FAULT_DMA_ABORT, at);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!page_take(d, b, r->page + i)) {
            end(d, ACCEL_FAULT_COMMAND, 0);
            return;
        }
    r->page += count;
    if (r->page == b->pages) {
        r->buffer++;
        r->page = 0;
    }
    accel_after(d, r->buffer < st->command.buffers ? ACCEL_TABLES : ACCEL_STEPS,
                ACCEL_FETCH_NS + count * 8 / ACCEL_BYTES_PER_NS);
}

/* --- steps --- */

/* false: memory refused them. */
static bool steps_fetch(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_run *r = &st->run;
    uint32_t left = st->command.count - r->step;
    uint64_t at = st->command.address + (uint64_t)r->step * sizeof *r->fetched;

    r->fetched_first = r->step;
    r->fetched_count = left < st->prefetch ? left : st->prefetch;
    if (dm_bus_read(d, ACCEL_ENGINE, at, r->fetched, r->fetched_count * sizeof *r->fetched))
        return true;
    r->fetched_count = 0;
    r->decoded = (struct accel_told) { ACCEL_FAULT_DMA_ABORT, ACCEL_NO_STEP, at };
    return false;
}

/* Decodes what is fetched and fits into the window. */
static void steps_decode(struct accel *st)
{
    struct accel_run *r = &st->run;

    while (r->step < r->fetched_first + r->fetched_count && !accel_engine_full(&st->engine)) {
        const struct accel_step *s = &r->fetched[r->step - r->fetched_first];
        enum accel_fault fault = accel_check(s, &st->engine.space);

        if (fault) {
            r->decoded = (struct accel_told) { .fault = fault, .step = r->step };
            return;
        }
        accel_engine_add(&st->engine, s, r->step++);
    }
}

static bool steps_are_left(const struct accel *st)
{
    return !st->run.decoded.fault && st->run.step < st->command.count;
}

/* Fetches if there is nothing to decode, decodes, and carries out one burst. */
static void steps_work(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_run *r = &st->run;
    uint64_t delay_ns = 0;
    uint32_t bytes;

    if (steps_are_left(st) && r->step == r->fetched_first + r->fetched_count &&
        !accel_engine_full(&st->engine)) {
        steps_fetch(d);
        delay_ns = ACCEL_FETCH_NS;
    }
    if (!r->decoded.fault)
        steps_decode(st);
    if (st->mode == HOSTILE_EARLY && r->step == st->command.count)
        accel_tell_early(d);
    if (!accel_engine_empty(&st->engine)) {
        if (!accel_engine_burst(d, &st->engine, &bytes)) {
            accel_end(d, &st->engine.told);
            return;
        }
        delay_ns += ACCEL_STEP_NS + bytes / ACCEL_BYTES_PER_NS;
    }
    if (accel_engine_empty(&st->engine) && !steps_are_left(st))
        accel_end(d, &r->decoded);
    else
        accel_after(d, ACCEL_STEPS, delay_ns);
}

void accel_run_work(struct dm_device *d)
{
    const struct accel *st = dm_state(d);

    if (st->state == ACCEL_BUFFERS)
        buffers_fetch(d);
    else if (st->state == ACCEL_TABLES)
        tables_fetch(d);
    else
        steps_work(d);
}
