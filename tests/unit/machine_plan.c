/*
 * Plans: what a scenario does is recorded whole, a plan of it played gives the same run, and a plan that was
 * made by hand, smaller, or wrong does no harm.
 */
#include "tests/dut.h"

#include <unistd.h>

#include "include/dmacheck/plan.h"
#include "include/dmacheck/replay.h"
#include "machine/plan_read.h"
#include "sim/core/mem.h"
#include "sim/core/sim.h"

#define ACCESS (DM_READ_ACCESS | DM_WRITE_ACCESS)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char path[] = "/tmp/dmacheck-plan-XXXXXX";

static int trace_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    close(fd);
    return fd < 0;
}

static int trace_file_gone(void **state)
{
    (void)state;
    return unlink(path);
}

/* --- recorded --- */

static void second_thread(struct dm_run *r, void *ctx)
{
    dm_sleep(r, 1500);
    dm_choose(r, 7);
    *(bool *)ctx = true;
}

static void everything(struct dm_run *r)
{
    static const char bytes[] = "firmware";
    bool ran = false;
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_thread *t = dm_thread(r, second_thread, &ran);
    uint8_t *a = dm_alloc(r, 100, 3), *b = dm_alloc(r, 8, 0);
    struct dm_piece pieces[] = { { a, 60 }, { b, 4 } };
    struct dm_file *f, *named;
    struct dm_request *q;

    dm_registry_dword(r, 0, "Depth \"x\"", 4);
    dm_file_put(r, "C:\\\xe9.bin", bytes, 8);
    dm_join(r, t);
    f = dm_open(r, d, ACCESS, NULL);
    named = dm_open_name(r, "\\\\.\\None", DM_READ_ACCESS, NULL);
    dm_expect(r, ran && f && !named);
    dm_fill(r, a, 64, 9);
    dm_write(r, f, a, 64, 512, NULL);
    q = dm_read_start(r, f, b, 8, 1ull << 60);
    dm_wait(r, q, 1000);
    dm_cancel(r, q);
    dm_wait(r, q, UINT64_MAX);
    dm_settled(r, q);
    dm_request_free(r, q);
    memset(a + 10, 7, 20);
    memcpy(b, "\1\2\3", 3);
    dm_ioctl(r, f, DM_CTL_CODE(0x22, 0xffe, DM_METHOD_NEITHER, 0), a + 10, 20, NULL, 0, NULL);
    dm_ioctl(r, f, DM_CTL_CODE(0x22, 0xffe, DM_METHOD_BUFFERED, 0), (void *)16, 4, b, 8, NULL);
    dm_ioctl(r, f, DM_CTL_CODE(0x22, 0xffe, DM_METHOD_BUFFERED, 0), bytes, 4, &ran, 1, NULL);
    q = dm_chain_start(r, f, true, pieces, 2, 0);
    dm_wait(r, q, UINT64_MAX);
    dm_request_free(r, q);
    dm_close(r, f);
    dm_power(r, d, 3);
    dm_power(r, d, 0);
    dm_stop(r, d);
    dm_start(r, d);
    dm_system_power(r, 3);
    dm_system_power(r, 0);
    dm_surprise_remove(r, dm_plug(r, "sgdma"));
    dm_remove(r, d);
    dm_free(r, a);
}

static const struct dm_scenario all_calls = { "everything", "", everything, 0 };

/* Behind {"k":"payload", without "index" and "g". */
static const char *const lines[] = {
    "\"op\":\"thread\",\"thread\":0,\"which\":1}",
    "\"op\":\"alloc\",\"thread\":0,\"alloc\":1,\"bytes\":100,\"offset\":3}",
    "\"op\":\"alloc\",\"thread\":0,\"alloc\":2,\"bytes\":8,\"offset\":0}",
    "\"op\":\"registry\",\"thread\":0,\"device_index\":0,\"name\":\"Depth \\\"x\\\"\",\"value\":4}",
    "\"op\":\"file\",\"thread\":0,\"name\":\"C:\\\\\\u00e9.bin\",\"bytes\":8,"
    "\"data\":[\"6669726d77617265\"]}",
    "\"op\":\"join\",\"thread\":0,\"which\":1}",
    "\"op\":\"sleep\",\"thread\":1,\"ns\":1500}",
    "\"op\":\"choose\",\"thread\":1,\"bound\":7}",
    "\"op\":\"open\",\"thread\":0,\"file\":1,\"device\":1,\"device_index\":0,\"access\":3}",
    "\"op\":\"open\",\"thread\":0,\"file\":3,\"name\":\"\\\\\\\\.\\\\None\",\"access\":1}",
    "\"op\":\"write\",\"thread\":0,\"file\":1,\"bytes\":64,\"offset\":512,\"data_at\":[1,0],"
    "\"data\":{\"pattern\":\"0x9\",\"len\":64}}",
    "\"op\":\"wait\",\"thread\":0,\"request\":3}",
    "\"op\":\"release\",\"thread\":0,\"request\":3}",
    "\"op\":\"read\",\"thread\":0,\"file\":1,\"bytes\":8,\"offset\":\"0x1000000000000000\","
    "\"data_at\":[2,0]}",
    "\"op\":\"wait\",\"thread\":0,\"request\":4,\"timeout_ns\":1000}",
    "\"op\":\"cancel\",\"thread\":0,\"request\":4}",
    "\"op\":\"wait\",\"thread\":0,\"request\":4}",
    "\"op\":\"settled\",\"thread\":0,\"request\":4}",
    "\"op\":\"release\",\"thread\":0,\"request\":4}",
    "\"op\":\"ioctl\",\"thread\":0,\"file\":1,\"bytes\":0,\"code\":\"0x223ffb\",\"in_bytes\":20,"
    "\"in_at\":[1,10],\"in\":{\"fill\":7,\"len\":20},\"out_at\":null,\"out\":\"\"}",
    "\"op\":\"wait\",\"thread\":0,\"request\":6}",
    "\"op\":\"release\",\"thread\":0,\"request\":6}",
    "\"op\":\"ioctl\",\"thread\":0,\"file\":1,\"bytes\":8,\"code\":\"0x223ff8\",\"in_bytes\":4,"
    "\"in_at\":\"0x10\",\"in\":null,\"out_at\":[2,0],\"out\":\"0102030000000000\"}",
    "\"op\":\"wait\",\"thread\":0,\"request\":7}",
    "\"op\":\"release\",\"thread\":0,\"request\":7}",
    /* Memory that is not the machine's. */
    "\"op\":\"ioctl\",\"thread\":0,\"file\":1,\"bytes\":1,\"code\":\"0x223ff8\",\"in_bytes\":4,"
    "\"in_at\":\"0xf00000000000001\",\"in\":null,\"out_at\":\"0xf00000000000002\"}",
    "\"op\":\"wait\",\"thread\":0,\"request\":8}",
    "\"op\":\"release\",\"thread\":0,\"request\":8}",
    "\"op\":\"write\",\"thread\":0,\"file\":1,\"bytes\":64,\"offset\":0,\"pieces\":["
    "{\"bytes\":60,\"data_at\":[1,0],\"data\":\"",
    "\"op\":\"wait\",\"thread\":0,\"request\":9}",
    "\"op\":\"release\",\"thread\":0,\"request\":9}",
    "\"op\":\"close\",\"thread\":0,\"file\":1}",
    "\"op\":\"power\",\"thread\":0,\"device\":1,\"device_index\":0,\"state\":3}",
    "\"op\":\"power\",\"thread\":0,\"device\":1,\"device_index\":0,\"state\":0}",
    "\"op\":\"stop\",\"thread\":0,\"device\":1,\"device_index\":0}",
    "\"op\":\"start\",\"thread\":0,\"device\":1,\"device_index\":0}",
    "\"op\":\"system-power\",\"thread\":0,\"state\":3,\"devices\":1}",
    "\"op\":\"system-power\",\"thread\":0,\"state\":0,\"devices\":1}",
    "\"op\":\"plug\",\"thread\":0,\"device_index\":1,\"model\":\"sgdma\"}",
    "\"op\":\"surprise-removal\",\"thread\":0,\"device\":2,\"device_index\":1}",
    "\"op\":\"remove\",\"thread\":0,\"device\":1,\"device_index\":0}",
    "\"op\":\"free\",\"thread\":0,\"alloc\":1}",
};

/* Takes ,"g":17 and "index":4, away: numbers that say nothing of a call. */
static void without(char *line, const char *name)
{
    char *at = strstr(line, name), *end;

    if (!at)
        return;
    end = at + strlen(name);
    end += strspn(end, "0123456789");
    end += *end == ',';
    memmove(at, end, strlen(end) + 1);
}

static void record(struct dut *t, const struct dm_scenario *s, struct dm_options *o)
{
    o->verify = true;
    o->record = path;
    dut_open(t, "samples/xfer", o);
    assert_int_equal(dm_machine_run_scenario(t->machine, t->driver, s, NULL, &t->result), DM_CLEAN);
    assert_string_equal(t->result.first_failure, "");
    dut_close(t);
}

static void every_call_of_a_scenario_is_a_line(void **state)
{
    struct dut t;
    char message[300], line[2000];
    struct trace_loaded *l;

    (void)state;
    record(&t, &all_calls, &(struct dm_options) { .seed = 0 });
    l = trace_load(path, message, sizeof(message));
    assert_non_null(l);
    for (size_t i = 0; i < l->inputs.count && i < COUNT(lines); i++) {
        snprintf(line, sizeof(line), "%.*s", (int)l->inputs.bytes[i], l->inputs.at[i]);
        without(line, "\"g\":");
        without(line, "\"index\":");
        if (strncmp(line, "{\"k\":\"payload\",", 15) ||
            strncmp(line + 15, lines[i], strlen(lines[i])))
            fail_msg("line %zu: %s\nexpected: %s", i, line, lines[i]);
    }
    assert_int_equal(l->inputs.count, COUNT(lines));
    trace_load_free(l);
}

/* --- played --- */

static void plays_as_recorded(const char *driver, const struct dm_options *from)
{
    char message[300] = "";
    struct dm_options o = *from;
    struct dm_recording *rec = dm_recording_load(path, message, sizeof(message));
    struct dm_plan *p = dm_plan_read(path, message, sizeof(message));
    const struct dm_comparison *c;
    struct dut t;

    if (!rec || !p)
        fail_msg("%s", message);
    o.record = NULL;
    o.recording = rec;
    dut_open(&t, driver, &o);
    dm_machine_run_plan(t.machine, t.driver, p, &t.result);
    c = dm_machine_comparison(t.machine);
    assert_true(c->made);
    if (c->differs)
        fail_msg("%s", c->text);
    assert_true(c->events > 100);
    dut_close(&t);
    dm_plan_free(p);
    dm_recording_free(rec);
}

static void a_played_plan_gives_the_recorded_run(void **state)
{
    struct dm_options o = { .seed = 11 };
    struct dut t;

    (void)state;
    record(&t, &all_calls, &o);
    plays_as_recorded("samples/xfer", &o);
}

static void random_faults_are_played_as_they_fell(void **state)
{
    struct dm_options o = { .verify = true, .seed = 4, .record = path, .fault_one_in = 30 };
    struct dut t;

    (void)state;
    dut_open(&t, "samples/pkt", &o);
    dut_run(&t, NULL);
    assert_true(t.result.faults_taken > 1);
    dut_close(&t);
    plays_as_recorded("samples/pkt", &o);
}

/* --- made by hand --- */

static struct dm_result play(const struct dm_plan *p, const char *driver)
{
    struct dut t;

    dut_open(&t, driver, NULL);
    dm_machine_run_plan(t.machine, t.driver, p, &t.result);
    assert_findings(t.machine);
    dut_close(&t);
    return t.result;
}

static struct dm_result move(uint64_t pattern)
{
    struct dm_plan_buffer buffers[] = {
        { .alloc = 1, .at = 100, .bytes = 5000, .content = DM_CONTENT_PATTERN, .value = pattern },
        { .alloc = 1, .at = 0, .bytes = 3000, .content = DM_CONTENT_FILL },
    };
    static const struct dm_plan_op ops[] = {
        { DM_OP_OPEN, 0, .id = 1, .a = ACCESS },
        { DM_OP_ALLOC, 0, .id = 1, .a = 6000, .b = 9 },
        { DM_OP_WRITE, 0, .id = 1, .on = 1, .buffer_count = 1 },
        { DM_OP_WAIT, 0, .on = 1, .a = UINT64_MAX },
        { DM_OP_READ, 0, .id = 2, .on = 1, .buffer_first = 1, .buffer_count = 1 },
        { DM_OP_SETTLED, 0, .on = 2 },
        { DM_OP_THREAD, 0, .id = 1 },
        /* Thread 1 is not joined: the run waits for it, and for the file that it closes. */
        { DM_OP_WAIT, 1, .on = 2, .a = UINT64_MAX },
        { DM_OP_CLOSE, 1, .on = 1 },
    };

    return play(&(struct dm_plan) { .ops = ops,
                                    .op_count = COUNT(ops),
                                    .buffers = buffers,
                                    .buffer_count = 2 },
                "samples/xfer");
}

static void a_plan_by_hand_moves_bytes(void **state)
{
    struct dm_result r = move(5);

    (void)state;
    assert_int_equal(r.exit, DM_CLEAN);
    assert_int_equal(r.bytes, 8000);
    assert_string_equal(r.scenario, "plan");
    assert_true(r.settled_hash && r.settled_hash == move(5).settled_hash);
    assert_true(r.settled_hash != move(6).settled_hash); /* what was written was read */
}

static unsigned devices_seen;

static void see_devices(struct dm_run *r)
{
    devices_seen = 0;
    while (dm_device_at(r, devices_seen))
        devices_seen++;
}

static void a_scenario_from_outside_gets_the_devices_that_it_wants(void **state)
{
    static const struct dm_scenario see = { "see", "", see_devices, 0 };
    static const struct {
        const char *devices;
        unsigned count;
    } rows[] = { { NULL, 1 }, { "", 0 }, { "sgdma,sgdma", 2 } };
    struct dut t;

    (void)state;
    dut_open(&t, "samples/xfer", NULL);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct dm_plan p = { .devices = rows[i].devices };

        assert_int_equal(dm_machine_run_scenario(t.machine, t.driver, &see, rows[i].devices,
                                                 &t.result),
                         DM_CLEAN);
        assert_int_equal(devices_seen, rows[i].count);
        assert_string_equal(t.result.scenario, "see");
        assert_int_equal(dm_machine_run_plan(t.machine, t.driver, &p, &t.result), DM_CLEAN);
    }
    dut_close(&t);
}

/* Each kind about things that nobody made, and twice what can be done once. */
static void what_is_not_there_does_nothing(void **state)
{
    static const struct dm_plan_buffer buffers[] = {
        { .place = DM_PLACE_ALLOC, .alloc = 8, .bytes = 16 },
        { .place = DM_PLACE_WILD, .at = 16, .bytes = 16, .content = DM_CONTENT_FILL, .value = 1 },
        { .place = DM_PLACE_WILD, .at = 0x0f00000000000007, .bytes = 16 },
        { .place = DM_PLACE_WILD, .at = 0x0500000000000007, .bytes = 16 },
        { .place = DM_PLACE_WILD, .at = 0x01ffffffffffffff, .bytes = 16 },
        { .place = DM_PLACE_ALLOC, .alloc = 1, .at = UINT64_MAX - 5, .bytes = 16 },
        { .place = DM_PLACE_NULL, .bytes = 16 },
    };
    struct dm_plan_op ops[200];
    struct dm_plan p = { .ops = ops, .buffers = buffers, .buffer_count = COUNT(buffers) };
    struct dm_result r;

    (void)state;
    for (unsigned kind = 0; kind < DM_OP_COUNT; kind++)
        if (kind != DM_OP_PLUG && kind != DM_OP_FILE && kind != DM_OP_REGISTRY)
            ops[p.op_count++] =
                (struct dm_plan_op) { (uint16_t)kind, 0, .on = 77, .a = UINT64_MAX / 3 };
    /* Sleeping is done, and so are the machine's own states; those come below. */
    for (size_t i = 0; i < p.op_count; i++)
        if (ops[i].kind == DM_OP_SLEEP || ops[i].kind == DM_OP_SYSTEM_POWER)
            ops[i].a = 0;
    ops[p.op_count++] = (struct dm_plan_op) { DM_OP_OPEN, 0, .id = 1, .a = ACCESS };
    ops[p.op_count++] = (struct dm_plan_op) { DM_OP_ALLOC, 0, .id = 1, .a = 64 };
    for (uint32_t i = 0; i < COUNT(buffers); i++)
        for (unsigned chain = 0; chain < 2; chain++) {
            uint32_t id = 10 + 2 * i + chain;

            ops[p.op_count++] = (struct dm_plan_op) {
                DM_OP_READ, 0, .id = id, .on = 1, .b = chain, .buffer_first = i, .buffer_count = 1
            };
            ops[p.op_count++] = (struct dm_plan_op) { DM_OP_WAIT, 0, .on = id, .a = UINT64_MAX };
            ops[p.op_count++] = (struct dm_plan_op) { DM_OP_RELEASE, 0, .on = id };
            ops[p.op_count++] = (struct dm_plan_op) { DM_OP_RELEASE, 0, .on = id };
        }
    ops[p.op_count++] = (struct dm_plan_op) { DM_OP_JOIN, 0, .on = 0 };
    for (unsigned i = 0; i < 2; i++) {
        ops[p.op_count++] = (struct dm_plan_op) { DM_OP_CLOSE, 0, .on = 1 };
        ops[p.op_count++] = (struct dm_plan_op) { DM_OP_FREE, 0, .on = 1 };
        ops[p.op_count++] = (struct dm_plan_op) { DM_OP_REMOVE, 0, .on = 0 };
        ops[p.op_count++] = (struct dm_plan_op) { DM_OP_POWER, 0, .on = 0, .a = 3 };
        ops[p.op_count++] = (struct dm_plan_op) { DM_OP_STOP, 0, .on = 0 };
    }
    r = play(&p, "samples/xfer");
    assert_string_equal(r.first_failure, "");
    assert_int_equal(r.exit, DM_CLEAN);
    assert_int_equal(r.bytes, 0);
}

/* A thread that waits for itself, one thread that is made twice, and a request that goes while another thread
 * waits for it: each would hang or touch what is gone. */
static void threads_cannot_hurt_each_other(void **state)
{
    static const struct dm_plan_buffer buffer = { .alloc = 1, .bytes = 4096 };
    static const struct dm_plan_op ops[] = {
        { DM_OP_OPEN, 0, .id = 1, .a = ACCESS },
        { DM_OP_ALLOC, 0, .id = 1, .a = 4096 },
        { DM_OP_READ, 0, .id = 1, .on = 1, .buffer_count = 1 },
        { DM_OP_THREAD, 0, .id = 1 },
        { DM_OP_THREAD, 0, .id = 1 },
        { DM_OP_SLEEP, 0, .a = 1 },
        { DM_OP_RELEASE, 0, .on = 1 },
        { DM_OP_ALLOC, 0, .id = 2, .a = 4096 },
        { DM_OP_READ, 0, .id = 2, .on = 1, .buffer_count = 1 },
        { DM_OP_RELEASE, 0, .on = 2 },
        { DM_OP_THREAD, 0, .id = 2 },
        { DM_OP_JOIN, 0, .on = 2 },
        { DM_OP_CLOSE, 0, .on = 1 },
        { DM_OP_JOIN, 1, .on = 1 },
        { DM_OP_WAIT, 1, .on = 1, .a = UINT64_MAX },
        { DM_OP_JOIN, 2, .on = 1 },
        { DM_OP_WAIT, 2, .on = 1, .a = UINT64_MAX },
    };
    struct dm_result r = play(&(struct dm_plan) { .ops = ops,
                                                  .op_count = COUNT(ops),
                                                  .buffers = &buffer,
                                                  .buffer_count = 1 },
                              "samples/xfer");

    (void)state;
    assert_string_equal(r.first_failure, "");
    assert_int_equal(r.exit, DM_CLEAN);
    assert_true(r.bytes >= 4096); /* the one that was waited for */
}

/* Threads that start and stop one card at once: a driver meets one after the other, as on Windows. */
static void the_pnp_manager_does_one_thing_at_a_time(void **state)
{
    static const struct dm_plan_op ops[] = {
        { DM_OP_STOP, 0, .on = 0 },   { DM_OP_THREAD, 0, .id = 1 }, { DM_OP_THREAD, 0, .id = 2 },
        { DM_OP_START, 1, .on = 0 },  { DM_OP_START, 2, .on = 0 },  { DM_OP_STOP, 1, .on = 0 },
        { DM_OP_START, 2, .on = 0 },  { DM_OP_START, 1, .on = 0 },  { DM_OP_STOP, 2, .on = 0 },
        { DM_OP_REMOVE, 1, .on = 0 }, { DM_OP_REMOVE, 2, .on = 0 },
    };
    struct dm_plan p = { .ops = ops, .op_count = COUNT(ops) };
    struct dut t;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        dut_open(&t, "samples/xfer", &(struct dm_options) { .verify = true, .seed = seed });
        dm_machine_run_plan(t.machine, t.driver, &p, &t.result);
        assert_findings(t.machine);
        assert_string_equal(t.result.first_failure, "");
        dut_close(&t);
    }
}

static void faults_of_a_plan_are_its_own(void **state)
{
    static const struct dm_plan_op ops[] = { { DM_OP_OPEN, 0, .id = 1, .a = ACCESS },
                                             { DM_OP_CLOSE, 0, .on = 1 } };
    static const struct dm_plan_fault faults[] = { { "irp", 1, 0 }, { "pool", 2, 0 } };
    struct dm_plan p = { .ops = ops, .op_count = 2, .faults = faults, .fault_count = 2 };
    struct dut t;

    (void)state;
    dut_open(&t, "samples/xfer", NULL);
    dm_machine_run_plan(t.machine, t.driver, &p, &t.result);
    assert_in_range(t.result.faults_taken, 1, 2);
    dut_run(&t, NULL); /* which plans none */
    assert_int_equal(t.result.faults_taken, 0);
    dut_close(&t);
    dut_open(&t, "samples/xfer", &(struct dm_options) { .verify = true, .fault_one_in = 1 });
    p.fault_count = 0;
    dm_machine_run_plan(t.machine, t.driver, &p, &t.result);
    assert_int_equal(t.result.faults_taken, 0);
    dut_run(&t, NULL); /* the machine's own plan is as it was */
    assert_true(t.result.faults_taken > 0);
    dut_close(&t);
}

static void plans_that_cannot_be_played_are_refused(void **state)
{
    static const struct dm_plan_buffer big = { .bytes = 1ull << 32 },
                                       empty = { .bytes = 1, .content = DM_CONTENT_BYTES };
    static const struct dm_plan_fault nobody = { "nosuch", 1, 0 }, never = { "pool", 0, 0 };
    static const struct {
        struct dm_plan_op op;
        const struct dm_plan_buffer *buffer;
        const struct dm_plan_fault *fault;
        const char *says;
    } rows[] = {
        { { .kind = DM_OP_COUNT },
          NULL,
          NULL,
          "op 1 of the plan: expected one of enum dm_plan_kind" },
        { { .kind = DM_OP_READ, .buffer_first = 1, .buffer_count = 1 },
          &big,
          NULL,
          "op 1 of the plan: expected buffers of the plan's" },
        { { .kind = DM_OP_READ, .buffer_count = UINT32_MAX },
          &big,
          NULL,
          "op 1 of the plan: expected buffers of the plan's" },
        { { .kind = DM_OP_READ, .buffer_count = 1 },
          &big,
          NULL,
          "op 1 of the plan: expected a buffer of less than 4 GiB" },
        { { .kind = DM_OP_WRITE, .buffer_count = 1 },
          &empty,
          NULL,
          "op 1 of the plan: expected the bytes of a buffer" },
        { { .kind = DM_OP_PLUG }, NULL, NULL, "op 1 of the plan: expected a name" },
        { { .kind = DM_OP_FILE, .name = "x" },
          NULL,
          NULL,
          "op 1 of the plan: expected the file's bytes" },
        { { .kind = DM_OP_SLEEP },
          NULL,
          &nobody,
          "fault 1: expected a fault point and which chance, not nosuch:1" },
        { { .kind = DM_OP_SLEEP },
          NULL,
          &never,
          "fault 1: expected a fault point and which chance, not pool:0" },
    };
    struct dut t;

    (void)state;
    dut_open(&t, "samples/xfer", NULL);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct dm_plan p = { .ops = &rows[i].op,
                             .op_count = 1,
                             .buffers = rows[i].buffer,
                             .buffer_count = rows[i].buffer != NULL,
                             .faults = rows[i].fault,
                             .fault_count = rows[i].fault != NULL };

        assert_int_equal(dm_machine_run_plan(t.machine, t.driver, &p, &t.result), DM_USAGE);
        assert_string_equal(t.result.first_failure, rows[i].says);
    }
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    dut_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_of_a_scenario_is_a_line),
        cmocka_unit_test(a_played_plan_gives_the_recorded_run),
        cmocka_unit_test(random_faults_are_played_as_they_fell),
        cmocka_unit_test(a_plan_by_hand_moves_bytes),
        cmocka_unit_test(a_scenario_from_outside_gets_the_devices_that_it_wants),
        cmocka_unit_test(what_is_not_there_does_nothing),
        cmocka_unit_test(threads_cannot_hurt_each_other),
        cmocka_unit_test(the_pnp_manager_does_one_thing_at_a_time),
        cmocka_unit_test(faults_of_a_plan_are_its_own),
        cmocka_unit_test(plans_that_cannot_be_played_are_refused),
    };

    return cmocka_run_group_tests(tests, trace_file, trace_file_gone);
}
