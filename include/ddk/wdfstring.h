/*
 * wdfstring.h: strings as framework objects.
 * Source: wdfstring/
 */
#ifndef DDK_WDFSTRING_H
#define DDK_WDFSTRING_H

WDF_FN(NTSTATUS, WdfStringCreate, (PCUNICODE_STRING UnicodeString, PWDF_OBJECT_ATTRIBUTES StringAttributes, WDFSTRING *String), (UnicodeString, StringAttributes, String))
WDF_FV(WdfStringGetUnicodeString, (WDFSTRING String, PUNICODE_STRING UnicodeString), (String, UnicodeString))

#endif
