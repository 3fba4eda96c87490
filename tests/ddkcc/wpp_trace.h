#define WPP_CONTROL_GUIDS \
    WPP_DEFINE_CONTROL_GUID(TestGuid, (81b20fea,73a8,4b62,95bc,354477c97a6f), \
        WPP_DEFINE_BIT(DBG_INIT) \
        WPP_DEFINE_BIT(DBG_IO))

#define WPP_LEVEL_FLAGS_LOGGER(lvl,flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(lvl, flags) \
    (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_ ## flags).Level >= lvl)

#define TRACE_LEVEL_ERROR 2
#define TRACE_LEVEL_VERBOSE 5

typedef struct { char *_buf; short _len; } xstr_t;
__inline xstr_t log_xstr(void *p, short l) { xstr_t xs = {(char *)p, l}; return xs; }
//
// This comment block is scanned by the trace preprocessor to define our
// Trace function.
//
// begin_wpp config
// FUNC Trace{FLAG=DBG_IO}(LEVEL, MSG, ...);
// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
//FUNC DbgEntry{LEVEL=TRACE_LEVEL_VERBOSE}(FLAGS);
// USESUFFIX (DbgEntry, "entering %!FUNC!");
// FUNC TraceStatus(LEVEL, FLAGS, STATUS);
// USEPREFIX (TraceStatus, "%!STDPREFIX!");
// USESUFFIX (TraceStatus, " status=%!STATUS!", STATUS);
// FUNC Hexdump((LEVEL, FLAG, MSG, ...));
// end_wpp
//
