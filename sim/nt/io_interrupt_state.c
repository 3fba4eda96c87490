/*
 * What a driver reports of a connected interrupt: that it is not in use, so that its controller may hold it
 * back, and that it is again.
 */
#include "sim/nt/io.h"

/* One interrupt, or all messages of a connection. */
static void report(struct sim *s, PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS p, bool active)
{
    bool messages = p->Version == CONNECT_MESSAGE_BASED;
    PIO_INTERRUPT_MESSAGE_INFO info = messages ? p->ConnectionContext.InterruptMessageTable : NULL;
    ULONG count = messages ? info->MessageCount : 1;

    for (ULONG i = 0; i < count; i++) {
        struct sched_intr *intr =
            io_interrupt_sched(s, messages ? info->MessageInfo[i].InterruptObject
                                           : p->ConnectionContext.InterruptObject);

        if (intr)
            sched_intr_mask(s, intr, !active);
    }
}

/*
 * IoReportInterruptInactive: the connection stays, and its service routine is not called.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      what comes meanwhile is kept until it is active again; Windows promises nothing. What is no
 *          live interrupt object changes nothing
 * Says     CALL (a0 = version), RETURN
 * Source   wdm/nf-wdm-ioreportinterruptinactive
 */
VOID IoReportInterruptInactive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoReportInterruptInactive, 0, Parameters->Version, 0, 0, 0);

    report(s, Parameters, false);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoReportInterruptActive: ends what IoReportInterruptInactive began.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as IoReportInterruptInactive
 * Says     CALL (a0 = version), RETURN
 * Source   wdm/nf-wdm-ioreportinterruptactive
 */
VOID IoReportInterruptActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoReportInterruptActive, 0, Parameters->Version, 0, 0, 0);

    report(s, Parameters, true);
    call_end(&c, 0, 0, 0, 0);
}
