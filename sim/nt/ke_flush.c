/*
 * KeFlushIoBuffers: the CPU's caches and DMA, for drivers of versions 1 and 2 of the interface.
 */
#include "sim/nt/ke.h"

/*
 * KeFlushIoBuffers: what the CPU has written becomes visible to the device, or what the device has
 * written becomes visible to the CPU.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      on a coherent machine there is nothing to do, as on x64; on a machine that is not coherent the
 *          mapping calls keep the caches (docs/model.md, "Caches")
 * Says     CALL with the MDL, ReadOperation, DmaOperation; RETURN
 * Source   wdm/nf-wdm-keflushiobuffers
 */
void KeFlushIoBuffers(struct _MDL *Mdl, BOOLEAN ReadOperation, BOOLEAN DmaOperation)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeFlushIoBuffers, mdl_obj(s, Mdl), ReadOperation, DmaOperation, 0, 0);

    if (!s->profile.coherent)
        sched_spend(s, s->profile.page_ns * span_pages(Mdl->ByteOffset, Mdl->ByteCount));
    call_end(&c, 0, 0, 0, 0);
}
