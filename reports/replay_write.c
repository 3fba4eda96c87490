/*
 * A replay beside its recording, as text and as JSON.
 */
#include "reports/replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reports/table.h"

#define OTHERS_SHOWN 16 /* requests with another result, of a run */

static const char *const words[] = {
#define INPUT(kind, word) word,
#include "trace/inputs.def"
#undef INPUT
};

static __attribute__((format(printf, 2, 3))) void say(struct writer *w, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    writer_raw(w, text, strlen(text));
}

static bool same_request(const struct replay_request *a, const struct replay_request *b)
{
    return a->sender == b->sender && a->nth == b->nth && a->kind == b->kind;
}

/* The request of the other side that the i-th recorded one is, most often at its own place; NULL: it was not
 * sent there. */
static const struct replay_request *counterpart(const struct replay_row *row,
                                                const struct report_replay *p, unsigned i)
{
    const struct replay_side *s = row->side;
    const struct replay_request *r = &p->recorded->requests[i];

    if (i < s->request_count && same_request(&s->requests[i], r))
        return &s->requests[i];
    for (unsigned k = 0; k < s->request_count; k++)
        if (same_request(&s->requests[k], r))
            return &s->requests[k];
    return NULL;
}

static bool same_result(const struct replay_request *a, const struct replay_request *b)
{
    return b && a->ended == b->ended &&
           (!a->ended || (a->status == b->status && a->information == b->information));
}

static unsigned others(const struct report_replay *p, const struct replay_row *row)
{
    unsigned count = 0;

    for (unsigned i = 0; i < p->recorded->request_count; i++)
        count += !same_result(&p->recorded->requests[i], counterpart(row, p, i));
    return count;
}

/* --- text --- */

static void cell(struct table *t, const char *row, const char *column, uint64_t value)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRIu64, value);
    table_set(t, row, column, text);
}

static void side_cells(struct table *t, const char *name, const struct replay_side *s)
{
    char us[32];

    snprintf(us, sizeof us, "%" PRIu64 ".%03u", s->virtual_ns / 1000,
             (unsigned)(s->virtual_ns % 1000));
    cell(t, name, "requests", s->request_count);
    table_set(t, name, "other result", "-");
    cell(t, name, "maps", s->maps);
    cell(t, name, "bounced", s->bounced);
    cell(t, name, "copied bytes", s->copied_bytes);
    table_set(t, name, "virtual us", us);
    cell(t, name, "events", s->events);
}

static void write_table(const struct report *r, struct writer *w, bool color)
{
    const struct report_replay *p = r->replay;
    struct table t;
    char name[TABLE_TEXT_MAX];

    table_init(&t, "machine");
    snprintf(name, sizeof name, "%s (recorded)", p->recorded->profile);
    cell(&t, name, "exit", (uint64_t)p->recorded_exit);
    cell(&t, name, "findings", p->recorded_findings);
    table_set(&t, name, "gone", "-");
    table_set(&t, name, "new", "-");
    side_cells(&t, name, p->recorded);
    for (unsigned i = 0; i < p->row_count; i++) {
        const struct replay_row *row = &p->rows[i];

        snprintf(name, sizeof name, "%s%s", r->runs[row->run].profile,
                 p->other_driver ? " (now)" : "");
        cell(&t, name, "exit", (uint64_t)r->runs[row->run].exit);
        cell(&t, name, "findings", row->same_count + row->added_count);
        cell(&t, name, "gone", row->gone_count);
        cell(&t, name, "new", row->added_count);
        side_cells(&t, name, row->side);
        cell(&t, name, "other result", others(p, row));
    }
    table_write(&t, w, color);
    table_free(&t);
}

static void result_text(const struct replay_request *r, char *text, size_t size)
{
    if (!r)
        snprintf(text, size, "not sent");
    else if (!r->ended)
        snprintf(text, size, "never completed");
    else
        snprintf(text, size, "0x%08" PRIX32 ", %" PRIu64 " bytes", r->status, r->information);
}

static void write_lists(const struct report *r, struct writer *w, const struct replay_row *row)
{
    const struct report_replay *p = r->replay;
    const char *profile = r->runs[row->run].profile;
    unsigned shown = 0;

    for (unsigned i = 0; i < row->gone_count; i++)
        say(w, "gone on %s: %s\n", profile, row->gone[i]);
    for (unsigned i = 0; i < row->same_count && p->other_driver; i++)
        say(w, "remains on %s: %s\n", profile, row->same[i]);
    for (unsigned i = 0; i < row->added_count; i++)
        say(w, "new on %s: %s\n", profile, row->added[i]);
    for (unsigned i = 0; i < p->recorded->request_count; i++) {
        const struct replay_request *was = &p->recorded->requests[i];
        const struct replay_request *is = counterpart(row, p, i);
        char before[64], after[64];

        if (same_result(was, is) || shown++ >= OTHERS_SHOWN)
            continue;
        result_text(was, before, sizeof before);
        result_text(is, after, sizeof after);
        say(w, "other result on %s: %s (input %" PRIu64 "): %s, recorded: %s\n", profile,
            words[was->kind], was->index, after, before);
    }
    if (shown > OTHERS_SHOWN)
        say(w, "other result on %s: %u more\n", profile, shown - OTHERS_SHOWN);
}

static void write_comparison(const struct report_replay *p, struct writer *w)
{
    uint64_t recorded = p->recorded ? p->recorded->events : 0;

    if (!p->compared)
        return;
    if (!p->differs)
        say(w, "replay: %" PRIu64 " events, each as recorded%s\n", p->events,
            p->ends_early ? "; the recording ends there" : "");
    else if (!p->resynced)
        say(w, "replay: %" PRIu64 " of %" PRIu64 " events as recorded, then it diverged\n",
            p->events, recorded);
    else
        say(w,
            "replay: %" PRIu64 " of %" PRIu64 " recorded operations came again, %" PRIu64
            " of them with other values; %" PRIu64 " did not, and %" PRIu64
            " are new; aligned again %" PRIu64 " times\n",
            p->events, recorded, p->changed, p->missing, p->added, p->realigned);
    if (p->resynced && *p->difference) {
        say(w, "  ");
        writer_clean(w, p->difference, "    ");
        say(w, "\n");
    }
}

void replay_write_text(const struct report *r, struct writer *w, bool color)
{
    const struct report_replay *p = r->replay;

    write_comparison(p, w);
    if (!p->side_by_side)
        return;
    write_table(r, w, color);
    for (unsigned i = 0; i < p->row_count; i++)
        write_lists(r, w, &p->rows[i]);
}

/* --- JSON --- */

static void json_list(struct writer *w, const char *key, const char *const *list, unsigned count)
{
    writer_key(w, key);
    writer_array_begin(w);
    for (unsigned i = 0; i < count; i++)
        writer_string(w, list[i]);
    writer_array_end(w);
}

static void json_side(struct writer *w, const struct replay_side *s)
{
    writer_key_u64(w, "events", s->events);
    writer_key_u64(w, "virtual_ns", s->virtual_ns);
    writer_key_u64(w, "requests", s->request_count);
    writer_key_u64(w, "maps", s->maps);
    writer_key_u64(w, "bounced", s->bounced);
    writer_key_u64(w, "mapped_bytes", s->mapped_bytes);
    writer_key_u64(w, "copied_bytes", s->copied_bytes);
}

static void json_result(struct writer *w, const char *key, const struct replay_request *r)
{
    writer_key(w, key);
    if (!r) {
        writer_null(w);
        return;
    }
    writer_object_begin(w);
    writer_key(w, "completed");
    writer_bool(w, r->ended);
    if (r->ended) {
        writer_key(w, "status");
        writer_hex(w, r->status);
        writer_key_u64(w, "information", r->information);
    }
    writer_object_end(w);
}

static void json_others(struct writer *w, const struct report_replay *p,
                        const struct replay_row *row)
{
    writer_key(w, "other_results");
    writer_array_begin(w);
    for (unsigned i = 0; i < p->recorded->request_count; i++) {
        const struct replay_request *was = &p->recorded->requests[i];
        const struct replay_request *is = counterpart(row, p, i);

        if (same_result(was, is))
            continue;
        writer_object_begin(w);
        writer_key_u64(w, "input", was->index);
        writer_key_string(w, "op", words[was->kind]);
        json_result(w, "recorded", was);
        json_result(w, "now", is);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void json_row(struct writer *w, const struct report *r, const struct replay_row *row)
{
    writer_object_begin(w);
    writer_key_string(w, "profile", r->runs[row->run].profile);
    writer_key_u64(w, "exit", (uint64_t)r->runs[row->run].exit);
    json_side(w, row->side);
    json_list(w, "same", row->same, row->same_count);
    json_list(w, "gone", row->gone, row->gone_count);
    json_list(w, "new", row->added, row->added_count);
    json_others(w, r->replay, row);
    writer_object_end(w);
}

static void json_comparison(struct writer *w, const struct report_replay *p)
{
    writer_key(w, "comparison");
    if (!p->compared) {
        writer_null(w);
        return;
    }
    writer_object_begin(w);
    writer_key(w, "differs");
    writer_bool(w, p->differs);
    writer_key(w, "ends_early");
    writer_bool(w, p->ends_early);
    writer_key_u64(w, "events", p->events);
    if (p->resynced) {
        writer_key_u64(w, "missing", p->missing);
        writer_key_u64(w, "new", p->added);
        writer_key_u64(w, "changed", p->changed);
        writer_key_u64(w, "realigned", p->realigned);
    }
    if (*p->difference)
        writer_key_string(w, "difference", p->difference);
    writer_object_end(w);
}

void replay_write_json(const struct report *r, struct writer *w)
{
    const struct report_replay *p = r->replay;

    writer_object_begin(w);
    writer_key_string(w, "trace", p->trace);
    writer_key(w, "other_build");
    writer_bool(w, p->other_build);
    json_comparison(w, p);
    writer_key(w, "recorded");
    writer_object_begin(w);
    writer_key_string(w, "profile", p->recorded->profile);
    writer_key_u64(w, "exit", (uint64_t)p->recorded_exit);
    writer_key_u64(w, "findings", p->recorded_findings);
    json_side(w, p->recorded);
    writer_object_end(w);
    writer_key(w, "runs");
    writer_array_begin(w);
    for (unsigned i = 0; i < p->row_count; i++)
        json_row(w, r, &p->rows[i]);
    writer_array_end(w);
    writer_object_end(w);
}
