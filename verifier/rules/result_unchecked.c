/*
 * result_unchecked, sgl_empty_accepted, mapregs_short_ignored: a request for DMA came to nothing, and the
 * request that it was for ends as if it had not, or ends without a second try. Failures of this kind
 * come when memory or map registers run short: on a busy server, in the week after delivery.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/outcome.h"

#define PAGE_BYTES 4096u

/* The request's record when this event completes it with so many bytes; NULL: otherwise. */
static const struct irp_record *done(const struct track *t, const struct event *e)
{
    const struct irp_record *i = objtab_find_live(&t->irps, e->obj);

    return i && i->mdl && (int32_t)e->a[0] >= 0 && e->a[1] ? i : NULL;
}

static RULE_COLD void say_done(struct rule_run *r, const struct event *e, const struct outcome *o,
                               const char *what)
{
    const struct irp_record *i = objtab_find(&r->track->irps, e->obj);

    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = o->adapter,
                .also = i ? i->mdl : 0,
                .sites = { { ROLE_COMPLETED, e->site }, { ROLE_OTHER, o->site } } },
            "%s is completed with %" PRIu64 " bytes, but %s of %s %s", finding_object(e->obj),
            e->a[1], o->status ? api_name(o->api) : "a list", finding_object(o->adapter), what);
}

/* A channel is asked for by no MDL: that the buffer was never touched has to do. */
static void on_refused(struct rule_run *r, const struct event *e)
{
    const struct irp_record *i = done(r->track, e);
    const struct outcome *o = i ? outcome_of(r->track, i->mdl) : NULL;

    if (i && !o && !outcome_touched(r->track, i->mdl))
        o = outcome_of_channel(r->track, e->agent);
    if (o && o->status)
        say_done(r, e, o, "failed, and nothing has been mapped since");
}

static void on_empty(struct rule_run *r, const struct event *e)
{
    const struct irp_record *i = done(r->track, e);
    const struct outcome *o = i ? outcome_of(r->track, i->mdl) : NULL;

    if (o && !o->status)
        say_done(r, e, o, "had no elements, and none has been made since");
}

/* As many as MaximumLength takes, wherever it begins in its first page. */
static uint64_t registers_asked(const struct adapter_record *a)
{
    return (a->length_max_bytes + PAGE_BYTES - 1) / PAGE_BYTES + 1;
}

static void on_short(struct rule_run *r, const struct event *e)
{
    const struct irp_record *i = objtab_find_live(&r->track->irps, e->obj);
    const struct outcome *o = i && (int32_t)e->a[0] < 0 ? outcome_of(r->track, i->mdl) : NULL;
    const struct adapter_record *a = o ? track_adapter(r->track, o->adapter) : NULL;

    if (!a || o->mapregs <= a->mapregs_max || o->mapregs > registers_asked(a))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = a->head.id,
                                      .sites = { { ROLE_HERE, o->site },
                                                 { ROLE_CREATED, a->site_created },
                                                 { ROLE_COMPLETED, e->site } } },
            "%s was asked for a transfer of %" PRIu32 " map registers; %s has only %" PRIu32
            " of the %" PRIu64 " that its MaximumLength takes, and the transfer was not split",
            api_name(o->api), o->mapregs, finding_object(a->head.id), a->mapregs_max,
            registers_asked(a));
}

RULE(result_unchecked, .on = EV(IRP_END), .level = ERROR, .family = REQUEST, .once = true,
     .after = "mapregs_exceeded, buffer_before_mdl, buffer_after_mdl, buffer_longer_than_mdl, "
              "buffer_insufficient, map_zero_length, buffer_not_locked, va_outside_mdl",
     .source = "wdm/nc-wdm-pget_scatter_gather_list", .run = on_refused);
RULE(sgl_empty_accepted, .on = EV(IRP_END), .level = ERROR, .family = REQUEST, .once = true,
     .source = "wdm/ns-wdm-_scatter_gather_list", .run = on_empty);
RULE(mapregs_short_ignored, .on = EV(IRP_END), .level = ERROR, .family = ADAPTER, .once = true,
     .source = "wdm/nf-wdm-iogetdmaadapter", .run = on_short);
