/*
 * wdfcommonbuffer.h: memory that a device and its driver both see all the time.
 * Source: wdfcommonbuffer/, wdf/using-common-buffers
 */
#ifndef DDK_WDFCOMMONBUFFER_H
#define DDK_WDFCOMMONBUFFER_H

typedef struct _WDF_COMMON_BUFFER_CONFIG {
    ULONG Size;
    ULONG AlignmentRequirement; /* a mask: 2^n - 1 */
} WDF_COMMON_BUFFER_CONFIG, *PWDF_COMMON_BUFFER_CONFIG;

FORCEINLINE VOID WDF_COMMON_BUFFER_CONFIG_INIT(PWDF_COMMON_BUFFER_CONFIG Config, ULONG AlignmentRequirement)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->AlignmentRequirement = AlignmentRequirement;
}

WDF_FN(NTSTATUS, WdfCommonBufferCreate, (WDFDMAENABLER DmaEnabler, size_t Length, PWDF_OBJECT_ATTRIBUTES Attributes, WDFCOMMONBUFFER *CommonBuffer), (DmaEnabler, Length, Attributes, CommonBuffer))
WDF_FN(NTSTATUS, WdfCommonBufferCreateWithConfig, (WDFDMAENABLER DmaEnabler, size_t Length, PWDF_COMMON_BUFFER_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFCOMMONBUFFER *CommonBuffer), (DmaEnabler, Length, Config, Attributes, CommonBuffer))
WDF_FN(PVOID, WdfCommonBufferGetAlignedVirtualAddress, (WDFCOMMONBUFFER CommonBuffer), (CommonBuffer))
WDF_FN(PHYSICAL_ADDRESS, WdfCommonBufferGetAlignedLogicalAddress, (WDFCOMMONBUFFER CommonBuffer), (CommonBuffer))
WDF_FN(size_t, WdfCommonBufferGetLength, (WDFCOMMONBUFFER CommonBuffer), (CommonBuffer))

#endif
