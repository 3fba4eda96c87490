/*
 * What a program's buffer holds at first: the patterns of the text form's `init`.
 */
#include <inttypes.h>
#include <string.h>

#include "base/rng.h"
#include "machine/program_parser.h"

static void element_put(struct parser *p, const struct range *r, uint64_t i, uint32_t bits)
{
    uint64_t bytes = text_type_bytes(r->type);

    memcpy(p->contents + r->offset + i * bytes, &bits, bytes);
}

static bool init_fill(struct parser *p, const struct range *r)
{
    uint32_t bits;

    if (!text_take_value(&p->t, r->type, &bits))
        return false;
    for (uint64_t i = 0; i < r->count; i++)
        element_put(p, r, i, bits);
    return true;
}

static bool init_values(struct parser *p, const struct range *r)
{
    uint64_t i = 0;
    uint32_t bits;

    do {
        if (i == r->count)
            return text_expected(&p->t, "at most %" PRIu64 " values", r->count);
        if (!text_take_value(&p->t, r->type, &bits))
            return false;
        element_put(p, r, i++, bits);
    } while (text_is(&p->t, ',') && text_take_char(&p->t, ','));
    return true;
}

static bool init_ramp(struct parser *p, const struct range *r)
{
    uint32_t first, step;
    float f, g;

    if (!text_take_value(&p->t, r->type, &first) || !text_take_value(&p->t, r->type, &step))
        return false;
    memcpy(&f, &first, sizeof f);
    memcpy(&g, &step, sizeof g);
    for (uint64_t i = 0; i < r->count; i++) {
        float v = (float)((double)f + (double)i * (double)g);
        uint32_t bits = first + (uint32_t)i * step;

        if (r->type == TEXT_F32)
            memcpy(&bits, &v, sizeof bits);
        element_put(p, r, i, bits);
    }
    return true;
}

enum { NOISE, BITS, INDEX };

static bool init_random(struct parser *p, const struct range *r, unsigned kind)
{
    uint64_t seed, below = 0;

    if (kind == INDEX && r->type != TEXT_I32)
        return text_expected(&p->t, "an i32 range for index");
    if (kind == INDEX && !text_take_number(&p->t, "a bound", 1, UINT32_MAX, &below))
        return false;
    if (!text_take_number(&p->t, "a seed", 0, UINT64_MAX, &seed))
        return false;
    for (uint64_t i = 0; i < r->count; i++) {
        uint64_t random = rng_mix(rng_mix(seed) + i);
        uint32_t bits = kind == INDEX ? rng_below(random, (uint32_t)below) : (uint32_t)random;
        float v = (float)((int32_t)(random >> 40) - (1 << 23)) / (float)(1 << 22); /* exact */

        if (kind == NOISE && r->type == TEXT_F32)
            memcpy(&bits, &v, sizeof bits);
        element_put(p, r, i, bits);
    }
    return true;
}

bool take_init(struct parser *p)
{
    static const char *const kinds[] = { "noise", "bits", "index", "fill", "values", "ramp", NULL };
    struct range *r;
    int kind;

    if (!take_range(p, &r) || (kind = text_take_one_of(&p->t, "a pattern", kinds)) < 0)
        return false;
    return kind <= INDEX ? init_random(p, r, (unsigned)kind)
           : kind == 3   ? init_fill(p, r)
           : kind == 4   ? init_values(p, r)
                         : init_ramp(p, r);
}
