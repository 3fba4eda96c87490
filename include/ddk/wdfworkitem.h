/*
 * wdfworkitem.h: work for a system thread.
 * Source: wdfworkitem/, wdf/using-framework-work-items
 */
#ifndef DDK_WDFWORKITEM_H
#define DDK_WDFWORKITEM_H

typedef VOID EVT_WDF_WORKITEM(WDFWORKITEM WorkItem);
typedef EVT_WDF_WORKITEM *PFN_WDF_WORKITEM;

typedef struct _WDF_WORKITEM_CONFIG {
    ULONG Size;
    PFN_WDF_WORKITEM EvtWorkItemFunc;
    BOOLEAN AutomaticSerialization;
} WDF_WORKITEM_CONFIG, *PWDF_WORKITEM_CONFIG;

DDK_INLINE VOID WDF_WORKITEM_CONFIG_INIT(PWDF_WORKITEM_CONFIG Config, PFN_WDF_WORKITEM EvtWorkItemFunc)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->EvtWorkItemFunc = EvtWorkItemFunc;
    Config->AutomaticSerialization = TRUE;
}

WDF_FN(NTSTATUS, WdfWorkItemCreate, (PWDF_WORKITEM_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFWORKITEM *WorkItem), (Config, Attributes, WorkItem))
WDF_FV(WdfWorkItemEnqueue, (WDFWORKITEM WorkItem), (WorkItem))
WDF_FN(WDFOBJECT, WdfWorkItemGetParentObject, (WDFWORKITEM WorkItem), (WorkItem))
WDF_FV(WdfWorkItemFlush, (WDFWORKITEM WorkItem), (WorkItem))

#endif
