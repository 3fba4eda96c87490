/*
 * wdfdevice.h: device objects: their making (WDFDEVICE_INIT), their callbacks for PnP and power, their power
 * policy, and the states of the framework's three state machines.
 * Source: wdfdevice/, wdf/pnp-and-power-management-in-wdf-drivers
 */
#ifndef DDK_WDFDEVICE_H
#define DDK_WDFDEVICE_H

#include <devpropdef.h>

/* A state in which paging is off carries this flag. */
typedef enum _WDF_DEVICE_STATE_FLAGS { WdfDevStateNP = 0x8000 } WDF_DEVICE_STATE_FLAGS;

typedef enum _WDF_DEVICE_PNP_STATE {
    WdfDevStatePnpInvalid = 0x0, WdfDevStatePnpObjectCreated = 0x100,
    WdfDevStatePnpCheckForDevicePresence, WdfDevStatePnpEjectFailed, WdfDevStatePnpEjectHardware,
    WdfDevStatePnpEjectedWaitingForRemove, WdfDevStatePnpInit, WdfDevStatePnpInitStarting,
    WdfDevStatePnpInitSurpriseRemoved, WdfDevStatePnpHardwareAvailable,
    WdfDevStatePnpEnableInterfaces, WdfDevStatePnpHardwareAvailablePowerPolicyFailed,
    WdfDevStatePnpQueryRemoveAskDriver, WdfDevStatePnpQueryRemovePending,
    WdfDevStatePnpQueryRemoveStaticCheck, WdfDevStatePnpQueriedRemoving,
    WdfDevStatePnpQueryStopAskDriver, WdfDevStatePnpQueryStopPending,
    WdfDevStatePnpQueryStopStaticCheck, WdfDevStatePnpQueryCanceled, WdfDevStatePnpRemoved,
    WdfDevStatePnpPdoRemoved, WdfDevStatePnpRemovedPdoWait, WdfDevStatePnpRemovedPdoSurpriseRemoved,
    WdfDevStatePnpRemovingDisableInterfaces, WdfDevStatePnpRestarting, WdfDevStatePnpStarted,
    WdfDevStatePnpStartedCancelStop, WdfDevStatePnpStartedCancelRemove,
    WdfDevStatePnpStartedRemoving, WdfDevStatePnpStartingFromStopped, WdfDevStatePnpStopped,
    WdfDevStatePnpStoppedWaitForStartCompletion, WdfDevStatePnpStartedStopping,
    WdfDevStatePnpSurpriseRemove, WdfDevStatePnpInitQueryRemove,
    WdfDevStatePnpInitQueryRemoveCanceled, WdfDevStatePnpFdoRemoved,
    WdfDevStatePnpRemovedWaitForChildren, WdfDevStatePnpQueriedSurpriseRemove,
    WdfDevStatePnpSurpriseRemoveIoStarted, WdfDevStatePnpFailedPowerDown,
    WdfDevStatePnpFailedIoStarting, WdfDevStatePnpFailedOwnHardware, WdfDevStatePnpFailed,
    WdfDevStatePnpFailedSurpriseRemoved, WdfDevStatePnpFailedStarted,
    WdfDevStatePnpFailedWaitForRemove, WdfDevStatePnpFailedInit, WdfDevStatePnpPdoInitFailed,
    WdfDevStatePnpRestart, WdfDevStatePnpRestartReleaseHardware,
    WdfDevStatePnpRestartHardwareAvailable, WdfDevStatePnpPdoRestart, WdfDevStatePnpFinal,
    WdfDevStatePnpRemovedChildrenRemoved, WdfDevStatePnpQueryRemoveEnsureDeviceAwake,
    WdfDevStatePnpQueryStopEnsureDeviceAwake, WdfDevStatePnpFailedPowerPolicyRemoved,
    WdfDevStatePnpNull
} WDF_DEVICE_PNP_STATE, *PWDF_DEVICE_PNP_STATE;

typedef enum _WDF_DEVICE_POWER_STATE {
    WdfDevStatePowerInvalid = 0x0, WdfDevStatePowerObjectCreated = 0x300,
    WdfDevStatePowerCheckDeviceType, WdfDevStatePowerCheckDeviceTypeNP = 0x8302,
    WdfDevStatePowerCheckParentState = 0x303, WdfDevStatePowerCheckParentStateNP = 0x8304,
    WdfDevStatePowerEnablingWakeAtBus = 0x305, WdfDevStatePowerEnablingWakeAtBusNP = 0x8306,
    WdfDevStatePowerD0 = 0x307, WdfDevStatePowerD0NP = 0x8308,
    WdfDevStatePowerD0BusWakeOwner = 0x309, WdfDevStatePowerD0BusWakeOwnerNP = 0x830A,
    WdfDevStatePowerD0ArmedForWake = 0x30B, WdfDevStatePowerD0ArmedForWakeNP = 0x830C,
    WdfDevStatePowerD0DisarmingWakeAtBus = 0x30D, WdfDevStatePowerD0DisarmingWakeAtBusNP = 0x830E,
    WdfDevStatePowerD0Starting = 0x30F, WdfDevStatePowerD0StartingConnectInterrupt,
    WdfDevStatePowerD0StartingDmaEnable, WdfDevStatePowerD0StartingStartSelfManagedIo,
    WdfDevStatePowerDecideD0State, WdfDevStatePowerGotoD3Stopped, WdfDevStatePowerStopped,
    WdfDevStatePowerStartingCheckDeviceType, WdfDevStatePowerStartingChild,
    WdfDevStatePowerDxDisablingWakeAtBus, WdfDevStatePowerDxDisablingWakeAtBusNP = 0x8319,
    WdfDevStatePowerGotoDx = 0x31A, WdfDevStatePowerGotoDxNP = 0x831B,
    WdfDevStatePowerGotoDxIoStopped = 0x31C, WdfDevStatePowerGotoDxIoStoppedNP = 0x831D,
    WdfDevStatePowerGotoDxNPFailed = 0x831E, WdfDevStatePowerDx = 0x31F,
    WdfDevStatePowerDxNP = 0x8320, WdfDevStatePowerGotoDxArmedForWake = 0x321,
    WdfDevStatePowerGotoDxArmedForWakeNP = 0x8322,
    WdfDevStatePowerGotoDxIoStoppedArmedForWake = 0x323,
    WdfDevStatePowerGotoDxIoStoppedArmedForWakeNP = 0x8324, WdfDevStatePowerDxArmedForWake = 0x325,
    WdfDevStatePowerDxArmedForWakeNP = 0x8326, WdfDevStatePowerCheckParentStateArmedForWake = 0x327,
    WdfDevStatePowerCheckParentStateArmedForWakeNP = 0x8328,
    WdfDevStatePowerWaitForParentArmedForWake = 0x329,
    WdfDevStatePowerWaitForParentArmedForWakeNP = 0x832A,
    WdfDevStatePowerStartSelfManagedIo = 0x32B, WdfDevStatePowerStartSelfManagedIoNP = 0x832C,
    WdfDevStatePowerStartSelfManagedIoFailed = 0x32D,
    WdfDevStatePowerStartSelfManagedIoFailedNP = 0x832E, WdfDevStatePowerWaitForParent = 0x32F,
    WdfDevStatePowerWaitForParentNP = 0x8330, WdfDevStatePowerWakePending = 0x331,
    WdfDevStatePowerWakePendingNP = 0x8332, WdfDevStatePowerWaking = 0x333,
    WdfDevStatePowerWakingNP = 0x8334, WdfDevStatePowerWakingConnectInterrupt = 0x335,
    WdfDevStatePowerWakingConnectInterruptNP = 0x8336,
    WdfDevStatePowerWakingConnectInterruptFailed = 0x337,
    WdfDevStatePowerWakingConnectInterruptFailedNP = 0x8338,
    WdfDevStatePowerWakingDmaEnable = 0x339, WdfDevStatePowerWakingDmaEnableNP = 0x833A,
    WdfDevStatePowerWakingDmaEnableFailed = 0x33B, WdfDevStatePowerWakingDmaEnableFailedNP = 0x833C,
    WdfDevStatePowerReportPowerUpFailedDerefParent = 0x33D, WdfDevStatePowerReportPowerUpFailed,
    WdfDevStatePowerPowerFailedPowerDown, WdfDevStatePowerReportPowerDownFailed,
    WdfDevStatePowerInitialConnectInterruptFailed, WdfDevStatePowerInitialDmaEnableFailed,
    WdfDevStatePowerInitialSelfManagedIoFailed, WdfDevStatePowerInitialPowerUpFailedDerefParent,
    WdfDevStatePowerInitialPowerUpFailed, WdfDevStatePowerDxStoppedDisarmWake,
    WdfDevStatePowerDxStoppedDisarmWakeNP = 0x8347,
    WdfDevStatePowerGotoDxStoppedDisableInterruptNP = 0x8348, WdfDevStatePowerGotoDxStopped = 0x349,
    WdfDevStatePowerDxStopped, WdfDevStatePowerGotoStopped, WdfDevStatePowerStoppedCompleteDx,
    WdfDevStatePowerDxStoppedDecideDxState, WdfDevStatePowerDxStoppedArmForWake,
    WdfDevStatePowerDxStoppedArmForWakeNP = 0x834F, WdfDevStatePowerFinalPowerDownFailed = 0x350,
    WdfDevStatePowerFinal, WdfDevStatePowerGotoImplicitD3DisarmWakeAtBus, WdfDevStatePowerUpFailed,
    WdfDevStatePowerUpFailedDerefParent, WdfDevStatePowerGotoDxFailed,
    WdfDevStatePowerGotoDxStoppedDisableInterrupt, WdfDevStatePowerUpFailedNP = 0x8357,
    WdfDevStatePowerUpFailedDerefParentNP = 0x8358,
    WdfDevStatePowerNotifyingD0ExitToWakeInterrupts = 0x359,
    WdfDevStatePowerNotifyingD0EntryToWakeInterrupts,
    WdfDevStatePowerNotifyingD0ExitToWakeInterruptsNP = 0x835B,
    WdfDevStatePowerNotifyingD0EntryToWakeInterruptsNP = 0x835C,
    WdfDevStatePowerInitialPowerUpFailedPowerDown = 0x35D, WdfDevStatePowerUpFailedPowerDown,
    WdfDevStatePowerUpFailedPowerDownNP = 0x835F,
    WdfDevStatePowerInitialSelfManagedIoFailedStarted = 0x360,
    WdfDevStatePowerStartSelfManagedIoFailedStarted,
    WdfDevStatePowerStartSelfManagedIoFailedStartedNP = 0x8362,
    WdfDevStatePowerWakingPostHardwareEnabled = 0x363,
    WdfDevStatePowerWakingPostHardwareEnabledNP = 0x8364,
    WdfDevStatePowerWakingPostHardwareEnabledFailed = 0x365,
    WdfDevStatePowerWakingPostHardwareEnabledFailedNP = 0x8366,
    WdfDevStatePowerD0StartingPostHardwareEnabled = 0x367,
    WdfDevStatePowerInitialPostHardwareEnabledFailed, WdfDevStatePowerNull
} WDF_DEVICE_POWER_STATE, *PWDF_DEVICE_POWER_STATE;

typedef enum _WDF_DEVICE_POWER_POLICY_STATE {
    WdfDevStatePwrPolInvalid = 0x0, WdfDevStatePwrPolObjectCreated = 0x500,
    WdfDevStatePwrPolStarting, WdfDevStatePwrPolStartingSucceeded, WdfDevStatePwrPolStartingFailed,
    WdfDevStatePwrPolStartingDecideS0Wake, WdfDevStatePwrPolStartedIdleCapable,
    WdfDevStatePwrPolTimerExpiredNoWake, WdfDevStatePwrPolTimerExpiredNoWakeCompletePowerDown,
    WdfDevStatePwrPolWaitingUnarmed, WdfDevStatePwrPolWaitingUnarmedQueryIdle,
    WdfDevStatePwrPolS0NoWakePowerUp, WdfDevStatePwrPolS0NoWakeCompletePowerUp,
    WdfDevStatePwrPolSystemSleepFromDeviceWaitingUnarmed, WdfDevStatePwrPolSystemSleepNeedWake,
    WdfDevStatePwrPolSystemSleepNeedWakeCompletePowerUp,
    WdfDevStatePwrPolSystemSleepPowerRequestFailed, WdfDevStatePwrPolCheckPowerPageable,
    WdfDevStatePwrPolSleepingWakeWakeArrived, WdfDevStatePwrPolSleepingWakeRevertArmWake,
    WdfDevStatePwrPolSystemAsleepWakeArmed, WdfDevStatePwrPolSystemWakeDeviceWakeEnabled,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledWakeCanceled,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisarm, WdfDevStatePwrPolSystemWakeDeviceWakeTriggered,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredS0, WdfDevStatePwrPolSystemWakeDeviceWokeDisarm,
    WdfDevStatePwrPolSleepingWakeWakeArrivedNP = 0x851A,
    WdfDevStatePwrPolSleepingWakeRevertArmWakeNP = 0x851B,
    WdfDevStatePwrPolSleepingWakePowerDownFailed = 0x51C,
    WdfDevStatePwrPolSleepingWakePowerDownFailedWakeCanceled,
    WdfDevStatePwrPolSystemAsleepWakeArmedNP = 0x851E,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledNP = 0x851F,
    WdfDevStatePwrPolSystemWakeDeviceWakeEnabledWakeCanceledNP = 0x8520,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisarmNP = 0x8521,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredNP = 0x8522,
    WdfDevStatePwrPolSystemWakeDeviceWakeTriggeredS0NP = 0x8523,
    WdfDevStatePwrPolSystemWakeDeviceWokeDisarmNP = 0x8524,
    WdfDevStatePwrPolSystemWakeDeviceWakeCompletePowerUp = 0x525, WdfDevStatePwrPolSleeping,
    WdfDevStatePwrPolSleepingNoWakePowerDown, WdfDevStatePwrPolSleepingNoWakeCompletePowerDown,
    WdfDevStatePwrPolSleepingNoWakeDxRequestFailed, WdfDevStatePwrPolSleepingWakePowerDown,
    WdfDevStatePwrPolSleepingSendWake, WdfDevStatePwrPolSystemAsleepNoWake,
    WdfDevStatePwrPolSystemWakeDeviceWakeDisabled, WdfDevStatePwrPolSystemWakeDeviceToD0,
    WdfDevStatePwrPolSystemWakeDeviceToD0CompletePowerUp, WdfDevStatePwrPolSystemWakeQueryIdle,
    WdfDevStatePwrPolStartedWakeCapable, WdfDevStatePwrPolTimerExpiredDecideUsbSS,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDown,
    WdfDevStatePwrPolTimerExpiredWakeCapableSendWake, WdfDevStatePwrPolTimerExpiredWakeCapableUsbSS,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeArrived,
    WdfDevStatePwrPolTimerExpiredWakeCapableCancelWake,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeCanceled,
    WdfDevStatePwrPolTimerExpiredWakeCapableCleanup,
    WdfDevStatePwrPolTimerExpiredWakeCapableDxAllocFailed,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDown,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerUp, WdfDevStatePwrPolWaitingArmedUsbSS,
    WdfDevStatePwrPolWaitingArmed, WdfDevStatePwrPolWaitingArmedQueryIdle,
    WdfDevStatePwrPolIoPresentArmed, WdfDevStatePwrPolIoPresentArmedWakeCanceled,
    WdfDevStatePwrPolS0WakeDisarm, WdfDevStatePwrPolS0WakeCompletePowerUp,
    WdfDevStatePwrPolTimerExpiredWakeSucceeded, WdfDevStatePwrPolTimerExpiredWakeCompletedDisarm,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceeded,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailed, WdfDevStatePwrPolWakeFailedUsbSS,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedCancelWake,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedWakeCanceled,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedUsbSS,
    WdfDevStatePwrPolCancelingWakeForSystemSleep,
    WdfDevStatePwrPolCancelingWakeForSystemSleepWakeCanceled,
    WdfDevStatePwrPolDisarmingWakeForSystemSleepCompletePowerUp,
    WdfDevStatePwrPolPowerUpForSystemSleepFailed, WdfDevStatePwrPolWokeFromS0UsbSS,
    WdfDevStatePwrPolWokeFromS0, WdfDevStatePwrPolWokeFromS0NotifyDriver,
    WdfDevStatePwrPolStoppingResetDevice, WdfDevStatePwrPolStoppingResetDeviceCompletePowerUp,
    WdfDevStatePwrPolStoppingResetDeviceFailed, WdfDevStatePwrPolStoppingD0,
    WdfDevStatePwrPolStoppingD0Failed, WdfDevStatePwrPolStoppingDisarmWake,
    WdfDevStatePwrPolStoppingDisarmWakeCancelWake, WdfDevStatePwrPolStoppingDisarmWakeWakeCanceled,
    WdfDevStatePwrPolStopping, WdfDevStatePwrPolStoppingFailed, WdfDevStatePwrPolStoppingSendStatus,
    WdfDevStatePwrPolStoppingCancelTimer, WdfDevStatePwrPolStoppingWaitForIdleTimeout,
    WdfDevStatePwrPolStoppingCancelUsbSS, WdfDevStatePwrPolStoppingWaitForUsbSSCompletion,
    WdfDevStatePwrPolStoppingCancelWake, WdfDevStatePwrPolStopped, WdfDevStatePwrPolCancelUsbSS,
    WdfDevStatePwrPolStarted, WdfDevStatePwrPolStartedCancelTimer,
    WdfDevStatePwrPolStartedWaitForIdleTimeout,
    WdfDevStatePwrPolStartedWakeCapableCancelTimerForSleep,
    WdfDevStatePwrPolStartedWakeCapableWaitForIdleTimeout,
    WdfDevStatePwrPolStartedWakeCapableSleepingUsbSS,
    WdfDevStatePwrPolStartedIdleCapableCancelTimerForSleep,
    WdfDevStatePwrPolStartedIdleCapableWaitForIdleTimeout,
    WdfDevStatePwrPolDeviceD0PowerRequestFailed, WdfDevStatePwrPolDevicePowerRequestFailed,
    WdfDevStatePwrPolGotoDx, WdfDevStatePwrPolGotoDxInDx, WdfDevStatePwrPolDx,
    WdfDevStatePwrPolGotoD0, WdfDevStatePwrPolGotoD0InD0, WdfDevStatePwrPolFinal,
    WdfDevStatePwrPolSleepingPowerDownNotProcessed,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownNotProcessed,
    WdfDevStatePwrPolTimerExpiredNoWakePowerDownNotProcessed,
    WdfDevStatePwrPolTimerExpiredNoWakePoweredDownDisableIdleTimer,
    WdfDevStatePwrPolStoppingWaitingForImplicitPowerDown, WdfDevStatePwrPolStoppingPoweringUp,
    WdfDevStatePwrPolStoppingPoweringDown, WdfDevStatePwrPolPowerUpForSystemSleepNotSeen,
    WdfDevStatePwrPolWaitingArmedStoppingCancelUsbSS,
    WdfDevStatePwrPolWaitingArmedWakeFailedCancelUsbSS,
    WdfDevStatePwrPolWaitingArmedIoPresentCancelUsbSS,
    WdfDevStatePwrPolWaitingArmedWakeSucceededCancelUsbSS,
    WdfDevStatePwrPolCancelingUsbSSForSystemSleep, WdfDevStatePwrPolStoppingD0CancelUsbSS,
    WdfDevStatePwrPolStartingPoweredUp, WdfDevStatePwrPolIdleCapableDeviceIdle,
    WdfDevStatePwrPolDeviceIdleReturnToActive, WdfDevStatePwrPolDeviceIdleSleeping,
    WdfDevStatePwrPolDeviceIdleStopping, WdfDevStatePwrPolTimerExpiredNoWakeUndoPowerDown,
    WdfDevStatePwrPolWakeCapableDeviceIdle, WdfDevStatePwrPolWakeCapableUsbSSCompleted,
    WdfDevStatePwrPolTimerExpiredWakeCapableUndoPowerDown,
    WdfDevStatePwrPolTimerExpiredWakeCompletedHardwareStarted, WdfDevStatePwrPolStoppedRemoving,
    WdfDevStatePwrPolRemoved, WdfDevStatePwrPolRestarting, WdfDevStatePwrPolRestartingFailed,
    WdfDevStatePwrPolStartingPoweredUpFailed, WdfDevStatePwrPolTimerExpiredNoWakeReturnToActive,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFired,
    WdfDevStatePwrPolSystemWakeDeviceWakeInterruptFired,
    WdfDevStatePwrPolSystemWakeDeviceWakeInterruptFiredNP = 0x8595,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeInterruptArrived = 0x596,
    WdfDevStatePwrPolTimerExpiredWakeCapablePowerDownFailedWakeInterruptArrived,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFiredDuringPowerDown,
    WdfDevStatePwrPolStartedNotIdleCapableDirectedDown,
    WdfDevStatePwrPolStartedIdleCapableTimerCanceledForSleep,
    WdfDevStatePwrPolTimerExpiredNoWakeUndoPowerDownWaitForDirectedUp,
    WdfDevStatePwrPolIdleCapableTimerNotExpiredDirectedDown,
    WdfDevStatePwrPolIdleCapableDirectedDownTriggerDPNR,
    WdfDevStatePwrPolWaitingUnarmedDirectedDown, WdfDevStatePwrPolIdleCapableDirectedDownTriggerDPR,
    WdfDevStatePwrPolStartedWakeCapableTimerCanceledForSleep,
    WdfDevStatePwrPolWakeCapableTimerNotExpiredDirectedDown,
    WdfDevStatePwrPolWakeCapableDirectedDownTriggerDPNR,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownWaitForDirectedUp,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownDirectedTriggerDPR,
    WdfDevStatePwrPolTimerExpiredWakeCapableUndoPowerDownWaitForDirectedUp,
    WdfDevStatePwrPolWakeCapableUsbSSCompletedUndoWaitForDirectedUp,
    WdfDevStatePwrPolTimerExpiredWakeCapableUsbSSDirectedDown,
    WdfDevStatePwrPolWaitingArmedWakeInterruptFiredDuringPowerDownCheckDirected,
    WdfDevStatePwrPolTimerExpiredWakeCompletedPowerDownCheckDirected,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededCheckDirected,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededWaitForDirectedUp,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeSucceededTriggerDPR,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedCheckDirected,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedWaitForDirectedUp,
    WdfDevStatePwrPolTimerExpiredWakeCapableWakeFailedTriggerDPR,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeInterruptFiredTriggerDPR,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeInterruptFired,
    WdfDevStatePwrPolWaitingArmedDirectedDown,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeSucceededCancelUsbSS,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeFailedCancelUsbSS,
    WdfDevStatePwrPolWaitingArmedDirectedDownTriggerDPR,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeSucceededTriggerDPR,
    WdfDevStatePwrPolWaitingArmedDirectedDownUsbSSCompleted,
    WdfDevStatePwrPolWaitingArmedDirectedDownUsbSSCompletedTriggerDPR,
    WdfDevStatePwrPolWaitingArmedDirectedDownWakeFailedCancelUsbSSTriggerDPR,
    WdfDevStatePwrPolUsbSSCancelled, WdfDevStatePwrPolTimerExpiredWakeCapableRevertArmWake,
    WdfDevStatePwrPolSleepingWakeCancelWake, WdfDevStatePwrPolSleepingWakeCancelWakeNP = 0x85BD,
    WdfDevStatePwrPolSystemWakeDeviceD0PowerRequestFailed = 0x5BE,
    WdfDevStatePwrPolSystemWakeDevicePowerRequestFailed, WdfDevStatePwrPolNull
} WDF_DEVICE_POWER_POLICY_STATE, *PWDF_DEVICE_POWER_POLICY_STATE;

typedef enum _WDF_STATE_NOTIFICATION_TYPE {
    StateNotificationInvalid = 0,
    StateNotificationEnterState = 1,
    StateNotificationPostProcessState = 2,
    StateNotificationLeaveState = 4,
    StateNotificationAllStates = 7
} WDF_STATE_NOTIFICATION_TYPE;

typedef enum _WDF_POWER_POLICY_S0_IDLE_CAPABILITIES {
    IdleCapsInvalid = 0,
    IdleCannotWakeFromS0,
    IdleCanWakeFromS0,
    IdleUsbSelectiveSuspend
} WDF_POWER_POLICY_S0_IDLE_CAPABILITIES;

typedef enum _WDF_POWER_POLICY_S0_IDLE_USER_CONTROL {
    IdleUserControlInvalid = 0,
    IdleDoNotAllowUserControl,
    IdleAllowUserControl
} WDF_POWER_POLICY_S0_IDLE_USER_CONTROL;

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS {
    IdleTimeoutDefaultConstant = 0
} WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS;
#define IdleTimeoutDefaultValue ((ULONG)IdleTimeoutDefaultConstant)

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE {
    DriverManagedIdleTimeout = 0,
    SystemManagedIdleTimeout,
    SystemManagedIdleTimeoutWithHint
} WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE, *PWDF_POWER_POLICY_IDLE_TIMEOUT_TYPE;

typedef enum _WDF_POWER_POLICY_SX_WAKE_USER_CONTROL {
    WakeUserControlInvalid = 0,
    WakeDoNotAllowUserControl,
    WakeAllowUserControl
} WDF_POWER_POLICY_SX_WAKE_USER_CONTROL;

typedef enum _WDF_POWER_DEVICE_STATE {
    WdfPowerDeviceInvalid = 0,
    WdfPowerDeviceD0,
    WdfPowerDeviceD1,
    WdfPowerDeviceD2,
    WdfPowerDeviceD3,
    WdfPowerDeviceD3Final, /* the device is stopped or goes */
    WdfPowerDevicePrepareForHibernation,
    WdfPowerDeviceMaximum
} WDF_POWER_DEVICE_STATE, *PWDF_POWER_DEVICE_STATE;

typedef enum _WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS {
    WDF_DISPATCH_IRP_TO_IO_QUEUE_NO_FLAGS = 0,
    WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK = 1,
    WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP = 2
} WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS;

typedef enum _WDF_SPECIAL_FILE_TYPE {
    WdfSpecialFileUndefined = 0,
    WdfSpecialFilePaging,
    WdfSpecialFileHibernation,
    WdfSpecialFileDump,
    WdfSpecialFileBoot,
    WdfSpecialFilePostDisplay,
    WdfSpecialFileGuestAssigned,
    WdfSpecialFileMax
} WDF_SPECIAL_FILE_TYPE, *PWDF_SPECIAL_FILE_TYPE;

typedef enum _WDF_DEVICE_IO_TYPE {
    WdfDeviceIoUndefined = 0,
    WdfDeviceIoNeither,
    WdfDeviceIoBuffered,
    WdfDeviceIoDirect,
    WdfDeviceIoBufferedOrDirect,
    WdfDeviceIoMaximum
} WDF_DEVICE_IO_TYPE, *PWDF_DEVICE_IO_TYPE;

typedef enum _WDF_FILEOBJECT_CLASS {
    WdfFileObjectInvalid = 0,
    WdfFileObjectNotRequired,
    WdfFileObjectWdfCanUseFsContext,
    WdfFileObjectWdfCanUseFsContext2,
    WdfFileObjectWdfCannotUseFsContexts,
    WdfFileObjectCanBeOptional = (int)0x80000000 /* a flag on one of the others */
} WDF_FILEOBJECT_CLASS, *PWDF_FILEOBJECT_CLASS;

typedef enum _WDF_DEVICE_FAILED_ACTION {
    WdfDeviceFailedUndefined = 0,
    WdfDeviceFailedAttemptRestart,
    WdfDeviceFailedNoRestart
} WDF_DEVICE_FAILED_ACTION;

typedef enum _WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE {
    WdfReleaseHardwareOrderOnFailureInvalid = 0,
    WdfReleaseHardwareOrderOnFailureEarly,
    WdfReleaseHardwareOrderOnFailureAfterDescendants
} WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE, *PWDF_RELEASE_HARDWARE_ORDER_ON_FAILURE;

#ifndef WDF_DEVICE_NO_WDMSEC_H
#include <wdmsec.h>
#endif

/* Values in a device's hardware key, by which a user's choice overrules the driver's. */
#define WDF_S0_IDLE_ENABLED_VALUE_NAME L"IdleInWorkingState"
#define WDF_SX_WAKE_ENABLED_VALUE_NAME L"WakeFromSleepState"
#define WDF_S0_IDLE_DEFAULT_VALUE_NAME L"WdfDefaultIdleInWorkingState"
#define WDF_SX_WAKE_DEFAULT_VALUE_NAME L"WdfDefaultWakeFromSleepState"

typedef VOID EVT_WDF_DEVICE_FILE_CREATE(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT FileObject);
typedef EVT_WDF_DEVICE_FILE_CREATE *PFN_WDF_DEVICE_FILE_CREATE;
typedef VOID EVT_WDF_FILE_CLOSE(WDFFILEOBJECT FileObject);
typedef EVT_WDF_FILE_CLOSE *PFN_WDF_FILE_CLOSE;
typedef VOID EVT_WDF_FILE_CLEANUP(WDFFILEOBJECT FileObject);
typedef EVT_WDF_FILE_CLEANUP *PFN_WDF_FILE_CLEANUP;

typedef struct _WDF_FILEOBJECT_CONFIG {
    ULONG Size;
    PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate;
    PFN_WDF_FILE_CLOSE EvtFileClose;
    PFN_WDF_FILE_CLEANUP EvtFileCleanup;
    WDF_TRI_STATE AutoForwardCleanupClose;
    WDF_FILEOBJECT_CLASS FileObjectClass;
} WDF_FILEOBJECT_CONFIG, *PWDF_FILEOBJECT_CONFIG;

DDK_INLINE VOID WDF_FILEOBJECT_CONFIG_INIT(PWDF_FILEOBJECT_CONFIG FileEventCallbacks,
                                           PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate,
                                           PFN_WDF_FILE_CLOSE EvtFileClose,
                                           PFN_WDF_FILE_CLEANUP EvtFileCleanup)
{
    FileEventCallbacks->Size = sizeof(*FileEventCallbacks);
    FileEventCallbacks->EvtDeviceFileCreate = EvtDeviceFileCreate;
    FileEventCallbacks->EvtFileClose = EvtFileClose;
    FileEventCallbacks->EvtFileCleanup = EvtFileCleanup;
    FileEventCallbacks->AutoForwardCleanupClose = WdfUseDefault;
    FileEventCallbacks->FileObjectClass = WdfFileObjectWdfCannotUseFsContexts;
}

/* What a callback for changes of state is told: the union's member is the one that Type names. */
typedef struct _WDF_DEVICE_PNP_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_PNP_STATE CurrentState, NewState;
        } EnterState;
        struct {
            WDF_DEVICE_PNP_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_PNP_STATE CurrentState, NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_PNP_NOTIFICATION_DATA;
typedef const WDF_DEVICE_PNP_NOTIFICATION_DATA *PCWDF_DEVICE_PNP_NOTIFICATION_DATA;

typedef struct _WDF_DEVICE_POWER_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_POWER_STATE CurrentState, NewState;
        } EnterState;
        struct {
            WDF_DEVICE_POWER_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_POWER_STATE CurrentState, NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_POWER_NOTIFICATION_DATA;
typedef const WDF_DEVICE_POWER_NOTIFICATION_DATA *PCWDF_DEVICE_POWER_NOTIFICATION_DATA;

typedef struct _WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA {
    WDF_STATE_NOTIFICATION_TYPE Type;
    union {
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState, NewState;
        } EnterState;
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState;
        } PostProcessState;
        struct {
            WDF_DEVICE_POWER_POLICY_STATE CurrentState, NewState;
        } LeaveState;
    } Data;
} WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA;
typedef const WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA *PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA;

typedef VOID EVT_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION(WDFDEVICE Device,
    PCWDF_DEVICE_PNP_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION *PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION;
typedef VOID EVT_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION(WDFDEVICE Device,
    PCWDF_DEVICE_POWER_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION *PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION;
typedef VOID EVT_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION(WDFDEVICE Device,
    PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA NotificationData);
typedef EVT_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION
    *PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION;
typedef NTSTATUS EVT_WDF_DEVICE_D0_ENTRY(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY *PFN_WDF_DEVICE_D0_ENTRY;
typedef NTSTATUS EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED(WDFDEVICE Device,
    WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED *PFN_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED;
typedef NTSTATUS EVT_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED(WDFDEVICE Device,
    WDF_POWER_DEVICE_STATE PreviousState);
typedef EVT_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED *PFN_WDF_DEVICE_D0_ENTRY_POST_HARDWARE_ENABLED;
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT *PFN_WDF_DEVICE_D0_EXIT;
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED(WDFDEVICE Device,
    WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED *PFN_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED;
typedef NTSTATUS EVT_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED(WDFDEVICE Device,
    WDF_POWER_DEVICE_STATE TargetState);
typedef EVT_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED *PFN_WDF_DEVICE_D0_EXIT_PRE_HARDWARE_DISABLED;
typedef NTSTATUS EVT_WDF_DEVICE_PREPARE_HARDWARE(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
    WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_PREPARE_HARDWARE *PFN_WDF_DEVICE_PREPARE_HARDWARE;
typedef NTSTATUS EVT_WDF_DEVICE_RELEASE_HARDWARE(WDFDEVICE Device,
    WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_RELEASE_HARDWARE *PFN_WDF_DEVICE_RELEASE_HARDWARE;
typedef VOID EVT_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP *PFN_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP;
typedef VOID EVT_WDF_DEVICE_SELF_MANAGED_IO_FLUSH(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_FLUSH *PFN_WDF_DEVICE_SELF_MANAGED_IO_FLUSH;
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_INIT(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_INIT *PFN_WDF_DEVICE_SELF_MANAGED_IO_INIT;
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND *PFN_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND;
typedef NTSTATUS EVT_WDF_DEVICE_SELF_MANAGED_IO_RESTART(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SELF_MANAGED_IO_RESTART *PFN_WDF_DEVICE_SELF_MANAGED_IO_RESTART;
typedef NTSTATUS EVT_WDF_DEVICE_QUERY_STOP(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_QUERY_STOP *PFN_WDF_DEVICE_QUERY_STOP;
typedef NTSTATUS EVT_WDF_DEVICE_QUERY_REMOVE(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_QUERY_REMOVE *PFN_WDF_DEVICE_QUERY_REMOVE;
typedef VOID EVT_WDF_DEVICE_SURPRISE_REMOVAL(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SURPRISE_REMOVAL *PFN_WDF_DEVICE_SURPRISE_REMOVAL;
typedef VOID EVT_WDF_DEVICE_USAGE_NOTIFICATION(WDFDEVICE Device,
    WDF_SPECIAL_FILE_TYPE NotificationType, BOOLEAN IsInNotificationPath);
typedef EVT_WDF_DEVICE_USAGE_NOTIFICATION *PFN_WDF_DEVICE_USAGE_NOTIFICATION;
typedef NTSTATUS EVT_WDF_DEVICE_USAGE_NOTIFICATION_EX(WDFDEVICE Device,
    WDF_SPECIAL_FILE_TYPE NotificationType, BOOLEAN IsInNotificationPath);
typedef EVT_WDF_DEVICE_USAGE_NOTIFICATION_EX *PFN_WDF_DEVICE_USAGE_NOTIFICATION_EX;
typedef VOID EVT_WDF_DEVICE_RELATIONS_QUERY(WDFDEVICE Device, DEVICE_RELATION_TYPE RelationType);
typedef EVT_WDF_DEVICE_RELATIONS_QUERY *PFN_WDF_DEVICE_RELATIONS_QUERY;
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_S0(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_S0 *PFN_WDF_DEVICE_ARM_WAKE_FROM_S0;
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_SX(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_SX *PFN_WDF_DEVICE_ARM_WAKE_FROM_SX;
typedef NTSTATUS EVT_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON(WDFDEVICE Device,
    BOOLEAN DeviceWakeEnabled, BOOLEAN ChildrenArmedForWake);
typedef EVT_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON *PFN_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON;
typedef VOID EVT_WDF_DEVICE_DISARM_WAKE_FROM_S0(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISARM_WAKE_FROM_S0 *PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0;
typedef VOID EVT_WDF_DEVICE_DISARM_WAKE_FROM_SX(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISARM_WAKE_FROM_SX *PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX;
typedef VOID EVT_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED *PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED;
typedef VOID EVT_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED *PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED;
typedef NTSTATUS EVT_WDFDEVICE_WDM_IRP_PREPROCESS(WDFDEVICE Device, PIRP Irp);
typedef EVT_WDFDEVICE_WDM_IRP_PREPROCESS *PFN_WDFDEVICE_WDM_IRP_PREPROCESS;
typedef NTSTATUS EVT_WDFDEVICE_WDM_IRP_DISPATCH(WDFDEVICE Device, UCHAR MajorFunction,
    UCHAR MinorFunction, ULONG Code, WDFCONTEXT DriverContext, PIRP Irp,
    WDFCONTEXT DispatchContext);
typedef EVT_WDFDEVICE_WDM_IRP_DISPATCH *PFN_WDFDEVICE_WDM_IRP_DISPATCH;
typedef VOID EVT_WDF_IO_IN_CALLER_CONTEXT(WDFDEVICE Device, WDFREQUEST Request);
typedef EVT_WDF_IO_IN_CALLER_CONTEXT *PFN_WDF_IO_IN_CALLER_CONTEXT;
typedef NTSTATUS EVT_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE(WDFDEVICE Device, POHANDLE PoHandle);
typedef EVT_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE *PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE;
typedef VOID EVT_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE(WDFDEVICE Device, POHANDLE PoHandle);
typedef EVT_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE *PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE;

typedef struct _WDF_PNPPOWER_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_D0_ENTRY EvtDeviceD0Entry;
    PFN_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED EvtDeviceD0EntryPostInterruptsEnabled;
    PFN_WDF_DEVICE_D0_EXIT EvtDeviceD0Exit;
    PFN_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED EvtDeviceD0ExitPreInterruptsDisabled;
    PFN_WDF_DEVICE_PREPARE_HARDWARE EvtDevicePrepareHardware;
    PFN_WDF_DEVICE_RELEASE_HARDWARE EvtDeviceReleaseHardware;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_CLEANUP EvtDeviceSelfManagedIoCleanup;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_FLUSH EvtDeviceSelfManagedIoFlush;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_INIT EvtDeviceSelfManagedIoInit;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_SUSPEND EvtDeviceSelfManagedIoSuspend;
    PFN_WDF_DEVICE_SELF_MANAGED_IO_RESTART EvtDeviceSelfManagedIoRestart;
    PFN_WDF_DEVICE_SURPRISE_REMOVAL EvtDeviceSurpriseRemoval;
    PFN_WDF_DEVICE_QUERY_REMOVE EvtDeviceQueryRemove;
    PFN_WDF_DEVICE_QUERY_STOP EvtDeviceQueryStop;
    PFN_WDF_DEVICE_USAGE_NOTIFICATION EvtDeviceUsageNotification;
    PFN_WDF_DEVICE_RELATIONS_QUERY EvtDeviceRelationsQuery;
    PFN_WDF_DEVICE_USAGE_NOTIFICATION_EX EvtDeviceUsageNotificationEx;
} WDF_PNPPOWER_EVENT_CALLBACKS, *PWDF_PNPPOWER_EVENT_CALLBACKS;

typedef struct _WDF_POWER_POLICY_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_S0 EvtDeviceArmWakeFromS0;
    PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0 EvtDeviceDisarmWakeFromS0;
    PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED EvtDeviceWakeFromS0Triggered;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_SX EvtDeviceArmWakeFromSx;
    PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX EvtDeviceDisarmWakeFromSx;
    PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED EvtDeviceWakeFromSxTriggered;
    PFN_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON EvtDeviceArmWakeFromSxWithReason;
} WDF_POWER_POLICY_EVENT_CALLBACKS, *PWDF_POWER_POLICY_EVENT_CALLBACKS;

DDK_INLINE VOID WDF_PNPPOWER_EVENT_CALLBACKS_INIT(PWDF_PNPPOWER_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(*Callbacks));
    Callbacks->Size = sizeof(*Callbacks);
}

DDK_INLINE VOID WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(PWDF_POWER_POLICY_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(*Callbacks));
    Callbacks->Size = sizeof(*Callbacks);
}

DDK_INLINE ULONG WdfDevStateNormalize(ULONG State) { return State & ~(ULONG)WdfDevStateNP; }
DDK_INLINE BOOLEAN WdfDevStateIsNP(ULONG State) { return (State & WdfDevStateNP) != 0; }

typedef struct _WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS {
    ULONG Size;
    WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps;
    DEVICE_POWER_STATE DxState;
    ULONG IdleTimeout; /* ms */
    WDF_POWER_POLICY_S0_IDLE_USER_CONTROL UserControlOfIdleSettings;
    WDF_TRI_STATE Enabled;
    WDF_TRI_STATE PowerUpIdleDeviceOnSystemWake;
    WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE IdleTimeoutType;
    WDF_TRI_STATE ExcludeD3Cold;
} WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, *PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS;

DDK_INLINE VOID WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings,
                                                           WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps)
{
    RtlZeroMemory(Settings, sizeof(*Settings));
    Settings->Size = sizeof(*Settings);
    Settings->IdleCaps = IdleCaps;
    if (IdleCaps == IdleCannotWakeFromS0)
        Settings->DxState = PowerDeviceD3;
    else if (IdleCaps == IdleCanWakeFromS0 || IdleCaps == IdleUsbSelectiveSuspend)
        Settings->DxState = PowerDeviceMaximum; /* the deepest from which the device can wake */
    Settings->IdleTimeout = IdleTimeoutDefaultValue;
    Settings->UserControlOfIdleSettings = IdleAllowUserControl;
    Settings->Enabled = WdfUseDefault;
    Settings->PowerUpIdleDeviceOnSystemWake = WdfUseDefault;
    Settings->IdleTimeoutType = DriverManagedIdleTimeout;
    Settings->ExcludeD3Cold = WdfUseDefault;
}

typedef struct _WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS {
    ULONG Size;
    DEVICE_POWER_STATE DxState;
    WDF_POWER_POLICY_SX_WAKE_USER_CONTROL UserControlOfWakeSettings;
    WDF_TRI_STATE Enabled;
    BOOLEAN ArmForWakeIfChildrenAreArmedForWake;
    BOOLEAN IndicateChildWakeOnParentWake;
} WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS, *PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS;

DDK_INLINE VOID WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings)
{
    RtlZeroMemory(Settings, sizeof(*Settings));
    Settings->Size = sizeof(*Settings);
    Settings->DxState = PowerDeviceMaximum;
    Settings->UserControlOfWakeSettings = WakeAllowUserControl;
    Settings->Enabled = WdfUseDefault;
}

typedef struct _WDF_DEVICE_STATE {
    ULONG Size;
    WDF_TRI_STATE Disabled, DontDisplayInUI, Failed, NotDisableable, Removed, ResourcesChanged;
    WDF_TRI_STATE AssignedToGuest;
} WDF_DEVICE_STATE, *PWDF_DEVICE_STATE;

DDK_INLINE VOID WDF_DEVICE_STATE_INIT(PWDF_DEVICE_STATE PnpDeviceState)
{
    RtlZeroMemory(PnpDeviceState, sizeof(*PnpDeviceState));
    PnpDeviceState->Size = sizeof(*PnpDeviceState);
    PnpDeviceState->Disabled = PnpDeviceState->DontDisplayInUI = WdfUseDefault;
    PnpDeviceState->Failed = PnpDeviceState->NotDisableable = WdfUseDefault;
    PnpDeviceState->Removed = PnpDeviceState->ResourcesChanged = WdfUseDefault;
    PnpDeviceState->AssignedToGuest = WdfUseDefault;
}

typedef struct _WDF_DEVICE_PNP_CAPABILITIES {
    ULONG Size;
    WDF_TRI_STATE LockSupported, EjectSupported, Removable, DockDevice, UniqueID, SilentInstall;
    WDF_TRI_STATE SurpriseRemovalOK, HardwareDisabled, NoDisplayInUI;
    ULONG Address, UINumber;
} WDF_DEVICE_PNP_CAPABILITIES, *PWDF_DEVICE_PNP_CAPABILITIES;

DDK_INLINE VOID WDF_DEVICE_PNP_CAPABILITIES_INIT(PWDF_DEVICE_PNP_CAPABILITIES Caps)
{
    RtlZeroMemory(Caps, sizeof(*Caps));
    Caps->Size = sizeof(*Caps);
    Caps->LockSupported = Caps->EjectSupported = Caps->Removable = WdfUseDefault;
    Caps->DockDevice = Caps->UniqueID = Caps->SilentInstall = WdfUseDefault;
    Caps->SurpriseRemovalOK = Caps->HardwareDisabled = Caps->NoDisplayInUI = WdfUseDefault;
    Caps->Address = Caps->UINumber = (ULONG)-1;
}

typedef struct _WDF_DEVICE_POWER_CAPABILITIES {
    ULONG Size;
    WDF_TRI_STATE DeviceD1, DeviceD2, WakeFromD0, WakeFromD1, WakeFromD2, WakeFromD3;
    DEVICE_POWER_STATE DeviceState[PowerSystemMaximum];
    DEVICE_POWER_STATE DeviceWake;
    SYSTEM_POWER_STATE SystemWake;
    ULONG D1Latency, D2Latency, D3Latency; /* 100 us units */
    DEVICE_POWER_STATE IdealDxStateForSx;
} WDF_DEVICE_POWER_CAPABILITIES, *PWDF_DEVICE_POWER_CAPABILITIES;

DDK_INLINE VOID WDF_DEVICE_POWER_CAPABILITIES_INIT(PWDF_DEVICE_POWER_CAPABILITIES Caps)
{
    ULONG state;

    RtlZeroMemory(Caps, sizeof(*Caps));
    Caps->Size = sizeof(*Caps);
    Caps->DeviceD1 = Caps->DeviceD2 = Caps->WakeFromD0 = WdfUseDefault;
    Caps->WakeFromD1 = Caps->WakeFromD2 = Caps->WakeFromD3 = WdfUseDefault;
    for (state = 0; state < PowerSystemMaximum; state++)
        Caps->DeviceState[state] = PowerDeviceMaximum;
    Caps->DeviceWake = Caps->IdealDxStateForSx = PowerDeviceMaximum;
    Caps->SystemWake = PowerSystemMaximum;
    Caps->D1Latency = Caps->D2Latency = Caps->D3Latency = (ULONG)-1;
}

typedef enum _WDF_REMOVE_LOCK_OPTIONS_FLAGS {
    WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO = 1
} WDF_REMOVE_LOCK_OPTIONS_FLAGS;

typedef struct _WDF_REMOVE_LOCK_OPTIONS {
    ULONG Size;
    ULONG Flags;
} WDF_REMOVE_LOCK_OPTIONS, *PWDF_REMOVE_LOCK_OPTIONS;

DDK_INLINE VOID WDF_REMOVE_LOCK_OPTIONS_INIT(PWDF_REMOVE_LOCK_OPTIONS RemoveLockOptions, ULONG Flags)
{
    RemoveLockOptions->Size = sizeof(*RemoveLockOptions);
    RemoveLockOptions->Flags = Flags;
}

typedef struct _WDF_POWER_FRAMEWORK_SETTINGS {
    ULONG Size;
    PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE EvtDeviceWdmPostPoFxRegisterDevice;
    PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE EvtDeviceWdmPrePoFxUnregisterDevice;
    PPO_FX_COMPONENT Component;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
    PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
    PVOID PoFxDeviceContext;
    ULONGLONG PoFxDeviceFlags;
    WDF_TRI_STATE DirectedPoFxEnabled;
} WDF_POWER_FRAMEWORK_SETTINGS, *PWDF_POWER_FRAMEWORK_SETTINGS;

DDK_INLINE VOID WDF_POWER_FRAMEWORK_SETTINGS_INIT(PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings)
{
    RtlZeroMemory(PowerFrameworkSettings, sizeof(*PowerFrameworkSettings));
    PowerFrameworkSettings->Size = sizeof(*PowerFrameworkSettings);
    PowerFrameworkSettings->DirectedPoFxEnabled = WdfUseDefault;
}

typedef struct _WDF_IO_TYPE_CONFIG {
    ULONG Size;
    WDF_DEVICE_IO_TYPE ReadWriteIoType;
    WDF_DEVICE_IO_TYPE DeviceControlIoType;
    ULONG DirectTransferThreshold; /* bytes */
} WDF_IO_TYPE_CONFIG, *PWDF_IO_TYPE_CONFIG;

DDK_INLINE VOID WDF_IO_TYPE_CONFIG_INIT(PWDF_IO_TYPE_CONFIG IoTypeConfig)
{
    RtlZeroMemory(IoTypeConfig, sizeof(*IoTypeConfig));
    IoTypeConfig->Size = sizeof(*IoTypeConfig);
    IoTypeConfig->ReadWriteIoType = IoTypeConfig->DeviceControlIoType = WdfDeviceIoBuffered;
}

typedef struct _WDF_DEVICE_PROPERTY_DATA {
    ULONG Size;
    const DEVPROPKEY *PropertyKey;
    LCID Lcid;
    ULONG Flags;
} WDF_DEVICE_PROPERTY_DATA, *PWDF_DEVICE_PROPERTY_DATA;

DDK_INLINE VOID WDF_DEVICE_PROPERTY_DATA_INIT(PWDF_DEVICE_PROPERTY_DATA PropertyData,
                                              const DEVPROPKEY *PropertyKey)
{
    RtlZeroMemory(PropertyData, sizeof(*PropertyData));
    PropertyData->Size = sizeof(*PropertyData);
    PropertyData->PropertyKey = PropertyKey;
}

WDF_FV(WdfDeviceGetDeviceState, (WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState), (Device, DeviceState))
WDF_FV(WdfDeviceSetDeviceState, (WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState), (Device, DeviceState))
WDF_FN(WDFDEVICE, WdfWdmDeviceGetWdfDeviceHandle, (PDEVICE_OBJECT DeviceObject), (DeviceObject))
WDF_FN(PDEVICE_OBJECT, WdfDeviceWdmGetDeviceObject, (WDFDEVICE Device), (Device))
WDF_FN(PDEVICE_OBJECT, WdfDeviceWdmGetAttachedDevice, (WDFDEVICE Device), (Device))
WDF_FN(PDEVICE_OBJECT, WdfDeviceWdmGetPhysicalDevice, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceWdmDispatchPreprocessedIrp, (WDFDEVICE Device, PIRP Irp), (Device, Irp))
WDF_FN(NTSTATUS, WdfDeviceWdmDispatchIrp, (WDFDEVICE Device, PIRP Irp, WDFCONTEXT DispatchContext), (Device, Irp, DispatchContext))
WDF_FN(NTSTATUS, WdfDeviceWdmDispatchIrpToIoQueue, (WDFDEVICE Device, PIRP Irp, WDFQUEUE Queue, ULONG Flags), (Device, Irp, Queue, Flags))
WDF_FN(NTSTATUS, WdfDeviceAddDependentUsageDeviceObject, (WDFDEVICE Device, PDEVICE_OBJECT DependentDevice), (Device, DependentDevice))
WDF_FV(WdfDeviceRemoveDependentUsageDeviceObject, (WDFDEVICE Device, PDEVICE_OBJECT DependentDevice), (Device, DependentDevice))
WDF_FN(NTSTATUS, WdfDeviceAddRemovalRelationsPhysicalDevice, (WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice), (Device, PhysicalDevice))
WDF_FV(WdfDeviceRemoveRemovalRelationsPhysicalDevice, (WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice), (Device, PhysicalDevice))
WDF_FV(WdfDeviceClearRemovalRelationsDevices, (WDFDEVICE Device), (Device))
WDF_FN(WDFDRIVER, WdfDeviceGetDriver, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceRetrieveDeviceName, (WDFDEVICE Device, WDFSTRING String), (Device, String))
WDF_FN(NTSTATUS, WdfDeviceAssignMofResourceName, (WDFDEVICE Device, PCUNICODE_STRING MofResourceName), (Device, MofResourceName))
WDF_FN(WDFIOTARGET, WdfDeviceGetIoTarget, (WDFDEVICE Device), (Device))
WDF_FN(WDF_DEVICE_PNP_STATE, WdfDeviceGetDevicePnpState, (WDFDEVICE Device), (Device))
WDF_FN(WDF_DEVICE_POWER_STATE, WdfDeviceGetDevicePowerState, (WDFDEVICE Device), (Device))
WDF_FN(WDF_DEVICE_POWER_POLICY_STATE, WdfDeviceGetDevicePowerPolicyState, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceAssignS0IdleSettings, (WDFDEVICE Device, PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings), (Device, Settings))
WDF_FN(NTSTATUS, WdfDeviceAssignSxWakeSettings, (WDFDEVICE Device, PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings), (Device, Settings))
WDF_FN(NTSTATUS, WdfDeviceOpenRegistryKey, (WDFDEVICE Device, ULONG DeviceInstanceKeyType, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (Device, DeviceInstanceKeyType, DesiredAccess, KeyAttributes, Key))
WDF_FN(NTSTATUS, WdfDeviceOpenDevicemapKey, (WDFDEVICE Device, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (Device, KeyName, DesiredAccess, KeyAttributes, Key))
WDF_FV(WdfDeviceSetSpecialFileSupport, (WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE FileType, BOOLEAN FileTypeIsSupported), (Device, FileType, FileTypeIsSupported))
WDF_FV(WdfDeviceSetCharacteristics, (WDFDEVICE Device, ULONG DeviceCharacteristics), (Device, DeviceCharacteristics))
WDF_FN(ULONG, WdfDeviceGetCharacteristics, (WDFDEVICE Device), (Device))
WDF_FN(ULONG, WdfDeviceGetAlignmentRequirement, (WDFDEVICE Device), (Device))
WDF_FV(WdfDeviceSetAlignmentRequirement, (WDFDEVICE Device, ULONG AlignmentRequirement), (Device, AlignmentRequirement))
WDF_FV(WdfDeviceInitFree, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FV(WdfDeviceInitSetPnpPowerEventCallbacks, (PWDFDEVICE_INIT DeviceInit, PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks), (DeviceInit, PnpPowerEventCallbacks))
WDF_FV(WdfDeviceInitSetPowerPolicyEventCallbacks, (PWDFDEVICE_INIT DeviceInit, PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks), (DeviceInit, PowerPolicyEventCallbacks))
WDF_FV(WdfDeviceInitSetPowerPolicyOwnership, (PWDFDEVICE_INIT DeviceInit, BOOLEAN IsPowerPolicyOwner), (DeviceInit, IsPowerPolicyOwner))
WDF_FN(NTSTATUS, WdfDeviceInitRegisterPnpStateChangeCallback, (PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState, PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes), (DeviceInit, PnpState, EvtDevicePnpStateChange, CallbackTypes))
WDF_FN(NTSTATUS, WdfDeviceInitRegisterPowerStateChangeCallback, (PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_STATE PowerState, PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes), (DeviceInit, PowerState, EvtDevicePowerStateChange, CallbackTypes))
WDF_FN(NTSTATUS, WdfDeviceInitRegisterPowerPolicyStateChangeCallback, (PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState, PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange, ULONG CallbackTypes), (DeviceInit, PowerPolicyState, EvtDevicePowerPolicyStateChange, CallbackTypes))
WDF_FV(WdfDeviceInitSetExclusive, (PWDFDEVICE_INIT DeviceInit, BOOLEAN IsExclusive), (DeviceInit, IsExclusive))
WDF_FV(WdfDeviceInitSetIoType, (PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_IO_TYPE IoType), (DeviceInit, IoType))
WDF_FV(WdfDeviceInitSetPowerNotPageable, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FV(WdfDeviceInitSetPowerPageable, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FV(WdfDeviceInitSetPowerInrush, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FV(WdfDeviceInitSetDeviceType, (PWDFDEVICE_INIT DeviceInit, DEVICE_TYPE DeviceType), (DeviceInit, DeviceType))
WDF_FN(NTSTATUS, WdfDeviceInitAssignName, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceName), (DeviceInit, DeviceName))
WDF_FN(NTSTATUS, WdfDeviceInitAssignSDDLString, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING SDDLString), (DeviceInit, SDDLString))
WDF_FV(WdfDeviceInitSetDeviceClass, (PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid), (DeviceInit, DeviceClassGuid))
WDF_FV(WdfDeviceInitSetCharacteristics, (PWDFDEVICE_INIT DeviceInit, ULONG DeviceCharacteristics, BOOLEAN OrInValues), (DeviceInit, DeviceCharacteristics, OrInValues))
WDF_FV(WdfDeviceInitSetFileObjectConfig, (PWDFDEVICE_INIT DeviceInit, PWDF_FILEOBJECT_CONFIG FileObjectConfig, PWDF_OBJECT_ATTRIBUTES FileObjectAttributes), (DeviceInit, FileObjectConfig, FileObjectAttributes))
WDF_FV(WdfDeviceInitSetRequestAttributes, (PWDFDEVICE_INIT DeviceInit, PWDF_OBJECT_ATTRIBUTES RequestAttributes), (DeviceInit, RequestAttributes))
WDF_FN(NTSTATUS, WdfDeviceInitAssignWdmIrpPreprocessCallback, (PWDFDEVICE_INIT DeviceInit, PFN_WDFDEVICE_WDM_IRP_PREPROCESS EvtDeviceWdmIrpPreprocess, UCHAR MajorFunction, PUCHAR MinorFunctions, ULONG NumMinorFunctions), (DeviceInit, EvtDeviceWdmIrpPreprocess, MajorFunction, MinorFunctions, NumMinorFunctions))
WDF_FV(WdfDeviceInitSetIoInCallerContextCallback, (PWDFDEVICE_INIT DeviceInit, PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext), (DeviceInit, EvtIoInCallerContext))
WDF_FV(WdfDeviceInitSetRemoveLockOptions, (PWDFDEVICE_INIT DeviceInit, PWDF_REMOVE_LOCK_OPTIONS Options), (DeviceInit, Options))
WDF_FN(NTSTATUS, WdfDeviceCreate, (PWDFDEVICE_INIT *DeviceInit, PWDF_OBJECT_ATTRIBUTES DeviceAttributes, WDFDEVICE *Device), (DeviceInit, DeviceAttributes, Device))
WDF_FV(WdfDeviceSetStaticStopRemove, (WDFDEVICE Device, BOOLEAN Stoppable), (Device, Stoppable))
WDF_FN(NTSTATUS, WdfDeviceCreateDeviceInterface, (WDFDEVICE Device, CONST GUID *InterfaceClassGUID, PCUNICODE_STRING ReferenceString), (Device, InterfaceClassGUID, ReferenceString))
WDF_FV(WdfDeviceSetDeviceInterfaceState, (WDFDEVICE Device, CONST GUID *InterfaceClassGUID, PCUNICODE_STRING ReferenceString, BOOLEAN IsInterfaceEnabled), (Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled))
WDF_FV(WdfDeviceSetDeviceInterfaceStateEx, (WDFDEVICE Device, CONST GUID *InterfaceClassGUID, PCUNICODE_STRING ReferenceString, BOOLEAN IsInterfaceEnabled), (Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled))
WDF_FN(NTSTATUS, WdfDeviceRetrieveDeviceInterfaceString, (WDFDEVICE Device, CONST GUID *InterfaceClassGUID, PCUNICODE_STRING ReferenceString, WDFSTRING String), (Device, InterfaceClassGUID, ReferenceString, String))
WDF_FN(NTSTATUS, WdfDeviceCreateSymbolicLink, (WDFDEVICE Device, PCUNICODE_STRING SymbolicLinkName), (Device, SymbolicLinkName))
WDF_FN(NTSTATUS, WdfDeviceQueryProperty, (WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength), (Device, DeviceProperty, BufferLength, PropertyBuffer, ResultLength))
WDF_FN(NTSTATUS, WdfDeviceAllocAndQueryProperty, (WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory), (Device, DeviceProperty, PoolType, PropertyMemoryAttributes, PropertyMemory))
WDF_FV(WdfDeviceSetPnpCapabilities, (WDFDEVICE Device, PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities), (Device, PnpCapabilities))
WDF_FV(WdfDeviceSetPowerCapabilities, (WDFDEVICE Device, PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities), (Device, PowerCapabilities))
WDF_FV(WdfDeviceSetBusInformationForChildren, (WDFDEVICE Device, PPNP_BUS_INFORMATION BusInformation), (Device, BusInformation))
WDF_FN(NTSTATUS, WdfDeviceIndicateWakeStatus, (WDFDEVICE Device, NTSTATUS WaitWakeStatus), (Device, WaitWakeStatus))
WDF_FV(WdfDeviceSetFailed, (WDFDEVICE Device, WDF_DEVICE_FAILED_ACTION FailedAction), (Device, FailedAction))
WDF_FN(NTSTATUS, WdfDeviceStopIdleNoTrack, (WDFDEVICE Device, BOOLEAN WaitForD0), (Device, WaitForD0))
WDF_FV(WdfDeviceResumeIdleNoTrack, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceStopIdleActual, (WDFDEVICE Device, BOOLEAN WaitForD0, PVOID Tag, LONG Line, PCCH File), (Device, WaitForD0, Tag, Line, File))
WDF_FV(WdfDeviceResumeIdleActual, (WDFDEVICE Device, PVOID Tag, LONG Line, PCCH File), (Device, Tag, Line, File))
WDF_FN(WDFFILEOBJECT, WdfDeviceGetFileObject, (WDFDEVICE Device, PFILE_OBJECT FileObject), (Device, FileObject))
WDF_FN(NTSTATUS, WdfDeviceEnqueueRequest, (WDFDEVICE Device, WDFREQUEST Request), (Device, Request))
WDF_FN(WDFQUEUE, WdfDeviceGetDefaultQueue, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceConfigureRequestDispatching, (WDFDEVICE Device, WDFQUEUE Queue, WDF_REQUEST_TYPE RequestType), (Device, Queue, RequestType))
WDF_FN(NTSTATUS, WdfDeviceConfigureWdmIrpDispatchCallback, (WDFDEVICE Device, WDFDRIVER Driver, UCHAR MajorFunction, PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch, WDFCONTEXT DriverContext), (Device, Driver, MajorFunction, EvtDeviceWdmIrpDispatch, DriverContext))
WDF_FN(POWER_ACTION, WdfDeviceGetSystemPowerAction, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfDeviceWdmAssignPowerFrameworkSettings, (WDFDEVICE Device, PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings), (Device, PowerFrameworkSettings))
WDF_FV(WdfDeviceInitSetReleaseHardwareOrderOnFailure, (PWDFDEVICE_INIT DeviceInit, WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure), (DeviceInit, ReleaseHardwareOrderOnFailure))
WDF_FV(WdfDeviceInitSetIoTypeEx, (PWDFDEVICE_INIT DeviceInit, PWDF_IO_TYPE_CONFIG IoTypeConfig), (DeviceInit, IoTypeConfig))
WDF_FN(NTSTATUS, WdfDeviceQueryPropertyEx, (WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer, PULONG RequiredSize, PDEVPROPTYPE Type), (Device, DeviceProperty, BufferLength, PropertyBuffer, RequiredSize, Type))
WDF_FN(NTSTATUS, WdfDeviceAllocAndQueryPropertyEx, (WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type), (Device, DeviceProperty, PoolType, PropertyMemoryAttributes, PropertyMemory, Type))
WDF_FN(NTSTATUS, WdfDeviceAssignProperty, (WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty, DEVPROPTYPE Type, ULONG Size, PVOID Data), (Device, DeviceProperty, Type, Size, Data))
WDF_FN(NTSTATUS, WdfDeviceRetrieveCompanionTarget, (WDFDEVICE Device, WDFCOMPANIONTARGET *CompanionTarget), (Device, CompanionTarget))

#define WdfDeviceStopIdle(Device, WaitForD0) WdfDeviceStopIdleWithTag(Device, WaitForD0, NULL)
#define WdfDeviceStopIdleWithTag(Device, WaitForD0, Tag)                                           \
    WdfDeviceStopIdleActual(Device, WaitForD0, Tag, __LINE__, __FILE__)
#define WdfDeviceResumeIdle(Device) WdfDeviceResumeIdleWithTag(Device, NULL)
#define WdfDeviceResumeIdleWithTag(Device, Tag)                                                    \
    WdfDeviceResumeIdleActual(Device, Tag, __LINE__, __FILE__)

#endif
