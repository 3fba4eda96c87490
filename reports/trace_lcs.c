/*
 * Myers' algorithm in linear space ("An O(ND) Difference Algorithm and Its Variations",
 * Algorithmica 1, 1986): the middle of a shortest edit script is found from both ends, and each
 * half in the same way.
 */
#include "reports/trace_lcs.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define AHEAD 64 /* how far the bounded way looks for the next pair */

struct box {           /* of both sequences */
    size_t a, n, b, m; /* begin and length in each */
};
struct middle { /* a run of equal ones in a box, from (x, y) to (u, v) */
    size_t x, y, u, v;
};

static void pair(struct lcs *l, size_t a, size_t b) { l->partner[a] = b; }

/* The nearest pair ahead is taken, and the next, …: no matter how unlike the sequences, it ends
 * soon. */
static void align_bounded(struct lcs *l, struct box x)
{
    size_t i = 0, j = 0;

    l->bounded = true;
    while (i < x.n && j < x.m) {
        bool found = false;

        for (size_t sum = 0; sum < AHEAD && !found; sum++)
            for (size_t di = 0; di <= sum && !found; di++) {
                size_t dj = sum - di;

                if (i + di < x.n && j + dj < x.m && l->a[x.a + i + di] == l->b[x.b + j + dj]) {
                    i += di;
                    j += dj;
                    found = true;
                }
            }
        if (found)
            pair(l, x.a + i, x.b + j);
        i++;
        j++;
    }
}

/* One step of one of the two searches: how far diagonal k comes with h edits. */
static ptrdiff_t furthest(const ptrdiff_t *c, ptrdiff_t k, ptrdiff_t h, ptrdiff_t z)
{
    ptrdiff_t left = c[((k - 1) % z + z) % z], right = c[((k + 1) % z + z) % z];

    return k == -h || (k != h && left < right) ? right : left + 1;
}

static bool search_diagonal(struct lcs *l, const struct box *x, ptrdiff_t *const ends[2],
                            unsigned backwards, ptrdiff_t h, ptrdiff_t k, ptrdiff_t z,
                            struct middle *mid)
{
    ptrdiff_t n = (ptrdiff_t)x->n, m = (ptrdiff_t)x->m, *c = ends[backwards];
    const ptrdiff_t *d = ends[!backwards];
    ptrdiff_t i = furthest(c, k, h, z), j = i - k, s = i, t = j, other = n - m - k;
    ptrdiff_t reach = h - !backwards;

    while (i < n && j < m &&
           (backwards ? l->a[x->a + x->n - 1 - (size_t)i] == l->b[x->b + x->m - 1 - (size_t)j]
                      : l->a[x->a + (size_t)i] == l->b[x->b + (size_t)j])) {
        i++;
        j++;
    }
    l->work -= (uint64_t)(i - s + 1) < l->work ? (uint64_t)(i - s + 1) : l->work;
    c[(k % z + z) % z] = i;
    if ((n + m) % 2 != !backwards || other < -reach || other > reach ||
        i + d[(other % z + z) % z] < n)
        return false;
    if (backwards)
        *mid =
            (struct middle) { (size_t)(n - i), (size_t)(m - j), (size_t)(n - s), (size_t)(m - t) };
    else
        *mid = (struct middle) { (size_t)s, (size_t)t, (size_t)i, (size_t)j };
    return true;
}

/* False: the work that may be done is done. */
static bool find_middle(struct lcs *l, const struct box *x, struct middle *mid)
{
    ptrdiff_t n = (ptrdiff_t)x->n, m = (ptrdiff_t)x->m, z = 2 * (n < m ? n : m) + 2;
    ptrdiff_t *room = calloc((size_t)z * 2, sizeof *room);
    ptrdiff_t *const ends[2] = { room, room + z };
    bool found = false;

    must(room);
    for (ptrdiff_t h = 0; h <= (n + m + 1) / 2 && !found && l->work; h++)
        for (unsigned backwards = 0; backwards < 2 && !found; backwards++)
            for (ptrdiff_t k = -(h - 2 * (h > m ? h - m : 0));
                 k <= h - 2 * (h > n ? h - n : 0) && !found; k += 2)
                found = search_diagonal(l, x, ends, backwards, h, k, z, mid);
    free(room);
    return found;
}

/* What begins or ends alike needs no search. */
static void trim(struct lcs *l, struct box *x)
{
    while (x->n && x->m && l->a[x->a] == l->b[x->b]) {
        pair(l, x->a++, x->b++);
        x->n--;
        x->m--;
    }
    while (x->n && x->m && l->a[x->a + x->n - 1] == l->b[x->b + x->m - 1]) {
        x->n--;
        x->m--;
        pair(l, x->a + x->n, x->b + x->m);
    }
}

/* Each half has half of the edits, so this goes log2(edits) deep. Trimmed, there are two at
 * least. */
static void align(struct lcs *l, struct box x)
{
    struct middle mid = { 0 };

    trim(l, &x);
    if (!x.n || !x.m)
        return;
    if (!l->work || !find_middle(l, &x, &mid)) {
        align_bounded(l, x);
        return;
    }
    for (size_t i = 0; i < mid.u - mid.x; i++)
        pair(l, x.a + mid.x + i, x.b + mid.y + i);
    align(l, (struct box) { x.a, mid.x, x.b, mid.y });
    align(l, (struct box) { x.a + mid.u, x.n - mid.u, x.b + mid.v, x.m - mid.v });
}

void lcs_align(struct lcs *l, size_t a_from, size_t a_to, size_t b_from, size_t b_to)
{
    for (size_t i = a_from; i < a_to; i++)
        l->partner[i] = LCS_NONE;
    align(l, (struct box) { a_from, a_to - a_from, b_from, b_to - b_from });
}
