/*
 * Bitmaps: bit n is bit n % 32 of the n / 32nd ULONG. Nothing is said: they compute on memory of the
 * caller's. Bits beyond the size read as neither set nor clear.
 * Source: wdm/nf-wdm-rtlinitializebitmap, kernel/run-time-library-rtl-routines
 */
#include "sim/nt/rtl_priv.h"

#define NOT_FOUND 0xFFFFFFFFu

VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

static bool bit(PRTL_BITMAP map, ULONG n) { return map->Buffer[n / 32] >> (n % 32) & 1; }

/* How many bits from n on (at most `most`) have this value. */
static ULONG run(PRTL_BITMAP map, ULONG n, ULONG most, bool value)
{
    ULONG count = 0, end = map->SizeOfBitMap;
    ULONG all = value ? NOT_FOUND : 0;

    while (n < end && count < most) {
        if (n % 32 == 0 && end - n >= 32 && most - count >= 32 && map->Buffer[n / 32] == all) {
            count += 32;
            n += 32;
        } else if (bit(map, n) == value) {
            count++;
            n++;
        } else {
            break;
        }
    }
    return count;
}

static void fill(PRTL_BITMAP map, ULONG n, ULONG count, bool value)
{
    for (; count && n < map->SizeOfBitMap; n++, count--) {
        ULONG mask = 1u << (n % 32);

        map->Buffer[n / 32] = value ? map->Buffer[n / 32] | mask : map->Buffer[n / 32] & ~mask;
    }
}

VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    fill(BitMapHeader, BitNumber, 1, false);
}

VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    fill(BitMapHeader, BitNumber, 1, true);
}

BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    return BitNumber < BitMapHeader->SizeOfBitMap && bit(BitMapHeader, BitNumber);
}

/* Whole ULONGs, as the pages say: also the bits behind the last one. */
VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0xFF, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    fill(BitMapHeader, StartingIndex, NumberToClear, false);
}

VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    fill(BitMapHeader, StartingIndex, NumberToSet, true);
}

static ULONG find_from(PRTL_BITMAP map, ULONG count, ULONG from, ULONG to, bool value)
{
    for (ULONG n = from; n < to;) {
        ULONG length = run(map, n, count, value);

        if (length >= count)
            return n;
        n += length + 1;
    }
    return NOT_FOUND;
}

/* From the hint (a multiple of 8) to the end, then from the beginning. */
static ULONG find(PRTL_BITMAP map, ULONG count, ULONG hint, bool value)
{
    ULONG at;

    hint = hint < map->SizeOfBitMap ? hint & ~7u : 0;
    if (!count)
        return hint;
    if (count > map->SizeOfBitMap)
        return NOT_FOUND;
    at = find_from(map, count, hint, map->SizeOfBitMap, value);
    return at == NOT_FOUND && hint ? find_from(map, count, 0, hint, value) : at;
}

ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return find(BitMapHeader, NumberToFind, HintIndex, false);
}

ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return find(BitMapHeader, NumberToFind, HintIndex, true);
}

ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG at = find(BitMapHeader, NumberToFind, HintIndex, false);

    if (at != NOT_FOUND)
        fill(BitMapHeader, at, NumberToFind, true);
    return at;
}

ULONG RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG at = find(BitMapHeader, NumberToFind, HintIndex, true);

    if (at != NOT_FOUND)
        fill(BitMapHeader, at, NumberToFind, false);
    return at;
}

/* The next clear run at or behind `from`; length 0: none. */
static RTL_BITMAP_RUN next_clear(PRTL_BITMAP map, ULONG from)
{
    RTL_BITMAP_RUN r = { from, 0 };

    r.StartingIndex += run(map, from, NOT_FOUND, true);
    if (r.StartingIndex < map->SizeOfBitMap)
        r.NumberOfBits = run(map, r.StartingIndex, NOT_FOUND, false);
    return r;
}

/* Keeps the runs sorted, longest first, when the longest are asked for. */
ULONG RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray, ULONG SizeOfRunArray,
                       BOOLEAN LocateLongestRuns)
{
    ULONG count = 0, n = 0;

    for (;;) {
        RTL_BITMAP_RUN r = next_clear(BitMapHeader, n);
        ULONG at = count;

        if (!r.NumberOfBits || (!LocateLongestRuns && count == SizeOfRunArray))
            return count;
        n = r.StartingIndex + r.NumberOfBits;
        while (LocateLongestRuns && at && RunArray[at - 1].NumberOfBits < r.NumberOfBits) {
            if (at < SizeOfRunArray)
                RunArray[at] = RunArray[at - 1];
            at--;
        }
        if (at < SizeOfRunArray) {
            RunArray[at] = r;
            if (count < SizeOfRunArray)
                count++;
        }
    }
}

ULONG RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    RTL_BITMAP_RUN r = { 0, 0 };

    RtlFindClearRuns(BitMapHeader, &r, 1, TRUE);
    *StartingIndex = r.StartingIndex;
    return r.NumberOfBits;
}

ULONG RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex)
{
    RTL_BITMAP_RUN r = next_clear(BitMapHeader, FromIndex);

    *StartingRunIndex = r.StartingIndex;
    return r.NumberOfBits;
}

ULONG RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

ULONG RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                  PULONG StartingRunIndex)
{
    ULONG end;

    if (FromIndex >= BitMapHeader->SizeOfBitMap)
        return 0;
    for (end = FromIndex + 1; end && bit(BitMapHeader, end - 1); end--)
        ;
    *StartingRunIndex = end;
    while (*StartingRunIndex && !bit(BitMapHeader, *StartingRunIndex - 1))
        --*StartingRunIndex;
    return end - *StartingRunIndex;
}

ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    ULONG count = 0;

    for (ULONG n = 0; n < BitMapHeader->SizeOfBitMap; n += 32) {
        ULONG left = BitMapHeader->SizeOfBitMap - n;
        ULONG mask = left < 32 ? (1u << left) - 1 : NOT_FOUND;

        count += (ULONG)__builtin_popcount(BitMapHeader->Buffer[n / 32] & mask);
    }
    return count;
}

ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

static BOOLEAN are(PRTL_BITMAP map, ULONG start, ULONG length, bool value)
{
    return length && start < map->SizeOfBitMap && length <= map->SizeOfBitMap - start &&
           run(map, start, length, value) == length;
}

BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return are(BitMapHeader, StartingIndex, Length, true);
}

BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return are(BitMapHeader, StartingIndex, Length, false);
}

CCHAR RtlFindLeastSignificantBit(ULONGLONG Set) { return Set ? (CCHAR)__builtin_ctzll(Set) : -1; }

CCHAR RtlFindMostSignificantBit(ULONGLONG Set)
{
    return Set ? (CCHAR)(63 - __builtin_clzll(Set)) : -1;
}

ULONG RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target) { return (ULONG)__builtin_popcountll(Target); }
