/*
 * How framework objects end. Deletion is two walks over the tree. The first disposes: children before
 * their parent, in the order in which they were made, each by what its class does and then by the
 * driver's cleanup callbacks. The second lets go: each object is destroyed, with its destroy callbacks,
 * when the last reference to it is given back. What needs
 * PASSIVE_LEVEL for it waits for a system thread.
 *
 * Source: wdf/framework-object-life-cycle, wdf/framework-object-cleanup-and-destroy-callbacks,
 *         microsoft/Windows-Driver-Frameworks (fxobjectstatemachine.cpp)
 */
#include "sim/wdf/wdf.h"

struct fx_deferred {
    struct fx_deferred *next;
    struct fx_object *object;
};

void fx_reference(struct fx_object *o) { o->refs++; }

static void callback_cleanup(struct fx_object *o, PFN_WDF_OBJECT_CONTEXT_CLEANUP fn)
{
    struct sim *s = fx_now()->s;
    KIRQL irql = sched_irql(s);

    callback_begin(s, API_EvtCleanupCallback, o->obj, 0, 0, 0, 0);
    fn(o->handle);
    callback_end(s, API_EvtCleanupCallback, o->obj, sched_irql(s));
    fx_irql_restore(s, API_EvtCleanupCallback, o->obj, irql, (const void *)fn);
}

static void callback_destroy(struct fx_object *o, PFN_WDF_OBJECT_CONTEXT_DESTROY fn)
{
    struct sim *s = fx_now()->s;
    KIRQL irql = sched_irql(s);

    callback_begin(s, API_EvtDestroyCallback, o->obj, 0, 0, 0, 0);
    fn(o->handle);
    callback_end(s, API_EvtDestroyCallback, o->obj, sched_irql(s));
    fx_irql_restore(s, API_EvtDestroyCallback, o->obj, irql, (const void *)fn);
}

static struct fx_object *child_alive(struct fx_object *o)
{
    struct fx_object *c = o->children;

    while (c && c->life != FX_ALIVE && c->life != FX_DEFERRED)
        c = c->next;
    return c;
}

/* A callback may delete further children or make none the less new ones: each round looks again. */
static void dispose(struct fx_object *o)
{
    struct fx_object *c;

    o->life = FX_DISPOSING;
    while ((c = child_alive(o)))
        dispose(c);
    if (o->class->dispose)
        o->class->dispose(o);
    for (struct fx_context *x = o->contexts; x; x = x->next) {
        PFN_WDF_OBJECT_CONTEXT_CLEANUP fn = x->cleanup;

        x->cleanup = NULL;
        if (fn)
            callback_cleanup(o, fn);
    }
    o->life = FX_DISPOSED;
}

static void unhang(struct fx_object *o)
{
    struct fx_object *p = o->parent;

    if (!p)
        return;
    *(o->prev ? &o->prev->next : &p->children) = o->next;
    *(o->next ? &o->next->prev : &p->children_last) = o->prev;
    o->parent = o->prev = o->next = NULL;
}

static void contexts_free(struct fx *f, struct fx_object *o)
{
    while (o->contexts) {
        struct fx_context *c = o->contexts;

        o->contexts = c->next;
        if (c->memory) {
            objmap_drop(&f->contexts, c->memory);
            pool_free_internal(f->s, c->memory);
        }
        io_host_free(f->s, c, sizeof(*c));
    }
}

static void destroy(struct fx_object *o)
{
    struct fx *f = fx_now();
    uint32_t obj = o->obj;

    for (struct fx_context *x = o->contexts; x; x = x->next)
        if (x->destroy)
            callback_destroy(o, x->destroy);
    o->life = FX_GONE;
    if (o->class->destroy)
        o->class->destroy(o);
    contexts_free(f, o);
    while (o->tags) {
        struct fx_tag *t = o->tags;

        o->tags = t->next;
        io_host_free(f->s, t, sizeof(*t));
    }
    fx_slot_drop(f, o);
    trace_emit(&f->s->trace, EV_WDF_GONE, API_NONE, obj, 0, 0, 0, 0);
    if (o->class->type != FX_DRIVER) /* the driver's lies where its binding does */
        io_host_free(f->s, o, o->class->bytes);
}

void fx_dereference(struct fx_object *o)
{
    if (--o->refs == 0)
        destroy(o);
}

/* Everything below goes with it. */
static void let_go(struct fx_object *o)
{
    unhang(o);
    while (o->children) {
        o->children->deleted = true;
        let_go(o->children);
    }
    fx_dereference(o);
}

/* The thread's part. Who was deleted while waiting here is let go, the others only disposed of. */
static void deferred_run(struct sim *s, struct io_work *w)
{
    struct fx *f = fx_of(s);

    (void)w;
    while (f->deferred) {
        struct fx_deferred *d = f->deferred;
        struct fx_object *o = d->object;

        f->deferred = d->next;
        if (!f->deferred)
            f->deferred_last = NULL;
        io_host_free(s, d, sizeof(*d));
        if (o->life == FX_DEFERRED)
            dispose(o);
        if (o->deleted && o->life == FX_DISPOSED && !(o->parent && o->parent->life != FX_ALIVE))
            let_go(o);
        fx_dereference(o);
    }
}

static void defer(struct fx_object *o)
{
    struct fx *f = fx_now();
    struct fx_deferred *d = io_host_alloc(f->s, sizeof(*d));

    o->life = FX_DEFERRED;
    fx_reference(o);
    *d = (struct fx_deferred) { NULL, o };
    if (f->deferred)
        f->deferred_last->next = d;
    else
        f->deferred = d;
    f->deferred_last = d;
    f->defer_work.fn = deferred_run;
    io_work_queue(f->s, &f->defer_work, IO_QUEUE_DELAYED);
}

static bool must_wait(const struct fx_object *o)
{
    return o->passive && sched_irql(fx_now()->s) != PASSIVE_LEVEL;
}

/* While its parent is being disposed of, the parent's walk does all that there is to do. */
void fx_delete(struct fx_object *o)
{
    if (o->deleted)
        return;
    o->deleted = true;
    if (o->parent && o->parent->life != FX_ALIVE)
        return;
    if (o->life == FX_ALIVE) {
        if (must_wait(o)) {
            defer(o);
            return;
        }
        dispose(o);
    }
    if (o->life == FX_DISPOSED)
        let_go(o);
}

void fx_dispose_early(struct fx_object *o)
{
    if (o->life != FX_ALIVE)
        return;
    if (must_wait(o))
        defer(o);
    else
        dispose(o);
}
