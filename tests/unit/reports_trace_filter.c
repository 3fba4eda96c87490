/*
 * The words of a filter: ranges with their units, names that are near.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/trace_filter.h"
#include "reports/trace_near.h"

static void range(const char *text, enum filter_unit unit, uint64_t from, uint64_t to)
{
    struct filter_span s;

    if (!filter_span(&s, text, unit))
        fail_msg("%s", text);
    assert_true(s.set);
    assert_int_equal(s.from, from);
    assert_int_equal(s.to, to);
}

static void ranges_have_ends_and_units(void **state)
{
    (void)state;
    range("7", FILTER_NUMBER, 7, 7);
    range("0x10..0x1f", FILTER_NUMBER, 16, 31);
    range("7..", FILTER_NUMBER, 7, UINT64_MAX);
    range("..7", FILTER_NUMBER, 0, 7);
    range("12", FILTER_TIME, 12, 12);
    range("1.5us..2ms", FILTER_TIME, 1500, 2000000);
    range("1s..", FILTER_TIME, 1000000000, UINT64_MAX);
    range("49.632us", FILTER_TIME, 49632, 49632);
    range("0.0001us", FILTER_TIME, 0, 0);
    range("system:0x4000..system:0x4fff", FILTER_VA, 0x0200000000004000, 0x0200000000004fff);
    range("user-view:16", FILTER_VA, 0x0600000000000010, 0x0600000000000010);
    range("0x0200000000004000", FILTER_VA, 0x0200000000004000, 0x0200000000004000);
}

static void what_is_no_range_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum filter_unit unit;
    } rows[] = {
        { "", FILTER_NUMBER },
        { "..", FILTER_NUMBER },
        { "5..4", FILTER_NUMBER },
        { "1...2", FILTER_NUMBER },
        { "-1", FILTER_NUMBER },
        { "1us", FILTER_NUMBER },
        { "99999999999999999999", FILTER_NUMBER },
        { "1h", FILTER_TIME },
        { "us", FILTER_TIME },
        { "1.us2", FILTER_TIME },
        { "99999999999999s", FILTER_TIME },
        { "sytem:0x1", FILTER_VA },
        { "system:", FILTER_VA },
    };
    struct filter_span s;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (filter_span(&s, rows[i].text, rows[i].unit))
            fail_msg("'%s' is taken", rows[i].text);
}

static void the_nearest_names_come_first(void **state)
{
    char text[256];
    struct near n;

    (void)state;
    near_begin(&n, "mpa");
    near_offer(&n, "dpc");
    near_offer(&n, "map");
    near_offer(&n, "adapter-end");
    near_offer(&n, "map");
    assert_string_equal(near_text(&n, text, sizeof text), "; near: map, dpc");
    near_begin(&n, "GatherList");
    near_offer(&n, "GetScatterGatherList");
    assert_string_equal(near_text(&n, text, sizeof text), "; near: GetScatterGatherList");
    near_begin(&n, "zzzz");
    near_offer(&n, "map");
    assert_string_equal(near_text(&n, text, sizeof text), "");
}

/* A list belongs to its adapter and its MDL, the MDL to its request; not to each other's. */
static void objects_belong_to_each_other(void **state)
{
    uint32_t adapter = OBJ_ID(OBJ_ADAPTER, 1), list = OBJ_ID(OBJ_SGL, 1), mdl = OBJ_ID(OBJ_MDL, 1),
             irp = OBJ_ID(OBJ_IRP, 1), device = OBJ_ID(OBJ_DEVICE, 1), other = OBJ_ID(OBJ_SGL, 2);
    struct trace_family f;

    (void)state;
    family_begin(&f);
    family_event(&f, &(struct event) { .kind = EV_ADAPTER, .obj = adapter, .a = { device } });
    family_event(&f, &(struct event) { .kind = EV_IRP, .obj = irp, .a = { 0, 0, mdl, 0 } });
    family_event(&f, &(struct event) { .kind = EV_SGL, .obj = list, .a = { adapter, 8, mdl, 0 } });
    family_event(&f, &(struct event) { .kind = EV_SGL, .obj = other, .a = { adapter, 8, 0, 0 } });
    for (unsigned i = 1; i < 2000; i++) /* the table grows */
        family_event(&f, &(struct event) { .kind = EV_POOL, .obj = OBJ_ID(OBJ_POOL, i) });
    assert_true(family_has(&f, list) && family_has(&f, OBJ_ID(OBJ_POOL, 1999)));
    assert_false(family_has(&f, OBJ_ID(OBJ_POOL, 2000)));
    assert_int_equal(f.numbers[OBJ_POOL], 1999);
    assert_true(family_belongs(&f, list, irp));
    assert_true(family_belongs(&f, list, device));
    assert_true(family_belongs(&f, list, list));
    assert_false(family_belongs(&f, other, irp));
    assert_false(family_belongs(&f, device, list));
    family_end(&f);
}

/* The routine in which the framework programs the device names the list, EvtProgramDma the transaction. */
static void a_list_is_its_transactions(void **state)
{
    uint32_t list = OBJ_ID(OBJ_SGL, 1), transaction = OBJ_ID(OBJ_WDFDMATRANSACTION, 1),
             request = OBJ_ID(OBJ_WDFREQUEST, 1), irp = OBJ_ID(OBJ_IRP, 1),
             other = OBJ_ID(OBJ_WDFDMATRANSACTION, 2);
    struct trace_family f;

    (void)state;
    family_begin(&f);
    family_event(&f, &(struct event) { .kind = EV_CALLBACK,
                                       .api = API_AdapterListControl,
                                       .agent = 3,
                                       .a = { 0, 0, list } });
    family_event(&f, &(struct event) {
                         .kind = EV_CALLBACK, .api = API_EvtProgramDma, .agent = 4, .obj = other });
    family_event(&f, &(struct event) { .kind = EV_CALLBACK,
                                       .api = API_EvtProgramDma,
                                       .agent = 3,
                                       .obj = transaction });
    family_event(&f, &(struct event) {
                         .kind = EV_CALLBACK_END, .api = API_AdapterListControl, .agent = 3 });
    family_event(&f, &(struct event) {
                         .kind = EV_CALLBACK, .api = API_EvtProgramDma, .agent = 3, .obj = other });
    family_event(&f, &(struct event) {
                         .kind = EV_CALLBACK, .api = API_EvtIoRead, .a = { request, 512, irp } });
    assert_true(family_belongs(&f, list, transaction));
    assert_false(family_belongs(&f, list, other));
    assert_true(family_belongs(&f, request, irp));
    assert_false(family_belongs(&f, irp, request));
    family_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_have_ends_and_units),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(the_nearest_names_come_first),
        cmocka_unit_test(objects_belong_to_each_other),
        cmocka_unit_test(a_list_is_its_transactions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
