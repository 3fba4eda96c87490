/*
 * Adapters, what they gave out and what lives of it (dump.h).
 */
#include "reports/dump.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void say(struct writer *w, const char *format, ...)
{
    char line[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    writer_raw(w, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

static void object(char *text, size_t size, uint32_t obj)
{
    const char *word = object_word(OBJ_TYPE(obj));

    snprintf(text, size, "%s#%u", word ? word : "object", OBJ_NUMBER(obj));
}

static void place(char *text, size_t size, struct site_depot *depot, uint32_t site)
{
    struct site_frame_text f;

    if (site && site_frame_text(depot, site, 0, &f))
        snprintf(text, size, "%s:%u", f.file, f.line);
    else
        snprintf(text, size, "-");
}

static unsigned long long live_of(const struct ledger_pair *p) { return p->allocated - p->freed; }

static void say_pair(struct writer *w, const char *indent, const char *what,
                     const struct ledger_pair *p)
{
    say(w, "%s    %-22s %8" PRIu64 " allocated %8" PRIu64 " freed %8llu live\n", indent, what,
        p->allocated, p->freed, live_of(p));
}

static void say_thing(struct writer *w, const struct ledger_thing *t, struct site_depot *depot,
                      const char *indent)
{
    char name[48], mdl[48], where[256];

    object(name, sizeof name, t->obj);
    object(mdl, sizeof mdl, t->mdl);
    place(where, sizeof where, depot, t->site);
    switch (OBJ_TYPE(t->obj)) {
    case OBJ_CHANNEL:
        say(w, "%s    %s: %u map registers, allocated at %s\n", indent, name, t->mapregs, where);
        return;
    case OBJ_MAPREG:
        say(w,
            "%s    %s: %u map registers, %" PRIu64
            " bytes%s%s mapped %s the device%s, allocated at %s\n",
            indent, name, t->mapregs, t->mapped_bytes, t->mdl ? " of " : "", t->mdl ? mdl : "",
            t->to_device ? "to" : "from", t->bounced ? ", bounced" : "", where);
        return;
    case OBJ_SGL:
        say(w,
            "%s    %s: %u elements, %u map registers, %" PRIu64
            " bytes of %s %s the device%s, built at %s\n",
            indent, name, t->elements, t->mapregs, t->length_bytes, mdl,
            t->to_device ? "to" : "from", t->bounced ? ", bounced" : "", where);
        return;
    default:
        say(w, "%s    %s: %" PRIu64 " bytes, logical 0x%" PRIx64 ", allocated at %s\n", indent,
            name, t->length_bytes, t->ba, where);
    }
}

static void say_adapter(struct writer *w, const struct ledger *l, const struct ledger_adapter *a,
                        struct site_depot *depot, const char *indent)
{
    char name[48], device[48], where[256];
    unsigned bits = a->flags >> ADAPTER_WIDTH_SHIFT & 0xff;

    object(name, sizeof name, a->obj);
    object(device, sizeof device, a->device);
    place(where, sizeof where, depot, a->site);
    say(w, "%s%s of %s%s: version %u, %s%s%s, %u bits, got at %s\n", indent, name, device,
        a->released ? " (released)" : "", a->flags >> ADAPTER_VERSION_SHIFT & 0xff,
        a->flags & ADAPTER_MASTER ? "bus master" : "slave",
        a->flags & ADAPTER_SG ? ", scatter/gather" : "",
        a->flags & ADAPTER_REMAPPED ? ", remapped" : "", bits ? bits : 64, where);
    say(w,
        "%s    at most %u map registers, %" PRIu64 " bytes a transfer; %" PRIu64
        " bytes mapped since the last flush\n",
        indent, a->mapregs_max, a->length_max_bytes, a->mapped_since_flush_bytes);
    say_pair(w, indent, "adapter channels", &a->channels);
    say_pair(w, indent, "map registers", &a->mapregs);
    say_pair(w, indent, "scatter/gather lists", &a->lists);
    say_pair(w, indent, "common buffers", &a->commons);
    for (unsigned i = 0; i < l->thing_count; i++)
        if (l->things[i].adapter == a->obj)
            say_thing(w, &l->things[i], depot, indent);
}

void dump_text(struct writer *w, const struct ledger *l, struct site_depot *depot,
               const char *indent)
{
    say(w, "%sDMA adapters at event %" PRIu64 ", %" PRIu64 ".%03u us:\n", indent, l->seq,
        l->ns / 1000, (unsigned)(l->ns % 1000));
    if (!l->adapter_count)
        say(w, "%s(none)\n", indent);
    for (unsigned i = 0; i < l->adapter_count; i++)
        say_adapter(w, l, &l->adapters[i], depot, indent);
    if (l->adapters_lost || l->things_lost)
        say(w, "%s%" PRIu64 " adapters and %" PRIu64 " of their things are not listed\n", indent,
            l->adapters_lost, l->things_lost);
}

/* --- JSON --- */

static void key_object(struct writer *w, const char *key, uint32_t obj)
{
    char name[48];

    object(name, sizeof name, obj);
    writer_key_string(w, key, obj ? name : NULL);
}

static void key_place(struct writer *w, const char *key, struct site_depot *depot, uint32_t site)
{
    char where[256];

    place(where, sizeof where, depot, site);
    writer_key_string(w, key, where);
}

static void key_pair(struct writer *w, const char *key, const struct ledger_pair *p)
{
    writer_key(w, key);
    writer_object_begin(w);
    writer_key_u64(w, "allocated", p->allocated);
    writer_key_u64(w, "freed", p->freed);
    writer_object_end(w);
}

static void write_thing(struct writer *w, const struct ledger_thing *t, struct site_depot *depot)
{
    writer_object_begin(w);
    key_object(w, "object", t->obj);
    key_object(w, "mdl", t->mdl);
    writer_key_u64(w, "mapregs", t->mapregs);
    writer_key_u64(w, "elements", t->elements);
    writer_key_u64(w, "length_bytes", t->length_bytes);
    writer_key_u64(w, "mapped_bytes", t->mapped_bytes);
    writer_key_string(w, "direction", t->to_device ? "to-device" : "from-device");
    writer_key(w, "bounced");
    writer_bool(w, t->bounced);
    writer_key(w, "logical");
    writer_hex(w, t->ba);
    key_place(w, "allocated_at", depot, t->site);
    writer_object_end(w);
}

static void write_adapter(struct writer *w, const struct ledger *l, const struct ledger_adapter *a,
                          struct site_depot *depot)
{
    writer_object_begin(w);
    key_object(w, "adapter", a->obj);
    key_object(w, "device", a->device);
    writer_key(w, "released");
    writer_bool(w, a->released);
    writer_key_u64(w, "version", a->flags >> ADAPTER_VERSION_SHIFT & 0xff);
    writer_key_u64(w, "mapregs_max", a->mapregs_max);
    writer_key_u64(w, "mapped_since_flush_bytes", a->mapped_since_flush_bytes);
    key_pair(w, "channels", &a->channels);
    key_pair(w, "map_registers", &a->mapregs);
    key_pair(w, "lists", &a->lists);
    key_pair(w, "common_buffers", &a->commons);
    key_place(w, "got_at", depot, a->site);
    writer_key(w, "live");
    writer_array_begin(w);
    for (unsigned i = 0; i < l->thing_count; i++)
        if (l->things[i].adapter == a->obj)
            write_thing(w, &l->things[i], depot);
    writer_array_end(w);
    writer_object_end(w);
}

void dump_json(struct writer *w, const struct ledger *l, struct site_depot *depot)
{
    writer_key_u64(w, "seq", l->seq);
    writer_key_u64(w, "ns", l->ns);
    writer_key(w, "adapters");
    writer_array_begin(w);
    for (unsigned i = 0; i < l->adapter_count; i++)
        write_adapter(w, l, &l->adapters[i], depot);
    writer_array_end(w);
    writer_key_u64(w, "not_listed", l->adapters_lost + l->things_lost);
}
