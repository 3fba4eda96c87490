/*
 * A search by several processes: each takes every n-th run and sends what it found through a pipe; the parent
 * puts it in the order of the runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "cli/explore.h"

int explore_in_jobs(const struct explore_verb *o, struct dm_driver *d, struct explore_sum *sum)
{
    explore_loop(o, d, 0, 1, sum);
    return 0;
}
