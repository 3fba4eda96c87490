/*
 * binary32 without a floating-point unit. A finite number is an integer times 2^-298, the product of the two
 * smallest subnormals; all sums of a product and a number are then exact in 640 bits and are rounded once.
 */
#include <stdbool.h>
#include <string.h>

#include "tests/accel/reference.h"

#define WORDS 10
#define UNIT 298 /* minus the exponent of bit 0 */
#define NAN_OUT 0x7fc00000u

struct wide {
    uint64_t word[WORDS];
};

static bool is_nan(uint32_t v) { return (v & 0x7fffffff) > 0x7f800000; }
static bool is_infinite(uint32_t v) { return (v & 0x7fffffff) == 0x7f800000; }
static bool is_zero(uint32_t v) { return (v & 0x7fffffff) == 0; }

/* The integer and the exponent of its lowest bit. */
static uint32_t fraction(uint32_t v, int *exponent)
{
    uint32_t e = v >> 23 & 255;

    *exponent = (e ? (int)e : 1) - 150;
    return (v & 0x7fffff) | (e ? 0x800000 : 0);
}

static struct wide wide_from(uint64_t value, int exponent)
{
    struct wide w = { { 0 } };
    unsigned at = (unsigned)(exponent + UNIT);

    w.word[at / 64] = value << at % 64;
    if (at % 64)
        w.word[at / 64 + 1] = value >> (64 - at % 64);
    return w;
}

static int wide_compare(const struct wide *x, const struct wide *y)
{
    for (int i = WORDS - 1; i >= 0; i--)
        if (x->word[i] != y->word[i])
            return x->word[i] < y->word[i] ? -1 : 1;
    return 0;
}

static struct wide wide_add(const struct wide *x, const struct wide *y)
{
    struct wide sum;
    unsigned __int128 carry = 0;

    for (int i = 0; i < WORDS; i++) {
        carry += (unsigned __int128)x->word[i] + y->word[i];
        sum.word[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return sum;
}

/* x is not less than y. */
static struct wide wide_subtract(const struct wide *x, const struct wide *y)
{
    struct wide rest;
    uint64_t borrow = 0;

    for (int i = 0; i < WORDS; i++) {
        rest.word[i] = x->word[i] - y->word[i] - borrow;
        borrow = x->word[i] < y->word[i] || (borrow && x->word[i] == y->word[i]);
    }
    return rest;
}

static bool wide_bit(const struct wide *w, int i) { return w->word[i / 64] >> i % 64 & 1; }

/* To nearest, ties to even; w is not zero. */
static uint32_t wide_round(const struct wide *w, bool negative)
{
    int top = WORDS * 64 - 1, low;
    uint32_t kept = 0, exponent;
    bool half, below = false;

    while (!wide_bit(w, top))
        top--;
    low = top - 23 > UNIT - 149 ? top - 23 : UNIT - 149; /* the lowest bit that a float keeps */
    for (int i = top; i >= low; i--)
        kept = kept << 1 | wide_bit(w, i);
    half = low > 0 && wide_bit(w, low - 1);
    for (int i = 0; i < low - 1 && !below; i++)
        below = wide_bit(w, i);
    kept += half && (below || (kept & 1));
    exponent = (uint32_t)(low - (UNIT - 149)); /* 0: subnormal, or the first of the normal ones */
    if (kept == 0x1000000) {
        kept >>= 1;
        exponent++;
    }
    if (exponent >= 254)
        return (uint32_t)negative << 31 | 0x7f800000;
    /* A leading bit at its place is what makes the exponent field one more than the shift. */
    return (uint32_t)negative << 31 | ((exponent << 23) + kept);
}

static uint32_t fma_special(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t sign = (a ^ b) & 0x80000000;

    if (is_nan(a) || is_nan(b) || is_nan(c))
        return NAN_OUT;
    if (is_infinite(a) || is_infinite(b)) {
        if (is_zero(a) || is_zero(b) || (is_infinite(c) && (c & 0x80000000) != sign))
            return NAN_OUT;
        return sign | 0x7f800000;
    }
    return c; /* which is the infinite one */
}

uint32_t reference_fma(uint32_t a, uint32_t b, uint32_t c)
{
    int ea, eb, ec, order;
    bool product_negative = (a ^ b) >> 31, negative = c >> 31;
    struct wide product, addend, exact;
    uint64_t factors, other;

    if ((a >> 23 & 255) == 255 || (b >> 23 & 255) == 255 || (c >> 23 & 255) == 255)
        return fma_special(a, b, c);
    factors = (uint64_t)fraction(a, &ea) * fraction(b, &eb);
    product = wide_from(factors, ea + eb);
    other = fraction(c, &ec);
    addend = wide_from(other, ec);
    order = wide_compare(&product, &addend);
    if (product_negative == negative)
        exact = wide_add(&product, &addend);
    else if (order == 0)
        return 0;
    else if (order > 0)
        exact = wide_subtract(&product, &addend);
    else
        exact = wide_subtract(&addend, &product);
    if (order > 0)
        negative = product_negative;
    for (int i = 0; i < WORDS; i++)
        if (exact.word[i])
            return wide_round(&exact, negative);
    return (uint32_t)negative << 31; /* both are zero, of one sign */
}
