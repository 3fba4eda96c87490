/*
 * Strings as objects: a counted string of the framework's own, which always has a null character behind
 * it, in paged pool with the driver's tag.
 *
 * Source: wdfstring/, microsoft/Windows-Driver-Frameworks (fxstring.cpp, stringutil.cpp,
 *         fxvalidatefunctions.hpp)
 */
#include <string.h>

#include "sim/wdf/wdf.h"

#define NULL_BYTES ((USHORT)sizeof(WCHAR))

static void string_destroy(struct fx_object *o)
{
    struct fx_string *s = (struct fx_string *)o;

    if (s->value.Buffer)
        ExFreePoolWithTag(s->value.Buffer, o->driver->globals->DriverTag);
}

static const struct fx_class string_class = { .type = FX_STRING,
                                              .trace = OBJ_WDFSTRING,
                                              .bytes = sizeof(struct fx_string),
                                              .passive = true,
                                              .destroy = string_destroy };

NTSTATUS fx_unicode_check(const UNICODE_STRING *s)
{
    if (s->Length % sizeof(WCHAR) || s->MaximumLength % sizeof(WCHAR) ||
        (s->MaximumLength && !s->Buffer) || s->Length > s->MaximumLength)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* A buffer that is large enough stays. */
static NTSTATUS assign(ULONG tag, const UNICODE_STRING *from, UNICODE_STRING *to)
{
    if (from->Length > MAXUSHORT - NULL_BYTES)
        return STATUS_INTEGER_OVERFLOW;
    if (to->MaximumLength < from->Length + NULL_BYTES) {
        if (to->Buffer)
            ExFreePoolWithTag(to->Buffer, tag);
        *to = (UNICODE_STRING) { 0 };
        to->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, from->Length + NULL_BYTES, tag);
        if (!to->Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        to->MaximumLength = from->Length + NULL_BYTES;
    }
    if (from->Length)
        memcpy(to->Buffer, from->Buffer, from->Length);
    to->Length = from->Length;
    to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS fx_string_assign(struct fx_string *s, const UNICODE_STRING *from)
{
    return assign(s->object.driver->globals->DriverTag, from, &s->value);
}

NTSTATUS fx_string_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                          PWDF_OBJECT_ATTRIBUTES attributes, const UNICODE_STRING *from,
                          struct fx_string **out)
{
    ULONG tag = driver->globals->DriverTag;
    UNICODE_STRING value = { 0 };
    struct fx_object *o;
    NTSTATUS status = from ? assign(tag, from, &value) : STATUS_SUCCESS;

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    status = fx_object_create(f, driver, &string_class, parent, attributes, &o);
    if (!NT_SUCCESS(status)) {
        if (value.Buffer)
            ExFreePoolWithTag(value.Buffer, tag);
        return status;
    }
    *out = (struct fx_string *)o;
    (*out)->value = value;
    return STATUS_SUCCESS;
}

/*
 * WdfStringCreate: a string object, empty or with a copy of a string.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (lengths that cannot be),
 *          STATUS_INTEGER_OVERFLOW (no room for the null character), STATUS_INSUFFICIENT_RESOURCES,
 *          those of the attributes
 * Gap      none known
 * Says     CALL (bytes), what the pool says, RETURN
 * Source   wdfstring/nf-wdfstring-wdfstringcreate
 */
NTSTATUS imp_WdfStringCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PCUNICODE_STRING UnicodeString,
                             PWDF_OBJECT_ATTRIBUTES StringAttributes, WDFSTRING *String)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfStringCreate, 0,
                               UnicodeString ? UnicodeString->Length : 0, 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_string *s = NULL;

    if (fx_required(f, String)) {
        *String = NULL;
        status = fx_attributes_check(f, StringAttributes, &rules);
        if (NT_SUCCESS(status) && UnicodeString)
            status = fx_unicode_check(UnicodeString);
        if (NT_SUCCESS(status) && UnicodeString && UnicodeString->Length)
            door_range(UnicodeString->Buffer, UnicodeString->Length, false,
                       __builtin_return_address(0));
        if (NT_SUCCESS(status))
            status = fx_string_create(f, d, &d->object, StringAttributes, UnicodeString, &s);
    }
    if (s) {
        *String = s->object.handle;
        c.obj = s->object.obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfStringGetUnicodeString: the framework's own string, not a copy of its characters.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN (bytes)
 * Source   wdfstring/nf-wdfstring-wdfstringgetunicodestring
 */
VOID imp_WdfStringGetUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSTRING String,
                                   PUNICODE_STRING UnicodeString)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfStringGetUnicodeString, fx_handle_obj(f, String), 0, 0, 0, 0);
    const struct fx_string *s = fx_string_of(f, String);

    (void)DriverGlobals;
    if (s && fx_required(f, UnicodeString))
        *UnicodeString = s->value;
    call_end(&c, s ? s->value.Length : 0, 0, 0, 0);
}
