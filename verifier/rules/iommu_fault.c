/*
 * iommu_fault: a device touched what nobody gave it: it was at work for the driver, on other memory than
 * this, or its bus mastering was off. (An address that the driver gave it is address_*'s and
 * descriptor_overrun's case.) Windows stops with 0xE6/0x26, also without Driver Verifier, on machines
 * whose firmware switches Kernel DMA Protection on. Where no IOMMU translates nobody notices but us.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static const char *reason_text(uint32_t reason)
{
    static const char *const texts[] = {
        [DEV_FAULT_NOT_MAPPED] = "nothing is mapped there",
        [DEV_FAULT_RELEASED] = "it was mapped there before and has been released",
        [DEV_FAULT_PERMISSION] = "it is mapped, but not for this direction",
        [DEV_FAULT_WIDTH] = "the address has more bits than the device",
        [DEV_FAULT_NO_MEMORY] = "there is no memory (and here no IOMMU that would have said so)",
        [DEV_FAULT_BUS_MASTER] = "bus mastering is off in the device's command register",
    };

    return reason < sizeof texts / sizeof *texts && texts[reason] ? texts[reason] : "refused";
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, uint32_t reason)
{
    uint32_t owner = track_owner(r->track, HIGH32(e->a[2]), e->a[0]);
    const struct mapping *m = track_mapping(r->track, owner);

    finding(r, e,
            &(struct finding_about) { .obj = owner ? owner : e->obj,
                                      .owner = track_adapter_of(r->track, owner),
                                      .blind =
                                          reason == DEV_FAULT_BUS_MASTER || !r->track->remapped,
                                      .sites = { { ROLE_TOUCHED, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_RELEASED, m ? m->site_released : 0 } } },
            "engine %" PRIu32 " of %s touches bus address 0x%" PRIx64 ": %s", HIGH32(e->a[3]),
            finding_object(e->obj), e->a[0], reason_text(reason));
}

/* A stray touch without a fault, of an engine that was told of something else. */
static void on_stray(struct rule_run *r, const struct event *e)
{
    const struct claim *covering;

    if ((e->a[2] & STRAY_TOUCH) &&
        track_engine_claims(r->track, e->obj, HIGH32(e->a[3]), e->a[0], &covering) && !covering)
        say(r, e, DEV_FAULT_NOT_MAPPED);
}

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t reason = LOW32(e->a[2]);

    if (e->kind == EV_DEV_STRAY)
        on_stray(r, e);
    else if (reason != DEV_FAULT_NOT_MAPPED && reason != DEV_FAULT_NO_MEMORY)
        say(r, e, reason);
}

/* What explains the touch. */
#define ECHO_OF                                                                                    \
    "put_while_device_runs, flush_while_device_runs, common_buffer_freed_while_device_runs, "      \
    "device_writes_read_only, device_reads_write_only, mapping_used_both_ways, "                   \
    "sgl_used_after_put, "                                                                         \
    "common_buffer_used_after_free, device_runs_after_remove, device_runs_in_low_power"

RULE(iommu_fault, .on = EV(DEV_FAULT, DEV_STRAY), .level = ERROR, .family = DEVICE,
     .readiness = true, .bugcheck = DV(0xE6, 0x26), .after = ECHO_OF,
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation", .run = on_event);
