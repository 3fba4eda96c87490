/*
 * The text form of events. Arguments are printed by what their names in events.def say they are:
 * objects by name, lengths with their direction, other numbers as a reader would write them.
 */
#include "trace/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(t->at, t->left, format, args);
    va_end(args);
    if (n < 0)
        return;
    size_t used = (size_t)n < t->left ? (size_t)n : t->left - 1;

    t->at += used;
    t->left -= used;
}

static bool names_object(const char *name)
{
    static const char *const words[] = { "device", "adapter", "mdl", "owner", "irp", "file" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

static void put_object(struct text *t, uint64_t id)
{
    const char *word = id <= UINT32_MAX ? object_word(OBJ_TYPE((uint32_t)id)) : NULL;

    if (word && OBJ_TYPE((uint32_t)id) != OBJ_NONE)
        put(t, "%s#%u", word, OBJ_NUMBER((uint32_t)id));
    else
        put(t, "%" PRIu64, id);
}

static void put_argument(struct text *t, const char *name, uint64_t v)
{
    if (strcmp(name, "dir_length") == 0) {
        put(t, " %s %" PRIu64 " bytes%s", v & EVENT_TO_DEVICE ? "to device" : "from device",
            (uint64_t)EVENT_LENGTH(v), v & EVENT_BOUNCED ? " bounced" : "");
        return;
    }
    put(t, " %s=", name);
    if (names_object(name))
        put_object(t, v);
    else if (v < 65536 || strstr(name, "_bytes") || strstr(name, "_ns"))
        put(t, "%" PRIu64, v);
    else
        put(t, "0x%" PRIx64, v);
}

static void put_arguments(struct text *t, const struct event *e)
{
    if (e->kind == EV_UNMODELLED) { /* the name itself */
        put(t, " %.32s", (const char *)e->a);
        return;
    }
    if (e->kind == EV_PHASE && phase_word((unsigned)e->a[0])) {
        put(t, " %s status=0x%" PRIx64, phase_word((unsigned)e->a[0]), e->a[1]);
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        const char *name = event_arg_name(e->kind, i);

        /* Positional arguments of calls that are 0 say nothing to a reader. */
        if (name[0] != '-' && (e->a[i] || name[0] != 'a' || name[1] < '0' || name[1] > '9'))
            put_argument(t, name, e->a[i]);
    }
}

size_t trace_text(char *out, size_t size, const struct event *e, struct site_depot *depot,
                  const char *agent)
{
    struct text t = { out, size };
    struct site_frame_text f;

    put(&t, "%7" PRIu64 " %9" PRIu64 ".%03u us %-12s %2u %s", e->seq, e->ns / 1000,
        (unsigned)(e->ns % 1000), agent, e->irql, event_word(e->kind) ? event_word(e->kind) : "?");
    if (e->api && api_name(e->api))
        put(&t, " %s", api_name(e->api));
    if (e->obj) {
        put(&t, " ");
        put_object(&t, e->obj);
    }
    put_arguments(&t, e);
    if (e->site && site_frame_text(depot, e->site, 0, &f))
        put(&t, "  %s:%u", f.file, f.line);
    return size - t.left;
}
