/*
 * WDFDEVICE_INIT: made, found, freed.
 */
#include "sim/wdf/device_init.h"

struct WDFDEVICE_INIT *fx_init_create(struct fx *f, struct fx_driver *driver)
{
    struct WDFDEVICE_INIT *init = io_host_alloc(f->s, sizeof(*init));

    init->driver = driver;
    init->type = FILE_DEVICE_UNKNOWN;
    init->characteristics = FILE_DEVICE_SECURE_OPEN;
    init->io_type = init->ioctl_type = WdfDeviceIoBuffered;
    init->pageable = true;
    init->policy_owner = true;
    init->release_order = WdfReleaseHardwareOrderOnFailureEarly;
    init->next = f->inits;
    f->inits = init;
    return init;
}

void fx_init_free(struct fx *f, struct WDFDEVICE_INIT *init)
{
    struct WDFDEVICE_INIT **link = &f->inits;

    while (*link != init)
        link = &(*link)->next;
    *link = init->next;
    if (init->name.Buffer)
        pool_free_internal(f->s, init->name.Buffer);
    if (init->sddl.Buffer)
        pool_free_internal(f->s, init->sddl.Buffer);
    while (init->watches) { /* what the device has taken over is not here any more */
        struct fx_watch *w = init->watches;

        init->watches = w->next;
        io_host_free(f->s, w, sizeof(*w));
    }
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (init->preprocess[i].minors)
            io_host_free(f->s, init->preprocess[i].minors, init->preprocess[i].minor_count);
    io_host_free(f->s, init, sizeof(*init));
}

struct WDFDEVICE_INIT *fx_init_of(struct fx *f, const struct WDFDEVICE_INIT *init)
{
    struct WDFDEVICE_INIT *i = f->inits;

    if (!fx_required(f, init))
        return NULL;
    while (i && i != init)
        i = i->next;
    if (!i)
        fx_bugcheck(f, WDF_INVALID_HANDLE, (uintptr_t)init, 0, 0);
    return i;
}

NTSTATUS fx_text_copy(struct fx *f, UNICODE_STRING *to, PCUNICODE_STRING from)
{
    if (to->Buffer)
        pool_free_internal(f->s, to->Buffer);
    *to = (UNICODE_STRING) { 0 };
    to->Buffer = pool_alloc_internal(f->s, from->Length + sizeof(WCHAR));
    if (!to->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (from->Length)
        memcpy(to->Buffer, from->Buffer, from->Length);
    to->Buffer[from->Length / sizeof(WCHAR)] = 0;
    to->Length = from->Length;
    to->MaximumLength = from->Length + sizeof(WCHAR);
    return STATUS_SUCCESS;
}
