#include "sim/wdf/device.h"

PIRP fx_request_irp(struct fx_object *request)
{
    (void)request;
    return NULL;
}
NTSTATUS fx_request_mdl(struct fx_object *request, bool second, PMDL *mdl)
{
    (void)request, (void)second;
    *mdl = NULL;
    return STATUS_NOT_SUPPORTED;
}
void fx_request_irp_reference(struct fx_object *request) { fx_reference(request); }
void fx_request_irp_dereference(struct fx_object *request) { fx_dereference(request); }
