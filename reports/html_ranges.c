/*
 * For a finding about an address that belongs to no mapping: what was mapped for devices just then, in
 * the order of addresses, with the address that the device was given in its place among them.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 512
#define AROUND 5 /* ranges shown before and after the address */

struct row {
    const struct timeline_item *item;
    uint64_t from, bytes;
};

static int by_address(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    return x->from < y->from ? -1 : x->from > y->from;
}

/* What the finding was made at: that event or, where the event announces another, the next one. */
static const struct timeline_item *given(const struct timeline *t, const struct timeline_mark *m)
{
    for (uint32_t i = 0; i < t->count; i++)
        if ((t->items[i].kind == TIMELINE_CLAIM || t->items[i].kind == TIMELINE_TOUCH ||
             t->items[i].kind == TIMELINE_FAULT) &&
            (t->items[i].seq == m->seq || t->items[i].seq == m->seq + 1))
            return &t->items[i];
    return NULL;
}

static unsigned gather(const struct timeline *t, const struct timeline_mark *m,
                       const struct timeline_item *address, struct row *rows)
{
    unsigned count = 0;

    rows[count++] = (struct row) { address, address->a, EVENT_LENGTH(address->b) };
    for (uint32_t i = 0; i < t->count && count < ROWS_MAX; i++) {
        const struct timeline_item *item = &t->items[i];

        if ((item->kind == TIMELINE_MAP || item->kind == TIMELINE_COMMON) && item->seq < m->seq &&
            item->to_ns > m->ns)
            rows[count++] = (struct row) { item, item->a, EVENT_LENGTH(item->b) };
    }
    qsort(rows, count, sizeof *rows, by_address);
    return count;
}

static void write_row(struct html *h, const struct row *r, bool is_address)
{
    html_say(h,
             "<tr%s><td class=\"code\">0x%" PRIX64 " – 0x%" PRIX64
             "</td><td class=\"count\">%" PRIu64 "</td><td>",
             is_address ? " class=\"stray\"" : "", r->from, r->from + (r->bytes ? r->bytes - 1 : 0),
             r->bytes);
    if (is_address)
        html_say(h, "engine %u was given this</td><td>", r->item->engine);
    else
        html_say(h, "%s#%u</td><td>", object_word(OBJ_TYPE(r->item->obj)),
                 OBJ_NUMBER(r->item->obj));
    if (r->item->kind != TIMELINE_COMMON)
        html_raw(h, r->item->b & EVENT_TO_DEVICE ? "device reads" : "device writes");
    html_raw(h, "</td></tr>\n");
}

static void write_rows(struct html *h, const struct row *rows, unsigned count,
                       const struct timeline_item *address)
{
    unsigned at = 0, first, last;

    while (rows[at].item != address)
        at++;
    first = at > AROUND ? at - AROUND : 0;
    last = at + AROUND < count ? at + AROUND : count - 1;
    html_say(h, "<figure class=\"ranges\"><table><thead><tr><th>bus addresses</th><th "
                "class=\"count\">bytes</th><th></th><th></th></tr></thead><tbody>\n");
    for (unsigned i = first; i <= last; i++)
        write_row(h, &rows[i], i == at);
    html_raw(h, "</tbody></table><figcaption>");
    if (count == 1)
        html_raw(h, "Nothing was mapped for devices at that time.");
    else
        html_say(h, "What was mapped for devices at that time: %u range%s.", count - 1,
                 count == 2 ? "" : "s");
    if (last - first + 1 < count)
        html_say(h, " The nearest %u are shown.", last - first);
    html_raw(h, "</figcaption></figure>\n");
}

void html_ranges(struct html *h, const struct timeline *t, const struct timeline_mark *m)
{
    const struct timeline_item *address = given(t, m);
    struct row *rows = address ? malloc(ROWS_MAX * sizeof *rows) : NULL;

    if (!rows)
        return;
    write_rows(h, rows, gather(t, m, address, rows), address);
    free(rows);
}
