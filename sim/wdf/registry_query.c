/*
 * What a driver reads of the registry: values of any type, and those that must be of one.
 *
 * Source: wdfregistry/, microsoft/Windows-Driver-Frameworks (fxregistryapi.cpp, fxregkeykm.cpp)
 */
#include <string.h>

#include "sim/wdf/registry.h"

/* A value as it was read. */
struct value {
    ULONG type, bytes;
    void *data;     /* of the pool; NULL: nothing was taken */
    void *whose_pc; /* it goes straight into the driver's memory, for a call from here */
};

/* Reads up to `bytes` into `data` (NULL: type and length alone). STATUS_BUFFER_OVERFLOW: there is more. */
static NTSTATUS query(const struct fx_key *k, PCUNICODE_STRING name, ULONG bytes, void *data,
                      struct value *v)
{
    ULONG tag = k->object.driver->globals->DriverTag;
    ULONG length = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + (data ? bytes : 0);
    KEY_VALUE_PARTIAL_INFORMATION head = { 0 }, *info = &head;
    NTSTATUS status;
    ULONG needed;

    if (data) {
        info = ExAllocatePool2(POOL_FLAG_PAGED, length, tag);
        if (!info)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = ZwQueryValueKey(k->handle, (PUNICODE_STRING)name, KeyValuePartialInformation, info,
                             length, &needed);
    if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) {
        v->type = info->Type;
        v->bytes = info->DataLength;
    }
    if (NT_SUCCESS(status) && data && v->bytes) {
        if (v->whose_pc)
            door_range(data, v->bytes, true, v->whose_pc);
        memcpy(data, info->Data, v->bytes);
    }
    if (data)
        ExFreePoolWithTag(info, tag);
    return status;
}

/* The whole value in a block of its own, which value_free gives back. */
static NTSTATUS query_all(const struct fx_key *k, PCUNICODE_STRING name, struct value *v)
{
    NTSTATUS status = query(k, name, 0, NULL, v);

    if (!NT_SUCCESS(status) && status != STATUS_BUFFER_OVERFLOW)
        return status;
    if (!v->bytes)
        return STATUS_RESOURCE_DATA_NOT_FOUND;
    v->data = ExAllocatePool2(POOL_FLAG_PAGED, v->bytes, k->object.driver->globals->DriverTag);
    if (!v->data)
        return STATUS_INSUFFICIENT_RESOURCES;
    return query(k, name, v->bytes, v->data, v);
}

static void value_free(const struct fx_key *k, const struct value *v)
{
    if (v->data)
        ExFreePoolWithTag(v->data, k->object.driver->globals->DriverTag);
}

static bool text(ULONG type) { return type == REG_SZ || type == REG_EXPAND_SZ; }

/* One null character at the end does not count. */
static USHORT text_bytes(const WCHAR *chars, ULONG bytes)
{
    ULONG n = bytes / sizeof(WCHAR);

    return (USHORT)(n && !chars[n - 1] ? bytes - sizeof(WCHAR) : bytes);
}

/*
 * WdfRegistryQueryValue: a value of any type into the driver's buffer.
 *
 * Irql     PASSIVE_LEVEL
 * Units    ValueLength, *ValueLengthQueried: bytes
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (it is longer, or no buffer was given: type and
 *          length are told), STATUS_INVALID_PARAMETER (the name's lengths), those of ZwQueryValueKey
 * Gap      none known
 * Says     CALL (bytes), ZwQueryValueKey's, RETURN (status, bytes, type)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryqueryvalue
 */
NTSTATUS imp_WdfRegistryQueryValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                   PCUNICODE_STRING ValueName, ULONG ValueLength, PVOID Value,
                                   PULONG ValueLengthQueried, PULONG ValueType)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRegistryQueryValue, fx_handle_obj(f, Key), ValueLength, 0, 0, 0);
    struct value v = { .whose_pc = __builtin_return_address(0) };
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);

    (void)DriverGlobals;
    if (NT_SUCCESS(status)) {
        status = query(k, ValueName, ValueLength, Value, &v);
        if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) {
            if (ValueLengthQueried)
                *ValueLengthQueried = v.bytes;
            if (ValueType)
                *ValueType = v.type;
        }
    }
    call_end(&c, (uint32_t)status, v.bytes, v.type, 0);
    return status;
}

/*
 * WdfRegistryQueryMemory: a value of any type as a memory object of its size.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_RESOURCE_DATA_NOT_FOUND (the value is empty),
 *          STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER (the name's lengths), those of
 *          ZwQueryValueKey, those of the attributes
 * Gap      none known
 * Says     CALL (pool type), ZwQueryValueKey's, the pool's, RETURN (status, bytes, type)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryquerymemory
 */
NTSTATUS imp_WdfRegistryQueryMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                    PCUNICODE_STRING ValueName, POOL_TYPE PoolType,
                                    PWDF_OBJECT_ATTRIBUTES MemoryAttributes, WDFMEMORY *Memory,
                                    PULONG ValueType)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRegistryQueryMemory, fx_handle_obj(f, Key), PoolType, 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_memory *m = NULL;
    struct value v = { 0 };
    const struct fx_key *k;

    if (fx_required(f, Memory)) {
        *Memory = NULL;
        status = fx_attributes_check(f, MemoryAttributes, &rules);
        if (NT_SUCCESS(status))
            status = fx_value_of(f, Key, ValueName, &k);
        if (NT_SUCCESS(status)) {
            status = query_all(k, ValueName, &v);
            if (NT_SUCCESS(status))
                status =
                    fx_memory_create(f, d, &d->object, MemoryAttributes, PoolType, 0, v.bytes, &m);
            if (m) {
                memcpy(m->buffer, v.data, v.bytes);
                *Memory = m->object.handle;
                if (ValueType)
                    *ValueType = v.type;
            }
            value_free(k, &v);
        }
    }
    call_end(&c, (uint32_t)status, v.bytes, v.type, 0);
    return status;
}

/* Each string of a list that two null characters end. What was added is taken back when one fails. */
static NTSTATUS strings_add(struct fx *f, struct fx_driver *d, PWDF_OBJECT_ATTRIBUTES attributes,
                            const struct value *v, struct fx_collection *to)
{
    const WCHAR *chars = v->data;
    ULONG n = v->bytes / sizeof(WCHAR), before = to->count;
    NTSTATUS status = STATUS_SUCCESS;

    if (v->bytes % sizeof(WCHAR) || n < 2 || chars[n - 1] || chars[n - 2])
        return STATUS_OBJECT_TYPE_MISMATCH;
    while (NT_SUCCESS(status) && *chars) {
        struct fx_string *s;
        UNICODE_STRING one;

        RtlInitUnicodeString(&one, chars);
        status = fx_string_create(f, d, &d->object, attributes, &one, &s);
        if (NT_SUCCESS(status)) {
            status = fx_collection_insert(f, to, NULL, &s->object);
            if (!NT_SUCCESS(status))
                fx_delete(&s->object);
        }
        chars += one.Length / sizeof(WCHAR) + 1;
    }
    while (!NT_SUCCESS(status) && to->count > before)
        fx_collection_remove(f, to, to->last);
    return status;
}

/*
 * WdfRegistryQueryMultiString: a REG_MULTI_SZ value as string objects, added to a collection.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_TYPE_MISMATCH (another type, or two null characters are
 *          missing at its end), STATUS_RESOURCE_DATA_NOT_FOUND (empty),
 *          STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER (the name's lengths), those of
 *          ZwQueryValueKey, those of the attributes
 * Gap      none known
 * Says     CALL (collection), ZwQueryValueKey's, RETURN (status, number of strings in it)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryquerymultistring
 */
NTSTATUS imp_WdfRegistryQueryMultiString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                         PCUNICODE_STRING ValueName,
                                         PWDF_OBJECT_ATTRIBUTES StringsAttributes,
                                         WDFCOLLECTION Collection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryQueryMultiString, fx_handle_obj(f, Key),
                               fx_handle_obj(f, Collection), 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    struct fx_collection *to = (struct fx_collection *)fx_object_of(f, Collection, FX_COLLECTION);
    struct value v = { 0 };
    const struct fx_key *k;
    NTSTATUS status =
        to ? fx_attributes_check(f, StringsAttributes, &rules) : STATUS_INVALID_HANDLE;

    if (NT_SUCCESS(status))
        status = fx_value_of(f, Key, ValueName, &k);
    if (NT_SUCCESS(status)) {
        status = query(k, ValueName, 0, NULL, &v);
        if ((NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) && v.type != REG_MULTI_SZ)
            status = STATUS_OBJECT_TYPE_MISMATCH;
        else if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW)
            status = query_all(k, ValueName, &v);
        if (NT_SUCCESS(status))
            status = strings_add(f, d, StringsAttributes, &v, to);
        value_free(k, &v);
    }
    call_end(&c, (uint32_t)status, to ? to->count : 0, 0, 0);
    return status;
}

/* The driver's string as a buffer: its MaximumLength says how much it takes. */
static NTSTATUS text_into(const struct fx_key *k, PCUNICODE_STRING name, PUNICODE_STRING out,
                          struct value *v)
{
    NTSTATUS status;

    if (out && !out->MaximumLength)
        return STATUS_INVALID_PARAMETER;
    if (out) {
        v->data = ExAllocatePool2(POOL_FLAG_PAGED, out->MaximumLength,
                                  k->object.driver->globals->DriverTag);
        if (!v->data)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = query(k, name, out ? out->MaximumLength : 0, v->data, v);
    if (NT_SUCCESS(status) && !text(v->type))
        status = STATUS_OBJECT_TYPE_MISMATCH;
    return status;
}

/*
 * WdfRegistryQueryUnicodeString: a REG_SZ or REG_EXPAND_SZ value into the driver's string.
 *
 * Irql     PASSIVE_LEVEL
 * Units    *ValueByteLength: bytes of the value, with its null character
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (it is longer, or no string was given: the length
 *          is told), STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_PARAMETER (lengths that cannot be, no
 *          room), STATUS_INSUFFICIENT_RESOURCES, those of ZwQueryValueKey
 * Gap      none known
 * Says     CALL (bytes), ZwQueryValueKey's, RETURN (status, bytes)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryqueryunicodestring
 */
NTSTATUS imp_WdfRegistryQueryUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                           PCUNICODE_STRING ValueName, PUSHORT ValueByteLength,
                                           PUNICODE_STRING Value)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryQueryUnicodeString, fx_handle_obj(f, Key),
                               Value ? Value->MaximumLength : 0, 0, 0, 0);
    struct value v = { 0 };
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && Value)
        status = fx_unicode_check(Value);
    if (NT_SUCCESS(status)) {
        status = text_into(k, ValueName, Value, &v);
        if ((NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) && ValueByteLength)
            *ValueByteLength = (USHORT)v.bytes;
        if (NT_SUCCESS(status) && Value && v.bytes) {
            door_range(Value->Buffer, v.bytes, true, __builtin_return_address(0));
            memcpy(Value->Buffer, v.data, v.bytes);
            Value->Length = text_bytes(v.data, v.bytes);
        }
        value_free(k, &v);
    }
    call_end(&c, (uint32_t)status, v.bytes, v.type, 0);
    return status;
}

/*
 * WdfRegistryQueryString: a REG_SZ or REG_EXPAND_SZ value into a string object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_TYPE_MISMATCH, STATUS_RESOURCE_DATA_NOT_FOUND (empty),
 *          STATUS_INVALID_BUFFER_SIZE (longer than a string can be), STATUS_INSUFFICIENT_RESOURCES,
 *          STATUS_INVALID_PARAMETER (the name's lengths), those of ZwQueryValueKey
 * Gap      none known
 * Says     CALL (string), ZwQueryValueKey's, RETURN (status, bytes)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryquerystring
 */
NTSTATUS imp_WdfRegistryQueryString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                    PCUNICODE_STRING ValueName, WDFSTRING String)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryQueryString, fx_handle_obj(f, Key),
                               fx_handle_obj(f, String), 0, 0, 0);
    struct fx_string *to = fx_string_of(f, String);
    struct value v = { 0 };
    const struct fx_key *k;
    NTSTATUS status = to ? fx_value_of(f, Key, ValueName, &k) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (NT_SUCCESS(status)) {
        status = query_all(k, ValueName, &v);
        if (NT_SUCCESS(status) && !text(v.type))
            status = STATUS_OBJECT_TYPE_MISMATCH;
        else if (NT_SUCCESS(status) && v.bytes > MAXUSHORT)
            status = STATUS_INVALID_BUFFER_SIZE;
        if (NT_SUCCESS(status)) {
            UNICODE_STRING read = { .Buffer = v.data, .Length = text_bytes(v.data, v.bytes) };

            read.MaximumLength = read.Length;
            status = fx_string_assign(to, &read);
        }
        value_free(k, &v);
    }
    call_end(&c, (uint32_t)status, v.bytes, v.type, 0);
    return status;
}

/*
 * WdfRegistryQueryULong: a REG_DWORD value.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_PARAMETER (the name's
 *          lengths), those of ZwQueryValueKey
 * Gap      none known
 * Says     CALL, ZwQueryValueKey's, RETURN (status, value)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryqueryulong
 */
NTSTATUS imp_WdfRegistryQueryULong(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                   PCUNICODE_STRING ValueName, PULONG Value)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryQueryULong, fx_handle_obj(f, Key), 0, 0, 0, 0);
    KEY_VALUE_PARTIAL_INFORMATION info[2] = { 0 }; /* the second is room for the value */
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);
    ULONG read = 0, needed;

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && !fx_required(f, Value))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        status =
            ZwQueryValueKey(k->handle, (PUNICODE_STRING)ValueName, KeyValuePartialInformation, info,
                            FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG),
                            &needed);
        if ((NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) && info->Type != REG_DWORD)
            status = STATUS_OBJECT_TYPE_MISMATCH;
        if (NT_SUCCESS(status)) {
            memcpy(&read, info->Data, sizeof(read));
            *Value = read;
        }
    }
    call_end(&c, (uint32_t)status, read, 0, 0);
    return status;
}
