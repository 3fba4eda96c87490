/*
 * The lanes of the accelerator: which step goes next, its bursts, and its buffers by page table.
 */
#include "sim/dev/accel/engine.h"

#include <string.h>

#define TILE_BYTES (4u * ACCEL_TILE_MAX * ACCEL_TILE_MAX)
_Static_assert(4 * TILE_BYTES <= ACCEL_GATHER_BYTES_MAX, "three tiles and their product");
#define OVERREAD_BYTES 64u

/* How much one burst moves of each operand: a choice takes the plain case or a shorter one. */
static const uint32_t burst_bytes[] = { ACCEL_BURST_BYTES, 1024, 64 };
#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))

/* --- buffers --- */

static bool page_access(struct dm_device *d, struct accel_engine *e, uint64_t entry,
                        uint32_t in_page, uint8_t *buf, uint32_t bytes, bool write)
{
    uint64_t at = (entry & ~(uint64_t)(ACCEL_PAGE_BYTES - 1)) + in_page;
    uint8_t trash[OVERREAD_BYTES];

    if (entry & ACCEL_PAGE_LOCAL) {
        uint8_t *local = dm_memory(d, at, bytes);

        memcpy(write ? local : buf, write ? buf : local, bytes);
        return true;
    }
    if (write) {
        e->wrote_to = at;
        e->wrote_bytes = bytes;
        memcpy(e->wrote, buf, bytes);
    }
    if (write ? !dm_bus_write(d, ACCEL_ENGINE, at, buf, bytes)
              : !dm_bus_read(d, ACCEL_ENGINE, at, buf, bytes)) {
        e->told.fault = ACCEL_FAULT_DMA_ABORT;
        e->told.address = at;
        return false;
    }
    if (e->overreads && !write)
        dm_bus_read(d, ACCEL_ENGINE, at + bytes, trash, sizeof trash);
    return true;
}

static bool space_access(struct dm_device *d, struct accel_engine *e, uint64_t ref, uint8_t *buf,
                         uint32_t bytes, bool write)
{
    const struct accel_buffer *b = &e->space.buffers[accel_ref_buffer(ref)];
    uint64_t at = b->first_byte + accel_ref_offset(ref);

    while (bytes) {
        uint32_t in_page = (uint32_t)(at % ACCEL_PAGE_BYTES), here = ACCEL_PAGE_BYTES - in_page;

        here = here < bytes ? here : bytes;
        if (!page_access(d, e, e->space.pages[b->first_page + at / ACCEL_PAGE_BYTES], in_page, buf,
                         here, write))
            return false;
        at += here;
        buf += here;
        bytes -= here;
    }
    return true;
}

/* --- one burst of each kind of step; n elements from lane->done on --- */

static bool operand_read(struct dm_device *d, struct accel_engine *e, const struct accel_lane *l,
                         unsigned operand, uint32_t element_bytes, uint32_t n)
{
    uint64_t ref = l->step.refs[operand] + (uint64_t)l->done * element_bytes;

    return space_access(d, e, ref, e->burst[operand], n * element_bytes, false);
}

static bool out_write(struct dm_device *d, struct accel_engine *e, const struct accel_lane *l,
                      uint32_t n)
{
    uint32_t element_bytes = accel_element_bytes(&l->step);
    uint64_t ref = l->step.refs[ACCEL_OUT] + (uint64_t)l->done * element_bytes;

    return space_access(d, e, ref, e->burst[ACCEL_OUT], n * element_bytes, true);
}

static bool elements_burst(struct dm_device *d, struct accel_engine *e, struct accel_lane *l,
                           uint32_t n)
{
    const uint8_t *in[ACCEL_OPERANDS];

    for (unsigned o = 0; o < ACCEL_OPERANDS; o++) {
        in[o] = e->burst[o];
        if (o != ACCEL_OUT && accel_operand_bytes(&l->step, o) &&
            !operand_read(d, e, l, o, accel_element_bytes(&l->step), n))
            return false;
    }
    accel_elements(&l->step, n, e->burst[ACCEL_OUT], in);
    return out_write(d, e, l, n);
}

static bool reduce_burst(struct dm_device *d, struct accel_engine *e, struct accel_lane *l,
                         uint32_t n)
{
    uint32_t element_bytes = accel_element_bytes(&l->step), result;

    if (!operand_read(d, e, l, ACCEL_A, element_bytes, n))
        return false;
    accel_reduce(&l->step, n, e->burst[ACCEL_A], l->done == 0, &l->acc);
    if (l->done + n < l->step.count)
        return true;
    result = accel_reduced(&l->step, l->acc);
    return space_access(d, e, l->step.refs[ACCEL_OUT], (uint8_t *)&result, element_bytes, true);
}

/* All of an operand into scratch memory. */
static bool scratch_read(struct dm_device *d, struct accel_engine *e, const struct accel_lane *l,
                         unsigned operand, uint8_t *to)
{
    return space_access(d, e, l->step.refs[operand], to,
                        (uint32_t)accel_operand_bytes(&l->step, operand), false);
}

static bool matmul_burst(struct dm_device *d, struct accel_engine *e, struct accel_lane *l)
{
    uint8_t *scratch = e->scratch[l->scratch];
    uint8_t *a = scratch, *b = a + TILE_BYTES, *c = b + TILE_BYTES, *out = c + TILE_BYTES;

    if (!scratch_read(d, e, l, ACCEL_A, a) || !scratch_read(d, e, l, ACCEL_B, b) ||
        !scratch_read(d, e, l, ACCEL_C, c))
        return false;
    accel_matmul(&l->step, out, a, b, c);
    return space_access(d, e, l->step.refs[ACCEL_OUT], out,
                        (uint32_t)accel_operand_bytes(&l->step, ACCEL_OUT), true);
}

static bool gather_burst(struct dm_device *d, struct accel_engine *e, struct accel_lane *l,
                         uint32_t n)
{
    uint8_t *table = e->scratch[l->scratch];

    if ((l->done == 0 && !scratch_read(d, e, l, ACCEL_A, table)) ||
        !operand_read(d, e, l, ACCEL_B, 4, n))
        return false;
    if (!accel_gather(&l->step, n, e->burst[ACCEL_OUT], table, e->burst[ACCEL_B])) {
        e->told.fault = ACCEL_FAULT_INDEX;
        return false;
    }
    return out_write(d, e, l, n);
}

static bool lane_burst(struct dm_device *d, struct accel_engine *e, struct accel_lane *l,
                       uint32_t *bytes)
{
    uint32_t element_bytes = l->step.opcode == ACCEL_GATHER ? 4 : accel_element_bytes(&l->step);
    uint32_t n = burst_bytes[dm_choice_step(d, COUNT(burst_bytes))] / element_bytes;
    bool done;

    n = n < l->step.count - l->done ? n : l->step.count - l->done;
    *bytes = 0;
    if (l->step.opcode == ACCEL_MATMUL) {
        n = l->step.count;
        for (unsigned o = 0; o < ACCEL_OPERANDS; o++)
            *bytes += (uint32_t)accel_operand_bytes(&l->step, o);
        done = matmul_burst(d, e, l);
    } else {
        for (unsigned o = 0; o < ACCEL_OPERANDS; o++)
            *bytes += accel_operand_bytes(&l->step, o) ? n * element_bytes : 0;
        done = l->step.opcode == ACCEL_REDUCE   ? reduce_burst(d, e, l, n)
               : l->step.opcode == ACCEL_GATHER ? gather_burst(d, e, l, n)
                                                : elements_burst(d, e, l, n);
    }
    l->done += n;
    return done;
}

/* --- the window --- */

void accel_engine_begin(struct accel_engine *e)
{
    for (unsigned i = 0; i < ACCEL_WINDOW; i++)
        e->lanes[i].used = false;
    e->steps_done = 0;
    e->told = (struct accel_told) { .step = ACCEL_NO_STEP };
    e->wrote_bytes = 0;
}

bool accel_engine_full(const struct accel_engine *e)
{
    for (unsigned i = 0; i < ACCEL_WINDOW; i++)
        if (!e->lanes[i].used)
            return false;
    return true;
}

bool accel_engine_empty(const struct accel_engine *e)
{
    for (unsigned i = 0; i < ACCEL_WINDOW; i++)
        if (e->lanes[i].used)
            return false;
    return true;
}

void accel_engine_add(struct accel_engine *e, const struct accel_step *s, uint32_t number)
{
    struct accel_lane *l = e->lanes;

    while (l->used)
        l++;
    l->used = true;
    l->running = false;
    l->number = number;
    l->done = 0;
    l->step = *s;
}

static bool lane_waits(const struct accel_engine *e, const struct accel_lane *l)
{
    for (const struct accel_lane *k = e->lanes; k < e->lanes + ACCEL_WINDOW; k++)
        if (k->used && k->number < l->number && accel_depends(&k->step, &l->step))
            return true;
    return false;
}

/* The first step in the window from this number on; NULL: none. */
static struct accel_lane *lane_from(struct accel_engine *e, uint32_t number)
{
    struct accel_lane *first = NULL;

    for (struct accel_lane *l = e->lanes; l < e->lanes + ACCEL_WINDOW; l++)
        if (l->used && l->number >= number && (!first || l->number < first->number))
            first = l;
    return first;
}

/* Lets those run that wait for none, while there are lanes; which are running, in program order. */
static unsigned lanes_start(struct accel_engine *e, struct accel_lane *running[ACCEL_LANES])
{
    unsigned count = 0, taken = 0;
    struct accel_lane *l;

    for (l = e->lanes; l < e->lanes + ACCEL_WINDOW; l++)
        if (l->used && l->running) {
            taken |= 1u << l->scratch;
            count++;
        }
    for (l = lane_from(e, 0); l && count < ACCEL_LANES; l = lane_from(e, l->number + 1))
        if (!l->running && !lane_waits(e, l)) {
            l->running = true;
            l->scratch = (unsigned)__builtin_ctz(~taken);
            taken |= 1u << l->scratch;
            count++;
        }
    count = 0;
    for (l = lane_from(e, 0); l; l = lane_from(e, l->number + 1))
        if (l->running)
            running[count++] = l;
    return count;
}

bool accel_engine_burst(struct dm_device *d, struct accel_engine *e, uint32_t *bytes)
{
    struct accel_lane *running[ACCEL_LANES], *l;
    unsigned count = lanes_start(e, running);

    l = running[count > 1 ? dm_choice_step(d, count) : 0];
    if (!lane_burst(d, e, l, bytes)) {
        e->told.step = l->number;
        return false;
    }
    if (l->done == l->step.count) {
        l->used = false;
        e->steps_done++;
    }
    return true;
}
