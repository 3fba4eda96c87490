/*
 * wdfsync.h: the framework's locks: an object's own, spin locks, and locks that a thread waits for.
 * Source: wdfsync/, wdf/using-framework-locks
 */
#ifndef DDK_WDFSYNC_H
#define DDK_WDFSYNC_H

WDF_FV(WdfObjectAcquireLock, (WDFOBJECT Object), (Object))
WDF_FV(WdfObjectReleaseLock, (WDFOBJECT Object), (Object))
WDF_FN(NTSTATUS, WdfWaitLockCreate, (PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock), (LockAttributes, Lock))
WDF_FN(NTSTATUS, WdfWaitLockAcquire, (WDFWAITLOCK Lock, PLONGLONG Timeout), (Lock, Timeout))
WDF_FV(WdfWaitLockRelease, (WDFWAITLOCK Lock), (Lock))
WDF_FN(NTSTATUS, WdfSpinLockCreate, (PWDF_OBJECT_ATTRIBUTES SpinLockAttributes, WDFSPINLOCK *SpinLock), (SpinLockAttributes, SpinLock))
WDF_FV(WdfSpinLockAcquire, (WDFSPINLOCK SpinLock), (SpinLock))
WDF_FV(WdfSpinLockRelease, (WDFSPINLOCK SpinLock), (SpinLock))

#endif
