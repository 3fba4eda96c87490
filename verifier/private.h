/*
 * What verify.c and finding.c know of each other, and nobody else.
 */
#ifndef DMACHECK_VERIFIER_PRIVATE_H
#define DMACHECK_VERIFIER_PRIVATE_H

#include "verifier/finding.h"
#include "verifier/track/track.h"

struct findings {
    struct finding *rows; /* room for FINDINGS_MAX, made at the first finding */
    unsigned count;
    uint64_t dropped;
    uint64_t *said; /* hash: rule << 32 | object, with the finding's index + 1 beside it */
    uint32_t *said_index;
    uint32_t said_count, said_mask;
    bool remapped;
    uint64_t seed;
    char profile[32];
};

int findings_create(struct findings *f);
void findings_destroy(struct findings *f);
void findings_reset(struct findings *f);
void findings_begin(struct findings *f, const char *profile, uint64_t seed, bool remapped);

struct track *verifier_track(struct verifier *v);
struct findings *verifier_findings(struct verifier *v);

#endif
