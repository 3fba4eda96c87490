/*
 * The rest of the run-time library: comparing memory, random numbers, versions, dates, checksums,
 * status codes, security descriptors.
 */
#include "sim/core/call.h"
#include "sim/nt/rtl_priv.h"

#define BUGCHECK_KERNEL_SECURITY_CHECK_FAILURE 0x139
#define CORRUPT_LIST_ENTRY 3
#define WINDOWS_MAJOR 10
#define WINDOWS_MINOR 0
#define WINDOWS_BUILD 22621
#define NTDDI_OF_MACHINE 0x0A00000Cu
#define TICKS_PER_DAY (864000000000ll)
#define TICKS_PER_MS 10000

/* RtlCompareMemory: how many bytes are equal from the front. Irql any if resident.
 * Source wdm/nf-wdm-rtlcomparememory */
SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
    const UCHAR *a = Source1, *b = Source2;
    SIZE_T n = 0;

    door_range(a, Length, false, __builtin_return_address(0));
    door_range(b, Length, false, __builtin_return_address(0));
    while (n < Length && a[n] == b[n])
        n++;
    return n;
}

/* RtlCopyMemoryNonTemporal: a copy that passes by the cache; to the machine, a copy. Source
 * wdm/nf-wdm-rtlcopymemorynontemporal */
VOID RtlCopyMemoryNonTemporal(VOID *Destination, const VOID *Source, SIZE_T Length)
{
    rtl_copy(Destination, Source, Length);
}

VOID RtlPrefetchMemoryNonTemporal(PVOID Source, SIZE_T Length)
{
    sched_spend(sim_now(), Source ? Length / 64 : 0);
}

/* A list whose neighbours disagree: bug check 0x139 (3). The caller cannot go on: its run ends by
 * the exception that a stop is. Source debugger/bug-check-0x139 */
VOID ddk_list_corrupt(PVOID Entry)
{
    KeBugCheckEx(BUGCHECK_KERNEL_SECURITY_CHECK_FAILURE, CORRUPT_LIST_ENTRY, (ULONG_PTR)Entry, 0,
                 0);
}

/* RtlRandomEx, RtlRandom, RtlUniform: from the caller's seed alone, 0 to MAXLONG - 1. The linear
 * step is the page's; RtlRandom's table is a Gap. Source wdm/nf-wdm-rtlrandomex */
ULONG RtlUniform(PULONG Seed)
{
    *Seed = (ULONG)((0x7FFFFFEDull * *Seed + 0x7FFFFFC3) % 0x7FFFFFFF);
    return *Seed;
}

ULONG RtlRandomEx(PULONG Seed) { return RtlUniform(Seed); }

ULONG RtlRandom(PULONG Seed) { return RtlUniform(Seed); }

/*
 * RtlGetVersion: which Windows this is.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      always Windows 11, version 22H2 (10.0.22621)
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlgetversion
 */
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_RtlGetVersion, 0, VersionInformation->dwOSVersionInfoSize, 0, 0, 0);

    VersionInformation->dwMajorVersion = WINDOWS_MAJOR;
    VersionInformation->dwMinorVersion = WINDOWS_MINOR;
    VersionInformation->dwBuildNumber = WINDOWS_BUILD;
    VersionInformation->dwPlatformId = 2; /* VER_PLATFORM_WIN32_NT */
    VersionInformation->szCSDVersion[0] = 0;
    if (VersionInformation->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW)) {
        PRTL_OSVERSIONINFOEXW ex = (PVOID)VersionInformation;

        ex->wServicePackMajor = ex->wServicePackMinor = ex->wSuiteMask = 0;
        ex->wProductType = NtProductWinNt;
        ex->wReserved = 0;
    }
    call_end(&c, STATUS_SUCCESS, WINDOWS_BUILD, 0, 0);
    return STATUS_SUCCESS;
}

/* VerSetConditionMask: three bits for each thing that may be compared. Source
 * ntddk/nf-ntddk-versetconditionmask */
ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    for (int i = 0; i < 8; i++)
        if (TypeMask >> i & 1)
            return ConditionMask | (ULONGLONG)(Condition & 7) << (i * 3);
    return ConditionMask;
}

static int condition_of(ULONGLONG mask, ULONG type)
{
    return (int)(mask >> (__builtin_ctz(type) * 3) & 7);
}

static bool holds(ULONG have, ULONG want, int condition)
{
    switch (condition) {
    case VER_EQUAL:
        return have == want;
    case VER_GREATER:
        return have > want;
    case VER_GREATER_EQUAL:
        return have >= want;
    case VER_LESS:
        return have < want;
    case VER_LESS_EQUAL:
        return have <= want;
    default:
        return false;
    }
}

/*
 * RtlVerifyVersionInfo: whether this Windows is as the driver wants it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_REVISION_MISMATCH, STATUS_INVALID_PARAMETER
 * Gap      major, minor and build numbers; service packs, suites and product types always match. The
 *          minor number counts only where the major ones are equal
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlverifyversioninfo
 */
NTSTATUS RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                              ULONGLONG ConditionMask)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlVerifyVersionInfo, 0, TypeMask, ConditionMask, 0, 0);
    bool good = true, major_equal = VersionInfo->dwMajorVersion == WINDOWS_MAJOR;
    NTSTATUS status = TypeMask && ConditionMask ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;

    if (TypeMask & VER_MAJORVERSION)
        good = holds(WINDOWS_MAJOR, VersionInfo->dwMajorVersion,
                     condition_of(ConditionMask, VER_MAJORVERSION));
    if (good && (TypeMask & VER_MINORVERSION) && (major_equal || !(TypeMask & VER_MAJORVERSION)))
        good = holds(WINDOWS_MINOR, VersionInfo->dwMinorVersion,
                     condition_of(ConditionMask, VER_MINORVERSION));
    if (good && (TypeMask & VER_BUILDNUMBER))
        good = holds(WINDOWS_BUILD, VersionInfo->dwBuildNumber,
                     condition_of(ConditionMask, VER_BUILDNUMBER));
    if (NT_SUCCESS(status) && !good)
        status = STATUS_REVISION_MISMATCH;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* RtlIsNtDdiVersionAvailable: the version word without its service pack. Source
 * wdm/nf-wdm-rtlisntddiversionavailable */
BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version)
{
    return !(Version & 0xFF00) && Version <= NTDDI_OF_MACHINE;
}

BOOLEAN RtlIsServicePackVersionInstalled(ULONG Version)
{
    return (Version & 0xFFFF0000u) == (NTDDI_OF_MACHINE & 0xFFFF0000u) && !(Version & 0xFF00);
}

/* --- dates: 100 ns units since the first day of 1601, a Monday --- */

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int month_days(int year, int month)
{
    static const unsigned char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1601-01-01 to the first day of a year. */
static LONGLONG year_start(LONGLONG year)
{
    LONGLONG y = year - 1601;

    return y * 365 + y / 4 - y / 100 + y / 400;
}

/* RtlTimeToTimeFields. Source wdm/nf-wdm-rtltimetotimefields */
VOID RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONGLONG day = Time->QuadPart / TICKS_PER_DAY;
    LONGLONG ms = Time->QuadPart % TICKS_PER_DAY / TICKS_PER_MS;
    LONGLONG year = 1601 + day / 366;
    int month = 1;

    while (year_start(year + 1) <= day)
        year++;
    TimeFields->Weekday = (CSHORT)((day + 1) % 7);
    day -= year_start(year);
    while (day >= month_days((int)year, month))
        day -= month_days((int)year, month++);
    TimeFields->Year = (CSHORT)year;
    TimeFields->Month = (CSHORT)month;
    TimeFields->Day = (CSHORT)(day + 1);
    TimeFields->Hour = (CSHORT)(ms / 3600000);
    TimeFields->Minute = (CSHORT)(ms / 60000 % 60);
    TimeFields->Second = (CSHORT)(ms / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(ms % 1000);
}

/* RtlTimeFieldsToTime: FALSE for what is no date. Source wdm/nf-wdm-rtltimefieldstotime */
BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    const TIME_FIELDS *t = TimeFields;
    LONGLONG day;

    if (t->Year < 1601 || t->Month < 1 || t->Month > 12 || t->Day < 1 ||
        t->Day > month_days(t->Year, t->Month) || t->Hour < 0 || t->Hour > 23 || t->Minute < 0 ||
        t->Minute > 59 || t->Second < 0 || t->Second > 59 || t->Milliseconds < 0 ||
        t->Milliseconds > 999)
        return FALSE;
    day = year_start(t->Year) + t->Day - 1;
    for (int m = 1; m < t->Month; m++)
        day += month_days(t->Year, m);
    Time->QuadPart = day * TICKS_PER_DAY +
                     (((LONGLONG)t->Hour * 60 + t->Minute) * 60 + t->Second) * 10000000 +
                     (LONGLONG)t->Milliseconds * TICKS_PER_MS;
    return TRUE;
}

/* --- checksums: reflected, complemented before and after. Source ntddk/nf-ntddk-rtlcrc32 --- */

ULONG RtlCrc32(const VOID *Buffer, SIZE_T Size, ULONG InitialCrc)
{
    const UCHAR *p = Buffer;
    ULONG crc = ~InitialCrc;

    door_range(p, Size, false, __builtin_return_address(0));
    while (Size--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

ULONGLONG RtlCrc64(const VOID *Buffer, SIZE_T Size, ULONGLONG InitialCrc)
{
    const UCHAR *p = Buffer;
    ULONGLONG crc = ~InitialCrc;

    door_range(p, Size, false, __builtin_return_address(0));
    while (Size--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0x9A6C9329AC4BC9B5u : 0);
    }
    return ~crc;
}

/* --- security descriptors, absolute form. Source wdm/nf-wdm-rtlcreatesecuritydescriptor --- */

#define SE_DACL_PRESENT_BIT 0x0004
#define SE_DACL_DEFAULTED_BIT 0x0008
#define SE_SELF_RELATIVE_BIT 0x8000

NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    PISECURITY_DESCRIPTOR sd = SecurityDescriptor;

    if (Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    memset(sd, 0, sizeof(*sd));
    sd->Revision = SECURITY_DESCRIPTOR_REVISION;
    return STATUS_SUCCESS;
}

BOOLEAN RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PISECURITY_DESCRIPTOR sd = SecurityDescriptor;

    return sd && sd->Revision == SECURITY_DESCRIPTOR_REVISION &&
           (!sd->Dacl || sd->Dacl->AclRevision == ACL_REVISION ||
            sd->Dacl->AclRevision == ACL_REVISION_DS);
}

NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent,
                                      PACL Dacl, BOOLEAN DaclDefaulted)
{
    PISECURITY_DESCRIPTOR sd = SecurityDescriptor;

    if (sd->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if (sd->Control & SE_SELF_RELATIVE_BIT)
        return STATUS_INVALID_SECURITY_DESCR;
    sd->Control &= (USHORT) ~(SE_DACL_PRESENT_BIT | SE_DACL_DEFAULTED_BIT);
    sd->Control |= DaclPresent ? SE_DACL_PRESENT_BIT : 0;
    sd->Control |= DaclPresent && DaclDefaulted ? SE_DACL_DEFAULTED_BIT : 0;
    sd->Dacl = DaclPresent ? Dacl : NULL;
    return STATUS_SUCCESS;
}
