/*
 * The rules about who may touch what while a device has it, and about what ends under a mapping.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

#define BA 0x100000000ull
#define VA 0x200000000001000ull
#define MDL2 OBJ_ID(OBJ_MDL, 2)
#define IRP1 OBJ_ID(OBJ_IRP, 1)
#define POOL1 OBJ_ID(OBJ_POOL, 1)
#define KERNEL_MODE 0
#define USER_MODE 1

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    says_adapter(s, ADAPTER1);
    says(s, EV_MDL, 0, MDL1, AT_CREATE, VA, 4096, 0, 0);
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

static void says_touch(struct says *s, unsigned kind, uint32_t obj, enum cpu_touched what)
{
    says(s, kind, 0, obj, AT_OTHER, VA + 8, 4, obj, what);
}

/* --- what the CPU touches --- */

static void a_read_of_a_buffer_mapped_from_the_device_is_too_early(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
    says_touch(s, EV_CPU_READ, SGL(1), CPU_TOUCHED_BUFFER);
    says_touch(s, EV_CPU_READ, SGL(1), CPU_TOUCHED_BUFFER);
    f = the_finding(s, "cpu-reads-before-flush");
    assert_int_equal(site_of(f, ROLE_TOUCHED), AT_OTHER);
    assert_int_equal(site_of(f, ROLE_MAPPED), AT_GET);
    assert_string_equal(f->driver_verifier, "blind");
}

static void what_a_program_gave_twice_is_not_the_drivers(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
    says(s, EV_CPU_READ, 0, SGL(1), AT_OTHER, (1ull << 56) + 8, 4, SGL(1), CPU_TOUCHED_BUFFER);
    says(s, EV_CPU_WRITE, 0, SGL(1), AT_OTHER, (6ull << 56) + 8, 4, SGL(1), CPU_TOUCHED_BUFFER);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_read_of_a_buffer_mapped_to_the_device_is_allowed(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_touch(s, EV_CPU_READ, SGL(1), CPU_TOUCHED_BUFFER);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_store_into_a_mapped_buffer_is_told_in_both_directions(void **state)
{
    struct says *s = *state;

    for (uint32_t to_device = 0; to_device < 2; to_device++) {
        says_get(s, ADAPTER1, SGL(1 + to_device), BA, 4096, (int)to_device);
        says(s, EV_CPU_WRITE, 0, SGL(1 + to_device), AT_OTHER + to_device, VA + 8, 4,
             SGL(1 + to_device), CPU_TOUCHED_BUFFER);
        assert_int_equal(finding_count(s->v), 1 + to_device);
        assert_string_equal(finding_at(s->v, to_device)->word, "cpu-writes-device-buffer");
    }
}

static void a_list_is_not_written_while_it_lives(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_touch(s, EV_CPU_WRITE, SGL(1), CPU_TOUCHED_LIST);
    the_finding(s, "sgl-modified");
}

static void a_dead_list_is_neither_read_nor_written(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_touch(s, EV_CPU_READ, SGL(1), CPU_TOUCHED_LIST);
    assert_int_equal(site_of(the_finding(s, "sgl-read-after-put"), ROLE_RELEASED), AT_PUT);
    says_touch(s, EV_CPU_WRITE, SGL(1), CPU_TOUCHED_LIST);
    assert_int_equal(finding_count(s->v), 2);
    assert_string_equal(finding_at(s->v, 1)->word, "sgl-written-after-put");
}

static void a_common_buffer_is_free_to_touch_until_it_is_freed(void **state)
{
    struct says *s = *state;

    says(s, EV_COMMON, 0, COMMON(1), AT_CREATE, ADAPTER1, BA, 4096, VA);
    says_touch(s, EV_CPU_READ, COMMON(1), CPU_TOUCHED_COMMON);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_COMMON_END, 0, COMMON(1), AT_PUT, ADAPTER1, BA, 4096, VA);
    says_touch(s, EV_CPU_READ, COMMON(1), CPU_TOUCHED_COMMON);
    the_finding(s, "common-buffer-touched-after-free");
}

/* --- what ends under a mapping --- */

static void a_request_is_not_completed_while_its_mdl_is_mapped(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says(s, EV_IRP, 0, IRP1, 0, 4ull << 8, 4096, MDL1, 0);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_IRP_END, 0, IRP1, AT_OTHER, 0, 4096, MDL1, 0);
    says(s, EV_UNLOCK, 0, MDL1, AT_OTHER, 1, 0, 0, 0); /* the I/O manager's: echoes */
    says(s, EV_MDL_END, 0, MDL1, AT_OTHER, 0, 0, 0, 0);
    f = the_finding(s, "irp-completed-while-mapped");
    assert_int_equal(site_of(f, ROLE_COMPLETED), AT_OTHER);
    assert_int_equal(f->obj, SGL(1));
}

static void a_request_that_is_completed_after_the_put_is_fine(void **state)
{
    struct says *s = *state;

    says(s, EV_IRP, 0, IRP1, 0, 4ull << 8, 4096, MDL1, 0);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_IRP_END, 0, IRP1, AT_OTHER, 0, 4096, MDL1, 0);
    says(s, EV_UNLOCK, 0, MDL1, AT_OTHER, 1, 0, 0, 0);
    says(s, EV_MDL_END, 0, MDL1, AT_OTHER, 0, 0, 0, 0);
    assert_int_equal(finding_count(s->v), 0);
}

static void a_part_counts_for_the_whole_when_it_is_unlocked(void **state)
{
    struct says *s = *state;

    says(s, EV_MDL, 0, MDL2, AT_CREATE, VA, 4096, 0, 0);
    says(s, EV_CALL, API_IoBuildPartialMdl, MDL1, 0, MDL2, VA, 4096, 0);
    says(s, EV_MDL_BUILD, 0, MDL1, 0, VA, 1, 0, 0);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_UNLOCK, 0, MDL2, AT_OTHER, 1, 0, 0, 0);
    the_finding(s, "mdl-unlocked-while-mapped");
}

static void the_source_of_a_part_may_be_freed(void **state)
{
    struct says *s = *state;

    says(s, EV_MDL, 0, MDL2, AT_CREATE, VA, 4096, 0, 0);
    says(s, EV_CALL, API_IoBuildPartialMdl, MDL1, 0, MDL2, VA, 4096, 0);
    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_MDL_END, 0, MDL2, AT_OTHER, 0, 0, 0, 0);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_MDL_END, 0, MDL1, AT_OTHER, 0, 0, 0, 0);
    the_finding(s, "mdl-freed-while-mapped");
}

static void a_chain_is_mapped_as_a_whole(void **state)
{
    struct says *s = *state;

    says(s, EV_MDL, 0, MDL2, AT_CREATE, VA + 0x10000, 4096, 0, 0);
    says(s, EV_MDL_CHAIN, 0, MDL2, 0, MDL1, 0, 0, 0);
    says_get(s, ADAPTER1, SGL(1), BA, 8192, 1);
    says(s, EV_UNLOCK, 0, MDL2, AT_OTHER, 1, 0, 0, 0);
    the_finding(s, "mdl-unlocked-while-mapped");
}

static void memory_is_not_freed_while_a_byte_of_it_is_mapped(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_POOL_END, 0, POOL1, AT_OTHER, VA + 4096, 64, 0, 0); /* right behind */
    says(s, EV_POOL_END, 0, POOL1, AT_OTHER, VA - 64, 64, 0, 0);   /* right in front */
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_POOL_END, 0, POOL1, AT_OTHER, VA - 64, 65, 0, 0);
    the_finding(s, "pool-freed-while-mapped");
}

static void says_unmap(struct says *s, uint64_t mode)
{
    says(s, EV_CALL, API_MmUnmapLockedPages, MDL1, AT_OTHER, VA, 0, 0, 1);
    says(s, EV_VIEW_END, API_MmUnmapLockedPages, MDL1, AT_OTHER, VA, 4096, mode, 0);
    says(s, EV_RETURN, API_MmUnmapLockedPages, MDL1, AT_OTHER, 0, 0, 0, 0);
}

static void only_a_bounced_read_needs_its_system_mapping(void **state)
{
    struct says *s = *state;
    uint64_t length = dir_length(4096, 0) | EVENT_BOUNCED;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 0);
    says_unmap(s, KERNEL_MODE);
    says_put(s, ADAPTER1, SGL(1), BA, 4096, 0);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_SGL, 0, SGL(2), AT_GET, ADAPTER1, length, MDL1, 1ull << 32 | 1);
    says(s, EV_MAP, 0, SGL(2), AT_GET, BA, length, 0, MDL1);
    says_unmap(s, USER_MODE);
    assert_int_equal(finding_count(s->v), 0);
    says_unmap(s, KERNEL_MODE);
    the_finding(s, "mdl-unmapped-while-mapped");
}

/* --- what only the machine sees --- */

static void readings_that_were_changed_name_both_places(void **state)
{
    struct says *s = *state;

    says(s, EV_DOUBLE_FETCH, 0, 0, AT_OTHER, VA, 4, 0, AT_GET);
    assert_int_equal(site_of(the_finding(s, "user-double-fetch"), ROLE_FIRST), AT_GET);
    says(s, EV_COMMON, 0, COMMON(1), AT_CREATE, ADAPTER1, BA, 4096, VA);
    says(s, EV_DOUBLE_FETCH, 0, COMMON(1), AT_OTHER, VA, 4, COMMON(1), AT_GET);
    assert_int_equal(finding_count(s->v), 2);
    assert_string_equal(finding_at(s->v, 1)->word, "device-double-fetch");
}

static void an_unprobed_pointer_says_what_is_missing(void **state)
{
    static const char *const missing[] = {
        "without ProbeForRead or ProbeForWrite, and outside of __try", "read outside of __try",
        "read without ProbeForRead"
    };
    struct says *s = *state;

    for (unsigned i = 0; i < 3; i++) {
        says(s, EV_MISUSE, 0, IRP1, AT_OTHER + 10 + i, MISUSE_USER_UNPROBED, VA, 4, i);
        assert_string_equal(finding_at(s->v, i)->word, "user-pointer-unprobed");
        assert_non_null(strstr(finding_at(s->v, i)->message, missing[i]));
    }
}

static void a_pointer_that_outlived_its_request_names_the_completion(void **state)
{
    struct says *s = *state;

    says(s, EV_MISUSE, 0, IRP1, AT_OTHER, MISUSE_USER_OUTLIVED, VA, 4, AT_PUT);
    assert_int_equal(site_of(the_finding(s, "user-pointer-outlives-owner"), ROLE_COMPLETED),
                     AT_PUT);
}

static void each_story_of_a_cache_line_has_its_rule(void **state)
{
    static const struct {
        enum cache_story what;
        const char *rule;
    } rows[] = { { CACHE_DEVICE_READS, "device-reads-stale-line" },
                 { CACHE_DEVICE_WRITES, "cpu-reads-stale-line" },
                 { CACHE_LINE_SHARED, "cache-line-shared" } };
    struct says *s = *state;

    for (unsigned i = 0; i < 3; i++) {
        says_get(s, ADAPTER1, SGL(1 + i), BA, 4096, 1);
        says(s, EV_CACHE, 0, SGL(1 + i), 0, VA, 64, POOL1, rows[i].what);
        assert_int_equal(finding_count(s->v), 1 + i);
        assert_string_equal(finding_at(s->v, i)->word, rows[i].rule);
    }
}

static void what_a_mapping_shows_besides_is_a_warning(void **state)
{
    struct says *s = *state;

    says_get(s, ADAPTER1, SGL(1), BA, 4096, 1);
    says(s, EV_NEIGHBOUR, 0, SGL(1), 0, VA, 4096, POOL1, 0);
    assert_string_equal(the_finding(s, "neighbour-exposed")->severity, "warning");
    says(s, EV_UNWRITTEN, 0, SGL(1), 0, VA, 56, POOL1, 0);
    assert_int_equal(finding_count(s->v), 2);
    assert_string_equal(finding_at(s->v, 1)->word, "uninitialised-to-device");
    assert_non_null(strstr(finding_at(s->v, 1)->message, "56 bytes"));
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_read_of_a_buffer_mapped_from_the_device_is_too_early),
        ROW(what_a_program_gave_twice_is_not_the_drivers),
        ROW(a_read_of_a_buffer_mapped_to_the_device_is_allowed),
        ROW(a_store_into_a_mapped_buffer_is_told_in_both_directions),
        ROW(a_list_is_not_written_while_it_lives),
        ROW(a_dead_list_is_neither_read_nor_written),
        ROW(a_common_buffer_is_free_to_touch_until_it_is_freed),
        ROW(a_request_is_not_completed_while_its_mdl_is_mapped),
        ROW(a_request_that_is_completed_after_the_put_is_fine),
        ROW(a_part_counts_for_the_whole_when_it_is_unlocked),
        ROW(the_source_of_a_part_may_be_freed),
        ROW(a_chain_is_mapped_as_a_whole),
        ROW(memory_is_not_freed_while_a_byte_of_it_is_mapped),
        ROW(only_a_bounced_read_needs_its_system_mapping),
        ROW(readings_that_were_changed_name_both_places),
        ROW(an_unprobed_pointer_says_what_is_missing),
        ROW(a_pointer_that_outlived_its_request_names_the_completion),
        ROW(each_story_of_a_cache_line_has_its_rule),
        ROW(what_a_mapping_shows_besides_is_a_warning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
