/*
 * direction_differs_at_put, direction_differs_at_flush: WriteToDevice is not what it was when the
 * memory was mapped. A bounced read that is ended as a write is not copied back, so the caller gets
 * what was in the buffer before; a write ended as a read has the bounce buffer copied over the
 * caller's data.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s of %s was mapped %s the device and is %s as if mapped %s it",
            finding_object(m->head.id), finding_object(m->adapter), m->to_device ? "to" : "from",
            e->api == API_PutScatterGatherList ? "put" : "flushed", m->to_device ? "from" : "to");
}

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);
    bool to_device =
        e->api == API_PutScatterGatherList ? e->a[1] != 0 : (e->a[3] & EVENT_TO_DEVICE) != 0;

    if (m && m->head.live && m->mapped && m->to_device != to_device)
        say(r, e, m);
}

RULE(direction_differs_at_put, .calls = CALLS(PutScatterGatherList), .odd = ODD_PUT, .level = ERROR,
     .family = MAP, .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_call);
RULE(direction_differs_at_flush, .calls = CALLS(FlushAdapterBuffers, FlushAdapterBuffersEx),
     .level = ERROR, .family = MAP, .source = "wdm/nc-wdm-pflush_adapter_buffers", .run = on_call);
