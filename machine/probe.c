/*
 * The runs: the scenario, and behind it the scenario once more; what is heard of its requests
 * meanwhile. Judging is probe_judge.c's.
 */
#include "machine/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "machine/probe_private.h"
#include "sim/nt/pnp.h"

/* Points that make a device lie, or a machine that is no machine, are no resources. */
static const bool is_device[] = {
#define FAULT_DEVICE(point, word, text) true,
#define FAULT(point, word, text) false,
#include "trace/faults.def"
#undef FAULT
#undef FAULT_DEVICE
};

/* --- what is heard --- */

static struct probe_request *request_of(struct prober *p, uint32_t irp)
{
    for (unsigned i = p->request_count; i--;)
        if (p->requests[i].irp == irp && !p->requests[i].ended)
            return &p->requests[i];
    return NULL;
}

static void hear_irp(struct prober *p, const struct event *e)
{
    if (p->request_count == p->request_room) {
        p->request_room = p->request_room ? p->request_room * 2 : 64;
        p->requests = realloc(p->requests, p->request_room * sizeof(*p->requests));
        must(p->requests);
    }
    p->requests[p->request_count++] = (struct probe_request) { .irp = e->obj,
                                                               .major = (uint8_t)(e->a[0] >> 8),
                                                               .minor = (uint8_t)e->a[0],
                                                               .length_bytes = e->a[1],
                                                               .of_user = e->a[3] != 0 };
}

static void hear(void *ctx, const struct event *e)
{
    struct prober *p = ctx;
    struct probe_request *r;

    switch (e->kind) {
    case EV_IRP:
        hear_irp(p, e);
        break;
    case EV_IRP_END:
        r = request_of(p, e->obj);
        if (r) {
            r->ended = true;
            r->status = (int32_t)e->a[0];
            r->information = e->a[1];
        }
        break;
    case EV_CALLBACK_END:
        if (e->api == API_DriverEntry)
            p->load_status = (int32_t)e->a[0];
        break;
    case EV_PHASE:
        p->unloaded |= e->a[0] == PHASE_UNLOAD;
        break;
    case EV_DEV_READ:
    case EV_DEV_WRITE:
    case EV_DEV_FAULT:
    case EV_INTR:
        p->late += p->unloaded;
        break;
    default:
        break;
    }
}

/* --- a run --- */

static void threads_join(struct dm_run *r)
{
    for (unsigned i = 1; i < r->thread_count; i++)
        dm_join(r, &r->threads[i]);
}

/* What a fault has kept from starting is started by its user once more. */
static void devices_start(struct dm_run *r)
{
    for (unsigned i = 0; i < r->device_count && !(r->scenario->flags & DM_MANUAL); i++) {
        struct pnp_node *n = pnp_node_of(r->s, r->devices[i]);

        if (n && n->state == PNP_NONE)
            host_device_add(r->s, r->driver_object, r->devices[i]);
        if (n && n->state != PNP_STARTED && dm_start(r, r->devices[i]) < 0)
            run_fail(r, "device %u does not start, though the fault is over", i);
    }
}

static void run_twice(struct dm_run *r)
{
    struct prober *p = r->m->prober;
    uint32_t taken;

    p->scenario->run(r);
    threads_join(r);
    p->settled_hash = r->settled_hash;
    p->first_count = p->request_count;
    if (!p->twice)
        return;
    taken = r->s->fault.taken;
    fault_hold(r->s);
    r->s->fault.taken = 0; /* from here on expectations are judged */
    devices_start(r);
    p->scenario->run(r);
    threads_join(r);
    r->s->fault.taken += taken;
    fault_release(r->s);
}

void probe_run(struct prober *p, const struct dm_plan_fault *faults, unsigned count,
               struct dm_result *result)
{
    struct dm_scenario twice = *p->scenario;
    char message[160] = "";

    twice.run = run_twice;
    must(faults_exact(p->m, faults, count, message, sizeof(message)));
    p->request_count = p->first_count = p->late = 0;
    p->settled_hash = 0;
    p->load_status = 0;
    p->unloaded = false;
    p->m->prober = p;
    must(trace_attach(&p->m->s->trace, hear, p) == 0);
    dm_machine_run_scenario(p->m, p->d, &twice, NULL, result);
    trace_detach(&p->m->s->trace, p);
    p->m->prober = NULL;
}

/* --- the list --- */

struct met {
    struct prober *p;
    struct chance {
        unsigned point;
        uint32_t nth, site;
    } * at;
    size_t count, room;
};

static void chance_met(void *ctx, unsigned point, uint32_t nth, uint32_t site)
{
    struct met *met = ctx;

    if (is_device[point])
        return;
    if (met->count == met->room) {
        met->room = met->room ? met->room * 2 : 256;
        met->at = realloc(met->at, met->room * sizeof(*met->at));
        must(met->at);
    }
    met->at[met->count++] = (struct chance) { point, nth, site };
}

static uint32_t hash_text(uint32_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 16777619u;
    return h;
}

/* The stack as far as it is the driver's: not what lies in scenarios.c. */
static void chance_describe(struct prober *p, const struct chance *c, struct probe_chance *to)
{
    struct site_depot *depot = p->m->s->depot;
    struct site_frame_text f;
    bool any = false;

    *to = (struct probe_chance) { .point = fault_word(c->point), .nth = c->nth, .where = "-" };
    to->id = hash_text(2166136261u, to->point);
    for (unsigned i = 0; i < site_frame_count(depot, c->site); i++) {
        char text[200];
        const char *slash;

        if (!site_frame_text(depot, c->site, i, &f))
            continue;
        slash = strrchr(f.file, '/');
        if (!strcmp(slash ? slash + 1 : f.file, "scenarios.c"))
            break;
        snprintf(text, sizeof(text), "%s:%u %s", f.file, f.line, f.function);
        to->id = hash_text(to->id, text);
        if (!any)
            snprintf(to->where, sizeof(to->where), "%s", text);
        any = true;
    }
}

static void chance_add(struct prober *p, const struct probe_chance *c)
{
    for (unsigned i = 0; i < p->chance_count; i++)
        if (p->chances[i].id == c->id)
            return;
    p->chances = realloc(p->chances, (p->chance_count + 1) * sizeof(*p->chances));
    must(p->chances);
    p->chances[p->chance_count++] = *c;
}

/* A plan that never comes true makes a machine watch for second readings. */
static const struct dm_plan_fault watched[] = { { .point = "user-memory", .nth = UINT32_MAX },
                                                { .point = "device-memory", .nth = UINT32_MAX } };

static void list(struct prober *p, struct dm_result *result)
{
    struct met met = { .p = p };
    struct probe_chance c;

    fault_hear(p->m->s, chance_met, &met);
    probe_run(p, watched, sizeof(watched) / sizeof(*watched), result);
    fault_hear(p->m->s, NULL, NULL);
    for (size_t i = 0; i < met.count; i++) {
        chance_describe(p, &met.at[i], &c);
        chance_add(p, &c);
    }
    free(met.at);
}

static const struct dm_scenario *scenario_of(struct dm_driver *d, const char *name)
{
    const struct dm_scenario *sc = dm_driver_scenarios(d);

    while (sc->name && strcmp(sc->name, name))
        sc++;
    return sc->name ? sc : NULL;
}

struct prober *prober_create(struct dm_machine *m, struct dm_driver *d, const char *scenario,
                             char *message, size_t message_size)
{
    struct prober *p = calloc(1, sizeof(*p));
    struct dm_result result;

    must(p);
    p->m = m;
    p->d = d;
    p->scenario = scenario_of(d, scenario);
    must(p->scenario);
    probe_run(p, watched, 0, &result);
    p->twice = true;
    if (result.exit == DM_CLEAN) {
        list(p, &result);
        p->twice = result.exit == DM_CLEAN;
        if (!p->twice) {
            p->chance_count = 0;
            list(p, &result);
        }
    }
    if (result.exit != DM_CLEAN) {
        snprintf(message, message_size, "scenario '%s' is not clean without a fault: %s", scenario,
                 dm_finding_count(m) ? dm_finding(m, 0)->message : result.first_failure);
        prober_destroy(p);
        return NULL;
    }
    probe_keep_reference(p);
    return p;
}

void prober_destroy(struct prober *p)
{
    if (!p)
        return;
    faults_exact(p->m, NULL, 0, (char[1]) { 0 }, 1);
    free(p->chances);
    free(p->requests);
    free(p->reference);
    free(p);
}

unsigned prober_count(const struct prober *p) { return p->chance_count; }

const struct probe_chance *prober_chance(const struct prober *p, unsigned i)
{
    must(i < p->chance_count);
    return &p->chances[i];
}

bool prober_is_twice(const struct prober *p) { return p->twice; }
