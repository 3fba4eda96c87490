/*
 * iommu_fault: a device's access was refused: nothing is mapped at that address for this device,
 * or not for this direction. Windows stops with 0xE6/0x26, also without Driver Verifier, on
 * machines whose firmware switches Kernel DMA Protection on. Where there is no IOMMU, only an
 * address without memory is noticed, by nobody but us: reads give all ones, writes go nowhere. A
 * device whose bus mastering is off never reaches the IOMMU: that too is noticed here only.
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

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t owner = track_owner(r->track, HIGH32(e->a[2]), e->a[0]);
    const struct mapping *m = track_mapping(r->track, owner);

    finding(r, e,
            &(struct finding_about) { .obj = owner ? owner : e->obj,
                                      .owner = track_adapter_of(r->track, owner),
                                      .blind = LOW32(e->a[2]) == DEV_FAULT_BUS_MASTER,
                                      .sites = { { ROLE_TOUCHED, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_RELEASED, m ? m->site_released : 0 } } },
            "engine %" PRIu32 " of %s %s %" PRIu64 " bytes at bus address 0x%" PRIx64 ": %s",
            HIGH32(e->a[3]), finding_object(e->obj), e->a[1] & EVENT_TO_DEVICE ? "reads" : "writes",
            (uint64_t)EVENT_LENGTH(e->a[1]), e->a[0], reason_text(LOW32(e->a[2])));
}

RULE(iommu_fault, .on = EV(DEV_FAULT), .level = ERROR, .family = DEVICE,
     .bugcheck_remapped = DV(0xE6, 0x26),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "put_while_device_runs, sgl_used_after_put, common_buffer_used_after_free", .run = on_event);
