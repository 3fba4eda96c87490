/*
 * The small object namespace: names of devices, and symbolic links. Names do not differ by case, and
 * \DosDevices, \GLOBAL?? and \?? are one folder. Keys of the registry are not here (zw_tree.c).
 */
#include "sim/nt/io.h"
#include "sim/nt/rtl.h"

#define LINKS_FOLLOWED_MAX 8 /* a ring of links ends here, as a name that is not found */

struct io_name {
    struct io_name *next;
    uint32_t bucket;
    UNICODE_STRING name;   /* as it was given */
    UNICODE_STRING target; /* of a link; Buffer NULL: a device's name */
    PDEVICE_OBJECT device;
};

/* One prefix for the folder of MS-DOS device names; the rest starts at *rest. */
static bool is_dos_folder(const UNICODE_STRING *u, uint32_t *rest)
{
    static const WCHAR *const folders[] = { L"\\??\\", L"\\DosDevices\\", L"\\GLOBAL??\\",
                                            L"\\DosDevices\\Global\\" };
    uint32_t best = 0;

    for (unsigned f = 0; f < RTL_NUMBER_OF(folders); f++) {
        uint32_t i = 0;

        while (folders[f][i] && i < u->Length / 2u &&
               rtl_upcase(u->Buffer[i]) == rtl_upcase(folders[f][i]))
            i++;
        if (!folders[f][i] && i > best)
            best = i;
    }
    *rest = best;
    return best != 0;
}

static uint32_t name_hash(const UNICODE_STRING *u)
{
    uint32_t i, hash = is_dos_folder(u, &i) ? 17 : 1;

    for (; i < u->Length / 2u; i++)
        hash = hash * 31 + rtl_upcase(u->Buffer[i]);
    return hash % IO_NAME_BUCKETS;
}

static bool name_equal(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    uint32_t i, k;

    if (is_dos_folder(a, &i) != is_dos_folder(b, &k) || a->Length / 2u - i != b->Length / 2u - k)
        return false;
    for (; i < a->Length / 2u; i++, k++)
        if (rtl_upcase(a->Buffer[i]) != rtl_upcase(b->Buffer[k]))
            return false;
    return true;
}

static struct io_name *name_find(struct sim *s, const UNICODE_STRING *u)
{
    struct io_name *n = s->nt->io->names[name_hash(u)];

    while (n && !name_equal(&n->name, u))
        n = n->next;
    return n;
}

static UNICODE_STRING string_copy(struct sim *s, PCUNICODE_STRING u)
{
    UNICODE_STRING copy = { .Length = u->Length, .MaximumLength = u->Length };

    copy.Buffer = io_host_alloc(s, u->Length + sizeof(WCHAR));
    memcpy(copy.Buffer, u->Buffer, u->Length);
    return copy;
}

NTSTATUS io_name_add(struct sim *s, PCUNICODE_STRING name, PDEVICE_OBJECT device,
                     PCUNICODE_STRING target, struct io_name **out)
{
    struct io_name *n;

    if (!name || !name->Buffer || name->Length < sizeof(WCHAR) || name->Buffer[0] != L'\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (name_find(s, name))
        return STATUS_OBJECT_NAME_COLLISION;
    n = io_host_alloc(s, sizeof(*n));
    n->name = string_copy(s, name);
    n->bucket = name_hash(name);
    n->device = device;
    if (target)
        n->target = string_copy(s, target);
    n->next = s->nt->io->names[n->bucket];
    s->nt->io->names[n->bucket] = n;
    s->nt->io->names_used = true;
    if (out)
        *out = n;
    return STATUS_SUCCESS;
}

void io_name_remove(struct sim *s, struct io_name *n)
{
    struct io_name **link = &s->nt->io->names[n->bucket];

    while (*link != n)
        link = &(*link)->next;
    *link = n->next;
    io_host_free(s, n->name.Buffer, n->name.Length + sizeof(WCHAR));
    if (n->target.Buffer)
        io_host_free(s, n->target.Buffer, n->target.Length + sizeof(WCHAR));
    io_host_free(s, n, sizeof(*n));
}

PCUNICODE_STRING io_name_string(const struct io_name *n) { return &n->name; }

PDEVICE_OBJECT io_name_device(struct sim *s, PCUNICODE_STRING name)
{
    struct io_name *n = name && name->Buffer ? name_find(s, name) : NULL;

    for (int i = 0; n && n->target.Buffer && i < LINKS_FOLLOWED_MAX; i++)
        n = name_find(s, &n->target);
    return n ? n->device : NULL;
}

NTSTATUS io_link_create(struct sim *s, PCUNICODE_STRING link, PCUNICODE_STRING target)
{
    if (!target || !target->Buffer)
        return STATUS_INVALID_PARAMETER;
    return io_name_add(s, link, NULL, target, NULL);
}

NTSTATUS io_link_delete(struct sim *s, PCUNICODE_STRING link)
{
    struct io_name *n = link && link->Buffer ? name_find(s, link) : NULL;

    if (!n)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (!n->target.Buffer)
        return STATUS_OBJECT_TYPE_MISMATCH;
    io_name_remove(s, n);
    return STATUS_SUCCESS;
}

/*
 * IoCreateSymbolicLink: a name that leads to a device's name.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_PATH_SYNTAX_BAD
 * Gap      the target need not exist, as on Windows; sessions and security are not modelled
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iocreatesymboliclink
 */
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCreateSymbolicLink,
                               device_obj(s, io_name_device(s, DeviceName)), 0, 0, 0, 0);
    NTSTATUS status = io_link_create(s, SymbolicLinkName, DeviceName);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoCreateUnprotectedSymbolicLink: as IoCreateSymbolicLink; anyone may replace the link.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as IoCreateSymbolicLink
 * Gap      protection is not modelled
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-iocreateunprotectedsymboliclink
 */
NTSTATUS IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
                                         PUNICODE_STRING DeviceName)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCreateUnprotectedSymbolicLink,
                               device_obj(s, io_name_device(s, DeviceName)), 0, 0, 0, 0);
    NTSTATUS status = io_link_create(s, SymbolicLinkName, DeviceName);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoDeleteSymbolicLink: takes a link away.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iodeletesymboliclink
 */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoDeleteSymbolicLink,
                               device_obj(s, io_name_device(s, SymbolicLinkName)), 0, 0, 0, 0);
    NTSTATUS status = io_link_delete(s, SymbolicLinkName);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
