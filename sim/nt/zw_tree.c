/*
 * The registry as a tree in memory: keys, values, and the walk along a path. It says nothing and
 * knows no handles; zw_key.c is its Windows face. Everything lives in an arena that the machine's
 * reset takes back in one step.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/nt/zw.h"

#define CHUNK_BYTES (256u << 10)
#define NAME_CHARS_MAX 255 /* of a key; a value's may have 16,383 (docs: registry element limits) */

struct chunk {
    struct chunk *next;
    size_t used, size;
    char bytes[];
};

struct reg_tree {
    struct chunk *first, *now;
    struct reg_key *root;
};

static struct chunk *chunk_new(size_t size)
{
    struct chunk *c = malloc(sizeof(*c) + size);

    if (c)
        *c = (struct chunk) { .size = size };
    return c;
}

static void *take(struct reg_tree *t, size_t bytes)
{
    void *p;

    bytes = align_up(bytes, 8);
    while (t->now->used + bytes > t->now->size) {
        if (!t->now->next) {
            t->now->next = chunk_new(bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
            if (!t->now->next)
                return NULL;
        }
        t->now = t->now->next;
        t->now->used = 0;
    }
    p = t->now->bytes + t->now->used;
    t->now->used += bytes;
    return memset(p, 0, bytes);
}

/* Planting the tree empties the chunks, so it comes before the first thing that is kept in them, also
 * when that is an event's name and nobody has looked into the registry yet. */
void *reg_memory(struct sim *s, size_t bytes)
{
    reg_root(s);
    return take(s->nt->zw->tree, bytes);
}

struct reg_name reg_name_of(const UNICODE_STRING *u)
{
    return u ? (struct reg_name) { (const uint16_t *)u->Buffer, u->Length / 2u }
             : (struct reg_name) { NULL, 0 };
}

/* Names compare without case: Latin letters only, where Windows folds all of Unicode. */
static uint16_t folded(uint16_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
        return (uint16_t)(c - 32);
    return c;
}

static int name_compare(struct reg_name a, struct reg_name b)
{
    uint32_t n = a.count < b.count ? a.count : b.count;

    for (uint32_t i = 0; i < n; i++)
        if (folded(a.chars[i]) != folded(b.chars[i]))
            return folded(a.chars[i]) < folded(b.chars[i]) ? -1 : 1;
    return a.count == b.count ? 0 : a.count < b.count ? -1 : 1;
}

bool reg_name_equal(struct reg_name a, struct reg_name b) { return name_compare(a, b) == 0; }

static bool tree_clear(struct sim *s);

/* The tree is planted when somebody first asks: most runs of a fuzzer never look into the registry. */
struct reg_key *reg_root(struct sim *s)
{
    if (!s->nt->zw->tree->root)
        must(tree_clear(s)); /* the first chunk always holds it */
    return s->nt->zw->tree->root;
}

/* Cuts the next component off a path; an empty one means that the path is used up. */
static struct reg_name next_component(struct reg_name *path)
{
    struct reg_name part;

    while (path->count && path->chars[0] == '\\')
        path->chars++, path->count--;
    part = (struct reg_name) { path->chars, 0 };
    while (path->count && path->chars[0] != '\\')
        path->chars++, path->count--, part.count++;
    return part;
}

static struct reg_key *child_of(struct reg_key *k, struct reg_name name)
{
    struct reg_key *c = k->child;

    while (c && name_compare((struct reg_name) { c->name, c->name_chars }, name))
        c = c->next;
    return c;
}

static struct reg_key *child_new(struct sim *s, struct reg_key *parent, struct reg_name name)
{
    struct reg_key *k = reg_memory(s, sizeof(*k));
    struct reg_key **at = &parent->child;

    if (!k || !(k->name = reg_memory(s, name.count * 2u)))
        return NULL;
    memcpy(k->name, name.chars, name.count * 2u);
    k->name_chars = name.count;
    k->parent = parent;
    while (*at && name_compare((struct reg_name) { (*at)->name, (*at)->name_chars }, name) < 0)
        at = &(*at)->next;
    k->next = *at;
    *at = k;
    return k;
}

struct reg_key *reg_find(struct sim *s, struct reg_key *from, struct reg_name path)
{
    struct reg_key *k = from ? from : reg_root(s);
    struct reg_name part;

    while (k && (part = next_component(&path)).count)
        k = child_of(k, part);
    return k;
}

struct reg_key *reg_make(struct sim *s, struct reg_key *from, struct reg_name path)
{
    struct reg_key *k = from ? from : reg_root(s);
    struct reg_name part;

    while (k && (part = next_component(&path)).count) {
        struct reg_key *child = child_of(k, part);

        k = child ? child : child_new(s, k, part);
    }
    return k;
}

NTSTATUS reg_create(struct sim *s, struct reg_key *from, struct reg_name path, struct reg_key **out,
                    bool *created)
{
    struct reg_key *k = from ? from : reg_root(s);
    struct reg_name part = next_component(&path);

    *created = false;
    while (part.count) {
        struct reg_name rest = path;
        struct reg_name after = next_component(&rest);
        struct reg_key *child = child_of(k, part);

        if (!child && after.count)
            return STATUS_OBJECT_NAME_NOT_FOUND;
        if (!child) {
            if (part.count > NAME_CHARS_MAX)
                return STATUS_INVALID_PARAMETER;
            child = child_new(s, k, part);
            if (!child)
                return STATUS_INSUFFICIENT_RESOURCES;
            k->written_ns = child->written_ns = sched_now_ns(s);
            *created = true;
        }
        k = child;
        part = after;
        path = rest;
    }
    *out = k;
    return STATUS_SUCCESS;
}

NTSTATUS reg_delete(struct reg_key *k)
{
    struct reg_key **at;

    if (k->deleted)
        return STATUS_SUCCESS;
    if (k->child || !k->parent)
        return STATUS_CANNOT_DELETE;
    for (at = &k->parent->child; *at != k; at = &(*at)->next)
        must(*at);
    *at = k->next;
    k->deleted = true;
    return STATUS_SUCCESS;
}

struct reg_value *reg_value_find(struct reg_key *k, struct reg_name name)
{
    struct reg_value *v = k->values;

    while (v && name_compare((struct reg_name) { v->name, v->name_chars }, name))
        v = v->next;
    return v;
}

struct reg_value *reg_value_at(struct reg_key *k, uint32_t index)
{
    struct reg_value *v = k->values;

    while (v && index--)
        v = v->next;
    return v;
}

struct reg_key *reg_child_at(struct reg_key *k, uint32_t index)
{
    struct reg_key *c = k->child;

    while (c && index--)
        c = c->next;
    return c;
}

NTSTATUS reg_value_set(struct sim *s, struct reg_key *k, struct reg_name name, uint32_t type,
                       const void *data, uint32_t size_bytes)
{
    struct reg_value *v = reg_value_find(k, name);
    struct reg_value **at = &k->values;

    if (!v) {
        v = reg_memory(s, sizeof(*v));
        if (!v || !(v->name = reg_memory(s, name.count * 2u)))
            return STATUS_INSUFFICIENT_RESOURCES;
        memcpy(v->name, name.chars, name.count * 2u);
        v->name_chars = name.count;
        while (*at)
            at = &(*at)->next;
        *at = v;
    }
    if (size_bytes > v->room_bytes) {
        uint8_t *room = reg_memory(s, size_bytes);

        if (!room)
            return STATUS_INSUFFICIENT_RESOURCES;
        v->data = room;
        v->room_bytes = size_bytes;
    }
    if (size_bytes)
        memcpy(v->data, data, size_bytes);
    v->size_bytes = size_bytes;
    v->type = type;
    k->written_ns = sched_now_ns(s);
    return STATUS_SUCCESS;
}

bool reg_value_delete(struct sim *s, struct reg_key *k, struct reg_name name)
{
    struct reg_value *v = reg_value_find(k, name);
    struct reg_value **at = &k->values;

    if (!v)
        return false;
    while (*at != v)
        at = &(*at)->next;
    *at = v->next;
    k->written_ns = sched_now_ns(s);
    return true;
}

/* What a driver may expect to find on any Windows machine. */
static bool tree_plant(struct sim *s)
{
    return reg_make(s, NULL,
                    REG_NAME(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services")) &&
           reg_make(s, NULL,
                    REG_NAME(L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\PCI")) &&
           reg_make(s, NULL,
                    REG_NAME(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class")) &&
           reg_make(
               s, NULL,
               REG_NAME(
                   L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\DeviceClasses")) &&
           reg_make(s, NULL, REG_NAME(L"\\Registry\\Machine\\Hardware\\DeviceMap")) &&
           reg_make(s, NULL,
                    REG_NAME(
                        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion")) &&
           reg_make(s, NULL, REG_NAME(L"\\Registry\\User\\.Default"));
}

static bool tree_clear(struct sim *s)
{
    struct reg_tree *t = s->nt->zw->tree;

    t->now = t->first;
    t->now->used = 0;
    t->root = take(t, sizeof(*t->root));
    return t->root && tree_plant(s);
}

int reg_tree_create(struct sim *s)
{
    struct reg_tree *t = calloc(1, sizeof(*t));

    if (!t || !(t->first = chunk_new(CHUNK_BYTES))) {
        free(t);
        return ERR_NOMEM;
    }
    s->nt->zw->tree = t;
    return 0;
}

void reg_tree_reset(struct sim *s) { s->nt->zw->tree->root = NULL; }

void reg_tree_destroy(struct sim *s)
{
    struct reg_tree *t = s->nt->zw->tree;

    if (!t)
        return;
    while (t->first) {
        struct chunk *next = t->first->next;

        free(t->first);
        t->first = next;
    }
    free(t);
    s->nt->zw->tree = NULL;
}
