/*
 * What rtl*.c, crt*.c and the files that print share: one formatter with Windows' format language,
 * and characters' cases.
 */
#ifndef DMACHECK_SIM_NT_RTL_H
#define DMACHECK_SIM_NT_RTL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint16_t crt_char16;

/* Upper case as RtlUpcaseUnicodeChar gives it for Latin, Greek and Cyrillic letters. */
uint16_t rtl_upcase(uint16_t c);
uint16_t rtl_downcase(uint16_t c);

/*
 * Formats into out (room for `size` characters, the terminator among them) what the Windows format
 * string asks for. format is of 8-bit characters, or of 16-bit ones when wide; out likewise.
 * Returns how many characters the whole text has, without the terminator, also when it is cut;
 * -1: the format is malformed. Text is always terminated when size > 0.
 */
int crt_format8(char *out, size_t size, const char *format, va_list args);
int crt_format16(crt_char16 *out, size_t size, const crt_char16 *format, va_list args);

/* The same without a terminator: writes at most room characters. */
int crt_raw8(char *out, size_t room, const char *format, va_list args);
int crt_raw16(crt_char16 *out, size_t room, const crt_char16 *format, va_list args);

#endif
