/*
 * wdfdpc.h: a deferred procedure call of a driver's own.
 * Source: wdfdpc/, wdf/creating-dpc-objects
 */
#ifndef DDK_WDFDPC_H
#define DDK_WDFDPC_H

typedef VOID EVT_WDF_DPC(WDFDPC Dpc);
typedef EVT_WDF_DPC *PFN_WDF_DPC;

typedef struct _WDF_DPC_CONFIG {
    ULONG Size;
    PFN_WDF_DPC EvtDpcFunc;
    BOOLEAN AutomaticSerialization;
} WDF_DPC_CONFIG, *PWDF_DPC_CONFIG;

DDK_INLINE VOID WDF_DPC_CONFIG_INIT(PWDF_DPC_CONFIG Config, PFN_WDF_DPC EvtDpcFunc)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->EvtDpcFunc = EvtDpcFunc;
    Config->AutomaticSerialization = TRUE;
}

WDF_FN(NTSTATUS, WdfDpcCreate, (PWDF_DPC_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFDPC *Dpc), (Config, Attributes, Dpc))
WDF_FN(BOOLEAN, WdfDpcEnqueue, (WDFDPC Dpc), (Dpc))
WDF_FN(BOOLEAN, WdfDpcCancel, (WDFDPC Dpc, BOOLEAN Wait), (Dpc, Wait))
WDF_FN(WDFOBJECT, WdfDpcGetParentObject, (WDFDPC Dpc), (Dpc))
WDF_FN(PKDPC, WdfDpcWdmGetDpc, (WDFDPC Dpc), (Dpc))

#endif
