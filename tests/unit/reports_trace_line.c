/*
 * Events as lines: what stands in which column, units, objects, packed arguments, and that no kind of event
 * is without a readable form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "reports/trace_line.h"

static struct site_depot *depot;
static struct trace_names names;

static int set_up(void **state)
{
    struct site_frame_text frame = { "dma.c", "XferMap", 88 };

    (void)state;
    depot = site_depot_create();
    site_add_text(depot, 4, &frame, 1);
    names = (struct trace_names) { .depot = depot, .cpus = 2, .agent_width = TRACE_AGENT_WIDTH };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    site_depot_destroy(depot);
    return 0;
}

static void line_is(const struct event *e, unsigned nth, const char *what)
{
    char text[TRACE_LINE_MAX];

    trace_line(text, sizeof text, &names, e, nth, false);
    assert_true(strlen(text) > 55);
    assert_string_equal(text + 55, what);
}

static void columns_stand_under_each_other(void **state)
{
    struct event e = { .seq = 7,
                       .ns = 48210,
                       .kind = EV_MAP,
                       .obj = OBJ_ID(OBJ_SGL, 3),
                       .irql = 2,
                       .agent = 2,
                       .site = 4,
                       .a = { 0x4000001000, dir_length(4096, 1), 12, OBJ_ID(OBJ_MDL, 5) } };
    char text[TRACE_LINE_MAX];

    (void)state;
    trace_line(text, sizeof text, &names, &e, 0, false);
    assert_string_equal(text, "      7         48.210 us cpu0 DISPATCH cpu0/dpc       map          "
                              " SGL#3 bus=0x4000001000 "
                              "4096 bytes to the device mdl-offset=12 bytes mdl=mdl#5  dma.c:88");
    assert_memory_equal(trace_line_head() + 21, "time cpu  irql     agent          what", 38);
    e.cpu = 255;
    e.irql = 9;
    e.agent = 6;
    trace_line(text, sizeof text, &names, &e, 0, false);
    assert_memory_equal(text, "      7         48.210 us -    DIRQL 9  cpu1/isr       map ", 59);
    e.agent = 40;
    trace_line(text, sizeof text, &names, &e, 0, false);
    assert_memory_equal(text + 40, "agent#40 ", 9);
}

static void no_byte_beyond_the_room(void **state)
{
    struct event e = {
        .kind = EV_MAP, .obj = OBJ_ID(OBJ_SGL, 3), .site = 4, .a = { 1, 2, 3, OBJ_ID(OBJ_MDL, 5) }
    };
    char text[TRACE_LINE_MAX];

    (void)state;
    for (size_t room = 1; room < 120; room++) {
        memset(text, 'x', sizeof text);
        size_t n = trace_line(text, room, &names, &e, 0, true);

        assert_int_equal(n, strlen(text));
        assert_true(strlen(text) < room);
        assert_int_equal(text[room], 'x');
    }
}

static void arguments_have_units_and_words(void **state)
{
    (void)state;
    line_is(&(struct event) { .kind = EV_SGL,
                              .obj = OBJ_ID(OBJ_SGL, 1),
                              .a = { OBJ_ID(OBJ_ADAPTER, 1), 70001 | EVENT_BOUNCED,
                                     OBJ_ID(OBJ_MDL, 2), 3ull << 32 | 18 } },
            0,
            "sgl           SGL#1 adapter=adapter#1 70001 bytes from the device bounced mdl=mdl#2 "
            "elements=3 map-registers=18");
    line_is(&(struct event) { .kind = EV_IRP,
                              .obj = OBJ_ID(OBJ_IRP, 9),
                              .a = { 0x300, 512, 0, OBJ_ID(OBJ_FILE, 1) } },
            0, "irp           irp#9 READ length=512 bytes file=file#1");
    line_is(&(struct event) { .kind = EV_IRP_END,
                              .obj = OBJ_ID(OBJ_IRP, 9),
                              .a = { 0xC0000120, 0, 0, 0 } },
            0, "irp-complete  irp#9 status=STATUS_CANCELLED");
    line_is(&(struct event) { .kind = EV_DEV_FAULT,
                              .obj = OBJ_ID(OBJ_DEVICE, 1),
                              .a = { 0x80000000, 64,
                                     (uint64_t)OBJ_ID(OBJ_SGL, 2) << 32 | DEV_FAULT_RELEASED,
                                     1ull << 32 | 4 } },
            0,
            "device-fault  device#1 bus=0x80000000 64 bytes from the device released owner=SGL#2 "
            "engine=1 doorbell=dma.c:88");
    line_is(&(struct event) { .kind = EV_POOL,
                              .obj = OBJ_ID(OBJ_POOL, 4),
                              .a = { 0x0200000000004010, 90, 0x72656658, 1 } },
            0, "pool          pool#4 va=system:0x4010 length=90 bytes tag='Xfer' type=paged");
    line_is(&(struct event) { .kind = EV_GUARD,
                              .obj = OBJ_ID(OBJ_SGL, 2),
                              .a = { 0x0200000000001000, 64, (uint64_t)-8, 0x11 } },
            0, "guard-damaged SGL#2 va=system:0x1000 length=64 bytes offset=-8 bytes found=0x11");
    line_is(&(struct event) { .kind = EV_RACE,
                              .a = { 0x0200000000001000, 4, 4,
                                     RACE_STORE | RACE_BY_ISR << RACE_KIND_SHIFT } },
            0,
            "race          va=system:0x1000 length=4 bytes first-access-at=dma.c:88 isr stores, "
            "before: thread loaded");
    line_is(&(struct event) { .kind = EV_CHOICE, .obj = 7, .a = { 3, 4, 1, 0 } }, 0,
            "choice        mapreg-place nth=3 of=4 value=1");
    line_is(&(struct event) { .kind = EV_SWITCH, .a = { 1, 5 } }, 0,
            "switch        from=cpu0/idle to=cpu1/dpc");
    line_is(&(struct event) { .kind = EV_MAPREG,
                              .obj = OBJ_ID(OBJ_MAPREG, 2),
                              .a = { OBJ_ID(OBJ_ADAPTER, 1), 18, 18, 0 } },
            0, "mapreg        mapregs#2 adapter=adapter#1 count=18 live=18 max=none");
}

static void arguments_of_dma_calls_have_names(void **state)
{
    struct event e = { .kind = EV_CALL,
                       .api = API_MapTransfer,
                       .obj = OBJ_ID(OBJ_ADAPTER, 1),
                       .a = { OBJ_ID(OBJ_MAPREG, 1), OBJ_ID(OBJ_MDL, 2), 0x0200000000002000,
                              dir_length(4096, 0) } };

    (void)state;
    line_is(
        &e, 0,
        "call          MapTransfer adapter#1 map-registers=mapregs#1 mdl=mdl#2 va=system:0x2000 "
        "4096 bytes from the device");
    e = (struct event) { .kind = EV_RETURN,
                         .api = API_MapTransfer,
                         .obj = OBJ_ID(OBJ_ADAPTER, 1),
                         .a = { 0x80001000, 4096 } };
    line_is(&e, 0, "return        MapTransfer adapter#1 bus=0x80001000 length=4096 bytes");
    e = (struct event) { .kind = EV_ARG,
                         .api = API_MapTransferEx,
                         .obj = OBJ_ID(OBJ_CONTEXT, 1),
                         .a = { 0, 8192, 4, 3 } };
    line_is(&e, 2,
            "arg           MapTransferEx dma-context#1 completion-context=NULL mdl-bytes=8192 "
            "bytes mdl-flags=0x4 "
            "map-registers-left=3");
    /* A function of which nothing is known: by their looks. */
    e = (struct event) { .kind = EV_CALL,
                         .api = API_KeSetTimerEx,
                         .obj = OBJ_ID(OBJ_TIMER, 1),
                         .a = { (uint64_t)-100, 0, OBJ_ID(OBJ_DPC, 2), 0x0200000000000010 } };
    line_is(&e, 0, "call          KeSetTimerEx timer#1 a0=-100 a2=dpc#2 a3=system:0x10");
}

static void args_of_a_call_are_counted(void **state)
{
    struct trace_nth n = { { 0 } };

    (void)state;
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_CALL, .agent = 3 }), 0);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_ARG, .agent = 3 }), 1);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_CALL, .agent = 4 }), 0);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_ARG, .agent = 4 }), 1);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_ARG, .agent = 3 }), 2);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_CALL, .agent = 3 }), 0);
    assert_int_equal(trace_nth(&n, &(struct event) { .kind = EV_ARG, .agent = 3 }), 1);
}

static void an_event_names_its_objects_and_ranges(void **state)
{
    struct event e = { .kind = EV_DEV_READ,
                       .obj = OBJ_ID(OBJ_DEVICE, 1),
                       .a = { 0x80000010, 16, OBJ_ID(OBJ_SGL, 7), 4 } };
    uint32_t objects[1 + TRACE_ARGS_MAX];
    uint64_t at, bytes;

    (void)state;
    assert_int_equal(trace_event_objects(&e, 0, objects), 2);
    assert_int_equal(objects[0], OBJ_ID(OBJ_DEVICE, 1));
    assert_int_equal(objects[1], OBJ_ID(OBJ_SGL, 7));
    assert_true(trace_event_bus(&e, &at, &bytes) && at == 0x80000010 && bytes == 16);
    assert_false(trace_event_va(&e, &at, &bytes));
    e = (struct event) { .kind = EV_FREE_DAMAGED, .a = { 0x0200000000000800, 0x1000, 0, 0 } };
    assert_true(trace_event_va(&e, &at, &bytes) && at == 0x0200000000000800 && bytes == 1);
}

/* Whoever adds a kind says in reports/trace_arg.def what its arguments are. */
static void every_kind_has_a_readable_form(void **state)
{
    char text[TRACE_LINE_MAX];

    (void)state;
    for (uint16_t kind = 0; kind < EV_COUNT; kind++) {
        struct event e = { .kind = kind, .obj = OBJ_ID(OBJ_SGL, 3), .a = { 1, 2, 3, 4 } };

        for (unsigned i = 0; i < 4; i++)
            if (!trace_arg_known(kind, i))
                fail_msg("%s: nothing is known of %s", event_word(kind), event_arg_name(kind, i));
        trace_line(text, sizeof text, &names, &e, 0, false);
        assert_memory_equal(text + 55, event_word(kind), strlen(event_word(kind)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_stand_under_each_other),
        cmocka_unit_test(no_byte_beyond_the_room),
        cmocka_unit_test(arguments_have_units_and_words),
        cmocka_unit_test(arguments_of_dma_calls_have_names),
        cmocka_unit_test(args_of_a_call_are_counted),
        cmocka_unit_test(an_event_names_its_objects_and_ranges),
        cmocka_unit_test(every_kind_has_a_readable_form),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
