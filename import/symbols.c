/*
 * Reading lists of symbols. A line of link.exe's map is "0001:00000010 XferPump 0000000140001010 f
 * dma.obj", one of nm's "0000000140001010 T XferPump"; other lines are headings.
 */
#include "import/symbols.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "import/line.h"

#define NAME_MAX_BYTES 128

struct symbol {
    uint64_t address;
    char *name;
};

struct import_symbols {
    struct symbol *at; /* by address */
    size_t count, capacity;
};

static bool is_hex(const char *word, size_t least)
{
    size_t n = strspn(word, "0123456789abcdefABCDEF");

    return n >= least && n <= 16 && !word[n];
}

static void add(struct import_symbols *s, const char *address, const char *name)
{
    if (s->count == s->capacity) {
        s->capacity = s->capacity * 2 + 256;
        s->at = realloc(s->at, s->capacity * sizeof(*s->at));
        must(s->at);
    }
    s->at[s->count].address = strtoull(address, NULL, 16);
    s->at[s->count].name = strdup(name);
    must(s->at[s->count].name);
    import_ascii(s->at[s->count++].name);
}

static void line_read(struct import_symbols *s, const char *line)
{
    char first[32], second[NAME_MAX_BYTES], third[NAME_MAX_BYTES];

    if (sscanf(line, "%31s %127s %127s", first, second, third) != 3)
        return;
    if (is_hex(first, 8) && strchr("tT", second[0]) && !second[1])
        add(s, first, third);
    else if (first[4] == ':' && is_hex(first + 5, 8) && is_hex(third, 8))
        add(s, third, second);
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    return x->address < y->address ? -1 : x->address > y->address;
}

struct import_symbols *import_symbols_read(const char *path, char *message, size_t size)
{
    struct import_symbols *s = calloc(1, sizeof(*s));
    FILE *f = fopen(path, "r");
    char line[1024];

    must(s);
    while (f && fgets(line, sizeof(line), f))
        line_read(s, line);
    if (!f)
        snprintf(message, size, "%s: %s", path, strerror(errno));
    else if (!s->count)
        snprintf(message, size,
                 "%s: no list of symbols (a map of link.exe /MAP, or what nm prints)", path);
    else if (!import_symbols_anchor(s))
        snprintf(message, size, "%s: has no DmaRecordStart: not the driver that was recorded",
                 path);
    else
        message[0] = 0;
    if (f)
        fclose(f);
    if (message[0]) {
        import_symbols_free(s);
        return NULL;
    }
    qsort(s->at, s->count, sizeof(*s->at), by_address);
    return s;
}

void import_symbols_free(struct import_symbols *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->at[i].name);
    free(s->at);
    free(s);
}

uint64_t import_symbols_anchor(const struct import_symbols *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->at[i].name, "DmaRecordStart"))
            return s->at[i].address;
    return 0;
}

const char *import_symbols_find(const struct import_symbols *s, uint64_t address, uint64_t *into)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (s->at[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    *into = address - s->at[low - 1].address;
    return s->at[low - 1].name;
}
