/*
 * wdfresource.h: lists of hardware resources: what a device may have (requirements) and has.
 * Source: wdfresource/, wdf/hardware-resources-for-kmdf-drivers
 */
#ifndef DDK_WDFRESOURCE_H
#define DDK_WDFRESOURCE_H

#define WDF_INSERT_AT_END ((ULONG)-1)

WDF_FV(WdfIoResourceRequirementsListSetSlotNumber, (WDFIORESREQLIST RequirementsList, ULONG SlotNumber), (RequirementsList, SlotNumber))
WDF_FV(WdfIoResourceRequirementsListSetInterfaceType, (WDFIORESREQLIST RequirementsList, INTERFACE_TYPE InterfaceType), (RequirementsList, InterfaceType))
WDF_FN(NTSTATUS, WdfIoResourceRequirementsListAppendIoResList, (WDFIORESREQLIST RequirementsList, WDFIORESLIST IoResList), (RequirementsList, IoResList))
WDF_FN(NTSTATUS, WdfIoResourceRequirementsListInsertIoResList, (WDFIORESREQLIST RequirementsList, WDFIORESLIST IoResList, ULONG Index), (RequirementsList, IoResList, Index))
WDF_FN(ULONG, WdfIoResourceRequirementsListGetCount, (WDFIORESREQLIST RequirementsList), (RequirementsList))
WDF_FN(WDFIORESLIST, WdfIoResourceRequirementsListGetIoResList, (WDFIORESREQLIST RequirementsList, ULONG Index), (RequirementsList, Index))
WDF_FV(WdfIoResourceRequirementsListRemove, (WDFIORESREQLIST RequirementsList, ULONG Index), (RequirementsList, Index))
WDF_FV(WdfIoResourceRequirementsListRemoveByIoResList, (WDFIORESREQLIST RequirementsList, WDFIORESLIST IoResList), (RequirementsList, IoResList))
WDF_FN(NTSTATUS, WdfIoResourceListCreate, (WDFIORESREQLIST RequirementsList, PWDF_OBJECT_ATTRIBUTES Attributes, WDFIORESLIST *ResourceList), (RequirementsList, Attributes, ResourceList))
WDF_FN(NTSTATUS, WdfIoResourceListAppendDescriptor, (WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor), (ResourceList, Descriptor))
WDF_FN(NTSTATUS, WdfIoResourceListInsertDescriptor, (WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index), (ResourceList, Descriptor, Index))
WDF_FV(WdfIoResourceListUpdateDescriptor, (WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index), (ResourceList, Descriptor, Index))
WDF_FN(ULONG, WdfIoResourceListGetCount, (WDFIORESLIST ResourceList), (ResourceList))
WDF_FN(PIO_RESOURCE_DESCRIPTOR, WdfIoResourceListGetDescriptor, (WDFIORESLIST ResourceList, ULONG Index), (ResourceList, Index))
WDF_FV(WdfIoResourceListRemove, (WDFIORESLIST ResourceList, ULONG Index), (ResourceList, Index))
WDF_FV(WdfIoResourceListRemoveByDescriptor, (WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor), (ResourceList, Descriptor))
WDF_FN(NTSTATUS, WdfCmResourceListAppendDescriptor, (WDFCMRESLIST List, PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor), (List, Descriptor))
WDF_FN(NTSTATUS, WdfCmResourceListInsertDescriptor, (WDFCMRESLIST List, PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor, ULONG Index), (List, Descriptor, Index))
WDF_FN(ULONG, WdfCmResourceListGetCount, (WDFCMRESLIST List), (List))
WDF_FN(PCM_PARTIAL_RESOURCE_DESCRIPTOR, WdfCmResourceListGetDescriptor, (WDFCMRESLIST List, ULONG Index), (List, Index))
WDF_FV(WdfCmResourceListRemove, (WDFCMRESLIST List, ULONG Index), (List, Index))
WDF_FV(WdfCmResourceListRemoveByDescriptor, (WDFCMRESLIST List, PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor), (List, Descriptor))

#endif
