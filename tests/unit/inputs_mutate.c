/*
 * Inputs that a fuzzer changes stay whole records; what prints them names everything; surfaces are read from
 * tables and headers, or refused in one line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "inputs/mutate.h"
#include "inputs/print.h"
#include "inputs/record.h"

static struct surface_ioctl codes[] = { { "GET", 0x80002000, 0, 24 },
                                        { "PUT", 0x8000a00d, 8, 4096 } };
static const struct surface surface = { codes, 2, 65536 };

static unsigned payloads; /* asked for */

static size_t payload_grows(uint8_t *data, size_t size, size_t max)
{
    payloads++;
    if (size == max)
        return size;
    data[size] = 0x5a;
    return size + 1;
}

static size_t put(uint8_t *to, unsigned kind, unsigned who, uint32_t a, uint32_t b, uint32_t c,
                  const char *payload)
{
    struct record r = { .kind = (uint8_t)kind, .who = (uint8_t)who, .a = a, .b = b, .c = c };

    r.payload = (const uint8_t *)payload;
    r.payload_bytes = (uint16_t)strlen(payload);
    return record_put(to, 1000, &r);
}

static size_t three(uint8_t *to)
{
    size_t n = put(to, RECORD_OPEN, 0, 0, 3, 0, "");

    n += put(to + n, RECORD_WRITE, 4, 5, 9, 0, "hello");
    return n + put(to + n, RECORD_IOCTL, 4, RECORD_IOCTL_OF(1), 64, 0, "12345678");
}

/* Every record's payload is there in full, and nothing lies behind the last one. */
static unsigned whole_records(const uint8_t *data, size_t size)
{
    const uint8_t *at = data;
    unsigned count = 0;
    struct record r;

    while (record_next(&at, data + size, &r)) {
        assert_int_equal(r.payload_bytes, record_number_at(r.payload - 14, 2));
        count++;
    }
    assert_ptr_equal(at, data + size);
    return count;
}

static void mutants_are_whole_and_all_different_things_happen(void **state)
{
    unsigned counts[4] = { 0 }, same = 0, changed_number = 0;
    uint8_t first[1024], data[1024];
    size_t size = three(first);

    (void)state;
    payloads = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct mutator m = { seed, &surface, payload_grows };
        size_t n;
        unsigned records;

        memcpy(data, first, size);
        n = mutate(&m, data, size, sizeof data);
        assert_in_range(n, 1, sizeof data);
        records = whole_records(data, n);
        assert_in_range(records, 2, 5);
        counts[records - 2]++;
        same += n == size && !memcmp(data, first, n);
        changed_number += n == size && data[0] == RECORD_OPEN && data[16 + 4] != 5;
    }
    assert_true(counts[0] > 50 && counts[1] > 500 && counts[2] > 200 && counts[3] > 40);
    assert_true(payloads > 100 && payloads < 1000);
    assert_true(same < 300);
    assert_true(changed_number > 20);
}

static void a_mutant_fits_its_room(void **state)
{
    uint8_t data[1024];

    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct mutator m = { seed, &surface, payload_grows };
        size_t max = 16 + seed % 80, size = three(data);

        size = size < max ? size : max;
        memset(data + max, 0xee, sizeof data - max);
        assert_in_range(mutate(&m, data, size, max), 0, max);
        for (size_t i = max; i < sizeof data; i++)
            assert_int_equal(data[i], 0xee);
    }
}

static void nothing_becomes_a_record(void **state)
{
    struct mutator m = { 7, NULL, payload_grows };
    uint8_t data[64];

    (void)state;
    assert_in_range(whole_records(data, mutate(&m, data, 0, sizeof data)), 1, 2);
}

static void a_seed_gives_the_same_mutant_again(void **state)
{
    struct mutator m = { 99, &surface, payload_grows };
    uint8_t a[1024], b[1024];
    size_t n = three(a), k;

    (void)state;
    three(b);
    k = mutate(&m, a, n, sizeof a);
    assert_int_equal(k, mutate(&m, b, n, sizeof b));
    assert_memory_equal(a, b, k);
}

static void crossing_takes_the_beginning_and_the_end(void **state)
{
    uint8_t a[1024], b[1024], out[1024];
    size_t an = three(a), bn = 0;
    unsigned both = 0;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        bn += put(b + bn, RECORD_SLEEP, 0, 1000 + i, 0, 0, "");
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct mutator m = { seed, &surface, payload_grows };
        size_t n = mutate_cross(&m, a, an, b, bn, out, sizeof out);
        unsigned records = whole_records(out, n);

        if (!records)
            continue;
        assert_in_range(records, 1, 7);
        if (out[0] == RECORD_OPEN && n > 16 && out[n - 16] == RECORD_SLEEP) {
            both++;
            assert_int_equal(out[n - 12], (1003) & 0xff); /* the last of b is its last */
        }
    }
    assert_true(both > 100);
}

/* --- printing --- */

static void printing_names_everything(void **state)
{
    char text[4096];
    uint8_t in[1024];
    size_t n = three(in);
    FILE *f = fmemopen(text, sizeof text, "w");

    (void)state;
    n += put(in + n, RECORD_BUFFER, 1, 5, 4100, 1, "");
    n += put(in + n, RECORD_PNP, 0, 0, 3, 0, "");
    n += put(in + n, RECORD_FAULT, 0, 0, 2, 9, "");
    n += put(in + n, RECORD_IOCTL, 8, RECORD_IOCTL_RAW, 1, 0x222003, "");
    n += put(in + n, RECORD_WAIT, 12, 50, 0, 0, "");
    assert_non_null(f);
    input_print(f, in, n, &surface);
    fclose(f);
    assert_string_equal(text,
                        "open thread=0 device=0 access=3\n"
                        "write thread=0 file=0 until-done offset=9 data=68656c6c6f (5 bytes)\n"
                        "ioctl thread=0 file=0 until-done PUT code=0x8000a00d out_bytes=64 "
                        "in=3132333435363738 (8 bytes)\n"
                        "buffer thread=1 how=freed offset_in_page=4 how_in=last\n"
                        "pnp thread=0 device=0 act=surprise-removal\n"
                        "fault thread=0 point=pool nth=3 value=0x9\n"
                        "ioctl thread=0 file=1 code=0x222003 out_bytes=1\n"
                        "wait thread=0 request=1 until-done microseconds=50\n");
}

/* --- surfaces --- */

static struct surface *parse(const char *text, char message[200])
{
    message[0] = 0;
    return surface_parse("f", text, message, 200);
}

static void a_table_says_codes_and_lengths(void **state)
{
    char message[200];
    struct surface *s =
        parse("; what x takes\n"
              "bytes-max 8192\n"
              "\n"
              "ioctl GET 0x80002000 0 24 ; out\n"
              "ioctl PUT CTL_CODE(0x8000, 0x803, METHOD_IN_DIRECT, FILE_WRITE_ACCESS) 8 4096\n",
              message);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->bytes_max, 8192);
    assert_int_equal(s->ioctl_count, 2);
    assert_string_equal(s->ioctls[0].name, "GET");
    assert_int_equal(s->ioctls[0].code, 0x80002000);
    assert_int_equal(s->ioctls[0].out_bytes, 24);
    assert_int_equal(s->ioctls[1].code, 0x8000a00d);
    assert_int_equal(s->ioctls[1].in_bytes, 8);
    assert_int_equal(s->ioctls[1].out_bytes, 4096);
    surface_free(s);
}

static void a_headers_macros_are_control_codes(void **state)
{
    char message[200];
    struct surface *s = parse(
        "/* x */\n#ifndef X\n#define X\n#define TYPE 0x8000u /* ours */\n#define FIRST (0x800)\n"
        "#define IOCTL_A \\\r\n    CTL_CODE(TYPE, FIRST, METHOD_BUFFERED, FILE_ANY_ACCESS)\n"
        "# define IOCTL_B (ULONG) 5\n"
        "#define IOCTL_C ( CTL_CODE (FILE_DEVICE_UNKNOWN, 2049, METHOD_NEITHER, \\\n"
        "    (FILE_READ_ACCESS|FILE_WRITE_ACCESS)) )\n"
        "typedef struct _X { int CTL_CODE; } X;\n#endif\n",
        message);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->ioctl_count, 2);
    assert_string_equal(s->ioctls[0].name, "IOCTL_A");
    assert_int_equal(s->ioctls[0].code, 0x80002000);
    assert_string_equal(s->ioctls[1].name, "IOCTL_C");
    assert_int_equal(s->ioctls[1].code, 0x22e007);
    assert_int_equal(s->bytes_max, 65536);
    surface_free(s);
}

static void a_wrong_surface_is_one_line(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "ioctl A\n", "f:1: expected a code: a number or CTL_CODE(type, function, METHOD_..., "
                       "FILE_..._ACCESS)" },
        { "\nioctl A 5 1\n", "f:2: expected two lengths in bytes behind the code: in, out" },
        { "ioctl 9 5 1\n", "f:1: expected ioctl NAME CODE IN_BYTES OUT_BYTES" },
        { "iocl\n", "f:1: expected ioctl NAME CODE IN_BYTES OUT_BYTES, or bytes-max N" },
        { "bytes-max 0\n", "f:1: expected bytes-max N, from 1 to 16777216" },
        { "ioctl A 5 1 2 3\n", "f:1: expected the end of the line" },
        { "ioctl A 0x1ffffffff 1 2\n", "f:1: expected a code: a number or CTL_CODE(type, function, "
                                       "METHOD_..., FILE_..._ACCESS)" },
        { "#define A 1\n", "f: expected a macro that is a CTL_CODE(...)" },
        { "\n#define A CTL_CODE(NOBODY, 1, 2, 3)\n",
          "f:2: expected CTL_CODE of numbers and names that are defined in this file" },
        { "#define A \\\n 5\n#define B CTL_CODE(X, 1, 2, 3)\n",
          "f:3: expected CTL_CODE of numbers and names that are defined in this file" },
        { "#define A CTL_CODE(1, 0x1000, 2, 3)\n",
          "f:1: expected CTL_CODE of numbers and names that are defined in this file" },
    };
    char message[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(parse(rows[i].text, message));
        assert_string_equal(message, rows[i].message);
    }
    assert_null(surface_read("/nowhere/at/all", message, sizeof message));
    assert_string_equal(message, "/nowhere/at/all: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_are_whole_and_all_different_things_happen),
        cmocka_unit_test(a_mutant_fits_its_room),
        cmocka_unit_test(nothing_becomes_a_record),
        cmocka_unit_test(a_seed_gives_the_same_mutant_again),
        cmocka_unit_test(crossing_takes_the_beginning_and_the_end),
        cmocka_unit_test(printing_names_everything),
        cmocka_unit_test(a_table_says_codes_and_lengths),
        cmocka_unit_test(a_headers_macros_are_control_codes),
        cmocka_unit_test(a_wrong_surface_is_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
