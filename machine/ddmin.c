/*
 * Zeller's ddmin: items are cut into chunks; one chunk alone may do, or all but some; then the chunks are
 * halved. What remains cannot lose any single item.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/shrink_private.h"

#define ALONE_CHUNKS 8 /* finer chunks are hardly ever enough by themselves */

struct search {
    size_t count;
    bool *gone, *trial;
    size_t *left, left_count; /* items that are still there */
    bool (*without)(void *ctx, const bool *gone);
    void *ctx;
};

/* Tries without the items left[from .. to), or without all others. */
static bool try_chunk(struct search *q, size_t from, size_t to, bool alone)
{
    size_t kept = 0;

    if (alone ? to - from == q->left_count : from == to)
        return false;
    memcpy(q->trial, q->gone, q->count * sizeof(*q->trial));
    for (size_t i = 0; i < q->left_count; i++)
        if ((i >= from && i < to) != alone)
            q->trial[q->left[i]] = true;
    if (!q->without(q->ctx, q->trial))
        return false;
    memcpy(q->gone, q->trial, q->count * sizeof(*q->trial));
    for (size_t i = 0; i < q->left_count; i++)
        if (!q->gone[q->left[i]])
            q->left[kept++] = q->left[i];
    q->left_count = kept;
    return true;
}

/* One chunk alone. */
static bool try_alone(struct search *q, size_t size)
{
    for (size_t end = q->left_count; end > 0; end = end > size ? end - size : 0)
        if (try_chunk(q, end > size ? end - size : 0, end, true))
            return true;
    return false;
}

/* Each chunk once, the last first: what comes late is needed least. What is taken away lies behind what is
 * still to be tried. */
static bool sweep(struct search *q, size_t size)
{
    bool smaller = false;

    for (size_t end = q->left_count; end > 0; end = end > size ? end - size : 0)
        smaller |= try_chunk(q, end > size ? end - size : 0, end, false);
    return smaller;
}

static void search(struct search *q)
{
    size_t size = q->left_count;

    if (try_chunk(q, 0, size, false)) /* without any */
        return;
    while (q->left_count > 1) {
        size = size > q->left_count ? q->left_count : size;
        if (size > 1)
            size = (size + 1) / 2;
        while (size > 1 && q->left_count / size < ALONE_CHUNKS && try_alone(q, size))
            size = (size + 1) / 2;
        if (!sweep(q, size) && size == 1)
            return;
    }
}

void ddmin(size_t count, bool *gone, bool (*without)(void *ctx, const bool *gone), void *ctx)
{
    struct search q = { .count = count, .gone = gone, .without = without, .ctx = ctx };

    if (!count)
        return;
    memset(gone, 0, count * sizeof(*gone));
    q.trial = malloc(count * sizeof(*q.trial));
    q.left = malloc(count * sizeof(*q.left));
    must(q.trial && q.left);
    for (size_t i = 0; i < count; i++)
        q.left[q.left_count++] = i;
    search(&q);
    free(q.trial);
    free(q.left);
}
