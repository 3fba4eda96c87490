/*
 * Files of the machine: a flat store of names and bytes, which drivers reach through Zw...File (a
 * firmware image, a log). A scenario puts files there. There are no folders and no file system.
 */
#include "sim/nt/ke.h"
#include "sim/nt/zw.h"

#define FILE_BYTES_MAX (16u << 20) /* a larger write fails with STATUS_DISK_FULL */

struct zw_file {
    struct zw_file *next;
    uint16_t *name;
    uint32_t name_chars;
    uint8_t *bytes;
    uint32_t size, room;
    bool deleted;
};

/* What a handle names: one opening. */
struct zw_open {
    struct zw_file *file;
    uint64_t position;
    ACCESS_MASK access;
    uint32_t obj;
};

static struct zw_file *file_find(struct sim *s, struct reg_name name)
{
    struct zw_file *f = s->nt->zw->files;

    while (f && (f->deleted || !reg_name_equal((struct reg_name) { f->name, f->name_chars }, name)))
        f = f->next;
    return f;
}

static struct zw_file *file_new(struct sim *s, struct reg_name name)
{
    struct zw_file *f = reg_memory(s, sizeof(*f));

    if (!f || !(f->name = reg_memory(s, name.count * 2u)))
        return NULL;
    memcpy(f->name, name.chars, name.count * 2u);
    f->name_chars = name.count;
    f->next = s->nt->zw->files;
    s->nt->zw->files = f;
    return f;
}

static NTSTATUS file_size(struct sim *s, struct zw_file *f, uint64_t size)
{
    uint32_t room = f->room * 2 > size ? f->room * 2 : (uint32_t)size;
    uint8_t *grown;

    if (size > FILE_BYTES_MAX)
        return STATUS_DISK_FULL;
    if (size > f->room) {
        grown = reg_memory(s, room);
        if (!grown)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (f->size)
            memcpy(grown, f->bytes, f->size);
        f->bytes = grown;
        f->room = room;
    }
    if (size > f->size)
        memset(f->bytes + f->size, 0, (uint32_t)size - f->size);
    f->size = (uint32_t)size;
    return STATUS_SUCCESS;
}

NTSTATUS zw_file_put(struct sim *s, const char *path, const void *bytes, uint32_t size_bytes)
{
    uint16_t wide[260];
    struct reg_name name = { wide, 0 };
    struct zw_file *f;
    NTSTATUS status;

    for (; path[name.count] && name.count < 260; name.count++)
        wide[name.count] = (uint8_t)path[name.count];
    f = file_find(s, name);
    if (!f && !(f = file_new(s, name)))
        return STATUS_INSUFFICIENT_RESOURCES;
    status = file_size(s, f, size_bytes);
    if (!status && size_bytes)
        memcpy(f->bytes, bytes, size_bytes);
    return status;
}

static void open_destroy(struct sim *s, void *body) { pool_free_internal(s, body); }

/* What each disposition does with a file that is there, and with one that is not. */
static NTSTATUS dispose(struct sim *s, struct reg_name name, ULONG disposition, struct zw_file **f,
                        ULONG_PTR *information)
{
    *f = file_find(s, name);
    if (*f && disposition == FILE_CREATE)
        return STATUS_OBJECT_NAME_COLLISION;
    if (!*f && (disposition == FILE_OPEN || disposition == FILE_OVERWRITE))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (disposition > FILE_OVERWRITE_IF)
        return STATUS_INVALID_PARAMETER;
    if (!*f) {
        *information = FILE_CREATED;
        *f = file_new(s, name);
        return *f ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    *information = FILE_OPENED;
    if (disposition == FILE_OVERWRITE || disposition == FILE_OVERWRITE_IF ||
        disposition == FILE_SUPERSEDE) {
        *information = disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
        (*f)->size = 0;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS open_file(struct sim *s, PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES a,
                          ULONG disposition, PIO_STATUS_BLOCK iosb)
{
    struct zw_open *o;
    struct zw_file *f;
    NTSTATUS status;

    iosb->Information = 0;
    if (!a || !a->ObjectName || a->RootDirectory)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    status = dispose(s, reg_name_of(a->ObjectName), disposition, &f, &iosb->Information);
    if (status)
        return status;
    o = pool_alloc_internal(s, sizeof(*o));
    if (!o)
        return STATUS_INSUFFICIENT_RESOURCES;
    *o = (struct zw_open) { .file = f, .access = access, .obj = obj_new(&s->trace, OBJ_FILE) };
    status = ob_register(s, o, OB_STORED_FILE, open_destroy);
    if (status) {
        pool_free_internal(s, o);
        return status;
    }
    status = ob_handle_create(s, o, OB_STORED_FILE, access, a->Attributes, out);
    ob_dereference(s, o);
    return status;
}

/*
 * ZwCreateFile: opens or makes a file of the machine's store.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND, _OBJECT_NAME_COLLISION, _INVALID_PARAMETER,
 *          _OBJECT_PATH_SYNTAX_BAD (names relative to another handle are not modelled)
 * Gap      devices are not opened by name this way; sharing, attributes, extended attributes and
 *          create options beyond the disposition are not modelled; all requests are synchronous
 * Says     CALL with access and disposition, RETURN with status and handle
 * Source   wdm/nf-ntifs-ntcreatefile
 */
NTSTATUS ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                      PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                      ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwCreateFile, 0, DesiredAccess, CreateDisposition,
                               CreateOptions, (uint64_t)FileAttributes << 32 | ShareAccess);

    call_arg(&c, 0, AllocationSize ? (uint64_t)AllocationSize->QuadPart : 0, EaLength,
             EaBuffer != NULL, 0);
    status =
        open_file(s, FileHandle, DesiredAccess, ObjectAttributes, CreateDisposition, IoStatusBlock);
    IoStatusBlock->Status = status;
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*FileHandle, 0, 0);
    return status;
}

/*
 * ZwOpenFile: opens a file that exists.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as ZwCreateFile with FILE_OPEN
 * Gap      as ZwCreateFile
 * Says     CALL, RETURN with status and handle
 * Source   wdm/nf-wdm-zwopenfile
 */
NTSTATUS ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                    POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                    ULONG ShareAccess, ULONG OpenOptions)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwOpenFile, 0, DesiredAccess, ShareAccess, OpenOptions, 0);

    status = open_file(s, FileHandle, DesiredAccess, ObjectAttributes, FILE_OPEN, IoStatusBlock);
    IoStatusBlock->Status = status;
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*FileHandle, 0, 0);
    return status;
}

/* Where a transfer begins: the offset given, or where the last one ended. */
static uint64_t place(const struct zw_open *o, PLARGE_INTEGER offset)
{
    if (!offset || (offset->LowPart == FILE_USE_FILE_POINTER_POSITION && offset->HighPart == -1))
        return o->position;
    if (offset->LowPart == FILE_WRITE_TO_END_OF_FILE && offset->HighPart == -1)
        return o->file->size;
    return (uint64_t)offset->QuadPart;
}

static NTSTATUS transfer(struct sim *s, struct zw_open *o, bool write, void *buffer, ULONG length,
                         PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb, void *pc)
{
    uint64_t at = place(o, offset);
    NTSTATUS status;

    iosb->Information = 0;
    if ((int64_t)at < 0)
        return STATUS_INVALID_PARAMETER;
    if (write && !(o->access & (FILE_WRITE_DATA | FILE_APPEND_DATA | GENERIC_WRITE | GENERIC_ALL)))
        return STATUS_ACCESS_DENIED;
    if (!write && !(o->access & (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL)))
        return STATUS_ACCESS_DENIED;
    if (!write && at >= o->file->size)
        return length ? STATUS_END_OF_FILE : STATUS_SUCCESS;
    if (write && at + length > o->file->size) {
        status = file_size(s, o->file, at + length);
        if (status)
            return status;
    }
    if (length > o->file->size - at)
        length = (ULONG)(o->file->size - at);
    door_range(buffer, length, !write, pc);
    if (write)
        memcpy(o->file->bytes + at, buffer, length);
    else
        memcpy(buffer, o->file->bytes + at, length);
    sched_spend(s, 20000 + length / 4); /* a disk's cache, not its platter */
    o->position = at + length;
    iosb->Information = length;
    return STATUS_SUCCESS;
}

static NTSTATUS read_write(struct sim *s, HANDLE handle, HANDLE event, bool write, PVOID buffer,
                           ULONG length, PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb, void *pc)
{
    void *body, *signal = NULL;
    NTSTATUS status = ob_handle_body(s, handle, OB_STORED_FILE, 0, KernelMode, &body, NULL);

    if (!status && event)
        status = ob_handle_body(s, event, OB_EVENT, 0, KernelMode, &signal, NULL);
    if (status)
        return status;
    status = transfer(s, body, write, buffer, length, offset, iosb, pc);
    iosb->Status = status;
    if (signal)
        ke_event_set(s, signal);
    return status;
}

/*
 * ZwReadFile: reads a file of the machine's store.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Length, *ByteOffset: bytes
 * Returns  STATUS_SUCCESS, _END_OF_FILE, _ACCESS_DENIED, _INVALID_PARAMETER, _INVALID_HANDLE,
 *          _OBJECT_TYPE_MISMATCH (a device's handle)
 * Gap      always synchronous; APC routines are not called (STATUS_NOT_SUPPORTED when one is
 *          given); Key locks nothing
 * Says     CALL, RETURN with status and bytes
 * Source   wdm/nf-wdm-zwreadfile
 */
NTSTATUS ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct sim *s = sim_now();
    NTSTATUS status = STATUS_NOT_SUPPORTED;
    struct call c = call_begin(s, API_ZwReadFile, 0, (uintptr_t)FileHandle, Length,
                               ByteOffset ? (uint64_t)ByteOffset->QuadPart : 0,
                               (uint64_t)(Key != NULL) << 1 | (ApcContext != NULL));

    if (!ApcRoutine)
        status = read_write(s, FileHandle, Event, false, Buffer, Length, ByteOffset, IoStatusBlock,
                            __builtin_return_address(0));
    call_end(&c, (uint32_t)status, status ? 0 : IoStatusBlock->Information, 0, 0);
    return status;
}

/*
 * ZwWriteFile: writes a file of the machine's store.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Length, *ByteOffset: bytes
 * Returns  as ZwReadFile, without _END_OF_FILE; _DISK_FULL beyond 16 MiB
 * Gap      as ZwReadFile
 * Says     CALL, RETURN with status and bytes
 * Source   wdm/nf-wdm-zwwritefile
 */
NTSTATUS ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                     PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                     PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct sim *s = sim_now();
    NTSTATUS status = STATUS_NOT_SUPPORTED;
    struct call c = call_begin(s, API_ZwWriteFile, 0, (uintptr_t)FileHandle, Length,
                               ByteOffset ? (uint64_t)ByteOffset->QuadPart : 0,
                               (uint64_t)(Key != NULL) << 1 | (ApcContext != NULL));

    if (!ApcRoutine)
        status = read_write(s, FileHandle, Event, true, Buffer, Length, ByteOffset, IoStatusBlock,
                            __builtin_return_address(0));
    call_end(&c, (uint32_t)status, status ? 0 : IoStatusBlock->Information, 0, 0);
    return status;
}

/*
 * ZwQueryInformationFile: a file's size or position.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INFO_LENGTH_MISMATCH, _INVALID_HANDLE, _INVALID_INFO_CLASS
 * Gap      FileStandardInformation and FilePositionInformation alone
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-zwqueryinformationfile
 */
NTSTATUS ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                PVOID FileInformation, ULONG Length,
                                FILE_INFORMATION_CLASS FileInformationClass)
{
    struct sim *s = sim_now();
    FILE_STANDARD_INFORMATION standard = { .NumberOfLinks = 1 };
    FILE_POSITION_INFORMATION position;
    const void *from = NULL;
    ULONG bytes = 0;
    void *body;
    struct zw_open *o;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwQueryInformationFile, 0, (uintptr_t)FileHandle,
                               (uint64_t)FileInformationClass, Length, 0);

    status = ob_handle_body(s, FileHandle, OB_STORED_FILE, 0, KernelMode, &body, NULL);
    if (!status) {
        o = body;
        standard.AllocationSize.QuadPart = (LONGLONG)align_up(o->file->size, PAGE_BYTES);
        standard.EndOfFile.QuadPart = o->file->size;
        position.CurrentByteOffset.QuadPart = (LONGLONG)o->position;
        if (FileInformationClass == FileStandardInformation)
            from = &standard, bytes = sizeof(standard);
        else if (FileInformationClass == FilePositionInformation)
            from = &position, bytes = sizeof(position);
        status = !from            ? STATUS_INVALID_INFO_CLASS
                 : Length < bytes ? STATUS_INFO_LENGTH_MISMATCH
                                  : STATUS_SUCCESS;
        if (!status)
            memcpy(FileInformation, from, bytes);
    }
    IoStatusBlock->Status = status;
    IoStatusBlock->Information = status ? 0 : bytes;
    call_end(&c, (uint32_t)status, status ? 0 : bytes, 0, 0);
    return status;
}

static NTSTATUS information_set(struct sim *s, struct zw_open *o, const void *from, ULONG length,
                                FILE_INFORMATION_CLASS class)
{
    LARGE_INTEGER v;

    if (class == FileDispositionInformation) {
        o->file->deleted = *(const BOOLEAN *)from != 0;
        return STATUS_SUCCESS;
    }
    if (class != FilePositionInformation && class != FileEndOfFileInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof(v))
        return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(&v, from, sizeof(v));
    if (v.QuadPart < 0)
        return STATUS_INVALID_PARAMETER;
    if (class == FileEndOfFileInformation)
        return file_size(s, o->file, (uint64_t)v.QuadPart);
    o->position = (uint64_t)v.QuadPart;
    return STATUS_SUCCESS;
}

/*
 * ZwSetInformationFile: a file's position, its size, or that it goes.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INFO_LENGTH_MISMATCH, _INVALID_HANDLE, _INVALID_INFO_CLASS,
 *          _INVALID_PARAMETER
 * Gap      position, end of file and disposition alone; a deleted file's name is free at once
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-zwsetinformationfile
 */
NTSTATUS ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                              PVOID FileInformation, ULONG Length,
                              FILE_INFORMATION_CLASS FileInformationClass)
{
    struct sim *s = sim_now();
    void *body;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwSetInformationFile, 0, (uintptr_t)FileHandle,
                               (uint64_t)FileInformationClass, Length, 0);

    status = ob_handle_body(s, FileHandle, OB_STORED_FILE, 0, KernelMode, &body, NULL);
    if (!status)
        status = information_set(s, body, FileInformation, Length, FileInformationClass);
    IoStatusBlock->Status = status;
    IoStatusBlock->Information = 0;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
