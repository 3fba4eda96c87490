/*
 * What the value of an argument reads like (trace_line.h).
 */
#include "reports/trace_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LOW32(v) ((uint32_t)(v))
#define HIGH32(v) ((uint32_t)((v) >> 32))
#define COUNT(words) (sizeof(words) / sizeof *(words))

void trace_status_text(uint64_t status, char *out, size_t size)
{
    static const struct {
        uint32_t value;
        const char *name;
    } names[] = {
#define STATUS(value, name) { value, #name },
#include "reports/trace_status.def"
#undef STATUS
    };

    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].value == LOW32(status)) {
            snprintf(out, size, "%s", names[i].name);
            return;
        }
    snprintf(out, size, "0x%08" PRIx32, LOW32(status));
}

const char *trace_major_word(unsigned major)
{
    static const char *const words[] = {
        "CREATE",
        "CREATE_NAMED_PIPE",
        "CLOSE",
        "READ",
        "WRITE",
        "QUERY_INFORMATION",
        "SET_INFORMATION",
        "QUERY_EA",
        "SET_EA",
        "FLUSH_BUFFERS",
        "QUERY_VOLUME_INFORMATION",
        "SET_VOLUME_INFORMATION",
        "DIRECTORY_CONTROL",
        "FILE_SYSTEM_CONTROL",
        "DEVICE_CONTROL",
        "INTERNAL_DEVICE_CONTROL",
        "SHUTDOWN",
        "LOCK_CONTROL",
        "CLEANUP",
        "CREATE_MAILSLOT",
        "QUERY_SECURITY",
        "SET_SECURITY",
        "POWER",
        "SYSTEM_CONTROL",
        "DEVICE_CHANGE",
        "QUERY_QUOTA",
        "SET_QUOTA",
        "PNP",
    };

    return major < COUNT(words) ? words[major] : NULL;
}

/* --- words --- */

#define WORD(words, v) ((v) < COUNT(words) ? (words)[v] : NULL)

const char *trace_fault_word(unsigned point)
{
    static const char *const words[] = {
#define FAULT(name, word, what) word,
#include "trace/faults.def"
#undef FAULT
    };

    return WORD(words, point);
}

struct words {
    enum trace_arg_type type;
    const char *const *words;
    size_t count;
};

#define LIST(name, ...) static const char *const name[] = { __VA_ARGS__ }
LIST(agents, "processor", "thread", "dpc", "isr", "device", "timer");
LIST(actions, NULL, "KeepObject", "DeallocateObject", "DeallocateObjectKeepRegisters");
LIST(stuck, NULL, "nobody-can-run", NULL, "virtual-time-over");
LIST(sysdma, NULL, "complete", "error", "cancelled", "flushed", "stopped", "replaced");
LIST(touched, NULL, "list", "mapped-buffer", "freed-common-buffer");
LIST(cache, NULL, "device-reads-under-dirty-line", "device-writes-under-dirty-line", "line-shared");
LIST(locks, "read", "write", "modify");
LIST(modes, "kernel", "user");
LIST(power, "D0", "D1", "D2", "D3");
LIST(misuse, NULL, "irql-changed", "pending-not-marked", "pending-marked", "io-memory-locked",
     "paged-memory-built", "mapped-unlocked", "mapped-not-io", "paged-memory-as-io", "timer-freed",
     "dpc-freed", "paged-memory-touched", "user-memory-in-other-process", "user-memory-outlived",
     "user-memory-unprobed", "interrupt-without-cause", "framework-break");
static const char *const inputs[] = {
#define INPUT(name, word) word,
#include "trace/inputs.def"
#undef INPUT
};

static const struct words lists[] = {
    { ARG_AGENT_TYPE, agents, COUNT(agents) },    { ARG_ACTION, actions, COUNT(actions) },
    { ARG_STUCK, stuck, COUNT(stuck) },           { ARG_SYSDMA_END, sysdma, COUNT(sysdma) },
    { ARG_CPU_TOUCHED, touched, COUNT(touched) }, { ARG_CACHE, cache, COUNT(cache) },
    { ARG_LOCK_OPERATION, locks, COUNT(locks) },  { ARG_MODE, modes, COUNT(modes) },
    { ARG_POWER, power, COUNT(power) },           { ARG_MISUSE, misuse, COUNT(misuse) },
    { ARG_INPUT, inputs, COUNT(inputs) },
};

/* NULL: its numbers have no words, or this one has none. */
static const char *word_of(enum trace_arg_type type, uint64_t v)
{
    if (type == ARG_PHASE)
        return v <= UINT32_MAX ? phase_word((unsigned)v) : NULL;
    if (type == ARG_FAULT)
        return v <= UINT32_MAX ? trace_fault_word((unsigned)v) : NULL;
    if (type == ARG_POOL_TYPE)
        return v == 0 ? "nonpaged" : v == 1 ? "paged" : "no-pool";
    for (size_t i = 0; i < COUNT(lists); i++)
        if (lists[i].type == type)
            return v < lists[i].count ? lists[i].words[v] : NULL;
    return NULL;
}

/* --- values --- */

static void number_text(uint64_t v, char *out, size_t size)
{
    if (v < 1000000)
        snprintf(out, size, "%" PRIu64, v);
    else if ((int64_t)v < 0 && (int64_t)v > -1000000)
        snprintf(out, size, "%" PRId64, (int64_t)v);
    else
        snprintf(out, size, "0x%" PRIx64, v);
}

/* A pointer's name: its region is its top byte. */
static void va_text(uint64_t v, char *out, size_t size)
{
    static const char *const regions[] = { NULL,       "user",  "system",   "view",
                                           "register", "stack", "user-view" };
    unsigned region = (unsigned)(v >> 56);
    uint64_t offset = v & ((1ull << 56) - 1);

    if (!v)
        snprintf(out, size, "NULL");
    else if (region == 15)
        snprintf(out, size, "elsewhere:0x%" PRIx64, offset);
    else if (WORD(regions, region))
        snprintf(out, size, "%s:0x%" PRIx64, regions[region], offset);
    else
        snprintf(out, size, "0x%" PRIx64, v);
}

static void guess_text(uint64_t v, char *out, size_t size)
{
    uint32_t id = LOW32(v);

    if (v <= UINT32_MAX && OBJ_TYPE(id) > OBJ_NONE && OBJ_TYPE(id) < OBJ_COUNT && OBJ_NUMBER(id) &&
        OBJ_NUMBER(id) < 65536)
        trace_object_text(id, out, size);
    else if ((v >> 56 >= 1 && v >> 56 <= 6) || v >> 56 == 15)
        va_text(v, out, size);
    else
        number_text(v, out, size);
}

static void tag_text(uint64_t v, char *out, size_t size)
{
    char tag[5] = "";

    for (unsigned i = 0; i < 4; i++) {
        char c = (char)(v >> 8 * i & 0x7f);

        tag[i] = c >= ' ' && c < 0x7f ? c : '.';
    }
    snprintf(out, size, "'%s'", tag);
}

/* What an imported trace does not know of an adapter is 0. */
static void adapter_text(uint64_t flags, char *out, size_t size)
{
    unsigned version = flags >> ADAPTER_VERSION_SHIFT & 0xff;
    unsigned bits = flags >> ADAPTER_WIDTH_SHIFT & 0xff;
    char before[24] = "", behind[24] = "";

    if (version)
        snprintf(before, sizeof before, "version-%u ", version);
    if (bits)
        snprintf(behind, sizeof behind, " %u-bit", bits);
    snprintf(out, size, "%s%s%s%s%s%s", before, flags & ADAPTER_MASTER ? "bus-master" : "slave",
             flags & ADAPTER_SG ? " scatter/gather" : "",
             flags & ADAPTER_REMAPPED ? " remapped" : "",
             flags & ADAPTER_COHERENT ? "" : " noncoherent", behind);
}

static void race_text(uint64_t how, char *out, size_t size)
{
    static const char *const who[] = { "thread", "dpc", "isr" };
    unsigned now = how >> RACE_KIND_SHIFT & 0xff, first = how >> RACE_FIRST_KIND_SHIFT & 0xff;

    snprintf(out, size, "%s %s, before: %s %s", now < 3 ? who[now] : "?",
             how & RACE_STORE ? "stores" : "loads", first < 3 ? who[first] : "?",
             how & RACE_FIRST_STORE ? "stored" : "loaded");
}

static const char *reason_word(unsigned reason)
{
    static const char *const words[] = {
        NULL, "not-mapped", "released", "permission", "beyond-width", "no-memory", "bus-master-off"
    };

    return WORD(words, reason) ? words[reason] : "?";
}

static const char *stray_word(unsigned class)
{
    static const char *const words[] = { NULL,       "overrun",   "beside",  "virtual-address",
                                         "physical", "truncated", "swapped", "unknown" };

    return WORD(words, class) ? words[class] : "?";
}

static const char *odd_word(unsigned what)
{
    static const char *const words[] = {
        NULL,     "empty",       "not-locked",      "begins-before-mdl", "begins-behind-mdl",
        "longer", "chain-short", "start-unaligned", "end-unaligned",     "no-system-address",
    };

    return WORD(words, what) ? words[what] : "?";
}

static const char *bad_access_word(unsigned what)
{
    static const char *const words[] = {
        NULL,          "beyond-block",       "before-block",
        "freed-block", "around-local",       "around-static",
        "nobody's",    "beyond-block(seen)", "freed-block(seen)",
    };

    return WORD(words, what) ? words[what] : "?";
}

/* Two things in one argument. */
static void packed_text(const struct trace_names *n, const struct trace_arg *a, char *out,
                        size_t size)
{
    uint32_t high = HIGH32(a->value), low = LOW32(a->value);
    char object[48] = "", place[160] = "", other[160] = "";

    switch (a->type) {
    case ARG_ELEMENTS_MAPREGS:
        snprintf(out, size, "elements=%u map-registers=%u", high, low);
        break;
    case ARG_ENGINE_DOORBELL:
        trace_place_text(n, low, place, sizeof place);
        snprintf(out, size, "engine=%u%s%s", high, *place ? " doorbell=" : "", place);
        break;
    case ARG_OWNER_REASON:
    case ARG_OWNER_CLASS:
        if (high)
            trace_object_text(high, object, sizeof object);
        snprintf(out, size, "%s%s%s%s",
                 a->type == ARG_OWNER_REASON ? reason_word(low) : stray_word(low & 0xff),
                 a->type == ARG_OWNER_CLASS && low & STRAY_TOUCH ? " touched" : "",
                 high ? " owner=" : "", object);
        break;
    case ARG_MISSING_WHAT:
        snprintf(out, size, "%s missing=%u bytes", odd_word(low), high);
        break;
    case ARG_FLAGS_LENGTH:
        snprintf(out, size, "mdl-flags=0x%x length=%u bytes", high, low);
        break;
    case ARG_BYTES_FLAGS:
        snprintf(out, size, "mdl-bytes=%u mdl-flags=0x%x", high, low);
        break;
    case ARG_DISTANCE_WHAT:
        snprintf(out, size, "%s distance=%d bytes", bad_access_word(low), (int32_t)high);
        break;
    case ARG_ALLOCATED_FREED:
        trace_place_text(n, low, place, sizeof place);
        trace_place_text(n, high, other, sizeof other);
        snprintf(out, size, "%s%s%s%s%s", *place ? "allocated=" : "", place,
                 *place && *other ? " " : "", *other ? "freed=" : "", other);
        break;
    case ARG_CHANNEL:
        snprintf(out, size, "controller=%u channel=%u", high, low);
        break;
    default:
        snprintf(out, size, "%s=%u/%u", a->label, high, low);
    }
}

static void major_text(uint64_t v, char *out, size_t size)
{
    const char *word = trace_major_word((unsigned)(v >> 8 & 0xff));

    if (v >> 8 > 0xff || !word)
        snprintf(out, size, "major=0x%" PRIx64, v);
    else if (v & 0xff)
        snprintf(out, size, "%s minor=%u", word, (unsigned)(v & 0xff));
    else
        snprintf(out, size, "%s", word);
}

/* Names and numbers of one kind or another. */
static void plain_text(const struct trace_arg *a, char *out, size_t size)
{
    const char *word = word_of(a->type, a->value);

    if (a->type == ARG_HEX || a->type == ARG_BUS)
        snprintf(out, size, "0x%" PRIx64, a->value);
    else if (a->type == ARG_YES)
        snprintf(out, size, "%s", a->value ? "yes" : "no");
    else if (a->type == ARG_LIMIT && !a->value)
        snprintf(out, size, "none");
    else if (a->type == ARG_SIGNED)
        snprintf(out, size, "%" PRId64, (int64_t)a->value);
    else if (a->type == ARG_SIGNED_BYTES)
        snprintf(out, size, "%" PRId64 " bytes", (int64_t)a->value);
    else if (a->type == ARG_BYTES && a->value == UINT64_MAX)
        snprintf(out, size, "outside");
    else if (a->type == ARG_BYTES)
        snprintf(out, size, "%" PRIu64 " bytes", a->value);
    else if (word)
        snprintf(out, size, "%s", word);
    else
        number_text(a->value, out, size);
}

static void value_text(const struct trace_names *n, const struct trace_arg *a, char *out,
                       size_t size)
{
    switch (a->type) {
    case ARG_OBJECT:
        trace_object_text(LOW32(a->value), out, size);
        return;
    case ARG_VA:
        va_text(a->value, out, size);
        return;
    case ARG_SITE:
        trace_place_text(n, LOW32(a->value), out, size);
        return;
    case ARG_STATUS:
        trace_status_text(a->value, out, size);
        return;
    case ARG_AGENT:
        trace_agent_text(n, (uint16_t)a->value, out, size);
        return;
    case ARG_TAG:
        tag_text(a->value, out, size);
        return;
    case ARG_GUESS:
        guess_text(a->value, out, size);
        return;
    default:
        plain_text(a, out, size);
    }
}

void trace_arg_text(const struct trace_names *n, const struct trace_arg *a, char *out, size_t size)
{
    char value[256];

    switch (a->type) {
    case ARG_UNUSED:
        snprintf(out, size, "%s", "");
        return;
    case ARG_TEXT:
        snprintf(out, size, "%s", "");
        return;
    case ARG_DIR_LENGTH:
        snprintf(out, size, "%" PRIu64 " bytes %s the device%s", (uint64_t)EVENT_LENGTH(a->value),
                 a->value & EVENT_TO_DEVICE ? "to" : "from",
                 a->value & EVENT_BOUNCED ? " bounced" : "");
        return;
    case ARG_TO_DEVICE:
        snprintf(out, size, "%s the device", a->value ? "to" : "from");
        return;
    case ARG_ADAPTER_FLAGS:
        adapter_text(a->value, out, size);
        return;
    case ARG_RACE:
        race_text(a->value, out, size);
        return;
    case ARG_MAJOR_MINOR:
        major_text(a->value, out, size);
        return;
    case ARG_ELEMENTS_MAPREGS:
    case ARG_ENGINE_DOORBELL:
    case ARG_OWNER_REASON:
    case ARG_OWNER_CLASS:
    case ARG_MISSING_WHAT:
    case ARG_FLAGS_LENGTH:
    case ARG_DISTANCE_WHAT:
    case ARG_ALLOCATED_FREED:
    case ARG_CHANNEL:
    case ARG_BYTES_FLAGS:
    case ARG_PAIR:
        packed_text(n, a, out, size);
        return;
    default:
        value_text(n, a, value, sizeof value);
        snprintf(out, size, "%s%s%s", a->label, *a->label && *value ? "=" : "", value);
    }
}
