/*
 * A recorded run's driver and machine, as its trace's header names them.
 */
#include "cli/recorded.h"

#include <stdlib.h>
#include <string.h>

int cli_recorded_driver(struct cli_driver *d, const struct trace_header *h, const char *other)
{
    const char *subject = *h->subject ? h->subject : h->driver;

    if (other)
        return cli_driver_find(d, other, 1, NULL);
    return cli_driver_find(d, subject, *h->bug ? atoi(h->bug) : 1, *h->mend ? h->mend : NULL);
}

void cli_recorded_options(struct dm_options *o, const struct trace_header *h)
{
    *o = (struct dm_options) {
        .profile = h->profile,
        .profile_text = *h->profile_text ? h->profile_text : NULL,
        .seed = h->seed,
        .verify = true,
        .races = h->races,
        .bugcheck_stops = h->bugcheck_stops,
        .steps_max = h->steps_max,
        .subject = *h->subject ? h->subject : NULL,
        .bug = *h->bug ? h->bug : NULL,
        .mend = *h->mend ? h->mend : NULL,
    };
}
