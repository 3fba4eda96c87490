/*
 * Collections. Sources: wdfcollection/, fxcollection.cpp, fxcollectionapi.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"

static unsigned ended, broken;
static uint64_t why;

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static VOID on_destroy(WDFOBJECT Object)
{
    (void)Object;
    ended++;
}

static WDFOBJECT make(void)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.EvtDestroyCallback = on_destroy;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_SUCCESS);
    return o;
}

static WDFCOLLECTION collection(void)
{
    WDFCOLLECTION c = NULL;

    assert_int_equal(WdfCollectionCreate(NULL, &c), STATUS_SUCCESS);
    return c;
}

static void listen(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_MISUSE && e->a[0] == MISUSE_WDF_BREAK) {
        broken++;
        why = e->a[1];
    }
}

static void ordered(struct sim *s)
{
    WDFCOLLECTION c = collection();
    WDFOBJECT a = make(), b = make();

    (void)s;
    assert_int_equal(WdfCollectionGetCount(c), 0);
    assert_null(WdfCollectionGetFirstItem(c));
    assert_null(WdfCollectionGetLastItem(c));
    assert_null(WdfCollectionGetItem(c, 0));
    assert_int_equal(WdfCollectionAdd(c, a), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionAdd(c, b), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionAdd(c, a), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionGetCount(c), 3);
    assert_ptr_equal(WdfCollectionGetItem(c, 0), a);
    assert_ptr_equal(WdfCollectionGetItem(c, 1), b);
    assert_ptr_equal(WdfCollectionGetItem(c, 2), a);
    assert_null(WdfCollectionGetItem(c, 3));
    WdfCollectionRemove(c, a); /* its first place */
    assert_ptr_equal(WdfCollectionGetFirstItem(c), b);
    assert_ptr_equal(WdfCollectionGetLastItem(c), a);
    WdfCollectionRemoveItem(c, 1);
    assert_ptr_equal(WdfCollectionGetLastItem(c), b);
    assert_int_equal(WdfCollectionGetCount(c), 1);
    WdfObjectDelete(c);
    WdfObjectDelete(a);
    WdfObjectDelete(b);
}

static void members_keep_their_order(void **state)
{
    (void)state;
    wdf_run(entry, ordered, 0);
}

static void kept(struct sim *s)
{
    WDFCOLLECTION c = collection();
    WDFOBJECT a = make(), b = make();

    (void)s;
    ended = 0;
    assert_int_equal(WdfCollectionAdd(c, a), STATUS_SUCCESS);
    assert_int_equal(WdfCollectionAdd(c, b), STATUS_SUCCESS);
    WdfObjectDelete(a);
    WdfObjectDelete(b);
    assert_int_equal(ended, 0);
    WdfCollectionRemoveItem(c, 0);
    assert_int_equal(ended, 1);
    WdfObjectDelete(c);
    assert_int_equal(ended, 2);
}

static void a_member_is_kept_by_a_reference(void **state)
{
    (void)state;
    wdf_run(entry, kept, 0);
}

static void missed(struct sim *s)
{
    WDFCOLLECTION c = collection();
    WDFOBJECT a = make();

    assert_int_equal(trace_attach(&s->trace, listen, NULL), 0);
    broken = 0;
    WdfCollectionRemove(c, a);
    assert_int_equal(broken, 1);
    assert_int_equal(why, WDF_BREAK_NO_MEMBER);
    WdfCollectionRemoveItem(c, 0);
    assert_int_equal(broken, 2);
    assert_int_equal(why, WDF_BREAK_INDEX);
    fault_plan_nth(s, FAULT_WDF_OBJECT, s->fault.chances[FAULT_WDF_OBJECT] + 1);
    assert_int_equal(WdfCollectionAdd(c, a), STATUS_UNSUCCESSFUL);
    assert_int_equal(WdfCollectionGetCount(c), 0);
    WdfObjectDelete(c);
    WdfObjectDelete(a);
}

static void what_is_not_there_breaks_into_the_debugger(void **state)
{
    (void)state;
    wdf_run(entry, missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_their_order),
        cmocka_unit_test(a_member_is_kept_by_a_reference),
        cmocka_unit_test(what_is_not_there_breaks_into_the_debugger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
