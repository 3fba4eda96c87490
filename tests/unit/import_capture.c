/*
 * Captures: what debuggers do to a recorder's lines, undone. The lines are ones that a recorded driver
 * wrote; their sums are typed as they came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/capture.h"

#define START "@dmr1 0 0 0.0.40040002000 i start name=xfer hz=989680 base=0 at=7f3b5a5d3910 ~1db11"
#define GOT "@dmr1 2 68 0.0.40040002000 r IoGetDmaAdapter of=1 got=1 size=140 n=41 a=1 ~199e4"
#define ASKED                                                                                      \
    "@dmr1 3 70 0.0.40040002000 c AllocateCommonBuffer a=1 ra=7f3b5a5d0d3e len=1000 ca=1 ~180c9"
#define GIVEN                                                                                      \
    "@dmr1 4 87 0.0.40040002000 r AllocateCommonBuffer of=3 va=4004c001000 ba=180001000 ~11071"
#define LIST "@dmr1 52 9d5 0.2.40040003060 g list sgl=40040012000 n=1 at=0 1001064:8000 ~1250e"

static char path[64], message[300];

static struct import_capture *read_bytes(const void *bytes, size_t count)
{
    int fd;

    strcpy(path, "/tmp/dmacheck-test-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, count), (ssize_t)count);
    close(fd);
    message[0] = 0;
    struct import_capture *c = import_capture_read(path, message, sizeof(message));
    unlink(path);
    return c;
}

static struct import_capture *read_text(const char *text) { return read_bytes(text, strlen(text)); }

static void a_line_has_number_time_place_and_keys(void **state)
{
    struct import_capture *c = read_text("nothing of ours\n" GIVEN "\n");
    const struct import_line *l;

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->count, 1);
    l = &c->lines[0];
    assert_int_equal(l->number, 4);
    assert_int_equal(l->time, 0x87);
    assert_int_equal(l->cpu, 0);
    assert_int_equal(l->irql, 0);
    assert_int_equal(l->thread, 0x40040002000);
    assert_int_equal(l->kind, 'r');
    assert_string_equal(l->name, "AllocateCommonBuffer");
    assert_int_equal(import_value(l, "of"), 3);
    assert_int_equal(import_value(l, "va"), 0x4004c001000);
    assert_int_equal(import_value(l, "ba"), 0x180001000);
    assert_false(import_has(l, "a")); /* "va" and "ba" end so, too */
    assert_int_equal(l->place, 2);
    import_capture_free(c);
}

static void elements_of_a_list(void **state)
{
    struct import_capture *c = read_text(LIST);
    uint64_t ba, bytes;
    size_t at = 0;

    (void)state;
    assert_non_null(c);
    assert_true(import_element(&c->lines[0], &at, &ba, &bytes));
    assert_int_equal(ba, 0x1001064);
    assert_int_equal(bytes, 0x8000);
    assert_false(import_element(&c->lines[0], &at, &ba, &bytes));
    import_capture_free(c);
}

/* DebugView's columns, a prompt of kd, another driver's text without a line's end, two in one line. */
static void whatever_stands_in_front(void **state)
{
    struct import_capture *c = read_text("00000012\t0.00123456\t[4] " START "\r\n"
                                         "0: kd> " GOT "\r\n"
                                         "storport: reset" ASKED GIVEN "\r\n");

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->count, 4);
    assert_int_equal(c->damaged, 0);
    import_capture_free(c);
}

/* A window of 40 columns: once between two words, once within one. */
static void wrapped_lines(void **state)
{
    struct import_capture *c = read_text(
        "@dmr1 2 68 0.0.40040002000\r\nr IoGetDmaAdapter of=1 got=1 size=140\n"
        "n=41 a=1 ~199e4\n"
        "@dmr1 4 87 0.0.40040002000 r AllocateCom\nmonBuffer of=3 va=4004c001000 ba=18000100\n"
        "0 ~11071\n");

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->count, 2);
    assert_int_equal(c->joined, 2);
    assert_string_equal(c->lines[1].name, "AllocateCommonBuffer");
    assert_int_equal(import_value(&c->lines[1], "ba"), 0x180001000);
    import_capture_free(c);
}

static struct import_capture *read_wide(const char *text, bool mark, bool big)
{
    size_t n = strlen(text), at = 0;
    char *wide = malloc(2 * n + 2);
    struct import_capture *c;

    assert_non_null(wide);
    if (mark) {
        wide[at++] = big ? '\xfe' : '\xff';
        wide[at++] = big ? '\xff' : '\xfe';
    }
    for (size_t i = 0; i < n; i++) {
        wide[at++] = big ? 0 : text[i];
        wide[at++] = big ? text[i] : 0;
    }
    c = read_bytes(wide, at);
    free(wide);
    return c;
}

static void utf_16_as_debugview_saves_it(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 3; way++) {
        struct import_capture *c =
            read_wide("00000001\t1.5\t" GOT "\r\n" ASKED "\r\n", way != 2, way == 1);

        assert_non_null(c);
        assert_int_equal(c->count, 2);
        assert_int_equal(import_value(&c->lines[0], "size"), 0x140);
        import_capture_free(c);
    }
}

static void a_wrong_sum_is_no_line(void **state)
{
    struct import_capture *c = read_text(
        "@dmr1 2 68 0.0.40040002000 r IoGetDmaAdapter of=1 got=1 size=140 n=41 a=2 ~199e4\n" GIVEN);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->count, 1);
    assert_int_equal(c->damaged, 1);
    import_capture_free(c);
}

/* The first half of one line, then another line: the first is lost, the second is not. */
static void a_cut_line_takes_no_other_with_it(void **state)
{
    struct import_capture *c =
        read_text("@dmr1 3 70 0.0.40040002000 c Alloc\n" GIVEN "\n@dmr1 5 8e 0.0.4");

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->count, 1);
    assert_int_equal(c->lines[0].number, 4);
    assert_int_equal(c->damaged, 2);
    import_capture_free(c);
}

static void numbers_give_the_order_and_the_gaps(void **state)
{
    struct import_capture *c = read_text(START "\n" GIVEN "\n" ASKED "\n" LIST "\n" ASKED "\n");

    (void)state;
    assert_non_null(c);
    assert_true(import_order(c, 0));
    assert_int_equal(c->count, 4);
    assert_int_equal(c->repeated, 1);
    assert_int_equal(c->lines[1].number, 3);
    assert_int_equal(c->lines[2].number, 4);
    /* 1 and 2; 5 to 0x51 */
    assert_int_equal(c->gaps, 2);
    assert_int_equal(c->missing, 2 + 0x4d);
    assert_true(import_gap(c, 0, 1));
    assert_false(import_gap(c, 1, 2));
    assert_true(import_gap(c, 2, 3));
    import_capture_free(c);
}

#define AGAIN "@dmr1 9 99 0.0.40040002000 i start name=xfer hz=989680 base=0 at=7f3b5a5d3910 ~1ac18"

static void a_second_beginning_is_another_recording(void **state)
{
    struct import_capture *c = read_text(START "\n" GIVEN "\n" AGAIN "\n" LIST "\n");

    (void)state;
    assert_non_null(c);
    assert_true(import_order(c, 0));
    assert_int_equal(c->sessions, 2);
    assert_int_equal(c->count, 2);
    assert_int_equal(c->lines[0].number, 9);
    import_capture_free(c);
    c = read_text(START "\n" GIVEN "\n" AGAIN "\n" LIST "\n");
    assert_true(import_order(c, 1));
    assert_int_equal(c->lines[1].number, 4);
    import_capture_free(c);
    c = read_text(START "\n");
    assert_false(import_order(c, 2));
    import_capture_free(c);
}

/* Printed as it happened, and dumped from the ring afterwards. */
static void the_same_beginning_twice_is_one_recording(void **state)
{
    struct import_capture *c = read_text(START "\n" GIVEN "\n" START "\n" GIVEN "\n" ASKED "\n");

    (void)state;
    assert_non_null(c);
    assert_true(import_order(c, 0));
    assert_int_equal(c->sessions, 1);
    assert_int_equal(c->count, 3);
    assert_int_equal(c->repeated, 2);
    import_capture_free(c);
}

static void without_lines_it_is_no_capture(void **state)
{
    (void)state;
    assert_null(read_text("Windows Kernel Debugger\r\n"));
    assert_non_null(strstr(message, "no line of recorder/"));
    assert_null(read_text(""));
    assert_null(read_text("@dmr1 zz"));
    assert_non_null(strstr(message, "no whole line"));
    assert_null(import_capture_read("/nonexistent/log", message, sizeof(message)));
    assert_non_null(strstr(message, "/nonexistent/log"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_number_time_place_and_keys),
        cmocka_unit_test(elements_of_a_list),
        cmocka_unit_test(whatever_stands_in_front),
        cmocka_unit_test(wrapped_lines),
        cmocka_unit_test(utf_16_as_debugview_saves_it),
        cmocka_unit_test(a_wrong_sum_is_no_line),
        cmocka_unit_test(a_cut_line_takes_no_other_with_it),
        cmocka_unit_test(numbers_give_the_order_and_the_gaps),
        cmocka_unit_test(a_second_beginning_is_another_recording),
        cmocka_unit_test(the_same_beginning_twice_is_one_recording),
        cmocka_unit_test(without_lines_it_is_no_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
