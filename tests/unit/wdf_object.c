/*
 * Framework objects: contexts, references, and the order of cleanup and destroy callbacks.
 * Sources: wdf/framework-object-life-cycle, wdf/framework-object-cleanup-and-destroy-callbacks,
 * fxobjectstatemachine.cpp, debugger/bug-check-0x10d---wdf-violation.
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"

typedef struct {
    ULONG Number;
    ULONG Zero;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, NoteOf)
typedef struct {
    UCHAR Bytes[100];
} OTHER;
WDF_DECLARE_CONTEXT_TYPE(OTHER)

static char told[128];

static void tell(char what, WDFOBJECT object)
{
    size_t n = strlen(told);

    told[n++] = what;
    told[n++] = (char)('0' + NoteOf(object)->Number);
    told[n] = 0;
}

static VOID on_cleanup(WDFOBJECT Object) { tell('c', Object); }
static VOID on_destroy(WDFOBJECT Object) { tell('d', Object); }

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static WDFOBJECT make(ULONG number, WDFOBJECT parent)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&a, NOTE);
    a.EvtCleanupCallback = on_cleanup;
    a.EvtDestroyCallback = on_destroy;
    a.ParentObject = parent;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_SUCCESS);
    assert_non_null(o);
    NoteOf(o)->Number = number;
    return o;
}

static void tree(struct sim *s)
{
    WDFOBJECT one = make(1, NULL), two = make(2, one), three = make(3, one), four = make(4, two);

    (void)s, (void)three, (void)four;
    told[0] = 0;
    WdfObjectDelete(one);
    /* Children before parents, siblings in the order of creation; destruction the same way. */
    assert_string_equal(told, "c4c2c3c1d4d2d3d1");
}

static void children_end_before_parents(void **state)
{
    (void)state;
    wdf_run(entry, tree, 0);
}

static void kept(struct sim *s)
{
    WDFOBJECT one = make(1, NULL), two = make(2, one);

    (void)s;
    told[0] = 0;
    WdfObjectReferenceActual(two, (PVOID)77, __LINE__, __FILE__);
    WdfObjectDelete(one);
    assert_string_equal(told, "c2c1d1"); /* memory and handle stay with the reference */
    assert_int_equal(NoteOf(two)->Number, 2);
    WdfObjectDereferenceActual(two, (PVOID)77, __LINE__, __FILE__);
    assert_string_equal(told, "c2c1d1d2");
}

static void a_reference_keeps_it_from_destruction(void **state)
{
    (void)state;
    wdf_run(entry, kept, 0);
}

static void contexts(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o = make(5, NULL);
    PVOID other = NULL, again = NULL;

    (void)s;
    assert_int_equal(NoteOf(o)->Zero, 0);
    assert_ptr_equal(WdfObjectContextGetObject(NoteOf(o)), o);
    assert_null(WdfObjectGet_OTHER(o));
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&a, OTHER);
    assert_int_equal(WdfObjectAllocateContext(o, &a, &other), STATUS_SUCCESS);
    assert_ptr_equal(WdfObjectGet_OTHER(o), other);
    assert_int_equal(WdfObjectAllocateContext(o, &a, &again), STATUS_OBJECT_NAME_EXISTS);
    assert_ptr_equal(again, other);
    assert_int_equal(WdfObjectQuery(o, NULL, 0, NULL), STATUS_NOT_FOUND);
    a.ContextTypeInfo = NULL;
    assert_int_equal(WdfObjectAllocateContext(o, &a, &again), STATUS_OBJECT_NAME_INVALID);
    WdfObjectDelete(o);
}

static void contexts_are_found_by_type(void **state)
{
    (void)state;
    wdf_run(entry, contexts, 0);
}

static void attributes(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o = (WDFOBJECT)1;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.Size--;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_INFO_LENGTH_MISMATCH);
    assert_null(o);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ContextSizeOverride = 8;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_WDF_EXECUTION_LEVEL_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.SynchronizationScope = WdfSynchronizationScopeQueue;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&a, NOTE);
    a.ContextSizeOverride = sizeof(NOTE) - 1;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
}

static void attributes_are_checked_in_order(void **state)
{
    (void)state;
    wdf_run(entry, attributes, 0);
}

static void stale(struct sim *s)
{
    WDFOBJECT o = make(1, NULL);

    (void)s;
    WdfObjectDelete(o);
    WdfObjectDelete(o);
}

static void a_handle_of_nothing_is_a_bug_check(void **state)
{
    (void)state;
    wdf_run(entry, stale, 0x10D);
}

static void over_dereferenced(struct sim *s)
{
    WDFOBJECT o = make(1, NULL);

    (void)s;
    WdfObjectReference(o);
    WdfObjectDereference(o);
    assert_int_equal(wdf_sim->bugcheck_code, 0);
    WdfObjectDereference(o);
    assert_int_equal(NoteOf(o)->Number, 1);
    WdfObjectDelete(o);
}

static void a_reference_too_many_given_back_is_a_bug_check(void **state)
{
    (void)state;
    wdf_run(entry, over_dereferenced, 0x10D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_end_before_parents),
        cmocka_unit_test(a_reference_keeps_it_from_destruction),
        cmocka_unit_test(contexts_are_found_by_type),
        cmocka_unit_test(attributes_are_checked_in_order),
        cmocka_unit_test(a_handle_of_nothing_is_a_bug_check),
        cmocka_unit_test(a_reference_too_many_given_back_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
