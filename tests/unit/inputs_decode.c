/*
 * From bytes to a plan: any bytes are one, everything that an op names has been made before and is let go of
 * once, and a written example becomes the ops that it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "inputs/decode.h"
#include "inputs/record.h"
#include "inputs/steps.h"

static struct surface_ioctl codes[] = { { "GET", 0x80002000, 0, 24 },
                                        { "PUT", 0x8000a00d, 8, 4096 },
                                        { "TAKE", 0x80006017, 8, 4096 } };
static const struct surface surface = { codes, 3, 65536 };

static struct {
    uint8_t bytes[65536];
    size_t size;
} in;

static void put(unsigned kind, unsigned who, uint32_t a, uint32_t b, uint32_t c,
                const char *payload, uint16_t payload_bytes)
{
    struct record r = { (uint8_t)kind,           (uint8_t)who, payload_bytes, a, b, c,
                        (const uint8_t *)payload };

    in.size += record_put(in.bytes + in.size, sizeof in.bytes - in.size, &r);
}

static const struct decoded *taken(struct decoder *d)
{
    const struct decoded *out = decode(d, in.bytes, in.size);

    in.size = 0;
    return out;
}

static void expect_op(const struct dm_plan *p, size_t at, unsigned kind, unsigned thread,
                      uint32_t id, uint32_t on, uint64_t a, uint64_t b)
{
    const struct dm_plan_op *o = &p->ops[at];

    assert_true(at < p->op_count);
    assert_int_equal(o->kind, kind);
    assert_int_equal(o->thread, thread);
    assert_int_equal(o->id, id);
    assert_int_equal(o->on, on);
    assert_int_equal(o->a, a);
    assert_int_equal(o->b, b);
}

/* --- a written example --- */

static void an_example_becomes_its_ops(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 3, 0, NULL, 0);
    put(RECORD_WRITE, RECORD_WHO(0, true, 0), 4, 0x1000, 2, "abcd", 4);
    put(RECORD_BUFFER, 0, RECORD_BUFFER_NEW, 100, 0, NULL, 0);
    put(RECORD_READ, RECORD_WHO(0, false, 0), 5000, 8, 0, NULL, 0);
    put(RECORD_CANCEL, RECORD_WHO(0, false, 0), 0, 0, 0, NULL, 0);
    put(RECORD_CLOSE, 0, 0, 0, 0, NULL, 0);
    p = &taken(d)->plan;
    expect_op(p, 0, DM_OP_OPEN, 0, 1, 0, 3, 0);
    expect_op(p, 1, DM_OP_ALLOC, 0, 1, 0, 4, 0);
    expect_op(p, 2, DM_OP_WRITE, 0, 1, 1, 0x200001000, 0);
    assert_int_equal(p->ops[2].buffer_count, 1);
    assert_int_equal(p->buffers[0].content, DM_CONTENT_BYTES);
    assert_memory_equal(p->buffers[0].data, "abcd", 4);
    expect_op(p, 3, DM_OP_WAIT, 0, 0, 1, UINT64_MAX, 0);
    expect_op(p, 4, DM_OP_RELEASE, 0, 0, 1, 0, 0);
    expect_op(p, 5, DM_OP_ALLOC, 0, 2, 0, 5000, 100);
    expect_op(p, 6, DM_OP_READ, 0, 2, 1, 8, 0);
    assert_int_equal(p->buffers[1].content, DM_CONTENT_NONE);
    expect_op(p, 7, DM_OP_FREE, 0, 0, 1, 0, 0); /* nobody's last memory any more */
    expect_op(p, 8, DM_OP_CANCEL, 0, 0, 2, 0, 0);
    expect_op(p, 9, DM_OP_CLOSE, 0, 0, 1, 0, 0);
    expect_op(p, 10, DM_OP_WAIT, 0, 0, 2, UINT64_MAX, 0);
    expect_op(p, 11, DM_OP_RELEASE, 0, 0, 2, 0, 0);
    expect_op(p, 12, DM_OP_FREE, 0, 0, 2, 0, 0);
    assert_int_equal(p->op_count, 13);
    decoder_destroy(d);
}

static void control_requests_have_their_codes_and_buffers(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;
    const struct dm_plan_op *o;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_OF(1), 64, 0, "12345678", 8);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_RAW, 0, 0x222003, NULL, 0);
    put(RECORD_BUFFER, 0, RECORD_BUFFER_KERNEL, 16, RECORD_BUFFER_WILD, NULL, 0);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_OF(2), 32, 0, "12345678", 8);
    p = &taken(d)->plan;
    expect_op(p, 3, DM_OP_IOCTL, 0, 1, 1, 0x8000a00d, 0);
    o = &p->ops[3];
    assert_int_equal(o->buffer_count, 2);
    assert_int_equal(p->buffers[o->buffer_first].bytes, 8);
    assert_memory_equal(p->buffers[o->buffer_first].data, "12345678", 8);
    assert_int_equal(p->buffers[o->buffer_first + 1].bytes, 64);
    assert_int_equal(p->buffers[o->buffer_first + 1].content,
                     DM_CONTENT_PATTERN); /* METHOD_IN_DIRECT */
    assert_int_equal(p->ops[7].kind, DM_OP_IOCTL);
    assert_int_equal(p->ops[7].a, 0x222003);
    assert_int_equal(p->buffers[p->ops[7].buffer_first].place, DM_PLACE_NULL);
    assert_int_equal(p->buffers[p->ops[7].buffer_first + 1].place, DM_PLACE_NULL);
    o = &p->ops[10];
    assert_int_equal(o->a, 0x80006017);
    assert_int_equal(p->buffers[o->buffer_first].place, DM_PLACE_WILD);
    assert_int_equal(p->buffers[o->buffer_first].at, 0xdead10);
    assert_int_equal(p->buffers[o->buffer_first + 1].place, DM_PLACE_WILD);
    assert_true(p->buffers[o->buffer_first + 1].at == 0xffff9000dead0010);
    decoder_destroy(d);
}

static void what_a_request_gave_is_what_the_next_one_takes(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_OF(0), 24, 0, NULL, 0);
    put(RECORD_BUFFER, 0, RECORD_BUFFER_NEW, 0, RECORD_BUFFER_LAST, NULL, 0);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_OF(2), 100, 0, "12345678", 8);
    p = &taken(d)->plan;
    assert_int_equal(p->buffer_count, 4);
    assert_int_equal(p->buffers[1].alloc, 1);
    assert_int_equal(p->buffers[2].alloc, 1);
    assert_int_equal(p->buffers[2].bytes, 8);
    assert_int_equal(p->buffers[2].content, DM_CONTENT_NONE);
    assert_int_equal(p->buffers[3].alloc, 2);
    decoder_destroy(d);
}

static void memory_goes_while_its_request_is_under_way(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_BUFFER, 0, RECORD_BUFFER_FREED, 0, 0, NULL, 0);
    put(RECORD_READ, RECORD_WHO(0, true, 0), 100, 0, 0, NULL, 0);
    p = &taken(d)->plan;
    expect_op(p, 2, DM_OP_READ, 0, 1, 1, 0, 0);
    expect_op(p, 3, DM_OP_FREE, 0, 0, 1, 0, 0);
    expect_op(p, 4, DM_OP_WAIT, 0, 0, 1, UINT64_MAX, 0);
    decoder_destroy(d);
}

static void a_chain_is_the_same_bytes_in_pieces(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_BUFFER, 0, RECORD_BUFFER_CHAIN, 1, 0, NULL, 0);
    put(RECORD_READ, RECORD_WHO(0, true, 0), 1000, 0, 0, NULL, 0);
    p = &taken(d)->plan;
    assert_int_equal(p->ops[2].buffer_count, 3);
    assert_int_equal(p->buffers[0].bytes, 333);
    assert_int_equal(p->buffers[1].at, 333);
    assert_int_equal(p->buffers[2].at, 666);
    assert_int_equal(p->buffers[2].bytes, 334);
    decoder_destroy(d);
}

static void a_sleeping_device_is_not_waited_for(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_POWER, 1, 0, 3, 0, NULL, 0); /* the first thread does it, whoever is named */
    put(RECORD_READ, RECORD_WHO(0, true, 0), 100, 0, 0, NULL, 0);
    put(RECORD_CLOSE, 0, 0, 0, 0, NULL, 0); /* would wait for the request */
    put(RECORD_PNP, 0, 0, RECORD_STOP, 0, NULL, 0);
    p = &taken(d)->plan;
    expect_op(p, 1, DM_OP_THREAD, 0, 1, 0, 0, 0);
    expect_op(p, 2, DM_OP_POWER, 0, 0, 0, 3, 0);
    assert_int_equal(p->ops[4].kind, DM_OP_READ);
    expect_op(p, 5, DM_OP_POWER, 0, 0, 0, 0, 0); /* stopped with power */
    expect_op(p, 6, DM_OP_STOP, 0, 0, 0, 0, 0);
    expect_op(p, 7, DM_OP_START, 0, 0, 0, 0, 0); /* the end: everything is on again */
    expect_op(p, 8, DM_OP_JOIN, 0, 0, 1, 0, 0);
    expect_op(p, 9, DM_OP_WAIT, 0, 0, 1, UINT64_MAX, 0);
    decoder_destroy(d);
}

static void machine_and_faults_are_the_plans(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct decoded *out;

    (void)state;
    put(RECORD_MACHINE, 0, 5, 0, 0, "\1\2", 2);
    put(RECORD_FAULT, 0, 1, 2, 7, "\5", 1);
    put(RECORD_MACHINE, 0, 6, 0, 0, "\3", 1);
    out = taken(d);
    assert_int_equal(out->profile, 6);
    assert_int_equal(out->choice_bytes, 3);
    assert_memory_equal(out->choices, "\1\2\3", 3);
    assert_int_equal(out->plan.fault_count, 1);
    assert_string_equal(out->plan.faults[0].point, "mdl");
    assert_int_equal(out->plan.faults[0].nth, 3);
    assert_true(out->plan.faults[0].value == 0x500000007);
    decoder_destroy(d);
}

static void nobody_waits_for_ever_for_a_device_that_lies(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_FAULT, 0, 28, 0, 0, NULL, 0);
    put(RECORD_READ, RECORD_WHO(0, true, 0), 100, 0, 0, NULL, 0);
    p = &taken(d)->plan;
    assert_string_equal(p->faults[0].point, "device-interrupt-lost");
    expect_op(p, 3, DM_OP_WAIT, 0, 0, 1, 10000000000, 0);
    expect_op(p, 4, DM_OP_CANCEL, 0, 0, 1, 0, 0);
    expect_op(p, 5, DM_OP_WAIT, 0, 0, 1, UINT64_MAX, 0);
    decoder_destroy(d);
}

static void what_is_not_allowed_is_passed_over(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_REQUESTS | DECODE_HOSTILE);
    const struct dm_plan *p;

    (void)state;
    put(RECORD_POWER, 0, 0, 3, 0, NULL, 0);
    put(RECORD_PNP, 0, 0, RECORD_SURPRISE, 0, NULL, 0);
    put(RECORD_SYSTEM_POWER, 0, 3, 0, 0, NULL, 0);
    put(RECORD_FAULT, 0, 0, 0, 0, NULL, 0);
    put(RECORD_FAULT, 0, 28, 0, 0, NULL, 0);
    p = &taken(d)->plan;
    assert_int_equal(p->op_count, 0);
    assert_int_equal(p->fault_count, 1);
    assert_string_equal(p->faults[0].point, "device-interrupt-lost");
    decoder_destroy(d);
}

static void steps_are_a_program_of_the_next_control_request(void **state)
{
    static const uint8_t head[16] = { 1, 0, 0, 0, 2, 0, 0, 0, 0, 0x20 };
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct dm_plan *p;
    const uint8_t *in_bytes;

    (void)state;
    put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
    put(RECORD_STEP, 0, 1, 9, 77, NULL, 0);
    put(RECORD_STEP, 0, 0, 0, 0, "\4\xff", 2);
    put(RECORD_IOCTL, RECORD_WHO(0, true, 0), RECORD_IOCTL_OF(1), 24, 0, NULL, 0);
    p = &taken(d)->plan;
    assert_int_equal(p->buffers[0].bytes, STEPS_HEAD_BYTES + 2 * STEP_BYTES);
    in_bytes = p->buffers[0].data;
    assert_memory_equal(in_bytes, head, 16);
    assert_int_equal(in_bytes[16], 2);            /* FILL */
    assert_int_equal(in_bytes[16 + 4], 10);       /* elements */
    assert_int_equal(in_bytes[16 + 56], 77);      /* the immediate */
    assert_int_equal(in_bytes[80], 1);            /* COPY */
    assert_int_equal(in_bytes[80 + 4], 1 ^ 0xff); /* changed */
    decoder_destroy(d);
}

/* --- any bytes --- */

struct held { /* what there is while a plan is read */
    bool files[1024], requests[1024], allocs[1024], threads[8];
    unsigned made_files, made_requests, made_allocs;
};

static void check_buffers(const struct dm_plan *p, const struct dm_plan_op *o, const struct held *h)
{
    for (uint32_t i = 0; i < o->buffer_count; i++) {
        const struct dm_plan_buffer *b = &p->buffers[o->buffer_first + i];

        assert_true(o->buffer_first + i < p->buffer_count);
        assert_true(b->bytes <= 65536);
        if (b->place == DM_PLACE_ALLOC)
            assert_true(b->alloc && h->allocs[b->alloc]);
        if (b->content == DM_CONTENT_BYTES && b->bytes)
            assert_non_null(b->data);
    }
}

static void check_op(const struct dm_plan *p, const struct dm_plan_op *o, struct held *h)
{
    assert_true(o->kind < DM_OP_COUNT && h->threads[o->thread]);
    switch (o->kind) {
    case DM_OP_OPEN:
        assert_int_equal(o->id, ++h->made_files);
        h->files[o->id] = true;
        break;
    case DM_OP_CLOSE:
        assert_true(h->files[o->on]);
        h->files[o->on] = false;
        break;
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
        assert_true(h->files[o->on]);
        assert_int_equal(o->id, ++h->made_requests);
        h->requests[o->id] = true;
        check_buffers(p, o, h);
        break;
    case DM_OP_WAIT:
    case DM_OP_CANCEL:
        assert_true(h->requests[o->on]);
        break;
    case DM_OP_RELEASE:
        assert_true(h->requests[o->on]);
        h->requests[o->on] = false;
        break;
    case DM_OP_ALLOC:
        assert_int_equal(o->id, ++h->made_allocs);
        h->allocs[o->id] = true;
        break;
    case DM_OP_FREE:
        assert_true(h->allocs[o->on]);
        h->allocs[o->on] = false;
        break;
    case DM_OP_THREAD:
        assert_false(h->threads[o->id]);
        h->threads[o->id] = true;
        break;
    }
}

static void check_plan(const struct dm_plan *p)
{
    struct held h = { .threads = { true } };

    for (size_t i = 0; i < p->op_count; i++)
        check_op(p, &p->ops[i], &h);
    for (unsigned i = 0; i < 1024; i++)
        assert_false(h.files[i] || h.requests[i] || h.allocs[i]);
}

static void any_bytes_are_a_plan_that_lets_go_of_everything(void **state)
{
    struct decoder *d = decoder_create(&surface, 2, DECODE_ALL);

    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        size_t size = rng_below(rng_mix(seed), seed % 10 ? 800 : sizeof in.bytes);

        for (size_t i = 0; i < size; i++) /* lengths of payloads mostly small */
            in.bytes[i] = i % 16 == 3 && seed & 1 ? 0 : (uint8_t)rng_mix(seed << 20 | i);
        in.size = size;
        check_plan(&taken(d)->plan);
    }
    decoder_destroy(d);
}

static void the_longest_input_fits(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);

    (void)state;
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        put(RECORD_OPEN, 0, 0, 0, 0, NULL, 0);
        for (unsigned i = 0; i < DECODE_RECORDS_MAX; i++) {
            if (i % 2)
                put(RECORD_BUFFER, 0, RECORD_BUFFER_FREED, 0, 0, NULL, 0);
            put(kind, i, 65536, i, i, "12345678", 8);
        }
        check_plan(&taken(d)->plan);
    }
    decoder_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_becomes_its_ops),
        cmocka_unit_test(control_requests_have_their_codes_and_buffers),
        cmocka_unit_test(what_a_request_gave_is_what_the_next_one_takes),
        cmocka_unit_test(memory_goes_while_its_request_is_under_way),
        cmocka_unit_test(a_chain_is_the_same_bytes_in_pieces),
        cmocka_unit_test(a_sleeping_device_is_not_waited_for),
        cmocka_unit_test(machine_and_faults_are_the_plans),
        cmocka_unit_test(what_is_not_allowed_is_passed_over),
        cmocka_unit_test(nobody_waits_for_ever_for_a_device_that_lies),
        cmocka_unit_test(steps_are_a_program_of_the_next_control_request),
        cmocka_unit_test(any_bytes_are_a_plan_that_lets_go_of_everything),
        cmocka_unit_test(the_longest_input_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
