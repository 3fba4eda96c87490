/*
 * direction_differs_from_request, locked_for_read_but_written: a buffer is mapped against what it was
 * made for. The MDL of a read is mapped for the device to read, or that of a write for the device to
 * write; or the driver's own lock said that the pages are only read, and the device is to write
 * them. Without a bounce buffer the data goes where it should all the same. A read that sends a
 * command first does so from another buffer, which has another MDL.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

struct way {
    uint32_t mdl;
    bool to_device;
};

static struct way way_of(const struct event *e)
{
    bool map = e->api == API_MapTransfer || e->api == API_MapTransferEx;

    return (struct way) { (uint32_t)e->a[map ? 1 : 0], (e->a[map ? 3 : 2] & EVENT_TO_DEVICE) != 0 };
}

static RULE_COLD void say_request(struct rule_run *r, const struct event *e, struct way w)
{
    finding(r, e, &(struct finding_about) { .obj = w.mdl, .sites = { { ROLE_HERE, e->site } } },
            "%s maps %s %s the device, but it is the buffer of a %s request", api_name(e->api),
            finding_object(w.mdl), w.to_device ? "to" : "from", w.to_device ? "read" : "write");
}

static void on_request(struct rule_run *r, const struct event *e)
{
    struct way w = way_of(e);
    const struct mdl_record *m = objtab_find(&r->track->mdls, w.mdl);

    if (m && (m->against & (w.to_device ? AGAINST_READ : AGAINST_WRITE)))
        say_request(r, e, w);
}

static void on_locked(struct rule_run *r, const struct event *e)
{
    struct way w = way_of(e);
    const struct mdl_record *m = objtab_find(&r->track->mdls, w.mdl);

    if (!m || w.to_device || !(m->against & AGAINST_LOCK))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = w.mdl,
                .sites = { { ROLE_HERE, e->site }, { ROLE_LOCKED, m->site_locked } } },
            "%s lets the device write %s, whose pages were locked with IoReadAccess",
            api_name(e->api), finding_object(w.mdl));
}

/* What both have in common. */
#define ROW                                                                                        \
    .calls = CALLS(GetScatterGatherList, BuildScatterGatherList, GetScatterGatherListEx,           \
                   BuildScatterGatherListEx, MapTransfer, MapTransferEx),                          \
    .odd = ODD_AGAINST, .level = ERROR, .once = true

RULE(direction_differs_from_request, ROW, .family = MAP,
     .source = "wdm/nc-wdm-pget_scatter_gather_list", .run = on_request);
RULE(locked_for_read_but_written, ROW, .family = MDLS, .source = "wdm/nf-wdm-mmprobeandlockpages",
     .run = on_locked);
