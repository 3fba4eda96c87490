/*
 * A run says millions of events, so this counts cycles: words are copied by whole blocks whatever their
 * length, digits come in pairs from a table.
 */
#include "trace/form.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"

#define EXACT_MAX (1ull << 53) /* the largest integer that every JSON reader keeps exactly */
#define PIECE_BYTES 31u
#define STAMP_WHO 0xffff00000000ffffull /* of event.stamp: agent, processor, IRQL */

struct piece { /* copied whole */
    char text[PIECE_BYTES];
    uint8_t bytes;
};

static struct kind_form {
    struct piece head;   /* ,"k":"map" */
    struct piece arg[4]; /* ,"ba": */
    uint8_t index[4];    /* of event.a */
    uint8_t count;
} kinds[EV_COUNT];
static struct piece objects[OBJ_COUNT]; /* ,"o":"SGL# */
static uint8_t api_bytes[API_COUNT];
static char pairs[200]; /* 00 01 ... 99 */
static char hex_pairs[512];
static const uint64_t powers[] = { 1u,
                                   10u,
                                   100u,
                                   1000u,
                                   10000u,
                                   100000u,
                                   1000000u,
                                   10000000u,
                                   100000000u,
                                   1000000000u,
                                   10000000000u,
                                   100000000000u,
                                   1000000000000u,
                                   10000000000000u,
                                   100000000000000u,
                                   1000000000000000u,
                                   10000000000000000u,
                                   100000000000000000u,
                                   1000000000000000000u,
                                   10000000000000000000u };

/* What stands before and behind a number that belongs to the agent's stamp. */
static const char agent_key[8] = ",\"g\":", cpu_key[8] = ",\"c\":", irql_key[8] = ",\"i\":",
                  site_key[8] = ",\"w\":";

static void piece_make(struct piece *p, const char *before, const char *word, const char *behind)
{
    char text[64];
    int n = snprintf(text, sizeof(text), "%s%s%s", before, word, behind);

    must(n >= 0 && n < (int)PIECE_BYTES);
    memcpy(p->text, text, (size_t)n);
    p->bytes = (uint8_t)n;
}

static void kind_make(struct kind_form *k, unsigned kind)
{
    piece_make(&k->head, ",\"k\":\"", event_word(kind), "\"");
    for (unsigned i = 0; i < 4; i++) {
        const char *name = event_arg_name(kind, i);

        if (*name == '-') /* not used by this kind; a sender's leftover would be lost here */
            continue;
        piece_make(&k->arg[k->count], ",\"", name, "\":");
        k->index[k->count++] = (uint8_t)i;
    }
}

void form_prepare(void)
{
    static const char hex[] = "0123456789abcdef";

    if (pairs[0])
        return;
    for (unsigned i = 0; i < 100; i++) {
        pairs[2 * i] = (char)('0' + i / 10);
        pairs[2 * i + 1] = (char)('0' + i % 10);
    }
    for (unsigned i = 0; i < 256; i++) {
        hex_pairs[2 * i] = hex[i >> 4];
        hex_pairs[2 * i + 1] = hex[i & 15];
    }
    for (unsigned i = 0; i < EV_COUNT; i++)
        kind_make(&kinds[i], i);
    for (unsigned i = 0; i < OBJ_COUNT; i++)
        piece_make(&objects[i], ",\"o\":\"", object_word(i), "#");
    for (unsigned i = 0; i < API_COUNT; i++) {
        must(strlen(api_name(i)) <= 64);
        api_bytes[i] = (uint8_t)strlen(api_name(i));
    }
}

static inline char *put_piece(char *to, const struct piece *p)
{
    memcpy(to, p->text, PIECE_BYTES);
    return to + p->bytes;
}

static inline char *put_key(char *to, const char *key)
{
    memcpy(to, key, 8);
    return to + 5;
}

static inline unsigned digits_of(uint64_t v) /* not of 0 */
{
    unsigned n = (64 - (unsigned)__builtin_clzll(v)) * 1233 >> 12; /* log10(2) * 4096 */

    return n + (v >= powers[n]);
}

static inline char *decimal(char *to, uint64_t v)
{
    if (v < 10) {
        *to = (char)('0' + v);
        return to + 1;
    }
    char *end = to + digits_of(v), *at = end;

    for (; v >= 100; v /= 100)
        memcpy(at -= 2, &pairs[v % 100 * 2], 2);
    if (v >= 10)
        memcpy(at - 2, &pairs[v * 2], 2);
    else
        at[-1] = (char)('0' + v);
    return end;
}

char *form_decimal(char *to, uint64_t v) { return decimal(to, v); }

static char *form_hex(char *to, uint64_t v)
{
    unsigned bytes = (64 - (unsigned)__builtin_clzll(v) + 7) / 8, top = v >> (8 * bytes - 8) & 255;

    memcpy(to, "\"0x", 3);
    to += 3;
    if (top < 16) {
        *to++ = hex_pairs[2 * top + 1];
        bytes--;
    }
    while (bytes--) {
        memcpy(to, &hex_pairs[2 * (v >> (8 * bytes) & 255)], 2);
        to += 2;
    }
    *to++ = '"';
    return to;
}

static inline char *number(char *to, uint64_t v)
{
    return v <= EXACT_MAX ? decimal(to, v) : form_hex(to, v);
}

char *form_number(char *to, uint64_t v) { return number(to, v); }

static char *put_api(char *to, unsigned api)
{
    memcpy(to, ",\"api\":\"", 8);
    memcpy(to + 8, api_name(api), api_bytes[api]);
    to += 8 + api_bytes[api];
    *to = '"';
    return to + 1;
}

static char *put_object(char *to, uint32_t obj)
{
    if (OBJ_TYPE(obj) == OBJ_NONE) {
        memcpy(to, ",\"o\":", 5);
        return decimal(to + 5, obj);
    }
    to = decimal(put_piece(to, &objects[OBJ_TYPE(obj)]), OBJ_NUMBER(obj));
    *to = '"';
    return to + 1;
}

/* --- what is mostly as in the event before --- */

static void number_keep(struct form_kept *k, const char *before, uint64_t v)
{
    size_t n = strlen(before);

    memcpy(k->text, before, n);
    k->bytes = (uint8_t)(decimal(k->text + n, v) - k->text);
    k->value = v;
}

/* {"s":41 to {"s":42 in place. */
static inline void number_next(struct form_kept *k)
{
    char *at = k->text + k->bytes - 1;

    while (*at == '9')
        *at-- = '0';
    ++*at;
    k->value++;
}

static void stamp_keep(struct form_kept *k, const struct event *e)
{
    char *to = decimal(put_key(k->text, agent_key), e->agent);

    to = decimal(put_key(to, cpu_key), e->cpu);
    to = decimal(put_key(to, irql_key), e->irql);
    k->bytes = (uint8_t)(to - k->text);
    k->value = e->stamp & STAMP_WHO;
}

static inline char *put_kept(char *to, const struct form_kept *k)
{
    memcpy(to, k->text, sizeof(k->text));
    return to + k->bytes;
}

char *form_event(struct form *f, char *to, const struct event *e)
{
    const struct kind_form *k = &kinds[e->kind];

    /* One digit more is a line that is made anew: 10, 100. */
    if (f->seq.bytes && e->seq && e->seq - 1 == f->seq.value &&
        e->seq != powers[digits_of(e->seq) - 1])
        number_next(&f->seq);
    else
        number_keep(&f->seq, "{\"s\":", e->seq);
    if (!f->ns.bytes || f->ns.value != e->ns)
        number_keep(&f->ns, ",\"t\":", e->ns);
    if (!f->stamp.bytes || f->stamp.value != (e->stamp & STAMP_WHO))
        stamp_keep(&f->stamp, e);
    to = put_piece(put_kept(put_kept(to, &f->seq), &f->ns), &k->head);
    if (e->api)
        to = put_api(to, e->api);
    if (e->obj)
        to = put_object(to, e->obj);
    if (e->site)
        to = decimal(put_key(to, site_key), e->site);
    to = put_kept(to, &f->stamp);
    for (unsigned i = 0; i < k->count; i++)
        to = number(put_piece(to, &k->arg[i]), e->a[k->index[i]]);
    return to;
}
