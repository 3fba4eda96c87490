/*
 * How far a reduction is, on stderr: a bar on a terminal, else a line every so many runs.
 */
#include "cli/shrink.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#define RUNS_A_LINE 500
#define RUNS_A_BAR 16 /* more often nobody sees */
#define BAR_COLUMNS 30

void shrink_progress_begin(struct shrink_progress *p)
{
    p->bar = !p->quiet && isatty(STDERR_FILENO);
    p->end = p->seconds ? (int64_t)time(NULL) + (int64_t)p->seconds : 0;
    dm_watchdog(SHRINK_CPU_SECONDS);
}

static void draw(const struct shrink_progress *p, const struct shrink_size *now, uint64_t runs)
{
    static const char done[] = "##############################",
                      left[] = "..............................";
    size_t rest = now->operations * BAR_COLUMNS / (p->before.operations + 1);

    _Static_assert(sizeof done == BAR_COLUMNS + 1 && sizeof left == sizeof done,
                   "as wide as the bar");
    fprintf(stderr, "\rdmacheck: [%.*s%.*s] %zu operations, %zu choices, %" PRIu64 " runs\033[K",
            (int)(BAR_COLUMNS - rest), done, (int)rest, left, now->operations, now->choices, runs);
}

bool shrink_progress_go_on(void *progress, const struct shrink_size *now, uint64_t runs)
{
    struct shrink_progress *p = progress;

    dm_watchdog(SHRINK_CPU_SECONDS); /* of the next run */
    if (p->bar && runs % RUNS_A_BAR == 0)
        draw(p, now, runs);
    else if (!p->bar && !p->quiet && runs % RUNS_A_LINE == 0)
        fprintf(stderr, "dmacheck: %" PRIu64 " runs: %zu operations, %zu choices\n", runs,
                now->operations, now->choices);
    return !p->end || (int64_t)time(NULL) < p->end;
}

void shrink_progress_end(const struct shrink_progress *p)
{
    dm_watchdog(0);
    if (p->bar)
        fputs("\r\033[K", stderr);
}
