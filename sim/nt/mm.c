/*
 * What mm shares: its life, the table of page-sized allocations, whose a pointer is, and the small
 * questions that drivers ask of addresses.
 */
#include "sim/nt/mm.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/bus.h"
#include "sim/core/seh.h"

#define MAP_BITS 8
#define FIRST_ROOM 64u
#define NAME_MAX_CHARACTERS 128
#define TAG_RANGES 0x6168704du /* "Mpha": the block that the caller frees */

ULONG_PTR MmUserProbeAddress;
PVOID MmHighestUserAddress;
PVOID MmSystemRangeStart;

int nt_mm_create(struct sim *s)
{
    struct nt_mm *mm = calloc(1, sizeof *mm);

    if (!mm || objmap_create(&mm->views, MAP_BITS) || objmap_create(&mm->blocks, MAP_BITS) ||
        objmap_create(&mm->pool, MAP_BITS)) {
        if (mm) {
            objmap_destroy(&mm->views);
            objmap_destroy(&mm->blocks);
        }
        free(mm);
        return ERR_NOMEM;
    }
    s->nt->mm = mm;
    mm_pool_type_reset();
    MmUserProbeAddress = (ULONG_PTR)mem_window.system;
    MmHighestUserAddress = mem_window.system - 1;
    MmSystemRangeStart = mem_window.system;
    return 0;
}

void nt_mm_reset(struct sim *s)
{
    struct nt_mm *mm = s->nt->mm;

    mm_pool_type_reset();
    objmap_reset(&mm->views);
    objmap_reset(&mm->blocks);
    objmap_reset(&mm->pool);
    mm->view_count = mm->view_room ? 1 : 0;
    mm->block_count = mm->block_room ? 1 : 0;
    mm->view_free = mm->block_free = 0;
}

void nt_mm_destroy(struct sim *s)
{
    struct nt_mm *mm = s->nt->mm;

    if (!mm)
        return;
    objmap_destroy(&mm->views);
    objmap_destroy(&mm->blocks);
    objmap_destroy(&mm->pool);
    free(mm->view);
    free(mm->block);
    free(mm);
    s->nt->mm = NULL;
}

uint32_t mm_process(struct sim *s)
{
    const struct agent *thread = sched_is_running(s) ? sched_current_thread(s) : NULL;

    return thread ? agent_process(thread) : 0;
}

void mm_raise(NTSTATUS status) { seh_raise((uint32_t)status, 0, NULL); }

uint64_t mm_pfn(struct sim *s, const void *p, bool *io)
{
    uint32_t page = mem_page_of(s, p);
    struct dm_device *d;
    unsigned bar;
    uint64_t offset;

    *io = false;
    if (page != MEM_NONE)
        return mem_pfn(s, page);
    if (bus_mmio_find(s, p, &d, &bar, &offset)) {
        *io = true;
        return (d->bars[bar].start + offset) >> PAGE_SHIFT;
    }
    return mem_in_window(p) ? 0 : mem_host_pfn(s, p);
}

/* --- allocations of pages --- */

static uint32_t block_slot(struct nt_mm *mm)
{
    uint32_t i = mm->block_free;

    if (i) {
        mm->block_free = mm->block[i].next;
        return i;
    }
    if (mm->block_count == mm->block_room) {
        uint32_t room = mm->block_room ? mm->block_room * 2 : FIRST_ROOM;
        struct mm_block *grown = realloc(mm->block, room * sizeof *grown);

        must(grown != NULL);
        mm->block = grown;
        mm->block_room = room;
        mm->block_count = mm->block_count ? mm->block_count : 1;
    }
    return mm->block_count++;
}

struct mm_block *mm_block_of(struct sim *s, const void *p)
{
    const struct objmap_entry *e = objmap_find(&s->nt->mm->blocks, p);

    return e ? &s->nt->mm->block[(uintptr_t)e->data] : NULL;
}

struct mm_block *mm_block_add(struct sim *s, const struct mm_block *block)
{
    struct nt_mm *mm = s->nt->mm;
    const struct objmap_entry *e = objmap_find(&mm->blocks, block->p);
    uint32_t next = e ? (uint32_t)(uintptr_t)e->data : 0, i = block_slot(mm);
    struct mm_block *b = &mm->block[i];

    *b = *block;
    b->next = next;
    b->obj = obj_new(&s->trace, OBJ_POOL);
    objmap_put(&mm->blocks, b->p, b->obj, (void *)(uintptr_t)i);
    trace_emit(&s->trace, EV_POOL, API_NONE, b->obj, va_of(s, b->p).v, b->bytes, b->tag,
               MM_BLOCK_TYPE + b->kind);
    return b;
}

void mm_block_end(struct sim *s, struct mm_block *b)
{
    struct nt_mm *mm = s->nt->mm;
    struct objmap_entry *e = objmap_find(&mm->blocks, b->p);
    uint32_t index = (uint32_t)(b - mm->block);

    must(e != NULL && (uintptr_t)e->data == index); /* the latest at its address goes first */
    trace_emit(&s->trace, EV_POOL_END, API_NONE, b->obj, va_of(s, b->p).v, b->bytes, b->tag,
               MM_BLOCK_TYPE + b->kind);
    e->data = (void *)(uintptr_t)b->next;
    if (b->next)
        e->obj = mm->block[b->next].obj;
    else
        objmap_drop(&mm->blocks, b->p);
    b->next = mm->block_free;
    mm->block_free = index;
}

/* --- questions --- */

/*
 * MmSizeOfMdl: bytes of an MDL for a buffer.
 *
 * Irql     any
 * Units    Length: bytes
 * Returns  bytes
 * Gap      none known
 * Says     nothing: it asks about numbers only
 * Source   wdm/nf-wdm-mmsizeofmdl
 */
SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return sizeof(MDL) + span_pages((uintptr_t)Base, Length) * sizeof(PFN_NUMBER);
}

/*
 * MmGetPhysicalAddress: where a resident address lies.
 *
 * Irql     any
 * Returns  the physical address; 0: nothing there
 * Gap      none known
 * Says     CALL, RETURN (physical)
 * Source   wdm/nf-wdm-mmgetphysicaladdress
 */
PHYSICAL_ADDRESS MmGetPhysicalAddress(PVOID BaseAddress)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmGetPhysicalAddress, 0, va_of(s, BaseAddress).v, 0, 0, 0);
    bool io;
    uint64_t pfn = mm_pfn(s, BaseAddress, &io);
    PHYSICAL_ADDRESS pa = { .QuadPart = 0 };

    if (pfn)
        pa.QuadPart = (LONGLONG)(pfn << PAGE_SHIFT | BYTE_OFFSET(BaseAddress));
    call_end(&c, (uint64_t)pa.QuadPart, 0, 0, 0);
    return pa;
}

/*
 * MmIsAddressValid: whether touching an address would fault now.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: it would not
 * Gap      memory is never paged out
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-mmisaddressvalid
 */
BOOLEAN MmIsAddressValid(PVOID VirtualAddress)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmIsAddressValid, 0, va_of(s, VirtualAddress).v, 0, 0, 0);
    uint32_t page = mem_page_of(s, VirtualAddress);
    bool io;
    BOOLEAN valid;

    if (mem_is_user(VirtualAddress))
        valid = mem_user_valid(s, mm_process(s), VirtualAddress, 1);
    else
        valid = page != MEM_NONE ? mem_frame(s, page)->allocated != FRAME_FREE
                                 : mm_pfn(s, VirtualAddress, &io) != 0;
    call_end(&c, valid, 0, 0, 0);
    return valid;
}

/*
 * MmGetPhysicalMemoryRanges: the machine's RAM, ascending, ended by a range of zeros.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  pool memory that the caller frees; NULL: none to be had
 * Gap      the range of scattered memory may have holes
 * Says     CALL, POOL, RETURN
 * Source   ntddk/nf-ntddk-mmgetphysicalmemoryranges
 */
PPHYSICAL_MEMORY_RANGE MmGetPhysicalMemoryRanges(VOID)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmGetPhysicalMemoryRanges, 0, 0, 0, 0, 0);
    uint64_t bytes = (MEM_ZONES + 1) * sizeof(PHYSICAL_MEMORY_RANGE), physical, length;
    PPHYSICAL_MEMORY_RANGE ranges =
        fault_take(s, FAULT_POOL) ? NULL : pool_alloc(s, POOL_NONPAGED, bytes, TAG_RANGES, true);

    for (unsigned i = 0; ranges && mem_ram_range(s, i, &physical, &length); i++) {
        ranges[i].BaseAddress.QuadPart = (LONGLONG)physical;
        ranges[i].NumberOfBytes.QuadPart = (LONGLONG)length;
    }
    call_end(&c, va_of(s, ranges).v, 0, 0, 0);
    return ranges;
}

/*
 * MmGetSystemRoutineAddress: a routine of the kernel by its name.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  NULL: not there
 * Gap      finds what is modelled and nothing else
 * Says     CALL, RETURN (the number of the routine in api.def; 0: none)
 * Source   wdm/nf-wdm-mmgetsystemroutineaddress
 */
PVOID MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmGetSystemRoutineAddress, 0, 0, 0, 0, 0);
    char name[NAME_MAX_CHARACTERS + 1];
    unsigned length = SystemRoutineName->Length / sizeof(WCHAR);
    int api = -1;
    void *p = NULL;

    if (length <= NAME_MAX_CHARACTERS) {
        for (unsigned i = 0; i < length; i++)
            name[i] =
                (char)(SystemRoutineName->Buffer[i] < 0x80 ? SystemRoutineName->Buffer[i] : '?');
        name[length] = '\0';
        api = api_of(name);
        p = api > 0 ? dlsym(RTLD_DEFAULT, name) : NULL;
    }
    call_end(&c, p ? (uint64_t)api : 0, 0, 0, 0);
    return p;
}
