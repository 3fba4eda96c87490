/*
 * crt_names.h: C functions that differ between Windows and the host, under names of our own.
 *
 * Each NAME below is `ddk_` + the Windows name and is implemented by sim/nt/crt.c. Drivers say the
 * Windows name, which a macro at the end turns into ours; the simulator's files keep the host's.
 * The reasons: WCHAR has 16 bits, `long` has 32, print formats are Windows' (%I64x, %wZ, %S),
 * secure and underscore functions do not exist on the host, and rand() must carry no state of the
 * process.
 * Source: cpp/c-runtime-library/crt-alphabetical-function-reference
 */
#ifndef DDK_CRT_NAMES_H
#define DDK_CRT_NAMES_H
#include <ntdef.h>

int ddk_sprintf(char *Buffer, const char *Format, ...);
int ddk_vsprintf(char *Buffer, const char *Format, va_list Arguments);
int ddk_snprintf(char *Buffer, size_t Count, const char *Format, ...);
int ddk_vsnprintf(char *Buffer, size_t Count, const char *Format, va_list Arguments);
int ddk__snprintf(char *Buffer, size_t Count, const char *Format, ...);
int ddk__vsnprintf(char *Buffer, size_t Count, const char *Format, va_list Arguments);
int ddk__scprintf(const char *Format, ...);
int ddk__vscprintf(const char *Format, va_list Arguments);
int ddk_sprintf_s(char *Buffer, size_t SizeInBytes, const char *Format, ...);
int ddk_vsprintf_s(char *Buffer, size_t SizeInBytes, const char *Format, va_list Arguments);
int ddk__snprintf_s(char *Buffer, size_t SizeInBytes, size_t Count, const char *Format, ...);
int ddk__vsnprintf_s(char *Buffer, size_t SizeInBytes, size_t Count, const char *Format,
                     va_list Arguments);
int ddk_sscanf(const char *Buffer, const char *Format, ...);
int ddk_sscanf_s(const char *Buffer, const char *Format, ...);
int ddk_swprintf(wchar_t *Buffer, const wchar_t *Format, ...);
int ddk__swprintf(wchar_t *Buffer, const wchar_t *Format, ...);
int ddk_vswprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, va_list Arguments);
int ddk__snwprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, ...);
int ddk__vsnwprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, va_list Arguments);
int ddk__scwprintf(const wchar_t *Format, ...);
int ddk__vscwprintf(const wchar_t *Format, va_list Arguments);
int ddk_swprintf_s(wchar_t *Buffer, size_t SizeInWords, const wchar_t *Format, ...);
int ddk_vswprintf_s(wchar_t *Buffer, size_t SizeInWords, const wchar_t *Format, va_list Arguments);
int ddk__snwprintf_s(wchar_t *Buffer, size_t SizeInWords, size_t Count, const wchar_t *Format, ...);
int ddk__vsnwprintf_s(wchar_t *Buffer, size_t SizeInWords, size_t Count, const wchar_t *Format,
                      va_list Arguments);
int ddk_swscanf(const wchar_t *Buffer, const wchar_t *Format, ...);
int ddk_swscanf_s(const wchar_t *Buffer, const wchar_t *Format, ...);
size_t ddk_strnlen_s(const char *String, size_t Maximum);
int ddk_strcpy_s(char *Destination, size_t SizeInBytes, const char *Source);
int ddk_strncpy_s(char *Destination, size_t SizeInBytes, const char *Source, size_t Count);
int ddk_strcat_s(char *Destination, size_t SizeInBytes, const char *Source);
int ddk_strncat_s(char *Destination, size_t SizeInBytes, const char *Source, size_t Count);
char *ddk_strtok_s(char *String, const char *Delimiters, char **Context);
int ddk_memcpy_s(void *Destination, size_t DestinationSize, const void *Source, size_t Count);
int ddk_memmove_s(void *Destination, size_t DestinationSize, const void *Source, size_t Count);
int ddk__stricmp(const char *String1, const char *String2);
int ddk__strnicmp(const char *String1, const char *String2, size_t Count);
char *ddk__strlwr(char *String);
char *ddk__strupr(char *String);
char *ddk__strrev(char *String);
char *ddk__strset(char *String, int Character);
char *ddk__strnset(char *String, int Character, size_t Count);
size_t ddk_wcslen(const wchar_t *String);
size_t ddk_wcsnlen(const wchar_t *String, size_t Maximum);
wchar_t *ddk_wcscpy(wchar_t *Destination, const wchar_t *Source);
wchar_t *ddk_wcsncpy(wchar_t *Destination, const wchar_t *Source, size_t Count);
wchar_t *ddk_wcscat(wchar_t *Destination, const wchar_t *Source);
wchar_t *ddk_wcsncat(wchar_t *Destination, const wchar_t *Source, size_t Count);
int ddk_wcscmp(const wchar_t *String1, const wchar_t *String2);
int ddk_wcsncmp(const wchar_t *String1, const wchar_t *String2, size_t Count);
wchar_t *ddk_wcschr(const wchar_t *String, wchar_t Character);
wchar_t *ddk_wcsrchr(const wchar_t *String, wchar_t Character);
wchar_t *ddk_wcsstr(const wchar_t *String, const wchar_t *Pattern);
wchar_t *ddk_wcspbrk(const wchar_t *String, const wchar_t *Set);
size_t ddk_wcsspn(const wchar_t *String, const wchar_t *Set);
size_t ddk_wcscspn(const wchar_t *String, const wchar_t *Set);
int ddk__wcsicmp(const wchar_t *String1, const wchar_t *String2);
int ddk__wcsnicmp(const wchar_t *String1, const wchar_t *String2, size_t Count);
wchar_t *ddk__wcslwr(wchar_t *String);
wchar_t *ddk__wcsupr(wchar_t *String);
wchar_t *ddk__wcsrev(wchar_t *String);
int ddk_wcscpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source);
int ddk_wcsncpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t Count);
int ddk_wcscat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source);
int ddk_wcsncat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t Count);
wchar_t *ddk_wcstok_s(wchar_t *String, const wchar_t *Delimiters, wchar_t **Context);
wchar_t *ddk_wmemcpy(wchar_t *Destination, const wchar_t *Source, size_t Count);
wchar_t *ddk_wmemset(wchar_t *Destination, wchar_t Character, size_t Count);
int ddk_towupper(unsigned short Character);
int ddk_towlower(unsigned short Character);
int ddk_iswalpha(unsigned short Character);
int ddk_iswdigit(unsigned short Character);
int ddk_iswxdigit(unsigned short Character);
int ddk_iswalnum(unsigned short Character);
int ddk_iswspace(unsigned short Character);
int ddk_iswupper(unsigned short Character);
int ddk_iswlower(unsigned short Character);
int ddk_iswprint(unsigned short Character);
int ddk_iswpunct(unsigned short Character);
int ddk_strtol(const char *String, char **End, int Base);
unsigned int ddk_strtoul(const char *String, char **End, int Base);
long long ddk__strtoi64(const char *String, char **End, int Base);
unsigned long long ddk__strtoui64(const char *String, char **End, int Base);
int ddk_atol(const char *String);
long long ddk__atoi64(const char *String);
int ddk_labs(int Value);
int ddk_wcstol(const wchar_t *String, wchar_t **End, int Base);
unsigned int ddk_wcstoul(const wchar_t *String, wchar_t **End, int Base);
long long ddk__wcstoi64(const wchar_t *String, wchar_t **End, int Base);
unsigned long long ddk__wcstoui64(const wchar_t *String, wchar_t **End, int Base);
int ddk__wtoi(const wchar_t *String);
int ddk__wtol(const wchar_t *String);
char *ddk__itoa(int Value, char *Buffer, int Radix);
int ddk__itoa_s(int Value, char *Buffer, size_t SizeInBytes, int Radix);
char *ddk__ltoa(int Value, char *Buffer, int Radix);
char *ddk__ultoa(unsigned int Value, char *Buffer, int Radix);
char *ddk__i64toa(long long Value, char *Buffer, int Radix);
char *ddk__ui64toa(unsigned long long Value, char *Buffer, int Radix);
wchar_t *ddk__itow(int Value, wchar_t *Buffer, int Radix);
int ddk__itow_s(int Value, wchar_t *Buffer, size_t SizeInWords, int Radix);
wchar_t *ddk__ultow(unsigned int Value, wchar_t *Buffer, int Radix);
size_t ddk_mbstowcs(wchar_t *Destination, const char *Source, size_t Count);
size_t ddk_wcstombs(char *Destination, const wchar_t *Source, size_t Count);
int ddk_mbtowc(wchar_t *Destination, const char *Source, size_t Count);
int ddk_wctomb(char *Destination, wchar_t Character);
int ddk_rand(void);
void ddk_srand(unsigned int Seed);

#ifndef DDK_HOST
#define sprintf ddk_sprintf
#define vsprintf ddk_vsprintf
#define snprintf ddk_snprintf
#define vsnprintf ddk_vsnprintf
#define _snprintf ddk__snprintf
#define _vsnprintf ddk__vsnprintf
#define _scprintf ddk__scprintf
#define _vscprintf ddk__vscprintf
#define sprintf_s ddk_sprintf_s
#define vsprintf_s ddk_vsprintf_s
#define _snprintf_s ddk__snprintf_s
#define _vsnprintf_s ddk__vsnprintf_s
#define sscanf ddk_sscanf
#define sscanf_s ddk_sscanf_s
#define swprintf ddk_swprintf
#define _swprintf ddk__swprintf
#define vswprintf ddk_vswprintf
#define _snwprintf ddk__snwprintf
#define _vsnwprintf ddk__vsnwprintf
#define _scwprintf ddk__scwprintf
#define _vscwprintf ddk__vscwprintf
#define swprintf_s ddk_swprintf_s
#define vswprintf_s ddk_vswprintf_s
#define _snwprintf_s ddk__snwprintf_s
#define _vsnwprintf_s ddk__vsnwprintf_s
#define swscanf ddk_swscanf
#define swscanf_s ddk_swscanf_s
#define strnlen_s ddk_strnlen_s
#define strcpy_s ddk_strcpy_s
#define strncpy_s ddk_strncpy_s
#define strcat_s ddk_strcat_s
#define strncat_s ddk_strncat_s
#define strtok_s ddk_strtok_s
#define memcpy_s ddk_memcpy_s
#define memmove_s ddk_memmove_s
#define _stricmp ddk__stricmp
#define _strnicmp ddk__strnicmp
#define _strlwr ddk__strlwr
#define _strupr ddk__strupr
#define _strrev ddk__strrev
#define _strset ddk__strset
#define _strnset ddk__strnset
#define wcslen ddk_wcslen
#define wcsnlen ddk_wcsnlen
#define wcscpy ddk_wcscpy
#define wcsncpy ddk_wcsncpy
#define wcscat ddk_wcscat
#define wcsncat ddk_wcsncat
#define wcscmp ddk_wcscmp
#define wcsncmp ddk_wcsncmp
#define wcschr ddk_wcschr
#define wcsrchr ddk_wcsrchr
#define wcsstr ddk_wcsstr
#define wcspbrk ddk_wcspbrk
#define wcsspn ddk_wcsspn
#define wcscspn ddk_wcscspn
#define _wcsicmp ddk__wcsicmp
#define _wcsnicmp ddk__wcsnicmp
#define _wcslwr ddk__wcslwr
#define _wcsupr ddk__wcsupr
#define _wcsrev ddk__wcsrev
#define wcscpy_s ddk_wcscpy_s
#define wcsncpy_s ddk_wcsncpy_s
#define wcscat_s ddk_wcscat_s
#define wcsncat_s ddk_wcsncat_s
#define wcstok_s ddk_wcstok_s
#define wmemcpy ddk_wmemcpy
#define wmemset ddk_wmemset
#define towupper ddk_towupper
#define towlower ddk_towlower
#define iswalpha ddk_iswalpha
#define iswdigit ddk_iswdigit
#define iswxdigit ddk_iswxdigit
#define iswalnum ddk_iswalnum
#define iswspace ddk_iswspace
#define iswupper ddk_iswupper
#define iswlower ddk_iswlower
#define iswprint ddk_iswprint
#define iswpunct ddk_iswpunct
#define strtol ddk_strtol
#define strtoul ddk_strtoul
#define _strtoi64 ddk__strtoi64
#define _strtoui64 ddk__strtoui64
#define atol ddk_atol
#define _atoi64 ddk__atoi64
#define labs ddk_labs
#define wcstol ddk_wcstol
#define wcstoul ddk_wcstoul
#define _wcstoi64 ddk__wcstoi64
#define _wcstoui64 ddk__wcstoui64
#define _wtoi ddk__wtoi
#define _wtol ddk__wtol
#define _itoa ddk__itoa
#define _itoa_s ddk__itoa_s
#define _ltoa ddk__ltoa
#define _ultoa ddk__ultoa
#define _i64toa ddk__i64toa
#define _ui64toa ddk__ui64toa
#define _itow ddk__itow
#define _itow_s ddk__itow_s
#define _ultow ddk__ultow
#define mbstowcs ddk_mbstowcs
#define wcstombs ddk_wcstombs
#define mbtowc ddk_mbtowc
#define wctomb ddk_wctomb
#define rand ddk_rand
#define srand ddk_srand
#define stricmp ddk__stricmp
#define strnicmp ddk__strnicmp
#define strcmpi ddk__stricmp
#define strlwr ddk__strlwr
#define strupr ddk__strupr
#define wcsicmp ddk__wcsicmp
#define wcsnicmp ddk__wcsnicmp
#endif

#endif
