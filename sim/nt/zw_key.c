/*
 * Zw...Key: the registry's Windows face. Keys are walked by zw_tree.c, what a query returns is laid
 * out by zw_query.c; here are handles, paths and what the trace hears.
 */
#include "sim/nt/zw_key.h"

static void key_destroy(struct sim *s, void *body) { pool_free_internal(s, body); }

/* A key object for k and a handle to it. */
static NTSTATUS key_handle(struct sim *s, struct reg_key *k, ACCESS_MASK access, ULONG attributes,
                           HANDLE *out)
{
    struct zw_key *key = pool_alloc_internal(s, sizeof(*key));
    NTSTATUS status;

    if (!key)
        return STATUS_INSUFFICIENT_RESOURCES;
    *key = (struct zw_key) { .key = k, .obj = obj_new(&s->trace, OBJ_KEY) };
    status = ob_register(s, key, OB_KEY, key_destroy);
    if (status) {
        pool_free_internal(s, key);
        return status;
    }
    status = ob_handle_create(s, key, OB_KEY, access, attributes, out);
    ob_dereference(s, key); /* the handle's reference keeps it */
    return status;
}

NTSTATUS zw_key_open(struct sim *s, struct reg_key *k, ACCESS_MASK access, HANDLE *out)
{
    return key_handle(s, k, access, OBJ_KERNEL_HANDLE, out);
}

NTSTATUS zw_key_of(struct sim *s, HANDLE handle, struct zw_key **out)
{
    void *body;
    NTSTATUS status = ob_handle_body(s, handle, OB_KEY, 0, KernelMode, &body, NULL);

    *out = status ? NULL : body;
    if (!status && (*out)->key->deleted)
        status = STATUS_KEY_DELETED;
    return status;
}

/* Where a path starts, and whether it is one at all. */
static NTSTATUS path_start(struct sim *s, POBJECT_ATTRIBUTES a, struct reg_key **from,
                           struct reg_name *path)
{
    struct zw_key *root;
    NTSTATUS status;

    *from = NULL;
    if (!a || a->Length != sizeof(*a))
        return STATUS_INVALID_PARAMETER;
    *path = reg_name_of(a->ObjectName);
    if (a->RootDirectory) {
        status = zw_key_of(s, a->RootDirectory, &root);
        if (status)
            return status;
        *from = root->key;
        return path->count && path->chars[0] == '\\' ? STATUS_OBJECT_PATH_SYNTAX_BAD
                                                     : STATUS_SUCCESS;
    }
    return path->count && path->chars[0] == '\\' ? STATUS_SUCCESS : STATUS_OBJECT_PATH_SYNTAX_BAD;
}

static NTSTATUS open_key(struct sim *s, PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES a)
{
    struct reg_name path;
    struct reg_key *k;
    NTSTATUS status = path_start(s, a, &k, &path);

    if (status)
        return status;
    if (fault_take(s, FAULT_REGISTRY))
        return STATUS_INSUFFICIENT_RESOURCES;
    k = reg_find(s, k, path);
    return k ? key_handle(s, k, access, a->Attributes, out) : STATUS_OBJECT_NAME_NOT_FOUND;
}

/*
 * ZwOpenKey: a handle to a key that exists.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND, _OBJECT_PATH_SYNTAX_BAD, _INVALID_HANDLE (root)
 * Gap      no security descriptors: nothing is ever denied
 * Says     CALL with the access asked for and the path's length, RETURN with status and handle
 * Source   wdm/nf-wdm-zwopenkey
 */
NTSTATUS ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                   POBJECT_ATTRIBUTES ObjectAttributes)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c =
        call_begin(s, API_ZwOpenKey, 0, DesiredAccess, ObjectAttributes->Attributes,
                   ObjectAttributes->ObjectName ? ObjectAttributes->ObjectName->Length : 0, 0);

    status = open_key(s, KeyHandle, DesiredAccess, ObjectAttributes);
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*KeyHandle, 0, 0);
    return status;
}

/*
 * ZwCreateKey: opens a key, making its last component when it is missing.
 *
 * Irql     PASSIVE_LEVEL
 * Units    *Disposition: REG_CREATED_NEW_KEY or REG_OPENED_EXISTING_KEY
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND (a parent is missing), _INVALID_HANDLE (root)
 * Gap      TitleIndex and Class are accepted as Windows' own ignoring of the first; the class is
 *          not kept. A volatile key behaves as any other, since nothing outlives a run.
 * Says     CALL with the access and the create options, RETURN with status, handle, disposition
 * Source   wdm/nf-wdm-zwcreatekey
 */
NTSTATUS ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex, PUNICODE_STRING Class,
                     ULONG CreateOptions, PULONG Disposition)
{
    struct sim *s = sim_now();
    struct reg_key *k;
    struct reg_name path;
    bool created = false;
    NTSTATUS status;
    struct call c = call_begin(s, API_ZwCreateKey, 0, DesiredAccess, CreateOptions, TitleIndex,
                               Class ? Class->Length : 0);

    status = path_start(s, ObjectAttributes, &k, &path);
    if (!status && fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status)
        status = reg_create(s, k, path, &k, &created);
    if (!status)
        status = key_handle(s, k, DesiredAccess, ObjectAttributes->Attributes, KeyHandle);
    if (!status && Disposition)
        *Disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    call_end(&c, (uint32_t)status, status ? 0 : (uintptr_t)*KeyHandle, created, 0);
    return status;
}

/*
 * ZwDeleteKey: takes a key off the tree; the handle stays open and answers STATUS_KEY_DELETED.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _CANNOT_DELETE (it has subkeys), _INVALID_HANDLE
 * Gap      DELETE access is not asked for
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-zwdeletekey
 */
NTSTATUS ZwDeleteKey(HANDLE KeyHandle)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c =
        call_begin(s, API_ZwDeleteKey, key ? key->obj : 0, (uintptr_t)KeyHandle, 0, 0, 0);

    if (!status)
        status = reg_delete(key->key);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * ZwSetValueKey: makes or replaces a value.
 *
 * Irql     PASSIVE_LEVEL
 * Units    DataSize: bytes
 * Returns  STATUS_SUCCESS, _INVALID_HANDLE, _KEY_DELETED, _INSUFFICIENT_RESOURCES
 * Gap      KEY_SET_VALUE access is not asked for
 * Says     CALL with type and size, RETURN
 * Source   wdm/nf-wdm-zwsetvaluekey
 */
NTSTATUS ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex, ULONG Type,
                       PVOID Data, ULONG DataSize)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c =
        call_begin(s, API_ZwSetValueKey, key ? key->obj : 0, Type, DataSize, TitleIndex, 0);

    if (!status && fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status && DataSize)
        door_range(Data, DataSize, false, __builtin_return_address(0));
    if (!status)
        status = reg_value_set(s, key->key, reg_name_of(ValueName), Type, Data, DataSize);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * ZwDeleteValueKey: removes a value.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND, _INVALID_HANDLE, _KEY_DELETED
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-zwdeletevaluekey
 */
NTSTATUS ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c =
        call_begin(s, API_ZwDeleteValueKey, key ? key->obj : 0, (uintptr_t)KeyHandle, 0, 0, 0);

    if (!status && !reg_value_delete(s, key->key, reg_name_of(ValueName)))
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * ZwQueryValueKey: a value's name, type or data.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Length, *ResultLength: bytes; the second is what the whole answer needs
 * Returns  STATUS_SUCCESS; _BUFFER_TOO_SMALL (not even the fixed part fits: nothing is written);
 *          _BUFFER_OVERFLOW (the fixed part and what fits of the rest is written);
 *          _OBJECT_NAME_NOT_FOUND, _INVALID_PARAMETER (class), _INVALID_HANDLE, _KEY_DELETED
 * Gap      none known
 * Says     CALL with class and length, RETURN with status and the length needed
 * Source   wdm/nf-wdm-zwqueryvaluekey
 */
NTSTATUS ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                         KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                         PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    struct reg_value *v;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c = call_begin(s, API_ZwQueryValueKey, key ? key->obj : 0, KeyValueInformationClass,
                               Length, 0, 0);

    *ResultLength = 0;
    if (!status && fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status) {
        v = reg_value_find(key->key, reg_name_of(ValueName));
        status = v ? zw_query_value(v, KeyValueInformationClass, KeyValueInformation, Length,
                                    ResultLength)
                   : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    call_end(&c, (uint32_t)status, *ResultLength, 0, 0);
    return status;
}

/*
 * ZwEnumerateValueKey: as ZwQueryValueKey, by index.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as ZwQueryValueKey; STATUS_NO_MORE_ENTRIES beyond the last value
 * Gap      none known
 * Says     CALL with index, class and length, RETURN with status and the length needed
 * Source   wdm/nf-wdm-zwenumeratevaluekey
 */
NTSTATUS ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
                             KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                             PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    struct reg_value *v;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c = call_begin(s, API_ZwEnumerateValueKey, key ? key->obj : 0, Index,
                               KeyValueInformationClass, Length, 0);

    *ResultLength = 0;
    if (!status && fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status) {
        v = reg_value_at(key->key, Index);
        status = v ? zw_query_value(v, KeyValueInformationClass, KeyValueInformation, Length,
                                    ResultLength)
                   : STATUS_NO_MORE_ENTRIES;
    }
    call_end(&c, (uint32_t)status, *ResultLength, 0, 0);
    return status;
}

/*
 * ZwEnumerateKey: a subkey's name and times, by index.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as ZwQueryKey; STATUS_NO_MORE_ENTRIES beyond the last subkey
 * Gap      none known
 * Says     CALL with index, class and length, RETURN with status and the length needed
 * Source   wdm/nf-wdm-zwenumeratekey
 */
NTSTATUS ZwEnumerateKey(HANDLE KeyHandle, ULONG Index, KEY_INFORMATION_CLASS KeyInformationClass,
                        PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    struct reg_key *child;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c = call_begin(s, API_ZwEnumerateKey, key ? key->obj : 0, Index,
                               KeyInformationClass, Length, 0);

    *ResultLength = 0;
    if (!status && fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!status) {
        child = reg_child_at(key->key, Index);
        status =
            child ? zw_query_key(child, KeyInformationClass, KeyInformation, Length, ResultLength)
                  : STATUS_NO_MORE_ENTRIES;
    }
    call_end(&c, (uint32_t)status, *ResultLength, 0, 0);
    return status;
}

/*
 * ZwQueryKey: a key's name, times, and how much is in it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _BUFFER_TOO_SMALL, _BUFFER_OVERFLOW (as ZwQueryValueKey),
 *          _INVALID_PARAMETER (class), _INVALID_HANDLE, _KEY_DELETED
 * Gap      classes beyond Basic, Node, Full and Name are refused as unknown
 * Says     CALL with class and length, RETURN with status and the length needed
 * Source   wdm/nf-wdm-zwquerykey
 */
NTSTATUS ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
                    PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c =
        call_begin(s, API_ZwQueryKey, key ? key->obj : 0, KeyInformationClass, Length, 0, 0);

    *ResultLength = 0;
    if (!status)
        status = zw_query_key(key->key, KeyInformationClass, KeyInformation, Length, ResultLength);
    call_end(&c, (uint32_t)status, *ResultLength, 0, 0);
    return status;
}

/*
 * ZwFlushKey: writes a key to disk: there is none, so it only costs time.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INVALID_HANDLE, _KEY_DELETED
 * Gap      the write never fails
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-zwflushkey
 */
NTSTATUS ZwFlushKey(HANDLE KeyHandle)
{
    struct sim *s = sim_now();
    struct zw_key *key;
    NTSTATUS status = zw_key_of(s, KeyHandle, &key);
    struct call c =
        call_begin(s, API_ZwFlushKey, key ? key->obj : 0, (uintptr_t)KeyHandle, 0, 0, 0);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
