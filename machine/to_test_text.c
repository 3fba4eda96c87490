/*
 * Lines of C as clang-format writes them, so that a test that is committed does not change when its folder
 * is formatted.
 */
#include <stdarg.h>
#include <string.h>

#include "base/must.h"
#include "machine/to_test_private.h"

/* Where the argument that begins at text ends: behind its comma, or at the call's end. */
static size_t argument(const char *text)
{
    unsigned depth = 0;
    bool quoted = false;

    for (size_t i = 0; text[i]; i++) {
        if (quoted) {
            i += text[i] == '\\' && text[i + 1];
            quoted = text[i] != '"';
        } else if (text[i] == '"') {
            quoted = true;
        } else if (strchr("({[", text[i])) {
            depth++;
        } else if (strchr(")}]", text[i])) {
            if (!depth)
                return strlen(text); /* the call's own, and what follows */
            depth--;
        } else if (text[i] == ',' && !depth) {
            return i + 1;
        }
    }
    return strlen(text);
}

void code_statement(FILE *out, unsigned indent, const char *format, ...)
{
    char text[STATEMENT_MAX];
    const char *open, *at;
    size_t column, align;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    must(n >= 0 && (size_t)n < sizeof(text));
    open = strchr(text, '(');
    fprintf(out, "%*s", (int)indent, "");
    if (indent + (size_t)n <= CODE_COLUMNS || !open) {
        fprintf(out, "%s\n", text);
        return;
    }
    at = open + 1;
    align = column = indent + (size_t)(at - text);
    fprintf(out, "%.*s", (int)(at - text), text);
    while (*at) {
        size_t length = argument(at);

        if (column > align && column + 1 + length > CODE_COLUMNS) {
            fprintf(out, "\n%*s", (int)align, "");
            column = align;
        } else if (column > align) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)length, at);
        column += length;
        at += length;
        at += *at == ' ';
    }
    fputc('\n', out);
}

const char *code_string(char *literal, size_t size, const char *text)
{
    size_t used = 0;

    must(size > 2);
    literal[used++] = '"';
    for (; *text && used + 6 < size; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\' || c == '?') /* no trigraphs */
            used += (size_t)snprintf(literal + used, size - used, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            used += (size_t)snprintf(literal + used, size - used, "\\%03o", c);
        else
            literal[used++] = (char)c;
    }
    literal[used++] = '"';
    literal[used] = 0;
    return literal;
}

void code_comment(FILE *out, const char *text)
{
    for (; *text; text++) {
        fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
        if ((*text == '*' && text[1] == '/') || (*text == '/' && text[1] == '*'))
            fputc(' ', out);
    }
}

void code_paragraph(FILE *out, const char *text)
{
    size_t column = CODE_COLUMNS;

    while (*text) {
        size_t length = strcspn(text, " ");
        char word[256];

        if (length >= sizeof(word))
            length = sizeof(word) - 1;
        snprintf(word, sizeof(word), "%.*s", (int)length, text);
        if (column + 1 + length > CODE_COLUMNS - 4) {
            fputs(column == CODE_COLUMNS ? " *" : "\n *", out);
            column = 2;
        }
        fputc(' ', out);
        code_comment(out, word);
        column += 1 + length;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}
