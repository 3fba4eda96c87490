/*
 * The framework's work item: what WDFWORKITEM, timers of passive level and interrupts have a system
 * thread do. At most once in the queue; whoever must, waits until none is queued or runs.
 */
#ifndef DMACHECK_SIM_WDF_WORK_H
#define DMACHECK_SIM_WDF_WORK_H

#include "sim/wdf/wdf.h"

struct fx_work {
    PIO_WORKITEM item;        /* NULL: not created */
    struct fx_object *object; /* whose it is: kept while the thread has it */
    void (*fn)(struct fx_object *o);
    PRKEVENT idle; /* in the machine's pool */
    bool queued;
    unsigned running;
    const struct agent *thread; /* that runs it */
};

/* STATUS_INSUFFICIENT_RESOURCES, and nothing is left. */
NTSTATUS fx_work_create(struct fx *f, struct fx_work *w, PDEVICE_OBJECT device,
                        void (*fn)(struct fx_object *o));
void fx_work_destroy(struct fx *f, struct fx_work *w); /* also one that was not created */
bool fx_work_queue(struct fx_work *w);                 /* false: it is queued already */
/* Until it is neither queued nor running; false: the running thread is its own. */
bool fx_work_wait(struct fx *f, struct fx_work *w);

#endif
