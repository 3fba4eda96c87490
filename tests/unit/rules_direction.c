/*
 * The rules about directions: what a buffer was made for, how it is mapped, and how the device uses it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull
#define IRP1 OBJ_ID(OBJ_IRP, 1)
#define READ (3ull << 8)     /* IRP_MJ_READ << 8 */
#define WRITE (4ull << 8)    /* IRP_MJ_WRITE */
#define CONTROL (14ull << 8) /* IRP_MJ_DEVICE_CONTROL */

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    says_adapter(s, ADAPTER1);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct says *s = *state;

    verifier_destroy(s->v);
    free(s);
    return 0;
}

static void says_mdl(struct says *s) { says(s, EV_MDL, 0, MDL1, AT_CREATE, 0x1000, 4096, 0, 0); }

static void says_irp(struct says *s, uint64_t major)
{
    says_mdl(s);
    says(s, EV_IRP, 0, IRP1, 0, major, 4096, MDL1, 0);
}

static void says_transfer(struct says *s, uint32_t sgl, int to_device)
{
    says_get(s, ADAPTER1, sgl, BA, 4096, to_device);
    says_put(s, ADAPTER1, sgl, BA, 4096, to_device);
}

static void a_read_request_is_mapped_from_the_device(void **state)
{
    struct says *s = *state;

    says_irp(s, READ);
    says_transfer(s, SGL(1), 0);
    assert_int_equal(finding_count(s->v), 0);
    says_transfer(s, SGL(2), 1);
    assert_int_equal(the_finding(s, "direction-differs-from-request")->obj, MDL1);
}

static void a_write_request_is_mapped_to_the_device(void **state)
{
    struct says *s = *state;

    says_irp(s, WRITE);
    says_transfer(s, SGL(1), 1);
    assert_int_equal(finding_count(s->v), 0);
    says_transfer(s, SGL(2), 0);
    assert_string_equal(the_finding(s, "direction-differs-from-request")->driver_verifier, "blind");
}

static void a_control_code_may_go_either_way(void **state)
{
    struct says *s = *state;

    says_irp(s, CONTROL);
    says_transfer(s, SGL(1), 0);
    says_transfer(s, SGL(2), 1);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_request_that_is_over_says_nothing_of_its_mdl(void **state)
{
    struct says *s = *state;

    says_irp(s, READ);
    says(s, EV_IRP_END, 0, IRP1, AT_OTHER, 0, 4096, MDL1, 0);
    says_transfer(s, SGL(1), 1);
    assert_int_equal(finding_count(s->v), 0);
}

static void says_lock(struct says *s, unsigned operation, bool by_driver)
{
    if (by_driver)
        says(s, EV_CALL, API_MmProbeAndLockPages, MDL1, AT_OTHER, 0x1000, 4096, 0, operation);
    says(s, EV_LOCK, 0, MDL1, AT_OTHER, operation, 1, 0, 0);
    if (by_driver)
        says(s, EV_RETURN, API_MmProbeAndLockPages, MDL1, AT_OTHER, 0, 0, 0, 0);
}

static void what_the_driver_locks_for_reading_is_not_written(void **state)
{
    struct says *s = *state;

    says_mdl(s);
    says_lock(s, 0 /* IoReadAccess */, true);
    says_transfer(s, SGL(1), 1);
    assert_int_equal(finding_count(s->v), 0);
    says_transfer(s, SGL(2), 0);
    assert_int_equal(site_of(the_finding(s, "locked-for-read-but-written"), ROLE_LOCKED), AT_OTHER);
}

static void other_locks_are_no_matter(void **state)
{
    struct says *s = *state;

    says_mdl(s);
    says_lock(s, 0 /* IoReadAccess */, false); /* the system's */
    says_transfer(s, SGL(1), 0);
    says_lock(s, 1 /* IoWriteAccess */, true);
    says_transfer(s, SGL(2), 0);
    says_lock(s, 0 /* IoReadAccess */, true);
    says(s, EV_UNLOCK, 0, MDL1, AT_OTHER, 1, 0, 0, 0);
    says_transfer(s, SGL(3), 0);
    assert_int_equal(finding_count(s->v), 0);
}

/* One mapping for the device to write; then it reads. */
static void says_wrong_way(struct says *s, bool right_way_before)
{
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
    says_doorbell(s);
    for (int reads = right_way_before ? 0 : 1; reads <= 1; reads++) {
        says_device(s, EV_DEV_CLAIM, BA, 4096, reads, SGL(1));
        says_device(s, reads ? EV_DEV_READ : EV_DEV_WRITE, BA, 4096, 0, SGL(1));
        says_device(s, EV_DEV_RELEASE, BA, 4096, reads, SGL(1));
    }
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 0);
}

static void a_device_that_only_reads_is_told_from_one_that_does_both(void **state)
{
    says_wrong_way(*state, false);
    the_finding(*state, "device-reads-write-only");
}

static void a_mapping_has_one_direction(void **state)
{
    says_wrong_way(*state, true);
    the_finding(*state, "mapping-used-both-ways");
}

static void behind_the_iommu_the_refusal_is_the_same_fault(void **state)
{
    struct says *s = *state;

    verifier_begin(s->v, "remap", 7, true);
    says_adapter(s, ADAPTER1);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_doorbell(s);
    says(s, EV_DEV_FAULT, 0, DEVICE1, 0, BA, dir_length(4096, 0),
         (uint64_t)SGL(1) << 32 | DEV_FAULT_PERMISSION, 5ull << 32 | AT_DOORBELL);
    /* debugger/bug-check-0xe6--driver-verifier-dma-violation: 0x26 is an illegal DMA operation */
    assert_string_equal(the_finding(s, "device-writes-read-only")->driver_verifier,
                        "0xE6 (0x26, ...)");
}

static void says_asked(struct says *s, int write_only)
{
    says(s, EV_CALL, API_GetDmaTransferInfo, ADAPTER1, AT_CREATE, MDL1, 0,
         dir_length(4096, write_only), 1);
    says(s, EV_RETURN, API_GetDmaTransferInfo, ADAPTER1, AT_CREATE, 0, 1, 1, 232);
}

static void says_build(struct says *s, uint32_t mdl, int to_device)
{
    s->irql = 2;
    says(s, EV_CALL, API_BuildScatterGatherListEx, ADAPTER1, AT_GET, mdl, 0,
         dir_length(4096, to_device), 0);
    says(s, EV_RETURN, API_BuildScatterGatherListEx, ADAPTER1, AT_GET, 0xC000009A, 0, 0, 0);
    s->irql = 0;
}

static void what_holds_for_a_write_need_not_for_a_read(void **state)
{
    struct says *s = *state;

    says_asked(s, 0);
    says_build(s, MDL1, 0);
    says_build(s, MDL1, 1); /* more than is needed was asked for */
    says_asked(s, 1);
    says_build(s, MDL1, 1);
    says_build(s, OBJ_ID(OBJ_MDL, 2), 0); /* another buffer's */
    assert_int_equal(finding_count(s->v), 0);
    says_build(s, MDL1, 0);
    assert_int_equal(site_of(the_finding(s, "transfer-info-wrong-direction"), ROLE_OTHER),
                     AT_CREATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_read_request_is_mapped_from_the_device),
        TEST(a_write_request_is_mapped_to_the_device),
        TEST(a_control_code_may_go_either_way),
        TEST(a_request_that_is_over_says_nothing_of_its_mdl),
        TEST(what_the_driver_locks_for_reading_is_not_written),
        TEST(other_locks_are_no_matter),
        TEST(a_device_that_only_reads_is_told_from_one_that_does_both),
        TEST(a_mapping_has_one_direction),
        TEST(behind_the_iommu_the_refusal_is_the_same_fault),
        TEST(what_holds_for_a_write_need_not_for_a_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
