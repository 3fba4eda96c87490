/*
 * The rules about buffers, guards, channels and vectors on hand-written events. Codes and the order of
 * parameters are typed from debugger/bug-check-0xe6--driver-verifier-dma-violation and
 * debugger/bug-check-0x1dc--dma-common-buffer-vector-error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull
#define VA 0x5010ull
#define MDL_VA 0x9000ull
#define BYTES 0x300ull
#define LOCKED (2ull << 32)     /* MDL_PAGES_LOCKED */
#define NONPAGED (4ull << 32)   /* MDL_SOURCE_IS_NONPAGED_POOL */
#define PARTIAL (0x14ull << 32) /* a part of such a one */
#define IRP1 OBJ_ID(OBJ_IRP, 1)
#define VECTOR1 OBJ_ID(OBJ_VECTOR, 1)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
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

static void begin(struct says *s, uint64_t irp)
{
    verifier_reset(s->v);
    says_adapter(s, ADAPTER1);
    says(s, EV_MDL, 0, MDL1, AT_CREATE, VA, BYTES, irp, 0);
}

static void each_way_in_which_a_buffer_is_odd_has_its_code(void **state)
{
    static const struct {
        unsigned what, api;
        uint64_t missing, flags;
        const char *word, *driver_verifier;
    } rows[] = {
        { BUFFER_EMPTY, API_MapTransfer, 0, LOCKED, "map-zero-length", "0xE6 (0x21, ...)" },
        { BUFFER_UNLOCKED, API_MapTransfer, 0, 0, "buffer-not-locked", "0xE6 (0x0E, 0x9000, ...)" },
        { BUFFER_UNMAPPED, 0, 0, LOCKED, "buffer-without-system-va", "0xE6 (0x22, 0x9000, ...)" },
        { BUFFER_BEFORE, API_MapTransfer, 0, LOCKED, "va-outside-mdl",
          "0xE6 (0x1B, 0x5010, 0x9000, ...)" },
        { BUFFER_BEHIND, API_FlushAdapterBuffers, 0, LOCKED, "va-outside-mdl",
          "0xE6 (0x1B, 0x5010, 0x9000, ...)" },
        { BUFFER_BEFORE, API_GetScatterGatherList, 0, LOCKED, "buffer-before-mdl",
          "0xE6 (0x1F, 0x1, 0x5010, 0x9000)" },
        { BUFFER_BEHIND, API_BuildScatterGatherList, 0, LOCKED, "buffer-after-mdl",
          "0xE6 (0x1F, 0x2, 0x5010, 0x9000)" },
        { BUFFER_LONGER, API_MapTransfer, 0x20, LOCKED, "buffer-longer-than-mdl",
          "0xE6 (0x1F, 0x3, 0x9000, 0x300)" },
        { BUFFER_VA_UNALIGNED, API_MapTransfer, 0, NONPAGED, "buffer-not-line-aligned",
          "0xE6 (0x1F, 0x4, 0x5010, 0x9000)" },
        { BUFFER_LENGTH_UNALIGNED, API_MapTransfer, 0, NONPAGED, "length-not-line-aligned",
          "0xE6 (0x1F, 0x5, 0x300, 0x9000)" },
        { BUFFER_SHORT, API_MapTransferEx, 0x20, LOCKED, "buffer-insufficient",
          "0xE6 (0x24, 0x20, ...)" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        begin(s, 0);
        says(s, EV_BUFFER, rows[i].api, MDL1, AT_GET, rows[i].missing << 32 | rows[i].what, VA,
             rows[i].flags | BYTES, MDL_VA);
        assert_string_equal(the_finding(s, rows[i].word)->driver_verifier, rows[i].driver_verifier);
    }
}

static void who_did_not_choose_the_place_is_not_told_of_lines(void **state)
{
    static const struct {
        uint64_t irp, flags;
    } rows[] = { { IRP1, LOCKED }, { 0, LOCKED }, { 0, PARTIAL }, { IRP1, NONPAGED } };
    struct says *s = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        begin(s, rows[i].irp);
        for (unsigned what = BUFFER_VA_UNALIGNED; what <= BUFFER_LENGTH_UNALIGNED; what++)
            says(s, EV_BUFFER, API_MapTransfer, MDL1, AT_GET, what, VA, rows[i].flags | BYTES,
                 MDL_VA);
        assert_int_equal(finding_count(s->v), 0);
    }
}

/* 0x0F: 1 and 2 with the buffer's length and start, 4 and 5 with its start and the corrupt address. */
static void guards_tell_on_which_side_and_how_far_away(void **state)
{
    static const struct {
        int64_t offset;
        const char *word, *driver_verifier;
    } rows[] = {
        { -8, "tag-before-changed", "0xE6 (0x0F, 0x1, 0x300, 0x5010)" },
        { 0x300, "tag-after-changed", "0xE6 (0x0F, 0x2, 0x300, 0x5010)" },
        { -9, "padding-before-changed", "0xE6 (0x0F, 0x4, 0x5010, 0x5007)" },
        { 0x308, "padding-after-changed", "0xE6 (0x0F, 0x5, 0x5010, 0x5318)" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        begin(s, 0);
        says(s, EV_COMMON, API_AllocateCommonBuffer, COMMON(1), AT_CREATE, ADAPTER1, BA, BYTES, VA);
        says(s, EV_GUARD, 0, COMMON(1), AT_PUT, VA, BYTES, (uint64_t)rows[i].offset, 0xaa);
        assert_string_equal(the_finding(s, rows[i].word)->driver_verifier, rows[i].driver_verifier);
        assert_int_equal(site_of(finding_at(s->v, 0), ROLE_CREATED), AT_CREATE);
    }
}

/* 0x0F, 3: the corrupt address. A device that is known to have been late is not told of twice. */
static void free_map_registers_are_written_by_nobody(void **state)
{
    struct says *s = *state;

    for (int late = 0; late < 2; late++) {
        begin(s, 0);
        says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
        says_put(s, ADAPTER1, SGL(1), BA, 4096, 0);
        if (late) {
            says_doorbell(s);
            says_device(s, EV_DEV_WRITE, BA, 8, 0, 0);
        }
        says(s, EV_FREE_DAMAGED, 0, SGL(1), 0, 0x7008, BA + 8, 0xaa, 0);
        the_finding(s, late ? "sgl-used-after-put" : "free-mapreg-written");
        if (!late)
            assert_string_equal(finding_at(s->v, 0)->driver_verifier,
                                "0xE6 (0x0F, 0x3, 0x7008, ...)");
    }
}

static void says_asked(struct says *s, uint32_t device_object)
{
    says(s, EV_CALL, API_AllocateAdapterChannel, ADAPTER1, AT_GET, device_object, 1, 0, 0);
}

/* 0x0B: outstanding channels. */
static void a_device_object_asks_for_one_channel_at_a_time(void **state)
{
    const uint32_t object = OBJ_ID(OBJ_DEVOBJ, 1), other = OBJ_ID(OBJ_DEVOBJ, 2);
    struct says *s = *state;

    s->irql = 2;
    for (int inside = 0; inside < 2; inside++) {
        begin(s, 0);
        says_asked(s, object);
        if (inside) {
            says(s, EV_CALLBACK, API_AdapterControl, ADAPTER1, AT_GET, object, 0, MAPREG(1), 0);
        } else {
            says(s, EV_RETURN, API_AllocateAdapterChannel, ADAPTER1, AT_GET, 0, 0, 0, 0);
            says_asked(s, other);
            says(s, EV_RETURN, API_AllocateAdapterChannel, ADAPTER1, AT_GET, 0, 0, 0, 0);
        }
        assert_int_equal(finding_count(s->v), 0);
        says_asked(s, object);
        assert_string_equal(the_finding(s, "channel-allocated-twice")->driver_verifier,
                            "0xE6 (0x0B, 0x2, ...)");
    }
}

static void a_request_that_ran_or_was_refused_is_not_outstanding(void **state)
{
    const uint32_t object = OBJ_ID(OBJ_DEVOBJ, 1);
    struct says *s = *state;

    s->irql = 2;
    begin(s, 0);
    says_asked(s, object);
    says(s, EV_RETURN, API_AllocateAdapterChannel, ADAPTER1, AT_GET, 0xC000009A, 0, 0, 0);
    says_asked(s, object);
    says(s, EV_CALLBACK, API_AdapterControl, ADAPTER1, AT_GET, object, 0, MAPREG(1), 0);
    says(s, EV_CALLBACK_END, API_AdapterControl, ADAPTER1, AT_GET, 3, 0, 0, 0);
    says(s, EV_RETURN, API_AllocateAdapterChannel, ADAPTER1, AT_GET, 0, 0, 0, 0);
    says_asked(s, object);
    assert_int_equal(finding_count(s->v), 0);
}

/* 0x1DC: 1 IRQL; 2 index, virtual and logical address; 3 entries, index; 4 index; 5 nothing. */
static void vectors(void **state)
{
    static const struct {
        uint64_t code, a, b;
        const char *word, *driver_verifier;
    } rows[] = {
        { 2, 1, 0x5210, "vector-not-empty", "0x1DC (0x02, 0x1, 0x5210, 0x100000200)" },
        { 3, 4, 9, "vector-index-out-of-bounds", "0x1DC (0x03, 0x4, 0x9, ...)" },
        { 4, 3, 0, "vector-index-freed", "0x1DC (0x04, 0x3, ...)" },
    };
    struct says *s = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        begin(s, 0);
        says(s, EV_COMMON, API_AllocateCommonBufferVector, VECTOR1, AT_CREATE, ADAPTER1, BA, 0x800,
             VA);
        says(s, EV_BUGCHECK, 0, 0, AT_OTHER, 0x1DC, rows[i].code, rows[i].a, rows[i].b);
        assert_string_equal(the_finding(s, rows[i].word)->driver_verifier, rows[i].driver_verifier);
    }
    begin(s, 0);
    s->irql = 2;
    says(s, EV_CALL, API_FreeCommonBufferVector, ADAPTER1, AT_PUT, VECTOR1, 0, 0, 0);
    assert_string_equal(the_finding(s, "vector-irql")->driver_verifier, "0x1DC (0x01, 0x2, ...)");
    s->irql = 0;
    begin(s, 0);
    says(s, EV_COMMON, API_AllocateCommonBufferVector, VECTOR1, AT_CREATE, ADAPTER1, BA, 0x800, VA);
    says_adapter_end(s, ADAPTER1);
    assert_string_equal(the_finding(s, "vector-leaked")->driver_verifier, "0x1DC (0x05, ...)");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_way_in_which_a_buffer_is_odd_has_its_code),
        T(who_did_not_choose_the_place_is_not_told_of_lines),
        T(guards_tell_on_which_side_and_how_far_away),
        T(free_map_registers_are_written_by_nobody),
        T(a_device_object_asks_for_one_channel_at_a_time),
        T(a_request_that_ran_or_was_refused_is_not_outstanding),
        T(vectors),
    };

    return cmocka_run_group_tests_name("rules of buffers", tests, NULL, NULL);
}
