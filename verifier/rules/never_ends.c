/*
 * What never ends. When nobody can go on any more, or virtual time is over, each thing that is still
 * open is told with who holds it: an adapter's request that is never granted, a transfer that the device
 * never finishes, one that it has finished and the driver never noticed, a request that nobody completes.
 */
#include <inttypes.h>
#include <stdio.h>

#include "verifier/finding.h"
#include "verifier/track/part.h"

/* What lives of an adapter's: the oldest holds the others up. */
struct holder {
    uint32_t adapter;
    const struct mapping *found;
};

static void look_holder(void *ctx, void *row)
{
    struct holder *h = ctx;
    const struct mapping *m = row;

    if (!h->found && m->adapter == h->adapter)
        h->found = m;
}

static void granted_never(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);
    struct holder h = { .adapter = e->obj };
    char by[96];

    objtab_each_live(&r->track->mapregs, look_holder, &h);
    if (!h.found)
        objtab_each_live(&r->track->sgls, look_holder, &h);
    if (e->a[0])
        snprintf(by, sizeof by, "its channel is held by %s", finding_object((uint32_t)e->a[0]));
    else
        snprintf(by, sizeof by, "%" PRIu64 " map registers are wanted and %" PRIu64 " are in use",
                 e->a[1], e->a[2]);
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_WAITS, e->site },
                           { ROLE_HELD, e->a[0] && a ? a->site_channel : 0 },
                           { ROLE_CREATED, !e->a[0] && h.found ? h.found->site_created : 0 } } },
            "the execution routine of a request to %s is never called: %s%s%s",
            finding_object(e->obj), by, h.found ? "; the oldest that lives is " : "",
            h.found ? finding_object(h.found->head.id) : "");
}

/* The mapping over a request's MDL, and what became of it. */
struct held {
    const struct track *track;
    uint32_t mdl;
    const struct mapping *mapping;
};

static void look_mapping(void *ctx, void *row)
{
    struct held *h = ctx;
    const struct mapping *m = row;

    if (m->mdl == h->mdl && m->mapped && h->mdl)
        h->mapping = m;
}

static bool was_told(const struct track *t, const struct mapping *m)
{
    return m->moved_bytes || track_part(t, m->head.id);
}

enum open_how { OPEN_REQUEST, OPEN_TRANSFER, OPEN_DONE };

static enum open_how how_open(const struct track *t, const struct irp_record *i,
                              const struct mapping **m)
{
    struct held h = { .track = t, .mdl = i->mdl };

    objtab_each_live(&t->sgls, look_mapping, &h);
    if (!h.mapping)
        objtab_each_live(&t->mapregs, look_mapping, &h);
    *m = h.mapping;
    if (!h.mapping)
        return OPEN_REQUEST;
    return !track_claim_of(t, h.mapping->head.id) && was_told(t, h.mapping) ? OPEN_DONE
                                                                            : OPEN_TRANSFER;
}

/* Where some thread waits in a call of the driver's; 0: nobody does. */
static uint32_t waits_at(const struct track *t)
{
    for (uint32_t agent = 0; agent < t->agents; agent++) {
        const struct call_record *c = track_call(t, (uint16_t)agent, 0);

        if (c && c->site &&
            (c->api == API_KeWaitForSingleObject || c->api == API_KeWaitForMultipleObjects))
            return c->site;
    }
    return 0;
}

struct open {
    struct rule_run *r;
    const struct event *e;
    enum open_how how;
};

static void say(struct rule_run *r, const struct event *e, const struct irp_record *i,
                const struct mapping *m, const char *text)
{
    const struct claim *c = m ? track_claim_of(r->track, m->head.id) : NULL;
    const struct part *p = m ? track_part(r->track, m->head.id) : NULL;

    finding(r, e,
            &(struct finding_about) { .obj = m ? m->head.id : i->head.id,
                                      .owner = m ? m->adapter : 0,
                                      .sites = { { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_GIVEN, c   ? c->doorbell
                                                               : p ? p->doorbell
                                                                   : 0 },
                                                 { ROLE_HELD, m ? 0 : i->site_given },
                                                 { ROLE_WAITS, waits_at(r->track) } } },
            "%s (%" PRIu64 " bytes) is never completed: %s%s%s", finding_object(i->head.id),
            i->length_bytes, text, m ? " " : "", m ? finding_object(m->head.id) : "");
}

static void each_request(void *ctx, void *row)
{
    static const char *const texts[] = {
        [OPEN_REQUEST] = "no memory of it is with a device, and nobody can run any more",
        [OPEN_TRANSFER] = "the device has not finished, or was never told of,",
        [OPEN_DONE] = "the device has finished, but nobody gives back",
    };
    struct open *o = ctx;
    const struct irp_record *i = row;
    const struct mapping *m;

    if (how_open(o->r->track, i, &m) == o->how)
        say(o->r, o->e, i, m, texts[o->how]);
}

static void look(struct rule_run *r, const struct event *e, enum open_how how)
{
    struct open o = { r, e, how };

    if (!e->a[1]) /* else what waits for its map registers is the reason */
        objtab_each_live(&r->track->irps, each_request, &o);
}

static void request(struct rule_run *r, const struct event *e) { look(r, e, OPEN_REQUEST); }
static void transfer(struct rule_run *r, const struct event *e) { look(r, e, OPEN_TRANSFER); }
static void lost(struct rule_run *r, const struct event *e) { look(r, e, OPEN_DONE); }

RULE(grant_never_comes, .on = EV(DMA_WAITS), .level = ERROR, .family = REQUEST, .once = true,
     .source = "wdm/nc-wdm-pallocate_adapter_channel", .run = granted_never);
RULE(transfer_never_ends, .on = EV(STUCK), .level = ERROR, .family = REQUEST,
     .source = "kernel/using-scatter-gather-dma", .run = transfer);
RULE(completion_lost, .on = EV(STUCK), .level = ERROR, .family = REQUEST,
     .source = "kernel/using-scatter-gather-dma", .run = lost);
RULE(request_never_completes, .on = EV(STUCK), .level = ERROR, .family = REQUEST,
     .source = "kernel/completing-irps", .run = request);
