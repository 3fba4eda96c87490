/*
 * Programs as objects. Each is a framework object below the file object of the handle that made it:
 * it goes with the handle if nobody destroys it before. A run holds a reference, so that destroying
 * a program takes it away from those to come and from nobody else.
 */
#include "accel.h"

static EVT_WDF_OBJECT_CONTEXT_DESTROY AccelEvtProgramDestroy;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelProgramCreate)
#endif

static VOID AccelProgramsCount(PDEVICE_CONTEXT Device, LONG More)
{
    WdfSpinLockAcquire(Device->Engine.Lock);
    Device->Engine.Statistics.Programs += (ULONG)More;
    WdfSpinLockRelease(Device->Engine.Lock);
}

/* The last reference has gone; nobody runs it any more. */
static VOID AccelEvtProgramDestroy(WDFOBJECT Object)
{
    PPROGRAM_CONTEXT program = AccelGetProgram(Object);

    AccelArrayFree(&program->Steps);
    AccelArrayFree(&program->Groups);
    AccelArrayFree(&program->Ranges);
}

/* A number and a place among the programs of a handle, within what one handle may have. */
static NTSTATUS AccelProgramAdd(PFILE_CONTEXT File, WDFOBJECT Object)
{
    PPROGRAM_CONTEXT program = AccelGetProgram(Object);
    NTSTATUS status = STATUS_QUOTA_EXCEEDED;
    ULONG i;

    WdfSpinLockAcquire(File->Lock);
    if (program->Steps.Count <= ACCEL_COMPILED_MAX - File->Steps) {
        for (i = 0; i < ACCEL_PROGRAMS_MAX && File->Programs[i] != NULL; i++)
            ;
        if (i < ACCEL_PROGRAMS_MAX) {
            /* The place is in the number, so that finding it needs no search; 0 names none. */
            File->LastId = File->LastId % (MAXULONG / ACCEL_PROGRAMS_MAX) + 1;
            program->Id = File->LastId * ACCEL_PROGRAMS_MAX + i;
            File->Programs[i] = Object;
            File->Steps += program->Steps.Count;
            status = STATUS_SUCCESS;
        }
    }
    WdfSpinLockRelease(File->Lock);
    return status;
}

/* Refused: success, and the verdict has the reason. */
NTSTATUS AccelProgramCreate(PDEVICE_CONTEXT Device, WDFFILEOBJECT File, const ACCEL_PROGRAM *Source,
                            PACCEL_VERDICT Verdict)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    PPROGRAM_CONTEXT program;
    WDFOBJECT object;
    NTSTATUS status;

    PAGED_CODE();

    Verdict->Step = ACCEL_NO_STEP;
    if (Source->Steps == 0 || Source->Steps > ACCEL_PROGRAM_STEPS)
        Verdict->Reason = ACCEL_REFUSED_STEPS;
    else if (Source->BufferBytes == 0 || Source->BufferBytes > ACCEL_BUFFER_BYTES_MAX)
        Verdict->Reason = ACCEL_REFUSED_BUFFER;
    if (Verdict->Reason != ACCEL_FAULT_NONE)
        return STATUS_SUCCESS;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, PROGRAM_CONTEXT);
    attributes.ParentObject = File;
    attributes.EvtDestroyCallback = AccelEvtProgramDestroy;
    status = WdfObjectCreate(&attributes, &object);
    if (!NT_SUCCESS(status))
        return status;
    program = AccelGetProgram(object);
    program->Device = Device;
    program->BufferBytes = (ULONG)Source->BufferBytes;
    status = AccelProgramCompile(program, (const ACCEL_STEP *)(Source + 1), Source->Steps, Verdict);
    if (NT_SUCCESS(status) && Verdict->Reason == ACCEL_FAULT_NONE)
        status = AccelProgramAdd(AccelGetFile(File), object);
    if (!NT_SUCCESS(status) || Verdict->Reason != ACCEL_FAULT_NONE) {
        WdfObjectDelete(object);
        return status;
    }
    Verdict->ProgramId = program->Id;
    AccelProgramsCount(Device, 1);
    return STATUS_SUCCESS;
}

/* Under the lock: the program of this number; NULL: there is none. */
static WDFOBJECT AccelProgramAt(PFILE_CONTEXT File, ULONG Id)
{
    WDFOBJECT object = File->Programs[Id % ACCEL_PROGRAMS_MAX];

    return object != NULL && AccelGetProgram(object)->Id == Id ? object : NULL;
}

NTSTATUS AccelProgramDestroy(PFILE_CONTEXT File, ULONG Id)
{
    PDEVICE_CONTEXT device = NULL;
    WDFOBJECT object;

    WdfSpinLockAcquire(File->Lock);
    object = AccelProgramAt(File, Id);
    if (object != NULL) {
        device = AccelGetProgram(object)->Device;
        File->Programs[Id % ACCEL_PROGRAMS_MAX] = NULL;
        File->Steps -= AccelGetProgram(object)->Steps.Count;
    }
    WdfSpinLockRelease(File->Lock);
    if (object == NULL)
        return STATUS_NOT_FOUND;
    WdfObjectDelete(object);
    AccelProgramsCount(device, -1);
    return STATUS_SUCCESS;
}

/* With a reference, which its finder drops; NULL: there is none. */
WDFOBJECT AccelProgramFind(PFILE_CONTEXT File, ULONG Id)
{
    WDFOBJECT object;

    WdfSpinLockAcquire(File->Lock);
    object = AccelProgramAt(File, Id);
    if (object != NULL)
        WdfObjectReference(object);
    WdfSpinLockRelease(File->Lock);
    return object;
}

/* A handle is closed: its programs go, but for what still runs. */
VOID AccelProgramsForget(PDEVICE_CONTEXT Device, PFILE_CONTEXT File)
{
    LONG count = 0;
    ULONG i;

    for (i = 0; i < ACCEL_PROGRAMS_MAX; i++)
        count += File->Programs[i] != NULL;
    AccelProgramsCount(Device, -count);
}
