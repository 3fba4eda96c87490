/*
 * mapregs_exceeded: more map registers were asked for at once than IoGetDmaAdapter reported.
 * Windows refuses with STATUS_INSUFFICIENT_RESOURCES and never calls the execution routine, so a
 * driver that does not look at the status waits for ever.
 */
#include <inttypes.h>
#include <stdio.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_BYTES 4096u
#define PAGE_MASK_BYTES (PAGE_BYTES - 1)

static void say_asked(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);
    uint64_t asked = e->api == API_AllocateAdapterChannelEx ? e->a[2] : e->a[1];

    if (!a || !a->mapregs_max || asked <= a->mapregs_max)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, a->site_created } },
                .bugcheck = { asked, a->mapregs_max },
                .bugcheck_known = 2 },
            "%" PRIu64 " map registers were asked of %s, which has %" PRIu32, asked,
            finding_object(e->obj), a->mapregs_max);
}

static RULE_COLD void say_mapped(struct rule_run *r, const struct event *e, const struct mapping *m,
                                 uint64_t pages)
{
    uint32_t used = (m->now_bytes + PAGE_MASK_BYTES) / PAGE_BYTES;
    char already[64] = "";

    if (used)
        snprintf(already, sizeof already, ", and %" PRIu32 " bytes are mapped through it already",
                 m->now_bytes);
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, m->site_created } },
                .as = DV(0xE6, 0x00),
                .bugcheck = { 2, pages, m->count > used ? m->count - used : 0 },
                .bugcheck_known = 3 },
            "a map of %" PRIu64 " bytes takes %" PRIu64 " map registers, but %s of %s has %" PRIu32
            "%s",
            (uint64_t)EVENT_LENGTH(e->a[3]), pages, finding_object(m->head.id),
            finding_object(m->adapter), m->count, already);
}

/* Without scatter/gather a map is done whole or not at all. With it the HAL cuts it to what the
 * registers carry, so that only a file that is used up is too small. */
static void look_mapped(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);
    const struct adapter_record *a = m ? track_adapter(r->track, m->adapter) : NULL;
    uint64_t bytes = EVENT_LENGTH(e->a[3]),
             pages = ((e->a[2] & PAGE_MASK_BYTES) + bytes + PAGE_MASK_BYTES) / PAGE_BYTES;
    bool whole = a && !(a->flags & ADAPTER_SG);

    if (!a || !m->head.live || !bytes)
        return;
    if ((whole && pages > m->count) ||
        m->now_bytes + (whole ? bytes : 1) > (uint64_t)m->count * PAGE_BYTES)
        say_mapped(r, e, m, pages);
}

static void on_call(struct rule_run *r, const struct event *e)
{
    if (e->api == API_MapTransfer)
        look_mapped(r, e);
    else
        say_asked(r, e);
}

RULE(mapregs_exceeded,
     .calls = CALLS(AllocateAdapterChannel, AllocateAdapterChannelEx, MapTransfer), .level = ERROR,
     .family = CHANNEL, .bugcheck = DV(0xE6, 0x0C),
     .source = "wdm/nc-wdm-pallocate_adapter_channel", .run = on_call);
