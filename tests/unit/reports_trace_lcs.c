/*
 * Aligning: pairs are equal and in order, as many as there can be; what would cost too much is bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "reports/trace_lcs.h"

#define MANY 200000

/* Letters of a, and what each is paired with: its letter, or '.'. */
static void aligned(const char *a, const char *b, const char *pairs)
{
    uint64_t as[64], bs[64];
    size_t partner[64], last = 0;
    struct lcs l = { as, bs, partner, LCS_WORK, false };

    for (size_t i = 0; i < strlen(a); i++)
        as[i] = (uint64_t)a[i];
    for (size_t i = 0; i < strlen(b); i++)
        bs[i] = (uint64_t)b[i];
    lcs_align(&l, 0, strlen(a), 0, strlen(b));
    for (size_t i = 0; i < strlen(a); i++) {
        assert_int_equal(partner[i] == LCS_NONE ? '.' : a[i], pairs[i]);
        if (partner[i] == LCS_NONE)
            continue;
        assert_int_equal(b[partner[i]], a[i]);
        assert_true(partner[i] >= last);
        last = partner[i] + 1;
    }
    assert_false(l.bounded);
}

static void what_is_alike_is_paired(void **state)
{
    (void)state;
    aligned("", "", "");
    aligned("abc", "", "...");
    aligned("", "abc", "");
    aligned("abc", "abc", "abc");
    aligned("abc", "xyz", "...");
    aligned("abcdef", "abdef", "ab.def");
    aligned("abdef", "abcdef", "abdef");
    aligned("xaby", "zabw", ".ab.");
    aligned("a", "ba", "a");
    aligned("ab", "b", ".b");
}

/* The length of the longest common subsequence, the plain way. */
static size_t longest(const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    size_t best[2][64] = { { 0 } };

    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t up = best[(i - 1) % 2][j], left = best[i % 2][j - 1];

            best[i % 2][j] = a[i - 1] == b[j - 1] ? best[(i - 1) % 2][j - 1] + 1
                             : up > left          ? up
                                                  : left;
        }
    return best[n % 2][m];
}

static void as_many_as_there_can_be(void **state)
{
    uint64_t a[40], b[40];
    size_t partner[40];

    (void)state;
    for (uint64_t round = 0; round < 20000; round++) {
        size_t n = rng_mix(round) % 40, m = rng_mix(round + 7) % 40, pairs = 0, last = 0;
        unsigned letters = 2 + round % 5;
        struct lcs l = { a, b, partner, LCS_WORK, false };

        for (size_t i = 0; i < n; i++)
            a[i] = rng_mix(round * 100 + i) % letters;
        for (size_t i = 0; i < m; i++)
            b[i] = rng_mix(round * 100 + 50 + i) % letters;
        lcs_align(&l, 0, n, 0, m);
        for (size_t i = 0; i < n; i++) {
            if (partner[i] == LCS_NONE)
                continue;
            assert_true(partner[i] >= last && partner[i] < m && a[i] == b[partner[i]]);
            last = partner[i] + 1;
            pairs++;
        }
        assert_int_equal(pairs, longest(a, n, b, m));
    }
}

/* Nothing is alike: all pairs would have to be looked at. */
static void it_ends_where_it_would_cost_too_much(void **state)
{
    uint64_t *a = malloc(MANY * sizeof *a), *b = malloc(MANY * sizeof *b);
    size_t *partner = malloc(MANY * sizeof *partner), pairs = 0;
    struct lcs l = { a, b, partner, 1000000, false };

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        a[i] = i % 10 ? 2 * i : 1;
        b[i] = i % 10 ? 2 * i + 1 : 1;
    }
    lcs_align(&l, 0, MANY, 0, MANY);
    assert_true(l.bounded);
    for (size_t i = 0; i < MANY; i++)
        pairs += partner[i] != LCS_NONE && a[i] == b[partner[i]];
    assert_int_equal(pairs, MANY / 10);
    free(a);
    free(b);
    free(partner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_alike_is_paired),
        cmocka_unit_test(as_many_as_there_can_be),
        cmocka_unit_test(it_ends_where_it_would_cost_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
