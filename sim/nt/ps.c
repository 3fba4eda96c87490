/*
 * Processes and threads as drivers name them. Threads are the scheduler's agents with ke's thread
 * object; a process is no more than an identity: whose user memory and whose handles are meant.
 */
#include "base/must.h"
#include "sim/nt/ke.h"
#include "sim/nt/zw.h"

#define EPROCESS_BYTES 64u   /* opaque to drivers; its address is all that they may use */
#define SYSTEM_PROCESS_ID 4u /* Windows' own number for it */

/* The system process is in every machine; nothing is ever stored in it. */
static const uint64_t system_process[EPROCESS_BYTES / 8];
PEPROCESS PsInitialSystemProcess = (PEPROCESS)(uintptr_t)system_process;

static unsigned process_index(struct sim *s, uint32_t process)
{
    struct nt_zw *zw = s->nt->zw;

    for (unsigned i = 0; i < zw->process_count; i++)
        if (zw->processes[i] == process)
            return i;
    return PS_PROCESSES_MAX;
}

PEPROCESS ps_process(struct sim *s, uint32_t process)
{
    struct nt_zw *zw = s->nt->zw;
    unsigned i = process_index(s, process);

    if (i == PS_PROCESSES_MAX) {
        if (zw->process_count == PS_PROCESSES_MAX)
            return NULL;
        i = zw->process_count++;
        zw->processes[i] = process;
        zw->process_bodies[i] = NULL;
    }
    if (!zw->process_bodies[i]) {
        zw->process_bodies[i] = pool_alloc_internal(s, EPROCESS_BYTES);
        if (zw->process_bodies[i])
            ob_register(s, zw->process_bodies[i], OB_PROCESS, NULL);
    }
    return zw->process_bodies[i];
}

HANDLE ps_process_id(struct sim *s, uint32_t process)
{
    unsigned i = process_index(s, process);

    if (i == PS_PROCESSES_MAX && ps_process(s, process))
        i = process_index(s, process);
    return (HANDLE)(uintptr_t)(i ? 0x100u + i * 4u : SYSTEM_PROCESS_ID);
}

uint32_t ps_process_new(struct sim *s)
{
    uint32_t process = obj_new(&s->trace, OBJ_PROCESS);

    ps_process(s, process);
    return process;
}

void ps_reset(struct sim *s)
{
    struct nt_zw *zw = s->nt->zw;

    zw->process_count = 1; /* the system process: object id 0 */
    zw->processes[0] = 0;
    zw->process_bodies[0] = PsInitialSystemProcess;
}

/*
 * PsCreateSystemThread: a thread of the system process, or of the one that ProcessHandle names.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INSUFFICIENT_RESOURCES, _INVALID_HANDLE (process)
 * Gap      ObjectAttributes' name and security are not looked at
 * Says     CALL, RETURN with status and handle; AGENT and CALLBACK ThreadStart from the thread
 * Source   wdm/nf-wdm-pscreatesystemthread
 */
NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                              PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    struct sim *s = sim_now();
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    void *process = NULL;
    PKTHREAD thread = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    struct call c = call_begin(s, API_PsCreateSystemThread, 0, DesiredAccess, attributes,
                               (uintptr_t)ProcessHandle, va_of(s, StartContext).v);

    if (ProcessHandle && ProcessHandle != (HANDLE)(intptr_t)-1)
        status = ob_handle_body(s, ProcessHandle, OB_PROCESS, 0, KernelMode, &process, NULL);
    if (!status && fault_take(s, FAULT_THREAD))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status) {
        thread = ke_thread_create(s, "system-thread", StartRoutine, StartContext, 8);
        status =
            thread ? ob_handle_create(s, thread, OB_THREAD, DesiredAccess, attributes, ThreadHandle)
                   : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!status && ClientId) {
        ClientId->UniqueProcess = (HANDLE)(uintptr_t)SYSTEM_PROCESS_ID;
        ClientId->UniqueThread = *ThreadHandle;
    }
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*ThreadHandle, 0, 0);
    return status;
}

/*
 * PsTerminateSystemThread: the calling system thread ends.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_INVALID_PARAMETER from a thread that is no system thread; else not at all
 * Gap      none known
 * Says     CALL; no RETURN
 * Source   wdm/nf-wdm-psterminatesystemthread
 */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_PsTerminateSystemThread, 0, (uint32_t)ExitStatus, 0, 0, 0);

    if (agent_process(sched_current_thread(s)) != 0) {
        call_end(&c, (uint32_t)STATUS_INVALID_PARAMETER, 0, 0, 0);
        return STATUS_INVALID_PARAMETER;
    }
    ke_thread_end(s, ExitStatus);
}

/*
 * PsGetCurrentProcess: the process of the running thread.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its object
 * Gap      what the object holds is not modelled; its address identifies it
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-psgetcurrentprocess
 */
PEPROCESS PsGetCurrentProcess(VOID)
{
    struct sim *s = sim_now();
    uint32_t process = agent_process(sched_current_thread(s));
    struct call c = call_begin(s, API_PsGetCurrentProcess, process, 0, 0, 0, 0);
    PEPROCESS p = ps_process(s, process);

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * PsGetCurrentProcessId: the number of the running thread's process.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  4 for the system process
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-psgetcurrentprocessid
 */
HANDLE PsGetCurrentProcessId(VOID)
{
    struct sim *s = sim_now();
    uint32_t process = agent_process(sched_current_thread(s));
    struct call c = call_begin(s, API_PsGetCurrentProcessId, process, 0, 0, 0, 0);
    HANDLE id = ps_process_id(s, process);

    call_end(&c, (uintptr_t)id, 0, 0, 0);
    return id;
}

/*
 * PsGetCurrentThreadId: the number of the running thread.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  a number no other live thread has
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-psgetcurrentthreadid
 */
HANDLE PsGetCurrentThreadId(VOID)
{
    struct sim *s = sim_now();
    uint64_t id = 0x1000u + agent_id(sched_current_thread(s)) * 4u;
    struct call c = call_begin(s, API_PsGetCurrentThreadId, 0, 0, 0, 0, 0);

    call_end(&c, id, 0, 0, 0);
    return (HANDLE)(uintptr_t)id;
}
