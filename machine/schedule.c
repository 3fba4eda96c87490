/*
 * Schedules and their tokens. Bytes of a token: strategy, seed, number of changes, changes sorted by
 * key with each key as its distance from the one before, and two bytes of a checksum, since a token is
 * copied by hand. Base32 is RFC 4648's alphabet without padding: its letters and digits are never taken
 * for each other.
 */
#include "machine/schedule.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "sim/core/sim.h"

#define PREFIX "S1:"
#define SUM_BYTES 2
#define FILE_BYTES_MAX (64u << 20)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum strategy { STRATEGY_PLAIN, STRATEGY_SEED, STRATEGIES };

/* --- changes --- */

bool schedule_change(struct schedule *c, const struct choice_record *r)
{
    if (!(c->change_count & (c->change_count - 1))) { /* a power of two is full */
        size_t room = c->change_count ? c->change_count * 2 : 1;
        struct choice_record *grown = realloc(c->changes, room * sizeof(*grown));

        if (!grown)
            return false;
        c->changes = grown;
    }
    c->changes[c->change_count++] = *r;
    return true;
}

int schedule_add(struct schedule *c, const struct dm_choice *changes, size_t count, char *message,
                 size_t message_size)
{
    for (size_t i = 0; i < count; i++) {
        int site = choice_site_of(changes[i].site);

        if (site < 0) {
            snprintf(message, message_size, "change %zu: expected a choice, not '%s'", i + 1,
                     changes[i].site);
            return ERR_INVALID;
        }
        if (!schedule_change(c, &(struct choice_record) { .site = (uint16_t)site,
                                                          .agent = changes[i].agent,
                                                          .nth = changes[i].nth,
                                                          .bound = UINT32_MAX,
                                                          .value = changes[i].value })) {
            snprintf(message, message_size, "no memory for %zu changes", count);
            return ERR_NOMEM;
        }
    }
    return 0;
}

void schedule_free(struct schedule *c)
{
    free(c->changes);
    *c = (struct schedule) { 0 };
}

int schedule_apply(struct sim *s, const struct schedule *c)
{
    if (c->seeded)
        choice_from_seed(s, c->seed);
    else
        choice_from_plain(s);
    return c->change_count ? choice_change(s, c->changes, c->change_count) : 0;
}

/* --- writing --- */

struct bytes {
    uint8_t *at;
    size_t count;
};

static void put_number(struct bytes *b, uint64_t v)
{
    for (; v > 0x7f; v >>= 7)
        b->at[b->count++] = (uint8_t)(v | 0x80);
    b->at[b->count++] = (uint8_t)v;
}

/* How a change's key follows from the one before: in the low bits of its first number, the value above
 * them. */
enum follows { NEXT_NTH, LATER_NTH, OTHER_AGENT, OTHER_SITE };

/* Numbers from 2^31 on are those of points between calls: their top bit is moved down, so that both sorts are
 * small. */
static uint32_t folded(uint32_t nth) { return nth << 1 | nth >> 31; }
static uint32_t unfolded(uint32_t nth) { return nth >> 1 | nth << 31; }

static void put_change(struct bytes *b, const struct choice_record *r,
                       const struct choice_record *before)
{
    uint32_t nth = folded(r->nth), last = folded(before->nth);
    enum follows how = r->site != before->site     ? OTHER_SITE
                       : r->agent != before->agent ? OTHER_AGENT
                       : nth - last == folded(1)   ? NEXT_NTH
                                                   : LATER_NTH;

    put_number(b, (uint64_t)r->value << 2 | how);
    if (how == OTHER_SITE)
        put_number(b, r->site - before->site);
    if (how >= OTHER_AGENT)
        put_number(b, how == OTHER_SITE ? r->agent : r->agent - before->agent);
    if (how != NEXT_NTH)
        put_number(b, how == LATER_NTH ? nth - last : nth);
}

static uint32_t sum_of(const uint8_t *bytes, size_t count)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < count; i++)
        h = (h ^ bytes[i]) * 16777619u;
    return (h ^ h >> 16) & 0xffff;
}

static char *base32(const struct bytes *b)
{
    size_t length = (b->count * 8 + 4) / 5, at = strlen(PREFIX);
    char *text = malloc(at + length + 1);
    uint32_t held = 0;
    unsigned bits = 0;

    if (!text)
        return NULL;
    memcpy(text, PREFIX, at);
    for (size_t i = 0; i < b->count; i++) {
        held = held << 8 | b->at[i];
        for (bits += 8; bits >= 5; bits -= 5)
            text[at++] = alphabet[held >> (bits - 5) & 31];
    }
    if (bits)
        text[at++] = alphabet[held << (5 - bits) & 31];
    text[at] = 0;
    return text;
}

static int by_key(const void *one, const void *other)
{
    const struct choice_record *a = one, *b = other;

    if (a->site != b->site)
        return a->site < b->site ? -1 : 1;
    if (a->agent != b->agent)
        return a->agent < b->agent ? -1 : 1;
    return folded(a->nth) < folded(b->nth) ? -1 : folded(a->nth) > folded(b->nth);
}

char *schedule_token(struct schedule *c)
{
    const size_t most = 4 * 10; /* bytes of a change; a number has ten at most */
    struct bytes b = { malloc(32 + c->change_count * most), 0 };
    struct choice_record before = { 0 };
    uint32_t sum;
    char *text;

    if (!b.at)
        return NULL;
    if (c->change_count)
        qsort(c->changes, c->change_count, sizeof(*c->changes), by_key);
    put_number(&b, c->seeded ? STRATEGY_SEED : STRATEGY_PLAIN);
    put_number(&b, c->seed);
    put_number(&b, c->change_count);
    for (size_t i = 0; i < c->change_count; i++) {
        put_change(&b, &c->changes[i], &before);
        before = c->changes[i];
    }
    sum = sum_of(b.at, b.count);
    b.at[b.count++] = (uint8_t)(sum >> 8);
    b.at[b.count++] = (uint8_t)sum;
    text = base32(&b);
    free(b.at);
    return text;
}

/* --- reading --- */

struct taken {
    const uint8_t *at, *end;
    const char *wrong; /* the first thing that is; NULL: none yet */
};

static uint64_t take_number(struct taken *t, uint64_t limit)
{
    uint64_t v = 0;

    for (unsigned shift = 0; t->at < t->end && shift < 64; shift += 7) {
        uint8_t byte = *t->at++;

        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (v > limit && !t->wrong)
            t->wrong = "a number is too large";
        return v;
    }
    if (!t->wrong)
        t->wrong = "it ends within a number";
    return 0;
}

static void take_change(struct taken *t, struct choice_record *r)
{
    uint64_t first = take_number(t, (uint64_t)(UINT32_MAX - 1) << 2 | 3);
    enum follows how = first & 3;
    uint64_t site = r->site, agent = r->agent, nth = folded(r->nth);

    if (how == OTHER_SITE)
        site += take_number(t, CHOICE_COUNT);
    if (how >= OTHER_AGENT)
        agent = take_number(t, UINT16_MAX) + (how == OTHER_SITE ? 0 : agent);
    if (how == NEXT_NTH)
        nth += folded(1);
    else
        nth = take_number(t, UINT32_MAX) + (how == LATER_NTH ? nth : 0);
    if ((site >= CHOICE_COUNT || agent > UINT16_MAX || nth > UINT32_MAX) && !t->wrong)
        t->wrong = "a change names no choice that there is";
    *r = (struct choice_record) { .site = (uint16_t)site,
                                  .agent = (uint16_t)agent,
                                  .nth = unfolded((uint32_t)nth),
                                  .bound = UINT32_MAX, /* the run's own says how far */
                                  .value = (uint32_t)(first >> 2) };
}

static const char *take_schedule(struct schedule *c, const uint8_t *bytes, size_t count)
{
    struct taken t = { bytes, bytes + count, NULL };
    struct choice_record r = { 0 };
    uint64_t changes;

    c->seeded = take_number(&t, STRATEGIES - 1) == STRATEGY_SEED;
    c->seed = take_number(&t, UINT64_MAX);
    changes = take_number(&t, count); /* each has some bytes */
    for (uint64_t i = 0; i < changes && !t.wrong; i++) {
        take_change(&t, &r);
        if (!t.wrong && i && !by_key(&r, &c->changes[i - 1]))
            t.wrong = "a choice is changed twice";
        if (!t.wrong && !schedule_change(c, &r))
            t.wrong = "no memory for its changes";
    }
    if (!t.wrong && t.at != t.end)
        t.wrong = "something follows its last change";
    return t.wrong;
}

/* Bytes out of letters; returns how many, or sets *bad to the character that is none of them. */
static size_t unbase32(const char *text, uint8_t *bytes, const char **bad)
{
    size_t count = 0;
    uint32_t held = 0;
    unsigned bits = 0;

    for (; *text; text++) {
        const char *digit = strchr(alphabet, toupper((unsigned char)*text));

        if (!digit) {
            *bad = text;
            return 0;
        }
        held = held << 5 | (uint32_t)(digit - alphabet);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[count++] = (uint8_t)(held >> bits);
        }
    }
    return count;
}

static int read_token(struct schedule *c, const char *text, const char *name, char *message,
                      size_t size)
{
    size_t length = strlen(text), at = strlen(PREFIX), count;
    const char *bad = NULL, *wrong = NULL;
    uint8_t *bytes;

    if (strncmp(text, PREFIX, at)) {
        snprintf(message, size, "%s:1: a schedule begins with " PREFIX ", not with '%.*s'", name,
                 length < at ? (int)length : (int)at, text);
        return ERR_INVALID;
    }
    bytes = malloc(length + 1);
    if (!bytes) {
        snprintf(message, size, "%s: no memory for it", name);
        return ERR_NOMEM;
    }
    count = unbase32(text + at, bytes, &bad);
    if (bad)
        snprintf(message, size, "%s:%zu: '%c' is none of A to Z and 2 to 7", name,
                 (size_t)(bad - text) + 1, isprint((unsigned char)*bad) ? *bad : '?');
    else if (count <= SUM_BYTES)
        snprintf(message, size, "%s:%zu: it ends before its checksum", name, length + 1);
    else if (sum_of(bytes, count - SUM_BYTES) !=
             ((uint32_t)bytes[count - 2] << 8 | bytes[count - 1]))
        snprintf(message, size,
                 "%s:1-%zu: its checksum is wrong: a character is missing, added or another", name,
                 length);
    else if ((wrong = take_schedule(c, bytes, count - SUM_BYTES)))
        snprintf(message, size, "%s:1-%zu: %s", name, length, wrong);
    else
        bad = NULL, wrong = "";
    free(bytes);
    return wrong && !*wrong ? 0 : ERR_INVALID;
}

/* What a file holds, or a pipe; NULL with a line in message. */
static char *file_text(const char *path, char *message, size_t size)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t room = 4096, count = 0, n;

    for (n = 1; f && n && room <= FILE_BYTES_MAX; room *= 2) {
        char *grown = realloc(text, room + 1);

        if (!grown)
            break;
        text = grown;
        n = fread(text + count, 1, room - count, f);
        count += n;
        n = count == room;
    }
    if (!f || ferror(f) || n) {
        snprintf(message, size, "%s: cannot be read as a schedule: %s", path,
                 n && f ? "it is too large" : strerror(errno));
        free(text);
        text = NULL;
    } else {
        text[count] = 0;
    }
    if (f)
        fclose(f);
    return text;
}

/* The first word of a file; NULL with a line in message. */
static char *file_token(const char *path, char *message, size_t size)
{
    char *text = file_text(path, message, size), *word;

    if (text) {
        word = text + strspn(text, " \t\r\n");
        word[strcspn(word, " \t\r\n")] = 0;
        memmove(text, word, strlen(word) + 1);
    }
    return text;
}

int schedule_read(struct schedule *c, const char *text, char *message, size_t message_size)
{
    char *token;
    int error;

    *c = (struct schedule) { 0 };
    if (*text != '@') {
        if (strlen(text) > SCHEDULE_TOKEN_MAX) {
            snprintf(message, message_size,
                     "schedule:%d: longer than %d characters: put it into a file and give @FILE",
                     SCHEDULE_TOKEN_MAX + 1, SCHEDULE_TOKEN_MAX);
            return ERR_INVALID;
        }
        error = read_token(c, text, "schedule", message, message_size);
    } else {
        token = file_token(text + 1, message, message_size);
        if (!token)
            return ERR_IO;
        error = read_token(c, token, text + 1, message, message_size);
        free(token);
    }
    if (error)
        schedule_free(c);
    return error;
}
