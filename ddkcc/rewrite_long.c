/*
 * rewrite_long.c: `long` is 32 bits wide on Windows and 64 here. A lone `long` becomes `int`, and a
 * constant gets the suffix that gives it the width and sign of Microsoft's compiler, where an `L`
 * means 32 bits and a decimal constant that fits no `int` may be `unsigned`. `long long` and
 * `long double` stay. What `_Generic` or `__builtin_types_compatible_p` would tell between `int`
 * and `long` is lost; no known driver asks.
 */
#include "ddkcc/ddkcc.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const run_words[] = {
    "long",    "int",      "unsigned",     "signed",   "__signed__",    "__signed", "char",
    "short",   "double",   "const",        "volatile", "static",        "extern",   "register",
    "typedef", "__const",  "__volatile__", "__inline", "__inline__",    "inline",   "__forceinline",
    "_Atomic", "_Complex", "__unaligned",  "auto",     "__extension__", "__w64",    NULL
};

/* One run of specifiers: `unsigned long const int`. */
static void rewrite_run(struct tokens *t, size_t first, size_t end)
{
    size_t longs = 0;
    bool floating = false;

    for (size_t i = first; i < end; i++) {
        longs += tok_is(&t->at[i], "long");
        floating |= tok_is(&t->at[i], "double");
    }
    if (longs != 1 || floating)
        return;
    for (size_t i = first; i < end; i++)
        if (tok_is(&t->at[i], "int"))
            tok_set(&t->at[i], "");
        else if (tok_is(&t->at[i], "long"))
            tok_set(&t->at[i], "int");
}

static bool is_floating(const struct token *k)
{
    bool hex = k->len > 2 && k->at[0] == '0' && tolower((unsigned char)k->at[1]) == 'x';

    for (size_t i = 0; i < k->len; i++) {
        char c = (char)tolower((unsigned char)k->at[i]);
        if (c == '.' || c == (hex ? 'p' : 'e'))
            return true;
    }
    return false;
}

/* The suffix that Microsoft's type for this value has here. */
static const char *suffix_for(uint64_t value, bool decimal, bool is_unsigned, bool wide)
{
    if (wide)
        return is_unsigned ? "ULL" : "LL";
    if (value > UINT32_MAX)
        return is_unsigned ? "ULL" : "LL";
    if (is_unsigned || (decimal && value > INT32_MAX))
        return "U";
    return "";
}

static void rewrite_number(struct token *k)
{
    char text[80], *rest, suffix[8] = "";

    if (k->len >= sizeof text || is_floating(k))
        return;
    memcpy(text, k->at, k->len);
    text[k->len] = '\0';
    bool binary = text[0] == '0' && tolower((unsigned char)text[1]) == 'b';
    uint64_t value = strtoull(binary ? text + 2 : text, &rest, binary ? 2 : 0);
    if (strlen(rest) >= sizeof suffix)
        return;
    for (size_t i = 0; rest[i]; i++)
        suffix[i] = (char)tolower((unsigned char)rest[i]);

    bool is_unsigned = strchr(suffix, 'u') != NULL;
    bool wide = strstr(suffix, "ll") || strstr(suffix, "i64");
    const char *new_suffix = suffix_for(value, text[0] != '0', is_unsigned, wide);
    if (strspn(suffix, "uli123468") != strlen(suffix))
        return; /* not an integer's suffix; the compiler will say so */
    *rest = '\0';
    tok_set(k, say("%s%s", text, new_suffix));
}

void rewrite_long(struct tokens *t)
{
    for (size_t i = 0; i < t->len; i++) {
        struct token *k = &t->at[i];
        if (k->kind == T_NUMBER) {
            rewrite_number(k);
        } else if (k->kind == T_NAME && tok_any(k, run_words)) {
            size_t end = i + 1;
            while (t->at[end].kind == T_NAME && tok_any(&t->at[end], run_words))
                end++;
            rewrite_run(t, i, end);
            i = end - 1;
        }
    }
}
