/*
 * Rtl...Registry...: the registry by path and by table, without handles.
 */
#include "sim/nt/zw_key.h"

static struct reg_name wide_name(PCWSTR text)
{
    struct reg_name n = { (const uint16_t *)text, 0 };

    while (text && text[n.count])
        n.count++;
    return n;
}

/* The key that a path is relative to; NULL: none is named, or the handle is bad. */
static NTSTATUS base_key(struct sim *s, ULONG relative_to, PCWSTR path, struct reg_key **out)
{
    struct zw_key *key;
    NTSTATUS status;

    *out = NULL;
    if (relative_to & RTL_REGISTRY_HANDLE) {
        status = zw_key_of(s, (HANDLE)path, &key);
        if (!status)
            *out = key->key;
        return status;
    }
    switch (relative_to & ~RTL_REGISTRY_OPTIONAL) {
    case RTL_REGISTRY_ABSOLUTE:
        *out = reg_root(s);
        return STATUS_SUCCESS;
    case RTL_REGISTRY_SERVICES:
        *out = reg_find(s, NULL,
                        REG_NAME(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"));
        return STATUS_SUCCESS;
    case RTL_REGISTRY_CONTROL:
        *out =
            reg_find(s, NULL, REG_NAME(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control"));
        return STATUS_SUCCESS;
    case RTL_REGISTRY_WINDOWS_NT:
        *out =
            reg_find(s, NULL,
                     REG_NAME(
                         L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion"));
        return STATUS_SUCCESS;
    case RTL_REGISTRY_DEVICEMAP:
        *out = reg_find(s, NULL, REG_NAME(L"\\Registry\\Machine\\Hardware\\DeviceMap"));
        return STATUS_SUCCESS;
    case RTL_REGISTRY_USER:
        *out = reg_find(s, NULL, REG_NAME(L"\\Registry\\User\\.Default"));
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

static NTSTATUS path_key(struct sim *s, ULONG relative_to, PCWSTR path, bool make,
                         struct reg_key **out)
{
    struct reg_key *base;
    NTSTATUS status = base_key(s, relative_to, path, &base);

    *out = NULL;
    if (status)
        return status;
    if (fault_take(s, FAULT_REGISTRY))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (relative_to & RTL_REGISTRY_HANDLE)
        *out = base;
    else if (base)
        *out = make ? reg_make(s, base, wide_name(path)) : reg_find(s, base, wide_name(path));
    if (*out)
        return STATUS_SUCCESS;
    return make ? STATUS_INSUFFICIENT_RESOURCES : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* --- RtlQueryRegistryValues --- */

struct query {
    struct sim *s;
    PVOID context;
    RTL_QUERY_REGISTRY_TABLE *row;
};

/* One value as the machine hands it round. */
struct datum {
    PWSTR name;
    ULONG type, bytes;
    PVOID data;
};

/* DIRECT and a string: into a UNICODE_STRING, whose buffer is made when there is none. */
static NTSTATUS direct_string(struct query *q, const struct datum *d)
{
    PUNICODE_STRING out = q->row->EntryContext;
    USHORT bytes = (USHORT)d->bytes;

    if (!out->Buffer) {
        out->Buffer = pool_alloc(q->s, POOL_PAGED, d->bytes + sizeof(WCHAR), 0x67655252u, true);
        if (!out->Buffer)
            return STATUS_NO_MEMORY;
        out->MaximumLength = bytes;
    } else if (out->MaximumLength < bytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(out->Buffer, d->data, bytes);
    out->Length = bytes >= 2 && !((PWSTR)d->data)[bytes / 2 - 1] ? bytes - 2 : bytes;
    return STATUS_SUCCESS;
}

/* DIRECT and anything else: up to a ULONG as it is; more into a buffer that tells its size. */
static NTSTATUS direct_bytes(struct query *q, const struct datum *d)
{
    PLONG out = q->row->EntryContext;
    ULONG room;

    if (d->bytes <= sizeof(ULONG)) {
        memcpy(out, d->data, d->bytes);
        return STATUS_SUCCESS;
    }
    if (*out < 0) { /* minus its length: data alone */
        room = (ULONG) - *out;
        if (room < d->bytes)
            return STATUS_BUFFER_TOO_SMALL;
        memcpy(out, d->data, d->bytes);
        return STATUS_SUCCESS;
    }
    room = (ULONG)*out; /* its length: length and type come first */
    if (room < d->bytes + 2 * sizeof(ULONG))
        return STATUS_BUFFER_TOO_SMALL;
    out[0] = (LONG)d->bytes;
    out[1] = (LONG)d->type;
    memcpy(out + 2, d->data, d->bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS direct(struct query *q, const struct datum *d)
{
    bool string = d->type == REG_SZ || d->type == REG_EXPAND_SZ || d->type == REG_MULTI_SZ;

    if (q->row->Flags & RTL_QUERY_REGISTRY_TYPECHECK &&
        q->row->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT != d->type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (string && q->row->Flags & RTL_QUERY_REGISTRY_NOSTRING)
        return STATUS_OBJECT_TYPE_MISMATCH;
    return string ? direct_string(q, d) : direct_bytes(q, d);
}

static NTSTATUS call_routine(struct query *q, const struct datum *d)
{
    return q->row->QueryRoutine(d->name, d->type, d->data, d->bytes, q->context,
                                q->row->EntryContext);
}

/* A MULTI_SZ reaches a routine string by string, unless the row says otherwise. */
static NTSTATUS call_each_string(struct query *q, const struct datum *d)
{
    PWSTR at = d->data, end = at + d->bytes / sizeof(WCHAR);
    NTSTATUS status = STATUS_SUCCESS;

    while (at < end && *at && !status) {
        struct datum one = { .name = d->name, .type = REG_SZ, .data = at };
        PWSTR next = at;

        while (next < end && *next)
            next++;
        one.bytes = (ULONG)((next + (next < end) - at) * sizeof(WCHAR));
        status = call_routine(q, &one);
        at = next + 1;
    }
    return status;
}

static NTSTATUS deliver(struct query *q, const struct datum *d)
{
    if (q->row->Flags & RTL_QUERY_REGISTRY_DIRECT)
        return direct(q, d);
    if (d->type == REG_MULTI_SZ && !(q->row->Flags & RTL_QUERY_REGISTRY_NOEXPAND))
        return call_each_string(q, d);
    return call_routine(q, d);
}

/* The value's bytes in pool, where a driver's routine may touch them, with its name terminated. */
static NTSTATUS deliver_value(struct query *q, const struct reg_value *v)
{
    uint32_t name_bytes = (v->name_chars + 1) * 2;
    char *room =
        pool_alloc(q->s, POOL_PAGED, align_up(name_bytes, 8) + v->size_bytes, 0x67655252u, true);
    struct datum d = { .type = v->type, .bytes = v->size_bytes };
    NTSTATUS status;

    if (!room)
        return STATUS_NO_MEMORY;
    d.name = (PWSTR)room;
    d.data = room + align_up(name_bytes, 8);
    memcpy(room, v->name, v->name_chars * 2u);
    if (v->size_bytes)
        memcpy(d.data, v->data, v->size_bytes);
    status = deliver(q, &d);
    pool_free(q->s, room, 0x67655252u);
    return status;
}

static NTSTATUS deliver_default(struct query *q)
{
    RTL_QUERY_REGISTRY_TABLE *row = q->row;
    ULONG type = row->DefaultType & ~RTL_QUERY_REGISTRY_TYPECHECK_MASK;
    struct datum d = {
        .name = row->Name, .type = type, .data = row->DefaultData, .bytes = row->DefaultLength
    };

    if (row->Flags & RTL_QUERY_REGISTRY_REQUIRED)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (type == REG_NONE)
        return STATUS_SUCCESS;
    if (!d.bytes && (type == REG_SZ || type == REG_EXPAND_SZ))
        d.bytes = (wide_name(d.data).count + 1) * 2;
    if (row->Flags & RTL_QUERY_REGISTRY_DIRECT)
        return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ
                   ? direct_string(q, &d)
                   : direct_bytes(q, &d);
    return deliver(q, &d);
}

static NTSTATUS deliver_all(struct query *q, struct reg_key *k)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct reg_value *v = k->values, *next;

    if (!v && q->row->Flags & RTL_QUERY_REGISTRY_REQUIRED)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    for (; v && !status; v = next) {
        next = v->next;
        status = deliver_value(q, v);
    }
    return status;
}

/* One row of the table. *k is the key that rows refer to until a row changes it. */
static NTSTATUS query_row(struct query *q, struct reg_key *top, struct reg_key **k)
{
    RTL_QUERY_REGISTRY_TABLE *row = q->row;
    struct reg_value *v;
    NTSTATUS status;

    if (row->Flags & RTL_QUERY_REGISTRY_TOPKEY)
        *k = top;
    if (row->Flags & RTL_QUERY_REGISTRY_SUBKEY) {
        if (!row->Name)
            return STATUS_INVALID_PARAMETER;
        *k = reg_find(q->s, top, wide_name(row->Name));
        if (!*k)
            return row->Flags & RTL_QUERY_REGISTRY_REQUIRED ? STATUS_OBJECT_NAME_NOT_FOUND
                                                            : STATUS_SUCCESS;
        return row->QueryRoutine ? deliver_all(q, *k) : STATUS_SUCCESS;
    }
    if (row->Flags & RTL_QUERY_REGISTRY_NOVALUE)
        return call_routine(q, &(struct datum) { .type = REG_NONE });
    if (!*k)
        return deliver_default(q);
    if (!row->Name)
        return row->Flags & RTL_QUERY_REGISTRY_DIRECT ? STATUS_INVALID_PARAMETER
                                                      : deliver_all(q, *k);
    v = reg_value_find(*k, wide_name(row->Name));
    if (!v)
        return deliver_default(q);
    status = deliver_value(q, v);
    if (!status && row->Flags & RTL_QUERY_REGISTRY_DELETE)
        reg_value_delete(q->s, *k, wide_name(row->Name));
    return status;
}

/*
 * RtlQueryRegistryValues: several values by a table, each into a variable or to a routine.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND, _OBJECT_TYPE_MISMATCH, _BUFFER_TOO_SMALL,
 *          _INVALID_PARAMETER, _NO_MEMORY, or what a routine returned
 * Gap      %NAME% in a REG_EXPAND_SZ is not expanded
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlqueryregistryvalues
 */
NTSTATUS RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE QueryTable,
                                PVOID Context, PVOID Environment)
{
    struct sim *s = sim_now();
    struct query q = { .s = s, .context = Context, .row = QueryTable };
    struct reg_key *top, *k;
    NTSTATUS status;
    struct call c =
        call_begin(s, API_RtlQueryRegistryValues, 0, RelativeTo, Environment != NULL, 0, 0);

    status = path_key(s, RelativeTo, Path, false, &top);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && RelativeTo & RTL_REGISTRY_OPTIONAL)
        status = STATUS_SUCCESS; /* every row then has its default */
    for (k = top; !status; q.row++) {
        if (!q.row->QueryRoutine &&
            !(q.row->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT)))
            break;
        status = query_row(&q, top, &k);
    }
    call_end(&c, (uint32_t)status, (uint64_t)(q.row - QueryTable), 0, 0);
    return status;
}

/*
 * RtlWriteRegistryValue: sets a value by path, making the key when it is missing.
 *
 * Irql     PASSIVE_LEVEL
 * Units    ValueLength: bytes
 * Returns  STATUS_SUCCESS, _INVALID_PARAMETER, _INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL with type and length, RETURN
 * Source   wdm/nf-wdm-rtlwriteregistryvalue
 */
NTSTATUS RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName, ULONG ValueType,
                               PVOID ValueData, ULONG ValueLength)
{
    struct sim *s = sim_now();
    struct reg_key *k;
    NTSTATUS status;
    struct call c =
        call_begin(s, API_RtlWriteRegistryValue, 0, RelativeTo, ValueType, ValueLength, 0);

    status = path_key(s, RelativeTo, Path, true, &k);
    if (!status)
        status = reg_value_set(s, k, wide_name(ValueName), ValueType, ValueData, ValueLength);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlDeleteRegistryValue: removes a value by path.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtldeleteregistryvalue
 */
NTSTATUS RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    struct sim *s = sim_now();
    struct reg_key *k;
    NTSTATUS status;
    struct call c = call_begin(s, API_RtlDeleteRegistryValue, 0, RelativeTo, 0, 0, 0);

    status = path_key(s, RelativeTo, Path, false, &k);
    if (!status && !reg_value_delete(s, k, wide_name(ValueName)))
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlCheckRegistryKey: whether a key exists.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlcheckregistrykey
 */
NTSTATUS RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    struct sim *s = sim_now();
    struct reg_key *k;
    NTSTATUS status;
    struct call c = call_begin(s, API_RtlCheckRegistryKey, 0, RelativeTo, 0, 0, 0);

    status = path_key(s, RelativeTo, Path, false, &k);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlCreateRegistryKey: makes a key by path, and what is missing on the way.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INVALID_PARAMETER, _INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlcreateregistrykey
 */
NTSTATUS RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    struct sim *s = sim_now();
    struct reg_key *k;
    NTSTATUS status;
    struct call c = call_begin(s, API_RtlCreateRegistryKey, 0, RelativeTo, 0, 0, 0);

    status = path_key(s, RelativeTo, Path, true, &k);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
