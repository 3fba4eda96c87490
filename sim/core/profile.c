/*
 * Machine profiles out of profiles/NAME.ini. One table says every key: where it goes, what it may
 * be, and the words that a wrong value is answered with.
 */
#include "sim/core/profile.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

enum key_kind { KEY_TEXT, KEY_NUMBER, KEY_BOOL, KEY_WORD };

struct key {
    const char *section, *name;
    enum key_kind kind;
    size_t offset, size;
    uint32_t min, max; /* numbers */
    const char *words; /* a|b|c: words in the order of their enum */
};

#define FIELD(f) offsetof(struct profile, f), sizeof(((struct profile *)0)->f)
/* clang-format off */
#define TEXT(s, f) { s, #f, KEY_TEXT, FIELD(f), 0, 0, NULL }
#define NUMBER(s, f, min, max) { s, #f, KEY_NUMBER, FIELD(f), min, max, NULL }
#define BOOL(s, f) { s, #f, KEY_BOOL, FIELD(f), 0, 0, NULL }
#define WORD(s, f, words) { s, #f, KEY_WORD, FIELD(f), 0, 0, words }
/* clang-format on */

static const struct key keys[] = {
    TEXT("profile", summary),
    WORD("memory", placement, "scattered|contiguous"),
    BOOL("memory", above_4g),
    NUMBER("memory", ram_mib, 64, 1024),
    BOOL("memory", coherent),
    BOOL("memory", weak_order),
    NUMBER("cpu", cpus, 1, 4),
    NUMBER("cpu", page_ns, 0, 1000000),
    NUMBER("cpu", kib_ns, 0, 1000000),
    NUMBER("cpu", access_ps, 0, 1000000),
    WORD("dma", translation, "none|remap"),
    BOOL("dma", lazy),
    BOOL("dma", external),
    NUMBER("dma", address_bits, 24, 64),
    BOOL("dma", scatter_gather),
    WORD("dma", elements, "natural|split|merge"),
    NUMBER("dma", map_registers, 0, 1048577),
    NUMBER("dma", map_registers_system, 0, 1048577),
    BOOL("dma", deferred),
    BOOL("dma", logical_is_physical),
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

void profile_default(struct profile *p)
{
    *p = (struct profile) {
        .name = "default",
        .summary = "a plain PC",
        .placement = MEMORY_SCATTERED,
        .above_4g = true,
        .ram_mib = 256,
        .coherent = true,
        .cpus = 2,
        .page_ns = 20,
        .kib_ns = 100,
        .access_ps = 500,
        .translation = TRANSLATION_NONE,
        .address_bits = 64,
        .scatter_gather = true,
        .elements = ELEMENTS_NATURAL,
        .logical_is_physical = true,
        .map_registers_system = 4096,
    };
}

struct reading {
    struct profile *p;
    char expected[160]; /* of the first line that is wrong */
};

static bool word_index(const char *words, const char *value, int *index)
{
    size_t length = strlen(value);

    for (*index = 0; *words; (*index)++) {
        size_t word = strcspn(words, "|");

        if (word == length && memcmp(words, value, word) == 0)
            return true;
        words += word + (words[word] == '|');
    }
    return false;
}

static bool number_of(const char *value, uint32_t min, uint32_t max, uint32_t *out)
{
    char *end;
    unsigned long n;

    errno = 0;
    n = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || n < min || n > max)
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool value_take(struct reading *r, const struct key *k, const char *value)
{
    char *field = (char *)r->p + k->offset;
    int index;

    switch (k->kind) {
    case KEY_TEXT:
        if (strlen(value) < k->size) {
            memcpy(field, value, strlen(value) + 1);
            return true;
        }
        snprintf(r->expected, sizeof(r->expected), "%s of at most %zu characters", k->name,
                 k->size - 1);
        return false;
    case KEY_NUMBER:
        if (number_of(value, k->min, k->max, (uint32_t *)(void *)field))
            return true;
        snprintf(r->expected, sizeof(r->expected), "%s = a number from %u to %u, not \"%.40s\"",
                 k->name, k->min, k->max, value);
        return false;
    case KEY_BOOL:
        if (word_index("no|yes", value, &index)) {
            *(bool *)field = index;
            return true;
        }
        snprintf(r->expected, sizeof(r->expected), "%s = yes or no, not \"%.40s\"", k->name, value);
        return false;
    case KEY_WORD:
        if (word_index(k->words, value, &index)) {
            memcpy(field, &index, sizeof(index)); /* the enums count from 0 in the words' order */
            return true;
        }
        snprintf(r->expected, sizeof(r->expected), "%s = %s, not \"%.40s\"", k->name, k->words,
                 value);
        return false;
    }
    return false;
}
_Static_assert(sizeof(enum profile_elements) == sizeof(int), "words are stored as int");

static int on_key(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;

    if (r->expected[0])
        return 0;
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(section, keys[i].section) == 0 && strcmp(name, keys[i].name) == 0)
            return value_take(r, &keys[i], value);
    snprintf(r->expected, sizeof(r->expected), "a known key, not \"%.40s\" in [%.40s]", name,
             section);
    return 0;
}

/* Combinations that no machine has. */
static const char *contradiction(const struct profile *p)
{
    if (p->lazy && p->translation != TRANSLATION_REMAP)
        return "translation = remap where lazy = yes";
    if (p->external && p->translation != TRANSLATION_REMAP)
        return "translation = remap where external = yes";
    if (p->logical_is_physical && p->translation == TRANSLATION_REMAP)
        return "logical_is_physical = no where translation = remap";
    if (!p->logical_is_physical && p->translation == TRANSLATION_NONE && p->address_bits < 32)
        return "address_bits of 32 or more where logical_is_physical = no";
    return NULL;
}

static void name_from_path(struct profile *p, const char *path)
{
    const char *base = strrchr(path, '/');
    size_t length;

    base = base ? base + 1 : path;
    length = strlen(base);
    if (length > 4 && strcmp(base + length - 4, ".ini") == 0)
        length -= 4;
    snprintf(p->name, sizeof(p->name), "%.*s", (int)length, base);
}

int profile_read(struct profile *p, const char *path, char *message, size_t message_size)
{
    struct reading r = { .p = p };
    const char *wrong;
    int line;

    profile_default(p);
    name_from_path(p, path);
    line = ini_parse(path, on_key, &r);
    if (line < 0) {
        snprintf(message, message_size, "%s: expected a profile that can be read", path);
        return ERR_NOTFOUND;
    }
    if (line > 0) {
        snprintf(message, message_size, "%s:%d: expected %s", path, line,
                 r.expected[0] ? r.expected
                               : "[section], key = value, or a comment that begins with ;");
        return ERR_INVALID;
    }
    wrong = contradiction(p);
    if (wrong) {
        snprintf(message, message_size, "%s:1: expected %s", path, wrong);
        return ERR_INVALID;
    }
    return 0;
}

/* --- as one line --- */

static uint32_t value_of(const struct profile *p, const struct key *k)
{
    const char *field = (const char *)p + k->offset;
    uint32_t value;

    if (k->kind == KEY_BOOL)
        return *(const bool *)field;
    memcpy(&value, field, sizeof(value));
    return value;
}

void profile_text(const struct profile *p, char *out, size_t size)
{
    size_t used = 0;

    out[0] = 0;
    for (size_t i = 0; i < KEYS && used < size; i++)
        if (keys[i].kind != KEY_TEXT)
            used += (size_t)snprintf(out + used, size - used, "%s%s=%u", used ? " " : "",
                                     keys[i].name, value_of(p, &keys[i]));
}

static uint32_t words_in(const char *words)
{
    uint32_t count = 1;

    for (; *words; words++)
        count += *words == '|';
    return count;
}

static bool value_put(struct profile *p, const struct key *k, const char *text)
{
    char *field = (char *)p + k->offset;
    uint32_t most = k->kind == KEY_NUMBER ? k->max
                    : k->kind == KEY_BOOL ? 1
                                          : words_in(k->words) - 1;
    uint32_t value;

    if (!number_of(text, k->kind == KEY_NUMBER ? k->min : 0, most, &value))
        return false;
    if (k->kind == KEY_BOOL)
        *(bool *)field = value;
    else
        memcpy(field, &value, sizeof(value));
    return true;
}

/* "key=value" of a text; false: its value is none, said in message. */
static bool pair_take(struct profile *p, const char *pair, char *message, size_t size)
{
    const char *equals = strchr(pair, '=');

    for (size_t i = 0; equals && i < KEYS; i++) {
        size_t length = strlen(keys[i].name);

        if (keys[i].kind == KEY_TEXT || (size_t)(equals - pair) != length ||
            memcmp(pair, keys[i].name, length) != 0 || value_put(p, &keys[i], equals + 1))
            continue;
        snprintf(message, size, "the machine of the recording: expected another value than %s",
                 pair);
        return false;
    }
    return true;
}

int profile_from_text(struct profile *p, const char *name, const char *text, char *message,
                      size_t message_size)
{
    const char *wrong;

    profile_default(p);
    snprintf(p->name, sizeof(p->name), "%s", name);
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        char pair[64];
        size_t length = strcspn(at, " ");

        snprintf(pair, sizeof(pair), "%.*s", (int)length, at);
        if (!pair_take(p, pair, message, message_size))
            return ERR_INVALID;
        at += length;
    }
    wrong = contradiction(p);
    if (!wrong)
        return 0;
    snprintf(message, message_size, "the machine of the recording: expected %s", wrong);
    return ERR_INVALID;
}

/* --- where profiles are --- */

#define PLACES 3

static const char *place(int i, char *buf, size_t size)
{
    const char *env = getenv("DMACHECK_PROFILES");
    ssize_t n;
    char *slash;

    if (i == 0)
        return env && *env ? env : NULL;
    if (i == 1)
        return "profiles";
    n = readlink("/proc/self/exe", buf, size - 1);
    if (n <= 0)
        return NULL;
    buf[n] = 0;
    /* The program lies somewhere below the tree's root. */
    while ((slash = strrchr(buf, '/')) != NULL) {
        if ((size_t)(slash - buf) + sizeof("/profiles") <= size) {
            memcpy(slash, "/profiles", sizeof("/profiles"));
            if (access(buf, R_OK) == 0)
                return buf;
        }
        *slash = 0;
    }
    return NULL;
}

int profile_find(struct profile *p, const char *name, char *message, size_t message_size)
{
    char buf[PATH_MAX], path[PATH_MAX + 64];
    size_t length = strlen(name);

    if (strchr(name, '/') || (length > 4 && strcmp(name + length - 4, ".ini") == 0))
        return profile_read(p, name, message, message_size);
    for (int i = 0; i < PLACES; i++) {
        const char *folder = place(i, buf, sizeof(buf));

        if (!folder ||
            (size_t)snprintf(path, sizeof(path), "%s/%s.ini", folder, name) >= sizeof(path))
            continue;
        if (access(path, R_OK) == 0)
            return profile_read(p, path, message, message_size);
    }
    snprintf(message, message_size,
             "profile \"%s\" is unknown: expected a name that `dmacheck profiles` lists", name);
    return ERR_NOTFOUND;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

int profile_names(char (*names)[32], int max)
{
    char buf[PATH_MAX];
    int count = 0;

    for (int i = 0; i < PLACES && !count; i++) {
        const char *folder = place(i, buf, sizeof(buf));
        DIR *d = folder ? opendir(folder) : NULL;

        for (struct dirent *e; d && count < max && (e = readdir(d)) != NULL;) {
            size_t length = strlen(e->d_name);

            if (length > 4 && length - 4 < sizeof(names[0]) &&
                strcmp(e->d_name + length - 4, ".ini") == 0) {
                memcpy(names[count], e->d_name, length - 4);
                names[count++][length - 4] = 0;
            }
        }
        if (d)
            closedir(d);
    }
    qsort(names, (size_t)count, sizeof(*names), by_name);
    return count;
}
