/*
 * What a driver writes into the registry.
 *
 * Source: wdfregistry/, microsoft/Windows-Driver-Frameworks (fxregistryapi.cpp, stringutil.cpp)
 */
#include <string.h>

#include "sim/wdf/registry.h"

#define NULL_BYTES ((ULONG)sizeof(WCHAR))

static NTSTATUS set(const struct fx_key *k, PCUNICODE_STRING name, ULONG type, const void *data,
                    ULONG bytes)
{
    return ZwSetValueKey(k->handle, (PUNICODE_STRING)name, 0, type, (PVOID)data, bytes);
}

/*
 * WdfRegistryAssignValue: makes or replaces a value of any type.
 *
 * Irql     PASSIVE_LEVEL
 * Units    ValueLength: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwSetValueKey
 * Gap      none known
 * Says     CALL (type, bytes), ZwSetValueKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignvalue
 */
NTSTATUS imp_WdfRegistryAssignValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                    PCUNICODE_STRING ValueName, ULONG ValueType, ULONG ValueLength,
                                    PVOID Value)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryAssignValue, fx_handle_obj(f, Key), ValueType,
                               ValueLength, 0, 0);
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        status = set(k, ValueName, ValueType, Value, ValueLength);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRegistryAssignMemory: makes or replaces a value with the bytes of a memory object, or a part of it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INTEGER_OVERFLOW (the part does not lie in the memory),
 *          STATUS_INVALID_PARAMETER (the name's lengths), those of ZwSetValueKey
 * Gap      with an offset and no length the framework reads the memory's whole length from there,
 *          beyond its end; that is done here, too
 * Says     CALL (memory, type), ZwSetValueKey's, RETURN (status, bytes)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignmemory
 */
NTSTATUS imp_WdfRegistryAssignMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                     PCUNICODE_STRING ValueName, ULONG ValueType, WDFMEMORY Memory,
                                     PWDFMEMORY_OFFSET MemoryOffsets)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryAssignMemory, fx_handle_obj(f, Key),
                               fx_handle_obj(f, Memory), ValueType, 0, 0);
    const struct fx_memory *m = fx_memory_of(f, Memory);
    size_t offset = MemoryOffsets ? MemoryOffsets->BufferOffset : 0, bytes = 0;
    const struct fx_key *k;
    NTSTATUS status = m ? fx_value_of(f, Key, ValueName, &k) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        status = fx_memory_offsets(m, MemoryOffsets);
    if (NT_SUCCESS(status)) {
        bytes =
            MemoryOffsets && MemoryOffsets->BufferLength ? MemoryOffsets->BufferLength : m->bytes;
        status = bytes > MAXULONG
                     ? STATUS_INTEGER_OVERFLOW
                     : set(k, ValueName, ValueType, (const char *)m->buffer + offset, (ULONG)bytes);
    }
    call_end(&c, (uint32_t)status, bytes, 0, 0);
    return status;
}

/* All strings, each with its null character, and one more; two for none. 0: not all are strings. */
static ULONG strings_bytes(const struct fx_collection *c)
{
    ULONG bytes = c->count ? NULL_BYTES : 2 * NULL_BYTES;

    for (const struct fx_member *m = c->first; m; m = m->next) {
        const struct fx_string *s = (const struct fx_string *)m->object;

        if (s->object.class->type != FX_STRING)
            return 0;
        bytes += s->value.Length + NULL_BYTES;
    }
    return bytes;
}

static void strings_copy(const struct fx_collection *c, char *to)
{
    for (const struct fx_member *m = c->first; m; m = m->next) {
        const struct fx_string *s = (const struct fx_string *)m->object;

        if (s->value.Length)
            memcpy(to, s->value.Buffer, s->value.Length);
        to += s->value.Length + NULL_BYTES; /* the block is zeroed */
    }
}

/*
 * WdfRegistryAssignMultiString: makes or replaces a REG_MULTI_SZ value with a collection of strings.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (a member is no string; the name's lengths),
 *          STATUS_INSUFFICIENT_RESOURCES, those of ZwSetValueKey
 * Gap      none known
 * Says     CALL (collection), the pool's, ZwSetValueKey's, RETURN (status, bytes)
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignmultistring
 */
NTSTATUS imp_WdfRegistryAssignMultiString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                          PCUNICODE_STRING ValueName,
                                          WDFCOLLECTION StringsCollection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryAssignMultiString, fx_handle_obj(f, Key),
                               fx_handle_obj(f, StringsCollection), 0, 0, 0);
    const struct fx_collection *from =
        (struct fx_collection *)fx_object_of(f, StringsCollection, FX_COLLECTION);
    ULONG tag = DriverGlobals->DriverTag, bytes = from ? strings_bytes(from) : 0;
    const struct fx_key *k;
    NTSTATUS status = from ? fx_value_of(f, Key, ValueName, &k) : STATUS_INVALID_HANDLE;
    char *all = NULL;

    if (NT_SUCCESS(status) && !bytes)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        all = ExAllocatePool2(POOL_FLAG_PAGED, bytes, tag);
        status = all ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (all) {
        strings_copy(from, all);
        status = set(k, ValueName, REG_MULTI_SZ, all, bytes);
        ExFreePoolWithTag(all, tag);
    }
    call_end(&c, (uint32_t)status, bytes, 0, 0);
    return status;
}

/*
 * WdfRegistryAssignUnicodeString: makes or replaces a REG_SZ value; a null character is added.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (lengths that cannot be),
 *          STATUS_INSUFFICIENT_RESOURCES, those of ZwSetValueKey
 * Gap      none known
 * Says     CALL (bytes), the pool's, ZwSetValueKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignunicodestring
 */
NTSTATUS imp_WdfRegistryAssignUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                            PCUNICODE_STRING ValueName, PCUNICODE_STRING Value)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryAssignUnicodeString, fx_handle_obj(f, Key),
                               Value ? Value->Length : 0, 0, 0, 0);
    ULONG tag = DriverGlobals->DriverTag;
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);
    char *copy = NULL;

    if (NT_SUCCESS(status))
        status = fx_required(f, Value) ? fx_unicode_check(Value) : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        copy = ExAllocatePool2(POOL_FLAG_PAGED, Value->Length + NULL_BYTES, tag);
        status = copy ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (copy) {
        if (Value->Length) {
            door_range(Value->Buffer, Value->Length, false, __builtin_return_address(0));
            memcpy(copy, Value->Buffer, Value->Length);
        }
        status = set(k, ValueName, REG_SZ, copy, Value->Length + NULL_BYTES);
        ExFreePoolWithTag(copy, tag);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRegistryAssignString: makes or replaces a REG_SZ value with a string object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwSetValueKey
 * Gap      a string object without characters, which has no buffer, is written as a null character;
 *          the framework passes a NULL pointer on
 * Says     CALL (string), ZwSetValueKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignstring
 */
NTSTATUS imp_WdfRegistryAssignString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                     PCUNICODE_STRING ValueName, WDFSTRING String)
{
    static const WCHAR none = 0;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryAssignString, fx_handle_obj(f, Key),
                               fx_handle_obj(f, String), 0, 0, 0);
    const struct fx_string *s = fx_string_of(f, String);
    const struct fx_key *k;
    NTSTATUS status = s ? fx_value_of(f, Key, ValueName, &k) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        status = set(k, ValueName, REG_SZ, s->value.Buffer ? s->value.Buffer : &none,
                     s->value.Length + NULL_BYTES);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRegistryAssignULong: makes or replaces a REG_DWORD value.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwSetValueKey
 * Gap      none known
 * Says     CALL (value), ZwSetValueKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryassignulong
 */
NTSTATUS imp_WdfRegistryAssignULong(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                    PCUNICODE_STRING ValueName, ULONG Value)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRegistryAssignULong, fx_handle_obj(f, Key), Value, 0, 0, 0);
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        status = set(k, ValueName, REG_DWORD, &Value, sizeof(Value));
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
