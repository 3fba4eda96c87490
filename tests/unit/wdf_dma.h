/*
 * What the tests of KMDF's DMA share: the machine of nt_dma.h, whose driver is a KMDF driver with a framework
 * device, an enabler of any profile, and an EvtProgramDma that remembers; and what the adapter was asked,
 * in order, by name.
 */
#ifndef DMACHECK_TESTS_UNIT_WDF_DMA_H
#define DMACHECK_TESTS_UNIT_WDF_DMA_H

#define WDF_CLIENT 1

#include <stdio.h>

#include "tests/unit/nt_dma.h"

#include "sim/wdf/dma.h"
#include "sim/wdf/host.h"

const WDFFUNC *WdfFunctions;
PWDF_DRIVER_GLOBALS WdfDriverGlobals;

static struct {
    WDFDEVICE device;
    PDEVICE_OBJECT fdo;
    WDFDMAENABLER enabler;
    void (*body)(void);
    uint32_t bugcheck; /* what the run ends with */
} W;

static const struct fx_class device_class = {
    .type = FX_DEVICE, .trace = OBJ_WDFDEVICE, .bytes = sizeof(struct fx_device), .passive = true
};

/* A framework device of its own, without queues and power: all that enablers ask for. */
static WDFDEVICE device_make(void)
{
    struct fx_driver *driver = fx_driver_of(WdfDriverGlobals);
    struct fx_object *o;
    struct fx_device *d;

    assert_int_equal(fx_object_create(fx_of(T.s), driver, &device_class, &driver->object, NULL, &o),
                     STATUS_SUCCESS);
    d = (struct fx_device *)o;
    d->wdm = W.fdo;
    d->pdo = T.pdo;
    return (WDFDEVICE)o->handle;
}

static void wdf_body(void)
{
    assert_int_equal(IoCreateDevice(T.driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &W.fdo),
                     STATUS_SUCCESS);
    W.device = device_make();
    W.body();
    if (W.device)
        WdfObjectDelete(W.device);
    if (W.fdo)
        IoDeleteDevice(W.fdo);
    assert_int_equal(T.s->bugcheck_code, W.bugcheck);
}

static inline void with_wdf(const char *profile, void (*body)(void), uint32_t bugcheck)
{
    struct fx_binding binding = { &WdfFunctions, &WdfDriverGlobals };
    struct host_stub stub;

    memset(&W, 0, sizeof(W));
    W.body = body;
    W.bugcheck = bugcheck;
    host_wdf_stub(&stub, &binding);
    test_stub = &stub;
    with_adapter(profile, wdf_body);
}

static inline WDFDMAENABLER enabler_make(WDF_DMA_PROFILE profile, size_t bytes, ULONG version)
{
    WDF_DMA_ENABLER_CONFIG c;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, profile, bytes);
    c.WdmDmaVersionOverride = version;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, WDF_NO_OBJECT_ATTRIBUTES, &W.enabler),
                     STATUS_SUCCESS);
    return W.enabler;
}

static inline WDFDMATRANSACTION txn_make(void)
{
    WDFDMATRANSACTION t = NULL;

    assert_int_equal(WdfDmaTransactionCreate(W.enabler, WDF_NO_OBJECT_ATTRIBUTES, &t),
                     STATUS_SUCCESS);
    assert_non_null(t);
    return t;
}

static inline int state_of(WDFDMATRANSACTION t)
{
    const struct fx_object *o = fx_object_find(fx_of(T.s), t, FX_DMA_TRANSACTION);

    return o ? (int)((const struct fx_txn *)o)->state : 0;
}

/* --- EvtProgramDma --- */

static struct {
    unsigned calls;
    WDFDMATRANSACTION txn;
    WDFDEVICE device;
    WDFCONTEXT context;
    WDF_DMA_DIRECTION direction;
    PSCATTER_GATHER_LIST list; /* a copy: a packet's own is gone when the callback returns */
    uint64_t bytes, ba, elements;
    uint8_t irql;
    void (*then)(void); /* done within it */
} programmed;

static union {
    SCATTER_GATHER_LIST list;
    uint8_t bytes[0x1000];
} programmed_list;

static inline BOOLEAN on_program(WDFDMATRANSACTION Transaction, WDFDEVICE Device,
                                 WDFCONTEXT Context, WDF_DMA_DIRECTION Direction,
                                 PSCATTER_GATHER_LIST SgList)
{
    programmed.calls++;
    programmed.txn = Transaction;
    programmed.device = Device;
    programmed.context = Context;
    programmed.direction = Direction;
    assert_true(SgList->NumberOfElements < 0x80);
    memcpy(&programmed_list, SgList, 0x10 + 0x18 * (size_t)SgList->NumberOfElements);
    programmed.list = &programmed_list.list;
    programmed.bytes = list_bytes(SgList);
    programmed.elements = SgList->NumberOfElements;
    programmed.ba = (uint64_t)SgList->Elements[0].Address.QuadPart;
    programmed.irql = sched_irql(T.s);
    if (programmed.then)
        programmed.then();
    return TRUE;
}

static inline void program_forget(void) { memset(&programmed, 0, sizeof(programmed)); }

/* --- what was called since a count of events --- */

static char called[512];

static bool is_dma_call(unsigned api)
{
    static const char *const others[] = { "Evt", "IoGetDmaAdapter", "Adapter", "DmaCompletion" };
    const char *page = api_info(api)->page;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (!strncmp(api_name(api), others[i], strlen(others[i])))
            return true;
    return page && (!strncmp(page, "wdm/nc-wdm-p", 12));
}

/* Their names in order, each followed by a blank; callbacks, too. */
static inline const char *calls_since(uint32_t from)
{
    size_t n = 0;

    called[0] = 0;
    for (uint32_t i = from; i < T.events; i++) {
        const struct event *e = &heard[i % EVENTS_KEPT];

        if ((e->kind == EV_CALL || e->kind == EV_CALLBACK) && is_dma_call(e->api))
            n += (size_t)snprintf(called + n, sizeof(called) - n, "%s ", api_name(e->api));
    }
    return called;
}

#endif
