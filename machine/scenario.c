/*
 * What a scenario does with devices and with its own memory.
 */
#include <string.h>

#include "base/rng.h"
#include "machine/input.h"
#include "machine/system.h"
#include "sim/nt/pnp.h"

struct dm_device *dm_device_at(struct dm_run *r, unsigned index)
{
    return index < r->device_count ? r->devices[index] : NULL;
}

unsigned run_device_index(const struct dm_run *r, const struct dm_device *d)
{
    unsigned i = 0;

    while (i < r->device_count && r->devices[i] != d)
        i++;
    return i;
}

/* The PnP manager does one thing after the other, whoever asks. That a card is pulled out it cannot put off,
 * nor what the power manager wants. */
static void pnp_begin(struct dm_run *r)
{
    struct dm_thread *me = run_thread_now(r);

    while (r->pnp_busy) {
        me->waits_for_pnp = true;
        sched_block(r->s, UINT64_MAX);
        me->waits_for_pnp = false;
    }
    r->pnp_busy = true;
}

static void pnp_end(struct dm_run *r)
{
    r->pnp_busy = false;
    for (unsigned i = 0; i < r->thread_count; i++)
        if (r->threads[i].waits_for_pnp && agent_blocked(r->threads[i].agent))
            sched_wake(r->s, r->threads[i].agent);
}

SYSTEM_ENTRY NTSTATUS run_plug(struct dm_run *r, const char *model, struct dm_device **out)
{
    SYSTEM_CALL(r);
    NTSTATUS status;

    pnp_begin(r); /* the device's number is known then */
    input_say(r, INPUT_PLUG, 0, { "device_index", .value = r->device_count },
              { "model", model, 0 });
    status = run_device_add(r, model, out);
    pnp_end(r);
    return status;
}

struct dm_device *dm_plug(struct dm_run *r, const char *model)
{
    struct dm_device *d;
    NTSTATUS status = run_plug(r, model, &d);

    return NT_SUCCESS(status) ? d : NULL;
}

static void say_device(struct dm_run *r, enum input_kind kind, const struct dm_device *d)
{
    input_say(r, kind, d->obj, { "device", .value = OBJ_NUMBER(d->obj) },
              { "device_index", .value = run_device_index(r, d) });
}

SYSTEM_ENTRY int32_t dm_remove(struct dm_run *r, struct dm_device *d)
{
    SYSTEM_CALL(r);
    NTSTATUS status;

    say_device(r, INPUT_REMOVE, d);
    pnp_begin(r);
    status = host_device_remove(r->s, d);
    pnp_end(r);
    return status;
}

SYSTEM_ENTRY void dm_surprise_remove(struct dm_run *r, struct dm_device *d)
{
    SYSTEM_CALL(r);
    say_device(r, INPUT_SURPRISE, d);
    host_device_surprise(r->s, d);
}

SYSTEM_ENTRY int32_t dm_stop(struct dm_run *r, struct dm_device *d)
{
    SYSTEM_CALL(r);
    NTSTATUS status;

    say_device(r, INPUT_STOP, d);
    pnp_begin(r);
    status = host_device_stop(r->s, d);
    pnp_end(r);
    return status;
}

SYSTEM_ENTRY int32_t dm_start(struct dm_run *r, struct dm_device *d)
{
    SYSTEM_CALL(r);
    struct pnp_node *n = pnp_node_of(r->s, d);
    NTSTATUS status = STATUS_SUCCESS;

    say_device(r, INPUT_START, d);
    pnp_begin(r);
    /* A device that was removed and is still in its slot gets its driver again first. */
    if (n && n->state == PNP_REMOVED && d->present)
        status = host_device_add(r->s, r->driver_object, d);
    if (NT_SUCCESS(status))
        status = host_device_start(r->s, d);
    pnp_end(r);
    return status;
}

SYSTEM_ENTRY int32_t dm_power(struct dm_run *r, struct dm_device *d, unsigned d_state)
{
    SYSTEM_CALL(r);
    input_say(r, INPUT_POWER, d->obj, { "device", .value = OBJ_NUMBER(d->obj) },
              { "device_index", .value = run_device_index(r, d) }, { "state", .value = d_state });
    return host_device_power(r->s, d, d_state);
}

SYSTEM_ENTRY int32_t dm_system_power(struct dm_run *r, unsigned s_state)
{
    SYSTEM_CALL(r);
    input_say(r, INPUT_SYSTEM_POWER, 0, { "state", .value = s_state },
              { "devices", .value = r->device_count });
    return host_system_power(r->s, s_state);
}

SYSTEM_ENTRY void dm_registry_dword(struct dm_run *r, unsigned device_index, const char *name,
                                    uint32_t value)
{
    SYSTEM_CALL(r);
    input_say(r, INPUT_REGISTRY, 0, { "device_index", .value = device_index }, { "name", name, 0 },
              { "value", .value = value });
    host_registry_dword(r->s, device_index, name, value);
}

SYSTEM_ENTRY int32_t dm_file_put(struct dm_run *r, const char *path, const void *bytes,
                                 uint32_t size_bytes)
{
    SYSTEM_CALL(r);
    input_file(r, path, bytes, size_bytes);
    return zw_file_put(r->s, path, bytes, size_bytes);
}

const void *dm_input(struct dm_run *r, const char *name, size_t *bytes)
{
    const struct dm_options *o = &r->m->options;

    for (unsigned i = 0; i < o->inputs_count; i++)
        if (!strcmp(o->inputs[i].name, name)) {
            *bytes = o->inputs[i].count;
            return o->inputs[i].bytes;
        }
    *bytes = 0;
    return NULL;
}

/* --- memory of the scenario's process --- */

SYSTEM_ENTRY void *dm_alloc(struct dm_run *r, size_t bytes, unsigned offset_in_page)
{
    SYSTEM_CALL(r);
    void *p;

    input_note(r, INPUT_ALLOC, { "alloc", .value = input_next_alloc(r) },
               { "bytes", .value = bytes }, { "offset", .value = offset_in_page % PAGE_BYTES });
    p = mem_user_alloc(r->s, r->process, bytes, offset_in_page % PAGE_BYTES);
    input_alloc(r, p, bytes);
    return p;
}

SYSTEM_ENTRY void dm_free(struct dm_run *r, void *p)
{
    SYSTEM_CALL(r);
    if (!p)
        return;
    input_free(r, p);
    mem_user_free(r->s, p);
}

/* The i-th word of a pattern. Words of one pattern differ, since the step is odd. */
static inline uint64_t pattern_word(uint64_t base, uint64_t i)
{
    return base + i * 0x9e3779b97f4a7c15u;
}

void dm_pattern(void *p, size_t bytes, uint64_t pattern)
{
    uint64_t base = rng_mix(pattern), w, i = 0;
    char *at = p;

    for (; bytes >= sizeof(w); bytes -= sizeof(w), at += sizeof(w)) {
        w = pattern_word(base, i++);
        memcpy(at, &w, sizeof(w));
    }
    w = pattern_word(base, i);
    memcpy(at, &w, bytes);
}

void dm_fill(struct dm_run *r, void *p, size_t bytes, uint64_t pattern)
{
    dm_pattern(p, bytes, pattern); /* the program's own stores: no call of the system */
    input_filled(r, p, bytes, pattern);
}

bool dm_matches(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern)
{
    uint64_t base = rng_mix(pattern), w, i = 0;
    const char *at = p;

    (void)r;
    for (; bytes >= sizeof(w); bytes -= sizeof(w), at += sizeof(w)) {
        w = pattern_word(base, i++);
        if (memcmp(at, &w, sizeof(w)))
            return false;
    }
    w = pattern_word(base, i);
    return memcmp(at, &w, bytes) == 0;
}
