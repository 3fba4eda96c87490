/*
 * The pool as drivers call it. Each call becomes one request of the machine's pool; what differs is
 * how flags are spelt, whether the block is zeroed, and whether a failure is NULL or an exception.
 */
#include "sim/nt/ke.h"
#include "sim/nt/mm.h"

#define TAG_NONE 0x656e6f4eu /* "None": what Windows uses where the caller gives no tag */
#define FREE_TWICE 7
#define FREE_USER_ADDRESS 0x40
#define FREE_NO_BLOCK 0x46
#define CACHE_LINE 64u
#define BLOCK_ALIGN 16u
#define TYPE_PAGED 1u /* bits of POOL_TYPE: wdm/ne-wdm-_pool_type */
#define TYPE_CACHE_ALIGNED 4u
#define FLAG_POOLS (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED)
#define FLAGS_KNOWN                                                                                \
    (FLAG_POOLS | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED | POOL_FLAG_SESSION |              \
     POOL_FLAG_CACHE_ALIGNED | POOL_FLAG_RAISE_ON_FAILURE)

/* A variable to drivers that opted in to NX pool, a constant to all others. */
#undef ExDefaultNonPagedPoolType
POOL_TYPE ExDefaultNonPagedPoolType;
VOID ddk_initialize_driver_runtime(ULONG RuntimeFlags);

struct request {
    uint64_t bytes;
    ULONG tag;
    bool paged, zero, aligned, raises;
};

static struct request request_of(POOL_TYPE type, SIZE_T bytes, ULONG tag, bool zero)
{
    ULONG bits = (ULONG)type;

    return (struct request) { .bytes = bytes,
                              .tag = tag,
                              .paged = bits & TYPE_PAGED,
                              .zero = zero || bits & POOL_ZERO_ALLOCATION,
                              .aligned = bits & TYPE_CACHE_ALIGNED,
                              .raises = bits & POOL_RAISE_IF_ALLOCATION_FAILURE };
}

/* NULL: there is none. The pool's own events name the block. */
static void *take(struct sim *s, const struct request *r)
{
    void *p = NULL;

    if (!fault_take(s, FAULT_POOL))
        p = pool_alloc_aligned(s, r->paged ? POOL_PAGED : POOL_NONPAGED, r->bytes, r->tag, r->zero,
                               r->aligned ? CACHE_LINE : BLOCK_ALIGN);
    if (p)
        objmap_put(&s->nt->mm->pool, p, pool_block_of(s, p)->obj, NULL);
    return p;
}

static void *finish(struct sim *s, struct call *c, const struct request *r)
{
    void *p = take(s, r);
    const struct pool_block *b = p ? pool_block_of(s, p) : NULL;

    call_end(c, va_of(s, p).v, b ? b->obj : 0, 0, 0);
    if (!p && r->raises)
        mm_raise(STATUS_INSUFFICIENT_RESOURCES);
    return p;
}

/* Quota is charged to nobody, but its failure convention is the driver's to handle. */
static struct request quota_request(POOL_TYPE type, SIZE_T bytes, ULONG tag, bool zero)
{
    struct request r = request_of(type, bytes, tag, zero);

    r.raises = !((ULONG)type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE);
    return r;
}

/*
 * ExAllocatePool: a block without a tag.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  NULL: none to be had; with POOL_RAISE_IF_ALLOCATION_FAILURE raises
 *          STATUS_INSUFFICIENT_RESOURCES instead
 * Gap      the tag is always "None"; executable pool does not differ
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepool
 */
PVOID ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePool, 0, PoolType, NumberOfBytes, TAG_NONE, 0);
    struct request r = request_of(PoolType, NumberOfBytes, TAG_NONE, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolWithTag: a block, not zeroed.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      fresh memory has a pattern (up to 512 bytes) where Windows has what was there
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolwithtag
 */
PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePoolWithTag, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolWithTagPriority: the same; priority matters when memory is short.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      Priority has no effect, special pool neither: every block is guarded
 * Says     CALL (type, bytes, tag, priority), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolwithtagpriority
 */
PVOID ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                    EX_POOL_PRIORITY Priority)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolWithTagPriority, 0, PoolType, NumberOfBytes, Tag, Priority);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolWithQuota: a block without a tag, charged to the caller's process.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  raises STATUS_INSUFFICIENT_RESOURCES; with POOL_QUOTA_FAIL_INSTEAD_OF_RAISE NULL
 * Gap      nobody has a quota
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolwithquota
 */
PVOID ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolWithQuota, 0, PoolType, NumberOfBytes, TAG_NONE, 0);
    struct request r = quota_request(PoolType, NumberOfBytes, TAG_NONE, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolWithQuotaTag: the same with a tag.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePoolWithQuota
 * Gap      nobody has a quota
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolwithquotatag
 */
PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolWithQuotaTag, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = quota_request(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolZero: a zeroed block.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      none known
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolzero
 */
PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePoolZero, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, true);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolUninitialized: ExAllocatePoolWithTag under the name that says so.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      as ExAllocatePoolWithTag
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepooluninitialized
 */
PVOID ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolUninitialized, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolQuotaZero: a zeroed block charged to the caller's process.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePoolWithQuota
 * Gap      nobody has a quota
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolquotazero
 */
PVOID ExAllocatePoolQuotaZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePoolQuotaZero, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = quota_request(PoolType, NumberOfBytes, Tag, true);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolQuotaUninitialized: the same, not zeroed.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePoolWithQuota
 * Gap      nobody has a quota
 * Says     CALL (type, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolquotauninitialized
 */
PVOID ExAllocatePoolQuotaUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolQuotaUninitialized, 0, PoolType, NumberOfBytes, Tag, 0);
    struct request r = quota_request(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolPriorityZero: a zeroed block with a priority.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      Priority has no effect
 * Says     CALL (type, bytes, tag, priority), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolpriorityzero
 */
PVOID ExAllocatePoolPriorityZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                 EX_POOL_PRIORITY Priority)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePoolPriorityZero, 0, PoolType, NumberOfBytes, Tag, Priority);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, true);

    return finish(s, &c, &r);
}

/*
 * ExAllocatePoolPriorityUninitialized: the same, not zeroed.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool
 * Gap      Priority has no effect
 * Says     CALL (type, bytes, tag, priority), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepoolpriorityuninitialized
 */
PVOID ExAllocatePoolPriorityUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                          EX_POOL_PRIORITY Priority)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePoolPriorityUninitialized, 0, PoolType,
                               NumberOfBytes, Tag, Priority);
    struct request r = request_of(PoolType, NumberOfBytes, Tag, false);

    return finish(s, &c, &r);
}

/* false: Windows would refuse these flags. Exactly one pool; nothing unknown among the required
 * bits. */
static bool flags_sound(POOL_FLAGS flags, ULONG tag)
{
    POOL_FLAGS pool = flags & FLAG_POOLS;

    return tag && pool && !(pool & (pool - 1)) && !((ULONG)flags & ~(ULONG)FLAGS_KNOWN);
}

static void *pool2(struct sim *s, struct call *c, POOL_FLAGS flags, SIZE_T bytes, ULONG tag,
                   bool sound)
{
    struct request r = { .bytes = bytes,
                         .tag = tag,
                         .paged = flags & POOL_FLAG_PAGED,
                         .zero = !(flags & POOL_FLAG_UNINITIALIZED),
                         .aligned = flags & POOL_FLAG_CACHE_ALIGNED,
                         .raises = flags & POOL_FLAG_RAISE_ON_FAILURE };

    if (sound && bytes && flags_sound(flags, tag))
        return finish(s, c, &r);
    call_end(c, 0, 0, 0, 0);
    if (r.raises)
        mm_raise(STATUS_INVALID_PARAMETER);
    return NULL;
}

/*
 * ExAllocatePool2: a zeroed block, by POOL_FLAGS.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  NULL: none to be had, no tag, no bytes, or flags that are invalid; with
 *          POOL_FLAG_RAISE_ON_FAILURE an exception
 * Gap      POOL_FLAG_USE_QUOTA, SESSION and SPECIAL_POOL have no effect
 * Says     CALL (flags, bytes, tag), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepool2, kernel/pool_flags
 */
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocatePool2, 0, Flags, NumberOfBytes, Tag, 0);

    return pool2(s, &c, Flags, NumberOfBytes, Tag, true);
}

/*
 * ExAllocatePool3: the same with extended parameters.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    NumberOfBytes: bytes
 * Returns  as ExAllocatePool2; NULL for a parameter that is unknown and not optional
 * Gap      priority and node have no effect; there is no secure pool (NULL unless optional)
 * Says     CALL (flags, bytes, tag, parameters), POOL, RETURN (va, object)
 * Source   wdm/nf-wdm-exallocatepool3
 */
PVOID ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                      PCPOOL_EXTENDED_PARAMETER ExtendedParameters, ULONG ExtendedParametersCount)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAllocatePool3, 0, Flags, NumberOfBytes, Tag, ExtendedParametersCount);
    bool sound = true;

    for (ULONG i = 0; i < ExtendedParametersCount; i++) {
        ULONG type = ExtendedParameters[i].Type;

        if (type != PoolExtendedParameterPriority && type != PoolExtendedParameterNumaNode)
            sound &= ExtendedParameters[i].Optional;
    }
    return pool2(s, &c, Flags, NumberOfBytes, Tag, sound);
}

/* Which bug check 0xC2 a pointer that is no block earns. */
static uint64_t why_no_block(struct sim *s, const void *p)
{
    const struct objmap_entry *e = objmap_last(&s->nt->mm->pool, p);

    if (mem_is_user(p))
        return FREE_USER_ADDRESS;
    return e && !e->live ? FREE_TWICE : FREE_NO_BLOCK;
}

/* An MDL made by MmAllocatePagesForMdl(Ex) or IoAllocateMdl is pool memory for its driver, too. */
static bool free_mdl(struct sim *s, void *p)
{
    const struct objmap_entry *e = objmap_find(&s->nt->objects, p);

    if (!e || OBJ_TYPE(e->obj) != OBJ_MDL || !pool_is_internal(s, p))
        return false;
    mdl_destroy(s, p);
    return true;
}

void mm_pool_free(struct sim *s, PVOID p, ULONG tag)
{
    const struct pool_block *b = pool_block_of(s, p);

    if (b)
        ke_complain_of_freed(s, b->obj, p, b->bytes);
    if (pool_free(s, p, tag))
        objmap_drop(&s->nt->mm->pool, p);
    else if (!free_mdl(s, p))
        sim_bugcheck(s, BAD_POOL_CALLER, why_no_block(s, p), va_of(s, p).v, 0, 0);
}

static uint32_t block_obj(struct sim *s, const void *p)
{
    const struct objmap_entry *e = objmap_last(&s->nt->mm->pool, p);

    return e ? e->obj : 0;
}

/*
 * ExFreePool: give a block back.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  nothing; freed twice is bug check 0xC2 (7), a user address (0x40), no block (0x46)
 * Gap      a timer or DPC in the block that is still to run does not run; on Windows it would, in
 *          whoever's memory it is by then
 * Says     CALL (va, tag 0), MISUSE for a timer or DPC in the block that is still to run,
 *          BAD_ACCESS if bytes behind the block were written, POOL_END, RETURN
 * Source   ntddk/nf-ntddk-exfreepool, debugger/bug-check-0xc2--bad-pool-caller
 */
VOID ExFreePool(PVOID P)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExFreePool, block_obj(s, P), va_of(s, P).v, 0, 0, 0);

    mm_pool_free(s, P, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExFreePoolWithTag: the same; a tag other than the block's is said and does no harm.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  as ExFreePool
 * Gap      a wrong tag is bug check 0xC2 (0x0A) only for protected pool, which does not exist here
 * Says     CALL (va, tag, tag of the block), BAD_ACCESS, POOL_END, RETURN
 * Source   wdm/nf-wdm-exfreepoolwithtag
 */
VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    struct sim *s = sim_now();
    const struct pool_block *b = pool_block_of(s, P);
    struct call c = call_begin(s, API_ExFreePoolWithTag, block_obj(s, P), va_of(s, P).v, Tag,
                               b ? b->tag : 0, 0);

    mm_pool_free(s, P, Tag);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExFreePool2: the same with extended parameters.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  as ExFreePool
 * Gap      parameters matter to secure pool only, which does not exist here
 * Says     CALL (va, tag, tag of the block, parameters), BAD_ACCESS, POOL_END, RETURN
 * Source   wdm/nf-wdm-exfreepool2
 */
VOID ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                 ULONG ExtendedParametersCount)
{
    struct sim *s = sim_now();
    const struct pool_block *b = pool_block_of(s, P);
    struct call c = call_begin(s, API_ExFreePool2, block_obj(s, P), va_of(s, P).v, Tag,
                               b ? b->tag : 0, ExtendedParameters ? ExtendedParametersCount : 0);

    mm_pool_free(s, P, Tag);
    call_end(&c, 0, 0, 0, 0);
}

void mm_pool_type_reset(void) { ExDefaultNonPagedPoolType = NonPagedPool; }

/*
 * ExInitializeDriverRuntime: whether NonPagedPool shall mean NX pool in this driver.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      on Windows the variable is the driver's own; here all drivers of a machine share it
 * Says     CALL (flags), RETURN
 * Source   wdm/nf-wdm-exinitializedriverruntime
 */
VOID ddk_initialize_driver_runtime(ULONG RuntimeFlags)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExInitializeDriverRuntime, 0, RuntimeFlags, 0, 0, 0);

    if (RuntimeFlags & DrvRtPoolNxOptIn)
        ExDefaultNonPagedPoolType = NonPagedPoolNx;
    call_end(&c, 0, 0, 0, 0);
}
