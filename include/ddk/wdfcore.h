/*
 * wdfcore.h: times in the system's 100 ns units, and arithmetic of sizes and pointers.
 * Source: wdfcore/
 */
#ifndef DDK_WDFCORE_H
#define DDK_WDFCORE_H

#define WDF_TIMEOUT_TO_SEC ((LONGLONG)10000000)
#define WDF_TIMEOUT_TO_MS ((LONGLONG)10000)
#define WDF_TIMEOUT_TO_US ((LONGLONG)10)

/* A negative time is relative to now. */
DDK_INLINE LONGLONG WDF_REL_TIMEOUT_IN_SEC(ULONGLONG Time) { return -(LONGLONG)Time * WDF_TIMEOUT_TO_SEC; }
DDK_INLINE LONGLONG WDF_REL_TIMEOUT_IN_MS(ULONGLONG Time) { return -(LONGLONG)Time * WDF_TIMEOUT_TO_MS; }
DDK_INLINE LONGLONG WDF_REL_TIMEOUT_IN_US(ULONGLONG Time) { return -(LONGLONG)Time * WDF_TIMEOUT_TO_US; }
DDK_INLINE LONGLONG WDF_ABS_TIMEOUT_IN_SEC(ULONGLONG Time) { return (LONGLONG)Time * WDF_TIMEOUT_TO_SEC; }
DDK_INLINE LONGLONG WDF_ABS_TIMEOUT_IN_MS(ULONGLONG Time) { return (LONGLONG)Time * WDF_TIMEOUT_TO_MS; }
DDK_INLINE LONGLONG WDF_ABS_TIMEOUT_IN_US(ULONGLONG Time) { return (LONGLONG)Time * WDF_TIMEOUT_TO_US; }

DDK_INLINE size_t WDF_ALIGN_SIZE_DOWN(size_t Length, size_t AlignTo) { return Length & ~(AlignTo - 1); }
DDK_INLINE size_t WDF_ALIGN_SIZE_UP(size_t Length, size_t AlignTo)
{
    return WDF_ALIGN_SIZE_DOWN(Length + AlignTo - 1, AlignTo);
}

#define WDF_PTR_ADD_OFFSET_TYPE(_ptr, _offset, _type) ((_type)((PUCHAR)(_ptr) + (_offset)))
#define WDF_PTR_ADD_OFFSET(_ptr, _offset) WDF_PTR_ADD_OFFSET_TYPE(_ptr, _offset, PVOID)
#define WDF_PTR_GET_OFFSET(_base, _addr) ((size_t)((PUCHAR)(_addr) - (PUCHAR)(_base)))

#endif
