/*
 * The timeline: events become bars with a beginning and an end, and of a long run what lies near its
 * findings is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/timeline.h"

#define SGL OBJ_ID(OBJ_SGL, 1)
#define DEVICE OBJ_ID(OBJ_DEVICE, 1)

static const char *name(void *ctx, uint16_t agent)
{
    (void)ctx;
    return agent == 7 ? "scenario" : "other";
}

/* One event of agent 7 on processor 0, unless said otherwise. */
static uint64_t seq;
static void say(struct timeline *t, struct event e)
{
    e.seq = seq++;
    e.agent = e.agent ? e.agent : 7;
    timeline_event(t, &e);
}

static struct timeline *begin(void)
{
    struct timeline *t = timeline_create();

    assert_non_null(t);
    seq = 0;
    say(t, (struct event) { .kind = EV_AGENT, .obj = OBJ_ID(OBJ_AGENT, 7), .a = { 1 } });
    return t;
}

static void finish(struct timeline *t)
{
    struct site_depot *depot = site_depot_create();

    timeline_close(t, depot, name, NULL);
    site_depot_destroy(depot);
}

static const struct timeline_item *find(const struct timeline *t, enum timeline_kind kind,
                                        unsigned n)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->items[i].kind == kind && !n--)
            return &t->items[i];
    return NULL;
}

static void expect(const struct timeline_item *item, uint64_t from, uint64_t to)
{
    assert_non_null(item);
    assert_int_equal(item->from_ns, from);
    assert_int_equal(item->to_ns, to);
}

static void a_list_lives_from_birth_to_release(void **state)
{
    struct timeline *t = begin();

    (void)state;
    say(t,
        (struct event) {
            .ns = 10, .kind = EV_SGL, .obj = SGL, .a = { 1, dir_length(512, 1), 0, 2ull << 32 } });
    say(t, (struct event) {
               .ns = 10, .kind = EV_MAP, .obj = SGL, .a = { 0x8000, dir_length(512, 1) } });
    say(t, (struct event) { .ns = 12,
                            .kind = EV_DEV_CLAIM,
                            .obj = DEVICE,
                            .cpu = 255,
                            .agent = 9,
                            .a = { 0x8000, dir_length(512, 1), SGL, 3ull << 32 } });
    say(t, (struct event) {
               .ns = 20, .kind = EV_UNMAP, .obj = SGL, .a = { 0x8000, dir_length(512, 1) } });
    say(t, (struct event) { .ns = 20, .kind = EV_SGL_END, .obj = SGL });
    finish(t);
    expect(find(t, TIMELINE_LIST, 0), 10, 20);
    expect(find(t, TIMELINE_MAP, 0), 10, 20);
    expect(find(t, TIMELINE_CLAIM, 0), 12, TIMELINE_OPEN);
    assert_int_equal(find(t, TIMELINE_CLAIM, 0)->engine, 3);
    assert_int_equal(find(t, TIMELINE_CLAIM, 0)->other, SGL);
    assert_string_equal(timeline_agent(t, 7), "scenario");
    timeline_destroy(t);
}

/* A DPC runs over a thread that is inside a call: the call is shown as two pieces, and the processor's
 * level is what it was before. */
static void a_dpc_interrupts_what_runs(void **state)
{
    struct timeline *t = begin();

    (void)state;
    say(t, (struct event) { .ns = 5, .kind = EV_CALLBACK, .api = API_DriverDispatch });
    say(t, (struct event) {
               .ns = 10, .kind = EV_DPC, .obj = OBJ_ID(OBJ_DPC, 1), .agent = 2, .irql = 2 });
    say(t, (struct event) {
               .ns = 15, .kind = EV_DPC_END, .obj = OBJ_ID(OBJ_DPC, 1), .agent = 2, .irql = 2 });
    say(t, (struct event) { .ns = 20, .kind = EV_CALLBACK_END, .api = API_DriverDispatch });
    finish(t);
    expect(find(t, TIMELINE_FRAME, 0), 5, 10);
    expect(find(t, TIMELINE_FRAME, 1), 20, 20);
    assert_null(find(t, TIMELINE_FRAME, 2));
    expect(find(t, TIMELINE_DPC, 0), 10, 15);
    expect(find(t, TIMELINE_IRQL, 0), 10, 15);
    assert_null(find(t, TIMELINE_IRQL, 1));
    timeline_destroy(t);
}

static void a_thread_moves_to_another_processor(void **state)
{
    struct timeline *t = begin();

    (void)state;
    say(t, (struct event) { .ns = 0, .kind = EV_PHASE, .a = { PHASE_SCENARIO } });
    say(t, (struct event) { .ns = 30, .kind = EV_SWITCH, .agent = 1, .a = { 7, 1 } });
    say(t, (struct event) { .ns = 40, .kind = EV_SWITCH, .cpu = 1, .a = { 4, 7 } });
    say(t, (struct event) { .ns = 50, .kind = EV_PHASE, .cpu = 1, .a = { PHASE_END } });
    finish(t);
    expect(find(t, TIMELINE_RUN, 0), 0, 30);
    expect(find(t, TIMELINE_RUN, 1), 40, 50);
    assert_int_equal(find(t, TIMELINE_RUN, 1)->cpu, 1);
    assert_null(find(t, TIMELINE_RUN, 2)); /* nobody's idle loop */
    expect(find(t, TIMELINE_PHASE, 0), 0, 50);
    timeline_destroy(t);
}

/* More than can be gathered, let alone shown: the finding's neighbourhood is there all the same. */
static void a_long_run_keeps_what_lies_near_its_finding(void **state)
{
    struct timeline *t = begin();
    const uint64_t many = 3ull * TIMELINE_GATHERED_MAX;

    (void)state;
    say(t, (struct event) { .kind = EV_ADAPTER, .obj = OBJ_ID(OBJ_ADAPTER, 1) });
    for (uint64_t i = 1; i <= many; i++)
        say(t, (struct event) {
                   .ns = i, .kind = EV_DEV_READ, .cpu = 255, .obj = DEVICE, .a = { i, 4 } });
    timeline_mark(t, &(struct timeline_mark) { .seq = seq - 1000, .ns = many - 1000 });
    finish(t);
    assert_int_equal(t->count, TIMELINE_KEPT_MAX);
    assert_int_equal(t->count + t->left_out, many + 2); /* the adapter and the thread */
    assert_non_null(find(t, TIMELINE_ADAPTER, 0));
    for (uint32_t i = 0; i < t->count; i++)
        if (t->items[i].kind == TIMELINE_TOUCH)
            assert_true(t->items[i].from_ns > many - 3 * TIMELINE_KEPT_MAX);
    timeline_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_lives_from_birth_to_release),
        cmocka_unit_test(a_dpc_interrupts_what_runs),
        cmocka_unit_test(a_thread_moves_to_another_processor),
        cmocka_unit_test(a_long_run_keeps_what_lies_near_its_finding),
    };

    return cmocka_run_group_tests_name("reports_timeline", tests, NULL, NULL);
}
