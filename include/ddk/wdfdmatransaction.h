/*
 * wdfdmatransaction.h: one DMA operation of a device, carried out in one transfer or several.
 * Source: wdfdmatransaction/, wdf/dma-transactions-and-dma-transfers
 */
#ifndef DDK_WDFDMATRANSACTION_H
#define DDK_WDFDMATRANSACTION_H

typedef BOOLEAN EVT_WDF_PROGRAM_DMA(WDFDMATRANSACTION Transaction, WDFDEVICE Device, WDFCONTEXT Context,
                                    WDF_DMA_DIRECTION Direction, PSCATTER_GATHER_LIST SgList);
typedef EVT_WDF_PROGRAM_DMA *PFN_WDF_PROGRAM_DMA;
typedef BOOLEAN EVT_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL(WDFDMATRANSACTION DmaTransaction,
                                                              WDFDEVICE Device, PVOID Context, PMDL Mdl,
                                                              size_t Offset, size_t Length);
typedef EVT_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL *PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL;
typedef VOID EVT_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE(WDFDMATRANSACTION Transaction,
                                                           WDFDEVICE Device, WDFCONTEXT Context,
                                                           WDF_DMA_DIRECTION Direction,
                                                           DMA_COMPLETION_STATUS Status);
typedef EVT_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE *PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE;
typedef VOID EVT_WDF_RESERVE_DMA(WDFDMATRANSACTION DmaTransaction, PVOID Context);
typedef EVT_WDF_RESERVE_DMA *PFN_WDF_RESERVE_DMA;

WDF_FN(NTSTATUS, WdfDmaTransactionCreate, (WDFDMAENABLER DmaEnabler, PWDF_OBJECT_ATTRIBUTES Attributes, WDFDMATRANSACTION *DmaTransaction), (DmaEnabler, Attributes, DmaTransaction))
WDF_FN(NTSTATUS, WdfDmaTransactionInitialize, (WDFDMATRANSACTION DmaTransaction, PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction, WDF_DMA_DIRECTION DmaDirection, PMDL Mdl, PVOID VirtualAddress, size_t Length), (DmaTransaction, EvtProgramDmaFunction, DmaDirection, Mdl, VirtualAddress, Length))
WDF_FN(NTSTATUS, WdfDmaTransactionInitializeUsingOffset, (WDFDMATRANSACTION DmaTransaction, PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction, WDF_DMA_DIRECTION DmaDirection, PMDL Mdl, size_t Offset, size_t Length), (DmaTransaction, EvtProgramDmaFunction, DmaDirection, Mdl, Offset, Length))
WDF_FN(NTSTATUS, WdfDmaTransactionInitializeUsingRequest, (WDFDMATRANSACTION DmaTransaction, WDFREQUEST Request, PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction, WDF_DMA_DIRECTION DmaDirection), (DmaTransaction, Request, EvtProgramDmaFunction, DmaDirection))
WDF_FN(NTSTATUS, WdfDmaTransactionExecute, (WDFDMATRANSACTION DmaTransaction, WDFCONTEXT Context), (DmaTransaction, Context))
WDF_FN(NTSTATUS, WdfDmaTransactionRelease, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FN(BOOLEAN, WdfDmaTransactionDmaCompleted, (WDFDMATRANSACTION DmaTransaction, NTSTATUS *Status), (DmaTransaction, Status))
WDF_FN(BOOLEAN, WdfDmaTransactionDmaCompletedWithLength, (WDFDMATRANSACTION DmaTransaction, size_t TransferredLength, NTSTATUS *Status), (DmaTransaction, TransferredLength, Status))
WDF_FN(BOOLEAN, WdfDmaTransactionDmaCompletedFinal, (WDFDMATRANSACTION DmaTransaction, size_t FinalTransferredLength, NTSTATUS *Status), (DmaTransaction, FinalTransferredLength, Status))
WDF_FN(size_t, WdfDmaTransactionGetBytesTransferred, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FV(WdfDmaTransactionSetMaximumLength, (WDFDMATRANSACTION DmaTransaction, size_t MaximumLength), (DmaTransaction, MaximumLength))
WDF_FV(WdfDmaTransactionSetSingleTransferRequirement, (WDFDMATRANSACTION DmaTransaction, BOOLEAN RequireSingleTransfer), (DmaTransaction, RequireSingleTransfer))
WDF_FN(WDFREQUEST, WdfDmaTransactionGetRequest, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FN(size_t, WdfDmaTransactionGetCurrentDmaTransferLength, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FN(WDFDEVICE, WdfDmaTransactionGetDevice, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FV(WdfDmaTransactionGetTransferInfo, (WDFDMATRANSACTION DmaTransaction, ULONG *MapRegisterCount, ULONG *ScatterGatherElementCount), (DmaTransaction, MapRegisterCount, ScatterGatherElementCount))
WDF_FV(WdfDmaTransactionSetChannelConfigurationCallback, (WDFDMATRANSACTION DmaTransaction, PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL ConfigureRoutine, PVOID ConfigureContext), (DmaTransaction, ConfigureRoutine, ConfigureContext))
WDF_FV(WdfDmaTransactionSetTransferCompleteCallback, (WDFDMATRANSACTION DmaTransaction, PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE DmaCompletionRoutine, PVOID DmaCompletionContext), (DmaTransaction, DmaCompletionRoutine, DmaCompletionContext))
WDF_FV(WdfDmaTransactionSetImmediateExecution, (WDFDMATRANSACTION DmaTransaction, BOOLEAN UseImmediateExecution), (DmaTransaction, UseImmediateExecution))
WDF_FN(NTSTATUS, WdfDmaTransactionAllocateResources, (WDFDMATRANSACTION DmaTransaction, WDF_DMA_DIRECTION DmaDirection, ULONG RequiredMapRegisters, PFN_WDF_RESERVE_DMA EvtReserveDmaFunction, PVOID EvtReserveDmaContext), (DmaTransaction, DmaDirection, RequiredMapRegisters, EvtReserveDmaFunction, EvtReserveDmaContext))
WDF_FV(WdfDmaTransactionSetDeviceAddressOffset, (WDFDMATRANSACTION DmaTransaction, ULONG Offset), (DmaTransaction, Offset))
WDF_FV(WdfDmaTransactionFreeResources, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FN(BOOLEAN, WdfDmaTransactionCancel, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FN(PVOID, WdfDmaTransactionWdmGetTransferContext, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))
WDF_FV(WdfDmaTransactionStopSystemTransfer, (WDFDMATRANSACTION DmaTransaction), (DmaTransaction))

#endif
