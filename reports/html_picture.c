/*
 * The picture of what a finding is about: the buffer's pages, the map registers that carry them, the
 * logical ranges that the device was given, and what the device was told to use and touched. The
 * four columns share one scale, bytes of the buffer downwards, so that what belongs together stands
 * side by side.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u
#define ROW_LEAST 26 /* height of a page; of few they are higher */
#define ROW_MOST 64
#define HEIGHT 260
#define PAGES_MAX 24 /* drawn; more are said */
#define RANGES_MAX 64
#define TOP 34
#define WIDTH 900

/* Columns: left edge and width. */
static const struct {
    int x, width;
    const char *title;
} columns[] = { { 0, 180, "Buffer (MDL pages)" },
                { 230, 110, "Map registers" },
                { 390, 220, "Logical ranges" },
                { 660, 240, "Device: told to use, touched" } };
enum { BUFFER, REGISTERS, RANGES, DEVICE_SIDE };

struct picture {
    const struct timeline *t;
    const struct timeline_mark *mark;
    uint32_t obj, mdl;
    uint64_t first_offset; /* of the buffer's start within its first page */
    uint64_t bytes;        /* of the buffer, from its start */
    int row;               /* height of a page */
    unsigned pages, registers;
    const struct timeline_item *maps[RANGES_MAX];
    unsigned map_count;
    const struct timeline_item *uses[RANGES_MAX]; /* claims, touches and faults */
    unsigned use_count, outside, more;
};

static bool is_mapping(uint32_t obj)
{
    return OBJ_TYPE(obj) == OBJ_SGL || OBJ_TYPE(obj) == OBJ_MAPREG;
}

static bool is_common(uint32_t obj)
{
    return OBJ_TYPE(obj) == OBJ_COMMON || OBJ_TYPE(obj) == OBJ_VECTOR;
}

/* The object to draw: the finding's own, what it belongs to, or what was mapped last of its MDL. */
static uint32_t object_of(const struct timeline *t, const struct timeline_mark *m)
{
    if (is_mapping(m->obj) || is_common(m->obj))
        return m->obj;
    if (is_mapping(m->owner) || is_common(m->owner))
        return m->owner;
    for (uint32_t i = t->count; i-- > 0;)
        if (t->items[i].kind == TIMELINE_MAP && t->items[i].seq <= m->seq &&
            OBJ_TYPE(m->obj) == OBJ_MDL && t->items[i].other == m->obj)
            return t->items[i].obj;
    return 0;
}

static bool overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

/* The last mapping of each part of the buffer before the finding. */
static void take_maps(struct picture *p)
{
    for (uint32_t i = p->t->count; i-- > 0 && p->map_count < RANGES_MAX;) {
        const struct timeline_item *m = &p->t->items[i];
        bool hidden = m->kind != TIMELINE_MAP || m->obj != p->obj || m->seq > p->mark->seq;

        for (unsigned k = 0; k < p->map_count && !hidden; k++)
            hidden = overlaps(p->maps[k]->offset, EVENT_LENGTH(p->maps[k]->b), m->offset,
                              EVENT_LENGTH(m->b));
        if (!hidden)
            p->maps[p->map_count++] = m;
    }
}

static bool same_use(const struct timeline_item *a, const struct timeline_item *b)
{
    return a->kind == b->kind && a->a == b->a && a->b == b->b && a->engine == b->engine;
}

/* Faults first, then claims, then touches, each once. */
static void take_uses(struct picture *p)
{
    static const enum timeline_kind order[] = { TIMELINE_FAULT, TIMELINE_CLAIM, TIMELINE_TOUCH };

    for (unsigned o = 0; o < 3; o++)
        for (uint32_t i = 0; i < p->t->count; i++) {
            const struct timeline_item *u = &p->t->items[i];
            bool known = u->kind != order[o] || u->other != p->obj;

            for (unsigned k = 0; k < p->use_count && !known; k++)
                known = same_use(p->uses[k], u);
            if (!known && p->use_count < RANGES_MAX)
                p->uses[p->use_count++] = u;
            else
                p->more += !known;
        }
}

static void take_sizes(struct picture *p)
{
    for (uint32_t i = 0; i < p->t->count; i++) {
        const struct timeline_item *m = &p->t->items[i];

        if (m->obj == p->obj && m->kind == TIMELINE_COMMON)
            p->bytes = m->b;
        if (m->obj == p->obj && m->kind == TIMELINE_MAPREGS)
            p->registers = (unsigned)m->a;
        if (m->obj == p->mdl && p->mdl && m->kind == TIMELINE_MDL) {
            p->first_offset = m->a % PAGE;
            p->bytes = EVENT_LENGTH(m->b);
        }
    }
    for (unsigned k = 0; k < p->map_count; k++)
        if (p->maps[k]->offset + EVENT_LENGTH(p->maps[k]->b) > p->bytes)
            p->bytes = p->maps[k]->offset + EVENT_LENGTH(p->maps[k]->b);
}

static bool gather(struct picture *p, const struct timeline *t, const struct timeline_mark *m)
{
    *p = (struct picture) { .t = t, .mark = m, .obj = object_of(t, m) };
    if (!p->obj)
        return false;
    take_maps(p);
    for (unsigned k = 0; k < p->map_count && !p->mdl; k++)
        p->mdl = p->maps[k]->other;
    take_sizes(p);
    take_uses(p);
    p->pages = (unsigned)((p->first_offset + p->bytes + PAGE - 1) / PAGE);
    p->row = p->pages ? HEIGHT / (int)p->pages : ROW_MOST;
    p->row = p->row > ROW_MOST ? ROW_MOST : p->row < ROW_LEAST ? ROW_LEAST : p->row;
    return p->bytes && (p->map_count || is_common(p->obj));
}

/* --- drawing --- */

/* Where a byte of the buffer stands; a whole page is a row high. */
static int y_of(const struct picture *p, uint64_t offset)
{
    uint64_t at = p->first_offset + offset, most = (uint64_t)PAGES_MAX * PAGE;

    return TOP + (int)((at < most ? at : most) * p->row / PAGE);
}

/* A box from one byte of the buffer to another, at least a line of text high when it is alone. */
static void box(struct html *h, const struct picture *p, int column, const char *class_name,
                uint64_t from, uint64_t to, const char *text)
{
    int y = y_of(p, from), height = y_of(p, to) - y;

    height = height < 3 ? 3 : height;
    html_say(h, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", class_name,
             columns[column].x, y, columns[column].width, height - 1);
    if (*text && height >= 13) {
        html_say(h, "<text x=\"%d\" y=\"%d\">", columns[column].x + 8, y + (height + 8) / 2 - 1);
        html_text(h, text);
        html_raw(h, "</text>");
    }
    html_raw(h, "\n");
}

/* A band between two columns: these bytes there are those bytes here. */
static void band(struct html *h, const struct picture *p, int column, uint64_t from, uint64_t to)
{
    int x = columns[column].x + columns[column].width, next = columns[column + 1].x;

    html_say(h, "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", x,
             y_of(p, from), next - x,
             y_of(p, to) - y_of(p, from) > 2 ? y_of(p, to) - y_of(p, from) - 1 : 2);
}

static void draw_pages(struct html *h, const struct picture *p)
{
    char text[96];

    for (unsigned i = 0; i < p->pages && i < PAGES_MAX; i++) {
        uint64_t from = i ? (uint64_t)i * PAGE - p->first_offset : 0;
        uint64_t to = ((uint64_t)i + 1) * PAGE - p->first_offset;

        to = to < p->bytes ? to : p->bytes;
        html_say(h, "<rect class=\"page\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                 columns[BUFFER].x, TOP + (int)i * p->row, columns[BUFFER].width, p->row - 1);
        snprintf(text, sizeof text, "page %u  bytes %" PRIu64 "–%" PRIu64, i, from, to - 1);
        box(h, p, BUFFER, "used", from, to, text);
    }
}

static bool is_mapped_page(const struct picture *p, uint64_t from, uint64_t to, bool *bounced)
{
    for (unsigned k = 0; k < p->map_count; k++)
        if (overlaps(p->maps[k]->offset, EVENT_LENGTH(p->maps[k]->b), from, to - from)) {
            *bounced = (p->maps[k]->b & EVENT_BOUNCED) != 0;
            return true;
        }
    return false;
}

static void draw_registers(struct html *h, const struct picture *p)
{
    unsigned number = 0;
    char text[48];

    for (unsigned i = 0; i < p->pages && i < PAGES_MAX; i++) {
        uint64_t from = i ? (uint64_t)i * PAGE - p->first_offset : 0;
        uint64_t to = ((uint64_t)i + 1) * PAGE - p->first_offset;
        bool bounced = false;

        to = to < p->bytes ? to : p->bytes;
        if (!is_mapped_page(p, from, to, &bounced))
            continue;
        snprintf(text, sizeof text, "%u%s", number++, bounced ? " bounced" : "");
        band(h, p, BUFFER, from, to);
        html_say(h, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                 bounced ? "register bounced" : "register", columns[REGISTERS].x,
                 TOP + (int)i * p->row, columns[REGISTERS].width, p->row - 1);
        html_say(h, "<text x=\"%d\" y=\"%d\">%s</text>\n", columns[REGISTERS].x + 8,
                 TOP + (int)i * p->row + p->row / 2 + 3, text);
        band(h, p, REGISTERS, from, to);
    }
}

static void draw_ranges(struct html *h, const struct picture *p)
{
    char text[96];

    if (is_common(p->obj))
        for (uint32_t i = 0; i < p->t->count; i++)
            if (p->t->items[i].obj == p->obj && p->t->items[i].kind == TIMELINE_COMMON) {
                snprintf(text, sizeof text, "0x%" PRIX64 " + %" PRIu64, p->t->items[i].a, p->bytes);
                box(h, p, RANGES, "range", 0, p->bytes, text);
                return;
            }
    for (unsigned k = 0; k < p->map_count; k++) {
        const struct timeline_item *m = p->maps[k];
        uint64_t bytes = EVENT_LENGTH(m->b);
        bool gone = m->to_ns != TIMELINE_OPEN && m->to_ns <= p->mark->ns;

        snprintf(text, sizeof text, "0x%" PRIX64 " + %" PRIu64 "%s", m->a, bytes,
                 gone ? " released" : "");
        box(h, p, RANGES, gone ? "range gone" : "range", m->offset, m->offset + bytes, text);
    }
}

/* Which bytes of the buffer a bus address stands for; false: none of what is drawn. */
static bool offset_of(const struct picture *p, uint64_t ba, uint64_t *offset)
{
    for (unsigned k = 0; k < p->map_count; k++)
        if (ba >= p->maps[k]->a && ba < p->maps[k]->a + EVENT_LENGTH(p->maps[k]->b)) {
            *offset = p->maps[k]->offset + (ba - p->maps[k]->a);
            return true;
        }
    for (uint32_t i = 0; i < p->t->count && is_common(p->obj); i++) {
        const struct timeline_item *c = &p->t->items[i];

        if (c->kind == TIMELINE_COMMON && c->obj == p->obj && ba >= c->a && ba < c->a + c->b) {
            *offset = ba - c->a;
            return true;
        }
    }
    return false;
}

static void use_text(const struct timeline_item *u, char *text, size_t size)
{
    const char *verb = u->kind == TIMELINE_FAULT ? "refused"
                       : u->kind == TIMELINE_CLAIM
                           ? (u->b & EVENT_TO_DEVICE ? "is to read" : "is to write")
                       : u->b & EVENT_TO_DEVICE ? "read"
                                                : "wrote";

    snprintf(text, size, "engine %u %s %" PRIu64, u->engine, verb, (uint64_t)EVENT_LENGTH(u->b));
}

/* Several may lie one over the other: a fault on top of the claim it belongs to, each half as wide. */
static void draw_uses(struct html *h, const struct picture *p)
{
    static const char *const classes[] = { "use claim", "use touch", "use fault" };
    const int lane = columns[DEVICE_SIDE].width / 3;
    char text[64];

    for (unsigned k = 0; k < p->use_count; k++) {
        const struct timeline_item *u = p->uses[k];
        unsigned l = (unsigned)u->kind - TIMELINE_CLAIM;
        uint64_t offset, bytes = EVENT_LENGTH(u->b);
        int y, height;

        if (!offset_of(p, u->a, &offset))
            continue;
        bytes = offset + bytes > p->bytes ? p->bytes - offset : bytes;
        y = y_of(p, offset);
        height = y_of(p, offset + bytes) - y;
        height = height < 3 ? 3 : height;
        use_text(u, text, sizeof text);
        html_say(h,
                 "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
                 "height=\"%d\"><title>%s</title></rect>\n",
                 classes[l], columns[DEVICE_SIDE].x + (int)l * lane, y, lane - 3, height - 1, text);
        if (u->kind == TIMELINE_CLAIM)
            band(h, p, RANGES, offset, offset + bytes);
        if (height >= 13)
            html_say(h, "<text x=\"%d\" y=\"%d\">%s</text>\n",
                     columns[DEVICE_SIDE].x + (int)l * lane + 5, y + (height + 8) / 2 - 1,
                     l == 0   ? (u->b & EVENT_TO_DEVICE ? "to read" : "to write")
                     : l == 1 ? (u->b & EVENT_TO_DEVICE ? "read" : "wrote")
                              : "refused");
    }
}

static void caption(struct html *h, const struct picture *p)
{
    const struct timeline_mark *m = p->mark;

    html_say(h,
             "<figcaption>%s#%u at the time of the finding (%" PRIu64 ".%03u µs): %" PRIu64
             " bytes in %u page%s, %u logical range%s.",
             object_word(OBJ_TYPE(p->obj)), OBJ_NUMBER(p->obj), m->ns / 1000,
             (unsigned)(m->ns % 1000), p->bytes, p->pages, p->pages == 1 ? "" : "s",
             is_common(p->obj) ? 1 : p->map_count,
             is_common(p->obj) || p->map_count == 1 ? "" : "s");
    if (p->pages > PAGES_MAX)
        html_say(h, " The first %u pages are drawn.", PAGES_MAX);
    if (p->more)
        html_say(h, " %u further accesses of the device are not drawn.", p->more);
    html_raw(h, "</figcaption>");
}

static void draw(struct html *h, const struct picture *p, unsigned group)
{
    unsigned rows = p->pages < PAGES_MAX ? p->pages : PAGES_MAX;
    int height = TOP + (int)rows * p->row + 4;

    html_say(h, "<figure class=\"picture\" id=\"picture-%u\">\n", group + 1);
    html_say(h, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", WIDTH,
             height, WIDTH, height);
    for (unsigned c = 0; c < sizeof columns / sizeof *columns; c++)
        if (!is_common(p->obj) || (c != REGISTERS))
            html_say(h, "<text class=\"title\" x=\"%d\" y=\"16\">%s</text>\n", columns[c].x,
                     is_common(p->obj) && c == BUFFER ? "Common buffer" : columns[c].title);
    draw_pages(h, p);
    if (!is_common(p->obj))
        draw_registers(h, p);
    draw_ranges(h, p);
    draw_uses(h, p);
    html_raw(h, "</svg>\n");
    caption(h, p);
    html_raw(h, "</figure>\n");
}

/* The first mark of the group in some timeline. */
static const struct timeline_mark *mark_of(const struct html *h, unsigned group,
                                           const struct timeline **t)
{
    const struct report_story *s = h->report->story;

    for (unsigned i = 0; s && i < s->timeline_count; i++)
        for (unsigned k = 0; k < s->timelines[i]->mark_count; k++)
            if (html_group_of(h, s->timelines[i]->marks[k].finding) == group) {
                *t = s->timelines[i];
                return &s->timelines[i]->marks[k];
            }
    return NULL;
}

void html_picture(struct html *h, unsigned group)
{
    const struct timeline *t = NULL;
    const struct timeline_mark *m = mark_of(h, group, &t);
    struct picture *p = m ? malloc(sizeof *p) : NULL;

    if (p && gather(p, t, m))
        draw(h, p, group);
    else if (m)
        html_ranges(h, t, m);
    free(p);
}
