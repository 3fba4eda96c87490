/*
 * The door through which a device model acts (include/dmacheck/device.h): memory by bus address,
 * timed work, interrupts. Every touch of memory is translated, checked and said here, with the
 * owner of the range, live or dead, and the driver's store that set the engine going.
 */
#include <string.h>

#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/weakorder.h"
#include "sim/core/bus_private.h"
#include "sim/core/cache.h"
#include "sim/core/hostile.h"
#include "sim/core/iommu.h"
#include "sim/core/mem.h"
#include "sim/core/sysdma.h"

#define DELAY_ONE_IN 4 /* steps that come when asked, for each that comes later */
#define INTR_DELAY_NS 900ull

void *dm_state(struct dm_device *d) { return d->state; }
uint64_t dm_now_ns(struct dm_device *d) { return sched_now_ns(d->s); }
bool dm_present(struct dm_device *d) { return d->present; }

uint32_t dm_choice_step(struct dm_device *d, uint32_t bound)
{
    return choice_draw(d->s, CHOICE_DEVICE_STEP, bound);
}

uint32_t dm_choice_delay(struct dm_device *d, uint32_t bound)
{
    return choice_draw(d->s, CHOICE_DEVICE_DELAY, bound);
}

/* --- timed work --- */

struct work { /* lies in dm_work.priv */
    struct sched_event event;
    struct dm_device *d;
    struct dm_work *next;
};
_Static_assert(sizeof(struct work) <= sizeof(((struct dm_work *)0)->priv), "dm_work.priv");

static struct work *work_of(struct dm_work *w) { return (struct work *)w->priv; }

static void work_forget(struct dm_device *d, struct dm_work *w)
{
    for (struct dm_work **at = &d->works; *at; at = &work_of(*at)->next)
        if (*at == w) {
            *at = work_of(w)->next;
            return;
        }
}

static void work_run(struct sim *s, void *ctx)
{
    struct dm_work *w = ctx;
    struct dm_device *d = work_of(w)->d;

    (void)s;
    work_forget(d, w);
    w->fn(d, w);
}

void dm_after(struct dm_device *d, struct dm_work *w, uint64_t delay_ns)
{
    struct work *k = work_of(w);
    uint32_t late = choice_rare(d->s, CHOICE_DEVICE_DELAY, 4, DELAY_ONE_IN);

    if (!d->present)
        return;
    dm_cancel_work(d, w);
    k->event.fn = work_run;
    k->event.ctx = w;
    k->event.agent = d->agent;
    k->d = d;
    k->next = d->works;
    d->works = w;
    sched_event_at(d->s, &k->event, sched_now_ns(d->s) + delay_ns + late * (delay_ns / 2 + 500));
}

bool dm_cancel_work(struct dm_device *d, struct dm_work *w)
{
    if (!sched_event_cancel(d->s, &work_of(w)->event))
        return false;
    work_forget(d, w);
    return true;
}

void bus_works_cancel(struct dm_device *d)
{
    while (d->works)
        must(dm_cancel_work(d, d->works));
    bus_posted_drop(d);
    for (unsigned i = 0; i < BUS_MESSAGES_MAX; i++)
        sched_event_cancel(d->s, &d->late[i].event);
}

/* --- memory --- */

struct touch { /* one access, as it goes over its ranges */
    struct dm_device *d;
    bool to_device;     /* the device reads memory */
    bool by_controller; /* which is there and may, whatever the device is */
    bool quietly;       /* nothing is to be said of it */
    uint64_t who;       /* engine and doorbell, as events say it */
    const struct dma_range *range;
    uint64_t said_from, said_bytes; /* not said yet, of one owner */
    uint32_t said_owner;
    const char *said_data; /* what goes over the bus there */
    bool stray_said;       /* once for each access */
};

uint64_t bus_engine_doorbell(const struct dm_device *d, unsigned engine)
{
    return (uint64_t)engine << 32 | d->engine_doorbell[engine % BUS_ENGINES_MAX];
}

static void touch_say(struct touch *t)
{
    struct trace *trace = &t->d->s->trace;

    if (t->said_bytes) {
        trace->payload = (struct trace_payload) { t->said_data, t->said_bytes };
        trace_emit(trace, t->to_device ? EV_DEV_READ : EV_DEV_WRITE, API_NONE, t->d->obj,
                   t->said_from, t->said_bytes, t->said_owner, t->who);
        trace->payload.bytes = NULL;
    }
    t->said_bytes = 0;
}

/* The owner of ba; *bytes is cut to where its range ends. */
static uint32_t touch_owner(struct touch *t, uint64_t ba, uint64_t *bytes)
{
    const struct dma_range *r = t->range;

    if (!r || ba - r->ba >= r->length_bytes || !r->live)
        r = t->range = range_find(&t->d->s->dma->ranges, ba);
    if (!r)
        return 0;
    *bytes = min_u64(*bytes, r->ba + r->length_bytes - ba);
    return r->owner;
}

static void touch_add(struct touch *t, uint64_t ba, const char *data, uint64_t bytes,
                      uint32_t owner)
{
    if (__builtin_expect(!owner, 0) && !t->stray_said) {
        t->stray_said = true;
        bus_say_stray(t->d, NULL, ba, bytes, t->who, true);
    }
    if (t->said_bytes && (t->said_owner != owner || t->said_from + t->said_bytes != ba))
        touch_say(t);
    if (!t->said_bytes) {
        t->said_from = ba;
        t->said_data = data;
        t->said_owner = owner;
    }
    t->said_bytes += bytes;
}

static bool touch_refuse(struct touch *t, uint64_t ba, uint64_t bytes, enum dev_fault reason)
{
    struct sim *s = t->d->s;
    const struct dma_range *r = s->trace.on ? range_find(&s->dma->ranges, ba) : NULL;

    if (t->quietly)
        return false;
    touch_say(t);
    if (reason == DEV_FAULT_NOT_MAPPED && r && !r->live)
        reason = DEV_FAULT_RELEASED;
    if (!r && s->trace.on && reason != DEV_FAULT_BUS_MASTER)
        bus_say_stray(t->d, r, ba, bytes, t->who, true);
    trace_emit(&s->trace, EV_DEV_FAULT, API_NONE, t->d->obj, bus_shown(s, ba),
               dir_length(bytes, t->to_device), (uint64_t)(r ? r->owner : 0) << 32 | reason,
               t->who);
    return false;
}

/* Memory behind ba, up to the end of its page. NULL: refused, and said. */
static void *touch_memory(struct touch *t, uint64_t ba, uint64_t bytes)
{
    struct sim *s = t->d->s;
    unsigned bits = t->d->model->address_bits;
    uint64_t pa, pfn;
    void *p;

    if (bits && bits < 64 && (ba + bytes - 1) >> bits) {
        touch_refuse(t, ba, bytes, DEV_FAULT_WIDTH);
        return NULL;
    }
    if (s->profile.translation == TRANSLATION_REMAP) {
        enum iommu_answer answer =
            iommu_translate(s, t->d->domain, ba, t->to_device ? IOMMU_READ : IOMMU_WRITE, &pfn);

        if (answer != IOMMU_OK) {
            touch_refuse(t, ba, bytes,
                         answer == IOMMU_FORBIDDEN ? DEV_FAULT_PERMISSION : DEV_FAULT_NOT_MAPPED);
            return NULL;
        }
        pa = pfn << PAGE_BITS | PAGE_OFFSET(ba);
    } else if (!bus_to_physical(s, ba, &pa)) {
        touch_refuse(t, ba, bytes, DEV_FAULT_NO_MEMORY);
        return NULL;
    }
    p = mem_at(s, (struct pa) { pa });
    if (!p)
        touch_refuse(t, ba, bytes, DEV_FAULT_NO_MEMORY);
    return p;
}

/* Bytes that the CPU still had in a dirty line when the mapping began, and still has: what it wrote
 * does not reach the device, or what the device writes may be lost under it. */
static void touch_stale(struct touch *t, uint64_t ba, const char *cpu, const char *ram,
                        uint64_t bytes)
{
    struct sim *s = t->d->s;
    struct dma_range *r = s->trace.on ? (struct dma_range *)range_find(&s->dma->ranges, ba) : NULL;

    if (t->quietly || !r || !r->live || !r->stale || cpu == ram || memcmp(cpu, ram, bytes) == 0)
        return;
    r->stale = false; /* once is enough */
    trace_emit(&s->trace, EV_CACHE, API_NONE, r->owner, va_of(s, cpu).v, bytes, t->d->obj,
               t->to_device ? CACHE_DEVICE_READS : CACHE_DEVICE_WRITES);
}

static bool access(struct touch *t, uint64_t ba, char *buf, const char *from, uint64_t bytes)
{
    bool say = t->d->s->trace.on && !t->quietly;

    if (!t->by_controller && !t->d->present)
        return false;
    if (!t->by_controller && !t->d->bus_master)
        return touch_refuse(t, ba, bytes, DEV_FAULT_BUS_MASTER);
    while (bytes) {
        uint64_t here = min_u64(PAGE_BYTES - PAGE_OFFSET(ba), bytes);
        char *p = touch_memory(t, ba, here);
        const char *cpu = p;

        if (!p)
            return false;
        if (__builtin_expect(!t->d->s->profile.coherent, 0)) {
            p = cache_device(t->d->s, p, here);
            touch_stale(t, ba, cpu, p, here);
        }
        if (buf)
            memcpy(buf, p, here);
        for (uint64_t at = 0, part; say && at < here; at += part) {
            part = here - at;
            uint32_t owner = touch_owner(t, ba + at, &part);

            touch_add(t, ba + at, (buf ? buf : from) + at, part, owner);
        }
        if (buf) {
            if (__builtin_expect(t->d->s->dma->weakorder != NULL, 0))
                weakorder_read(t->d->s, t->d->obj, cpu, buf, here, t->who);
            buf += here;
        } else {
            memcpy(p, from, here);
            from += here;
        }
        ba += here;
        bytes -= here;
    }
    touch_say(t);
    return true;
}

static bool read_memory(struct touch *t, uint64_t bus_address, void *buf, size_t bytes)
{
    if (access(t, bus_address, buf, NULL, bytes))
        return true;
    memset(buf, 0xff, bytes); /* what a master abort leaves on the bus */
    return false;
}

bool dm_bus_read(struct dm_device *d, unsigned engine, uint64_t bus_address, void *buf,
                 size_t bytes)
{
    struct touch t = { .d = d, .to_device = true, .who = bus_engine_doorbell(d, engine) };

    if (d->posted)
        bus_posted_push(d);
    if (__builtin_expect(d->s->dma->hostile != NULL, 0))
        return hostile_read(d, t.who, bus_address, buf, bytes);
    return read_memory(&t, bus_address, buf, bytes);
}

bool dm_bus_write(struct dm_device *d, unsigned engine, uint64_t bus_address, const void *buf,
                  size_t bytes)
{
    struct touch t = { .d = d, .to_device = false, .who = bus_engine_doorbell(d, engine) };

    if (d->posted)
        bus_posted_push(d);
    if (__builtin_expect(d->s->dma->hostile != NULL, 0))
        return hostile_write(d, t.who, bus_address, buf, bytes);
    return access(&t, bus_address, NULL, buf, bytes);
}

bool bus_write_arrived(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf,
                       size_t bytes, bool quietly)
{
    struct touch t = { .d = d, .to_device = false, .quietly = quietly, .who = who };

    return access(&t, ba, NULL, buf, bytes);
}

bool bus_read_as(struct dm_device *d, uint64_t who, uint64_t ba, void *buf, size_t bytes)
{
    struct touch t = { .d = d, .to_device = true, .who = who };

    return read_memory(&t, ba, buf, bytes);
}

void bus_refuse(struct dm_device *d, uint64_t who, uint64_t ba, uint64_t bytes, bool to_device)
{
    struct touch t = { .d = d, .to_device = to_device, .who = who };

    touch_refuse(&t, ba, bytes, DEV_FAULT_NOT_MAPPED);
}

bool bus_controller_read(struct dm_device *d, unsigned engine, uint64_t bus_address, void *buf,
                         size_t bytes)
{
    struct touch t = {
        .d = d, .to_device = true, .by_controller = true, .who = bus_engine_doorbell(d, engine)
    };

    return read_memory(&t, bus_address, buf, bytes);
}

bool bus_controller_write(struct dm_device *d, unsigned engine, uint64_t bus_address,
                          const void *buf, size_t bytes)
{
    struct touch t = {
        .d = d, .to_device = false, .by_controller = true, .who = bus_engine_doorbell(d, engine)
    };

    return access(&t, bus_address, NULL, buf, bytes);
}

static void claim_say(struct dm_device *d, enum event_kind kind, unsigned engine, uint64_t ba,
                      uint64_t bytes, bool reads_memory)
{
    uint64_t who = bus_engine_doorbell(d, engine);
    struct sim *s = d->s;
    const struct dma_range *r;

    if (!s->trace.on)
        return;
    r = range_find(&s->dma->ranges, ba);
    if (kind == EV_DEV_CLAIM && (!r || (r->live && ba + bytes > r->ba + r->length_bytes)))
        bus_say_stray(d, r, ba, bytes, who, false);
    trace_emit(&s->trace, kind, API_NONE, d->obj, bus_shown(s, ba), dir_length(bytes, reads_memory),
               r ? r->owner : 0, who);
    if (kind == EV_DEV_CLAIM && r && r->live && OBJ_TYPE(r->owner) == OBJ_SGL)
        trace_emit(&s->trace, EV_DEV_PART, API_NONE, d->obj, r->offset + (ba - r->ba), bytes,
                   r->owner, who);
}

void dm_claim(struct dm_device *d, unsigned engine, uint64_t bus_address, uint64_t bytes,
              bool reads_memory)
{
    claim_say(d, EV_DEV_CLAIM, engine, bus_address, bytes, reads_memory);
}

void dm_release(struct dm_device *d, unsigned engine, uint64_t bus_address, uint64_t bytes,
                bool reads_memory)
{
    claim_say(d, EV_DEV_RELEASE, engine, bus_address, bytes, reads_memory);
}

void dm_doorbell(struct dm_device *d, unsigned engine)
{
    d->engine_doorbell[engine % BUS_ENGINES_MAX] = d->doorbell_site;
}

/* --- the request line --- */

void dm_dma_request(struct dm_device *d, bool raised)
{
    d->dma_requested = raised;
    if (raised && d->present)
        sysdma_request(d);
}

/* --- interrupts --- */

static void late_arrive(struct sim *s, void *ctx)
{
    struct bus_late *late = ctx;
    struct sched_intr *i = late->d->intr[late->message];

    if (i && late->d->present && (late->d->messages || late->d->line_asserted))
        sched_intr_raise(s, i, late->d->messages ? late->message : 0);
}

/* Most arrive at once (the scheduler lets them in later all the same), some by choice after a
 * while: what the device does next may then come before its interrupt is seen. */
static void send(struct dm_device *d, uint32_t message)
{
    struct bus_late *late = &d->late[message];
    uint64_t delay_ns = choice_rare(d->s, CHOICE_INTR_DELAY, 2, DELAY_ONE_IN) ? INTR_DELAY_NS : 0;

    if (__builtin_expect(d->s->dma->hostile != NULL, 0) &&
        !hostile_interrupt(d, message, &delay_ns))
        return;
    if (!delay_ns) {
        sched_intr_raise(d->s, d->intr[message], message);
        return;
    }
    d->intr[message]->spurious =
        false; /* a routine that runs for nothing finds a cause after all */
    if (late->event.heap_index)
        return; /* one that is on its way already stands for both */
    late->d = d;
    late->message = message;
    late->event.fn = late_arrive;
    late->event.ctx = late;
    late->event.agent = d->agent;
    sched_event_at(d->s, &late->event, sched_now_ns(d->s) + delay_ns);
}

void dm_interrupt(struct dm_device *d, unsigned message)
{
    if (!d->messages) {
        dm_line(d, true);
        return;
    }
    /* One message granted where more were asked: the device uses it for all. */
    message = message < d->messages ? message : 0;
    bus_posted_told(d);
    if (d->present && d->intr[message])
        send(d, message);
}

void dm_line(struct dm_device *d, bool asserted)
{
    d->line_asserted = asserted;
    if (!d->intr[0] || d->messages)
        return;
    if (asserted && d->present) {
        bus_posted_told(d);
        send(d, 0);
        return;
    }
    sched_event_cancel(d->s, &d->late[0].event);
    sched_intr_lower(d->s, d->intr[0]);
}
