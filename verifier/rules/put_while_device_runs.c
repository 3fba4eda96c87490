/*
 * put_while_device_runs, flush_while_device_runs, common_buffer_freed_while_device_runs: memory is
 * released while a device engine has been told to use it and has not finished. One logic; which of
 * the three speaks depends on what is released: a list, map registers (flushed or freed), a common
 * buffer. The late access then hits whatever owns the memory next, or behind an IOMMU faults. It
 * works for years on a quiet machine.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, uint32_t obj,
                          const struct claim *by, const struct finding_site *touched)
{
    const struct mapping *m = track_is_common(obj) ? NULL : track_mapping(r->track, obj);
    const struct common_record *c = track_is_common(obj) ? track_common(r->track, obj) : NULL;
    uint32_t adapter = track_adapter_of(r->track, obj);
    uint32_t released = !touched ? e->site : m ? m->site_released : c ? c->site_released : 0;

    finding(r, e,
            &(struct finding_about) {
                .obj = obj,
                .owner = adapter,
                .sites = { { ROLE_RELEASED, released },
                           { ROLE_MAPPED, m ? m->site_mapped : 0 },
                           { ROLE_CREATED, c ? c->site_created : 0 },
                           { ROLE_GIVEN, by->doorbell },
                           { touched ? touched->role : ROLE_NONE, touched ? touched->site : 0 } } },
            "%s of %s was released while engine %" PRIu32 " of %s was still to %s %" PRIu64
            " bytes of it",
            finding_object(obj), finding_object(adapter), by->engine, finding_object(by->device),
            by->to_device ? "read" : "write", by->length_bytes);
}

static const struct claim *claim_in(const struct track *t, uint32_t obj, uint64_t ba,
                                    uint64_t length_bytes)
{
    const struct claim *c = track_claim_of(t, obj);

    while (c && !(c->ba < ba + length_bytes && ba < c->ba + c->length_bytes))
        c = track_claim_next(t, c);
    return c;
}

/* The device shows itself after the release: another place for what was said, or, when it took up
 * only now what its doorbell had told it before the release, the first sign of all. */
static void late(struct rule_run *r, const struct event *e, uint32_t obj)
{
    uint32_t doorbell = LOW32(e->a[3]);
    struct claim by = { .engine = HIGH32(e->a[3]),
                        .device = e->obj,
                        .doorbell = doorbell,
                        .length_bytes = EVENT_LENGTH(e->a[1]) };
    struct finding_site touched = { ROLE_TOUCHED, doorbell };

    by.to_device =
        e->kind == EV_DEV_READ || (e->kind != EV_DEV_WRITE && (e->a[1] & EVENT_TO_DEVICE));
    if (finding_amend(r, obj, ROLE_TOUCHED, e->kind == EV_DEV_CLAIM ? 0 : doorbell))
        return;
    if (track_rang_before_release(r->track, e->obj, doorbell, obj))
        say(r, e, obj, &by, &touched);
}

static void at_release(struct rule_run *r, const struct event *e)
{
    const struct claim *c = e->kind == EV_UNMAP
                                ? claim_in(r->track, e->obj, e->a[0], EVENT_LENGTH(e->a[1]))
                                : track_claim_of(r->track, e->obj);

    /* The claim may be another mapping's that lives on over the same memory. */
    if (c && !track_range_shared(&r->track->ranges, c->ba, e->obj))
        say(r, e, e->obj, c, NULL);
}

static bool is_release(const struct event *e)
{
    return e->kind == EV_UNMAP || e->kind == EV_SGL_END || e->kind == EV_MAPREG_END ||
           e->kind == EV_COMMON_END;
}

/* mine: whether an object is of the kind that the rule is about */
static void look(struct rule_run *r, const struct event *e, bool mine(uint32_t obj))
{
    bool release = is_release(e);
    uint32_t obj = release ? e->obj : track_released_owner(r->track, e);

    if (!obj || !mine(obj))
        return;
    if (release)
        at_release(r, e);
    else
        late(r, e, obj);
}

static bool is_list(uint32_t obj) { return OBJ_TYPE(obj) == OBJ_SGL; }
static bool is_file(uint32_t obj) { return OBJ_TYPE(obj) == OBJ_MAPREG; }
static void on_list(struct rule_run *r, const struct event *e) { look(r, e, is_list); }
static void on_file(struct rule_run *r, const struct event *e) { look(r, e, is_file); }
static void on_common(struct rule_run *r, const struct event *e) { look(r, e, track_is_common); }

/* What the three have in common. */
#define ROW                                                                                        \
    .odd = ODD_CLAIM | ODD_STRAY, .level = ERROR, .family = DEVICE, .once = true,                  \
    .readiness = true, .bugcheck_remapped = DV(0xE6, 0x26),                                        \
    .source = "pci/enabling-dma-remapping-for-device-drivers",                                     \
    .after = "device_runs_after_remove, interrupt_before_data"

RULE(put_while_device_runs, .on = EV(UNMAP, SGL_END, DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT),
     ROW, .run = on_list);
RULE(flush_while_device_runs,
     .on = EV(UNMAP, MAPREG_END, DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT), ROW, .run = on_file);
RULE(common_buffer_freed_while_device_runs,
     .on = EV(COMMON_END, DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT), ROW, .run = on_common);
