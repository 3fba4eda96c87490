/*
 * toplevel.c: finds the declarations at file level and, in each, the name and the function body.
 * This is no C parser: it knows brackets, and enough of a declaration's shape to tell a function
 * body from a structure's or an initialiser's braces.
 */
#include "ddkcc/ddkcc.h"

#include <string.h>

static const char *const attribute_words[] = {
    "__attribute__", "__attribute",    "__declspec", "_Alignas", "__typeof__", "typeof",
    "__typeof",      "_Static_assert", "__asm__",    "__asm",    "asm",        NULL
};

static const char *const aggregate_words[] = { "struct", "union", "enum", NULL };

/* Whether the `{` at `i` follows a parameter list, perhaps with attributes in between. */
static bool opens_body(const struct tokens *t, size_t first, size_t i)
{
    while (i > first && tok_is(&t->at[i - 1], ")")) {
        int depth = 0;
        do {
            i--;
            depth += tok_is(&t->at[i], ")") - tok_is(&t->at[i], "(");
        } while (depth && i > first);
        if (i == first)
            return false;
        if (!tok_any(&t->at[i - 1], attribute_words))
            return true;
        i--;
    }
    return false;
}

/* The declared name: what stands before the first parameter list, `=`, `[` or the end. */
static size_t find_name(const struct tokens *t, size_t first, size_t end)
{
    size_t last = 0;

    for (size_t i = first; i < end; i++) {
        const struct token *k = &t->at[i];
        if (tok_any(k, attribute_words) && tok_is(&t->at[i + 1], "(")) {
            i = tok_close(t, i + 1);
        } else if (tok_any(k, aggregate_words)) {
            while (i + 1 < end && t->at[i + 1].kind == T_NAME) {
                i++;
                if (tok_any(&t->at[i], attribute_words) && tok_is(&t->at[i + 1], "("))
                    i = tok_close(t, i + 1);
                else
                    break;
            }
            if (tok_is(&t->at[i + 1], "{"))
                i = tok_close(t, i + 1);
        } else if (k->kind == T_NAME) {
            last = i;
        } else if (k->kind == T_PUNCT && strchr("(=[;{,", *k->at)) {
            break;
        }
    }
    return last;
}

/* Reads the declaration at `*at`, sets `*at` behind it. False at the end of the text. */
bool decl_next(const struct tokens *t, size_t *at, struct decl *d)
{
    bool initialised = false;

    *d = (struct decl) { .first = *at };
    if (t->at[*at].kind == T_END)
        return false;
    for (size_t i = *at; t->at[i].kind != T_END; i++) {
        const struct token *k = &t->at[i];
        if (k->kind != T_PUNCT)
            continue;
        if (*k->at == ';') {
            d->end = i + 1;
            break;
        }
        if (*k->at == '=')
            initialised = true;
        if (*k->at == '{' && !initialised && opens_body(t, d->first, i)) {
            d->body = i;
            d->end = tok_close(t, i) + 1;
            break;
        }
        if (strchr("([{", *k->at))
            i = tok_close(t, i);
    }
    if (!d->end || d->end >= t->len)
        d->end = t->len - 1;
    d->name = find_name(t, d->first, d->body ? d->body : d->end);
    *at = d->end;
    return d->end > d->first;
}
