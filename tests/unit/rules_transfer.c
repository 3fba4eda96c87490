/*
 * The rules over requests of version 3: transfer contexts, and the adapter that a synchronous list holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull
#define CONTEXT(n) OBJ_ID(OBJ_CONTEXT, n)
#define MDL(n) OBJ_ID(OBJ_MDL, n)
#define KEEP_REGISTERS 3 /* wdm/ne-wdm-_io_allocation_action */
#define KEEP 1
#define INSUFFICIENT_RESOURCES 0xC000009Au

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    says_adapter(s, ADAPTER1);
    says(s, EV_MDL, 0, MDL(1), AT_CREATE, 0x1000, 8192, 0, 0);
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

/* A context is known by its address; each initialisation is a new object. */
static void says_context(struct says *s, uint32_t n, uint64_t va)
{
    says(s, EV_CALL, API_InitializeDmaTransferContext, ADAPTER1, AT_CREATE, 0, va, 0, 0);
    says(s, EV_CONTEXT, API_InitializeDmaTransferContext, CONTEXT(n), AT_CREATE, va, 0, 0, 0);
    says(s, EV_RETURN, API_InitializeDmaTransferContext, ADAPTER1, AT_CREATE, 0, CONTEXT(n), 0, 0);
}

static void says_asked(struct says *s, uint32_t context, uint32_t mdl, int to_device)
{
    s->irql = 2;
    says(s, EV_CALL, API_BuildScatterGatherListEx, ADAPTER1, AT_GET, mdl, 0,
         dir_length(4096, to_device), 0);
    says(s, EV_ARG, API_BuildScatterGatherListEx, context, AT_GET, 1 /* synchronous */, 0, 0, 0x10);
    says(s, EV_ARG, API_BuildScatterGatherListEx, 0, AT_GET, 0, 0, 8192, 2);
}

static void says_answered(struct says *s, uint32_t status, uint32_t sgl)
{
    says(s, EV_RETURN, API_BuildScatterGatherListEx, ADAPTER1, AT_GET, status, sgl, 0, 0);
    s->irql = 0;
}

/* BuildScatterGatherListEx at once, without a routine. */
static void says_build(struct says *s, uint32_t context, uint32_t sgl, uint32_t mdl, int to_device)
{
    uint64_t dl = dir_length(4096, to_device);

    says_asked(s, context, mdl, to_device);
    says(s, EV_CHANNEL, 0, OBJ_ID(OBJ_CHANNEL, OBJ_NUMBER(sgl)), AT_GET, ADAPTER1, 1, 1, 0);
    says(s, EV_SGL, 0, sgl, AT_GET, ADAPTER1, dl, mdl, 1ull << 32 | 1);
    says(s, EV_MAP, 0, sgl, AT_GET, BA + OBJ_NUMBER(sgl) * 8192, dl, 0, mdl);
    says(s, EV_CONTEXT_USED, 0, context, AT_GET, sgl, ADAPTER1, 0, 0);
    says_answered(s, 0, sgl);
}

static void says_refused(struct says *s, uint32_t context)
{
    says_asked(s, context, MDL(1), 1);
    says_answered(s, INSUFFICIENT_RESOURCES, 0);
}

static void says_freed(struct says *s, uint32_t sgl, unsigned action)
{
    uint32_t channel = OBJ_ID(OBJ_CHANNEL, OBJ_NUMBER(sgl));

    says(s, EV_CALL, API_FreeAdapterObject, ADAPTER1, AT_OTHER, action, channel, 0, 0);
    if (action != KEEP)
        says(s, EV_CHANNEL_END, 0, channel, AT_OTHER, ADAPTER1, action, 0, 0);
    says(s, EV_RETURN, API_FreeAdapterObject, ADAPTER1, AT_OTHER, 0, 0, 0, 0);
}

static void says_list_put(struct says *s, uint32_t sgl, int to_device)
{
    says_put(s, ADAPTER1, sgl, BA + OBJ_NUMBER(sgl) * 8192, 4096, to_device);
}

/* The whole recipe on a context that is ready. */
static void says_recipe(struct says *s, uint32_t context, uint32_t n, uint32_t mdl, int to_device)
{
    says_build(s, context, SGL(n), mdl, to_device);
    says_freed(s, SGL(n), KEEP_REGISTERS);
    says_list_put(s, SGL(n), to_device);
}

/* As KMDF does: one context for a transaction, its parts one after the other, over a chain of MDLs. */
static void parts_of_one_transaction_share_a_context(void **state)
{
    struct says *s = *state;

    says(s, EV_MDL, 0, MDL(2), AT_CREATE, 0x3000, 4096, 0, 0);
    says_context(s, 1, 0x100);
    says_recipe(s, CONTEXT(1), 1, MDL(1), 1);
    says_recipe(s, CONTEXT(1), 2, MDL(1), 1);
    says_recipe(s, CONTEXT(1), 3, MDL(2), 1);
    says_context(s, 2, 0x100); /* the next transaction */
    says_recipe(s, CONTEXT(2), 4, MDL(1), 0);
    says_adapter_end(s, ADAPTER1);
    assert_int_equal(finding_count(s->v), 0);
}

static void another_direction_is_another_transaction(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_recipe(s, CONTEXT(1), 1, MDL(1), 1);
    says_recipe(s, CONTEXT(1), 2, MDL(1), 0);
    assert_int_equal(the_finding(s, "context-reused")->obj, CONTEXT(1));
}

static void another_buffer_is_another_transaction(void **state)
{
    struct says *s = *state;

    says(s, EV_MDL, 0, MDL(2), AT_CREATE, 0x3000, 4096, 0, 0);
    says_context(s, 1, 0x100);
    says_recipe(s, CONTEXT(1), 1, MDL(2), 1);
    says(s, EV_MDL_END, 0, MDL(2), AT_OTHER, 0, 0, 0, 0);
    says_recipe(s, CONTEXT(1), 2, MDL(1), 1);
    assert_string_equal(the_finding(s, "context-reused")->driver_verifier, "blind");
}

static void a_context_serves_one_list_at_a_time(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_freed(s, SGL(1), KEEP_REGISTERS);
    says_build(s, CONTEXT(1), SGL(2), MDL(1), 1);
    the_finding(s, "context-shared");
}

static void a_context_is_not_initialised_under_a_transfer(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_context(s, 2, 0x200); /* another one may be */
    assert_int_equal(finding_count(s->v), 0);
    says_context(s, 3, 0x100);
    the_finding(s, "context-shared");
}

static void a_refused_request_leaves_its_context_free(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_refused(s, CONTEXT(1));
    says_recipe(s, CONTEXT(1), 1, MDL(1), 1);
    assert_int_equal(finding_count(s->v), 0);
}

static void without_any_context_it_is_said(void **state)
{
    struct says *s = *state;

    says_refused(s, 0);
    the_finding(s, "context-not-initialised");
}

/* A request that waits, a cancel, and the memory given back. */
static void says_cancelled(struct says *s, int answer)
{
    says_context(s, 1, 0x100);
    says(s, EV_CALL, API_AllocateAdapterChannelEx, ADAPTER1, AT_GET, 0, CONTEXT(1), 4, 0);
    says(s, EV_RETURN, API_AllocateAdapterChannelEx, ADAPTER1, AT_GET, 0, 0, 0, 0);
    says(s, EV_CALL, API_CancelAdapterChannel, ADAPTER1, AT_OTHER, 0, CONTEXT(1), 0, 0);
    says(s, EV_RETURN, API_CancelAdapterChannel, ADAPTER1, AT_OTHER, (uint64_t)answer, 0, 0, 0);
}

static void says_memory_freed(struct says *s)
{
    says(s, EV_POOL_END, 0, OBJ_ID(OBJ_POOL, 1), AT_PUT, 0x80, 256, 0, 0);
}

static void what_could_not_be_cancelled_keeps_its_context(void **state)
{
    struct says *s = *state;

    s->irql = 2;
    says_cancelled(s, 0);
    says_memory_freed(s);
    assert_int_equal(site_of(the_finding(s, "cancel-outcome-ignored"), ROLE_OTHER), AT_OTHER);
}

static void what_was_cancelled_does_not(void **state)
{
    struct says *s = *state;

    s->irql = 2;
    says_cancelled(s, 1);
    says_memory_freed(s);
    assert_int_equal(finding_count(s->v), 0);
}

static void nor_what_was_waited_for(void **state)
{
    struct says *s = *state;

    s->irql = 2;
    says_cancelled(s, 0);
    says(s, EV_CONTEXT_USED, 0, CONTEXT(1), AT_GET, 0, ADAPTER1, 0, 0);
    says_memory_freed(s);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_reference_that_is_left_is_0xe6_0x11(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_list_put(s, SGL(1), 1);
    says_adapter_end(s, ADAPTER1);
    /* debugger/bug-check-0xe6--driver-verifier-dma-violation: 0x11, the adapter's reference count */
    assert_string_equal(the_finding(s, "adapter-references-left")->driver_verifier,
                        "0xE6 (0x11, ...)");
}

static void the_next_request_finds_the_adapter_held(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_list_put(s, SGL(1), 1);
    says_context(s, 2, 0x100);
    says_refused(s, CONTEXT(2));
    says_adapter_end(s, ADAPTER1); /* and there is nothing new in it */
    the_finding(s, "adapter-object-not-freed");
}

static void a_list_between_two_steps_is_refused(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_context(s, 2, 0x200);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_refused(s, CONTEXT(2));
    assert_int_equal(finding_count(s->v), 0);
    says_freed(s, SGL(1), KEEP_REGISTERS);
    says_list_put(s, SGL(1), 1);
    the_finding(s, "v3-steps-parallel");
}

static void keep_object_frees_nothing(void **state)
{
    struct says *s = *state;

    says_context(s, 1, 0x100);
    says_build(s, CONTEXT(1), SGL(1), MDL(1), 1);
    says_freed(s, SGL(1), KEEP);
    says_list_put(s, SGL(1), 1);
    assert_int_equal(finding_count(s->v), 0);
    says_adapter_end(s, ADAPTER1);
    assert_string_equal(the_finding(s, "adapter-object-wrong-disposition")->driver_verifier,
                        "0xE6 (0x11, ...)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parts_of_one_transaction_share_a_context),
        TEST(another_direction_is_another_transaction),
        TEST(another_buffer_is_another_transaction),
        TEST(a_context_serves_one_list_at_a_time),
        TEST(a_context_is_not_initialised_under_a_transfer),
        TEST(a_refused_request_leaves_its_context_free),
        TEST(without_any_context_it_is_said),
        TEST(what_could_not_be_cancelled_keeps_its_context),
        TEST(what_was_cancelled_does_not),
        TEST(nor_what_was_waited_for),
        TEST(a_reference_that_is_left_is_0xe6_0x11),
        TEST(the_next_request_finds_the_adapter_held),
        TEST(a_list_between_two_steps_is_refused),
        TEST(keep_object_frees_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
