/*
 * Every function of a DMA transaction in every state, for four kinds of transaction. What comes out is
 * typed here from the reference (5.3, 5.4 and what was read from the source below them), cell by cell.
 *
 * A cell says what is returned and the state afterwards:
 *     ok, T, F, -, n, p   STATUS_SUCCESS, TRUE, FALSE, nothing, NULL (or 0), something else
 *     idr                 STATUS_INVALID_DEVICE_REQUEST
 *     digit               the state; none: as before
 *     !                   bug check 0x10D/8 with the handle and the state; what is returned is nobody's
 *     0                   bug check 0x7E: read through NULL
 *     b                   the framework breaks into the debugger; with nothing returned it stands alone
 *     NULL                the kind has no such state
 */
#include "tests/unit/wdf_dma_calls.h"

enum {
    CREATED = 1,
    RESERVED,
    INITIALIZED,
    TRANSFER,
    COMPLETED_,
    FAILED_,
    RELEASED_,
    DELETED,
    STATES
};
enum kind { PACKET3, LIST3, PACKET2, SYSTEM, KINDS };

static enum kind kind_now;

/* --- the table: Created, Reserved, Initialized, Transfer, Completed, Failed, Released, Deleted --- */

static const struct row {
    const char *name;
    const char *(*call)(WDFDMATRANSACTION t);
    const char *cells[KINDS][STATES - 1];
} table[] = {
    /* clang-format off */
    { "Initialize", f_initialize, {
        { "ok3", "ok3", "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", NULL,  "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", NULL,  "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", "ok3", "!",   "!",   "!",   "!",   "ok3", "!" } } },
    { "InitializeUsingOffset", f_initialize_offset, {
        { "ok3", "ok3", "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", NULL,  "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", NULL,  "!",   "!",   "!",   "!",   "ok3", "!" },
        { "ok3", "ok3", "!",   "!",   "!",   "!",   "ok3", "!" } } },
    { "Execute", f_execute, {
        { "!",   "!",   "ok4", "!",   "!",   "!",   "!",   "!" },
        { "!",   NULL,  "ok4", "!",   "!",   "!",   "!",   "!" },
        { "!",   NULL,  "ok4", "!",   "!",   "!",   "!",   "!" },
        { "!",   "!",   "ok4", "!",   "!",   "!",   "!",   "!" } } },
    { "Release", f_release, { /* in Transfer the verifier stops, and without it it is released */
        { "ok7", "ok7", "ok7", "!7",  "ok7", "ok7", "ok7", "ok7" },
        { "ok7", NULL,  "ok7", "!7",  "ok7", "ok7", "ok7", "ok7" },
        { "ok7", NULL,  "ok7", "!7",  "ok7", "ok7", "ok7", "ok7" },
        { "ok7", "ok7", "ok7", "!7",  "ok7", "ok7", "ok7", "ok7" } } },
    { "DmaCompleted", f_completed, {
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" } } },
    { "DmaCompletedWithLength", f_with_length, {
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" } } },
    { "DmaCompletedFinal", f_final, {
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   NULL,  "!",   "T5",  "!",   "!",   "!",   "!" },
        { "!",   "!",   "!",   "T5",  "!",   "!",   "!",   "!" } } },
    { "GetBytesTransferred", f_bytes, {
        { "n",   "n",   "n",   "n",   "p",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "n",   "p",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "n",   "p",   "n",   "n",   "n" },
        { "n",   "n",   "n",   "n",   "p",   "n",   "n",   "n" } } },
    { "GetCurrentDmaTransferLength", f_current, {
        { "n",   "n",   "n",   "p",   "n",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "p",   "n",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "p",   "n",   "n",   "n",   "n" },
        { "n",   "n",   "n",   "p",   "n",   "n",   "n",   "n" } } },
    { "SetMaximumLength", f_maximum, {
        { "0",   "-",   "-",   "-",   "0",   "0",   "0",   "0" },
        { "0",   NULL,  "-",   "-",   "0",   "0",   "0",   "0" },
        { "0",   NULL,  "-",   "-",   "0",   "0",   "0",   "0" },
        { "0",   "-",   "-",   "-",   "0",   "0",   "0",   "0" } } },
    { "SetSingleTransferRequirement", f_single, {
        { "-",   "-",   "b",   "b",   "b",   "b",   "-",   "b" },
        { "-",   NULL,  "b",   "b",   "b",   "b",   "-",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "-",   "-",   "b",   "b",   "b",   "b",   "-",   "b" } } },
    { "GetRequest", f_request, {
        { "n",   "n",   "n",   "n",   "n",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "n",   "n",   "n",   "n",   "n" },
        { "n",   NULL,  "n",   "n",   "n",   "n",   "n",   "n" },
        { "n",   "n",   "n",   "n",   "n",   "n",   "n",   "n" } } },
    { "GetDevice", f_device, {
        { "p",   "p",   "p",   "p",   "p",   "p",   "p",   "p" },
        { "p",   NULL,  "p",   "p",   "p",   "p",   "p",   "p" },
        { "p",   NULL,  "p",   "p",   "p",   "p",   "p",   "p" },
        { "p",   "p",   "p",   "p",   "p",   "p",   "p",   "p" } } },
    { "GetTransferInfo", f_info, {
        { "!",   "!",   "-",   "!",   "!",   "!",   "!",   "!" },
        { "!",   NULL,  "-",   "!",   "!",   "!",   "!",   "!" },
        { "!",   NULL,  "-",   "!",   "!",   "!",   "!",   "!" },
        { "!",   "!",   "-",   "!",   "!",   "!",   "!",   "!" } } },
    { "SetChannelConfigurationCallback", f_configure, {
        { "b",   "b",   "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "-",   "-",   "-",   "-",   "-",   "-",   "-",   "-" } } },
    { "SetTransferCompleteCallback", f_complete, {
        { "b",   "b",   "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "-",   "-",   "-",   "-",   "-",   "-",   "-",   "-" } } },
    { "SetImmediateExecution", f_immediate, {
        { "-",   "b",   "-",   "b",   "b",   "b",   "-",   "b" },
        { "-",   NULL,  "-",   "b",   "b",   "b",   "-",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "-",   "b",   "-",   "b",   "b",   "b",   "-",   "b" } } },
    { "AllocateResources", f_allocate, {
        { "ok2", "!",   "ok2", "!",   "!",   "!",   "ok2", "!" },
        { "idrb", NULL, "idrb", "idrb", "idrb", "idrb", "idrb", "idrb" },
        { "idrb", NULL, "idrb", "idrb", "idrb", "idrb", "idrb", "idrb" },
        { "ok2", "!",   "ok2", "!",   "!",   "!",   "ok2", "!" } } },
    { "AllocateResources without a number", f_allocate_none, {
        { "!",   "!",   "ok2", "!",   "!",   "!",   "!",   "!" },
        { "idrb", NULL, "idrb", "idrb", "idrb", "idrb", "idrb", "idrb" },
        { "idrb", NULL, "idrb", "idrb", "idrb", "idrb", "idrb", "idrb" },
        { "!",   "!",   "ok2", "!",   "!",   "!",   "!",   "!" } } },
    { "SetDeviceAddressOffset", f_address, {
        { "b",   "b",   "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "-",   "-",   "-",   "-",   "-",   "-",   "-",   "-" } } },
    { "FreeResources", f_free, {
        { "!",   "-7",  "-7",  "!",   "-7",  "-7",  "-7",  "!" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "!",   "-7",  "-7",  "!",   "-7",  "-7",  "-7",  "!" } } },
    { "Cancel", f_cancel, { /* Initialized: the HAL takes it, whatever KMDF's page says */
        { "!",   "F",   "T6",  "F",   "0",   "0",   "!",   "!" },
        { "!",   NULL,  "T6",  "F",   "0",   "0",   "!",   "!" },
        { "Fb",  NULL,  "Fb",  "Fb",  "Fb",  "Fb",  "Fb",  "Fb" },
        { "!",   "F",   "T6",  "F",   "0",   "0",   "!",   "!" } } },
    { "WdmGetTransferContext", f_context, {
        { "nb",  "p",   "p",   "p",   "p",   "p",   "nb",  "nb" },
        { "nb",  NULL,  "p",   "p",   "p",   "p",   "nb",  "nb" },
        { "nb",  NULL,  "nb",  "nb",  "nb",  "nb",  "nb",  "nb" },
        { "nb",  "p",   "p",   "p",   "p",   "p",   "nb",  "nb" } } },
    { "StopSystemTransfer", f_stop, {
        { "b",   "b",   "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "b",   NULL,  "b",   "b",   "b",   "b",   "b",   "b" },
        { "0",   "-",   "-",   "-",   "0",   "0",   "0",   "0" } } },
    { "WdfObjectDelete", f_delete, {
        { "-8",  "-8",  "-8",  "!8",  "-8",  "-8",  "-8",  "-8" },
        { "-8",  NULL,  "-8",  "!8",  "-8",  "-8",  "-8",  "-8" },
        { "-8",  NULL,  "-8",  "!8",  "-8",  "-8",  "-8",  "-8" },
        { "-8",  "-8",  "-8",  "!8",  "-8",  "-8",  "-8",  "-8" } } },
    /* clang-format on */
};

/* --- transactions in a state --- */

static void begun(WDFDMATRANSACTION t)
{
    assert_string_equal(f_initialize(t), "ok");
    assert_string_equal(f_execute(t), "ok");
    assert_int_equal(state_of(t), TRANSFER);
}

static WDFDMATRANSACTION in_state(int state)
{
    WDFDMATRANSACTION t = txn_make();
    NTSTATUS status;

    WdfObjectReference(t); /* its handle outlives its deletion */
    switch (state) {
    case RESERVED:
        assert_string_equal(f_allocate(t), "ok");
        break;
    case INITIALIZED:
        assert_string_equal(f_initialize(t), "ok");
        break;
    case TRANSFER:
    case COMPLETED_:
    case FAILED_:
    case RELEASED_:
        begun(t);
        if (state == COMPLETED_ || state == RELEASED_)
            assert_string_equal(f_completed(t), "T");
        if (state == FAILED_)
            assert_int_equal(WdfDmaTransactionDmaCompletedFinal(t, b.bytes + 1, &status), TRUE);
        if (state == RELEASED_)
            assert_string_equal(f_release(t), "ok");
        break;
    case DELETED:
        WdfObjectDelete(t);
        break;
    default:
        break;
    }
    assert_int_equal(state_of(t), state);
    return t;
}

static void end(WDFDMATRANSACTION t)
{
    if (state_of(t) == TRANSFER)
        f_completed(t);
    if (state_of(t) != DELETED)
        WdfObjectDelete(t);
    WdfObjectDereference(t);
}

/* The cell of what happened: as the table's are written. */
static const char *cell_of(const char *result, WDFDMATRANSACTION t, int before, uint32_t from)
{
    static char cell[32];
    struct event stop = { 0 };
    unsigned stops = said_since(from, EV_BUGCHECK, &stop);
    bool breaks = said_since(from, EV_MISUSE, NULL) > 0, wrong;
    char next[2] = { state_of(t) == before ? 0 : (char)('0' + state_of(t)), 0 };

    if (!stops) {
        if (breaks && !strcmp(result, "-"))
            result = "";
        snprintf(cell, sizeof(cell), "%s%s%s", result, next, breaks ? "b" : "");
        return cell;
    }
    wrong = stop.a[0] == 0x10d && stop.a[1] == 8 && stop.a[2] == (uintptr_t)t &&
            stop.a[3] == (uint64_t)before;
    snprintf(cell, sizeof(cell), "%s%s%s",
             stops > 1           ? "many"
             : wrong             ? "!"
             : stop.a[0] == 0x7e ? "0"
                                 : "other",
             next, breaks ? "b" : "");
    return cell;
}

/* Only what differs from before shows as a state: "ok7" of a Released transaction is "ok". */
static const char *wanted(const char *cell, int before)
{
    static char without[32];
    size_t n = strlen(cell);

    if (n > 1 && cell[n - 1] == '0' + before) {
        memcpy(without, cell, n - 1);
        without[n - 1] = 0;
        return without;
    }
    return cell;
}

static unsigned wrong_cells;

static void try_cell(const struct row *r, int state)
{
    const char *expected = r->cells[kind_now][state - 1], *got_cell, *result;
    WDFDMATRANSACTION t;
    uint32_t from;

    if (!expected)
        return;
    t = in_state(state);
    from = T.events;
    result = r->call(t);
    got_cell = cell_of(result, t, state, from);
    if (strcmp(got_cell, wanted(expected, state)) != 0) {
        print_error("%s in state %d of kind %d: %s, expected %s\n", r->name, state, (int)kind_now,
                    got_cell, expected);
        wrong_cells++;
    }
    end(t);
}

static void kind_enabler(void)
{
    static const WDF_DMA_PROFILE profiles[KINDS] = { WdfDmaProfilePacket64,
                                                     WdfDmaProfileScatterGather64,
                                                     WdfDmaProfilePacket, WdfDmaProfileSystem };
    CM_PARTIAL_RESOURCE_DESCRIPTOR channel = { .Type = CmResourceTypeDma };
    WDF_DMA_SYSTEM_PROFILE_CONFIG c;
    PHYSICAL_ADDRESS at = { .QuadPart = 0 };

    enabler_make(profiles[kind_now], 0x8000, kind_now == PACKET2 || kind_now == SYSTEM ? 0 : 3);
    if (kind_now != SYSTEM)
        return;
    at.QuadPart = (LONGLONG)T.d->bars[0].start + DATA;
    channel.u.Dma.Channel = CHANNEL;
    channel.u.Dma.Port = LINE;
    WDF_DMA_SYSTEM_PROFILE_CONFIG_INIT(&c, at, Width8Bits, &channel);
    assert_int_equal(WdfDmaEnablerConfigureSystemProfile(W.enabler, &c, read), STATUS_SUCCESS);
}

static void each_cell(void)
{
    b = buffer_make(0x80, 5000);
    kind_enabler();
    wrong_cells = 0;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        for (int state = CREATED; state < STATES; state++)
            try_cell(&table[i], state);
    assert_int_equal(wrong_cells, 0);
    assert_int_equal(T.s->dma->registers_live, 0);
    W.bugcheck = T.s->bugcheck_code; /* there were many; the table says which */
}

static void packets_of_version_3(void **state)
{
    (void)state;
    kind_now = PACKET3;
    with_wdf("remap", each_cell, 0);
}

static void lists_of_version_3(void **state)
{
    (void)state;
    kind_now = LIST3;
    with_wdf("remap", each_cell, 0);
}

static void packets_of_version_2(void **state)
{
    (void)state;
    kind_now = PACKET2;
    with_wdf("remap", each_cell, 0);
}

static void the_system_profile(void **state)
{
    (void)state;
    kind_now = SYSTEM;
    model = *dm_device_model("slavedma");
    with_wdf("remap", each_cell, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_of_version_3),
        cmocka_unit_test(lists_of_version_3),
        cmocka_unit_test(packets_of_version_2),
        cmocka_unit_test(the_system_profile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
