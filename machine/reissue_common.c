/*
 * Common buffers, vectors of them, and domains.
 */
#include "machine/reissue_private.h"

#define NO_CACHE_TYPE 0xffffffffu

static PPHYSICAL_ADDRESS address(PPHYSICAL_ADDRESS a, uint64_t value, uint64_t none)
{
    a->QuadPart = (LONGLONG)value;
    return value == none ? NULL : a;
}

static void got(struct reissue *r, const struct reissue_call *c, uint32_t id, void *va, uint64_t ba,
                enum object_type type)
{
    if (id) {
        reissue_bind(r, id, va, r->heard[type]);
        reissue_thing(r, id)->extra = ba;
    }
    reissue_answer(r, c, id ? 0 : 0x80000000u, va ? 0 : 0x80000000u);
}

static void allocate(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0),
                       *back = reissue_back(r, c);
    PHYSICAL_ADDRESS ba = { .QuadPart = 0 }, low, high;
    MEMORY_CACHING_TYPE cache = (MEMORY_CACHING_TYPE)first->a[0];
    MEMORY_CACHING_TYPE *cached = first->a[0] == NO_CACHE_TYPE ? NULL : &cache;
    ULONG length = (ULONG)e->a[0];
    void *va;

    if (e->api == API_AllocateCommonBuffer)
        va = a.ops->AllocateCommonBuffer(a.adapter, length, &ba, e->a[1] != 0);
    else if (e->api == API_AllocateCommonBufferEx)
        va = a.ops->AllocateCommonBufferEx(a.adapter, address(&high, e->a[2], UINT64_MAX), length,
                                           &ba, e->a[1] != 0, (NODE_REQUIREMENT)e->a[3]);
    else
        va = a.ops->AllocateCommonBufferWithBounds(a.adapter, address(&low, e->a[1], 0),
                                                   address(&high, e->a[2], UINT64_MAX), length,
                                                   (ULONG)e->a[3], cached,
                                                   (NODE_REQUIREMENT)first->a[1], &ba);
    got(r, c, (uint32_t)back->a[0], va, (uint64_t)ba.QuadPart, OBJ_COMMON);
}

static bool release(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    void *p = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    PHYSICAL_ADDRESS ba;

    if (missing)
        return false;
    if (e->api == API_FreeCommonBufferVector) {
        a.ops->FreeCommonBufferVector(a.adapter, p);
        return true;
    }
    ba.QuadPart = (LONGLONG)(e->a[0] ? reissue_thing(r, (uint32_t)e->a[0])->extra : e->a[2]);
    a.ops->FreeCommonBuffer(a.adapter, (ULONG)e->a[1], ba, p, reissue_arg(r, c, 0)->a[0] != 0);
    return true;
}

static void vector(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    PHYSICAL_ADDRESS low = { .QuadPart = (LONGLONG)e->a[0] };
    PHYSICAL_ADDRESS high = { .QuadPart = (LONGLONG)e->a[1] };
    PDMA_COMMON_BUFFER_VECTOR v = NULL;
    NTSTATUS status =
        a.ops->AllocateCommonBufferVector(a.adapter, low, high, (MEMORY_CACHING_TYPE)first->a[0],
                                          (ULONG)first->a[1], (ULONG)first->a[2], (ULONG)e->a[2],
                                          e->a[3], &v);

    if (reissue_back(r, c)->a[1])
        reissue_bind(r, (uint32_t)reissue_back(r, c)->a[1], v, r->heard[OBJ_VECTOR]);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

static bool of_vector(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    void *v = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    PHYSICAL_ADDRESS ba;
    PVOID va;

    if (missing)
        return false;
    if (e->api == API_FreeCommonBufferFromVector)
        a.ops->FreeCommonBufferFromVector(a.adapter, v, (ULONG)e->a[1]);
    else
        a.ops->GetCommonBufferFromVectorByIndex(a.adapter, v, (ULONG)e->a[1], &va, &ba);
    return true;
}

/* --- domains: what GetDmaDomain gives stands for the recorded one --- */

static bool domain_call(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    bool missing = false;
    PHYSICAL_ADDRESS ba = { .QuadPart = 0 }, high;
    MEMORY_CACHING_TYPE cache = (MEMORY_CACHING_TYPE)first->a[0];
    NTSTATUS status;
    void *va = NULL;
    HANDLE domain;

    if (e->api == API_GetDmaDomain) {
        domain = a.ops->GetDmaDomain(a.adapter);
        reissue_bind(r, (uint32_t)reissue_back(r, c)->a[0], domain, r->heard[OBJ_DOMAIN]);
        return true;
    }
    if (e->api == API_LeaveDmaDomain) {
        status = a.ops->LeaveDmaDomain(a.adapter);
        reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
        return true;
    }
    domain = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    if (missing)
        return false;
    if (e->api == API_JoinDmaDomain) {
        status = a.ops->JoinDmaDomain(a.adapter, domain);
    } else {
        status = a.ops->AllocateDomainCommonBuffer(a.adapter, domain,
                                                   address(&high, e->a[2], UINT64_MAX),
                                                   (ULONG)e->a[1], (ULONG)e->a[3],
                                                   first->a[0] == NO_CACHE_TYPE ? NULL : &cache,
                                                   (NODE_REQUIREMENT)first->a[1], &ba, &va);
        got(r, c, (uint32_t)reissue_back(r, c)->a[1], va, (uint64_t)ba.QuadPart, OBJ_COMMON);
        return true;
    }
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

bool reissue_issue_common(struct reissue *r, struct reissue_call *c)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    struct adapter_of a = reissue_adapter(r, e->obj, &missing);
    bool old = a.ops->Size < sizeof(DMA_OPERATIONS);

    switch (e->api) {
    case API_AllocateCommonBuffer:
        allocate(r, c, a);
        return true;
    case API_FreeCommonBuffer:
        return release(r, c, a);
    case API_AllocateCommonBufferEx:
    case API_AllocateCommonBufferWithBounds:
        if (!old)
            allocate(r, c, a);
        return !old;
    case API_FreeCommonBufferVector:
        return !old && release(r, c, a);
    case API_AllocateCommonBufferVector:
        if (!old)
            vector(r, c, a);
        return !old;
    case API_GetCommonBufferFromVectorByIndex:
    case API_FreeCommonBufferFromVector:
        return !old && of_vector(r, c, a);
    case API_GetDmaDomain:
    case API_JoinDmaDomain:
    case API_LeaveDmaDomain:
    case API_AllocateDomainCommonBuffer:
        return !old && domain_call(r, c, a);
    default:
        return false; /* CreateCommonBufferFromMdl: its memory's bus address is the MDL's own */
    }
}
