/*
 * Columns, names and colours of a line (trace_line.h). What an argument reads like is
 * trace_value.c's.
 */
#include "reports/trace_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
    char *at;
    size_t left;
    bool color;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
    va_list args;
    size_t used;
    int n;

    va_start(args, format);
    n = vsnprintf(l->at, l->left, format, args);
    va_end(args);
    if (n < 0)
        return;
    used = (size_t)n < l->left ? (size_t)n : l->left - 1;
    l->at += used;
    l->left -= used;
}

static void paint(struct line *l, const char *code)
{
    if (l->color && l->left > 8)
        put(l, "\033[%sm", code);
}

/* --- names --- */

/* Names come out of a file that anybody may have written. */
static void clean(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

void trace_names_init(struct trace_names *n, struct trace_reader *reader)
{
    const char *cpus = strstr(trace_read_header(reader)->profile_text, "cpus=");

    n->reader = reader;
    n->depot = trace_read_depot(reader);
    n->agent_width = TRACE_AGENT_WIDTH;
    n->cpus = cpus ? (unsigned)strtoul(cpus + 5, NULL, 10) : 0;
}

/* A processor's agents come first and are told by nobody: idle, DPCs, interrupts of each. */
void trace_agent_text(const struct trace_names *n, uint16_t agent, char *out, size_t size)
{
    static const char *const roles[] = { "idle", "dpc", "isr" };
    const char *name = n->reader ? trace_read_agent_name(n->reader, agent) : "agent";

    if (strcmp(name, "agent"))
        snprintf(out, size, "%s", name);
    else if (!agent)
        snprintf(out, size, "machine");
    else if (agent <= 3 * n->cpus)
        snprintf(out, size, "cpu%u/%s", (agent - 1u) / 3, roles[(agent - 1u) % 3]);
    else
        snprintf(out, size, "agent#%u", agent);
    clean(out);
}

void trace_object_text(uint32_t obj, char *out, size_t size)
{
    const char *word = object_word(OBJ_TYPE(obj));

    if (OBJ_TYPE(obj) == OBJ_NONE)
        snprintf(out, size, "%u", obj);
    else
        snprintf(out, size, "%s#%u", word ? word : "object", OBJ_NUMBER(obj));
}

void trace_time_text(uint64_t ns, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu64 ".%03u us", ns / 1000, (unsigned)(ns % 1000));
}

void trace_place_text(const struct trace_names *n, uint32_t site, char *out, size_t size)
{
    struct site_frame_text f;

    *out = 0;
    if (site && n->depot && site_frame_text(n->depot, site, 0, &f))
        snprintf(out, size, f.line ? "%s:%u" : "%s", f.file, f.line);
    clean(out);
}

const char *trace_choice_word(unsigned site)
{
    static const char *const words[] = {
#define CHOICE(name, word, what) word,
#include "trace/choices.def"
#undef CHOICE
    };

    return site < sizeof words / sizeof *words ? words[site] : NULL;
}

static void irql_text(uint8_t irql, char *out, size_t size)
{
    static const char *const low[] = { "PASSIVE", "APC", "DISPATCH" };

    if (irql < 3)
        snprintf(out, size, "%s", low[irql]);
    else
        snprintf(out, size, "DIRQL %u", irql);
}

/* --- the line --- */

/* What went wrong, what the device does, what belongs to DMA, what a person did; else plain. */
static const char *color_of(const struct event *e)
{
    switch (e->kind) {
    case EV_BUGCHECK:
    case EV_STUCK:
    case EV_EXCEPTION:
    case EV_DEV_FAULT:
    case EV_DEV_STRAY:
    case EV_BAD_ACCESS:
    case EV_MISUSE:
    case EV_GUARD:
    case EV_FREE_DAMAGED:
    case EV_RACE:
    case EV_FAULT:
    case EV_DMA_REFUSED:
        return "31";
    case EV_ADAPTER:
    case EV_ADAPTER_END:
    case EV_CHANNEL:
    case EV_CHANNEL_END:
    case EV_MAPREG:
    case EV_MAPREG_END:
    case EV_MAP:
    case EV_FLUSH:
    case EV_UNMAP:
    case EV_SGL:
    case EV_SGL_END:
    case EV_COMMON:
    case EV_COMMON_END:
        return "32";
    case EV_DEV_READ:
    case EV_DEV_WRITE:
    case EV_DEV_CLAIM:
    case EV_DEV_RELEASE:
    case EV_MMIO_READ:
    case EV_MMIO_WRITE:
    case EV_INTR:
    case EV_ISR:
    case EV_DPC:
        return "35";
    case EV_INPUT:
    case EV_IRP:
    case EV_IRP_END:
    case EV_PHASE:
        return "36";
    default:
        return NULL;
    }
}

static void put_what(struct line *l, const struct event *e)
{
    const char *color = l->color ? color_of(e) : NULL;

    if (color)
        paint(l, color);
    put(l, "%-13s", event_word(e->kind) ? event_word(e->kind) : "?");
    if (color)
        paint(l, "0");
    if (e->api && api_name(e->api))
        put(l, " %s", api_name(e->api));
    if (e->kind == EV_CHOICE && trace_choice_word(e->obj)) {
        put(l, " %s", trace_choice_word(e->obj));
    } else if (e->obj) {
        char object[48];

        trace_object_text(e->obj, object, sizeof object);
        put(l, " %s", object);
    }
}

/* A doorbell that is the place of the event, too, stands there already. */
static bool names_place(const struct event *e)
{
    return (e->kind == EV_DEV_CLAIM || e->kind == EV_DEV_PART || e->kind == EV_DEV_READ ||
            e->kind == EV_DEV_WRITE || e->kind == EV_DEV_RELEASE) &&
           (uint32_t)e->a[3] == e->site;
}

const char *trace_line_head(void)
{
    return "  event              time cpu  irql     agent          what";
}

size_t trace_line(char *out, size_t size, struct trace_names *n, const struct event *e,
                  unsigned nth, bool color)
{
    struct line l = { out, size, color };
    struct trace_arg args[TRACE_ARGS_MAX];
    char agent[32], irql[16], cpu[8], text[320];
    unsigned count = trace_args(e, nth, args);

    trace_agent_text(n, e->agent, agent, sizeof agent);
    irql_text(e->irql, irql, sizeof irql);
    snprintf(cpu, sizeof cpu, e->cpu == 255 ? "-" : "cpu%u", e->cpu);
    paint(&l, "2");
    put(&l, "%7" PRIu64 " %10" PRIu64 ".%03u us", e->seq, e->ns / 1000, (unsigned)(e->ns % 1000));
    paint(&l, "0");
    if (strlen(agent) > n->agent_width)
        n->agent_width = (unsigned)strlen(agent);
    put(&l, " %-4s %-8s %-*s ", cpu, irql, n->agent_width, agent);
    put_what(&l, e);
    if (e->kind == EV_UNMODELLED) {
        snprintf(text, sizeof text, "%.32s", (const char *)e->a); /* the function's name */
        clean(text);
        put(&l, *text ? " %s" : "%s", text);
    }
    if (e->kind == EV_AGENT) {
        trace_agent_text(n, (uint16_t)OBJ_NUMBER(e->obj), text, sizeof text);
        put(&l, " name=%s", text);
    }
    for (unsigned i = 0; i < count; i++) {
        trace_arg_text(n, &args[i], text, sizeof text);
        if (*text)
            put(&l, " %s", text);
    }
    trace_place_text(n, names_place(e) ? 0 : e->site, text, sizeof text);
    if (*text) {
        put(&l, "  ");
        paint(&l, "2");
        put(&l, "%s", text);
        paint(&l, "0");
    }
    return size - l.left;
}
