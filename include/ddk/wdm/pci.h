/*
 * wdm/pci.h: PCI configuration space and the capabilities in it.
 * Source: wdm/ns-wdm-_pci_common_config, pci/accessing-pci-device-configuration-space
 */
#ifndef DDK_WDM_PCI_H
#define DDK_WDM_PCI_H

#define PCI_TYPE0_ADDRESSES 6
#define PCI_TYPE1_ADDRESSES 2
#define PCI_TYPE2_ADDRESSES 5
#define PCI_MAX_DEVICES 32
#define PCI_MAX_FUNCTION 8
#define PCI_MAX_BRIDGE_NUMBER 0xFF
#define PCI_MAX_SEGMENT_NUMBER 0xFFFF
#define PCI_INVALID_VENDORID 0xFFFF
#define PCI_WHICHSPACE_CONFIG 0x0
#define PCI_WHICHSPACE_ROM 0x52696350

typedef struct _PCI_SLOT_NUMBER {
    union {
        struct {
            ULONG DeviceNumber : 5;
            ULONG FunctionNumber : 3;
            ULONG Reserved : 24;
        } bits;
        ULONG AsULONG;
    } u;
} PCI_SLOT_NUMBER, *PPCI_SLOT_NUMBER;

#define DDK_PCI_COMMON                                                                             \
    USHORT VendorID;                                                                               \
    USHORT DeviceID;                                                                               \
    USHORT Command;                                                                                \
    USHORT Status;                                                                                 \
    UCHAR RevisionID;                                                                              \
    UCHAR ProgIf;                                                                                  \
    UCHAR SubClass;                                                                                \
    UCHAR BaseClass;                                                                               \
    UCHAR CacheLineSize;                                                                           \
    UCHAR LatencyTimer;                                                                            \
    UCHAR HeaderType;                                                                              \
    UCHAR BIST;                                                                                    \
    union {                                                                                        \
        struct _PCI_HEADER_TYPE_0 {                                                                \
            ULONG BaseAddresses[PCI_TYPE0_ADDRESSES];                                              \
            ULONG CIS;                                                                             \
            USHORT SubVendorID;                                                                    \
            USHORT SubSystemID;                                                                    \
            ULONG ROMBaseAddress;                                                                  \
            UCHAR CapabilitiesPtr;                                                                 \
            UCHAR Reserved1[3];                                                                    \
            ULONG Reserved2;                                                                       \
            UCHAR InterruptLine;                                                                   \
            UCHAR InterruptPin;                                                                    \
            UCHAR MinimumGrant;                                                                    \
            UCHAR MaximumLatency;                                                                  \
        } type0;                                                                                   \
        struct _PCI_HEADER_TYPE_1 {                                                                \
            ULONG BaseAddresses[PCI_TYPE1_ADDRESSES];                                              \
            UCHAR PrimaryBus;                                                                      \
            UCHAR SecondaryBus;                                                                    \
            UCHAR SubordinateBus;                                                                  \
            UCHAR SecondaryLatency;                                                                \
            UCHAR IOBase;                                                                          \
            UCHAR IOLimit;                                                                         \
            USHORT SecondaryStatus;                                                                \
            USHORT MemoryBase;                                                                     \
            USHORT MemoryLimit;                                                                    \
            USHORT PrefetchBase;                                                                   \
            USHORT PrefetchLimit;                                                                  \
            ULONG PrefetchBaseUpper32;                                                             \
            ULONG PrefetchLimitUpper32;                                                            \
            USHORT IOBaseUpper16;                                                                  \
            USHORT IOLimitUpper16;                                                                 \
            UCHAR CapabilitiesPtr;                                                                 \
            UCHAR Reserved1[3];                                                                    \
            ULONG ROMBaseAddress;                                                                  \
            UCHAR InterruptLine;                                                                   \
            UCHAR InterruptPin;                                                                    \
            USHORT BridgeControl;                                                                  \
        } type1;                                                                                   \
        struct _PCI_HEADER_TYPE_2 {                                                                \
            ULONG SocketRegistersBaseAddress;                                                      \
            UCHAR CapabilitiesPtr;                                                                 \
            UCHAR Reserved;                                                                        \
            USHORT SecondaryStatus;                                                                \
            UCHAR PrimaryBus;                                                                      \
            UCHAR SecondaryBus;                                                                    \
            UCHAR SubordinateBus;                                                                  \
            UCHAR SecondaryLatency;                                                                \
            struct {                                                                               \
                ULONG Base;                                                                        \
                ULONG Limit;                                                                       \
            } Range[PCI_TYPE2_ADDRESSES - 1];                                                      \
            UCHAR InterruptLine;                                                                   \
            UCHAR InterruptPin;                                                                    \
            USHORT BridgeControl;                                                                  \
        } type2;                                                                                   \
    } u;

typedef struct _PCI_COMMON_HEADER {
    DDK_PCI_COMMON
} PCI_COMMON_HEADER, *PPCI_COMMON_HEADER;
#define PCI_COMMON_HDR_LENGTH (FIELD_OFFSET(PCI_COMMON_CONFIG, DeviceSpecific))

/* The header's members stand at the top level, so its block is spelt a second time; the three
 * header types are tagged once only. */
#define _PCI_HEADER_TYPE_0 _PCI_HEADER_TYPE_0_CONFIG
#define _PCI_HEADER_TYPE_1 _PCI_HEADER_TYPE_1_CONFIG
#define _PCI_HEADER_TYPE_2 _PCI_HEADER_TYPE_2_CONFIG
typedef struct _PCI_COMMON_CONFIG {
    DDK_PCI_COMMON
    UCHAR DeviceSpecific[192];
} PCI_COMMON_CONFIG, *PPCI_COMMON_CONFIG;
#undef _PCI_HEADER_TYPE_0
#undef _PCI_HEADER_TYPE_1
#undef _PCI_HEADER_TYPE_2

#define PCI_EXTENDED_CONFIG_LENGTH 0x1000

#define PCI_MULTIFUNCTION 0x80
#define PCI_DEVICE_TYPE 0x00
#define PCI_BRIDGE_TYPE 0x01
#define PCI_CARDBUS_BRIDGE_TYPE 0x02
#define PCI_CONFIGURATION_TYPE(PciData)                                                            \
    (((PPCI_COMMON_CONFIG)(PciData))->HeaderType & ~PCI_MULTIFUNCTION)
#define PCI_MULTIFUNCTION_DEVICE(PciData)                                                          \
    ((((PPCI_COMMON_CONFIG)(PciData))->HeaderType & PCI_MULTIFUNCTION) != 0)
#define PCI_ENABLE_IO_SPACE 0x0001
#define PCI_ENABLE_MEMORY_SPACE 0x0002
#define PCI_ENABLE_BUS_MASTER 0x0004
#define PCI_ENABLE_SPECIAL_CYCLES 0x0008
#define PCI_ENABLE_WRITE_AND_INVALIDATE 0x0010
#define PCI_ENABLE_VGA_COMPATIBLE_PALETTE 0x0020
#define PCI_ENABLE_PARITY 0x0040
#define PCI_ENABLE_WAIT_CYCLE 0x0080
#define PCI_ENABLE_SERR 0x0100
#define PCI_ENABLE_FAST_BACK_TO_BACK 0x0200
#define PCI_DISABLE_LEVEL_INTERRUPT 0x0400
#define PCI_STATUS_INTERRUPT_PENDING 0x0008
#define PCI_STATUS_CAPABILITIES_LIST 0x0010
#define PCI_STATUS_66MHZ_CAPABLE 0x0020
#define PCI_STATUS_UDF_SUPPORTED 0x0040
#define PCI_STATUS_FAST_BACK_TO_BACK 0x0080
#define PCI_STATUS_DATA_PARITY_DETECTED 0x0100
#define PCI_STATUS_DEVSEL 0x0600
#define PCI_STATUS_SIGNALED_TARGET_ABORT 0x0800
#define PCI_STATUS_RECEIVED_TARGET_ABORT 0x1000
#define PCI_STATUS_RECEIVED_MASTER_ABORT 0x2000
#define PCI_STATUS_SIGNALED_SYSTEM_ERROR 0x4000
#define PCI_STATUS_DETECTED_PARITY_ERROR 0x8000
#define PCI_CAPABILITY_ID_POWER_MANAGEMENT 0x01
#define PCI_CAPABILITY_ID_AGP 0x02
#define PCI_CAPABILITY_ID_VPD 0x03
#define PCI_CAPABILITY_ID_SLOT_ID 0x04
#define PCI_CAPABILITY_ID_MSI 0x05
#define PCI_CAPABILITY_ID_CPCI_HOTSWAP 0x06
#define PCI_CAPABILITY_ID_PCIX 0x07
#define PCI_CAPABILITY_ID_HYPERTRANSPORT 0x08
#define PCI_CAPABILITY_ID_VENDOR_SPECIFIC 0x09
#define PCI_CAPABILITY_ID_DEBUG_PORT 0x0A
#define PCI_CAPABILITY_ID_CPCI_RES_CTRL 0x0B
#define PCI_CAPABILITY_ID_SHPC 0x0C
#define PCI_CAPABILITY_ID_P2P_SSID 0x0D
#define PCI_CAPABILITY_ID_AGP_TARGET 0x0E
#define PCI_CAPABILITY_ID_SECURE 0x0F
#define PCI_CAPABILITY_ID_PCI_EXPRESS 0x10
#define PCI_CAPABILITY_ID_MSIX 0x11
#define PCI_CAPABILITY_ID_SATA_CONFIG 0x12
#define PCI_CAPABILITY_ID_ADVANCED_FEATURES 0x13
#define PCI_ADDRESS_IO_SPACE 0x00000001
#define PCI_ADDRESS_MEMORY_TYPE_MASK 0x00000006
#define PCI_ADDRESS_MEMORY_PREFETCHABLE 0x00000008
#define PCI_ADDRESS_IO_ADDRESS_MASK 0xfffffffc
#define PCI_ADDRESS_MEMORY_ADDRESS_MASK 0xfffffff0
#define PCI_ADDRESS_ROM_ADDRESS_MASK 0xfffff800
#define PCI_TYPE_32BIT 0
#define PCI_TYPE_20BIT 2
#define PCI_TYPE_64BIT 4
#define PCI_ROMADDRESS_ENABLED 0x00000001
#define PCI_CLASS_PRE_20 0x00
#define PCI_CLASS_MASS_STORAGE_CTLR 0x01
#define PCI_CLASS_NETWORK_CTLR 0x02
#define PCI_CLASS_DISPLAY_CTLR 0x03
#define PCI_CLASS_MULTIMEDIA_DEV 0x04
#define PCI_CLASS_MEMORY_CTLR 0x05
#define PCI_CLASS_BRIDGE_DEV 0x06
#define PCI_CLASS_SIMPLE_COMMS_CTLR 0x07
#define PCI_CLASS_BASE_SYSTEM_DEV 0x08
#define PCI_CLASS_INPUT_DEV 0x09
#define PCI_CLASS_DOCKING_STATION 0x0a
#define PCI_CLASS_PROCESSOR 0x0b
#define PCI_CLASS_SERIAL_BUS_CTLR 0x0c
#define PCI_CLASS_WIRELESS_CTLR 0x0d
#define PCI_CLASS_INTELLIGENT_IO_CTLR 0x0e
#define PCI_CLASS_SATELLITE_COMMS_CTLR 0x0f
#define PCI_CLASS_ENCRYPTION_DECRYPTION 0x10
#define PCI_CLASS_DATA_ACQ_SIGNAL_PROC 0x11
#define PCI_CLASS_NOT_DEFINED 0xff

typedef struct _PCI_CAPABILITIES_HEADER {
    UCHAR CapabilityID;
    UCHAR Next;
} PCI_CAPABILITIES_HEADER, *PPCI_CAPABILITIES_HEADER;

typedef struct _PCI_PMC {
    UCHAR Version : 3;
    UCHAR PMEClock : 1;
    UCHAR Rsvd1 : 1;
    UCHAR DeviceSpecificInitialization : 1;
    UCHAR Rsvd2 : 2;
    struct _PM_SUPPORT {
        UCHAR Rsvd2 : 1;
        UCHAR D1 : 1;
        UCHAR D2 : 1;
        UCHAR PMED0 : 1;
        UCHAR PMED1 : 1;
        UCHAR PMED2 : 1;
        UCHAR PMED3Hot : 1;
        UCHAR PMED3Cold : 1;
    } Support;
} PCI_PMC, *PPCI_PMC;
typedef struct _PCI_PMCSR {
    USHORT PowerState : 2;
    USHORT Rsvd1 : 6;
    USHORT PMEEnable : 1;
    USHORT DataSelect : 4;
    USHORT DataScale : 2;
    USHORT PMEStatus : 1;
} PCI_PMCSR, *PPCI_PMCSR;
typedef struct _PCI_PMCSR_BSE {
    UCHAR Rsvd1 : 6;
    UCHAR D3HotSupportsStopClock : 1;
    UCHAR BusPowerClockControlEnabled : 1;
} PCI_PMCSR_BSE, *PPCI_PMCSR_BSE;
typedef struct _PCI_PM_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    union {
        PCI_PMC Capabilities;
        USHORT AsUSHORT;
    } PMC;
    union {
        PCI_PMCSR ControlStatus;
        USHORT AsUSHORT;
    } PMCSR;
    union {
        PCI_PMCSR_BSE BridgeSupport;
        UCHAR AsUCHAR;
    } PMCSR_BSE;
    UCHAR Data;
} PCI_PM_CAPABILITY, *PPCI_PM_CAPABILITY;

/* pci/message-signaled interrupts; PCI local bus specification 3.0, 6.8. */
typedef struct _PCI_MSI_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    struct _PCI_MSI_MESSAGE_CONTROL {
        USHORT MSIEnable : 1;
        USHORT MultipleMessageCapable : 3;
        USHORT MultipleMessageEnable : 3;
        USHORT CapableOf64Bits : 1;
        USHORT PerVectorMaskCapable : 1;
        USHORT Reserved : 7;
    } MessageControl;
    union {
        struct _PCI_MSI_MESSAGE_ADDRESS {
            ULONG Reserved : 2;
            ULONG Address : 30;
        } Register;
        ULONG Raw;
    } MessageAddressLower;
    union {
        struct _PCI_MSI_32BIT_DATA {
            USHORT MessageData;
        } Option32Bit;
        struct _PCI_MSI_64BIT_DATA {
            ULONG MessageAddressUpper;
            USHORT MessageData;
            USHORT Reserved;
            ULONG MaskBits;
            ULONG PendingBits;
        } Option64Bit;
    };
} PCI_MSI_CAPABILITY, *PPCI_MSI_CAPABILITY;
typedef struct _PCI_VPD_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    USHORT Address;
    ULONG Data;
} PCI_VPD_CAPABILITY, *PPCI_VPD_CAPABILITY;
typedef struct _PCI_VENDOR_SPECIFIC_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    UCHAR VscLength;
    UCHAR VendorSpecific;
} PCI_VENDOR_SPECIFIC_CAPABILITY, *PPCI_VENDOR_SPECIFIC_CAPABILITY;
typedef struct _PCI_SUBSYSTEM_IDS_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    USHORT Reserved;
    USHORT SubVendorID;
    USHORT SubSystemID;
} PCI_SUBSYSTEM_IDS_CAPABILITY, *PPCI_SUBSYSTEM_IDS_CAPABILITY;

/* PCI Express capability: PCI Express base specification 3.0, 7.8. */
typedef union _PCI_EXPRESS_CAPABILITIES_REGISTER {
    struct {
        USHORT CapabilityVersion : 4;
        USHORT DeviceType : 4;
        USHORT SlotImplemented : 1;
        USHORT InterruptMessageNumber : 5;
        USHORT Rsvd : 2;
    };
    USHORT AsUSHORT;
} PCI_EXPRESS_CAPABILITIES_REGISTER, *PPCI_EXPRESS_CAPABILITIES_REGISTER;
typedef union _PCI_EXPRESS_DEVICE_CAPABILITIES_REGISTER {
    struct {
        ULONG MaxPayloadSizeSupported : 3;
        ULONG PhantomFunctionsSupported : 2;
        ULONG ExtendedTagSupported : 1;
        ULONG L0sAcceptableLatency : 3;
        ULONG L1AcceptableLatency : 3;
        ULONG Undefined : 3;
        ULONG RoleBasedErrorReporting : 1;
        ULONG Rsvd1 : 2;
        ULONG CapturedSlotPowerLimit : 8;
        ULONG CapturedSlotPowerLimitScale : 2;
        ULONG FunctionLevelResetCapability : 1;
        ULONG Rsvd2 : 3;
    };
    ULONG AsULONG;
} PCI_EXPRESS_DEVICE_CAPABILITIES_REGISTER, *PPCI_EXPRESS_DEVICE_CAPABILITIES_REGISTER;
typedef union _PCI_EXPRESS_DEVICE_CONTROL_REGISTER {
    struct {
        USHORT CorrectableErrorEnable : 1;
        USHORT NonFatalErrorEnable : 1;
        USHORT FatalErrorEnable : 1;
        USHORT UnsupportedRequestErrorEnable : 1;
        USHORT EnableRelaxedOrder : 1;
        USHORT MaxPayloadSize : 3;
        USHORT ExtendedTagEnable : 1;
        USHORT PhantomFunctionsEnable : 1;
        USHORT AuxPowerEnable : 1;
        USHORT NoSnoopEnable : 1;
        USHORT MaxReadRequestSize : 3;
        USHORT BridgeConfigRetryEnable : 1;
    };
    USHORT AsUSHORT;
} PCI_EXPRESS_DEVICE_CONTROL_REGISTER, *PPCI_EXPRESS_DEVICE_CONTROL_REGISTER;
typedef union _PCI_EXPRESS_DEVICE_STATUS_REGISTER {
    struct {
        USHORT CorrectableErrorDetected : 1;
        USHORT NonFatalErrorDetected : 1;
        USHORT FatalErrorDetected : 1;
        USHORT UnsupportedRequestDetected : 1;
        USHORT AuxPowerDetected : 1;
        USHORT TransactionsPending : 1;
        USHORT Rsvd : 10;
    };
    USHORT AsUSHORT;
} PCI_EXPRESS_DEVICE_STATUS_REGISTER, *PPCI_EXPRESS_DEVICE_STATUS_REGISTER;
typedef union _PCI_EXPRESS_LINK_CAPABILITIES_REGISTER {
    struct {
        ULONG MaximumLinkSpeed : 4;
        ULONG MaximumLinkWidth : 6;
        ULONG ActiveStatePMSupport : 2;
        ULONG L0sExitLatency : 3;
        ULONG L1ExitLatency : 3;
        ULONG ClockPowerManagement : 1;
        ULONG SurpriseDownErrorReportingCapable : 1;
        ULONG DataLinkLayerActiveReportingCapable : 1;
        ULONG Rsvd : 3;
        ULONG PortNumber : 8;
    };
    ULONG AsULONG;
} PCI_EXPRESS_LINK_CAPABILITIES_REGISTER, *PPCI_EXPRESS_LINK_CAPABILITIES_REGISTER;
typedef union _PCI_EXPRESS_LINK_CONTROL_REGISTER {
    struct {
        USHORT ActiveStatePMControl : 2;
        USHORT Rsvd1 : 1;
        USHORT ReadCompletionBoundary : 1;
        USHORT LinkDisable : 1;
        USHORT RetrainLink : 1;
        USHORT CommonClockConfig : 1;
        USHORT ExtendedSynch : 1;
        USHORT EnableClockPowerManagement : 1;
        USHORT Rsvd2 : 7;
    };
    USHORT AsUSHORT;
} PCI_EXPRESS_LINK_CONTROL_REGISTER, *PPCI_EXPRESS_LINK_CONTROL_REGISTER;
typedef union _PCI_EXPRESS_LINK_STATUS_REGISTER {
    struct {
        USHORT LinkSpeed : 4;
        USHORT LinkWidth : 6;
        USHORT Undefined : 1;
        USHORT LinkTraining : 1;
        USHORT SlotClockConfig : 1;
        USHORT DataLinkLayerActive : 1;
        USHORT Rsvd : 2;
    };
    USHORT AsUSHORT;
} PCI_EXPRESS_LINK_STATUS_REGISTER, *PPCI_EXPRESS_LINK_STATUS_REGISTER;

/* MSI-X entries: wdm/ns-wdm-_pci_msix_table_config_interface. */
typedef struct _PCI_MSIX_TABLE_CONFIG_INTERFACE PCI_MSIX_TABLE_CONFIG_INTERFACE,
    *PPCI_MSIX_TABLE_CONFIG_INTERFACE;
typedef NTSTATUS PCI_MSIX_SET_ENTRY(PVOID Context, ULONG TableEntry, ULONG MessageNumber);
typedef PCI_MSIX_SET_ENTRY *PPCI_MSIX_SET_ENTRY;
typedef NTSTATUS PCI_MSIX_MASKUNMASK_ENTRY(PVOID Context, ULONG TableEntry);
typedef PCI_MSIX_MASKUNMASK_ENTRY *PPCI_MSIX_MASKUNMASK_ENTRY;
typedef NTSTATUS PCI_MSIX_GET_ENTRY(PVOID Context, ULONG TableEntry, PULONG MessageNumber,
                                    PBOOLEAN Masked);
typedef PCI_MSIX_GET_ENTRY *PPCI_MSIX_GET_ENTRY;
typedef NTSTATUS PCI_MSIX_GET_TABLE_SIZE(PVOID Context, PULONG TableSize);
typedef PCI_MSIX_GET_TABLE_SIZE *PPCI_MSIX_GET_TABLE_SIZE;
struct _PCI_MSIX_TABLE_CONFIG_INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PPCI_MSIX_SET_ENTRY SetTableEntry;
    PPCI_MSIX_MASKUNMASK_ENTRY MaskTableEntry;
    PPCI_MSIX_MASKUNMASK_ENTRY UnmaskTableEntry;
    PPCI_MSIX_GET_ENTRY GetTableEntry;
    PPCI_MSIX_GET_TABLE_SIZE GetTableSize;
};
#define PCI_MSIX_TABLE_CONFIG_INTERFACE_VERSION 1

#endif
