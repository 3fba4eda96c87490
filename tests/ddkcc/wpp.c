/* .tmh: names out of begin_wpp, presets, suffixes, Hexdump((..)), defaults, control bits. */
#include "t.h"
#include "wpp_trace.h"
#include "wpp.tmh"

#define PRINT(fmt, ...) TraceEvents(TRACE_LEVEL_ERROR, DBG_INIT, fmt, __VA_ARGS__)

#define SAID(text) CHECK(!strcmp(host_log(), text))

int test_main(void)
{
    char data[4] = "abc";
    int n = 0;

    WPP_INIT_TRACING(data, &n);
    TraceEvents(TRACE_LEVEL_ERROR, DBG_INIT, "x %d %!STATUS!", n++, 0xC0000001);
    SAID("[test_main wpp.c:16 1 2 DBG_INIT x %d %!STATUS!]");
    CHECK(n == 1);
    Trace(TRACE_LEVEL_VERBOSE, "plain");
    SAID("[test_main wpp.c:19 1 5 DBG_IO plain]");
    DbgEntry(DBG_IO);
    SAID("[test_main wpp.c:21 1 5 DBG_IO entering %!FUNC!]");
    TraceStatus(TRACE_LEVEL_ERROR, DBG_INIT, n);
    SAID("[test_main wpp.c:23 1 2 DBG_INIT %!STDPREFIX! status=%!STATUS!]");
    Hexdump((TRACE_LEVEL_VERBOSE, DBG_IO, "%!HEXDUMP!", log_xstr(data, 3)));
    SAID("[test_main wpp.c:25 1 5 DBG_IO %!HEXDUMP!]");
    DoTraceMessage(DBG_IO, "default %d", 4);
    SAID("[test_main wpp.c:27 0 0 DBG_IO default %d]");
    PRINT("no more",);
    SAID("[test_main wpp.c:29 1 2 DBG_INIT no more]");
    PRINT("none");
    SAID("[test_main wpp.c:31 1 2 DBG_INIT none]");
    if (n)
        TraceEvents(TRACE_LEVEL_ERROR, DBG_INIT, "if");
    else
        TraceEvents(TRACE_LEVEL_ERROR, DBG_INIT, "else");
    SAID("[test_main wpp.c:34 1 2 DBG_INIT if]");
    CHECK(WPP_LEVEL_FLAGS_ENABLED(TRACE_LEVEL_ERROR, DBG_IO));
    CHECK(WPP_BIT_DBG_INIT != WPP_BIT_DBG_IO);
    WPP_CLEANUP(data);
    return 0;
}
