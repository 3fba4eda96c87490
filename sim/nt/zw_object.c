/*
 * Ob..., ZwClose, ZwWait..., and events that have handles: the Windows face of ob.c.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"
#include "sim/nt/zw.h"

/*
 * Object types, as drivers pass them to ObReferenceObjectByHandle. The pointers' values mean
 * nothing but which one it is; the table ties them to ob.c's types.
 */
static struct ob_type_body {
    char unused;
} type_bodies[OB_TYPES];
#define TYPE_POINTER(type) ((POBJECT_TYPE)&type_bodies[type])
static POBJECT_TYPE event_type = TYPE_POINTER(OB_EVENT);
static POBJECT_TYPE semaphore_type = TYPE_POINTER(OB_SEMAPHORE);
static POBJECT_TYPE thread_type = TYPE_POINTER(OB_THREAD);
static POBJECT_TYPE process_type = TYPE_POINTER(OB_PROCESS);
static POBJECT_TYPE key_type = TYPE_POINTER(OB_KEY);
static POBJECT_TYPE file_type = TYPE_POINTER(OB_FILE);
static POBJECT_TYPE device_type = TYPE_POINTER(OB_DEVICE);
static POBJECT_TYPE driver_type = TYPE_POINTER(OB_DRIVER);
POBJECT_TYPE *ExEventObjectType = &event_type;
POBJECT_TYPE *ExSemaphoreObjectType = &semaphore_type;
POBJECT_TYPE *PsThreadType = &thread_type;
POBJECT_TYPE *PsProcessType = &process_type;
POBJECT_TYPE *CmKeyObjectType = &key_type;
POBJECT_TYPE *IoFileObjectType = &file_type;
POBJECT_TYPE *IoDeviceObjectType = &device_type;
POBJECT_TYPE *IoDriverObjectType = &driver_type;
/* Types of which no object is ever made here: no handle matches them. */
static POBJECT_TYPE token_type = TYPE_POINTER(OB_TOKEN);
static POBJECT_TYPE section_type = TYPE_POINTER(OB_SECTION);
POBJECT_TYPE *SeTokenObjectType = &token_type;
POBJECT_TYPE *MmSectionObjectType = &section_type;

static enum ob_type type_of(POBJECT_TYPE type)
{
    uintptr_t at = (uintptr_t)type - (uintptr_t)type_bodies;

    return type && at < OB_TYPES ? (enum ob_type)at : OB_ANY;
}

/* NtCurrentProcess() and NtCurrentThread(): handles that need no table. */
static void *pseudo_handle(struct sim *s, HANDLE handle, enum ob_type *type)
{
    if (handle == (HANDLE)(intptr_t)-1) {
        *type = OB_PROCESS;
        return ps_process(s, agent_process(sched_current_thread(s)));
    }
    if (handle == (HANDLE)(intptr_t)-2) {
        *type = OB_THREAD;
        return agent_user(sched_current_thread(s));
    }
    return NULL;
}

static NTSTATUS body_of(struct sim *s, HANDLE handle, enum ob_type want, ACCESS_MASK access,
                        KPROCESSOR_MODE mode, void **body, ACCESS_MASK *granted)
{
    enum ob_type type;

    *body = pseudo_handle(s, handle, &type);
    if (*body) {
        *granted = 0x1fffffu;
        return want == OB_ANY || want == type ? STATUS_SUCCESS : STATUS_OBJECT_TYPE_MISMATCH;
    }
    return ob_handle_body(s, handle, want, access, mode, body, granted);
}

/*
 * ObReferenceObjectByHandle: a handle's object, with one more reference.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INVALID_HANDLE, _OBJECT_TYPE_MISMATCH, _ACCESS_DENIED (user mode alone)
 * Gap      HandleInformation's attributes are those of a kernel handle or none
 * Says     CALL with handle and access, RETURN with status
 * Source   wdm/nf-wdm-obreferenceobjectbyhandle
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                   PVOID *Object, POBJECT_HANDLE_INFORMATION HandleInformation)
{
    struct sim *s = sim_now();
    ACCESS_MASK granted = 0;
    void *body = NULL;
    NTSTATUS status;
    struct call c = call_begin(s, API_ObReferenceObjectByHandle, 0, (uintptr_t)Handle,
                               DesiredAccess, (uint64_t)AccessMode, type_of(ObjectType));

    status = body_of(s, Handle, type_of(ObjectType), DesiredAccess, AccessMode, &body, &granted);
    *Object = status ? NULL : body;
    if (!status) {
        ob_reference(s, body);
        if (HandleInformation) {
            HandleInformation->GrantedAccess = granted;
            HandleInformation->HandleAttributes = (intptr_t)Handle < 0 ? OBJ_KERNEL_HANDLE : 0;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * ObReferenceObjectByPointer: one more reference to an object that the caller knows.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      the type is checked for objects that have handles; DesiredAccess says nothing on Windows
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-obreferenceobjectbypointer
 */
NTSTATUS ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
                                    POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ObReferenceObjectByPointer, 0, va_of(s, Object).v,
                               DesiredAccess, type_of(ObjectType), (uint64_t)AccessMode);

    ob_reference(s, Object);
    call_end(&c, STATUS_SUCCESS, 0, 0, 0);
    return STATUS_SUCCESS;
}

/*
 * ObReferenceObject's function: one more reference.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing that a driver may rely on; the count
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-obfreferenceobject
 */
LONG_PTR ObfReferenceObject(PVOID Object)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ObfReferenceObject, 0, va_of(s, Object).v, 0, 0, 0);
    LONG_PTR count;

    ob_reference(s, Object);
    count = (LONG_PTR)ob_references(s, Object);
    call_end(&c, (uint64_t)count, 0, 0, 0);
    return count;
}

/*
 * ObDereferenceObject's function: one reference less; the last one ends the object.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing that a driver may rely on; the count
 * Gap      bug check 0x18 for a count below zero goes on when bug checks do not stop
 * Says     CALL, RETURN; BUGCHECK
 * Source   wdm/nf-wdm-obfdereferenceobject
 */
LONG_PTR ObfDereferenceObject(PVOID Object)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ObfDereferenceObject, 0, va_of(s, Object).v, 0, 0, 0);
    LONG_PTR count;

    ob_dereference(s, Object);
    count = (LONG_PTR)ob_references(s, Object);
    call_end(&c, (uint64_t)count, 0, 0, 0);
    return count;
}

/*
 * ObDereferenceObjectDeferDelete: as above; deletion would come on another thread.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      deletion comes at once
 * Says     CALL, RETURN; BUGCHECK
 * Source   wdm/nf-wdm-obdereferenceobjectdeferdelete
 */
VOID ObDereferenceObjectDeferDelete(PVOID Object)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ObDereferenceObjectDeferDelete, 0, va_of(s, Object).v, 0, 0, 0);

    ob_dereference(s, Object);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ObOpenObjectByPointer: a handle to an object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INSUFFICIENT_RESOURCES
 * Gap      PassedAccessState is not looked at; nothing is denied
 * Says     CALL, RETURN with status and handle
 * Source   ntifs/nf-ntifs-obopenobjectbypointer
 */
NTSTATUS ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes, PVOID PassedAccessState,
                               ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                               KPROCESSOR_MODE AccessMode, PHANDLE Handle)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c = call_begin(s, API_ObOpenObjectByPointer, 0, va_of(s, Object).v, DesiredAccess,
                               HandleAttributes, (uint64_t)AccessMode << 1 | !!PassedAccessState);

    status =
        ob_handle_create(s, Object, type_of(ObjectType), DesiredAccess, HandleAttributes, Handle);
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*Handle, 0, 0);
    return status;
}

/*
 * ZwClose: gives a handle back.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INVALID_HANDLE
 * Gap      Windows answers some bad kernel handles with bug check 0x93; here the status alone
 * Says     CALL with the handle, RETURN
 * Source   ntifs/nf-ntifs-ntclose
 */
NTSTATUS ZwClose(HANDLE Handle)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwClose, 0, (uintptr_t)Handle, 0, 0, 0);

    status = ob_handle_close(s, Handle);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* Windows' time-out (negative: relative, positive: a point in time) in nanoseconds from now. */
static uint64_t timeout_ns(struct sim *s, PLARGE_INTEGER timeout)
{
    int64_t now;

    if (!timeout)
        return UINT64_MAX;
    if (timeout->QuadPart <= 0)
        return (uint64_t)-timeout->QuadPart * 100;
    now = (int64_t)ke_system_time(s);
    return timeout->QuadPart <= now ? 0 : (uint64_t)(timeout->QuadPart - now) * 100;
}

/*
 * ZwWaitForSingleObject: waits for what a handle names.
 *
 * Irql     <= APC_LEVEL
 * Units    *Timeout: 100 ns; negative is relative, NULL for ever
 * Returns  STATUS_SUCCESS, _TIMEOUT, _INVALID_HANDLE, _OBJECT_TYPE_MISMATCH
 * Gap      there are no alerts and no APCs, so Alertable changes nothing
 * Says     CALL, RETURN; whoever runs meanwhile says for itself
 * Source   ntifs/nf-ntifs-zwwaitforsingleobject
 */
NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    struct sim *s = sim_now();
    ACCESS_MASK granted;
    void *body;
    enum ob_type type;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwWaitForSingleObject, 0, (uintptr_t)Handle, Alertable,
                               Timeout ? (uint64_t)Timeout->QuadPart : 0, 0);

    status = body_of(s, Handle, OB_ANY, SYNCHRONIZE, KernelMode, &body, &granted);
    if (!status) {
        type = ob_type_of(s, body);
        if (type != OB_EVENT && type != OB_THREAD && type != OB_SEMAPHORE && type != OB_TIMER)
            status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (!status) {
        ob_reference(s, body);
        status = ke_wait(s, body, timeout_ns(s, Timeout));
        ob_dereference(s, body);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- events with handles, and with names --- */

struct zw_event {
    KEVENT event; /* first: what a driver points to */
    struct zw_event *next;
    uint16_t *name;
    uint32_t name_chars;
};

static void event_destroy(struct sim *s, void *body)
{
    struct zw_event **at = &s->nt->zw->events;

    while (*at && (void *)*at != body)
        at = &(*at)->next;
    if (*at)
        *at = (*at)->next;
    pool_free_internal(s, body);
}

static struct zw_event *event_find(struct sim *s, struct reg_name name)
{
    struct zw_event *e = s->nt->zw->events;

    while (e && (!e->name || !reg_name_equal((struct reg_name) { e->name, e->name_chars }, name)))
        e = e->next;
    return e;
}

static struct zw_event *event_new(struct sim *s, struct reg_name name, EVENT_TYPE type,
                                  bool signalled)
{
    struct zw_event *e = pool_alloc_internal(s, sizeof(*e));

    if (!e)
        return NULL;
    *e = (struct zw_event) { .next = s->nt->zw->events };
    io_event_init(&e->event, type, signalled);
    if (name.count) {
        e->name = reg_memory(s, name.count * 2u);
        if (e->name)
            memcpy(e->name, name.chars, name.count * 2u);
        e->name_chars = e->name ? name.count : 0;
    }
    if (ob_register(s, e, OB_EVENT, event_destroy)) {
        pool_free_internal(s, e);
        return NULL;
    }
    s->nt->zw->events = e;
    return e;
}

/* Opens or makes an event; *opened tells which. */
static NTSTATUS event_handle(struct sim *s, struct reg_name name, EVENT_TYPE type, bool signalled,
                             ACCESS_MASK access, ULONG attributes, struct zw_event **out,
                             HANDLE *handle, bool *opened)
{
    struct zw_event *e = name.count ? event_find(s, name) : NULL;
    NTSTATUS status;

    *opened = e != NULL;
    if (!e && !(e = event_new(s, name, type, signalled)))
        return STATUS_INSUFFICIENT_RESOURCES;
    status = ob_handle_create(s, e, OB_EVENT, access, attributes, handle);
    if (!*opened)
        ob_dereference(s, e);
    *out = e;
    return status;
}

static PKEVENT create_named(struct sim *s, PUNICODE_STRING name, PHANDLE handle, EVENT_TYPE type)
{
    struct zw_event *e;
    bool opened;

    /* The page: the event is initially signalled. */
    return event_handle(s, reg_name_of(name), type, true, EVENT_ALL_ACCESS, OBJ_KERNEL_HANDLE, &e,
                        handle, &opened)
               ? NULL
               : &e->event;
}

/*
 * IoCreateNotificationEvent: opens or makes a named event that stays signalled until it is cleared.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the event, NULL when it cannot be made
 * Gap      the namespace of events is flat: "\BaseNamedObjects\X" is compared as a whole
 * Says     CALL, RETURN with the handle
 * Source   wdm/nf-wdm-iocreatenotificationevent
 */
PKEVENT IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    struct sim *s = sim_now();
    PKEVENT event;
    struct call c = call_begin(s, API_IoCreateNotificationEvent, 0, EventName->Length, 0, 0, 0);

    event = create_named(s, EventName, EventHandle, NotificationEvent);
    call_end(&c, event ? (uintptr_t)*EventHandle : 0, va_of(s, event).v, 0, 0);
    return event;
}

/*
 * IoCreateSynchronizationEvent: the same, for an event that one wait takes back.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the event, NULL when it cannot be made
 * Gap      as IoCreateNotificationEvent
 * Says     CALL, RETURN with the handle
 * Source   wdm/nf-wdm-iocreatesynchronizationevent
 */
PKEVENT IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    struct sim *s = sim_now();
    PKEVENT event;
    struct call c = call_begin(s, API_IoCreateSynchronizationEvent, 0, EventName->Length, 0, 0, 0);

    event = create_named(s, EventName, EventHandle, SynchronizationEvent);
    call_end(&c, event ? (uintptr_t)*EventHandle : 0, va_of(s, event).v, 0, 0);
    return event;
}

/*
 * ZwCreateEvent: makes an event, or opens it when OBJ_OPENIF says so.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_EXISTS (opened), _OBJECT_NAME_COLLISION,
 *          _INSUFFICIENT_RESOURCES
 * Gap      as IoCreateNotificationEvent
 * Says     CALL, RETURN with status and handle
 * Source   ntifs/nf-ntifs-zwcreateevent
 */
NTSTATUS ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                       POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                       BOOLEAN InitialState)
{
    struct sim *s = sim_now();
    struct reg_name name = reg_name_of(ObjectAttributes ? ObjectAttributes->ObjectName : NULL);
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    struct zw_event *e;
    bool opened = false;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwCreateEvent, 0, DesiredAccess, attributes,
                               (uint64_t)EventType, InitialState);

    if (name.count && !(attributes & OBJ_OPENIF) && event_find(s, name))
        status = STATUS_OBJECT_NAME_COLLISION;
    else
        status = event_handle(s, name, EventType, InitialState != 0, DesiredAccess, attributes, &e,
                              EventHandle, &opened);
    if (!status && opened)
        status = STATUS_OBJECT_NAME_EXISTS;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) ? (uintptr_t)*EventHandle : 0, 0, 0);
    return status;
}

/*
 * ZwSetEvent: signals the event that a handle names.
 *
 * Irql     PASSIVE_LEVEL
 * Units    *PreviousState: 1 when it was signalled already
 * Returns  STATUS_SUCCESS, _INVALID_HANDLE, _OBJECT_TYPE_MISMATCH
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-zwsetevent
 */
NTSTATUS ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    struct sim *s = sim_now();
    ACCESS_MASK granted;
    void *body;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwSetEvent, 0, (uintptr_t)EventHandle, 0, 0, 0);

    status = body_of(s, EventHandle, OB_EVENT, EVENT_MODIFY_STATE, KernelMode, &body, &granted);
    if (!status) {
        if (PreviousState)
            *PreviousState = ((PKEVENT)body)->Header.SignalState;
        ke_event_set(s, body);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
