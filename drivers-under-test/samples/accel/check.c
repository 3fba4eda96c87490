/*
 * Whether a step may be carried out: what the card's manual has under "Checks", in its order, so
 * that the reason is the fault that the card would have latched. Nothing here is taken on trust:
 * all sums are of 64-bit numbers that have been bounded before.
 */
#include "accel.h"

/* How many operands an opcode has, the output among them; a product that is added to has one more.
 * */
static const UCHAR OperandCount[] = {
    0, 2 /* COPY */, 1 /* FILL */, 3 /* ADD */, 3 /* MUL */, 4 /* FMA */, 2 /* REDUCE */,
    5 /* SELECT */, 3 /* MATMUL */, 3 /* GATHER */
};

/* Sizes of a step whose opcode is known. Counts are of 32 bits and elements of 4 bytes at most, and
 * a product's sides have been bounded (AccelCountsFit), so none of these runs over. */
ULONG AccelOperands(const ACCEL_STEP *Step, ACCEL_OPERAND Operands[ACCEL_OPERANDS_MAX])
{
    ULONG element = Step->Type == ACCEL_U8 ? 1 : 4;
    ULONG count = OperandCount[Step->Opcode], i;
    ULONGLONG rows = Step->Count, columns = Step->Count2, depth = Step->Count3;

    if (Step->Opcode == ACCEL_MATMUL && Step->Variant == ACCEL_PRODUCT_ADDED)
        count++;
    for (i = 0; i < count; i++) {
        Operands[i].Bytes = rows * element;
        Operands[i].Alignment = element;
    }
    switch (Step->Opcode) {
    case ACCEL_REDUCE:
        Operands[0].Bytes = element;
        break;
    case ACCEL_GATHER:
        Operands[1].Bytes = columns * element;
        Operands[2].Bytes = rows * sizeof(ULONG);
        Operands[2].Alignment = sizeof(ULONG);
        break;
    case ACCEL_MATMUL:
        Operands[0].Bytes = rows * columns * element;
        Operands[1].Bytes = rows * depth * element;
        Operands[2].Bytes = depth * columns * element;
        if (count == 4)
            Operands[3].Bytes = Operands[0].Bytes;
        break;
    }
    return count;
}

static BOOLEAN AccelVariantKnown(const ACCEL_STEP *Step)
{
    switch (Step->Opcode) {
    case ACCEL_REDUCE:
        return Step->Variant < ACCEL_REDUCTIONS;
    case ACCEL_SELECT:
        return Step->Variant < ACCEL_COMPARISONS;
    case ACCEL_MATMUL:
        return Step->Variant < ACCEL_PRODUCTS;
    default:
        return Step->Variant == 0;
    }
}

/* In front of all else: nothing is multiplied before its sides are known to be short. */
static BOOLEAN AccelCountsFit(const ACCEL_STEP *Step)
{
    if (Step->Opcode == ACCEL_MATMUL &&
        (Step->Count > ACCEL_TILE_SIDE || Step->Count2 - 1 >= ACCEL_TILE_SIDE ||
         Step->Count3 - 1 >= ACCEL_TILE_SIDE))
        return FALSE;
    return Step->Count != 0;
}

static BOOLEAN AccelSizesFit(const ACCEL_STEP *Step, const ACCEL_OPERAND *Operands, ULONG Count)
{
    ULONG i;

    for (i = 0; i < Count; i++) {
        if (Operands[i].Bytes == 0 || Operands[i].Bytes > ACCEL_OPERAND_BYTES)
            return FALSE;
    }
    return Step->Opcode != ACCEL_GATHER || Operands[1].Bytes <= ACCEL_GATHER_BYTES;
}

/* A program's references are to its one buffer. */
static ULONG AccelReferenceCheck(ULONGLONG Reference, const ACCEL_OPERAND *Operand,
                                 ULONGLONG BufferBytes)
{
    ULONGLONG offset = ACCEL_REFERENCE_OFFSET(Reference);

    if (offset % Operand->Alignment != 0)
        return ACCEL_FAULT_ALIGNMENT;
    if (ACCEL_REFERENCE_BUFFER(Reference) != 0 || offset > BufferBytes ||
        Operand->Bytes > BufferBytes - offset)
        return ACCEL_FAULT_REFERENCE;
    return ACCEL_FAULT_NONE;
}

/* An input may be the output itself where each element depends on no other of its own place. */
static BOOLEAN AccelMayBeOutput(const ACCEL_STEP *Step, ULONG Operand)
{
    switch (Step->Opcode) {
    case ACCEL_REDUCE:
    case ACCEL_GATHER:
        return FALSE;
    case ACCEL_MATMUL:
        return Operand == 3;
    default:
        return TRUE;
    }
}

/* Both ranges lie within the buffer. */
static BOOLEAN AccelOverlaps(const ACCEL_STEP *Step, ULONG Operand, const ACCEL_OPERAND *Operands)
{
    ULONGLONG out = Step->Out, in = *AccelReference((PACCEL_STEP)Step, Operand);

    if (in == out && AccelMayBeOutput(Step, Operand))
        return FALSE;
    return in < out + Operands[ACCEL_OUT].Bytes && out < in + Operands[Operand].Bytes;
}

ULONG AccelStepCheck(const ACCEL_STEP *Step, ULONGLONG BufferBytes)
{
    ACCEL_OPERAND operands[ACCEL_OPERANDS_MAX];
    ULONG count, fault, i;

    if (Step->Opcode < ACCEL_COPY || Step->Opcode > ACCEL_GATHER)
        return ACCEL_FAULT_OPCODE;
    if (Step->Type >= ACCEL_TYPES)
        return ACCEL_FAULT_TYPE;
    if (Step->Flags != 0 || !AccelVariantKnown(Step))
        return ACCEL_FAULT_VARIANT;
    if (!AccelCountsFit(Step))
        return ACCEL_FAULT_SIZE;
    count = AccelOperands(Step, operands);
    if (!AccelSizesFit(Step, operands, count))
        return ACCEL_FAULT_SIZE;
    for (i = 0; i < count; i++) {
        fault = AccelReferenceCheck(*AccelReference((PACCEL_STEP)Step, i), &operands[i], BufferBytes);
        if (fault != ACCEL_FAULT_NONE)
            return fault;
    }
    for (i = 1; i < count; i++) {
        if (AccelOverlaps(Step, i, operands))
            return ACCEL_FAULT_OVERLAP;
    }
    return ACCEL_FAULT_NONE;
}
