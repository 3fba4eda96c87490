/*
 * Whether a step of the accelerator may be carried out, and before which others: docs/devices/accel.md,
 * "Checks, in this order" and "Order".
 */
#include "sim/dev/accel/step.h"

uint64_t accel_operand_bytes(const struct accel_step *s, enum accel_operand operand)
{
    static const unsigned inputs[ACCEL_OPCODES] = {
        [ACCEL_COPY] = 1,   [ACCEL_FILL] = 0,   [ACCEL_ADD] = 2,
        [ACCEL_MUL] = 2,    [ACCEL_FMA] = 3,    [ACCEL_REDUCE] = 1,
        [ACCEL_SELECT] = 4, [ACCEL_MATMUL] = 2, [ACCEL_GATHER] = 2
    };
    uint64_t element = accel_element_bytes(s), rows = s->count, columns = s->count2;

    if (operand > inputs[s->opcode] &&
        !(s->opcode == ACCEL_MATMUL && s->variant && operand == ACCEL_C))
        return 0;
    if (s->opcode == ACCEL_MATMUL)
        return operand == ACCEL_A   ? element * rows * s->count3
               : operand == ACCEL_B ? element * columns * s->count3
                                    : element * rows * columns;
    if (s->opcode == ACCEL_REDUCE && operand == ACCEL_OUT)
        return element;
    if (s->opcode == ACCEL_GATHER && operand == ACCEL_A)
        return element * columns;
    if (s->opcode == ACCEL_GATHER && operand == ACCEL_B)
        return 4ull * s->count;
    return element * s->count;
}

static bool variant_known(const struct accel_step *s)
{
    switch (s->opcode) {
    case ACCEL_REDUCE:
        return s->variant < ACCEL_REDUCTIONS;
    case ACCEL_SELECT:
        return s->variant < ACCEL_COMPARISONS;
    case ACCEL_MATMUL:
        return s->variant < 2;
    }
    return s->variant == 0;
}

static bool sizes_fit(const struct accel_step *s)
{
    if (s->count == 0)
        return false;
    if (s->opcode == ACCEL_MATMUL &&
        (s->count > ACCEL_TILE_MAX || s->count2 == 0 || s->count2 > ACCEL_TILE_MAX ||
         s->count3 == 0 || s->count3 > ACCEL_TILE_MAX))
        return false;
    if (s->opcode == ACCEL_GATHER &&
        (s->count2 == 0 || accel_operand_bytes(s, ACCEL_A) > ACCEL_GATHER_BYTES_MAX))
        return false;
    for (unsigned o = 0; o < ACCEL_OPERANDS; o++)
        if (accel_operand_bytes(s, o) > ACCEL_OPERAND_BYTES_MAX)
            return false;
    return true;
}

static enum accel_fault reference_check(const struct accel_step *s, unsigned operand,
                                        const struct accel_space *space)
{
    uint64_t ref = s->refs[operand], offset = accel_ref_offset(ref);
    uint64_t bytes = accel_operand_bytes(s, operand);
    uint64_t need = operand == ACCEL_OUT ? ACCEL_PAGE_WRITE : ACCEL_PAGE_READ;
    unsigned align = s->opcode == ACCEL_GATHER && operand == ACCEL_B ? 4 : accel_element_bytes(s);
    const struct accel_buffer *b;

    if (offset % align)
        return ACCEL_FAULT_ALIGNMENT;
    if (accel_ref_buffer(ref) >= space->count)
        return ACCEL_FAULT_REFERENCE;
    b = &space->buffers[accel_ref_buffer(ref)];
    if (offset > b->bytes || bytes > b->bytes - offset)
        return ACCEL_FAULT_REFERENCE;
    for (uint64_t page = (b->first_byte + offset) / ACCEL_PAGE_BYTES,
                  last = (b->first_byte + offset + bytes - 1) / ACCEL_PAGE_BYTES;
         page <= last; page++)
        if (!(space->pages[b->first_page + page] & need))
            return ACCEL_FAULT_REFERENCE;
    return ACCEL_FAULT_NONE;
}

static bool share_bytes(const struct accel_step *x, unsigned x_operand, const struct accel_step *y,
                        unsigned y_operand)
{
    uint64_t x_bytes = accel_operand_bytes(x, x_operand),
             y_bytes = accel_operand_bytes(y, y_operand);
    uint64_t x_at = x->refs[x_operand], y_at = y->refs[y_operand];

    /* The buffer's index stands above the offset, so that references compare as they are. */
    return x_bytes && y_bytes && (x_at < y_at ? y_at - x_at < x_bytes : x_at - y_at < y_bytes);
}

static bool overlap_allowed(const struct accel_step *s, unsigned operand)
{
    if (s->refs[operand] != s->refs[ACCEL_OUT])
        return false;
    switch (s->opcode) {
    case ACCEL_REDUCE:
    case ACCEL_GATHER:
        return false;
    case ACCEL_MATMUL:
        return operand == ACCEL_C;
    }
    return true;
}

enum accel_fault accel_check(const struct accel_step *s, const struct accel_space *space)
{
    if (s->opcode == 0 || s->opcode >= ACCEL_OPCODES)
        return ACCEL_FAULT_OPCODE;
    if (s->type >= ACCEL_TYPES)
        return ACCEL_FAULT_TYPE;
    if (s->flags || !variant_known(s))
        return ACCEL_FAULT_VARIANT;
    if (!sizes_fit(s))
        return ACCEL_FAULT_SIZE;
    for (unsigned o = 0; o < ACCEL_OPERANDS; o++) {
        enum accel_fault fault =
            accel_operand_bytes(s, o) ? reference_check(s, o, space) : ACCEL_FAULT_NONE;

        if (fault)
            return fault;
    }
    for (unsigned o = ACCEL_A; o < ACCEL_OPERANDS; o++)
        if (share_bytes(s, ACCEL_OUT, s, o) && !overlap_allowed(s, o))
            return ACCEL_FAULT_OVERLAP;
    return ACCEL_FAULT_NONE;
}

bool accel_depends(const struct accel_step *earlier, const struct accel_step *later)
{
    for (unsigned o = 0; o < ACCEL_OPERANDS; o++)
        if (share_bytes(earlier, ACCEL_OUT, later, o) || share_bytes(earlier, o, later, ACCEL_OUT))
            return true;
    return false;
}
