/*
 * Gathering the two sides of a replay (replay.h).
 */
#include "reports/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum input {
#define INPUT(kind, word) INPUT_##kind,
#include "trace/inputs.def"
#undef INPUT
};

static bool is_request(uint64_t kind)
{
    return kind == INPUT_READ || kind == INPUT_WRITE || kind == INPUT_IOCTL;
}

/* The requester has sent something: the IRP of it comes next from the same agent. */
static void on_input(struct replay_side *s, const struct event *e)
{
    unsigned agent = e->agent < REPLAY_AGENTS ? e->agent : REPLAY_AGENTS - 1;

    s->waiting[agent] = 0;
    if (!is_request(e->a[1]))
        return;
    if (!(s->request_count & (s->request_count - 1))) { /* a power of two is full */
        size_t room = s->request_count ? s->request_count * 2 : 1;

        s->requests = realloc(s->requests, room * sizeof *s->requests);
        must(s->requests);
    }
    if (!s->sent[agent])
        s->sender[agent] = s->senders++;
    s->requests[s->request_count] = (struct replay_request) { .sender = s->sender[agent],
                                                              .nth = s->sent[agent]++,
                                                              .kind = (uint8_t)e->a[1],
                                                              .index = e->a[0] };
    s->waiting[agent] = ++s->request_count;
}

static void on_irp(struct replay_side *s, const struct event *e)
{
    unsigned agent = e->agent < REPLAY_AGENTS ? e->agent : REPLAY_AGENTS - 1;
    uint32_t number = OBJ_NUMBER(e->obj);

    if (!s->waiting[agent])
        return;
    if (number >= s->irp_room) {
        uint32_t room = number * 2 + 64;

        s->of_irp = realloc(s->of_irp, room * sizeof *s->of_irp);
        must(s->of_irp);
        memset(s->of_irp + s->irp_room, 0, (room - s->irp_room) * sizeof *s->of_irp);
        s->irp_room = room;
    }
    s->of_irp[number] = s->waiting[agent];
    s->waiting[agent] = 0;
}

static void on_irp_end(struct replay_side *s, const struct event *e)
{
    uint32_t number = OBJ_NUMBER(e->obj);
    struct replay_request *r;

    if (number >= s->irp_room || !s->of_irp[number])
        return;
    r = &s->requests[s->of_irp[number] - 1];
    r->ended = true;
    r->status = (uint32_t)e->a[0];
    r->information = e->a[1];
    s->of_irp[number] = 0;
}

void replay_side_event(void *side, const struct event *e)
{
    struct replay_side *s = side;

    s->events++;
    s->virtual_ns = e->ns;
    switch (e->kind) {
    case EV_MAP:
        s->maps++;
        s->bounced += (e->a[1] & EVENT_BOUNCED) != 0;
        s->mapped_bytes += EVENT_LENGTH(e->a[1]);
        break;
    case EV_FLUSH:
        s->copied_bytes += e->a[2];
        break;
    case EV_INPUT:
        on_input(s, e);
        break;
    case EV_IRP:
        on_irp(s, e);
        break;
    case EV_IRP_END:
        on_irp_end(s, e);
        break;
    default:
        break;
    }
}

void replay_side_free(struct replay_side *s)
{
    if (!s)
        return;
    free(s->requests);
    free(s->of_irp);
    free(s);
}

void report_replay_free(struct report_replay *p)
{
    if (!p)
        return;
    replay_side_free(p->recorded);
    for (unsigned i = 0; i < p->row_count; i++) {
        replay_side_free(p->rows[i].side);
        free(p->rows[i].gone);
        free(p->rows[i].added);
        free(p->rows[i].same);
    }
    free(p->rows);
    free(p);
}

/* --- findings --- */

static bool same_place(const struct report_site *a, const struct report_site *b)
{
    if (!report_same_text(a->role, b->role) || !a->frame_count != !b->frame_count)
        return false;
    return !a->frame_count || (report_same_text(a->frames[0].file, b->frames[0].file) &&
                               report_same_text(a->frames[0].function, b->frames[0].function));
}

/* Lines may have moved, and a later touch is seen on one machine and not on another. */
bool replay_same_finding(const struct report_finding *a, const struct report_finding *b)
{
    unsigned sites = a->site_count < b->site_count ? a->site_count : b->site_count;

    if (!report_same_text(a->rule, b->rule) || !a->site_count != !b->site_count)
        return false;
    for (unsigned i = 0; i < sites; i++)
        if (!same_place(&a->sites[i], &b->sites[i]))
            return false;
    return true;
}

static bool has(const struct report *r, const struct report_finding *f)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (replay_same_finding(&r->findings[i], f))
            return true;
    return false;
}

static void list_add(const char ***list, unsigned *count, struct report *keeper,
                     const struct report_finding *f)
{
    char where[256], text[400];

    report_where(f, where, sizeof where);
    snprintf(text, sizeof text, "%s at %s", f->rule, where);
    *list = realloc(*list, (*count + 1) * sizeof **list);
    must(*list);
    (*list)[(*count)++] = report_keep(keeper, text);
}

void replay_row_findings(struct replay_row *row, struct report *keeper,
                         const struct report *recorded, const struct report *now)
{
    for (unsigned i = 0; i < recorded->finding_count; i++)
        if (has(now, &recorded->findings[i]))
            list_add(&row->same, &row->same_count, keeper, &recorded->findings[i]);
        else
            list_add(&row->gone, &row->gone_count, keeper, &recorded->findings[i]);
    for (unsigned i = 0; i < now->finding_count; i++)
        if (!has(recorded, &now->findings[i]))
            list_add(&row->added, &row->added_count, keeper, &now->findings[i]);
}
