/*
 * What a registry query returns, byte for byte: a fixed part, then names and data as far as they
 * fit. The rule is one for all classes: less than the fixed part is STATUS_BUFFER_TOO_SMALL and
 * nothing is written; less than everything is STATUS_BUFFER_OVERFLOW and what fits is written.
 */
#include "sim/nt/zw_key.h"

/* One piece of the variable part. */
struct piece {
    uint32_t offset, bytes;
    const void *from;
};

static NTSTATUS lay_out(void *out, ULONG length, const void *fixed, uint32_t fixed_bytes,
                        const struct piece *pieces, unsigned count, PULONG needed)
{
    uint32_t whole = fixed_bytes;

    for (unsigned i = 0; i < count; i++)
        if (pieces[i].bytes)
            whole = pieces[i].offset + pieces[i].bytes;
    *needed = whole;
    if (length < fixed_bytes)
        return STATUS_BUFFER_TOO_SMALL;
    door_range(out, length < whole ? length : whole, true, __builtin_return_address(0));
    memcpy(out, fixed, fixed_bytes);
    for (unsigned i = 0; i < count; i++) {
        const struct piece *p = &pieces[i];

        if (p->offset >= length || !p->bytes)
            continue;
        memcpy((char *)out + p->offset, p->from,
               p->bytes <= length - p->offset ? p->bytes : length - p->offset);
    }
    return length < whole ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS zw_query_value(const struct reg_value *v, KEY_VALUE_INFORMATION_CLASS class, void *out,
                        ULONG length, PULONG needed)
{
    uint32_t name_bytes = v->name_chars * 2;

    if (class == KeyValueBasicInformation) {
        KEY_VALUE_BASIC_INFORMATION b = { .Type = v->type, .NameLength = name_bytes };
        uint32_t fixed = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
        struct piece name = { fixed, name_bytes, v->name };

        return lay_out(out, length, &b, fixed, &name, 1, needed);
    }
    if (class == KeyValueFullInformation) {
        uint32_t fixed = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
        uint32_t data_at = (uint32_t)align_up(fixed + name_bytes, sizeof(ULONG));
        KEY_VALUE_FULL_INFORMATION f = { .Type = v->type,
                                         .NameLength = name_bytes,
                                         .DataOffset = data_at,
                                         .DataLength = v->size_bytes };
        struct piece pieces[] = { { fixed, name_bytes, v->name },
                                  { data_at, v->size_bytes, v->data } };

        return lay_out(out, length, &f, fixed, pieces, 2, needed);
    }
    if (class == KeyValuePartialInformation) {
        KEY_VALUE_PARTIAL_INFORMATION p = { .Type = v->type, .DataLength = v->size_bytes };
        uint32_t fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
        struct piece data = { fixed, v->size_bytes, v->data };

        return lay_out(out, length, &p, fixed, &data, 1, needed);
    }
    if (class == KeyValuePartialInformationAlign64) {
        KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 p = { .Type = v->type, .DataLength = v->size_bytes };
        uint32_t fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data);
        struct piece data = { fixed, v->size_bytes, v->data };

        return lay_out(out, length, &p, fixed, &data, 1, needed);
    }
    return STATUS_INVALID_PARAMETER;
}

static LONGLONG written(const struct reg_key *k) { return (LONGLONG)(k->written_ns / 100); }

static NTSTATUS query_full(const struct reg_key *k, void *out, ULONG length, PULONG needed)
{
    KEY_FULL_INFORMATION f = { .LastWriteTime.QuadPart = written(k), .ClassOffset = (ULONG)-1 };

    for (const struct reg_key *c = k->child; c; c = c->next) {
        f.SubKeys++;
        f.MaxNameLen = f.MaxNameLen > c->name_chars * 2 ? f.MaxNameLen : c->name_chars * 2;
    }
    for (const struct reg_value *v = k->values; v; v = v->next) {
        f.Values++;
        f.MaxValueNameLen =
            f.MaxValueNameLen > v->name_chars * 2 ? f.MaxValueNameLen : v->name_chars * 2;
        f.MaxValueDataLen = f.MaxValueDataLen > v->size_bytes ? f.MaxValueDataLen : v->size_bytes;
    }
    return lay_out(out, length, &f, FIELD_OFFSET(KEY_FULL_INFORMATION, Class), NULL, 0, needed);
}

/* The whole path, as KeyNameInformation gives it. */
static NTSTATUS query_name(const struct reg_key *k, void *out, ULONG length, PULONG needed)
{
    KEY_NAME_INFORMATION n = { 0 };
    uint16_t path[512];
    uint32_t at = sizeof(path) / sizeof(path[0]);
    uint32_t fixed = FIELD_OFFSET(KEY_NAME_INFORMATION, Name);
    struct piece name;

    for (; k->parent && at > k->name_chars; k = k->parent) {
        at -= k->name_chars;
        memcpy(path + at, k->name, k->name_chars * 2u);
        path[--at] = '\\';
    }
    n.NameLength = (ULONG)(sizeof(path) - at * 2u);
    name = (struct piece) { fixed, n.NameLength, path + at };
    return lay_out(out, length, &n, fixed, &name, 1, needed);
}

NTSTATUS zw_query_key(const struct reg_key *k, KEY_INFORMATION_CLASS class, void *out, ULONG length,
                      PULONG needed)
{
    uint32_t name_bytes = k->name_chars * 2;

    if (class == KeyBasicInformation) {
        KEY_BASIC_INFORMATION b = { .LastWriteTime.QuadPart = written(k),
                                    .NameLength = name_bytes };
        uint32_t fixed = FIELD_OFFSET(KEY_BASIC_INFORMATION, Name);
        struct piece name = { fixed, name_bytes, k->name };

        return lay_out(out, length, &b, fixed, &name, 1, needed);
    }
    if (class == KeyNodeInformation) {
        KEY_NODE_INFORMATION n = { .LastWriteTime.QuadPart = written(k),
                                   .NameLength = name_bytes,
                                   .ClassOffset = (ULONG)-1 };
        uint32_t fixed = FIELD_OFFSET(KEY_NODE_INFORMATION, Name);
        struct piece name = { fixed, name_bytes, k->name };

        return lay_out(out, length, &n, fixed, &name, 1, needed);
    }
    if (class == KeyFullInformation)
        return query_full(k, out, length, needed);
    if (class == KeyNameInformation)
        return query_name(k, out, length, needed);
    return STATUS_INVALID_PARAMETER;
}
