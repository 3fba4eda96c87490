/*
 * The timelines on the page: a section that reports/html/report.js fills, and the data that it fills
 * it from. An item is an array, in the order that item() writes and the script's ITEM names.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void html_find_marks(struct html *h)
{
    const struct report_story *s = h->report->story;

    for (unsigned i = 0; s && i < s->timeline_count; i++)
        for (unsigned k = 0; k < s->timelines[i]->mark_count; k++)
            h->on_timeline[html_group_of(h, s->timelines[i]->marks[k].finding)] = true;
}

void html_timelines(struct html *h)
{
    const struct report_story *s = h->report->story;

    if (!s || !s->timeline_count)
        return;
    html_raw(h, "<section id=\"timelines\">\n<h2>Timeline</h2>\n"
                "<noscript><p class=\"missing\">The timeline is drawn by a script, which this "
                "browser does not run. Everything else on this page is there.</p></noscript>\n"
                "<div id=\"timeline\"></div>\n</section>\n");
}

/* --- words --- */

static const char *object_text(uint32_t id, char *text, size_t size)
{
    const char *word = object_word(OBJ_TYPE(id));

    if (!id || !word)
        return "";
    snprintf(text, size, "%s#%u", word, OBJ_NUMBER(id));
    return text;
}

static const char *fault_word(uint64_t reason)
{
    static const char *const words[] = { "fault",
                                         "nothing is mapped there",
                                         "released already",
                                         "mapped for the other direction",
                                         "beyond the device's address bits",
                                         "no memory there",
                                         "bus mastering is off" };

    return words[reason < sizeof words / sizeof *words ? reason : 0];
}

static const char *request_word(uint64_t major_minor)
{
    static const char *const words[] = {
        [0x00] = "create",         [0x02] = "close",    [0x03] = "read",
        [0x04] = "write",          [0x09] = "flush",    [0x0e] = "ioctl",
        [0x0f] = "internal ioctl", [0x10] = "shutdown", [0x12] = "cleanup",
        [0x16] = "power",          [0x17] = "WMI",      [0x1b] = "PnP",
    };
    uint64_t major = major_minor >> 8;

    return major < sizeof words / sizeof *words && words[major] ? words[major] : "request";
}

/* What an item is called. */
static const char *what_of(const struct timeline *t, const struct timeline_item *item)
{
    switch (item->kind) {
    case TIMELINE_PHASE:
        return phase_word((unsigned)item->a);
    case TIMELINE_RUN:
        return timeline_agent(t, item->agent);
    case TIMELINE_FRAME:
        return api_name(item->api);
    case TIMELINE_STOP:
        return event_word((unsigned)item->b);
    case TIMELINE_FAULT:
        return fault_word(item->offset);
    case TIMELINE_REQUEST:
        return request_word(item->a);
    case TIMELINE_CLAIM:
    case TIMELINE_TOUCH:
        return item->b & EVENT_TO_DEVICE ? "reads" : "writes";
    default:
        return "";
    }
}

static void hex_or_null(struct writer *w, uint64_t value, bool known)
{
    if (known)
        writer_hex(w, value);
    else
        writer_u64(w, 0);
}

static bool has_address(unsigned kind)
{
    return kind == TIMELINE_CLAIM || kind == TIMELINE_TOUCH || kind == TIMELINE_FAULT ||
           kind == TIMELINE_MAP || kind == TIMELINE_COMMON;
}

static uint64_t number_of(const struct timeline_item *item)
{
    switch (item->kind) {
    case TIMELINE_PHASE:
    case TIMELINE_RUN:
    case TIMELINE_FRAME:
        return 0;
    case TIMELINE_IRQL:
    case TIMELINE_MAPREGS:
    case TIMELINE_DOORBELL:
        return item->a;
    default:
        return EVENT_LENGTH(item->b);
    }
}

static unsigned place_index(const struct timeline *t, uint32_t site)
{
    const struct timeline_place *p = timeline_place(t, site);

    return p ? (unsigned)(p - t->places) + 1 : 0;
}

static void item(struct writer *w, const struct timeline *t, const struct timeline_item *i)
{
    char obj[48], other[48];

    writer_array_begin(w);
    writer_u64(w, i->kind);
    writer_u64(w, i->from_ns);
    if (i->to_ns == TIMELINE_OPEN)
        writer_null(w);
    else
        writer_u64(w, i->to_ns);
    writer_u64(w, i->seq);
    writer_string(w, what_of(t, i));
    writer_string(w, object_text(i->obj, obj, sizeof obj));
    writer_string(w, object_text(i->other, other, sizeof other));
    writer_u64(w, i->cpu);
    writer_u64(w, i->kind == TIMELINE_FRAME ? i->depth : i->engine);
    hex_or_null(w, i->a, has_address(i->kind));
    writer_u64(w, number_of(i));
    writer_u64(w, (i->b & EVENT_TO_DEVICE ? 1 : 0) | (i->b & EVENT_BOUNCED ? 2 : 0));
    writer_u64(w, place_index(t, i->site));
    writer_u64(w, place_index(t, i->site_end));
    writer_array_end(w);
}

static void places(struct writer *w, const struct timeline *t)
{
    char text[256];

    writer_key(w, "places");
    writer_array_begin(w);
    for (unsigned i = 0; i < t->place_count; i++) {
        const struct site_frame_text *f = &t->places[i].text;

        snprintf(text, sizeof text, "%s:%u %s", *f->file ? f->file : "?", f->line, f->function);
        writer_string(w, text);
    }
    writer_array_end(w);
}

/* Whether an earlier mark is of the same fault: the first one counts. */
static bool is_marked(const struct html *h, const struct timeline *t, unsigned mark)
{
    for (unsigned i = 0; i < mark; i++)
        if (html_group_of(h, t->marks[i].finding) == html_group_of(h, t->marks[mark].finding))
            return true;
    return false;
}

static void marks(struct html *h, struct writer *w, const struct timeline *t)
{
    char text[48];

    writer_key(w, "marks");
    writer_array_begin(w);
    for (unsigned i = 0; i < t->mark_count; i++) {
        const struct timeline_mark *m = &t->marks[i];
        unsigned group = html_group_of(h, m->finding);
        const struct report_finding *f;

        if (group == h->groups.count || is_marked(h, t, i))
            continue; /* beyond --max-findings; marked already */
        f = h->groups.all[group].members[0];
        writer_object_begin(w);
        writer_key_u64(w, "finding", group + 1);
        writer_key_u64(w, "ns", m->ns);
        writer_key_u64(w, "seq", m->seq);
        writer_key_string(w, "obj", object_text(m->obj, text, sizeof text));
        writer_key_string(w, "rule", f->rule);
        writer_key_string(w, "severity", f->severity);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void one(struct html *h, struct writer *w, const struct timeline *t)
{
    const struct report_run *run = &h->report->runs[t->run];

    writer_object_begin(w);
    writer_key_string(w, "scenario", run->scenario);
    writer_key_string(w, "profile", run->profile);
    writer_key_u64(w, "seed", run->seed);
    writer_key_u64(w, "end", t->end_ns);
    writer_key_u64(w, "events", t->events);
    writer_key_u64(w, "leftOut", t->left_out);
    places(w, t);
    marks(h, w, t);
    writer_key(w, "items");
    writer_array_begin(w);
    for (unsigned i = 0; i < t->count; i++)
        item(w, t, &t->items[i]);
    writer_array_end(w);
    writer_object_end(w);
}

void html_timeline_data(struct html *h)
{
    const struct report_story *s = h->report->story;
    struct writer *w = &h->w;

    html_raw(h, "<script type=\"application/json\" id=\"timeline-data\">");
    writer_object_begin(w);
    writer_key(w, "kinds");
    writer_array_begin(w);
    for (unsigned i = 0; i < TIMELINE_KINDS; i++)
        writer_string(w, timeline_kind_word((enum timeline_kind)i));
    writer_array_end(w);
    writer_key(w, "timelines");
    writer_array_begin(w);
    for (unsigned i = 0; s && i < s->timeline_count; i++)
        one(h, w, s->timelines[i]);
    writer_array_end(w);
    writer_object_end(w);
    html_raw(h, "</script>\n");
}
