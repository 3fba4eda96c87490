/*
 * wdm/intrin.h: interlocked operations, fences and the compiler intrinsics that drivers use.
 *
 * Interlocked operations are inline atomics; all are full barriers, as on x64. Instructions that a
 * simulated machine must answer for (time stamps, cpuid, interrupt flag) call ddk_ functions.
 * Source: kernel/interlocked-operations, cpp/intrinsics/x64-amd64-intrinsics-list
 */
#ifndef DDK_WDM_INTRIN_H
#define DDK_WDM_INTRIN_H

/* All stores before it are visible to everybody before any later one is. */
VOID ddk_memory_barrier(VOID);
/* Says which access is one: the compiler tells the access door of a store like any other. */
VOID ddk_interlocked(const volatile void *Address);

#define DDK_ATOMIC(suffix, type)                                                                   \
    DDK_INLINE type InterlockedIncrement##suffix(type volatile *Addend)                            \
    {                                                                                              \
        ddk_interlocked(Addend);                                                                   \
        return (type)__atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);                              \
    }                                                                                              \
    DDK_INLINE type InterlockedDecrement##suffix(type volatile *Addend)                            \
    {                                                                                              \
        ddk_interlocked(Addend);                                                                   \
        return (type)__atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);                              \
    }                                                                                              \
    DDK_INLINE type InterlockedExchange##suffix(type volatile *Target, type Value)                 \
    {                                                                                              \
        ddk_interlocked(Target);                                                                   \
        return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                               \
    }                                                                                              \
    DDK_INLINE type InterlockedExchangeAdd##suffix(type volatile *Addend, type Value)              \
    {                                                                                              \
        ddk_interlocked(Addend);                                                                   \
        return (type)__atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);                          \
    }                                                                                              \
    DDK_INLINE type InterlockedAdd##suffix(type volatile *Addend, type Value)                      \
    {                                                                                              \
        ddk_interlocked(Addend);                                                                   \
        return (type)__atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);                          \
    }                                                                                              \
    DDK_INLINE type InterlockedCompareExchange##suffix(type volatile *Target, type Exchange,       \
                                                       type Comparand)                             \
    {                                                                                              \
        ddk_interlocked(Target);                                                                   \
        __atomic_compare_exchange_n(Target, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,             \
                                    __ATOMIC_SEQ_CST);                                             \
        return Comparand;                                                                          \
    }                                                                                              \
    DDK_INLINE type InterlockedAnd##suffix(type volatile *Target, type Set)                        \
    {                                                                                              \
        ddk_interlocked(Target);                                                                   \
        return (type)__atomic_fetch_and(Target, Set, __ATOMIC_SEQ_CST);                            \
    }                                                                                              \
    DDK_INLINE type InterlockedOr##suffix(type volatile *Target, type Set)                         \
    {                                                                                              \
        ddk_interlocked(Target);                                                                   \
        return (type)__atomic_fetch_or(Target, Set, __ATOMIC_SEQ_CST);                             \
    }                                                                                              \
    DDK_INLINE type InterlockedXor##suffix(type volatile *Target, type Set)                        \
    {                                                                                              \
        ddk_interlocked(Target);                                                                   \
        return (type)__atomic_fetch_xor(Target, Set, __ATOMIC_SEQ_CST);                            \
    }
DDK_ATOMIC(, LONG)
DDK_ATOMIC(64, LONG64)
DDK_ATOMIC(16, SHORT)
DDK_ATOMIC(8, CHAR)
#undef DDK_ATOMIC

DDK_INLINE PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    ddk_interlocked(Target);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
DDK_INLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *Target, PVOID Exchange,
                                                   PVOID Comparand)
{
    ddk_interlocked(Target);
    __atomic_compare_exchange_n(Target, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}
DDK_INLINE BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit)
{
    LONG Mask = (LONG)(1u << (Bit & 31));
    return (InterlockedOr(Base + (Bit >> 5), Mask) & Mask) != 0;
}
DDK_INLINE BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
    LONG Mask = (LONG)(1u << (Bit & 31));
    return (InterlockedAnd(Base + (Bit >> 5), ~Mask) & Mask) != 0;
}
DDK_INLINE BOOLEAN InterlockedBitTestAndComplement(LONG volatile *Base, LONG Bit)
{
    LONG Mask = (LONG)(1u << (Bit & 31));
    return (InterlockedXor(Base + (Bit >> 5), Mask) & Mask) != 0;
}
#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedExchangeNoFence InterlockedExchange
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedOrNoFence InterlockedOr
#define InterlockedAndNoFence InterlockedAnd
#define InterlockedExchangePointerNoFence InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer

/* wdm/nf-wdm-readulongnofence and its family: a volatile access, ordered by x64 itself. */
#define DDK_NOFENCE(Name, type)                                                                    \
    DDK_INLINE type Read##Name##NoFence(type const volatile *Source)                               \
    {                                                                                              \
        return *Source;                                                                            \
    }                                                                                              \
    DDK_INLINE type Read##Name##Acquire(type const volatile *Source)                               \
    {                                                                                              \
        return *Source;                                                                            \
    }                                                                                              \
    DDK_INLINE VOID Write##Name##NoFence(type volatile *Destination, type Value)                   \
    {                                                                                              \
        *Destination = Value;                                                                      \
    }                                                                                              \
    DDK_INLINE VOID Write##Name##Release(type volatile *Destination, type Value)                   \
    {                                                                                              \
        *Destination = Value;                                                                      \
    }
DDK_NOFENCE(UChar, UCHAR)
DDK_NOFENCE(UShort, USHORT)
DDK_NOFENCE(Long, LONG)
DDK_NOFENCE(ULong, ULONG)
DDK_NOFENCE(Long64, LONG64)
DDK_NOFENCE(ULong64, ULONG64)
DDK_NOFENCE(Pointer, PVOID)
#undef DDK_NOFENCE

DDK_INLINE VOID KeMemoryBarrier(VOID)
{
    ddk_memory_barrier();
}
#define KeMemoryBarrierWithoutFence() __asm__ __volatile__("" ::: "memory")

VOID ddk_pause(VOID);
ULONG64 ddk_rdtsc(VOID);
ULONG64 ddk_rdtscp(ULONG *Aux);
VOID ddk_cpuid(int Info[4], int Function);
VOID ddk_cpuidex(int Info[4], int Function, int SubFunction);
VOID ddk_disable(VOID);
VOID ddk_enable(VOID);
VOID ddk_halt(VOID);
VOID ddk_debugbreak(VOID);
VOID ddk_clflush(const VOID *Address);
ULONG64 ddk_readmsr(ULONG Register);
VOID ddk_writemsr(ULONG Register, ULONG64 Value);
ULONG64 ddk_readcr(ULONG Number);
VOID ddk_writecr(ULONG Number, ULONG64 Value);
ULONG64 ddk_readeflags(VOID);

#ifndef DDK_HOST
#define YieldProcessor() ddk_pause()
#define MemoryBarrier() ddk_memory_barrier()
#define _mm_pause() ddk_pause()
#define _mm_mfence() ddk_memory_barrier()
#define _mm_lfence() __sync_synchronize()
#define _mm_sfence() ddk_memory_barrier()
#define _mm_clflush(p) ddk_clflush(p)
#define __faststorefence() ddk_memory_barrier()
#define _ReadWriteBarrier() __asm__ __volatile__("" ::: "memory")
#define _ReadBarrier() __asm__ __volatile__("" ::: "memory")
#define _WriteBarrier() __asm__ __volatile__("" ::: "memory")
#define __rdtsc() ddk_rdtsc()
#define __rdtscp(aux) ddk_rdtscp(aux)
#define ReadTimeStampCounter() ddk_rdtsc()
#define __cpuid(info, leaf) ddk_cpuid(info, leaf)
#define __cpuidex(info, leaf, sub) ddk_cpuidex(info, leaf, sub)
#define _disable() ddk_disable()
#define _enable() ddk_enable()
#define __halt() ddk_halt()
#define __nop() ((void)0)
#define __debugbreak() ddk_debugbreak()
#define __readmsr(r) ddk_readmsr(r)
#define __writemsr(r, v) ddk_writemsr(r, v)
#define __readcr0() ddk_readcr(0)
#define __readcr2() ddk_readcr(2)
#define __readcr3() ddk_readcr(3)
#define __readcr4() ddk_readcr(4)
#define __readcr8() ddk_readcr(8)
#define __writecr0(v) ddk_writecr(0, v)
#define __writecr3(v) ddk_writecr(3, v)
#define __writecr4(v) ddk_writecr(4, v)
#define __writecr8(v) ddk_writecr(8, v)
#define __readeflags() ddk_readeflags()
#define __inbyte(p) READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)(p))
#define __inword(p) READ_PORT_USHORT((PUSHORT)(ULONG_PTR)(p))
#define __indword(p) READ_PORT_ULONG((PULONG)(ULONG_PTR)(p))
#define __outbyte(p, v) WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)(p), v)
#define __outword(p, v) WRITE_PORT_USHORT((PUSHORT)(ULONG_PTR)(p), v)
#define __outdword(p, v) WRITE_PORT_ULONG((PULONG)(ULONG_PTR)(p), v)
#define __stosb(d, v, n) ((void)__builtin_memset(d, v, n))
#define __movsb(d, s, n) ((void)__builtin_memcpy(d, s, n))
#define __assume(x) ((void)0)
#define _byteswap_ushort(x) ((unsigned short)__builtin_bswap16(x))
#define _byteswap_ulong(x) ((unsigned int)__builtin_bswap32(x))
#define _byteswap_uint64(x) ((unsigned long long)__builtin_bswap64(x))
#define _rotl8(x, n) ((UCHAR)(((UCHAR)(x) << ((n)&7)) | ((UCHAR)(x) >> (-(n)&7))))
#define _rotr8(x, n) ((UCHAR)(((UCHAR)(x) >> ((n)&7)) | ((UCHAR)(x) << (-(n)&7))))
#define _rotl(x, n) (((ULONG)(x) << ((n)&31)) | ((ULONG)(x) >> (-(n)&31)))
#define _rotr(x, n) (((ULONG)(x) >> ((n)&31)) | ((ULONG)(x) << (-(n)&31)))
#define _lrotl(x, n) _rotl(x, n)
#define _lrotr(x, n) _rotr(x, n)
#define _rotl64(x, n) (((ULONG64)(x) << ((n)&63)) | ((ULONG64)(x) >> (-(n)&63)))
#define _rotr64(x, n) (((ULONG64)(x) >> ((n)&63)) | ((ULONG64)(x) << (-(n)&63)))
#define _ReturnAddress() __builtin_return_address(0)
#define _AddressOfReturnAddress() __builtin_frame_address(0)
#define __popcnt(x) ((ULONG)__builtin_popcount(x))
#define __popcnt64(x) ((ULONG64)__builtin_popcountll(x))
#define __umulh(a, b) ((ULONG64)(((unsigned __int128)(a) * (b)) >> 64))
#define BitScanForward ddk_bit_scan_forward
#define BitScanReverse ddk_bit_scan_reverse
#define BitScanForward64 ddk_bit_scan_forward64
#define BitScanReverse64 ddk_bit_scan_reverse64
#define _BitScanForward ddk_bit_scan_forward
#define _BitScanReverse ddk_bit_scan_reverse
#define _BitScanForward64 ddk_bit_scan_forward64
#define _BitScanReverse64 ddk_bit_scan_reverse64
#define BitTest(b, n) ((((const LONG *)(b))[(n) >> 5] >> ((n)&31)) & 1)
#define _bittest(b, n) BitTest(b, n)
#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedIncrement16 InterlockedIncrement16
#define _InterlockedIncrement64 InterlockedIncrement64
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedDecrement16 InterlockedDecrement16
#define _InterlockedDecrement64 InterlockedDecrement64
#define _InterlockedExchange InterlockedExchange
#define _InterlockedExchange8 InterlockedExchange8
#define _InterlockedExchange64 InterlockedExchange64
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd64
#define _InterlockedCompareExchange InterlockedCompareExchange
#define _InterlockedCompareExchange16 InterlockedCompareExchange16
#define _InterlockedCompareExchange64 InterlockedCompareExchange64
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer
#define _InterlockedAnd InterlockedAnd
#define _InterlockedAnd64 InterlockedAnd64
#define _InterlockedOr InterlockedOr
#define _InterlockedOr64 InterlockedOr64
#define _InterlockedXor InterlockedXor
#define _InterlockedXor64 InterlockedXor64
#define _interlockedbittestandset InterlockedBitTestAndSet
#define _interlockedbittestandreset InterlockedBitTestAndReset
#endif

DDK_INLINE UCHAR ddk_bit_scan_forward(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctz(Mask);
    return Mask != 0;
}
DDK_INLINE UCHAR ddk_bit_scan_reverse(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = 31u - (ULONG)__builtin_clz(Mask);
    return Mask != 0;
}
DDK_INLINE UCHAR ddk_bit_scan_forward64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctzll(Mask);
    return Mask != 0;
}
DDK_INLINE UCHAR ddk_bit_scan_reverse64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = 63u - (ULONG)__builtin_clzll(Mask);
    return Mask != 0;
}

#endif
