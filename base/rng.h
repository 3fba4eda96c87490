/*
 * The one mixing function. Every random-looking value of a run is made from the seed with it, so a
 * seed says everything (docs/design.md, "One seed, one run").
 */
#ifndef DMACHECK_BASE_RNG_H
#define DMACHECK_BASE_RNG_H

#include <stdint.h>

/* splitmix64's finaliser: a bijection of 64 bits in which each input bit reaches each output bit. */
static inline uint64_t rng_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* A value below bound (bound > 0), without a division. */
static inline uint32_t rng_below(uint64_t random, uint32_t bound)
{
    return (uint32_t)(((random >> 32) * bound) >> 32);
}

#endif
