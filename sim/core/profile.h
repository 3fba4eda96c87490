/*
 * A machine profile: one kind of hardware and platform. Each field is one key of profiles/NAME.ini.
 */
#ifndef DMACHECK_SIM_CORE_PROFILE_H
#define DMACHECK_SIM_CORE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum profile_memory { MEMORY_SCATTERED, MEMORY_CONTIGUOUS };
enum profile_translation { TRANSLATION_NONE, TRANSLATION_REMAP };
enum profile_elements { ELEMENTS_NATURAL, ELEMENTS_SPLIT, ELEMENTS_MERGE };

struct profile {
    char name[32];
    char summary[96]; /* one line for `dmacheck profiles` */
    /* [memory] */
    enum profile_memory placement; /* how page frames follow one another */
    bool above_4g;                 /* ordinary memory lies above 4 GiB */
    uint32_t ram_mib;              /* memory of the machine */
    bool coherent;                 /* devices see the CPU's caches */
    bool weak_order;               /* a plain store may pass an earlier one (weakorder.h) */
    /* [cpu] */
    uint32_t cpus;            /* 1..4 */
    uint32_t page_ns, kib_ns; /* CPU cost of mapping a page, of copying a KiB */
    uint32_t access_ps;       /* CPU cost of one memory access of the driver, picoseconds */
    /* [dma] */
    enum profile_translation translation; /* whether an IOMMU translates */
    bool lazy;                            /* invalidation is deferred */
    bool external;         /* device behind an external port: sub-page parts are bounced */
    uint32_t address_bits; /* the platform reaches no more for the device; 64 = no limit */
    bool scatter_gather;   /* false: each transfer is one logical run */
    enum profile_elements elements;
    uint32_t map_registers;        /* most that IoGetDmaAdapter reports; 0 = as asked */
    uint32_t map_registers_system; /* in the whole machine, all adapters; requests queue beyond */
    bool deferred;                 /* execution routines never run before the call returns */
    bool logical_is_physical;      /* logical addresses equal physical ones */
};

void profile_default(struct profile *p);
/* Reads an .ini. On failure gives a negative err and one line (file, line, what was expected). */
int profile_read(struct profile *p, const char *path, char *message, size_t message_size);
/* Finds NAME in the folder of profiles (DMACHECK_PROFILES, else beside the program's root). */
int profile_find(struct profile *p, const char *name, char *message, size_t message_size);
/* Every key but the summary as "key=value", with words and yes/no as numbers: a trace's header. */
void profile_text(const struct profile *p, char *out, size_t size);
/* And back; what is not a key is passed over, and a key that is not there has its default. */
int profile_from_text(struct profile *p, const char *name, const char *text, char *message,
                      size_t message_size);
/* All names, sorted; returns how many. */
int profile_names(char (*names)[32], int max);

#endif
