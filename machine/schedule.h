/*
 * A schedule as one word: "S1:" and base32 of where a run's choices came from, the seed, and those
 * choices that differ from what that source gives (docs/replaying.md has every byte). It names the
 * order of things alone: driver, scenario, machine and injected faults are said beside it.
 */
#ifndef DMACHECK_MACHINE_SCHEDULE_H
#define DMACHECK_MACHINE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/dmacheck/machine.h"
#include "sim/core/choice.h"

#define SCHEDULE_TOKEN_MAX 200 /* characters of one that is typed; a longer one lies in a file */

struct schedule {
    bool seeded; /* choices are drawn by the seed; else they are plain */
    uint64_t seed;
    struct choice_record *changes;
    size_t change_count;
};

/* One more change, of a choice that has none yet. false: no memory. */
bool schedule_change(struct schedule *c, const struct choice_record *r);
/* More of them, as the options of a machine give them. 0, or negative with one line in message. */
int schedule_add(struct schedule *c, const struct dm_choice *changes, size_t count, char *message,
                 size_t message_size);
void schedule_free(struct schedule *c);

/* Its token, to be freed by the caller; NULL: no memory. Sorts the changes. */
char *schedule_token(struct schedule *c);
/* Reads a token, or the one in FILE out of "@FILE". 0, or negative with one line in message that says what is
 * wrong and where. */
int schedule_read(struct schedule *c, const char *text, char *message, size_t message_size);
/* From here on the machine draws its choices so. */
int schedule_apply(struct sim *s, const struct schedule *c);

#endif
