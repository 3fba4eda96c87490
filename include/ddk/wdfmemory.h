/*
 * wdfmemory.h: memory objects, look-aside lists of them, and how a caller describes memory to the framework.
 * Source: wdfmemory/, wdf/using-memory-buffers
 */
#ifndef DDK_WDFMEMORY_H
#define DDK_WDFMEMORY_H

typedef enum _WDF_MEMORY_DESCRIPTOR_TYPE {
    WdfMemoryDescriptorTypeInvalid = 0,
    WdfMemoryDescriptorTypeBuffer,
    WdfMemoryDescriptorTypeMdl,
    WdfMemoryDescriptorTypeHandle
} WDF_MEMORY_DESCRIPTOR_TYPE;

/* A part of a memory object. A length of 0 is all of it. */
typedef struct _WDFMEMORY_OFFSET {
    size_t BufferOffset;
    size_t BufferLength;
} WDFMEMORY_OFFSET, *PWDFMEMORY_OFFSET;

typedef struct _WDF_MEMORY_DESCRIPTOR {
    WDF_MEMORY_DESCRIPTOR_TYPE Type;
    union {
        struct {
            PVOID Buffer;
            ULONG Length;
        } BufferType;
        struct {
            PMDL Mdl;
            ULONG BufferLength;
        } MdlType;
        struct {
            WDFMEMORY Memory;
            PWDFMEMORY_OFFSET Offsets;
        } HandleType;
    } u;
} WDF_MEMORY_DESCRIPTOR, *PWDF_MEMORY_DESCRIPTOR;

DDK_INLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(PWDF_MEMORY_DESCRIPTOR Descriptor, PVOID Buffer,
                                                  ULONG BufferLength)
{
    RtlZeroMemory(Descriptor, sizeof(*Descriptor));
    Descriptor->Type = WdfMemoryDescriptorTypeBuffer;
    Descriptor->u.BufferType.Buffer = Buffer;
    Descriptor->u.BufferType.Length = BufferLength;
}

DDK_INLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(PWDF_MEMORY_DESCRIPTOR Descriptor,
                                                  WDFMEMORY Memory, PWDFMEMORY_OFFSET Offsets)
{
    RtlZeroMemory(Descriptor, sizeof(*Descriptor));
    Descriptor->Type = WdfMemoryDescriptorTypeHandle;
    Descriptor->u.HandleType.Memory = Memory;
    Descriptor->u.HandleType.Offsets = Offsets;
}

DDK_INLINE VOID WDF_MEMORY_DESCRIPTOR_INIT_MDL(PWDF_MEMORY_DESCRIPTOR Descriptor, PMDL Mdl,
                                               ULONG BufferLength)
{
    RtlZeroMemory(Descriptor, sizeof(*Descriptor));
    Descriptor->Type = WdfMemoryDescriptorTypeMdl;
    Descriptor->u.MdlType.Mdl = Mdl;
    Descriptor->u.MdlType.BufferLength = BufferLength;
}

WDF_FN(NTSTATUS, WdfMemoryCreate, (PWDF_OBJECT_ATTRIBUTES Attributes, POOL_TYPE PoolType, ULONG PoolTag, size_t BufferSize, WDFMEMORY *Memory, PVOID *Buffer), (Attributes, PoolType, PoolTag, BufferSize, Memory, Buffer))
WDF_FN(NTSTATUS, WdfMemoryCreatePreallocated, (PWDF_OBJECT_ATTRIBUTES Attributes, PVOID Buffer, size_t BufferSize, WDFMEMORY *Memory), (Attributes, Buffer, BufferSize, Memory))
WDF_FN(PVOID, WdfMemoryGetBuffer, (WDFMEMORY Memory, size_t *BufferSize), (Memory, BufferSize))
WDF_FN(NTSTATUS, WdfMemoryAssignBuffer, (WDFMEMORY Memory, PVOID Buffer, size_t BufferSize), (Memory, Buffer, BufferSize))
WDF_FN(NTSTATUS, WdfMemoryCopyToBuffer, (WDFMEMORY SourceMemory, size_t SourceOffset, PVOID Buffer, size_t NumBytesToCopyTo), (SourceMemory, SourceOffset, Buffer, NumBytesToCopyTo))
WDF_FN(NTSTATUS, WdfMemoryCopyFromBuffer, (WDFMEMORY DestinationMemory, size_t DestinationOffset, PVOID Buffer, size_t NumBytesToCopyFrom), (DestinationMemory, DestinationOffset, Buffer, NumBytesToCopyFrom))
WDF_FN(NTSTATUS, WdfLookasideListCreate, (PWDF_OBJECT_ATTRIBUTES LookasideAttributes, size_t BufferSize, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES MemoryAttributes, ULONG PoolTag, WDFLOOKASIDE *Lookaside), (LookasideAttributes, BufferSize, PoolType, MemoryAttributes, PoolTag, Lookaside))
WDF_FN(NTSTATUS, WdfMemoryCreateFromLookaside, (WDFLOOKASIDE Lookaside, WDFMEMORY *Memory), (Lookaside, Memory))

#endif
