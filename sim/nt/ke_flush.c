/*
 * KeFlushIoBuffers: the CPU's caches and DMA, for drivers of versions 1 and 2 of the interface.
 */
#include "sim/core/cache.h"
#include "sim/nt/ke.h"

/*
 * KeFlushIoBuffers: what the CPU has written becomes visible to the device; for a read by DMA, what
 * a device has written becomes visible to the CPU.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      on a coherent machine there is nothing to do, as on x64. Where it is not coherent, a dirty
 *          line that a device has written into is written back over that data, as a cache does.
 *          With DmaOperation FALSE lines are written back and none is dropped. Only this MDL, not
 *          its chain. NULL: nothing happens
 * Says     CALL with the MDL, ReadOperation, DmaOperation; RETURN
 * Source   wdm/nf-wdm-keflushiobuffers, kernel/flushing-cached-data-during-dma-operations
 */
void KeFlushIoBuffers(struct _MDL *Mdl, BOOLEAN ReadOperation, BOOLEAN DmaOperation)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeFlushIoBuffers, mdl_obj(s, Mdl), ReadOperation, DmaOperation, 0, 0);

    if (!s->profile.coherent && Mdl)
        cache_flush_mdl(s, (const struct dma_mdl *)Mdl, ReadOperation, DmaOperation);
    call_end(&c, 0, 0, 0, 0);
}
