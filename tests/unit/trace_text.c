/*
 * The text form: objects by name, lengths with their direction, the driver's line at the end, and no
 * byte beyond the room that is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "trace/text.h"

static void an_event_reads_as_a_line(void **state)
{
    struct site_depot *d = site_depot_create();
    struct site_frame_text frame = { "dma.c", "XferMap", 88 };
    struct event e = { .seq = 7, .ns = 48210, .kind = EV_MAP, .obj = OBJ_ID(OBJ_SGL, 3), .irql = 2,
                       .a = { 0x4000001000, dir_length(4096, 1), 12, OBJ_ID(OBJ_MDL, 5) } };
    char text[TRACE_TEXT_MAX];

    (void)state;
    e.site = site_add_text(d, 4, &frame, 1);
    trace_text(text, sizeof(text), &e, d, "cpu0/dpc");
    assert_string_equal(text, "      7        48.210 us cpu0/dpc      2 map SGL#3 ba=0x4000001000 to device "
                              "4096 bytes mdl_offset_bytes=12 mdl=mdl#5  dma.c:88");
    for (size_t room = 1; room < 60; room++) {
        memset(text, 'x', sizeof(text));
        trace_text(text, room, &e, d, "cpu0/dpc");
        assert_int_equal(strlen(text), room - 1);
        assert_int_equal(text[room], 'x');
    }
    site_depot_destroy(d);
}

static void every_kind_has_words(void **state)
{
    char text[TRACE_TEXT_MAX];

    (void)state;
    for (uint16_t kind = 0; kind < EV_COUNT; kind++) {
        struct event e = { .kind = kind, .a = { 1, 2, 3, 4 } };

        trace_text(text, sizeof(text), &e, NULL, "machine");
        assert_non_null(strstr(text, event_word(kind)));
        assert_int_equal(event_kind_of(event_word(kind)), kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_reads_as_a_line),
        cmocka_unit_test(every_kind_has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
