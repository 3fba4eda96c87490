/*
 * Reading one line. Keys are looked for where they are asked for: a line has a dozen, and most are
 * asked for once.
 */
#include "import/line.h"

#include <stdio.h>
#include <string.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to 16 digits; what stands behind them. NULL: none, or too many. */
static const char *hex_read(const char *at, uint64_t *value)
{
    unsigned count = 0;

    for (*value = 0; digit_of(*at) >= 0; at++, count++)
        *value = *value << 4 | (uint64_t)digit_of(*at);
    return count && count <= 16 ? at : NULL;
}

/* The same, and behind it this character. */
static const char *hex_until(const char *at, char behind, uint64_t *value)
{
    at = at ? hex_read(at, value) : NULL;
    return at && *at == behind ? at + 1 : NULL;
}

uint32_t import_line_sum(const char *text, size_t bytes)
{
    uint32_t sum = 0x811c9dc5u;

    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ (uint8_t)text[i]) * 0x01000193u;
    return ((sum >> 16 ^ sum) & 0xffffu) | 0x10000u;
}

bool import_line_read(char *text, struct import_line *line)
{
    uint64_t number, time, cpu, irql, thread;
    const char *at = text + strlen(IMPORT_MARKER);
    char *behind;

    at = hex_until(at, ' ', &number);
    at = hex_until(at, ' ', &time);
    at = hex_until(at, '.', &cpu);
    at = hex_until(at, '.', &irql);
    at = hex_until(at, ' ', &thread);
    if (!at || !at[0] || at[1] != ' ' || !at[2] || number > UINT32_MAX || irql > 15)
        return false;
    line->number = (uint32_t)number;
    line->time = time;
    line->cpu = (uint32_t)cpu;
    line->irql = (uint8_t)irql;
    line->thread = thread;
    line->kind = at[0];
    line->name = at + 2;
    behind = text + (at + 2 - text);
    behind += strcspn(behind, " ");
    line->keys = *behind ? behind + 1 : behind;
    *behind = 0;
    return true;
}

/* What stands behind "key="; NULL: no such key. */
static const char *find(const struct import_line *line, const char *key)
{
    size_t n = strlen(key);

    for (const char *at = line->keys; *at; at += strspn(at, " ")) {
        if (!strncmp(at, key, n) && at[n] == '=')
            return at + n + 1;
        at += strcspn(at, " ");
    }
    return NULL;
}

uint64_t import_value(const struct import_line *line, const char *key)
{
    const char *at = find(line, key);
    uint64_t value = 0;

    return at && hex_read(at, &value) ? value : 0;
}

bool import_has(const struct import_line *line, const char *key) { return find(line, key) != NULL; }

void import_ascii(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

bool import_word(const struct import_line *line, const char *key, char *word, size_t size)
{
    const char *at = find(line, key);

    if (!at)
        return false;
    snprintf(word, size, "%.*s", (int)strcspn(at, " "), at);
    import_ascii(word);
    return true;
}

bool import_element(const struct import_line *line, size_t *at, uint64_t *ba, uint64_t *bytes)
{
    while (line->keys[*at]) {
        const char *word = line->keys + *at, *behind = hex_until(word, ':', ba);
        size_t length = strcspn(word, " ");

        *at += length + strspn(word + length, " ");
        if (behind && hex_read(behind, bytes))
            return true;
    }
    return false;
}
