/*
 * text.c: strings, lists, files and the one way to give up. Running out of memory ends the tool,
 * since nothing it could still do would help the build.
 */
#include "ddkcc/ddkcc.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void quit(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("ddkcc: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    tmp_remove();
    exit(code);
}

void *need(void *p)
{
    if (!p) {
        fputs("ddkcc: out of memory\n", stderr);
        exit(EXIT_TOOL);
    }
    return p;
}

static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        quit(EXIT_TOOL, "cannot format a message");

    char *text = need(malloc((size_t)len + 1));
    vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

char *say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    return text;
}

void buf_add(struct buf *b, const char *at, size_t len)
{
    if (b->len + len + 1 > b->cap) {
        b->cap = (b->len + len + 1) * 2;
        b->at = need(realloc(b->at, b->cap));
    }
    if (len)
        memcpy(b->at + b->len, at, len);
    b->len += len;
    b->at[b->len] = '\0';
}

void buf_str(struct buf *b, const char *text) { buf_add(b, text, strlen(text)); }

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    buf_str(b, text);
    free(text);
}

void list_add(struct list *l, char *text)
{
    if (l->len + 2 > l->cap) {
        l->cap = l->cap * 2 + 16;
        l->at = need(realloc(l->at, l->cap * sizeof *l->at));
    }
    l->at[l->len++] = text;
    l->at[l->len] = NULL;
}

bool list_has(const struct list *l, const char *text)
{
    for (size_t i = 0; i < l->len; i++)
        if (!strcmp(l->at[i], text))
            return true;
    return false;
}

void list_once(struct list *l, char *text)
{
    if (!list_has(l, text))
        list_add(l, text);
}

bool file_read(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    char part[65536];
    size_t got;

    if (!f)
        return false;
    while ((got = fread(part, 1, sizeof part, f)) > 0)
        buf_add(out, part, got);
    bool good = !ferror(f);
    fclose(f);
    buf_add(out, "", 0);
    return good;
}

void file_write(const char *path, const struct buf *b)
{
    FILE *f = fopen(path, "wb");

    if (!f)
        quit(EXIT_USAGE, "cannot write %s: %s", path, strerror(errno));
    bool good = fwrite(b->at, 1, b->len, f) == b->len;
    if (fclose(f) || !good)
        quit(EXIT_TOOL, "cannot write %s: %s", path, strerror(errno));
}

char *path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return say(".");
    return slash == path ? say("/") : say("%.*s", (int)(slash - path), path);
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The absolute path without links, or null if there is no such file. */
char *path_real(const char *path)
{
    char real[PATH_MAX];

    return realpath(path, real) ? say("%s", real) : NULL;
}
