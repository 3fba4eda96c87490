/*
 * From a plan to bytes and back: what the ops say stays, but for what an input cannot say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "inputs/decode.h"
#include "inputs/encode.h"
#include "inputs/record.h"
#include "inputs/seeds.h"

static struct surface_ioctl codes[] = { { "GET", 0x80002000, 0, 24 },
                                        { "PUT", 0x8000a00d, 8, 40 } };
static const struct surface surface = { codes, 2, 65536 };

static const struct dm_plan_op ops[] = {
    { .kind = DM_OP_THREAD, .id = 1 },
    { .kind = DM_OP_OPEN, .id = 7, .a = 1 },
    { .kind = DM_OP_OPEN, .id = 9, .a = 3, .thread = 1 },
    { .kind = DM_OP_ALLOC, .id = 1, .a = 100, .b = 12 },
    { .kind = DM_OP_IOCTL, .id = 4, .on = 9, .a = 0x8000a00d, .buffer_count = 2 },
    { .kind = DM_OP_SLEEP, .a = 77 },
    { .kind = DM_OP_WAIT, .on = 4, .a = UINT64_MAX },
    { .kind = DM_OP_CANCEL, .on = 4 },
    { .kind = DM_OP_POWER, .a = 2 },
    { .kind = DM_OP_SURPRISE },
};
static const struct dm_plan_buffer buffers[] = {
    { .place = DM_PLACE_WILD,
      .at = 0xffff900000000010,
      .bytes = 3,
      .content = DM_CONTENT_BYTES,
      .data = (const uint8_t *)"abc" },
    { .alloc = 1, .bytes = 40 },
};
static const struct dm_plan_fault faults[] = { { "device-payload", 3, 0x700000009 } };

static const struct dm_plan_op *find(const struct dm_plan *p, unsigned kind)
{
    for (size_t i = 0; i < p->op_count; i++)
        if (p->ops[i].kind == kind)
            return &p->ops[i];
    return NULL;
}

static void what_a_plan_does_its_bytes_do(void **state)
{
    const struct dm_plan plan = { .ops = ops,
                                  .op_count = 10,
                                  .buffers = buffers,
                                  .buffer_count = 2,
                                  .faults = faults,
                                  .fault_count = 1 };
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    const struct decoded *out;
    const struct dm_plan_op *o;
    const struct dm_plan_buffer *b;
    uint8_t bytes[4096];

    (void)state;
    out = decode(d, bytes, encode(&plan, &surface, 5, bytes, sizeof bytes));
    assert_int_equal(out->profile, 5);
    assert_int_equal(out->plan.fault_count, 1);
    assert_string_equal(out->plan.faults[0].point, "device-payload");
    assert_int_equal(out->plan.faults[0].nth, 3);
    assert_true(out->plan.faults[0].value == 0x700000009);
    o = find(&out->plan, DM_OP_OPEN);
    assert_int_equal(o->a, 1);
    o = find(&out->plan, DM_OP_IOCTL);
    assert_int_equal(o->on, 2); /* the second file that is opened */
    assert_int_equal(o->a, 0x8000a00d);
    b = &out->plan.buffers[o->buffer_first];
    assert_int_equal(b[0].place, DM_PLACE_WILD);
    assert_int_equal(b[0].bytes, 3);
    assert_int_equal(b[1].place, DM_PLACE_ALLOC);
    assert_int_equal(b[1].bytes, 40);
    o = find(&out->plan, DM_OP_ALLOC);
    assert_int_equal(o->b, 12);
    assert_int_equal(find(&out->plan, DM_OP_SLEEP)->a, 77);
    assert_int_equal(find(&out->plan, DM_OP_POWER)->a, 2);
    assert_non_null(find(&out->plan, DM_OP_SURPRISE));
    decoder_destroy(d);
}

static void a_seed_is_one_request_as_it_is_expected(void **state)
{
    struct decoder *d = decoder_create(&surface, 1, DECODE_ALL);
    char name[SEED_NAME_MAX];
    uint8_t bytes[4096];
    const struct dm_plan_op *o;
    const struct dm_plan *p;
    size_t size;

    (void)state;
    size = seed(&surface, 5, bytes, sizeof bytes, name);
    assert_string_equal(name, "ioctl-PUT");
    p = &decode(d, bytes, size)->plan;
    o = find(p, DM_OP_IOCTL);
    assert_int_equal(o->a, 0x8000a00d);
    assert_int_equal(p->buffers[o->buffer_first].bytes, 8);
    assert_int_equal(p->buffers[o->buffer_first + 1].bytes, 40);
    assert_int_equal(seed(&surface, 6, bytes, sizeof bytes, name), 0);
    size = seed(&surface, 2, bytes, sizeof bytes, name);
    assert_string_equal(name, "read-cancelled");
    p = &decode(d, bytes, size)->plan;
    assert_non_null(find(p, DM_OP_READ));
    assert_int_equal(find(p, DM_OP_CANCEL)->on, 1);
    decoder_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_plan_does_its_bytes_do),
        cmocka_unit_test(a_seed_is_one_request_as_it_is_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
