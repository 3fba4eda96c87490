/*
 * lex.c: the tokens of a preprocessed text. Punctuation comes one character at a time, since no
 * rewriting needs to know longer operators. Pragmas that would move code or data to sections of
 * their own, or that clang does not know, are blanked here: they are hints to another compiler, and
 * `#pragma data_seg` would take a static away from the sections that the run-time restores.
 */
#include "ddkcc/ddkcc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool pragma_kept(const char *line)
{
    static const char *const kept[] = { "pack", "clang" };

    line += strspn(line, "# \t");
    if (strncmp(line, "pragma", 6))
        return true;
    line += 6;
    line += strspn(line, " \t");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        size_t len = strlen(kept[i]);
        if (!strncmp(line, kept[i], len) && !name_char(line[len]))
            return true;
    }
    return false;
}

/* Past blanks and whole `#` lines. `start` says whether `p` is at the start of a line. */
static char *skip_lead(char *p, bool start)
{
    for (;; p++) {
        if (*p == '\n') {
            start = true;
        } else if (start && *p == '#') {
            size_t len = strcspn(p, "\n");
            if (!pragma_kept(p))
                memset(p, ' ', len);
            p += len - 1;
        } else if (!*p || !isspace((unsigned char)*p)) {
            return p;
        }
    }
}

static char *skip_quoted(char *p)
{
    char quote = *p++;

    while (*p && *p != quote && *p != '\n')
        p += *p == '\\' && p[1] ? 2 : 1;
    return *p == quote ? p + 1 : p;
}

/* A preprocessing number: 0x1Fui64, 1.5e+3f. The sign belongs to it only behind an exponent. */
static char *skip_number(char *p)
{
    bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');

    while (name_char(*p) || *p == '.') {
        char c = (char)tolower((unsigned char)*p++);
        if ((c == (hex ? 'p' : 'e')) && (*p == '+' || *p == '-'))
            p++;
    }
    return p;
}

static struct token *token_new(struct tokens *t)
{
    if (t->len == t->cap) {
        t->cap = t->cap * 2 + 4096;
        t->at = need(realloc(t->at, t->cap * sizeof *t->at));
    }
    return &t->at[t->len++];
}

void lex(const struct buf *text, struct tokens *out)
{
    char *p = need(malloc(text->len + 1));
    bool start = true;

    memcpy(p, text->at, text->len);
    p[text->len] = '\0';
    for (;;) {
        struct token *k = token_new(out);
        char *at = skip_lead(p, start);

        k->lead = p;
        k->lead_len = (size_t)(at - p);
        k->at = p = at;
        start = false;
        if (!*at) {
            k->kind = T_END;
            k->len = 0;
            return;
        }
        if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1]))) {
            k->kind = T_NUMBER;
            p = skip_number(at);
        } else if (name_char(*at)) {
            k->kind = T_NAME;
            while (name_char(*p))
                p++;
        } else if (*at == '"' || *at == '\'') {
            k->kind = *at == '"' ? T_STRING : T_CHAR;
            p = skip_quoted(at);
        } else {
            k->kind = T_PUNCT;
            p++;
        }
        k->len = (size_t)(p - at);
    }
}

void lex_join(const struct tokens *t, struct buf *out)
{
    for (size_t i = 0; i < t->len; i++) {
        buf_add(out, t->at[i].lead, t->at[i].lead_len);
        buf_add(out, t->at[i].at, t->at[i].len);
    }
}

bool tok_is(const struct token *t, const char *text)
{
    return strlen(text) == t->len && !memcmp(t->at, text, t->len);
}

bool tok_any(const struct token *t, const char *const *names)
{
    for (; *names; names++)
        if (tok_is(t, *names))
            return true;
    return false;
}

/* Replaces a token. A shorter text is padded, so that columns in diagnostics stay what they are. */
void tok_set(struct token *t, const char *text)
{
    size_t len = strlen(text), pad = t->len > len ? t->len - len : 0;

    t->at = say("%s%*s", text, (int)pad, "");
    t->len = len + pad;
    if (!len)
        t->kind = T_PUNCT; /* nothing but blanks */
}

/* Puts text between a token and what stands before it. */
void tok_before(struct token *t, const char *text)
{
    t->lead = say("%.*s%s", (int)t->lead_len, t->lead, text);
    t->lead_len = strlen(t->lead);
}

/* The token that closes the bracket at `open`, or the last token if none does. */
size_t tok_close(const struct tokens *t, size_t open)
{
    int depth = 0;

    for (size_t i = open; i + 1 < t->len; i++) {
        const struct token *k = &t->at[i];
        if (k->kind != T_PUNCT)
            continue;
        if (strchr("([{", *k->at))
            depth++;
        else if (strchr(")]}", *k->at) && --depth == 0)
            return i;
    }
    return t->len - 1;
}

/* "file:line" of a token, out of the line markers before it. */
void tok_where(const struct tokens *t, size_t i, struct buf *out)
{
    const char *p, *end, *file = "?";
    size_t file_len = 1;
    long line = 1;

    struct buf text = { 0 };
    for (size_t n = 0; n <= i; n++) {
        buf_add(&text, t->at[n].lead, t->at[n].lead_len);
        if (n < i)
            buf_add(&text, t->at[n].at, t->at[n].len);
    }
    for (p = text.at, end = text.at + text.len; p < end;) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        if (!eol)
            break;
        if (p[0] == '#' && p[1] == ' ' && isdigit((unsigned char)p[2])) {
            char *rest;
            line = strtol(p + 2, &rest, 10) - 1;
            if (rest[0] == ' ' && rest[1] == '"') {
                file = rest + 2;
                file_len = strcspn(file, "\"");
            }
        }
        line++;
        p = eol + 1;
    }
    buf_fmt(out, "%.*s:%ld", (int)file_len, file, line);
    free(text.at);
}
