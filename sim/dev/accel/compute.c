/*
 * What the accelerator computes: docs/devices/accel.md, "Arithmetic". The host's float is binary32 and
 * rounds to nearest; the build lets no compiler contract a product and a sum into one (-ffp-contract=off).
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "sim/dev/accel/step.h"

_Static_assert(sizeof(float) == 4 && FLT_MANT_DIG == 24 && FLT_EVAL_METHOD == 0,
               "float is binary32");

#define NAN_BITS 0x7fc00000u

static uint32_t element_load(const uint8_t *p, unsigned type, uint32_t i)
{
    uint32_t v;

    if (type == ACCEL_U8)
        return p[i];
    memcpy(&v, p + 4ull * i, 4);
    return v;
}

static void element_store(uint8_t *p, unsigned type, uint32_t i, uint32_t v)
{
    if (type == ACCEL_U8)
        p[i] = (uint8_t)v;
    else
        memcpy(p + 4ull * i, &v, 4);
}

static float float_of(uint32_t bits)
{
    float f;

    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t bits_of(float f)
{
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    return isnan(f) ? NAN_BITS : bits;
}

/* --- one operation; integers of both types are taken modulo what the store keeps --- */

static uint32_t add(unsigned type, uint32_t a, uint32_t b)
{
    return type == ACCEL_F32 ? bits_of(float_of(a) + float_of(b)) : a + b;
}

static uint32_t mul(unsigned type, uint32_t a, uint32_t b)
{
    return type == ACCEL_F32 ? bits_of(float_of(a) * float_of(b)) : a * b;
}

static uint32_t fma_bits(unsigned type, uint32_t a, uint32_t b, uint32_t c)
{
    return type == ACCEL_F32 ? bits_of(fmaf(float_of(a), float_of(b), float_of(c))) : a * b + c;
}

static bool less(unsigned type, uint32_t a, uint32_t b)
{
    return type == ACCEL_F32   ? float_of(a) < float_of(b)
           : type == ACCEL_I32 ? (int32_t)a < (int32_t)b
                               : a < b;
}

static bool equal(unsigned type, uint32_t a, uint32_t b)
{
    return type == ACCEL_F32 ? float_of(a) == float_of(b) : a == b;
}

static bool compare(unsigned type, unsigned comparison, uint32_t a, uint32_t b)
{
    switch (comparison) {
    case ACCEL_EQ:
        return equal(type, a, b);
    case ACCEL_NE:
        return !equal(type, a, b);
    case ACCEL_LT:
        return less(type, a, b);
    }
    return less(type, a, b) || equal(type, a, b);
}

/* -0 is less than +0, and a NaN wins. */
static uint32_t minimum(unsigned type, uint32_t a, uint32_t b)
{
    if (type == ACCEL_F32 && (isnan(float_of(a)) || isnan(float_of(b))))
        return NAN_BITS;
    if (type == ACCEL_F32 && float_of(a) == float_of(b))
        return signbit(float_of(a)) ? a : b;
    return less(type, b, a) ? b : a;
}

static uint32_t maximum(unsigned type, uint32_t a, uint32_t b)
{
    if (type == ACCEL_F32 && (isnan(float_of(a)) || isnan(float_of(b))))
        return NAN_BITS;
    if (type == ACCEL_F32 && float_of(a) == float_of(b))
        return signbit(float_of(a)) ? b : a;
    return less(type, a, b) ? b : a;
}

/* --- many --- */

void accel_elements(const struct accel_step *s, uint32_t count, uint8_t *out,
                    const uint8_t *const in[ACCEL_OPERANDS])
{
    unsigned t = s->type;

    if (s->opcode == ACCEL_COPY) {
        memcpy(out, in[ACCEL_A], (size_t)count * accel_element_bytes(s));
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t a = 0, b = 0, v = s->immediate;

        if (s->opcode != ACCEL_FILL) {
            a = element_load(in[ACCEL_A], t, i);
            b = element_load(in[ACCEL_B], t, i);
        }
        if (s->opcode == ACCEL_ADD)
            v = add(t, a, b);
        else if (s->opcode == ACCEL_MUL)
            v = mul(t, a, b);
        else if (s->opcode == ACCEL_FMA)
            v = fma_bits(t, a, b, element_load(in[ACCEL_C], t, i));
        else if (s->opcode == ACCEL_SELECT)
            v = element_load(in[compare(t, s->variant, a, b) ? ACCEL_C : ACCEL_D], t, i);
        element_store(out, t, i, v);
    }
}

void accel_reduce(const struct accel_step *s, uint32_t count, const uint8_t *in, bool first,
                  uint32_t *acc)
{
    if (first)
        *acc = element_load(in, s->type, 0);
    for (uint32_t i = first; i < count; i++) {
        uint32_t v = element_load(in, s->type, i);

        *acc = s->variant == ACCEL_SUM       ? add(s->type, *acc, v)
               : s->variant == ACCEL_MINIMUM ? minimum(s->type, *acc, v)
                                             : maximum(s->type, *acc, v);
    }
}

uint32_t accel_reduced(const struct accel_step *s, uint32_t acc)
{
    return s->type == ACCEL_F32 ? bits_of(float_of(acc)) : acc;
}

void accel_matmul(const struct accel_step *s, uint8_t *out, const uint8_t *a, const uint8_t *b,
                  const uint8_t *c)
{
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->count2; j++) {
            uint32_t acc = s->variant ? element_load(c, s->type, i * s->count2 + j) : 0;

            for (uint32_t k = 0; k < s->count3; k++)
                acc = fma_bits(s->type, element_load(a, s->type, i * s->count3 + k),
                               element_load(b, s->type, k * s->count2 + j), acc);
            element_store(out, s->type, i * s->count2 + j, acc);
        }
}

bool accel_gather(const struct accel_step *s, uint32_t count, uint8_t *out, const uint8_t *table,
                  const uint8_t *index)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = element_load(index, ACCEL_I32, i);

        if (at >= s->count2)
            return false;
        element_store(out, s->type, i, element_load(table, s->type, at));
    }
    return true;
}
