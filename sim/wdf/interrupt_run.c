/*
 * Interrupts as they come: the service routine, at the interrupt's IRQL or, handled at passive level, in
 * a work item while the interrupt is held back; the DPC or work item that it asks for; the lock that all of
 * them share.
 *
 * Source: wdf/servicing-an-interrupt, wdf/supporting-passive-level-interrupts,
 *         microsoft/Windows-Driver-Frameworks (interruptobject.cpp, interruptobjectkm.cpp)
 */
#include "sim/wdf/interrupt.h"

#define EXECUTED 8 /* parameter 3 of bug check 0xD1: an instruction was fetched */

static BOOLEAN isr_call(struct fx *f, struct fx_interrupt *i)
{
    KIRQL irql = sched_irql(f->s);
    BOOLEAN claimed;

    callback_begin(f->s, API_EvtInterruptIsr, i->object.obj, i->info.MessageNumber, irql, 0, 0);
    claimed = i->config.EvtInterruptIsr((WDFINTERRUPT)i->object.handle, i->info.MessageNumber);
    callback_end(f->s, API_EvtInterruptIsr, i->object.obj, claimed);
    if (sched_irql(f->s) != irql)
        io_irql_restore_as(f->s, API_EvtInterruptIsr, i->object.obj, irql,
                           (const void *)i->config.EvtInterruptIsr, 0);
    return claimed;
}

/* One that comes before its connection has been told is nobody's, as in KMDF. */
BOOLEAN fx_interrupt_isr(PKINTERRUPT k, PVOID handle)
{
    struct fx *f = fx_now();
    struct fx_interrupt *i = (struct fx_interrupt *)fx_object_find(f, handle, FX_INTERRUPT);
    struct sched_intr *intr;

    if (!i || !i->kinterrupt)
        return FALSE;
    if (!i->config.PassiveHandling)
        return isr_call(f, i);
    intr = io_interrupt_sched(f->s, k);
    sched_intr_mask(f->s, intr, true);
    fx_work_queue(&i->isr_work);
    return !intr->spurious;
}

void fx_interrupt_isr_work(struct fx_object *o)
{
    struct fx_interrupt *i = (struct fx_interrupt *)o;
    struct fx *f = fx_now();
    struct sched_intr *intr;

    if (i->kinterrupt) {
        fx_wait_lock_take(i->wait, NULL);
        isr_call(f, i);
        fx_wait_lock_give(i->wait);
    }
    intr = io_interrupt_sched(f->s, i->kinterrupt);
    if (intr && i->active)
        sched_intr_mask(f->s, intr, false);
}

/* The driver asked for a routine that it has not got: Windows calls address 0. */
static void nothing_to_call(struct fx *f)
{
    sim_bugcheck(f->s, DRIVER_IRQL_NOT_LESS_OR_EQUAL, 0, sched_irql(f->s), EXECUTED, 0);
}

VOID fx_interrupt_dpc(PKDPC dpc, PVOID handle, PVOID one, PVOID two)
{
    struct fx *f = fx_now();
    struct fx_interrupt *i = (struct fx_interrupt *)fx_object_find(f, handle, FX_INTERRUPT);
    KIRQL irql;

    (void)dpc, (void)one, (void)two;
    if (!i)
        return;
    if (i->work.item) {
        fx_work_queue(&i->work);
        return;
    }
    if (!i->config.EvtInterruptDpc) {
        nothing_to_call(f);
        return;
    }
    fx_callback_enter(f, i->lock);
    irql = sched_irql(f->s);
    callback_begin(f->s, API_EvtInterruptDpc, i->object.obj, 0, 0, 0, 0);
    i->config.EvtInterruptDpc((WDFINTERRUPT)i->object.handle, i->device->object.handle);
    callback_end(f->s, API_EvtInterruptDpc, i->object.obj, sched_irql(f->s));
    fx_irql_restore(f->s, API_EvtInterruptDpc, i->object.obj, irql,
                    (const void *)i->config.EvtInterruptDpc);
    fx_callback_leave(f, i->lock);
}

void fx_interrupt_work(struct fx_object *o)
{
    struct fx_interrupt *i = (struct fx_interrupt *)o;
    struct fx *f = fx_now();
    KIRQL irql;

    fx_callback_enter(f, i->lock);
    irql = sched_irql(f->s);
    callback_begin(f->s, API_EvtInterruptWorkItem, o->obj, 0, 0, 0, 0);
    i->config.EvtInterruptWorkItem((WDFINTERRUPT)o->handle, i->device->object.handle);
    callback_end(f->s, API_EvtInterruptWorkItem, o->obj, sched_irql(f->s));
    fx_irql_restore(f->s, API_EvtInterruptWorkItem, o->obj, irql,
                    (const void *)i->config.EvtInterruptWorkItem);
    fx_callback_leave(f, i->lock);
}

bool fx_interrupt_lock(struct fx *f, enum api api, struct fx_interrupt *i)
{
    if (i->config.PassiveHandling) {
        if (!fx_irql_check(f, api, i->object.obj, PASSIVE_LEVEL))
            return false;
        fx_wait_lock_take(i->wait, NULL);
        return true;
    }
    if (!i->kinterrupt) {
        fx_break(f, api, i->object.obj, WDF_BREAK_NOT_CONNECTED, 0, 0);
        return false;
    }
    i->old_irql = KeAcquireInterruptSpinLock(i->kinterrupt);
    return true;
}

void fx_interrupt_unlock(struct fx *f, enum api api, struct fx_interrupt *i)
{
    if (i->config.PassiveHandling) {
        if (fx_irql_check(f, api, i->object.obj, PASSIVE_LEVEL))
            fx_wait_lock_give(i->wait);
    } else if (!i->kinterrupt) {
        fx_break(f, api, i->object.obj, WDF_BREAK_NOT_CONNECTED, 0, 0);
    } else {
        KeReleaseInterruptSpinLock(i->kinterrupt, i->old_irql);
    }
}

/* --- with the lock held: EvtInterruptSynchronize, -Enable, -Disable --- */

struct within {
    struct fx *f;
    struct fx_interrupt *i;
    enum api api;
    PFN_WDF_INTERRUPT_SYNCHRONIZE synchronize;
    WDFCONTEXT context;
    PFN_WDF_INTERRUPT_ENABLE turn; /* -Disable's is of the same type */
    NTSTATUS status;
};

static const void *routine_of(const struct within *w)
{
    return w->turn ? (const void *)w->turn : (const void *)w->synchronize;
}

static BOOLEAN within_call(PVOID ctx)
{
    struct within *w = ctx;
    struct sim *s = w->f->s;
    struct fx_object *o = &w->i->object;
    KIRQL irql = sched_irql(s);
    BOOLEAN result = TRUE;

    callback_begin(s, w->api, o->obj, irql, 0, 0, 0);
    if (w->turn)
        w->status = w->turn((WDFINTERRUPT)o->handle, (WDFDEVICE)w->i->device->object.handle);
    else
        result = w->synchronize((WDFINTERRUPT)o->handle, w->context);
    callback_end(s, w->api, o->obj, w->turn ? (uint32_t)w->status : result);
    if (sched_irql(s) != irql)
        io_irql_restore_as(s, w->api, o->obj, irql, routine_of(w), 0);
    return result;
}

static BOOLEAN within_run(struct within *w)
{
    BOOLEAN result;

    if (!w->i->config.PassiveHandling)
        return KeSynchronizeExecution(w->i->kinterrupt, within_call, w);
    fx_wait_lock_take(w->i->wait, NULL);
    result = within_call(w);
    fx_wait_lock_give(w->i->wait);
    return result;
}

BOOLEAN fx_interrupt_synchronize(struct fx *f, struct fx_interrupt *i,
                                 PFN_WDF_INTERRUPT_SYNCHRONIZE fn, WDFCONTEXT context)
{
    struct within w = {
        .f = f, .i = i, .api = API_EvtInterruptSynchronize, .synchronize = fn, .context = context
    };

    return within_run(&w);
}

NTSTATUS fx_interrupt_turn(struct fx *f, struct fx_interrupt *i, bool on)
{
    struct within w = { .f = f,
                        .i = i,
                        .api = on ? API_EvtInterruptEnable : API_EvtInterruptDisable,
                        .turn = on ? i->config.EvtInterruptEnable : i->config.EvtInterruptDisable };

    if (w.turn)
        within_run(&w);
    return w.status;
}
