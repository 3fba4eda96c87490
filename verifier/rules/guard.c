/*
 * Writes outside a DMA buffer, by the device or by the driver, as the guards around common buffers
 * and bounce runs show them when the memory is given back: a tag in front (1) and behind (2), padding
 * beyond the tags (4, 5), and memory that is lent to nobody (3).
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define TAG_BYTES 8

static void say(struct rule_run *r, const struct event *e, unsigned code, uint64_t p3, uint64_t p4,
                const char *what)
{
    const struct common_record *c = track_common(r->track, e->obj);
    const struct mapping *m = c ? NULL : track_mapping(r->track, e->obj);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = track_adapter_of(r->track, e->obj),
                                      .sites = { { ROLE_RELEASED, e->site },
                                                 { ROLE_CREATED, c   ? c->site_created
                                                                 : m ? m->site_created
                                                                     : 0 } },
                                      .bugcheck = { code, p3, p4 },
                                      .bugcheck_known = 3 },
            "%s %s %s of %" PRIu64 " bytes has changed", what,
            (int64_t)e->a[2] < 0 ? "in front of" : "behind", finding_object(e->obj), e->a[1]);
}

/* A tag's damage is told at its first byte, padding's where it is. */
static void on_tag_before(struct rule_run *r, const struct event *e)
{
    if ((int64_t)e->a[2] == -TAG_BYTES)
        say(r, e, 1, e->a[1], e->a[0], "the tag");
}

static void on_tag_after(struct rule_run *r, const struct event *e)
{
    if (e->a[2] == e->a[1])
        say(r, e, 2, e->a[1], e->a[0], "the tag");
}

static void on_padding_before(struct rule_run *r, const struct event *e)
{
    if ((int64_t)e->a[2] < -TAG_BYTES)
        say(r, e, 4, e->a[0], e->a[0] + e->a[2], "padding");
}

static void on_padding_after(struct rule_run *r, const struct event *e)
{
    if ((int64_t)e->a[2] > (int64_t)e->a[1])
        say(r, e, 5, e->a[0], e->a[0] + e->a[2], "padding");
}

static void on_free(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = m ? m->adapter : 0,
                                      .sites = { { ROLE_RELEASED, m ? m->site_released : 0 },
                                                 { ROLE_CREATED, m ? m->site_created : 0 } },
                                      .bugcheck = { 3, e->a[0] },
                                      .bugcheck_known = 2 },
            "map registers that were free were written: bus address 0x%" PRIX64
            ", last lent to %s, holds 0x%02X",
            e->a[1], finding_object(e->obj), (unsigned)e->a[2]);
}

#define PAGE_OF_ALL "debugger/bug-check-0xe6--driver-verifier-dma-violation"
#define GUARD_RULE .on = EV(GUARD), .level = ERROR, .family = DEVICE, .source = PAGE_OF_ALL

RULE(tag_before_changed, GUARD_RULE, .bugcheck = DV2(0xE6, 0x0F, 1), .run = on_tag_before);
RULE(tag_after_changed, GUARD_RULE, .bugcheck = DV2(0xE6, 0x0F, 2), .run = on_tag_after);
RULE(padding_before_changed, GUARD_RULE, .bugcheck = DV2(0xE6, 0x0F, 4), .run = on_padding_before);
RULE(padding_after_changed, GUARD_RULE, .bugcheck = DV2(0xE6, 0x0F, 5), .run = on_padding_after);
RULE(free_mapreg_written, .on = EV(FREE_DAMAGED), .level = ERROR, .family = DEVICE,
     .bugcheck = DV2(0xE6, 0x0F, 3), .source = PAGE_OF_ALL, .once = true,
     .after = "put_while_device_runs, interrupt_before_data, sgl_used_after_put", .run = on_free);
