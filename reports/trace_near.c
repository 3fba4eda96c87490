/*
 * Edit distance, letters' case aside (trace_near.h).
 */
#include "reports/trace_near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LENGTH_MAX 63

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

static bool alike(char a, char b) { return tolower((unsigned char)a) == tolower((unsigned char)b); }

/* How many letters are to be changed, added, left out, or swapped with the next. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][LENGTH_MAX + 1] = { { 0 } };
    size_t m = strnlen(a, LENGTH_MAX), n = strnlen(b, LENGTH_MAX);

    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            now[j] =
                least(before[j] + 1, now[j - 1] + 1, before[j - 1] + !alike(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && alike(a[i - 1], b[j - 2]) && alike(a[i - 2], b[j - 1]))
                now[j] = least(now[j], second[j - 2] + 1, now[j]);
        }
    }
    return rows[m % 3][n];
}

void near_begin(struct near *n, const char *wanted)
{
    n->wanted = wanted;
    n->count = 0;
}

void near_offer(struct near *n, const char *name)
{
    size_t length = strlen(n->wanted);
    unsigned d = distance(n->wanted, name), at = n->count;

    if (length > 2 && strcasestr(name, n->wanted))
        d = 1; /* a part of it */
    if (d > (length < 6 ? 2 : length / 3))
        return;
    for (unsigned i = 0; i < n->count; i++)
        if (!strcmp(n->names[i], name))
            return;
    while (at > 0 && n->distance[at - 1] > d)
        at--;
    if (at == NEAR_NAMES)
        return;
    if (n->count < NEAR_NAMES)
        n->count++;
    for (unsigned i = n->count - 1; i > at; i--) {
        n->distance[i] = n->distance[i - 1];
        memcpy(n->names[i], n->names[i - 1], sizeof n->names[i]);
    }
    n->distance[at] = d;
    snprintf(n->names[at], sizeof n->names[at], "%s", name);
}

const char *near_text(const struct near *n, char *out, size_t size)
{
    size_t used = 0;

    *out = 0;
    for (unsigned i = 0; i < n->count && used < size; i++)
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "; near: ", n->names[i]);
    return out;
}
