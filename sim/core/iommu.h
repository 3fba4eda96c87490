/*
 * The IOMMU: which page of memory stands behind a page of a device's bus addresses, and what the
 * device may do with it. Bus addresses are given out once for the whole machine (no two devices
 * ever hold the same one at a time), each translation belongs to one domain, and a device sees only
 * its own domain's. On a machine without translation the domains exist (JoinDmaDomain works) and
 * translate nothing.
 *
 *     lazy: a translation that was taken away may still be in the IOTLB. Whether it is, is a choice
 *     (IOTLB) at each access, until the next batch flush, after IOMMU_LAZY_PAGES taken away pages
 * or
 *     IOMMU_LAZY_NS (Linux flushes its queue at 256 entries or 10 ms).
 */
#ifndef DMACHECK_SIM_CORE_IOMMU_H
#define DMACHECK_SIM_CORE_IOMMU_H

#include "sim/core/sim.h"

#define IOMMU_READ 1u /* the device may read memory (a transfer to the device) */
#define IOMMU_WRITE 2u
#define IOMMU_LAZY_PAGES 256u
#define IOMMU_LAZY_NS 10000000ull

/* Windows of bus addresses, by what a device can say: disjoint from physical addresses. */
#define IOMMU_HIGH_BASE 0x4000000000ull /* devices of 40 bits and more: 16 GiB of it */
#define IOMMU_HIGH_PAGES (1u << 22)
#define IOMMU_LOW_BASE 0x80000000ull /* devices of 32 to 39 bits: to where BARs begin */
#define IOMMU_LOW_PAGES 0x70000u
#define IOMMU_ISA_BASE 0x800000ull /* devices of 24 to 31 bits: 8 to 16 MiB */
#define IOMMU_ISA_PAGES (1u << 11)

enum iommu_window { IOMMU_HIGH, IOMMU_LOW, IOMMU_ISA, IOMMU_WINDOWS };
static inline enum iommu_window iommu_window_of(unsigned address_bits)
{
    return address_bits >= 40 ? IOMMU_HIGH : address_bits >= 32 ? IOMMU_LOW : IOMMU_ISA;
}

enum iommu_answer { IOMMU_OK, IOMMU_NOT_MAPPED, IOMMU_FORBIDDEN };

uint32_t iommu_domain_new(struct sim *s);
bool iommu_domain_exists(const struct sim *s, uint32_t domain);
uint32_t iommu_domain_obj(const struct sim *s, uint32_t domain); /* OBJ_DOMAIN id */

/* Reserves pages of bus addresses that follow one another, with an untranslated page behind them.
 * min/max: the address of the first byte is at least min, of the last at most max. 0: none left. */
uint64_t iommu_reserve(struct sim *s, enum iommu_window w, uint32_t pages, uint64_t align_pages,
                       uint64_t min, uint64_t max);
void iommu_unreserve(struct sim *s, uint64_t ba, uint32_t pages);
void iommu_map(struct sim *s, uint32_t domain, uint64_t ba, uint64_t pfn, unsigned access);
void iommu_unmap(struct sim *s, uint64_t ba, uint32_t pages);
/* What a device of this domain reaches at ba. OK: *pfn. */
enum iommu_answer iommu_translate(struct sim *s, uint32_t domain, uint64_t ba, unsigned access,
                                  uint64_t *pfn);
void iommu_flush(struct sim *s); /* batch flush: nothing stale is left */

int iommu_create(struct sim *s);
void iommu_reset(struct sim *s);
void iommu_destroy(struct sim *s);

#endif
