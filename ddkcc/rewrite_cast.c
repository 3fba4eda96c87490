/*
 * rewrite_cast.c: `(ULONG)x = y;`. Microsoft's C compiler takes a cast for an lvalue (C4213); nobody
 * else does any more. A statement that begins with a cast and assigns becomes `*(ULONG *)&x = y;`.
 *
 * Gap: only where the cast begins the statement, only types made of names and `*`, not for shifts.
 */
#include "ddkcc/ddkcc.h"

#include <string.h>

/* Whether the `)` at `i` closes the condition of an if or a loop: a statement follows. */
static bool closes_condition(const struct tokens *t, size_t i)
{
    static const char *const words[] = { "if", "while", "for", NULL };
    int depth = 0;

    do
        depth += tok_is(&t->at[i], ")") - tok_is(&t->at[i], "(");
    while (depth && i--);
    return i && i < t->len && tok_any(&t->at[i - 1], words);
}

/* Not behind any `)`: in `*(T *)(p) = 1` the second parenthesis is cast, and casts nothing. */
static bool begins_statement(const struct tokens *t, size_t i)
{
    static const char *const before[] = { ";", "{", "}", "else", "do", NULL };

    return i && (tok_any(&t->at[i - 1], before) ||
                 (tok_is(&t->at[i - 1], ")") && closes_condition(t, i - 1)));
}

/* The `)` of a parenthesis that holds names and then stars alone; 0: it is something else. */
static size_t cast_end(const struct tokens *t, size_t open)
{
    size_t i = open + 1;

    while (t->at[i].kind == T_NAME)
        i++;
    if (i == open + 1)
        return 0;
    while (tok_is(&t->at[i], "*"))
        i++;
    return tok_is(&t->at[i], ")") ? i : 0;
}

/* Whether the expression behind the cast is assigned to before the statement ends. */
static bool assigned(const struct tokens *t, size_t i)
{
    for (; t->at[i].kind != T_END; i++) {
        const struct token *k = &t->at[i];

        if (k->kind == T_PUNCT && strchr("([", *k->at)) {
            i = tok_close(t, i);
            continue;
        }
        if (k->kind == T_NAME || k->kind == T_NUMBER || tok_is(k, ".") || tok_is(k, "*"))
            continue;
        /* `->` and `|=` come as one token or as two: what counts is a single `=` behind it. */
        if (tok_is(k, "->") || tok_is(k, "-") || tok_is(k, ">"))
            if (tok_is(k, "->") || tok_is(&t->at[i + 1], ">") || tok_is(&t->at[i - 1], "-"))
                continue;
        if (k->kind == T_PUNCT && strchr("+-*/%&|^", *k->at) && tok_is(&t->at[i + 1], "="))
            return true;
        return k->kind == T_PUNCT && *k->at == '=' && !tok_is(&t->at[i + 1], "=");
    }
    return false;
}

/* The cast that a statement at `i` begins with, also in parentheses of its own, if it is assigned to. */
static size_t cast_assigned(const struct tokens *t, size_t i, size_t *close)
{
    size_t open = tok_is(&t->at[i + 1], "(") ? i + 1 : i;

    *close = cast_end(t, open);
    if (!*close || (t->at[*close + 1].kind != T_NAME && !tok_is(&t->at[*close + 1], "*") &&
                    !tok_is(&t->at[*close + 1], "(")))
        return 0;
    return assigned(t, open == i ? *close + 1 : tok_close(t, i) + 1) ? open : 0;
}

void rewrite_casts(struct tokens *t)
{
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);)
        for (size_t i = d.body, open, close; d.body && i < d.end; i++) {
            if (!tok_is(&t->at[i], "(") || !begins_statement(t, i))
                continue;
            open = cast_assigned(t, i, &close);
            if (!open)
                continue;
            tok_set(&t->at[open], "*(");
            tok_set(&t->at[close], " *)&");
        }
}
