/*
 * What the files of sim/nt share. Each prefix of Windows' names keeps its own state behind a pointer
 * here; pointers of Windows' structures become object ids through one map.
 */
#ifndef DMACHECK_SIM_NT_NT_H
#define DMACHECK_SIM_NT_NT_H

#include "sim/core/call.h"
#include "sim/core/mem.h"
#include "sim/core/objmap.h"
#include "sim/core/sched.h"
#include "sim/core/sim.h"

#include "include/ddk/ntddk.h"

struct nt_ke;  /* ke*.c: threads, waits, timers, work items */
struct nt_mm;  /* mm*.c: MDLs, mappings of I/O space */
struct nt_io;  /* io*.c: drivers, devices, IRPs, files */
struct nt_pnp; /* pnp*.c, po.c: PnP and power, resources, interfaces */
struct fx;     /* sim/wdf: KMDF */
struct nt_zw;  /* zw.c, ob.c: registry, handles */

struct nt {
    struct objmap objects;
    struct nt_ke *ke;
    struct nt_mm *mm;
    struct nt_io *io;
    struct nt_pnp *pnp;
    struct nt_zw *zw;
    struct fx *wdf; /* sim/wdf: the framework above us */
};

/* Object id of a Windows structure; 0 for NULL, and one is made for a pointer not seen before. */
uint32_t nt_obj(struct sim *s, const void *p, enum object_type type);
void nt_obj_new(struct sim *s, const void *p,
                enum object_type type); /* a new life at this address */
void nt_obj_drop(struct sim *s, const void *p);

/* Creates, resets and destroys all parts in order: ke, mm, io, pnp, zw. Each part provides its three. */
int nt_create(struct sim *s);
void nt_reset(struct sim *s);
void nt_destroy(struct sim *s);
int nt_ke_create(struct sim *s);
void nt_ke_reset(struct sim *s);
void nt_ke_destroy(struct sim *s);
int nt_mm_create(struct sim *s);
void nt_mm_reset(struct sim *s);
void nt_mm_destroy(struct sim *s);
int nt_io_create(struct sim *s);
void nt_io_reset(struct sim *s);
void nt_io_destroy(struct sim *s);
int nt_pnp_create(struct sim *s);
void nt_pnp_reset(struct sim *s);
void nt_pnp_destroy(struct sim *s);
int nt_zw_create(struct sim *s);
void nt_zw_reset(struct sim *s);
void nt_zw_destroy(struct sim *s);

/* --- ke.c offers the other parts --- */
/* Waits for a dispatcher object (KEVENT, KSEMAPHORE, KMUTANT, KTIMER, thread) as Windows does;
 * timeout_ns relative, UINT64_MAX: for ever. Returns STATUS_SUCCESS or STATUS_TIMEOUT. */
NTSTATUS ke_wait(struct sim *s, PVOID Object, uint64_t timeout_ns);
void ke_event_set(struct sim *s, PRKEVENT Event);

/* --- mm.c --- */
uint32_t mdl_obj_other(struct sim *s, PMDL Mdl);
static inline uint32_t mdl_obj(struct sim *s, PMDL Mdl) /* 0 for NULL */
{
    const struct objmap_entry *e = objmap_last(&s->nt->objects, Mdl);

    return __builtin_expect(e && e->live, 1) ? e->obj : mdl_obj_other(s, Mdl);
}
void *mdl_system_view(struct sim *s,
                      PMDL Mdl); /* maps it if it is not mapped; NULL: no view left */
PMDL mdl_create(struct sim *s, PVOID Va, ULONG Length,
                PIRP Irp); /* as IoAllocateMdl, nothing said */
void mdl_destroy(struct sim *s, PMDL Mdl);
NTSTATUS mdl_lock(struct sim *s, PMDL Mdl, KPROCESSOR_MODE Mode,
                  LOCK_OPERATION Operation); /* status instead of raising */
void mdl_unlock(struct sim *s, PMDL Mdl);

/* --- io.c --- */
uint32_t irp_obj(struct sim *s, PIRP Irp);
static inline uint32_t device_obj(struct sim *s, PDEVICE_OBJECT DeviceObject)
{
    const struct objmap_entry *e = objmap_last(&s->nt->objects, DeviceObject);

    if (__builtin_expect(e && OBJ_TYPE(e->obj) == OBJ_DEVOBJ, 1))
        return e->obj;
    return nt_obj(s, DeviceObject, OBJ_DEVOBJ);
}

#endif
