/*
 * wdfusb.h: USB devices, interfaces and pipes as I/O targets: declared, so that what includes it compiles.
 * A driver includes it after wdf.h.
 * Source: wdfusb/, wdf/usb-i-o-targets
 */
#ifndef DDK_WDFUSB_H
#define DDK_WDFUSB_H

#include <usb.h>

typedef enum _WDF_USB_REQUEST_TYPE {
    WdfUsbRequestTypeInvalid = 0,
    WdfUsbRequestTypeNoFormat,
    WdfUsbRequestTypeDeviceString,
    WdfUsbRequestTypeDeviceControlTransfer,
    WdfUsbRequestTypeDeviceUrb,
    WdfUsbRequestTypePipeWrite,
    WdfUsbRequestTypePipeRead,
    WdfUsbRequestTypePipeAbort,
    WdfUsbRequestTypePipeReset,
    WdfUsbRequestTypePipeUrb
} WDF_USB_REQUEST_TYPE, *PWDF_USB_REQUEST_TYPE;

typedef enum _WDF_USB_BMREQUEST_DIRECTION {
    BmRequestHostToDevice = BMREQUEST_HOST_TO_DEVICE,
    BmRequestDeviceToHost = BMREQUEST_DEVICE_TO_HOST
} WDF_USB_BMREQUEST_DIRECTION;

typedef enum _WDF_USB_BMREQUEST_TYPE {
    BmRequestStandard = BMREQUEST_STANDARD,
    BmRequestClass = BMREQUEST_CLASS,
    BmRequestVendor = BMREQUEST_VENDOR
} WDF_USB_BMREQUEST_TYPE;

typedef enum _WDF_USB_BMREQUEST_RECIPIENT {
    BmRequestToDevice = BMREQUEST_TO_DEVICE,
    BmRequestToInterface = BMREQUEST_TO_INTERFACE,
    BmRequestToEndpoint = BMREQUEST_TO_ENDPOINT,
    BmRequestToOther = BMREQUEST_TO_OTHER
} WDF_USB_BMREQUEST_RECIPIENT;

typedef enum _WDF_USB_PIPE_TYPE {
    WdfUsbPipeTypeInvalid = 0,
    WdfUsbPipeTypeControl,
    WdfUsbPipeTypeIsochronous,
    WdfUsbPipeTypeBulk,
    WdfUsbPipeTypeInterrupt
} WDF_USB_PIPE_TYPE;

typedef enum _WdfUsbTargetDeviceSelectConfigType {
    WdfUsbTargetDeviceSelectConfigTypeInvalid = 0,
    WdfUsbTargetDeviceSelectConfigTypeDeconfig = 1,
    WdfUsbTargetDeviceSelectConfigTypeSingleInterface = 2,
    WdfUsbTargetDeviceSelectConfigTypeMultiInterface = 3,
    WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs = 4,
    WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor = 5,
    WdfUsbTargetDeviceSelectConfigTypeUrb = 6
} WdfUsbTargetDeviceSelectConfigType;

typedef enum _WdfUsbTargetDeviceSelectSettingType {
    WdfUsbInterfaceSelectSettingTypeDescriptor = 0x10,
    WdfUsbInterfaceSelectSettingTypeSetting = 0x11,
    WdfUsbInterfaceSelectSettingTypeUrb = 0x12
} WdfUsbTargetDeviceSelectSettingType;

typedef enum _WDF_USB_DEVICE_TRAITS {
    WDF_USB_DEVICE_TRAIT_SELF_POWERED = 0x1,
    WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE = 0x2,
    WDF_USB_DEVICE_TRAIT_AT_HIGH_SPEED = 0x4
} WDF_USB_DEVICE_TRAITS;

typedef union _WDF_USB_CONTROL_SETUP_PACKET {
    struct {
        union {
            struct {
                BYTE Recipient : 2;
                BYTE Reserved : 3;
                BYTE Type : 2;
                BYTE Dir : 1;
            } Request;
            BYTE Byte;
        } bm;
        BYTE bRequest;
        union {
            struct {
                BYTE LowByte;
                BYTE HiByte;
            } Bytes;
            USHORT Value;
        } wValue;
        union {
            struct {
                BYTE LowByte;
                BYTE HiByte;
            } Bytes;
            USHORT Value;
        } wIndex;
        USHORT wLength;
    } Packet;
    struct {
        BYTE Bytes[8];
    } Generic;
} WDF_USB_CONTROL_SETUP_PACKET, *PWDF_USB_CONTROL_SETUP_PACKET;

typedef struct _WDF_USB_REQUEST_COMPLETION_PARAMS {
    USBD_STATUS UsbdStatus;
    WDF_USB_REQUEST_TYPE Type;
    union {
        struct {
            WDFMEMORY Buffer;
            USHORT LangID;
            UCHAR StringIndex;
            UCHAR RequiredSize;
        } DeviceString;
        struct {
            WDFMEMORY Buffer;
            WDF_USB_CONTROL_SETUP_PACKET SetupPacket;
            ULONG Length;
        } DeviceControlTransfer;
        struct {
            WDFMEMORY Buffer;
        } DeviceUrb;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } PipeWrite;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } PipeRead;
        struct {
            WDFMEMORY Buffer;
        } PipeUrb;
    } Parameters;
} WDF_USB_REQUEST_COMPLETION_PARAMS, *PWDF_USB_REQUEST_COMPLETION_PARAMS;

typedef VOID EVT_WDF_USB_READER_COMPLETION_ROUTINE(WDFUSBPIPE Pipe, WDFMEMORY Buffer,
                                                   size_t NumBytesTransferred, WDFCONTEXT Context);
typedef EVT_WDF_USB_READER_COMPLETION_ROUTINE *PFN_WDF_USB_READER_COMPLETION_ROUTINE;
typedef BOOLEAN EVT_WDF_USB_READERS_FAILED(WDFUSBPIPE Pipe, NTSTATUS Status, USBD_STATUS UsbdStatus);
typedef EVT_WDF_USB_READERS_FAILED *PFN_WDF_USB_READERS_FAILED;

typedef struct _WDF_USB_CONTINUOUS_READER_CONFIG {
    ULONG Size;
    size_t TransferLength;
    size_t HeaderLength;
    size_t TrailerLength;
    UCHAR NumPendingReads;
    PWDF_OBJECT_ATTRIBUTES BufferAttributes;
    PFN_WDF_USB_READER_COMPLETION_ROUTINE EvtUsbTargetPipeReadComplete;
    WDFCONTEXT EvtUsbTargetPipeReadCompleteContext;
    PFN_WDF_USB_READERS_FAILED EvtUsbTargetPipeReadersFailed;
} WDF_USB_CONTINUOUS_READER_CONFIG, *PWDF_USB_CONTINUOUS_READER_CONFIG;

typedef struct _WDF_USB_DEVICE_INFORMATION {
    ULONG Size;
    USBD_VERSION_INFORMATION UsbdVersionInformation;
    ULONG HcdPortCapabilities;
    ULONG Traits; /* WDF_USB_DEVICE_TRAITS */
} WDF_USB_DEVICE_INFORMATION, *PWDF_USB_DEVICE_INFORMATION;

typedef struct _WDF_USB_INTERFACE_SETTING_PAIR {
    WDFUSBINTERFACE UsbInterface;
    UCHAR SettingIndex;
} WDF_USB_INTERFACE_SETTING_PAIR, *PWDF_USB_INTERFACE_SETTING_PAIR;

typedef struct _WDF_USB_DEVICE_SELECT_CONFIG_PARAMS {
    ULONG Size;
    WdfUsbTargetDeviceSelectConfigType Type;
    union {
        struct {
            PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor;
            PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptors;
            ULONG NumInterfaceDescriptors;
        } Descriptor;
        struct {
            PURB Urb;
        } Urb;
        struct {
            UCHAR NumberConfiguredPipes;
            WDFUSBINTERFACE ConfiguredUsbInterface;
        } SingleInterface;
        struct {
            UCHAR NumberInterfaces;
            PWDF_USB_INTERFACE_SETTING_PAIR Pairs;
            UCHAR NumberOfConfiguredInterfaces;
        } MultiInterface;
    } Types;
} WDF_USB_DEVICE_SELECT_CONFIG_PARAMS, *PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS;

typedef struct _WDF_USB_INTERFACE_SELECT_SETTING_PARAMS {
    ULONG Size;
    WdfUsbTargetDeviceSelectSettingType Type;
    union {
        struct {
            PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor;
        } Descriptor;
        struct {
            UCHAR SettingIndex;
        } Interface;
        struct {
            PURB Urb;
        } Urb;
    } Types;
} WDF_USB_INTERFACE_SELECT_SETTING_PARAMS, *PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS;

typedef struct _WDF_USB_PIPE_INFORMATION {
    ULONG Size;
    ULONG MaximumPacketSize;
    UCHAR EndpointAddress;
    UCHAR Interval;
    UCHAR SettingIndex;
    WDF_USB_PIPE_TYPE PipeType;
    ULONG MaximumTransferSize;
} WDF_USB_PIPE_INFORMATION, *PWDF_USB_PIPE_INFORMATION;

typedef struct _WDF_USB_DEVICE_CREATE_CONFIG {
    ULONG Size;
    ULONG USBDClientContractVersion;
} WDF_USB_DEVICE_CREATE_CONFIG, *PWDF_USB_DEVICE_CREATE_CONFIG;

DDK_INLINE VOID ddk_usb_setup(PWDF_USB_CONTROL_SETUP_PACKET Packet, ULONG Direction, ULONG Type,
                              ULONG Recipient, BYTE Request, USHORT Value, USHORT Index)
{
    RtlZeroMemory(Packet, sizeof(*Packet));
    Packet->Packet.bm.Request.Dir = Direction & 1;
    Packet->Packet.bm.Request.Type = Type & 3;
    Packet->Packet.bm.Request.Recipient = Recipient & 3;
    Packet->Packet.bRequest = Request;
    Packet->Packet.wValue.Value = Value;
    Packet->Packet.wIndex.Value = Index;
}

DDK_INLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                  WDF_USB_BMREQUEST_DIRECTION Direction,
                                                  WDF_USB_BMREQUEST_RECIPIENT Recipient, BYTE Request,
                                                  USHORT Value, USHORT Index)
{
    ddk_usb_setup(Packet, Direction, BmRequestStandard, Recipient, Request, Value, Index);
}

DDK_INLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_CLASS(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                        WDF_USB_BMREQUEST_DIRECTION Direction,
                                                        WDF_USB_BMREQUEST_RECIPIENT Recipient,
                                                        BYTE Request, USHORT Value, USHORT Index)
{
    ddk_usb_setup(Packet, Direction, BmRequestClass, Recipient, Request, Value, Index);
}

DDK_INLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                         WDF_USB_BMREQUEST_DIRECTION Direction,
                                                         WDF_USB_BMREQUEST_RECIPIENT Recipient,
                                                         BYTE Request, USHORT Value, USHORT Index)
{
    ddk_usb_setup(Packet, Direction, BmRequestVendor, Recipient, Request, Value, Index);
}

DDK_INLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_FEATURE(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                          WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient,
                                                          USHORT FeatureSelector, USHORT Index,
                                                          BOOLEAN SetFeature)
{
    ddk_usb_setup(Packet, BmRequestHostToDevice, BmRequestStandard, BmRequestRecipient,
                  SetFeature ? USB_REQUEST_SET_FEATURE : USB_REQUEST_CLEAR_FEATURE, FeatureSelector, Index);
}

DDK_INLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_GET_STATUS(PWDF_USB_CONTROL_SETUP_PACKET Packet,
                                                             WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient,
                                                             USHORT Index)
{
    ddk_usb_setup(Packet, BmRequestDeviceToHost, BmRequestStandard, BmRequestRecipient,
                  USB_REQUEST_GET_STATUS, 0, Index);
}

DDK_INLINE VOID WDF_USB_CONTINUOUS_READER_CONFIG_INIT(
    PWDF_USB_CONTINUOUS_READER_CONFIG Config,
    PFN_WDF_USB_READER_COMPLETION_ROUTINE EvtUsbTargetPipeReadComplete,
    WDFCONTEXT EvtUsbTargetPipeReadCompleteContext, size_t TransferLength)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->TransferLength = TransferLength;
    Config->EvtUsbTargetPipeReadComplete = EvtUsbTargetPipeReadComplete;
    Config->EvtUsbTargetPipeReadCompleteContext = EvtUsbTargetPipeReadCompleteContext;
}

DDK_INLINE VOID WDF_USB_DEVICE_INFORMATION_INIT(PWDF_USB_DEVICE_INFORMATION Udi)
{
    RtlZeroMemory(Udi, sizeof(*Udi));
    Udi->Size = sizeof(*Udi);
}

DDK_INLINE VOID ddk_usb_select(PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params,
                               WdfUsbTargetDeviceSelectConfigType Type)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->Type = Type;
}

DDK_INLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params)
{
    ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeSingleInterface);
}

DDK_INLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, UCHAR NumberInterfaces,
    PWDF_USB_INTERFACE_SETTING_PAIR SettingPairs)
{
    if (SettingPairs == NULL || NumberInterfaces == 0) {
        ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeMultiInterface);
    } else {
        ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs);
        Params->Types.MultiInterface.Pairs = SettingPairs;
        Params->Types.MultiInterface.NumberInterfaces = NumberInterfaces;
    }
}

DDK_INLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_INTERFACES_DESCRIPTORS(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, PUSB_CONFIGURATION_DESCRIPTOR ConfigDescriptor,
    PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptors, ULONG NumInterfaceDescriptors)
{
    ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor);
    Params->Types.Descriptor.ConfigurationDescriptor = ConfigDescriptor;
    Params->Types.Descriptor.InterfaceDescriptors = InterfaceDescriptors;
    Params->Types.Descriptor.NumInterfaceDescriptors = NumInterfaceDescriptors;
}

DDK_INLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_URB(PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params,
                                                             PURB Urb)
{
    ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeUrb);
    Params->Types.Urb.Urb = Urb;
}

DDK_INLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params)
{
    ddk_usb_select(Params, WdfUsbTargetDeviceSelectConfigTypeDeconfig);
}

DDK_INLINE VOID ddk_usb_setting(PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params,
                                WdfUsbTargetDeviceSelectSettingType Type)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->Type = Type;
}

DDK_INLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_DESCRIPTOR(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, PUSB_INTERFACE_DESCRIPTOR Interface)
{
    ddk_usb_setting(Params, WdfUsbInterfaceSelectSettingTypeDescriptor);
    Params->Types.Descriptor.InterfaceDescriptor = Interface;
}

DDK_INLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_URB(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, PURB Urb)
{
    ddk_usb_setting(Params, WdfUsbInterfaceSelectSettingTypeUrb);
    Params->Types.Urb.Urb = Urb;
}

DDK_INLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, UCHAR SettingIndex)
{
    ddk_usb_setting(Params, WdfUsbInterfaceSelectSettingTypeSetting);
    Params->Types.Interface.SettingIndex = SettingIndex;
}

DDK_INLINE VOID WDF_USB_PIPE_INFORMATION_INIT(PWDF_USB_PIPE_INFORMATION Info)
{
    RtlZeroMemory(Info, sizeof(*Info));
    Info->Size = sizeof(*Info);
}

DDK_INLINE VOID WDF_USB_DEVICE_CREATE_CONFIG_INIT(PWDF_USB_DEVICE_CREATE_CONFIG Config,
                                                  ULONG USBDClientContractVersion)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->USBDClientContractVersion = USBDClientContractVersion;
}

DDK_INLINE BOOLEAN WDF_USB_PIPE_DIRECTION_IN(UCHAR EndpointAddress)
{
    return (EndpointAddress & USB_ENDPOINT_DIRECTION_MASK) != 0;
}

DDK_INLINE BOOLEAN WDF_USB_PIPE_DIRECTION_OUT(UCHAR EndpointAddress)
{
    return (EndpointAddress & USB_ENDPOINT_DIRECTION_MASK) == 0;
}

/* A USB device and a pipe are I/O targets themselves. */
DDK_INLINE WDFIOTARGET WdfUsbTargetDeviceGetIoTarget(WDFUSBDEVICE UsbDevice)
{
    return (WDFIOTARGET)UsbDevice;
}

DDK_INLINE WDFIOTARGET WdfUsbTargetPipeGetIoTarget(WDFUSBPIPE Pipe) { return (WDFIOTARGET)Pipe; }

WDF_FN(NTSTATUS, WdfUsbTargetDeviceCreate, (WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES Attributes, WDFUSBDEVICE *UsbDevice), (Device, Attributes, UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceCreateWithParameters, (WDFDEVICE Device, PWDF_USB_DEVICE_CREATE_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFUSBDEVICE *UsbDevice), (Device, Config, Attributes, UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceRetrieveInformation, (WDFUSBDEVICE UsbDevice, PWDF_USB_DEVICE_INFORMATION Information), (UsbDevice, Information))
WDF_FV(WdfUsbTargetDeviceGetDeviceDescriptor, (WDFUSBDEVICE UsbDevice, PUSB_DEVICE_DESCRIPTOR UsbDeviceDescriptor), (UsbDevice, UsbDeviceDescriptor))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceRetrieveConfigDescriptor, (WDFUSBDEVICE UsbDevice, PVOID ConfigDescriptor, PUSHORT ConfigDescriptorLength), (UsbDevice, ConfigDescriptor, ConfigDescriptorLength))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceQueryString, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PUSHORT String, PUSHORT NumCharacters, UCHAR StringIndex, USHORT LangID), (UsbDevice, Request, RequestOptions, String, NumCharacters, StringIndex, LangID))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceAllocAndQueryString, (WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES StringMemoryAttributes, WDFMEMORY *StringMemory, PUSHORT NumCharacters, UCHAR StringIndex, USHORT LangID), (UsbDevice, StringMemoryAttributes, StringMemory, NumCharacters, StringIndex, LangID))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceFormatRequestForString, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, WDFMEMORY Memory, PWDFMEMORY_OFFSET Offset, UCHAR StringIndex, USHORT LangID), (UsbDevice, Request, Memory, Offset, StringIndex, LangID))
WDF_FN(UCHAR, WdfUsbTargetDeviceGetNumInterfaces, (WDFUSBDEVICE UsbDevice), (UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceSelectConfig, (WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES PipeAttributes, PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params), (UsbDevice, PipeAttributes, Params))
WDF_FN(USBD_CONFIGURATION_HANDLE, WdfUsbTargetDeviceWdmGetConfigurationHandle, (WDFUSBDEVICE UsbDevice), (UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceRetrieveCurrentFrameNumber, (WDFUSBDEVICE UsbDevice, PULONG CurrentFrameNumber), (UsbDevice, CurrentFrameNumber))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceSendControlTransferSynchronously, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PWDF_USB_CONTROL_SETUP_PACKET SetupPacket, PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PULONG BytesTransferred), (UsbDevice, Request, RequestOptions, SetupPacket, MemoryDescriptor, BytesTransferred))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceFormatRequestForControlTransfer, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_USB_CONTROL_SETUP_PACKET SetupPacket, WDFMEMORY TransferMemory, PWDFMEMORY_OFFSET TransferOffset), (UsbDevice, Request, SetupPacket, TransferMemory, TransferOffset))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceIsConnectedSynchronous, (WDFUSBDEVICE UsbDevice), (UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceResetPortSynchronously, (WDFUSBDEVICE UsbDevice), (UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceCyclePortSynchronously, (WDFUSBDEVICE UsbDevice), (UsbDevice))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceFormatRequestForCyclePort, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request), (UsbDevice, Request))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceSendUrbSynchronously, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PURB Urb), (UsbDevice, Request, RequestOptions, Urb))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceFormatRequestForUrb, (WDFUSBDEVICE UsbDevice, WDFREQUEST Request, WDFMEMORY UrbMemory, PWDFMEMORY_OFFSET UrbMemoryOffset), (UsbDevice, Request, UrbMemory, UrbMemoryOffset))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceQueryUsbCapability, (WDFUSBDEVICE UsbDevice, CONST GUID *CapabilityType, ULONG CapabilityBufferLength, PVOID CapabilityBuffer, PULONG ResultLength), (UsbDevice, CapabilityType, CapabilityBufferLength, CapabilityBuffer, ResultLength))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceCreateUrb, (WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES Attributes, WDFMEMORY *UrbMemory, PURB *Urb), (UsbDevice, Attributes, UrbMemory, Urb))
WDF_FN(NTSTATUS, WdfUsbTargetDeviceCreateIsochUrb, (WDFUSBDEVICE UsbDevice, PWDF_OBJECT_ATTRIBUTES Attributes, ULONG NumberOfIsochPackets, WDFMEMORY *UrbMemory, PURB *Urb), (UsbDevice, Attributes, NumberOfIsochPackets, UrbMemory, Urb))
WDF_FV(WdfUsbTargetPipeGetInformation, (WDFUSBPIPE Pipe, PWDF_USB_PIPE_INFORMATION PipeInformation), (Pipe, PipeInformation))
WDF_FN(BOOLEAN, WdfUsbTargetPipeIsInEndpoint, (WDFUSBPIPE Pipe), (Pipe))
WDF_FN(BOOLEAN, WdfUsbTargetPipeIsOutEndpoint, (WDFUSBPIPE Pipe), (Pipe))
WDF_FN(WDF_USB_PIPE_TYPE, WdfUsbTargetPipeGetType, (WDFUSBPIPE Pipe), (Pipe))
WDF_FV(WdfUsbTargetPipeSetNoMaximumPacketSizeCheck, (WDFUSBPIPE Pipe), (Pipe))
WDF_FN(NTSTATUS, WdfUsbTargetPipeWriteSynchronously, (WDFUSBPIPE Pipe, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PULONG BytesWritten), (Pipe, Request, RequestOptions, MemoryDescriptor, BytesWritten))
WDF_FN(NTSTATUS, WdfUsbTargetPipeFormatRequestForWrite, (WDFUSBPIPE Pipe, WDFREQUEST Request, WDFMEMORY WriteMemory, PWDFMEMORY_OFFSET WriteOffset), (Pipe, Request, WriteMemory, WriteOffset))
WDF_FN(NTSTATUS, WdfUsbTargetPipeReadSynchronously, (WDFUSBPIPE Pipe, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PWDF_MEMORY_DESCRIPTOR MemoryDescriptor, PULONG BytesRead), (Pipe, Request, RequestOptions, MemoryDescriptor, BytesRead))
WDF_FN(NTSTATUS, WdfUsbTargetPipeFormatRequestForRead, (WDFUSBPIPE Pipe, WDFREQUEST Request, WDFMEMORY ReadMemory, PWDFMEMORY_OFFSET ReadOffset), (Pipe, Request, ReadMemory, ReadOffset))
WDF_FN(NTSTATUS, WdfUsbTargetPipeConfigContinuousReader, (WDFUSBPIPE Pipe, PWDF_USB_CONTINUOUS_READER_CONFIG Config), (Pipe, Config))
WDF_FN(NTSTATUS, WdfUsbTargetPipeAbortSynchronously, (WDFUSBPIPE Pipe, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions), (Pipe, Request, RequestOptions))
WDF_FN(NTSTATUS, WdfUsbTargetPipeFormatRequestForAbort, (WDFUSBPIPE Pipe, WDFREQUEST Request), (Pipe, Request))
WDF_FN(NTSTATUS, WdfUsbTargetPipeResetSynchronously, (WDFUSBPIPE Pipe, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions), (Pipe, Request, RequestOptions))
WDF_FN(NTSTATUS, WdfUsbTargetPipeFormatRequestForReset, (WDFUSBPIPE Pipe, WDFREQUEST Request), (Pipe, Request))
WDF_FN(NTSTATUS, WdfUsbTargetPipeSendUrbSynchronously, (WDFUSBPIPE Pipe, WDFREQUEST Request, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PURB Urb), (Pipe, Request, RequestOptions, Urb))
WDF_FN(NTSTATUS, WdfUsbTargetPipeFormatRequestForUrb, (WDFUSBPIPE PIPE, WDFREQUEST Request, WDFMEMORY UrbMemory, PWDFMEMORY_OFFSET UrbMemoryOffset), (PIPE, Request, UrbMemory, UrbMemoryOffset))
WDF_FN(BYTE, WdfUsbInterfaceGetInterfaceNumber, (WDFUSBINTERFACE UsbInterface), (UsbInterface))
WDF_FN(BYTE, WdfUsbInterfaceGetNumEndpoints, (WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex), (UsbInterface, SettingIndex))
WDF_FV(WdfUsbInterfaceGetDescriptor, (WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex, PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor), (UsbInterface, SettingIndex, InterfaceDescriptor))
WDF_FN(BYTE, WdfUsbInterfaceGetNumSettings, (WDFUSBINTERFACE UsbInterface), (UsbInterface))
WDF_FN(NTSTATUS, WdfUsbInterfaceSelectSetting, (WDFUSBINTERFACE UsbInterface, PWDF_OBJECT_ATTRIBUTES PipesAttributes, PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params), (UsbInterface, PipesAttributes, Params))
WDF_FV(WdfUsbInterfaceGetEndpointInformation, (WDFUSBINTERFACE UsbInterface, UCHAR SettingIndex, UCHAR EndpointIndex, PWDF_USB_PIPE_INFORMATION EndpointInfo), (UsbInterface, SettingIndex, EndpointIndex, EndpointInfo))
WDF_FN(WDFUSBINTERFACE, WdfUsbTargetDeviceGetInterface, (WDFUSBDEVICE UsbDevice, UCHAR InterfaceIndex), (UsbDevice, InterfaceIndex))
WDF_FN(BYTE, WdfUsbInterfaceGetConfiguredSettingIndex, (WDFUSBINTERFACE Interface), (Interface))
WDF_FN(BYTE, WdfUsbInterfaceGetNumConfiguredPipes, (WDFUSBINTERFACE UsbInterface), (UsbInterface))
WDF_FN(WDFUSBPIPE, WdfUsbInterfaceGetConfiguredPipe, (WDFUSBINTERFACE UsbInterface, UCHAR PipeIndex, PWDF_USB_PIPE_INFORMATION PipeInfo), (UsbInterface, PipeIndex, PipeInfo))
WDF_FN(USBD_PIPE_HANDLE, WdfUsbTargetPipeWdmGetPipeHandle, (WDFUSBPIPE UsbPipe), (UsbPipe))

#endif
